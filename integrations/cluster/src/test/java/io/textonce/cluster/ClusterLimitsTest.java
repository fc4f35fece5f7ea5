package io.textonce.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.textonce.Category;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.RateLimit;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.store.LimitStore.Limit;
import java.lang.reflect.Proxy;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Several nodes in one process, each with a pool, a store and limits of its own, on one PostgreSQL. */
class ClusterLimitsTest {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final int NODES = 4;

    private static ClusterLimits limits(DataSource database) {
        return ClusterLimits.builder(database, JdbcStore.of(database))
                .expectedNodes(NODES)
                .build();
    }

    private static Limit perSecond(int permits, int burst) {
        return new Limit(permits, Duration.ofSeconds(1), burst);
    }

    /**
     * Eight threads on four nodes take what they get for a while. A rate counts when the permit is there; a window by the instant
     * that the caller names, which is before it asks.
     */
    private static Audit race(List<ClusterLimits> nodes, List<Limit> limits, Duration length) {
        long end = System.nanoTime() + length.toNanos();
        ConcurrentLinkedQueue<Long> taken = new ConcurrentLinkedQueue<>();
        CompletableFuture<?>[] threads = new CompletableFuture<?>[8];
        ExecutorService pool = Executors.newFixedThreadPool(threads.length);
        for (int i = 0; i < threads.length; i++) {
            ClusterLimits node = nodes.get(i % nodes.size());
            threads[i] = CompletableFuture.runAsync(() -> takeUntil(end, node, limits, taken), pool);
        }
        CompletableFuture.allOf(threads).join();
        pool.shutdown();
        return Audit.of(taken.stream().mapToLong(Long::longValue).toArray());
    }

    private static void takeUntil(long end, ClusterLimits node, List<Limit> limits, Queue<Long> taken) {
        while (System.nanoTime() < end) {
            long asked = System.nanoTime();
            Duration wait = node.take(TENANT, "busy", limits, 1, Instant.now(), Category.TRANSACTIONAL);
            if (wait.isZero()) {
                taken.add(limits.get(0).burst() > 0 ? System.nanoTime() : asked);
            } else {
                LockSupport.parkNanos(Math.min(wait.toNanos(), 20_000_000));
            }
        }
    }

    private static List<ClusterLimits> nodes(List<HikariDataSource> pools) {
        return pools.stream().map(ClusterLimitsTest::limits).toList();
    }

