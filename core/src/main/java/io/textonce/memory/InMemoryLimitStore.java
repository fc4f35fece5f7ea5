package io.textonce.memory;

import io.textonce.TenantId;
import io.textonce.store.LimitStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Counts what rate limits allow in one JVM, lost on exit: after a restart every limit is whole again, and several JVMs
 * allow as many times as much.
 *
 * <p>Guaranteed: with burst 0, no window of a limit's length (its end not included) ever admits more than its permits, and
 * a quiet key may use them all at once. Up to 1,000 permits a window that is exact; above, a permit comes back up to a
 * thousandth of the window late, never early. It holds for callers that are late by no more than a minute, or than the
 * window if that is shorter. With a burst, a token bucket of that size is refilled evenly.
 *
 * <p>Memory is bounded by the number of keys: one that is whole again is forgotten when room is needed, and a new key is
 * refused by throwing when none is whole. A key costs about 250 to 550 bytes, and 12 for each permit admitted lately. A limit that
 * changes for a key starts whole.
 *
 * <pre>{@code
 * Duration wait = limits.take(tenant, "user=456", List.of(new Limit(100, ofHours(1), 0)), 1, time.now());
 * }</pre>
 *
 * <p>Thread-safe; keys are spread over stripes with a lock each.
 */
public final class InMemoryLimitStore implements LimitStore {

    private static final int STRIPES = 64;

    private final LimitStripe[] stripes = new LimitStripe[STRIPES];

    /** Room for 1,000,000 keys in use. */
    public InMemoryLimitStore() {
        this(1_000_000);
    }

    /**
     * Room for some keys.
     *
     * @param keys how many at least may be in use at a time, of all tenants together, 1 or more
     * @throws IllegalArgumentException if less than 1
     */
    public InMemoryLimitStore(int keys) {
        if (keys < 1) {
            throw new IllegalArgumentException("limit keys: " + keys + " is not 1 or more");
        }
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new LimitStripe(share(keys));
        }
    }

    /** Keys don't spread evenly: a stripe gets its share, and five standard deviations of that more. */
    private static int share(int keys) {
        double even = (double) keys / STRIPES;
        return (int) Math.ceil(even + 5 * Math.sqrt(even) + 5);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException {@inheritDoc}
     * @throws IllegalStateException if there is no room for another key
     */
    @Override
    public Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
        if (permits < 1) {
            throw new IllegalArgumentException("permits: " + permits + " is not 1 or more");
        }
        for (int i = 0; i < limits.size(); i++) {
            if (permits > limits.get(i).capacity()) {
                throw new IllegalArgumentException("permits: " + permits + " is more than " + limits.get(i)
                        + " can ever allow at once; ask for fewer, or raise the limit");
            }
        }
        LimitKey wanted = new LimitKey(tenant, key);
        long wait = stripe(wanted).take(wanted, limits, permits, nanos(now));
        return wait == 0 ? Duration.ZERO : Duration.ofNanos(wait);
    }

    @Override
    public void giveBack(TenantId tenant, String key, List<Limit> limits, int permits, Instant takenAt) {
        LimitKey wanted = new LimitKey(tenant, key);
        stripe(wanted).giveBack(wanted, limits, permits, nanos(takenAt));
    }

    private LimitStripe stripe(LimitKey key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return stripes[hash >>> 26];
    }

    /** Good until the year 2262. */
    private static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }

    /** Whose limit it is, and what it limits. */
    record LimitKey(TenantId tenant, String name) {
        LimitKey {
            Objects.requireNonNull(tenant, "tenant");
            Objects.requireNonNull(name, "key");
        }

        /** Without the key, which may be a number. */
        @Override
        public String toString() {
            return "LimitKey[" + tenant + "]";
        }
    }
}
