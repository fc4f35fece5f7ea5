package io.textonce.memory;

import io.textonce.store.LimitStore.Limit;
import java.util.Arrays;

/**
 * The permits that one window admitted lately, by instant, in nanoseconds. Not thread-safe: its stripe's lock is held.
 *
 * <p>Up to 1,000 permits each is remembered exactly. Above that, instants are rounded up to a thousandth of the window: a
 * permit comes back that much later, never earlier.
 *
 * <p>A caller reads the clock before it gets here, so instants come a little out of order. They are kept in order, and for
 * a grace beyond the window, so that a late caller is judged by its own instant.
 */
final class PermitLog {

    private static final int EXACT = 1_000;
    private static final long MAX_GRACE = 60_000_000_000L;

    private final int permits;
    private final long window;
    private final long grace;
    private final long grain;

    /** Instants, ascending, from {@link #first} on, with the number of permits of each. */
    private long[] instants = new long[2];

    private int[] counts = new int[2];
    private int first;
    private int size;

    /** From where on the permits counted when somebody last asked, and their sum: the next who asks is seldom far off. */
    private int live;

    private long taken;

    PermitLog(Limit limit) {
        this.permits = limit.permits();
        this.window = limit.window().toNanos();
        this.grace = Math.min(window, MAX_GRACE);
        this.grain = permits <= EXACT ? 1 : Math.max(1, window / EXACT);
    }

    private long rounded(long now) {
        long over = Math.floorMod(now, grain);
        return over == 0 ? now : now - over + grain;
    }

    /** Nanoseconds until so many more would fit; 0 if they fit now. Counts what lies in the future as well. */
    long waitFor(int more, long now) {
        int end = first + size;
        while (live < end && instants[live] + window <= now) {
            taken -= counts[live++];
        }
        while (live > first && instants[live - 1] + window > now) {
            taken += counts[--live];
        }
        long over = taken + more - permits;
        for (int i = live; i < end && over > 0; i++) {
            over -= counts[i];
            if (over <= 0) {
                return instants[i] + window - now;
            }
        }
        return 0;
    }

    void add(int more, long now) {
        long instant = rounded(now);
        forgetBefore(instant - window - grace);
        int at = first + size;
        while (at > first && instants[at - 1] > instant) {
            at--;
        }
        if (at > first && instants[at - 1] == instant) {
            count(at - 1, more);
            return;
        }
        if (first + size == instants.length) {
            at -= first;
            makeRoom();
            at += first;
        }
        System.arraycopy(instants, at, instants, at + 1, first + size - at);
        System.arraycopy(counts, at, counts, at + 1, first + size - at);
        instants[at] = instant;
        counts[at] = 0;
        size++;
        live += at < live ? 1 : 0;
        count(at, more);
    }

    private void count(int at, int change) {
        counts[at] += change;
        taken += at < live ? 0 : change;
    }

    void remove(int fewer, long takenAt) {
        int at = Arrays.binarySearch(instants, first, first + size, rounded(takenAt));
        if (at >= first) {
            count(at, -Math.min(counts[at], fewer));
        }
    }

    /** When even a late caller finds it whole. */
    long wholeAt() {
        return size == 0 ? Long.MIN_VALUE : instants[first + size - 1] + window + grace;
    }

    private void forgetBefore(long oldest) {
        while (size > 0 && instants[first] <= oldest) {
            if (first == live) {
                taken -= counts[live++];
            }
            first++;
            size--;
        }
    }

    /** To the front if half is free, else into twice the room. */
    private void makeRoom() {
        boolean slide = first >= instants.length / 2 && first > 0;
        long[] moreInstants = slide ? instants : new long[instants.length * 2];
        int[] moreCounts = slide ? counts : new int[counts.length * 2];
        System.arraycopy(instants, first, moreInstants, 0, size);
        System.arraycopy(counts, first, moreCounts, 0, size);
        instants = moreInstants;
        counts = moreCounts;
        live -= first;
        first = 0;
    }
}