    private static List<HikariDataSource> pools(String url) {
        List<HikariDataSource> pools = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            pools.add(Databases.pool(url, 4));
        }
        return pools;
    }

    @Test
    void allNodesTogetherKeepARate() {
        List<HikariDataSource> pools = pools(Databases.migrated());
        List<ClusterLimits> nodes = nodes(pools);
        Audit audit = race(nodes, List.of(perSecond(200, 40)), Duration.ofSeconds(3));
        nodes.forEach(ClusterLimits::close);
        assertThat(audit.most(1_000_000_000)).isLessThanOrEqualTo(240);
        assertThat(audit.sorted().length).isBetween(500, 640);
        pools.forEach(HikariDataSource::close);
    }

    @Test
    void allNodesTogetherKeepAWindowThatOneMayUseUpAtOnce() {
        List<HikariDataSource> pools = pools(Databases.migrated());
        List<ClusterLimits> nodes = nodes(pools);
        Audit audit = race(nodes, List.of(new Limit(100, Duration.ofSeconds(1), 0)), Duration.ofMillis(2_500));
        nodes.forEach(ClusterLimits::close);
        assertThat(audit.most(1_000_000_000)).isEqualTo(100);
        assertThat(audit.sorted().length).isEqualTo(300);
        pools.forEach(HikariDataSource::close);
    }

    /** A node whose wall clock is an hour ahead would otherwise find every window over. */
    @Test
    void nodesWhoseClocksAreWrongCountByTheDatabases() {
        List<HikariDataSource> pools = pools(Databases.migrated());
        List<ClusterLimits> nodes = nodes(pools);
        List<Limit> limits = List.of(new Limit(3, Duration.ofMinutes(1), 0));
        Instant first = Instant.EPOCH;
        int taken = 0;
        for (int i = 1; i <= 12; i++) {
            Instant theirs = Instant.now().plus(Duration.ofHours(i % NODES));
            if (nodes.get(i % NODES)
                    .take(TENANT, "wrong", limits, 1, theirs, Category.MARKETING)
                    .isZero()) {
                first = taken++ == 0 ? theirs : first;
            }
        }
        assertThat(taken).isEqualTo(3);
        nodes.get(1).giveBack(TENANT, "wrong", limits, 1, first);
        Duration twoHours = Duration.ofHours(2);
        assertThat(nodes.get(2).take(TENANT, "wrong", limits, 1, Instant.now().plus(twoHours)))
                .isZero();
        assertThat(nodes.get(2).take(TENANT, "wrong", limits, 1, Instant.now().plus(twoHours)))
                .isPositive();
        nodes.forEach(ClusterLimits::close);
        pools.forEach(HikariDataSource::close);
    }

    @Test
    void whatAWindowRefusesTheRateGetsBack() {
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 4);
                ClusterLimits limits = limits(pool)) {
            List<Limit> both = List.of(perSecond(20, 100), new Limit(2, Duration.ofMinutes(10), 0));
            for (int i = 0; i < 30; i++) {
                boolean taken =
                        limits.take(TENANT, "both", both, 1, Instant.now()).isZero();
                assertThat(taken).as("take %s", i).isEqualTo(i < 2);
            }
            assertThat(Databases.number(pool, "select (free_at - slots_from) / 50000000 from textonce_rate"))
                    .as("slots of the last slice, which thirty takes didn't use up")
                    .isLessThan(5);
        }
    }

    @Test
    void keysAreNotReadableInTheDatabase() {
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 4);
                ClusterLimits limits = limits(pool)) {
            limits.take(TENANT, "recipient:+12025550123", List.of(perSecond(1, 1)), 1, Instant.now());
            assertThat(Databases.number(pool, "select count(*) from textonce_rate"))
                    .isEqualTo(1);
            assertThat(Databases.number(pool, "select count(*) from textonce_rate where name like '%1202555%'"))
                    .isZero();
        }
    }

    @Test
    void anotherKeeperOfBucketsMayStandIn() {
        String url = Databases.migrated();
        List<HikariDataSource> pools = pools(url);
        Databases.run(pools.get(0), "create table bucket (id varchar(300) primary key, state bytea)");
        List<ClusterLimits> nodes = new ArrayList<>();
        for (HikariDataSource pool : pools) {
            ProxyManager<String> manager = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(pool)
                    .primaryKeyMapper(PrimaryKeyMapper.STRING)
                    .build();
            nodes.add(ClusterLimits.builder(pool, JdbcStore.of(pool))
                    .expectedNodes(NODES)
                    .buckets(manager)
                    .build());
        }
        Audit audit = race(nodes, List.of(perSecond(200, 40)), Duration.ofSeconds(3));
        nodes.forEach(ClusterLimits::close);
        assertThat(audit.most(1_000_000_000)).isLessThanOrEqualTo(240);
        assertThat(audit.sorted().length).isBetween(450, 640);
        pools.forEach(HikariDataSource::close);
    }

    /** A pool that can be cut off. */
    private static DataSource cuttable(DataSource real, AtomicBoolean cut, AtomicInteger asked) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                    if (method.getName().equals("getConnection")) {
                        asked.incrementAndGet();
                        if (cut.get()) {
                            throw new SQLTransientConnectionException("no connection", "08001");
                        }
                    }
                    return method.invoke(real, args);
                });
    }

    private static SendResult send(SmsClient client, Category category) {
        return client.send(SmsMessage.to(PhoneNumber.of("+12025550123"))
                .text("Hello")
                .category(category)
                .build());
    }

    @Test
    void withoutTheDatabaseCodesAreCountedHereAndAllElseIsPutOff() {
        AtomicBoolean cut = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 4);
                ClusterLimits limits = limits(cuttable(pool, cut, asked));
                SmsClient client = SmsClient.builder()
                        .provider(SandboxProvider.builder().build())
                        .limitStore(limits)
                        .rateLimit(RateLimit.of(40, Duration.ofHours(1)))
                        .rateLimit(RateLimit.perSecond(100, 100))
                        .build()) {
            assertThat(send(client, Category.MARKETING).isAccepted()).isTrue();
            cut.set(true);
            SendResult bulk = send(client, Category.MARKETING);
            assertThat(bulk).isInstanceOfSatisfying(SendResult.Rejected.class, rejected -> {
                assertThat(rejected.reason()).isEqualTo(Reason.RATE_LIMITED);
                assertThat(rejected.retryAt()).isPresent();
            });
            assertThat(limits.isReachable()).isFalse();
            int before = asked.get();
            int codes = 0;
            while (send(client, Category.OTP).isAccepted()) {
                codes++;
            }
            assertThat(codes).as("a quarter of 40 an hour").isEqualTo(10);
            assertThat(asked.get() - before).as("nobody waits for the database").isLessThan(5);
            cut.set(false);
            long patience = System.nanoTime() + 10_000_000_000L;
            while (!limits.isReachable() && System.nanoTime() < patience) {
                LockSupport.parkNanos(10_000_000);
            }
            assertThat(send(client, Category.MARKETING).isAccepted())
                    .as("it is back by itself")
                    .isTrue();
        }
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 2)) {
            assertThatThrownBy(() -> ClusterLimits.builder(pool, JdbcStore.of(pool))
                            .expectedNodes(0)
                            .slice(Duration.ofSeconds(2))
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expectedNodes: 0")
                    .hasMessageContaining("slice: PT2S");
        }
    }

    @Test
    void askingForWhatALimitCanNeverAllowIsAMistake() {
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 2);
                ClusterLimits limits = limits(pool)) {
            assertThatThrownBy(() -> limits.take(TENANT, "k", List.of(perSecond(10, 5)), 6, Instant.now()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(limits.isReachable()).isTrue();
        }
    }
}
