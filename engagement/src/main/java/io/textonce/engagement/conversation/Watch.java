package io.textonce.engagement.conversation;

import io.textonce.spi.TimeSource;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What this process remembers about one tenant: when it looked last, and who waits for something to happen. */
final class Watch {

    /** Who looks more often sees what the last look found, and what the listener was told. */
    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Held by whoever looks; others who come meanwhile wait for what they find. */
    private final ReentrantLock looking = new ReentrantLock();

    private boolean looked;
    private long lookedTick;
    private boolean swept;
    private long sweptTick;
    private long openAfter;
    private Instant lookedAt = Instant.EPOCH;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition happened = lock.newCondition();
    private long count;
    private int waiting;

    void look(TimeSource time, Runnable work) {
        looking.lock();
        try {
            long now = time.nanoTime();
            if (!looked || now - lookedTick >= LOOK_EVERY_NANOS) {
                work.run();
                looked = true;
                lookedTick = now;
            }
        } finally {
            looking.unlock();
        }
    }

    // Of the look that goes on.

    boolean isSweepDue(long now, long every) {
        return !swept || now - sweptTick >= every;
    }

    void swept(long tick) {
        swept = true;
        sweptTick = tick;
    }

    Instant lookedAt() {
        return lookedAt;
    }

    void lookedAt(Instant value) {
        lookedAt = value;
    }

    long openAfter() {
        return openAfter;
    }

    void openAfter(long seq) {
        openAfter = seq;
    }

    // Of those who wait.

    /** To be asked before looking whether something is there, so that nothing happens unnoticed between. */
    long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            count++;
            happened.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something happened in this process since a count, at most for a while. */
    void await(long since, long mostNanos) throws InterruptedException {
        lock.lock();
        waiting++;
        try {
            long left = mostNanos;
            while (count == since && left > 0) {
                left = happened.awaitNanos(left);
            }
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    boolean isAwaited() {
        lock.lock();
        try {
            return waiting > 0;
        } finally {
            lock.unlock();
        }
    }
}
