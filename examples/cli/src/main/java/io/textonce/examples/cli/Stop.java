package io.textonce.examples.cli;

import io.textonce.TenantId;
import io.textonce.spi.TimeSource;
import io.textonce.store.LimitStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a run soon and in order on Ctrl-C or a polite kill: messages that wait, for a limit or before another try, wait no longer and are rejected by
 * the kill switch, while requests under way get their answer. Interrupting the threads instead would also close the
 * ledger's file under them.
 */
final class Stop implements TimeSource, AutoCloseable {

    private final TimeSource time = TimeSource.system();
    private final CountDownLatch pressed = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private @Nullable Thread hook;

    /** Has whatever ends the process stop a run first, and wait until this is closed. */
    void onExit(Runnable stopping) {
        Thread waits = new Thread(() -> {
            press();
            stopping.run();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(waits);
        hook = waits;
    }

    void press() {
        pressed.countDown();
    }

    /** Called when all is told. */
    @Override
    public void close() {
        over.countDown();
        if (hook != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // it runs already
            }
        }
    }

    boolean isPressed() {
        return pressed.getCount() == 0;
    }

    @Override
    public Instant now() {
        return time.now();
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    @Override
    @SuppressWarnings("ResultOfMethodCallIgnored")
    public void sleep(Duration duration) throws InterruptedException {
        pressed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Lets pass, once stopped, what the kill switch then holds back. */
    LimitStore limits(LimitStore store) {
        return new LimitStore() {
            @Override
            public Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
                return isPressed() ? Duration.ZERO : store.take(tenant, key, limits, permits, now);
            }

            @Override
            public void giveBack(TenantId tenant, String key, List<Limit> limits, int permits, Instant takenAt) {
                if (!isPressed()) {
                    store.giveBack(tenant, key, limits, permits, takenAt);
                }
            }
        };
    }
}
