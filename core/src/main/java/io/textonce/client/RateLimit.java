package io.textonce.client;

import io.textonce.store.LimitStore;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How many messages may go out in a time, for everything or for each value of a key. Several limits hold together.
 *
 * <p>Guaranteed: a window limit is exact, no window of its length ever admits more, and a quiet key may use all of it at
 * once; a rate a second is a token bucket with a stated burst. Exceeding a limit rejects the message with the time at
 * which it would pass, or waits, if told to.
 *
 * <pre>{@code
 * RateLimit.of(100, Duration.ofHours(1)).keyedByLabel("user");
 * RateLimit.perSecond(10, 20).keyedBy(RateLimit.Key.PROVIDER).waitUpTo(Duration.ofSeconds(5));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class RateLimit {

    /** What a limit counts apart. Switch on it with a default: the set may grow. */
    public enum Key {
        /** Everything that the client sends. */
        EVERYTHING,
        /**
         * Each provider instance, and for providers of a {@link ProviderSource} each tenant's; exceeding it counts as not
         * transmitted, so another provider may be tried.
         */
        PROVIDER,
        /** Each tenant. */
        TENANT,
        /** Each wanted sender of a tenant. */
        SENDER,
        /** Each recipient of a tenant. */
        RECIPIENT,
        /** Each value of a label of a tenant; set by {@link RateLimit#keyedByLabel(String)}. */
        LABEL
    }

    private static final int MOST_EXACT = 1000;

    private final LimitStore.Limit limit;
    private final Key key;
    private final @Nullable String label;
    private final Duration patience;

    private RateLimit(LimitStore.Limit limit, Key key, @Nullable String label, Duration patience) {
        this.limit = limit;
        this.key = key;
        this.label = label;
        this.patience = patience;
    }

    /**
     * At most so many in any window of a length.
     *
     * @param permits 1 to 1,000; for more, use a rate a second
     * @param window 1 ms or longer
     * @return the limit, for everything
     * @throws IllegalArgumentException if a value is out of range
     */
    public static RateLimit of(int permits, Duration window) {
        if (permits < 1 || permits > MOST_EXACT || window.toMillis() < 1) {
            throw new IllegalArgumentException("rate limit: " + permits + " a " + window + "; permits must be 1 to "
                    + MOST_EXACT + " and the window at least 1 ms");
        }
        return new RateLimit(new LimitStore.Limit(permits, window, 0), Key.EVERYTHING, null, Duration.ZERO);
    }

    /**
     * A steady rate with a burst: in any time of {@code t} seconds at most {@code permits * t + burst}.
     *
     * @param permits messages a second, 1 to 100,000
     * @param burst how many may go at once after a quiet time, 1 to 100,000
     * @return the limit, for everything
     * @throws IllegalArgumentException if a value is out of range
     */
    public static RateLimit perSecond(int permits, int burst) {
        if (permits < 1 || permits > 100_000 || burst < 1 || burst > 100_000) {
            throw new IllegalArgumentException(
                    "rate limit: " + permits + " a second, burst " + burst + "; both must be 1 to 100000");
        }
        return new RateLimit(
                new LimitStore.Limit(permits, Duration.ofSeconds(1), burst), Key.EVERYTHING, null, Duration.ZERO);
    }

    /**
     * Counts apart for each value of a key.
     *
     * @param what the key; not {@link Key#LABEL}
     * @return a copy
     * @throws IllegalArgumentException for {@link Key#LABEL}, which needs a name
     */
    public RateLimit keyedBy(Key what) {
        if (what == Key.LABEL) {
            throw new IllegalArgumentException("rate limit: which label? use keyedByLabel(name)");
        }
        return new RateLimit(limit, Objects.requireNonNull(what, "key"), null, patience);
    }

    /**
     * Counts apart for each value of a label; messages without it share one count.
     *
     * @param name the label's name, such as {@code user}
     * @return a copy
     */
    public RateLimit keyedByLabel(String name) {
        return new RateLimit(limit, Key.LABEL, Objects.requireNonNull(name, "label"), patience);
    }

    /**
     * Waits instead of rejecting, up to a bound and never past the send's deadline.
     *
     * @param longest how long at most, zero to reject at once (the default)
     * @return a copy
     * @throws IllegalArgumentException if negative
     */
    public RateLimit waitUpTo(Duration longest) {
        if (longest.isNegative()) {
            throw new IllegalArgumentException(
                    "rate limit: waitUpTo " + longest + " is negative; zero rejects at once");
        }
        return new RateLimit(limit, key, label, Objects.requireNonNull(longest, "longest"));
    }

    LimitStore.Limit limit() {
        return limit;
    }

    Key key() {
        return key;
    }

    @Nullable
    String label() {
        return label;
    }

    Duration patience() {
        return patience;
    }

    @Override
    public String toString() {
        return "RateLimit[" + limit.permits() + " a " + limit.window()
                + (limit.burst() > 0 ? ", burst " + limit.burst() : "") + " by "
                + (label == null ? key : "label " + label)
                + "]";
    }
}
