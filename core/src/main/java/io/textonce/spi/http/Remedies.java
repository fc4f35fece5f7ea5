package io.textonce.spi.http;

import io.textonce.spi.http.HttpOutcome.Kind;
import io.textonce.spi.http.HttpOutcome.NotTransmitted;
import io.textonce.spi.http.HttpOutcome.Phase;
import io.textonce.spi.http.HttpOutcome.Unanswered;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.net.UnknownServiceException;
import java.security.cert.CertificateException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Turns a failure into an outcome with a line that a person can act on. */
final class Remedies {
    static final int PROXY_AUTHENTICATION = 407;

    private Remedies() {}

    static NotTransmitted notTransmitted(Exchange exchange, String endpoint, Exception failure) {
        Kind kind = kind(exchange, failure);
        return new NotTransmitted(kind, explain(kind, exchange, endpoint, failure), cause(failure));
    }

    static NotTransmitted proxyWantsCredentials(String endpoint) {
        return new NotTransmitted(
                Kind.PROXY,
                "the proxy on the way to " + endpoint + " asks for credentials (407): over http it gets none; use an"
                        + " https base URL with a proxyAuthenticator, or a proxy that asks for none",
                new IOException("the proxy answered 407"));
    }

    static Unanswered unanswered(Exchange exchange, String endpoint, Exception failure) {
        boolean late = exchange.expired();
        Response head = exchange.head();
        Phase phase = exchange.phase();
        int status = phase == Phase.REPLY_BODY && head != null ? head.code() : 0;
        String what;
        if (late) {
            what = "the timeout ran out";
        } else if (failure instanceof ReplyBody.TooLargeException) {
            what = failure.getMessage() + ", more than this transport reads,";
        } else if (Thread.currentThread().isInterrupted()) {
            what = "the thread was interrupted";
        } else if (failure instanceof ProtocolException && phase == Phase.REPLY_HEAD) {
            what = "the reply was not HTTP";
        } else {
            what = "the connection broke";
        }
        String where;
        switch (phase) {
            case REQUEST -> where = "while the request to " + endpoint + " was being written";
            case REPLY_HEAD -> where = "before " + endpoint + " replied";
            default -> where = "while the body of a reply with status " + status + " from " + endpoint + " was read";
        }
        return new Unanswered(
                phase,
                late,
                status,
                what + " " + where + "; the request may have been acted on: settle it before sending again",
                cause(failure));
    }

    static boolean plainThroughProxy(Exchange exchange, Response response) {
        return !response.request().isHttps() && exchange.throughProxy();
    }

    /** Host of a URL that did not parse, for a message: everything that could be a credential or content is cut. */
    static String hostOf(String url) {
        int scheme = url.indexOf("://");
        String rest = scheme < 0 ? url : url.substring(scheme + 3);
        int end = 0;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        String authority = rest.substring(0, end);
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    private static Kind kind(Exchange exchange, Exception failure) {
        if (failure instanceof Gate.StaleConnectionException) {
            return Kind.STALE_CONNECTION;
        }
        if (exchange.expired()) {
            return switch (exchange.step()) {
                case DNS -> Kind.DNS;
                case TLS -> Kind.TLS;
                default -> Kind.CONNECT;
            };
        }
        if (!(failure instanceof IOException) || failure instanceof UnknownServiceException) {
            return Kind.LOCAL;
        }
        if (any(failure, Remedies::isAboutCertificate)) {
            return Kind.CERTIFICATE;
        }
        if (failure instanceof UnknownHostException) {
            return Kind.DNS;
        }
        if (failure instanceof SSLException) {
            return Kind.TLS;
        }
        if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
            return Kind.CONNECT;
        }
        if (exchange.step() == Exchange.Step.TLS) {
            return Kind.TLS;
        }
        if (exchange.step() == Exchange.Step.CONNECT) {
            return exchange.throughProxy() ? Kind.PROXY : Kind.CONNECT;
        }
        return Kind.LOCAL;
    }

    private static String explain(Kind kind, Exchange exchange, String endpoint, Exception failure) {
        String late = exchange.expired() ? " (the deadline passed)" : "";
        return switch (kind) {
            case DNS ->
                "the host of " + endpoint + " was not resolved" + late + ": is its name right, and does DNS work here?";
            case CONNECT ->
                exchange.expired()
                        ? "no connection to " + endpoint + " in time: is the base URL right, and does a firewall let it"
                                + " through?"
                        : any(failure, ConnectException.class::isInstance)
                                ? "connection refused by " + endpoint
                                        + ": is the base URL right, and is the service up?"
                                : "no connection to " + endpoint + ": is the base URL right, and is there a route?";
            case TLS ->
                "the TLS handshake with " + endpoint + " failed" + late
                        + ": does this port speak TLS, and does the server accept TLS 1.2 or 1.3?";
            case CERTIFICATE ->
                "the certificate check with " + endpoint
                        + " failed: is the base URL's host right, the issuer trusted here, the clock right, and a client"
                        + " certificate present if the server wants one?";
            case PROXY ->
                "the proxy on the way to " + endpoint
                        + " refused: check its address, its credentials and whether it may reach this host";
            case STALE_CONNECTION ->
                "the server at " + endpoint
                        + " had closed all pooled connections: set keepAlive below the server's idle time";
            default ->
                Thread.currentThread().isInterrupted()
                        ? "the thread was interrupted before the request to " + endpoint + " began"
                        : "this process could not begin the request to " + endpoint + " ("
                                + failure.getClass().getSimpleName() + "): check the injected DNS and socket factories";
        };
    }

    /** A trust failure of ours, or an alert by which the server refuses our certificate. */
    private static boolean isAboutCertificate(Throwable failure) {
        if (failure instanceof CertificateException || failure instanceof SSLPeerUnverifiedException) {
            return true;
        }
        String message = failure.getMessage();
        if (!(failure instanceof SSLException) || message == null) {
            return false;
        }
        String text = message.toLowerCase(Locale.ROOT);
        return text.contains("received fatal alert") && (text.contains("certificate") || text.contains("unknown_ca"));
    }

    private static boolean any(Throwable failure, Predicate<Throwable> test) {
        return any(failure, test, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static boolean any(@Nullable Throwable failure, Predicate<Throwable> test, Set<Throwable> seen) {
        if (failure == null || !seen.add(failure)) {
            return false;
        }
        if (test.test(failure) || any(failure.getCause(), test, seen)) {
            return true;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (any(suppressed, test, seen)) {
                return true;
            }
        }
        return false;
    }

    /** OkHttp quotes the reply in protocol errors, and a reply may echo the message: such texts are dropped. */
    private static IOException cause(Exception failure) {
        if (any(failure, ProtocolException.class::isInstance)) {
            IOException plain = new ProtocolException("the peer broke the HTTP protocol or cut the reply");
            plain.setStackTrace(failure.getStackTrace());
            return plain;
        }
        return failure instanceof IOException io
                ? io
                : new IOException(
                        failure.getClass().getName(), failure instanceof InterruptedException ? failure : null);
    }
}
