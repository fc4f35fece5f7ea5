package io.textonce.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The instants that callers name, by the database's clock. While a node's wall clock keeps its distance to it, the distance is
 * one and the same number, so that an instant that is named again (to give a permit back) comes to the same; when the
 * distance changes, it does from then on.
 *
 * <p>Thread-safe.
 */
final class SharedTime {

    private static final int KEPT = 32;

    private final DatabaseClock clock;
    private final Duration tolerance;
    private volatile NavigableMap<Instant, Duration> distances = new TreeMap<>();

    /** @param tolerance how far off a distance may be before it is replaced */
    SharedTime(DatabaseClock clock, Duration tolerance) {
        this.clock = clock;
        this.tolerance = tolerance;
    }

    /** The present, as the caller has just read it. */
    Instant now(Instant callers) {
        Duration distance = Duration.between(callers, clock.now());
        Map.Entry<Instant, Duration> latest = distances.lastEntry();
        if (latest == null || latest.getValue().minus(distance).abs().compareTo(tolerance) > 0) {
            return callers.plus(changed(callers, distance));
        }
        return then(callers);
    }

    /** An instant of before. */
    Instant then(Instant callers) {
        Map.Entry<Instant, Duration> since = distances.floorEntry(callers);
        Map.Entry<Instant, Duration> known = since != null ? since : distances.firstEntry();
        return known == null ? callers : callers.plus(known.getValue());
    }

    private synchronized Duration changed(Instant callers, Duration distance) {
        NavigableMap<Instant, Duration> next = new TreeMap<>(distances.headMap(callers, true));
        next.put(callers, distance);
        while (next.size() > KEPT) {
            next.pollFirstEntry();
        }
        distances = next;
        return distance;
    }
}
