package io.textonce.spi.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import okhttp3.Connection;
import org.jspecify.annotations.Nullable;

/**
 * The connections that OkHttp pools, each with the exchange that has it or the time since when it is idle. Ends those
 * that are idle for too long or too many. Thread-safe.
 *
 * <p>The exchange that uses a connection and the thread that ends it settle by one compare-and-set who was first: what
 * was ended here is refused by the gate before a byte is written. OkHttp drops a closed connection when it next looks
 * at it.
 */
final class Connections {
    private final Map<Connection, Pooled> all = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;
    private final long keepAlive;
    private final int most;

    Connections(LongSupplier nanoTime, long keepAliveNanos, int maxIdle) {
        this.nanoTime = nanoTime;
        this.keepAlive = keepAliveNanos;
        this.most = maxIdle;
    }

    Pooled of(Connection connection) {
        Pooled known = all.get(connection);
        return known != null ? known : all.computeIfAbsent(connection, Pooled::new);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /**
     * Ends what is idle for too long or too many, and forgets what is closed.
     *
     * @param young what counts as used lately, in nanoseconds
     * @return whether a connection is in use or was lately
     */
    boolean tidy(long young) {
        long now = nanoTime.getAsLong();
        boolean used = false;
        List<Pooled> idle = new ArrayList<>();
        all.values().removeIf(pooled -> pooled.connection.socket().isClosed());
        for (Pooled pooled : all.values()) {
            if (pooled.user.get() != null) {
                used = true;
            } else if (now - pooled.idleSince > keepAlive) {
                end(pooled);
            } else {
                used |= now - pooled.idleSince < young;
                idle.add(pooled);
            }
        }
        if (idle.size() > most) {
            idle.sort(Comparator.comparingLong(pooled -> pooled.idleSince - now));
            idle.subList(0, idle.size() - most).forEach(this::end);
        }
        return used;
    }

    /** Ends all that are idle. */
    void endIdle() {
        all.values().forEach(this::end);
    }

    private void end(Pooled pooled) {
        if (pooled.user.compareAndSet(null, Pooled.ENDED)) {
            try {
                pooled.connection.socket().close();
            } catch (IOException | RuntimeException brokenSocketOfHost) {
                // It is refused from now on, whatever its close() did.
            }
            // It is forgotten only now that it is closed: OkHttp may be handing it to a call at this moment.
            if (pooled.connection.socket().isClosed()) {
                all.remove(pooled.connection);
            }
        }
    }

    /** One connection. */
    final class Pooled {
        private static final Object ENDED = new Object();

        private final Connection connection;
        /** The exchange that has it, null while it is idle, or {@link #ENDED}. */
        private final AtomicReference<@Nullable Object> user = new AtomicReference<>();

        private volatile long idleSince = nanoTime.getAsLong();

        private Pooled(Connection connection) {
            this.connection = connection;
            if (connection.socket().isClosed()) {
                // Ended and forgotten while OkHttp was handing it to this call.
                user.set(ENDED);
            }
        }

        /**
         * Takes the connection for an exchange.
         *
         * @return for how long it was idle, in nanoseconds; -1 if it can't be used any more
         */
        long take(Exchange exchange) {
            Object before = user.get();
            while (before != ENDED) {
                if (user.compareAndSet(before, exchange)) {
                    // OkHttp hands a connection on before the exchange that had it hears of its release.
                    long idle = before != null ? 0 : Math.max(0, nanoTime.getAsLong() - idleSince);
                    return idle > keepAlive ? -1 : idle;
                }
                before = user.get();
            }
            return -1;
        }

        /** Only if no other exchange has taken it in the meantime does it become idle. */
        void release(Exchange exchange) {
            idleSince = nanoTime.getAsLong();
            user.compareAndSet(exchange, null);
        }
    }
}
