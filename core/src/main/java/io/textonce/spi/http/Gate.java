package io.textonce.spi.http;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import okhttp3.Connection;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * The last thing a request passes before its headers are written: looks at a pooled connection that was idle, lets one
 * call through once and only before its deadline, and keeps {@code Retry-After} and all other headers from OkHttp. Thread-safe.
 */
final class Gate implements Interceptor {
    /** Younger connections are used unseen: a look costs a millisecond, and servers keep connections for seconds. */
    static final long LOOK_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final Headers NONE = new Headers.Builder().build();
    private static final long NEVER_USED = Long.MIN_VALUE;

    private final Guards guards;
    private final LongSupplier nanoTime;
    private final Map<Connection, AtomicLong> lastUsed = Collections.synchronizedMap(new WeakHashMap<>());

    Gate(Guards guards, LongSupplier nanoTime) {
        this.guards = guards;
        this.nanoTime = nanoTime;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Exchange exchange = chain.request().tag(Exchange.class);
        Connection connection = chain.connection();
        if (exchange == null || connection == null) {
            throw new IOException("a request that did not come from HttpTarget");
        }
        AtomicLong used = lastUsed.computeIfAbsent(connection, c -> new AtomicLong(NEVER_USED));
        if (guards.peek()
                && used.get() != NEVER_USED
                && nanoTime.getAsLong() - used.get() > LOOK_AFTER_NANOS
                && isStale(connection.socket())) {
            throw new StaleConnectionException();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new IOException("the thread was interrupted before the request began");
        }
        if (!exchange.passOnce() && guards.passOnce()) {
            throw new IOException("a second pass of one call was stopped");
        }
        if (!exchange.start()) {
            throw new IOException("the deadline passed before the request began");
        }
        Response response = chain.proceed(chain.request());
        used.set(nanoTime.getAsLong());
        exchange.head(response);
        return guards.hideHeaders() ? bare(response) : response;
    }

    /**
     * The reply without its headers. They are kept in the exchange; OkHttp needs none of them from here on, would act on
     * some, and copies and parses them in each of its layers.
     */
    private static Response bare(Response response) {
        ResponseBody body = response.body();
        return response.newBuilder()
                .headers(NONE)
                .body(ResponseBody.create(body.source(), null, body.contentLength()))
                .build();
    }

    /** Nothing to read is the only healthy answer: the end of the stream or a byte nobody asked for means closed. */
    private static boolean isStale(Socket socket) {
        try {
            int timeout = socket.getSoTimeout();
            socket.setSoTimeout(1);
            try {
                return socket.getInputStream().read() >= -1;
            } catch (SocketTimeoutException nothingToRead) {
                return false;
            } finally {
                socket.setSoTimeout(timeout);
            }
        } catch (IOException broken) {
            return true;
        }
    }

    /** The server had closed the pooled connection; nothing was written on it. */
    static final class StaleConnectionException extends IOException {
        private static final long serialVersionUID = 1L;

        StaleConnectionException() {
            super("the server had closed the pooled connection");
        }
    }
}
