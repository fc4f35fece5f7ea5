package io.textonce.memory;

import io.github.bucket4j.TimeMeter;
import io.textonce.memory.InMemoryLimitStore.LimitKey;
import io.textonce.store.LimitStore.Limit;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Some of the keys behind one lock. Its buckets tell the time by it, which is what the caller that holds the lock said. */
final class LimitStripe implements TimeMeter {

    private static final int FIRST_SWEEP = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<LimitKey, KeyLimits> keys = new HashMap<>();
    private final int most;
    private int sweepAt = FIRST_SWEEP;
    private long noRoomUntil = Long.MIN_VALUE;
    private long now;

    LimitStripe(int most) {
        this.most = most;
    }

    /** Nanoseconds to wait, 0 if taken. */
    long take(LimitKey key, List<Limit> limits, int permits, long instant) {
        lock.lock();
        try {
            now = instant;
            KeyLimits state = keys.get(key);
            if (state == null) {
                return first(key, limits, permits);
            }
            if (!state.isFor(limits)) {
                state = KeyLimits.of(limits, state, this);
                keys.put(key, state);
            }
            return state.take(permits, instant);
        } finally {
            lock.unlock();
        }
    }

    private long first(LimitKey key, List<Limit> limits, int permits) {
        makeRoom();
        KeyLimits state = KeyLimits.of(limits, null, this);
        long wait = state.take(permits, now);
        keys.put(key, state);
        noRoomUntil = Math.min(noRoomUntil, state.wholeAt(now));
        return wait;
    }

    void giveBack(LimitKey key, List<Limit> limits, int permits, long takenAt) {
        lock.lock();
        try {
            KeyLimits state = keys.get(key);
            if (state != null) {
                now = Math.max(now, takenAt);
                state.giveBack(limits, permits, takenAt);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sweeps when the number of keys has doubled since the last time, which costs each new key a constant; and when there
     * is no room, but then not before a key can have become whole.
     */
    private void makeRoom() {
        boolean full = keys.size() >= most;
        if (keys.size() >= sweepAt || (full && now >= noRoomUntil)) {
            sweep();
            full = keys.size() >= most;
        }
        if (full) {
            throw new IllegalStateException(
                    "in-memory limits: too many keys are in use and none may be forgotten; allow more keys,"
                            + " limit by something that has fewer values, or use a database");
        }
    }

    private void sweep() {
        long soonest = Long.MAX_VALUE;
        for (Iterator<KeyLimits> it = keys.values().iterator(); it.hasNext(); ) {
            long wholeAt = it.next().wholeAt(now);
            if (wholeAt <= now) {
                it.remove();
            } else {
                soonest = Math.min(soonest, wholeAt);
            }
        }
        noRoomUntil = soonest;
        sweepAt = Math.max(FIRST_SWEEP, keys.size() * 2);
    }

    @Override
    public long currentTimeNanos() {
        return now;
    }

    @Override
    public boolean isWallClockBased() {
        return true;
    }

    @Override
    public String toString() {
        return "LimitStripe[" + keys.size() + " keys]";
    }
}
