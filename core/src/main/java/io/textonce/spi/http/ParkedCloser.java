package io.textonce.spi.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps OkHttp's clean-up of idle connections asleep while calls come steadily.
 *
 * <p>Each time a connection goes back to its pool, OkHttp wakes a helper thread to see whether one is due to be closed.
 * That costs about as much CPU as the rest of a call, and no option avoids it. But a pool runs one clean-up at a time: so
 * one of its connections is a decoy, a socket in memory whose {@code close()} doesn't return. OkHttp closes it when it
 * has been idle for the keep-alive time, and from then on nothing needs waking. What the clean-up would have ended
 * {@link Connections} ends, parked or not.
 *
 * <p>This uses public API only, but relies on how OkHttp 5 runs the clean-up; ParkedCloserTest pins it. A version that
 * does it differently closes the decoy like any connection, on a thread of another name, and all goes on at OkHttp's own
 * cost. {@link #park} and {@link #release} belong to one thread; {@link #close} may be called from any.
 */
final class ParkedCloser {
    /** The end of the name that OkHttp gives the thread of the clean-up. No other thread may ever wait here. */
    private static final String CLEAN_UP = " ConnectionPool connection closer";

    private static final byte[] REPLY =
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final HttpTransport transport;
    private volatile @Nullable Decoy decoy;
    private volatile boolean closed;

    ParkedCloser(HttpTransport transport) {
        this.transport = transport;
    }

    /** Puts a decoy into the pool, unless one is there. */
    void park() {
        Decoy present = decoy;
        if (closed || (present != null && !present.isClosed())) {
            return;
        }
        Decoy fresh = new Decoy();
        decoy = fresh;
        HttpTarget target = transport.get("http://decoy.invalid/", Map.of());
        transport.executeOn(
                MemorySockets.client(transport.client(), transport.client().connectionPool(), () -> fresh),
                target,
                null);
        if (closed) {
            fresh.letGo();
        }
    }

    /** Lets OkHttp's clean-up go on, until the next {@link #park}. */
    void release() {
        Decoy present = decoy;
        if (present != null) {
            present.letGo();
        }
    }

    /** Releases for good. */
    void close() {
        closed = true;
        release();
    }

    boolean isParked() {
        Decoy present = decoy;
        return present != null && present.parked;
    }

    private static final class Decoy extends MemorySockets.MemorySocket {
        private final CountDownLatch free = new CountDownLatch(1);
        private volatile boolean parked;

        Decoy() {
            super(REPLY);
        }

        void letGo() {
            free.countDown();
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // a wait under the socket's lock would stop isClosed()
        public void close() throws IOException {
            if (Thread.currentThread().getName().endsWith(CLEAN_UP)) {
                parked = true;
                try {
                    free.await();
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
                parked = false;
            }
            super.close();
        }
    }
}
