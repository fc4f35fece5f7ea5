package io.textonce.spi.http;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * A prepared request: method, URL and headers, parsed and checked once, to be called any number of times.
 *
 * <p>Each call writes at most one request, whatever happens. Made by {@link HttpTransport#post},
 * {@link HttpTransport#put} and {@link HttpTransport#get}; {@link #path}, {@link #query}, {@link #header},
 * {@link #headers} and {@link #maxReplyBytes} give a changed copy.
 *
 * <pre>{@code
 * HttpTarget messages = transport.post("https://api.example.com/messages", Map.of("Authorization", basic), form);
 * HttpOutcome outcome = messages.call(FormWriter.body().add("To", number).toByteArray(), Duration.ofSeconds(10));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class HttpTarget {
    private final HttpTransport transport;
    private final String method;
    /** URL and headers; the body, and with it the method, come with each call. */
    private final Request request;

    private final int maxReplyBytes;

    HttpTarget(HttpTransport transport, String method, Request request, int maxReplyBytes) {
        this.transport = transport;
        this.method = method;
        this.request = request;
        this.maxReplyBytes = maxReplyBytes;
    }

    /**
     * This target with path segments appended.
     *
     * @param segments plain text; each becomes one segment, a slash in it included
     * @return a changed copy
     * @throws IllegalArgumentException if a segment is empty, {@code .} or {@code ..}
     */
    public HttpTarget path(String... segments) {
        HttpUrl.Builder url = request.url().newBuilder();
        for (String segment : segments) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw new IllegalArgumentException(
                        "A path segment is \"" + segment + "\"; it would change the path: leave it out.");
            }
            url.addPathSegment(segment);
        }
        return with(request.newBuilder().url(url.build()).build());
    }

    /**
     * This target with pairs appended to its query.
     *
     * @param pairs a writer made by {@link FormWriter#query()}
     * @return a changed copy
     */
    public HttpTarget query(FormWriter pairs) {
        String added = pairs.ascii();
        if (added.isEmpty()) {
            return this;
        }
        String present = request.url().encodedQuery();
        String whole = present == null || present.isEmpty() ? added : present + '&' + added;
        return with(request.newBuilder()
                .url(request.url().newBuilder().encodedQuery(whole).build())
                .build());
    }

    /**
     * This target with a header set.
     *
     * @param name the header's name
     * @param value its value, visible ASCII
     * @return a changed copy
     * @throws IllegalArgumentException if the name is not a token, belongs to the transport, or the value holds another
     *     character
     */
    public HttpTarget header(String name, String value) {
        RequestHeaders.check(name, value);
        return with(request.newBuilder().header(name, value).build());
    }

    /**
     * This target with several headers set at once, such as those of a signature over each request.
     *
     * @param headers names to values, as for {@link #header}
     * @return a changed copy
     * @throws IllegalArgumentException as {@link #header}
     */
    public HttpTarget headers(Map<String, String> headers) {
        Request.Builder changed = request.newBuilder();
        headers.forEach((name, value) -> {
            RequestHeaders.check(name, value);
            changed.header(name, value);
        });
        return with(changed.build());
    }

    /**
     * This target with another limit for the reply, for downloads.
     *
     * @param bytes the largest body accepted, 1 to 64 MiB
     * @return a changed copy
     * @throws IllegalArgumentException if the limit is out of range
     */
    public HttpTarget maxReplyBytes(int bytes) {
        HttpTransport.checkMaxReplyBytes(bytes);
        return new HttpTarget(transport, method, request, bytes);
    }

    /**
     * Writes the request with a body, once, and reports how far it got. Blocks for at most the timeout, apart from the
     * time that a name lookup takes beyond it.
     *
     * @param body the bytes to send, not copied: leave them unchanged until this returns
     * @param timeout the time for everything from the name lookup to the last byte of the reply, 1 ms to 1 h
     * @return the outcome; never an exception for what the network or the server did
     * @throws IllegalStateException if this target is a GET
     * @throws IllegalArgumentException if the timeout is out of range
     */
    public HttpOutcome call(byte[] body, Duration timeout) {
        Objects.requireNonNull(body, "body");
        return call(body, body.length, timeout);
    }

    /**
     * The same with what a writer holds, which is sent without a copy; see {@link #call(byte[], Duration)}.
     *
     * @param body the writer; add nothing to it until this returns
     * @param timeout the time for everything, 1 ms to 1 h
     * @return the outcome; never an exception for what the network or the server did
     * @throws IllegalStateException if this target is a GET
     * @throws IllegalArgumentException if the timeout is out of range
     */
    public HttpOutcome call(FormWriter body, Duration timeout) {
        Objects.requireNonNull(body, "body");
        return call(body.written(), body.size(), timeout);
    }

    private HttpOutcome call(byte[] body, int size, Duration timeout) {
        if (!hasBody()) {
            throw new IllegalStateException("This target is a GET and takes no body: use call(timeout).");
        }
        return transport.execute(this, body, size, timeout);
    }

    /**
     * Writes the request without a body, once, and reports how far it got; see {@link #call(byte[], Duration)}.
     *
     * @param timeout the time for everything, 1 ms to 1 h
     * @return the outcome; never an exception for what the network or the server did
     * @throws IllegalStateException if this target is a POST or PUT
     * @throws IllegalArgumentException if the timeout is out of range
     */
    public HttpOutcome call(Duration timeout) {
        if (hasBody()) {
            throw new IllegalStateException(
                    "This target is a " + method + " and needs a body: use call(body, timeout).");
        }
        return transport.execute(this, null, 0, timeout);
    }

    /** Method, scheme, host and port; never path or query, which may hold credentials. */
    @Override
    public String toString() {
        return method + " " + request.url().scheme() + "://" + endpoint();
    }

    String endpoint() {
        return request.url().host() + ":" + request.url().port();
    }

    int maxReplyBytes() {
        return maxReplyBytes;
    }

    Request request(Exchange exchange, byte @Nullable [] body, int size, boolean oneShot) {
        Request.Builder builder = request.newBuilder().tag(Exchange.class, exchange);
        if (body != null) {
            builder.method(method, new Body(body, size, oneShot));
        }
        return builder.build();
    }

    private boolean hasBody() {
        return !method.equals("GET");
    }

    private HttpTarget with(Request changed) {
        return new HttpTarget(transport, method, changed, maxReplyBytes);
    }

    /** Exactly these bytes; the content type stands in the kept headers already. */
    private static final class Body extends RequestBody {
        private final byte[] bytes;
        private final int size;
        private final boolean oneShot;

        Body(byte[] bytes, int size, boolean oneShot) {
            this.bytes = bytes;
            this.size = size;
            this.oneShot = oneShot;
        }

        @Override
        public okhttp3.@Nullable MediaType contentType() {
            return null;
        }

        @Override
        public long contentLength() {
            return size;
        }

        @Override
        public boolean isOneShot() {
            return oneShot;
        }

        @Override
        public void writeTo(BufferedSink sink) throws java.io.IOException {
            sink.write(bytes, 0, size);
        }
    }
}
