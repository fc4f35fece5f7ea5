package io.textonce.spi.http;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * How far one HTTP call got: a whole reply, proof that nothing was sent, or neither.
 *
 * <p>{@link NotTransmitted} is given only when the call ended before the first request header was written; from that
 * moment on anything but a whole reply is {@link Unanswered}, because the server may have acted on the request. A reply
 * that was cut, grew past the size limit or did not end before the deadline is {@code Unanswered} too, so that code
 * reading a {@link Reply} never sees half of one.
 *
 * <pre>{@code
 * SubmitReply reply = target.call(body, Duration.ofSeconds(10)).fold(
 *         whole -> read(whole.status(), whole.body()),
 *         unsent -> SubmitReply.notTransmitted(unsent.explanation()),
 *         doubtful -> SubmitReply.unknown(null, doubtful.explanation()));
 * }</pre>
 *
 * <p>No outcome shows the query, the request body or a request header in its texts. Immutable and thread-safe.
 */
public sealed interface HttpOutcome {

    /**
     * Calls the function that fits this outcome.
     *
     * @param <T> what the functions return
     * @param reply called with a whole reply
     * @param notTransmitted called when nothing was sent
     * @param unanswered called when the request may have arrived and no whole reply came
     * @return what the called function returned
     */
    default <T extends @Nullable Object> T fold(
            Function<? super Reply, ? extends T> reply,
            Function<? super NotTransmitted, ? extends T> notTransmitted,
            Function<? super Unanswered, ? extends T> unanswered) {
        if (this instanceof Reply whole) {
            return reply.apply(whole);
        }
        if (this instanceof NotTransmitted unsent) {
            return notTransmitted.apply(unsent);
        }
        return unanswered.apply((Unanswered) this);
    }

    /**
     * A whole reply with any status, 3xx and 5xx included.
     *
     * <p>Immutable, apart from the array that {@link #body()} shares, and thread-safe.
     */
    final class Reply implements HttpOutcome {
        private final int status;
        private final Headers headers;
        private final byte[] body;
        private final boolean complete;

        Reply(int status, Headers headers, byte[] body, boolean complete) {
            this.status = status;
            this.headers = headers;
            this.body = body;
            this.complete = complete;
        }

        /**
         * The status code, 101 or 200 to 999.
         *
         * @return the status code as the server sent it
         */
        public int status() {
            return status;
        }

        /**
         * Whether the status is 200 to 299.
         *
         * @return true for 2xx
         */
        public boolean isSuccessful() {
            return status >= 200 && status < 300;
        }

        /**
         * A reply header.
         *
         * @param name the header's name in any case
         * @return its last value, empty when the server did not send it
         */
        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }

        /**
         * All values of a reply header in the order received.
         *
         * @param name the header's name in any case
         * @return its values, empty when the server did not send it
         */
        public List<String> headers(String name) {
            return List.copyOf(headers.values(name));
        }

        /**
         * The body, with a gzip content coding removed.
         *
         * @return the bytes, not copied; empty when there was no body
         */
        public byte[] body() {
            return body;
        }

        /**
         * The body as text in the charset of the content type, UTF-8 when it names none or one that is unknown here.
         *
         * @return the text, empty when there was no body
         */
        public String text() {
            return new String(body, charset());
        }

        /**
         * Whether the end of the body is proven by its length or by a last chunk.
         *
         * <p>False when the server declared neither and simply closed the connection: then a cut cannot be told from
         * the end, and only the content itself can show that nothing is missing.
         *
         * @return true when nothing can be missing
         */
        public boolean complete() {
            return complete;
        }

        /**
         * How long the server asked to wait, from {@code Retry-After} (RFC 9110 section 10.2.3): seconds or an HTTP
         * date.
         *
         * @param clock the present, against which a date is measured
         * @return the wait, zero for a date in the past; empty when the header is absent or unreadable
         */
        public Optional<Duration> retryAfter(Clock clock) {
            return RetryAfter.parse(headers, clock);
        }

