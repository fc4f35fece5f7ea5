package io.textonce.client;

import io.textonce.Category;
import io.textonce.Label;
import io.textonce.internal.words.Spoken;
import io.textonce.store.LimitStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many messages may go out in a time, for everything or for each value of a key. Several limits hold together.
 *
 * <p>Guaranteed: a window limit is exact, no window of its length ever admits more, and a quiet key may use all of it at
 * once; a rate a second is a token bucket with a stated burst. Exceeding a limit rejects the message with the time at
 * which it would pass, or waits, if told to.
 *
 * <pre>{@code
 * RateLimit.of(100, Duration.ofHours(1)).keyedByLabel("user").tier(new Label("role", "admin"), 1000);
 * RateLimit.of(20, Duration.ofMinutes(10)).keyedByPrefix(7).only(Category.OTP);
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
        LABEL,
        /** The first digits of the recipient, for each tenant; set by {@link RateLimit#keyedByPrefix(int)}. */
        PREFIX
    }

    /** What messages with a label may use instead. */
    record Tier(Label label, int permits) {}

    /** A number has at most so many digits (ITU-T E.164, section 6). */
    private static final int MOST_DIGITS = 15;

    private static final int MOST_EXACT = 1000;

    private final LimitStore.Limit limit;
    private final Key key;
    private final @Nullable String label;
    private final int digits;
    private final Duration patience;
    private final List<Tier> tiers;
    private final Set<Category> categories;

    private RateLimit(
            LimitStore.Limit limit,
            Key key,
            @Nullable String label,
            int digits,
            Duration patience,
            List<Tier> tiers,
            Set<Category> categories) {
        this.limit = limit;
        this.key = key;
        this.label = label;
        this.digits = digits;
        this.patience = patience;
        this.tiers = tiers;
        this.categories = categories;
    }

    private static RateLimit of(LimitStore.Limit limit) {
        return new RateLimit(
                limit, Key.EVERYTHING, null, 0, Duration.ZERO, List.of(), Set.copyOf(EnumSet.allOf(Category.class)));
    }

    private RateLimit keyed(Key what, @Nullable String name, int first) {
        return new RateLimit(limit, what, name, first, patience, tiers, categories);
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
        return of(new LimitStore.Limit(permits, window, 0));
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
        return of(new LimitStore.Limit(permits, Duration.ofSeconds(1), burst));
    }

    /**
     * Counts apart for each value of a key.
     *
     * @param what the key; not {@link Key#LABEL} or {@link Key#PREFIX}
     * @return a copy
     * @throws IllegalArgumentException for {@link Key#LABEL} and {@link Key#PREFIX}, which need to know more
     */
    public RateLimit keyedBy(Key what) {
        if (what == Key.LABEL) {
            throw new IllegalArgumentException("rate limit: which label? use keyedByLabel(name)");
        }
        if (what == Key.PREFIX) {
            throw new IllegalArgumentException("rate limit: how many digits? use keyedByPrefix(7)");
        }
        return keyed(Objects.requireNonNull(what, "key"), null, 0);
    }

    /**
     * Counts apart for each value of a label; messages without it share one count.
     *
     * @param name the label's name, such as {@code user}
     * @return a copy
     */
    public RateLimit keyedByLabel(String name) {
        return keyed(Key.LABEL, Objects.requireNonNull(name, "label"), 0);
    }

    /**
     * Counts apart for each range of recipients that begin with the same digits, country code included: whoever pumps
     * messages to numbers of their own does it to a range. Seven digits are about ten thousand numbers in many plans.
     *
     * @param first how many digits, 1 to 15; a shorter number counts for itself
     * @return a copy
     * @throws IllegalArgumentException if out of range
     */
    public RateLimit keyedByPrefix(int first) {
        if (first < 1 || first > MOST_DIGITS) {
            throw new IllegalArgumentException(
                    "rate limit: keyedByPrefix " + first + " is not 1 to " + MOST_DIGITS + " digits; 7 is usual");
        }
        return keyed(Key.PREFIX, null, first);
    }

    /**
     * Allows messages with a label another count in the same window, such as more to administrators. Of several that a
     * message fits, the highest counts.
     *
     * <p>Guaranteed: for each count, no window admits more messages than that of those that are allowed at most so many.
     * Who sends with the label and without doesn't get the sum of both.
     *
     * @param which the label, name and value
     * @param permits 1 to 1,000
     * @return a copy
     * @throws IllegalArgumentException if out of range, or for a rate a second, which has no tiers
     */
    public RateLimit tier(Label which, int permits) {
        if (permits < 1 || permits > MOST_EXACT || limit.burst() > 0) {
            throw new IllegalArgumentException("rate limit: tier of " + permits + "; permits must be 1 to " + MOST_EXACT
                    + ", of a limit made by RateLimit.of");
        }
        List<Tier> more = new ArrayList<>(tiers);
        more.add(new Tier(Objects.requireNonNull(which, "label"), permits));
        return new RateLimit(limit, key, label, digits, patience, List.copyOf(more), categories);
    }

    /**
     * Holds for some categories only, and counts only their messages.
     *
     * @param first a category
     * @param more others
     * @return a copy
     */
    public RateLimit only(Category first, Category... more) {
        return new RateLimit(limit, key, label, digits, patience, tiers, Set.copyOf(EnumSet.of(first, more)));
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
        return new RateLimit(limit, key, label, digits, Objects.requireNonNull(longest, "longest"), tiers, categories);
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

    int digits() {
        return digits;
    }

    Duration patience() {
        return patience;
    }

    List<Tier> tiers() {
        return tiers;
    }

    Set<Category> categories() {
        return categories;
    }

    boolean holdsForAll() {
        return categories.size() == Category.values().length;
    }

    @Override
    public String toString() {
        return "RateLimit[" + limit.permits() + " in " + Spoken.of(limit.window())
                + (limit.burst() > 0 ? ", burst " + limit.burst() : "") + " by "
                + (label != null ? "label " + label : key == Key.PREFIX ? digits + " digits" : key)
                + (tiers.isEmpty() ? "" : ", " + tiers)
                + (holdsForAll() ? "" : ", only " + categories) + "]";
    }
}
