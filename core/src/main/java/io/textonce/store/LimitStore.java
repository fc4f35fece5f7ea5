package io.textonce.store;

import io.textonce.Category;
import io.textonce.TenantId;
import io.textonce.internal.words.Spoken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Counts what rate limits allow, for one process or, shared, for many.
 *
 * <p>Contract: {@link #take} is atomic and all-or-nothing over all limits of the key; memory stays bounded by forgetting
 * keys whose limits are whole again. Time is what the callers say it is; a call that comes out of its order, by less than the
 * window and at most a minute, is judged by its own instant.
 *
 * <p>Implementations are thread-safe.
 */
public interface LimitStore {

    /**
     * Takes permits, or nothing.
     *
     * @param tenant whose limit
     * @param key what is limited
     * @param limits the limits that all must allow it; the same for every call with the key
     * @param permits how many, 1 or more
     * @param now the present
     * @return zero if taken; else how long to wait until they could be taken, nothing having been taken
     * @throws IllegalArgumentException if a limit can never allow so many at once
     */
    Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now);

    /**
     * The same, for a message of a category; the client asks this. A store that several processes share may answer by
     * category while it can't be reached: let some messages pass by a count of its own, and put off others. What is counted
     * is the same for all categories. Unless overridden, the category makes no difference.
     *
     * @param tenant whose limit
     * @param key what is limited
     * @param limits the limits that all must allow it; the same for every call with the key
     * @param permits how many, 1 or more
     * @param now the present
     * @param category the message's
     * @return zero if taken; else how long to wait until they could be taken, nothing having been taken
     * @throws IllegalArgumentException if a limit can never allow so many at once
     */
    default Duration take(
            TenantId tenant, String key, List<Limit> limits, int permits, Instant now, Category category) {
        return take(tenant, key, limits, permits, now);
    }

    /**
     * Gives permits back that turned out not to be needed.
     *
     * @param tenant whose limit
     * @param key what is limited
     * @param limits as they were taken
     * @param permits how many
     * @param takenAt the {@code now} with which they were taken
     */
    void giveBack(TenantId tenant, String key, List<Limit> limits, int permits, Instant takenAt);

    /**
     * One limit.
     *
     * <p>Immutable and thread-safe.
     *
     * @param permits how many a window, 1 or more
     * @param window the window's length
     * @param burst 0 for an exact sliding window: no window of that length ever admits more than {@code permits}; else the
     *     size of a token bucket that is refilled at {@code permits} a window
     */
    record Limit(int permits, Duration window, int burst) {

        private static final Duration LONGEST = Duration.ofDays(366);

        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException unless permits is positive, burst isn't negative, and the window is positive
         *     and at most 366 days
         */
        public Limit {
            Objects.requireNonNull(window, "window");
            if (permits < 1 || burst < 0 || window.isZero() || window.isNegative() || window.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("limit: " + permits + " per " + window + " with burst " + burst
                        + " needs permits of 1 or more, a window up to 366 days and a burst of 0 or more");
            }
        }

        /**
         * The most that can be taken at once.
         *
         * @return permits, or the burst if there is one
         */
        public int capacity() {
            return burst == 0 ? permits : burst;
        }

        /** In words: it stands in explanations. */
        @Override
        public String toString() {
            return permits + " in " + Spoken.of(window) + (burst == 0 ? "" : ", " + burst + " at once");
        }
    }
}
