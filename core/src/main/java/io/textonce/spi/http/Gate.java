package io.textonce.spi.http;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * The last thing a request passes before its headers are written: refuses a pooled connection that was idle for too long,
 * looks at one that was idle, lets one call through once and only before its deadline, and keeps {@code Retry-After} and
 * all other headers from OkHttp. Thread-safe.
 */
final class Gate implements Interceptor {
    /** Younger connections are used unseen: a look costs a millisecond, and servers keep connections for seconds. */
    static final long LOOK_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Guards guards;

    Gate(Guards guards) {
        this.guards = guards;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Exchange exchange = chain.request().tag(Exchange.class);
        Connection connection = chain.connection();
        if (exchange == null || connection == null) {
            throw new IOException("a request that did not come from HttpTarget");
        }
        long idle = exchange.takeConnection();
        if (idle < 0 || (guards.peek() && idle > LOOK_AFTER_NANOS && isStale(connection.socket()))) {
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
        exchange.head(response);
        return guards.hideHeaders() ? bare(response) : response;
    }

    /**
     * The reply without its headers. They are kept in the exchange; OkHttp needs none of them from here on, would act on
     * some, and copies and parses them in each of its layers. A builder made from the reply would copy them once more.
     */
    private static Response bare(Response response) {
        ResponseBody body = response.body();
        return new Response.Builder()
                .request(response.request())
                .protocol(response.protocol())
                .code(response.code())
                .message(response.message())
                .handshake(response.handshake())
                .sentRequestAtMillis(response.sentRequestAtMillis())
                .receivedResponseAtMillis(response.receivedResponseAtMillis())
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

    /** The pooled connection was closed, or too old to be trusted; nothing was written on it. */
    static final class StaleConnectionException extends IOException {
        private static final long serialVersionUID = 1L;

        StaleConnectionException() {
            super("the pooled connection was closed, or idle for too long");
        }
    }
}
