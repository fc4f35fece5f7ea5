package io.textonce.cluster;

import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.textonce.Category;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.jdbc.JdbcStore;
import io.textonce.memory.InMemoryLimitStore;
import io.textonce.spi.TimeSource;
import io.textonce.store.LimitStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts rate limits for all nodes of a cluster together, on their PostgreSQL, by its clock.
 *
 * <p>Guaranteed: of a rate a second with a burst, all nodes together spend at most {@code permits * t + burst} in any time of
 * {@code t} seconds; of an exact window, no window of its length admits more than its permits. A rate is handed out in
 * slices that a node spends by itself: it asks the database at most some times a second, however many messages it sends. What a node
 * holds and can't spend in time is lost, when it dies at most one slice. Where the burst is too small for slices (less than
 * 20 ms worth), or a node's share of a slice less than two permits, each permit is asked for.
 *
 * <p>While the database can't be reached, messages of some categories, one-time codes unless said otherwise, are counted here, each
 * limit divided by the expected nodes; all others are put off by a few seconds. It ends by itself.
 *
 * <p>Not guaranteed: when a message leaves after its permit was taken; nor, in an outage, that what was sent before it counts.
 *
 * <pre>{@code
 * ClusterLimits limits = ClusterLimits.builder(dataSource, store).expectedNodes(4).build();
 * SmsClient.builder().limitStore(limits).rateLimit(RateLimit.perSecond(100, 20));
 * }</pre>
 *
 * <p>Thread-safe: share one, and close it after the client.
 */