        private Charset charset() {
            String type = headers.get("Content-Type");
            int at = type == null ? -1 : type.toLowerCase(Locale.ROOT).indexOf("charset=");
            if (type == null || at < 0) {
                return StandardCharsets.UTF_8;
            }
            String name = type.substring(at + "charset=".length())
                    .split(";", 2)[0]
                    .replace("\"", "")
                    .strip();
            try {
                return Charset.forName(name);
            } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
                return StandardCharsets.UTF_8;
            }
        }

        /** Status and size; never the content. */
        @Override
        public String toString() {
            return "Reply[" + status + ", " + body.length + " bytes" + (complete ? "" : ", end not proven") + "]";
        }
    }

    /**
     * Proof that no part of the request left: the call ended before its first header was written.
     *
     * <p>Immutable and thread-safe.
     */
    final class NotTransmitted implements HttpOutcome {
        private final Kind kind;
        private final String explanation;
        private final IOException cause;

        NotTransmitted(Kind kind, String explanation, IOException cause) {
            this.kind = Objects.requireNonNull(kind);
            this.explanation = explanation;
            this.cause = cause;
        }

        /**
         * What stood in the way.
         *
         * @return the kind of failure
         */
        public Kind kind() {
            return kind;
        }

        /**
         * What happened and what to check, for people.
         *
         * @return one line that names host and port, never path, query, body or a credential
         */
        public String explanation() {
            return explanation;
        }

        /**
         * The failure underneath.
         *
         * @return the exception, free of request and reply content
         */
        public IOException cause() {
            return cause;
        }

        /** Kind and explanation. */
        @Override
        public String toString() {
            return "NotTransmitted[" + kind + ": " + explanation + "]";
        }
    }

    /** What kept a request from being sent. New kinds may be added: switch with a default. */
    enum Kind {
        /** The host name was not resolved. */
        DNS(true),
        /** No connection: refused, no route, or not established in time. */
        CONNECT(true),
        /** The TLS handshake broke or did not end in time. */
        TLS(true),
        /** The server's certificate is not trusted, not for this host or not the pinned one; or it refused ours. */
        CERTIFICATE(false),
        /** The proxy refused: authentication, CONNECT refused, or it does not reach the host. */
        PROXY(false),
        /** Every pooled connection tried had been closed by the server. */
        STALE_CONNECTION(true),
        /** This process: transport closed, thread interrupted, or a host's own DNS or socket factory threw. */
        LOCAL(false);

        private final boolean mayPass;

        Kind(boolean mayPass) {
            this.mayPass = mayPass;
        }

        /**
         * Whether trying the same server again later makes sense.
         *
         * @return false where only a change of configuration helps
         */
        public boolean mayPass() {
            return mayPass;
        }
    }

    /**
     * The request was begun and no whole reply came: the server may or may not have acted on it.
     *
     * <p>Immutable and thread-safe.
     */
    final class Unanswered implements HttpOutcome {
        private final Phase phase;
        private final boolean timedOut;
        private final int status;
        private final String explanation;
        private final IOException cause;

        Unanswered(Phase phase, boolean timedOut, int status, String explanation, IOException cause) {
            this.phase = phase;
            this.timedOut = timedOut;
            this.status = status;
            this.explanation = explanation;
            this.cause = cause;
        }

        /**
         * Where the call ended.
         *
         * @return the phase
         */
        public Phase phase() {
            return phase;
        }

        /**
         * Whether the call's own deadline ended it.
         *
         * @return true when the timeout given to the call ran out
         */
        public boolean timedOut() {
            return timedOut;
        }

        /**
         * The status of a reply whose body did not come whole.
         *
         * @return the status code, present only in {@link Phase#REPLY_BODY}
         */
        public OptionalInt status() {
            return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
        }

        /**
         * What happened, for people.
         *
         * @return one line that names host and port, never path, query, body or a credential
         */
        public String explanation() {
            return explanation;
        }

        /**
         * The failure underneath.
         *
         * @return the exception, free of request and reply content
         */
        public IOException cause() {
            return cause;
        }

        /** Phase and explanation. */
        @Override
        public String toString() {
            return "Unanswered[" + phase + ": " + explanation + "]";
        }
    }

    /** Where an unanswered call ended. New phases may be added: switch with a default. */
    enum Phase {
        /** Headers begun, request not known to be written whole. */
        REQUEST,
        /** Request written, no whole reply head. */
        REPLY_HEAD,
        /** Reply head read; body cut, too large, or late. */
        REPLY_BODY
    }
}
