package io.textonce.cluster;

import io.textonce.store.LimitStore.Limit;
import java.time.Duration;

/**
 * A rate with a burst, as slots on a line of time. Slots are a step apart, each belongs to one permit, and a permit may be
 * spent from its slot on for as long as the slack. In any window of length {@code w} permits are thus spent whose slots lie in
 * {@code w + slack}: with a slack of {@code burst - 1} steps, no more than {@code w / step + burst}, whoever spends them.
 *
 * <p>Immutable and thread-safe. All in nanoseconds.
 *
 * @param step between two slots
 * @param slack how long after its slot a permit may be spent
 * @param head how long ago the first slot lies that a quiet line offers: most of the burst, less what asking takes
 * @param ahead how far in the future slots are handed out; 0 if each permit is asked for by itself
 * @param most how many slots a node takes at a time
 */
record Rate(long step, long slack, long head, long ahead, int most) {

    /** What a slice needs at least to be spent in time: less, and each permit is asked for. */
    private static final long LEAST_SLACK = Duration.ofMillis(20).toNanos();

    private static final long ROOM_TO_SPEND = Duration.ofMillis(50).toNanos();

    /**
     * A slice is what a node's share of the rate comes to in a time. Where that is less than two permits, or the burst too
     * small to forgive a permit that is spent a little late, there are no slices.
     */
    static Rate of(Limit limit, Duration slice, int nodes) {
        long window = limit.window().toNanos();
        long step = (window + limit.permits() - 1) / limit.permits();
        long slack = Math.multiplyExact(step, limit.burst() - 1L);
        long share = slice.toNanos() / step / nodes;
        if (share < 2 || slack < LEAST_SLACK) {
            return new Rate(step, slack, slack, 0, 1);
        }
        long head = slack - Math.min(slack / 2, ROOM_TO_SPEND);
        return new Rate(step, slack, head, slice.toNanos(), (int) Math.min(share, Integer.MAX_VALUE));
    }

    boolean sliced() {
        return ahead > 0;
    }
}
