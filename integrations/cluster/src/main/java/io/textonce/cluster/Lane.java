package io.textonce.cluster;

import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.spi.TimeSource;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One rate on one node: spends slots of slices that it took, and takes the next slice when they don't suffice. How many slots
 * it asks for follows what it could spend, so that a node with little to send leaves the rate to others.
 *
 * <p>A slot is spent when it has surely begun and surely not ended, whatever the doubt about the clocks; it may thus be
 * lost, never spent outside its time.
 *
 * <p>Thread-safe.
 */
final class Lane {

    private static final class Run {
        private long first;
        private final long doubt;
        private int left;

        Run(long first, long doubt, int left) {
            this.first = first;
            this.doubt = doubt;
            this.left = left;
        }
    }

    /** How many of the permits spent last can be given back; others are lost. */
    private static final int REMEMBERED = 64;

    /** Who waits longer for another thread's question is answered as if the store couldn't be reached. */
    private static final long PATIENCE_MILLIS = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final SliceSource source;
    private final TenantId tenant;
    private final String name;
    private final Rate rate;
    private final TimeSource time;
    private final Deque<Run> runs = new ArrayDeque<>();
    private final long[] spentAt = new long[REMEMBERED];
    private final long[] spentSlot = new long[REMEMBERED];
    private long spent;
    private long spentBefore;
    private boolean lost;
    private int want = 1;
    private boolean asksLater;
    private long askNext;
    private volatile long usedAt;

    Lane(SliceSource source, TenantId tenant, String name, Rate rate, TimeSource time) {
        this.source = source;
        this.tenant = tenant;
        this.name = name;
        this.rate = rate;
        this.time = time;
        this.usedAt = time.nanoTime();
    }

    /** When permits were last asked for, by the monotonic clock. */
    long usedAt() {
        return usedAt;
    }

    /**
     * Takes permits, or none.
     *
     * @param mark by which the caller may give them back
     * @return 0 if taken; else after how many nanoseconds to ask again
     */
    long take(int permits, long mark) throws SQLException {
        lock();
        try {
            long now = time.nanoTime();
            usedAt = now;
            drop(now);
            boolean fresh = false;
            if (held() < permits) {
                if (asksLater && askNext - now > 0) {
                    return askNext - now;
                }
                int before = held();
                ask(permits - before);
                now = time.nanoTime();
                fresh = !rate.sliced() && before == 0;
                if (!fresh) {
                    drop(now);
                }
                if (held() < permits) {
                    return asksLater ? Math.max(1, askNext - now) : rate.step();
                }
            }
            long wait = fresh ? 0 : usableIn(permits, now);
            if (wait <= 0) {
                spend(permits, mark);
            }
            return Math.max(0, wait);
        } finally {
            lock.unlock();
        }
    }

    private void lock() {
        boolean got = false;
        try {
            got = lock.tryLock() || lock.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!got) {
            throw new SmsStoreException(
                    "ClusterLimits.take", new IllegalStateException("the store is being asked, and doesn't answer"));
        }
    }

    private int held() {
        int all = 0;
        for (Run run : runs) {
            all += run.left;
        }
        return all;
    }

    private void drop(long now) {
        for (Run run = runs.peekFirst(); run != null; run = runs.peekFirst()) {
            while (run.left > 0 && now - run.first > rate.slack()) {
                run.first += rate.step();
                run.left--;
                lost = true;
            }
            if (run.left > 0) {
                return;
            }
            runs.removeFirst();
        }
    }

    private void ask(int atLeast) throws SQLException {
        long lately = spent - spentBefore;
        want = lost
                ? (int) Math.max(1, Math.min(lately, rate.most()))
                : Math.min(rate.most(), spent == 0 ? 1 : 2 * want);
        Slice slice = source.take(tenant, name, rate, Math.max(want, atLeast));
        asksLater = slice.count() == 0;
        if (asksLater) {
            askNext = time.nanoTime() + slice.after();
            return;
        }
        lost = false;
        spentBefore = spent;
        runs.addLast(new Run(slice.first(), slice.doubt(), slice.count()));
    }

    private long usableIn(int permits, long now) {
        int missing = permits;
        for (Run run : runs) {
            if (run.left >= missing) {
                return run.first + (missing - 1) * rate.step() + run.doubt - now;
            }
            missing -= run.left;
        }
        throw new IllegalStateException("fewer slots than counted");
    }

    private void spend(int permits, long mark) {
        for (int i = 0; i < permits; i++) {
            Run run = runs.getFirst();
            int place = (int) (spent % REMEMBERED);
            spentAt[place] = mark;
            spentSlot[place] = run.first;
            spent++;
            run.first += rate.step();
            run.left--;
            if (run.left == 0) {
                runs.removeFirst();
            }
        }
    }

    /** What was spent with the mark may be spent again, unless it is too late for that. */
    void giveBack(int permits, long mark) {
        lock();
        try {
            int open = permits;
            for (int place = 0; place < REMEMBERED && open > 0; place++) {
                if (spentAt[place] == mark) {
                    spentAt[place] = 0;
                    runs.addFirst(new Run(spentSlot[place], 0, 1));
                    open--;
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
