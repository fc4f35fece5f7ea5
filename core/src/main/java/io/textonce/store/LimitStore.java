package io.textonce.store;

import io.textonce.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Counts what rate limits allow, for one process or, shared, for many.
 *
 * <p>Contract: {@link #take} is atomic and all-or-nothing over all limits of the key; memory stays bounded by forgetting
 * keys whose limits are whole again.
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
     */
    Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now);

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
    record Limit(int permits, Duration window, int burst) {}
}
