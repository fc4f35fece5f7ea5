package io.textonce.spi.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One daemon thread that ends calls whose time is up, and looks after what is idle. It looks every few milliseconds while
 * calls run and parks while none do: timers of OkHttp wake a helper thread for each read and write, which costs more than
 * the request itself. Thread-safe.
 */
final class Deadlines {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int IDLE_TICKS_BEFORE_PARKING = 20;

    /** What else the thread does now and then. */
    interface Upkeep {
        /** Called at intervals while calls run, and afterwards while it is needed. */
        void run();

        /** Whether there is something left to look after. */
        boolean needed();

        /** Called once, at the end. */
        void end();
    }

    private final Upkeep upkeep;
    private final long interval;
    private final Set<Exchange> running = ConcurrentHashMap.newKeySet();
    private final ReentrantLock starting = new ReentrantLock();
    private volatile @Nullable Thread thread;
    private volatile boolean parked;
    private volatile boolean closed;

    Deadlines(Upkeep upkeep, long intervalNanos) {
        this.upkeep = upkeep;
        this.interval = Math.max(TICK, intervalNanos);
    }

    /**
     * Watches an exchange until it is removed. What it throws, such as that the process can have no more threads, means that
     * the exchange isn't watched and must not run.
     *
     * @return false when closed; the exchange must not run then
     */
    boolean add(Exchange exchange) {
        running.add(exchange);
        // Reading "closed" after adding: the thread leaves only when closed and then seen empty.
        if (closed) {
            running.remove(exchange);
            return false;
        }
        Thread watcher = thread;
        if (watcher == null) {
            try {
                start();
            } catch (Throwable noThread) {
                running.remove(exchange);
                throw noThread;
            }
        } else if (parked) {
            LockSupport.unpark(watcher);
        }
        return true;
    }

    void remove(Exchange exchange) {
        running.remove(exchange);
    }

    /** Refuses new exchanges; those running keep their deadlines. */
    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void start() {
        starting.lock();
        try {
            if (thread == null) {
                Thread watcher = new Thread(this::watch, "textonce-http-deadlines");
                watcher.setDaemon(true);
                watcher.start();
                thread = watcher; // only now: where no thread could be had, the next call asks again
            }
        } finally {
            starting.unlock();
        }
    }

    private void watch() {
        int idleTicks = 0;
        long upkeepAt = System.nanoTime() + interval;
        while (!(closed && running.isEmpty())) {
            long next = TICK;
            boolean idle = true;
            for (Exchange exchange : running) {
                idle = false;
                next = Math.min(next, exchange.expireIfDue(System.nanoTime()));
            }
            if (System.nanoTime() - upkeepAt >= 0) {
                tidy();
                upkeepAt = System.nanoTime() + interval;
            }
            idleTicks = idle ? idleTicks + 1 : 0;
            if (idleTicks > IDLE_TICKS_BEFORE_PARKING) {
                parked = true;
                if (running.isEmpty() && !closed) {
                    if (upkeep.needed()) {
                        LockSupport.parkNanos(this, Math.max(TICK, upkeepAt - System.nanoTime()));
                    } else {
                        LockSupport.park(this);
                    }
                }
                parked = false;
            } else {
                LockSupport.parkNanos(this, Math.max(next, TICK / 10));
            }
        }
        try {
            upkeep.end();
        } catch (Throwable brokenSocketOfHost) {
            // Nothing is left to do that could be done.
        }
    }

    private void tidy() {
        try {
            upkeep.run();
        } catch (Throwable whatever) {
            // A socket from an injected factory may throw on close, and the process may be out of threads or memory. No
            // other timer bounds a call: whatever it is, calls still need this thread.
        }
    }
}
