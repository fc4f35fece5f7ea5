package io.textonce.client;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where sends run that nobody waits for: on the host's executor, or on threads of our own, which are virtual where the
 * runtime has them and daemons otherwise.
 *
 * <p>Our own are bounded either way. Each send that is under way holds a connection, so without a bound a loop over
 * {@code sendAsync} would take every file handle of the process.
 */
final class SendThreads {

    /** Sends that wait for a thread of ours; further ones are turned away. */
    static final int MOST_WAITING = 10_000;

    private static final int MOST_VIRTUAL = 256;
    private static final int MOST_PLATFORM = 64;
    private static final Duration KEPT = Duration.ofSeconds(30);

    private final @Nullable Executor host;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ThreadPoolExecutor own;
    private boolean closed;

    SendThreads(@Nullable Executor host) {
        this.host = host;
    }

    /**
     * Runs one send.
     *
     * @throws RejectedExecutionException if there is no room, or this is closed
     */
    void execute(Runnable send) {
        (host != null ? host : own()).execute(send);
    }

    /**
     * Runs what lasts as long as a bulk run: on the host's executor, or on a thread of its own, so that it takes none
     * from single sends.
     */
    void start(Runnable worker, ThreadFactory factory) {
        if (host != null) {
            host.execute(worker);
        } else {
            factory.newThread(worker).start();
        }
    }

    private Executor own() {
        lock.lock();
        try {
            if (closed) {
                throw new RejectedExecutionException("closed");
            }
            if (own == null) {
                ThreadFactory virtual = virtual("textonce-send-");
                int most = virtual != null ? MOST_VIRTUAL : MOST_PLATFORM;
                own = new ThreadPoolExecutor(
                        most,
                        most,
                        KEPT.toMillis(),
                        TimeUnit.MILLISECONDS,
                        new LinkedBlockingQueue<>(MOST_WAITING),
                        virtual != null ? virtual : daemons("textonce-send-"));
                own.allowCoreThreadTimeOut(true);
            }
            return own;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more. What runs goes on; what waits gets its turn, and finds the client closed. */
    void close() {
        lock.lock();
        try {
            closed = true;
            if (own != null) {
                own.shutdown();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Threads that don't keep the JVM alive, virtual where the runtime has them. */
    static ThreadFactory factory(String prefix) {
        ThreadFactory virtual = virtual(prefix);
        return virtual != null ? virtual : daemons(prefix);
    }

    /** {@code Thread.ofVirtual().name(prefix, 1).factory()}, which the bytecode of Java 17 can't say; null before Java 21. */
    private static @Nullable ThreadFactory virtual(String prefix) {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Object virtual = Thread.class.getMethod("ofVirtual").invoke(null);
            Object named = builder.getMethod("name", String.class, long.class).invoke(virtual, prefix, 1L);
            return (ThreadFactory) builder.getMethod("factory").invoke(named);
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | IllegalAccessException
                | InvocationTargetException
                | UnsupportedOperationException e) {
            return null; // Java 17 to 20, where virtual threads don't exist or are a preview
        }
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicLong count = new AtomicLong();
        return task -> {
            Thread thread = new Thread(task, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