public final class ClusterLimits implements LimitStore, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.textonce.cluster");

    /** How far off this node may be about the database's time. Windows are longer by it on both ends. */
    private static final Duration TOLERANCE = Duration.ofMillis(20);

    private static final Duration TRY_AGAIN = Duration.ofSeconds(5);
    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);
    private static final int WATCHES_BETWEEN_READINGS = 10;
    private static final int MOST_IDLE_LANES = 10_000;

    private record Key(TenantId tenant, String name, int nth, Limit limit) {}

    /** A list of limits, as it is shared out. */
    private record Parts(List<Limit> rates, List<Limit> windows) {}

    private final LimitStore exact;
    private final SliceSource source;
    private final DatabaseClock clock;
    private final SharedTime shared;
    private final TimeSource time;
    private final Duration slice;
    private final int nodes;
    private final Set<Category> countedHere;
    private final InMemoryLimitStore here = new InMemoryLimitStore(100_000);
    private final ConcurrentMap<Key, Lane> lanes = new ConcurrentHashMap<>();
    private final ConcurrentMap<List<Limit>, Parts> parts = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean reachable = true;

    private ClusterLimits(Builder b, SliceSource source, DatabaseClock clock) {
        this.exact = b.store.limits();
        this.source = source;
        this.clock = clock;
        this.shared = new SharedTime(clock, TOLERANCE.dividedBy(4));
        this.time = b.time;
        this.slice = b.slice;
        this.nodes = b.nodes;
        this.countedHere = Set.copyOf(b.countedHere);
        Thread watch = new Thread(this::watch, "textonce-cluster-limits");
        watch.setDaemon(true);
        watch.start();
    }

    /**
     * Starts with a database.
     *
     * @param dataSource PostgreSQL, pooled; a connection timeout of a second or two keeps messages from waiting in an outage
     * @param store on the same database; exact windows are counted there
     * @return a builder
     */
    public static Builder builder(DataSource dataSource, JdbcStore store) {
        return new Builder(Objects.requireNonNull(dataSource, "dataSource"), Objects.requireNonNull(store, "store"));
    }

    /**
     * Takes permits for a message of no category, so that nothing passes while the database can't be reached.
     *
     * @throws IllegalArgumentException if a limit can never allow so many at once
     */
    @Override
    public Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
        return take(tenant, key, limits, permits, now, null);
    }

    /**
     * Takes permits, or says how long to wait.
     *
     * @throws IllegalArgumentException if a limit can never allow so many at once
     */
    @Override
    public Duration take(
            TenantId tenant, String key, List<Limit> limits, int permits, Instant now, @Nullable Category category) {
        if (permits < 1) {
            throw new IllegalArgumentException("permits: " + permits + " is not 1 or more");
        }
        for (Limit limit : limits) {
            if (permits > limit.capacity()) {
                throw new IllegalArgumentException("permits: " + permits + " is more than " + limit
                        + " can ever allow at once; ask for fewer, or raise the limit");
            }
        }
        if (reachable) {
            try {
                return together(tenant, key, partsOf(limits), permits, now);
            } catch (SQLException | RuntimeException e) {
                lost(e);
            }
        }
        return category != null && countedHere.contains(category)
                ? alone(tenant, key, limits, permits, now)
                : TRY_AGAIN;
    }

    /** Rates first, as they are at hand; then windows. What a later one refuses, the earlier ones get back. */
    private Duration together(TenantId tenant, String key, Parts of, int permits, Instant now) throws SQLException {
        int taken = 0;
        boolean all = false;
        try {
            for (; taken < of.rates().size(); taken++) {
                long wait = lane(tenant, key, taken, of.rates().get(taken)).take(permits, mark(now));
                if (wait > 0) {
                    return Duration.ofNanos(wait);
                }
            }
            Duration wait = of.windows().isEmpty()
                    ? Duration.ZERO
                    : exact.take(tenant, key, of.windows(), permits, shared.now(now));
            all = wait.isZero();
            return wait;
        } finally {
            if (!all) {
                giveBackRates(tenant, key, of, taken, permits, now);
            }
        }
    }

    private Duration alone(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
        List<Limit> own = limits.stream().map(this::share).toList();
        for (Limit limit : own) {
            if (permits > limit.capacity()) {
                return TRY_AGAIN;
            }
        }
        return here.take(tenant, key, own, permits, now);
    }

    /** This node's part of a limit; where that is less than one permit, one in as many windows. */
    private Limit share(Limit limit) {
        int burst = limit.burst() == 0 ? 0 : Math.max(1, limit.burst() / nodes);
        if (limit.permits() >= nodes) {
            return new Limit(limit.permits() / nodes, limit.window(), burst);
        }
        Duration longer = limit.window().multipliedBy((nodes + limit.permits() - 1) / limit.permits());
        Duration longest = Duration.ofDays(366);
        return new Limit(1, longer.compareTo(longest) < 0 ? longer : longest, burst);
    }

    @Override
    public void giveBack(TenantId tenant, String key, List<Limit> limits, int permits, Instant takenAt) {
        if (!reachable) {
            here.giveBack(tenant, key, limits.stream().map(this::share).toList(), permits, takenAt);
            return;
        }
        Parts of = partsOf(limits);
        giveBackRates(tenant, key, of, of.rates().size(), permits, takenAt);
        if (!of.windows().isEmpty()) {
            try {
                exact.giveBack(tenant, key, of.windows(), permits, shared.then(takenAt));
            } catch (RuntimeException e) {
                lost(e);
            }
        }
    }

    private void giveBackRates(TenantId tenant, String key, Parts of, int count, int permits, Instant takenAt) {
        for (int i = 0; i < count; i++) {
            lane(tenant, key, i, of.rates().get(i)).giveBack(permits, mark(takenAt));
        }
    }

    private static long mark(Instant now) {
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private Parts partsOf(List<Limit> limits) {
        Parts known = parts.get(limits);
        if (known != null) {
            return known;
        }
        List<Limit> rates = new ArrayList<>();
        List<Limit> windows = new ArrayList<>();
        for (Limit limit : limits) {
            if (limit.burst() > 0) {
                rates.add(limit);
            } else {
                Duration longer = limit.window().plus(TOLERANCE.multipliedBy(2));
                Duration longest = Duration.ofDays(366);
                windows.add(new Limit(limit.permits(), longer.compareTo(longest) < 0 ? longer : longest, 0));
            }
        }
        Parts made = new Parts(List.copyOf(rates), List.copyOf(windows));
        if (parts.size() < MOST_IDLE_LANES) {
            parts.put(List.copyOf(limits), made);
        }
        return made;
    }

    private Lane lane(TenantId tenant, String name, int nth, Limit limit) {
        Key key = new Key(tenant, name, nth, limit);
        Lane known = lanes.get(key);
        if (known != null) {
            return known;
        }
        if (lanes.size() >= MOST_IDLE_LANES) {
            long now = time.nanoTime();
            long idle = Duration.ofMinutes(1).toNanos();
            lanes.values().removeIf(lane -> now - lane.usedAt() > idle);
        }
        return lanes.computeIfAbsent(
                key, k -> new Lane(source, tenant, digest(name, nth), Rate.of(limit, slice, nodes), time));
    }

    /** Keys may hold a number, and be of any length. */
    private static String digest(String name, int nth) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest((nth + name).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Whether the shared counts are in use; else messages are put off, or counted here.
     *
     * @return as this node found last
     */
    public boolean isReachable() {
        return reachable;
    }

    private void lost(Exception e) {
        if (reachable) {
            reachable = false;
            LOG.warn(
                    "rate limits can't be shared: {}; until they can, {} are counted here at 1/{} of each limit, and"
                            + " everything else is put off",
                    e.getClass().getName(),
                    countedHere,
                    nodes);
        }
    }

    private void watch() {
        try {
            for (int nth = 1; !closed.await(WATCH_EVERY.toMillis(), TimeUnit.MILLISECONDS); nth++) {
                if (!reachable || nth % WATCHES_BETWEEN_READINGS == 0) {
                    look();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            clock.set(TOLERANCE.dividedBy(2));
            source.probe();
            if (!reachable) {
                reachable = true;
                LOG.info("rate limits are shared again");
            }
            if (clock.error().compareTo(TOLERANCE) > 0) {
                LOG.warn("the database answers so slowly that its time is known to {} only", clock.error());
            }
        } catch (SQLException | RuntimeException e) {
            lost(e);
        }
    }

    /** Stops watching the database. What this node holds of slices is lost. */
    @Override
    public void close() {
        closed.countDown();
    }

    @Override
    public String toString() {
        return "ClusterLimits[" + nodes + " nodes, slices of " + slice + (reachable ? "" : ", unreachable") + "]";
    }

    /**
     * Collects the options. {@link #build()} reports every problem at once.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private static final Duration LEAST_SLICE = Duration.ofMillis(100);
        private static final Duration MOST_SLICE = Duration.ofMillis(500);

        private final DataSource dataSource;
        private final JdbcStore store;
        private final Set<Category> countedHere = EnumSet.of(Category.OTP);
        private int nodes = 2;
        private Duration slice = Duration.ofMillis(250);
        private TimeSource time = TimeSource.system();
        private @Nullable ProxyManager<String> buckets;

        private Builder(DataSource dataSource, JdbcStore store) {
            this.dataSource = dataSource;
            this.store = store;
        }

        /**
         * Sets how many nodes share the limits. It decides how large a node's slices are, and what it may send by itself in an
         * outage; what all nodes send together otherwise doesn't depend on it. Default 2.
         *
         * @param value 1 to 10,000
         * @return this builder
         */
        public Builder expectedNodes(int value) {
            this.nodes = value;
            return this;
        }

        /**
         * Sets for how long a slice lasts when all nodes are busy. Longer ones cost the database less, shorter ones are
         * shared more evenly. Default 250 ms.
         *
         * @param value 100 to 500 ms
         * @return this builder
         */
        public Builder slice(Duration value) {
            this.slice = Objects.requireNonNull(value, "slice");
            return this;
        }

        /**
         * Sets which messages this node counts by itself while the database can't be reached; all others are put off. Default:
         * one-time codes.
         *
         * @param categories the categories; none has everything put off
         * @return this builder
         */
        public Builder countedHere(Category... categories) {
            countedHere.clear();
            countedHere.addAll(List.of(categories));
            return this;
        }

        /**
         * Takes rates from buckets that Bucket4j keeps elsewhere, in Redis for one; exact windows stay in the database. The time is
         * then the manager's: nodes whose clocks differ by {@code d} seconds may spend {@code permits * d} more.
         *
         * @param manager the host's, which it closes itself
         * @return this builder
         */
        public Builder buckets(ProxyManager<String> manager) {
            this.buckets = Objects.requireNonNull(manager, "buckets");
            return this;
        }

        /**
         * Sets the clock, for tests.
         *
         * @param source the clock
         * @return this builder
         */
        public Builder time(TimeSource source) {
            this.time = Objects.requireNonNull(source, "time");
            return this;
        }

        /**
         * Asks the database for its time, and starts a thread that watches it.
         *
         * @return the limits
         * @throws IllegalArgumentException naming every problem at once
         * @throws SmsStoreException if the database can't be reached, or isn't PostgreSQL
         */
        public ClusterLimits build() {
            List<String> problems = new ArrayList<>();
            if (nodes < 1 || nodes > 10_000) {
                problems.add("expectedNodes: " + nodes + " is not 1 to 10000");
            }
            if (slice.compareTo(LEAST_SLICE) < 0 || slice.compareTo(MOST_SLICE) > 0) {
                problems.add("slice: " + slice + " is not " + LEAST_SLICE + " to " + MOST_SLICE);
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException("ClusterLimits: " + String.join("; ", problems));
            }
            try {
                Postgres.require(dataSource);
                DatabaseClock clock = new DatabaseClock(dataSource, time);
                clock.set(TOLERANCE.dividedBy(2));
                return new ClusterLimits(
                        this,
                        buckets != null ? new BucketSlices(buckets, time) : new PostgresSlices(dataSource, time),
                        clock);
            } catch (SQLException e) {
                throw new SmsStoreException("ClusterLimits.build", e);
            }
        }
    }
}
