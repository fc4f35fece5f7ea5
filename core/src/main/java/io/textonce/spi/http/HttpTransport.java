package io.textonce.spi.http;

import io.textonce.spi.http.HttpOutcome.Kind;
import io.textonce.spi.http.HttpOutcome.NotTransmitted;
import io.textonce.spi.http.HttpOutcome.Reply;
import io.textonce.spi.http.HttpOutcome.Unanswered;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.X509TrustManager;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends HTTP requests so that each is written at most once, and says how far each got.
 *
 * <p>Guarantees: one call, one request; no retry, redirect, cookie, cache or answer to a 401; one deadline over name
 * lookup, all addresses and TLS, and one over the whole call; HTTP/1.1 only, because a broken HTTP/2 connection would
 * leave every request on it in doubt. A pooled connection that was idle is looked at before it is used. Not guaranteed:
 * that a request without a reply did not arrive; see {@link HttpOutcome}. A name lookup cannot be cut short: a call
 * whose lookup outlasts the deadline returns when the lookup does, with nothing sent.
 *
 * <pre>{@code
 * try (HttpTransport transport = HttpTransport.builder().build()) {
 *     HttpTarget target = transport.post(url, Map.of("Authorization", basic), "application/x-www-form-urlencoded");
 *     HttpOutcome outcome = target.call(body, Duration.ofSeconds(10));
 * }
 * }</pre>
 *
 * <p>Interrupting a caller acts until its request begins; later the outcome is told as it is and the interrupt stays
 * set. Thread-safe; share one and close it.
 */
public final class HttpTransport implements AutoCloseable {
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
    private static final int LARGEST_REPLY = 64 << 20;
    /** After so many the rest of the pool is suspect too and is dropped as a whole. */
    private static final int STALE_BEFORE_EVICTION = 2;

    private static final int MOST_STALE = 6;
    private static final long LONGEST_INTERVAL = TimeUnit.MILLISECONDS.toNanos(500);

    private final OkHttpClient client;
    private final Guards guards;
    private final Duration connectTimeout;
    private final int maxReplyBytes;
    private final String userAgent;
    private final Connections connections;
    private final ParkedCloser closer = new ParkedCloser(this);
    private final Deadlines deadlines;

    private HttpTransport(Builder builder) {
        long keepAlive = builder.keepAlive.toNanos();
        long interval = Math.min(keepAlive / 8, LONGEST_INTERVAL);
        this.connections = new Connections(builder.idleClock, keepAlive, builder.maxIdleConnections);
        this.deadlines = new Deadlines(new IdleConnections(interval), interval);
        this.guards = builder.guards;
        this.connectTimeout = builder.connectTimeout;
        this.maxReplyBytes = builder.maxReplyBytes;
        this.userAgent = builder.userAgent;
        this.client = builder.okHttp();
    }

    /**
     * A builder with the defaults that its methods name.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Prepares a POST.
     *
     * @param url an absolute http or https URL
     * @param headers headers of every call, without those that belong to the transport (Host, Content-Length, ...)
     * @param contentType the content type of every body
     * @return the prepared target
     * @throws IllegalArgumentException if the URL or a header is not usable; the message never shows query or value
     */
    public HttpTarget post(String url, Map<String, String> headers, String contentType) {
        RequestHeaders.check("Content-Type", contentType);
        return target("POST", url, headers, contentType);
    }

    /**
     * Prepares a PUT; see {@link #post}.
     *
     * @param url an absolute http or https URL
     * @param headers headers of every call, without those that belong to the transport (Host, Content-Length, ...)
     * @param contentType the content type of every body
     * @return the prepared target
     * @throws IllegalArgumentException if the URL or a header is not usable; the message never shows query or value
     */
    public HttpTarget put(String url, Map<String, String> headers, String contentType) {
        RequestHeaders.check("Content-Type", contentType);
        return target("PUT", url, headers, contentType);
    }

    /**
     * Prepares a GET.
     *
     * @param url an absolute http or https URL
     * @param headers headers of every call, without those that belong to the transport (Host, Accept-Encoding, ...)
     * @return the prepared target
     * @throws IllegalArgumentException if the URL or a header is not usable; the message never shows query or value
     */
    public HttpTarget get(String url, Map<String, String> headers) {
        return target("GET", url, headers, null);
    }

