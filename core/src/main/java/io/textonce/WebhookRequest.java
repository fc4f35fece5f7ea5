package io.textonce;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One webhook call as it arrived, in no framework's terms: method, raw target, headers and body bytes. Signatures are
 * made over exactly these, so nothing is decoded or normalised.
 *
 * <pre>{@code
 * String query = request.getQueryString();                                            // a servlet
 * WebhookRequest.builder("POST", request.getRequestURI() + (query == null ? "" : "?" + query))
 *         .header("Content-Type", request.getContentType())
 *         .header("X-Twilio-Signature", request.getHeader("X-Twilio-Signature"))
 *         .body(request.getInputStream().readAllBytes())
 *         .build();
 * }</pre>
 *
 * <p>Immutable and thread-safe, provided that nobody writes to the body.
 */
public final class WebhookRequest {

    private static final byte[] NO_BODY = new byte[0];

    private final String method;
    private final String rawTarget;
    private final Map<String, List<String>> headers;
    private final byte[] body;
    private final @Nullable String remoteAddress;
    private final @Nullable String publicBaseUrl;

    private WebhookRequest(
            String method,
            String rawTarget,
            Map<String, List<String>> headers,
            byte[] body,
            @Nullable String remoteAddress,
            @Nullable String publicBaseUrl) {
        this.method = method;
        this.rawTarget = rawTarget;
        this.headers = headers;
        this.body = body;
        this.remoteAddress = remoteAddress;
        this.publicBaseUrl = publicBaseUrl;
    }

    /**
     * Starts a request.
     *
     * @param method the HTTP method, such as {@code POST}
     * @param rawTarget path and query exactly as received, such as {@code /hooks/twilio?x=1%202}, or the whole URL if the
     *     host knows the public one
     * @return a builder
     */
    public static Builder builder(String method, String rawTarget) {
        return new Builder(method, rawTarget);
    }

    /**
     * The HTTP method.
     *
     * @return such as {@code POST}
     */
    public String method() {
        return method;
    }

    /**
     * Path and query, or the whole URL, exactly as received.
     *
     * @return the raw target
     */
    public String rawTarget() {
        return rawTarget;
    }

    /**
     * The public URL that the provider called, as it would have signed it. A base that the host configured wins over the
     * origin of a whole URL in the request line, which the caller chose.
     *
     * @return the public base URL with the raw path and query; the raw target alone if no base is known
     */
    public String url() {
        String base = publicBaseUrl;
        if (base == null
                || rawTarget.equals(base)
                || rawTarget.startsWith(base + "/")
                || rawTarget.startsWith(base + "?")) {
            return rawTarget;
        }
        return base + pathAndQuery();
    }

    private String pathAndQuery() {
        int scheme = rawTarget.indexOf("://");
        if (rawTarget.startsWith("/") || scheme < 0) {
            return rawTarget;
        }
        int at = scheme + 3;
        while (at < rawTarget.length() && rawTarget.charAt(at) != '/' && rawTarget.charAt(at) != '?') {
            at++;
        }
        return rawTarget.substring(at);
    }

    /**
     * The raw query.
     *
     * @return what follows the first question mark, still escaped; empty if there is none
     */
    public String rawQuery() {
        int mark = rawTarget.indexOf('?');
        int end = rawTarget.indexOf('#', Math.max(mark, 0));
        return mark < 0 ? "" : rawTarget.substring(mark + 1, end < 0 ? rawTarget.length() : end);
    }

    /**
     * A header's first value.
     *
     * @param name the header's name, in any case
     * @return the value, or empty
     */
    public Optional<String> header(String name) {
        List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    /**
     * All headers.
     *
     * @return name to values, names in any case
     */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /**
     * The body, not copied: don't write to it.
     *
     * @return the bytes exactly as received
     */
    public byte[] body() {
        return body;
    }

    /**
     * Who called.
     *
     * @return the peer's address as the host knows it, or empty
     */
    public Optional<String> remoteAddress() {
        return Optional.ofNullable(remoteAddress);
    }

    /**
     * The same request as seen from outside.
     *
     * @param base scheme, host and prefix by which providers reach the host, such as {@code https://sms.example.org}
     * @return a copy that answers {@link #url()} with that base
     */
    public WebhookRequest withPublicBaseUrl(String base) {
        String trimmed = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        return new WebhookRequest(method, rawTarget, headers, body, remoteAddress, trimmed);
    }

    /**
     * Method, path and size; no query, header or body.
     *
     * @return such as {@code POST /hooks/twilio, 412 bytes}
     */
    @Override
    public String toString() {
        int mark = rawTarget.indexOf('?');
        return method + " " + Printable.of(mark < 0 ? rawTarget : rawTarget.substring(0, mark)) + ", " + body.length
                + " bytes";
    }

    /**
     * Collects a request's parts.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final String method;
        private final String rawTarget;
        private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private byte[] body = NO_BODY;
        private @Nullable String remoteAddress;

        private Builder(String method, String rawTarget) {
            this.method = Objects.requireNonNull(method, "method");
            this.rawTarget = Objects.requireNonNull(rawTarget, "rawTarget");
        }

        /**
         * Adds a header value.
         *
         * @param name the header's name
         * @param value the value; null adds nothing
         * @return this builder
         */
        public Builder header(String name, @Nullable String value) {
            if (value != null) {
                headers.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
            }
            return this;
        }

        /**
         * Adds all headers of a map.
         *
         * @param all name to values
         * @return this builder
         */
        public Builder headers(Map<String, List<String>> all) {
            all.forEach((name, values) -> values.forEach(value -> header(name, value)));
            return this;
        }

        /**
         * Sets the body.
         *
         * @param bytes the bytes exactly as received; not copied
         * @return this builder
         */
        public Builder body(byte[] bytes) {
            this.body = Objects.requireNonNull(bytes, "body");
            return this;
        }

        /**
         * Sets who called.
         *
         * @param address the peer's address, or null
         * @return this builder
         */
        public Builder remoteAddress(@Nullable String address) {
            this.remoteAddress = address;
            return this;
        }

        /**
         * Builds the request.
         *
         * @return the request
         */
        public WebhookRequest build() {
            return new WebhookRequest(method, rawTarget, headers, body, remoteAddress, null);
        }
    }
}