    /**
     * Runs one exchange against a socket in memory, so that the first real call does not wait for classes to load
     * (about 0.1 s). Opens no connection. Optional.
     */
    public void warmUp() {
        WarmUp.run(this);
    }

    /**
     * Refuses new calls and closes idle connections; calls under way end within their own deadlines. A call made later
     * returns {@link Kind#LOCAL}.
     */
    @Override
    public void close() {
        deadlines.close();
        closer.close();
        connections.endIdle();
        client.connectionPool().evictAll();
    }

    /** Ends connections in place of OkHttp's clean-up, which sleeps while calls come steadily. */
    private final class IdleConnections implements Deadlines.Upkeep {
        private final long interval;
        private boolean usedBefore;

        IdleConnections(long interval) {
            this.interval = interval;
        }

        @Override
        public void run() {
            boolean used = connections.tidy(interval);
            if (used && usedBefore) {
                closer.park();
            } else if (connections.isEmpty()) {
                closer.release();
                client.connectionPool().evictAll();
            }
            usedBefore = used;
        }

        @Override
        public boolean needed() {
            return !connections.isEmpty();
        }

        @Override
        public void end() {
            closer.close();
            connections.endIdle();
            client.connectionPool().evictAll();
        }
    }

    private HttpTarget target(String method, String url, Map<String, String> headers, @Nullable String contentType) {
        HttpUrl parsed = HttpUrl.parse(url);
        if (parsed == null) {
            throw new IllegalArgumentException("The URL is not an absolute http or https URL (host \""
                    + Remedies.hostOf(url) + "\"): give scheme, host and path.");
        }
        if (!parsed.username().isEmpty() || !parsed.password().isEmpty()) {
            throw new IllegalArgumentException("The URL for " + parsed.host()
                    + " carries a user name or password, which are never sent: use an Authorization header.");
        }
        Request.Builder request =
                new Request.Builder().url(parsed).headers(RequestHeaders.of(parsed, headers, userAgent));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        return new HttpTarget(this, method, request.build(), maxReplyBytes);
    }

    HttpOutcome execute(HttpTarget target, byte @Nullable [] body, int size, Duration timeout) {
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout is " + timeout + "; allowed are 1 ms to 1 h.");
        }
        long now = System.nanoTime();
        Exchange exchange = new Exchange(connections, now + connectTimeout.toNanos(), now + timeout.toNanos());
        try {
            if (!deadlines.add(exchange)) {
                return new NotTransmitted(Kind.LOCAL, "the transport is closed", new IOException("closed"));
            }
        } catch (OutOfMemoryError noThread) {
            return new NotTransmitted(
                    Kind.LOCAL, "this process can have no more threads", new IOException("no thread for deadlines"));
        }
        try {
            return run(client, target, target.request(exchange, body, size, guards.oneShotBody()), exchange);
        } finally {
            deadlines.remove(exchange);
        }
    }

    private HttpOutcome run(OkHttpClient with, HttpTarget target, Request request, Exchange exchange) {
        for (int stale = 1; ; stale++) {
            Call call = with.newCall(request);
            try {
                if (!exchange.attach(call)) {
                    throw new IOException("the deadline passed before the request began");
                }
                return once(call, target, exchange);
            } catch (Gate.StaleConnectionException closedByServer) {
                // Nothing was written: take the next connection, outside what any policy counts as an attempt.
                if (stale == MOST_STALE) {
                    return Remedies.notTransmitted(exchange, target.endpoint(), closedByServer);
                }
                if (stale >= STALE_BEFORE_EVICTION) {
                    connections.endIdle();
                }
            } catch (Exception failure) {
                // Exception and not IOException: a host's DNS or socket factory may throw anything, and OkHttp lets
                // an InterruptedException out of its connect race undeclared. None of it may look like "not sent"
                // or "failed" without proof.
                if (failure instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                return exchange.started()
                        ? Remedies.unanswered(exchange, target.endpoint(), failure)
                        : Remedies.notTransmitted(exchange, target.endpoint(), failure);
            }
        }
    }

    private HttpOutcome once(Call call, HttpTarget target, Exchange exchange) throws IOException {
        try (Response response = call.execute()) {
            Response head = Objects.requireNonNullElse(exchange.head(), response);
            byte[] body;
            try {
                body = ReplyBody.read(response.body(), head.headers(), target.maxReplyBytes());
            } catch (ReplyBody.TooLargeException tooLarge) {
                // Otherwise closing the response would read on for a while to save the connection.
                call.cancel();
                throw tooLarge;
            }
            if (response.code() == Remedies.PROXY_AUTHENTICATION && Remedies.plainThroughProxy(exchange, response)) {
                return Remedies.proxyWantsCredentials(target.endpoint());
            }
            boolean complete = response.body().contentLength() >= 0
                    || "chunked".equalsIgnoreCase(head.header("Transfer-Encoding"));
            return new Reply(response.code(), head.headers(), body, complete);
        }
    }

    /** Runs a call on another client with the same gate, whose sockets are memory. */
    HttpOutcome executeOn(OkHttpClient other, HttpTarget target, byte @Nullable [] body) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        Exchange exchange = new Exchange(null, end, end);
        int size = body == null ? 0 : body.length;
        return run(other, target, target.request(exchange, body, size, guards.oneShotBody()), exchange);
    }

    OkHttpClient client() {
        return client;
    }

    boolean closerIsParked() {
        return closer.isParked();
    }

    static void checkMaxReplyBytes(int bytes) {
        if (bytes < 1 || bytes > LARGEST_REPLY) {
            throw new IllegalArgumentException(
                    "maxReplyBytes is " + bytes + "; allowed are 1 to " + LARGEST_REPLY + ".");
        }
    }

    /**
     * Collects the options of a transport.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration keepAlive = Duration.ofSeconds(4);
        private int maxIdleConnections = 64;
        private int maxReplyBytes = 1 << 20;
        private String userAgent = "textonce";
        private @Nullable OkHttpClient injected;
        private Guards guards = Guards.ALL;
        private LongSupplier idleClock = System::nanoTime;

        private Builder() {}

        /**
         * The time for name lookup, all addresses of the host and TLS together, within the timeout of each call.
         *
         * @param timeout 1 ms to 1 h; 5 s by default
         * @return this builder
         */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = Objects.requireNonNull(timeout, "connectTimeout");
            return this;
        }

        /**
         * How long an idle connection is kept. Keep it below the idle time of the server, of which 5 s is a common low
         * value: a connection that both sides give up at once leaves a request in doubt.
         *
         * @param idle 1 ms to 1 h; 4 s by default
         * @return this builder
         */
        public Builder keepAlive(Duration idle) {
            this.keepAlive = Objects.requireNonNull(idle, "keepAlive");
            return this;
        }

        /**
         * How many idle connections are kept.
         *
         * @param connections 0 to 10,000; 64 by default
         * @return this builder
         */
        public Builder maxIdleConnections(int connections) {
            this.maxIdleConnections = connections;
            return this;
        }

        /**
         * The largest reply body accepted; a larger one is {@link Unanswered}.
         *
         * @param bytes 1 to 64 MiB, counted after decoding; 1 MiB by default
         * @return this builder
         */
        public Builder maxReplyBytes(int bytes) {
            this.maxReplyBytes = bytes;
            return this;
        }

        /**
         * The User-Agent header.
         *
         * @param product visible ASCII; {@code textonce} by default
         * @return this builder
         */
        public Builder userAgent(String product) {
            this.userAgent = Objects.requireNonNull(product, "userAgent");
            return this;
        }

        /**
         * Takes the way to the network from a client of the host: proxy, proxy selector and proxy authenticator, DNS,
         * socket factory, TLS socket factory and trust manager, hostname verifier and certificate pinner. Nothing else:
         * its timeouts, pool and listeners stay its own.
         *
         * @param client a client without interceptors, authenticator, cookie jar and cache, which {@link #build()}
         *     refuses because they can send a request again
         * @return this builder
         */
        @SuppressWarnings(
                "exports") // the one foreign type in a signature of core, for hosts that use OkHttp themselves
        public Builder client(OkHttpClient client) {
            this.injected = Objects.requireNonNull(client, "client");
            return this;
        }

        Builder guards(Guards reverted) {
            this.guards = reverted;
            return this;
        }

        /** The clock that only tells how long a pooled connection has been idle. */
        Builder idleClock(LongSupplier nanoTime) {
            this.idleClock = nanoTime;
            return this;
        }

        /**
         * Builds the transport. No connection is opened and no thread started before the first call.
         *
         * @return a transport, to be closed by its owner
         * @throws IllegalArgumentException if options are out of range or the injected client is not usable; the
         *     message names all of them
         */
        public HttpTransport build() {
            List<String> problems = new ArrayList<>();
            checkRange(problems, "connectTimeout", connectTimeout);
            checkRange(problems, "keepAlive", keepAlive);
            if (maxIdleConnections < 0 || maxIdleConnections > 10_000) {
                problems.add("maxIdleConnections is " + maxIdleConnections + "; allowed are 0 to 10,000.");
            }
            collect(problems, () -> checkMaxReplyBytes(maxReplyBytes));
            collect(problems, () -> RequestHeaders.check("User-Agent", userAgent));
            if (injected != null) {
                checkInjected(problems, injected);
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException("HttpTransport cannot be built: " + String.join(" ", problems));
            }
            return new HttpTransport(this);
        }

        private static void checkRange(List<String> problems, String option, Duration value) {
            if (value.compareTo(SHORTEST_TIMEOUT) < 0 || value.compareTo(LONGEST_TIMEOUT) > 0) {
                problems.add(option + " is " + value + "; allowed are 1 ms to 1 h.");
            }
        }

        private static void collect(List<String> problems, Runnable check) {
            try {
                check.run();
            } catch (IllegalArgumentException problem) {
                problems.add(Objects.requireNonNullElse(problem.getMessage(), "an option is out of range."));
            }
        }

        private static void checkInjected(List<String> problems, OkHttpClient client) {
            List<String> refused = new ArrayList<>();
            if (!client.interceptors().isEmpty()) {
                refused.add(client.interceptors().size() + " interceptor(s)");
            }
            if (!client.networkInterceptors().isEmpty()) {
                refused.add(client.networkInterceptors().size() + " network interceptor(s)");
            }
            if (client.authenticator() != Authenticator.NONE) {
                refused.add("an authenticator");
            }
            if (client.cookieJar() != CookieJar.NO_COOKIES) {
                refused.add("a cookie jar");
            }
            if (client.cache() != null) {
                refused.add("a cache");
            }
            if (!refused.isEmpty()) {
                problems.add("client carries " + String.join(", ", refused)
                        + ", which can send one message twice or keep it: pass a client without them"
                        + " (proxyAuthenticator is allowed).");
            }
        }

        private OkHttpClient okHttp() {
            OkHttpClient.Builder builder = new OkHttpClient.Builder();
            if (injected != null) {
                takeWayToNetwork(injected, builder);
            }
            return builder.protocols(List.of(Protocol.HTTP_1_1))
                    .retryOnConnectionFailure(!guards.noRetry())
                    .followRedirects(!guards.noRedirects())
                    .followSslRedirects(!guards.noRedirects())
                    .connectionPool(new ConnectionPool(maxIdleConnections, keepAlive.toMillis(), TimeUnit.MILLISECONDS))
                    // Deadlines bounds all of these; OkHttp's own timers cost more than the rest of the call.
                    .connectTimeout(Duration.ZERO)
                    .readTimeout(Duration.ZERO)
                    .writeTimeout(Duration.ZERO)
                    .callTimeout(Duration.ZERO)
                    // One unreachable address must not use up the time of the next (RFC 8305).
                    .fastFallback(true)
                    .addNetworkInterceptor(new Gate(guards))
                    .eventListenerFactory(call -> {
                        Exchange exchange = call.request().tag(Exchange.class);
                        return exchange == null ? EventListener.NONE : exchange;
                    })
                    .build();
        }

        private static void takeWayToNetwork(OkHttpClient from, OkHttpClient.Builder to) {
            to.proxy(from.proxy())
                    .proxySelector(from.proxySelector())
                    .dns(from.dns())
                    .socketFactory(from.socketFactory())
                    .hostnameVerifier(from.hostnameVerifier())
                    .certificatePinner(from.certificatePinner());
            X509TrustManager trust = from.x509TrustManager();
            if (trust != null) {
                to.sslSocketFactory(from.sslSocketFactory(), trust);
            }
            Authenticator proxyAuthenticator = from.proxyAuthenticator();
            // A tunnel may be asked for again, a message may not.
            to.proxyAuthenticator(
                    (route, response) -> "CONNECT".equals(response.request().method())
                            ? proxyAuthenticator.authenticate(route, response)
                            : null);
        }
    }
}
