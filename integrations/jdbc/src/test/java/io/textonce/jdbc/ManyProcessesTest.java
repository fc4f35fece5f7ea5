package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.DeliveryStatus;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.TenantId;
import io.textonce.jdbc.JdbcStoreException.Problem;
import io.textonce.store.EventJournal.Effect;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.EventRepository.Stored;
import io.textonce.store.LimitStore.Limit;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRow;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several stores on one PostgreSQL, each with a pool and groups of its own, as several processes are. */
@Tag("once")
class ManyProcessesTest {

    private static final int STORES = 4;
    private static final int THREADS = 16;

    private static List<JdbcStore> stores(List<HikariDataSource> pools) {
        return pools.stream().map(JdbcStore::of).toList();
    }

    private static int deadlocks(HikariDataSource database) {
        String sql =
                "select pg_stat_clear_snapshot(), deadlocks from pg_stat_database where datname = current_database()";
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(2);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<HikariDataSource> pools(String url) {
        return IntStream.range(0, STORES).mapToObj(i -> Databases.pool(url, 4)).toList();
    }

    @Test
    void noEventTurnsUpBehindACursorAndNoneIsStoredTwice() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            List<HikariDataSource> pools = pools(database.getJdbcUrl());
            List<JdbcStore> stores = stores(pools);
            int events = 800;
            AtomicInteger writing = new AtomicInteger(2 * events);
            AtomicInteger stored = new AtomicInteger();
            Set<String> read = new HashSet<>();
            Load.onThreads(THREADS + 1, (THREADS + 1) * (2 * events / THREADS), i -> {
                int thread = i % (THREADS + 1);
                if (thread == THREADS) {
                    if (i == THREADS) {
                        readAll(stores.get(0), writing, read);
                    }
                    return;
                }
                // Each event comes twice, to different stores.
                int nth = i / (THREADS + 1) * THREADS + thread;
                Effect effect = stores.get(nth % STORES)
                        .apply(
                                Load.TENANT,
                                List.of(new Entry(
                                        Load.report(nth / 2, DeliveryStatus.SENT)
                                                .build(),
                                        null)))
                        .get(0)
                        .effect();
                stored.addAndGet(effect == Effect.DUPLICATE ? 0 : 1);
                writing.decrementAndGet();
            });
            assertThat(stored).hasValue(events);
            assertThat(read).as("read by a cursor that only moves on").hasSize(events);
            assertThat(deadlocks(database)).isZero();
            pools.forEach(HikariDataSource::close);
        }
    }

    private static void readAll(JdbcStore store, AtomicInteger writing, Set<String> read) {
        long cursor = 0;
        boolean more = true;
        while (more) {
            boolean last = writing.get() == 0;
            List<Stored> page = store.since(Load.TENANT, cursor, 200);
            for (Stored each : page) {
                assertThat(each.seq()).isGreaterThan(cursor);
                assertThat(read.add(each.event().id())).isTrue();
                cursor = each.seq();
            }
            more = !last || !page.isEmpty();
        }
    }

    @Test
    void aReportAndTheOutcomeThatItBelongsToMeetAcrossProcesses() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            List<HikariDataSource> pools = pools(database.getJdbcUrl());
            List<JdbcStore> stores = stores(pools);
            int messages = 200;
            Load.onThreads(8, messages, i -> stores.get(i % STORES).create(Load.TENANT, Load.row(i)));
            Load.onThreads(2 * STORES, 2 * messages, i -> {
                int message = i / 2;
                if (i % 2 == 0) {
                    stores.get(message % STORES)
                            .complete(Load.TENANT, Load.id(message), Load.accepted(message), Load.NOW);
                } else {
                    stores.get((message + 1) % STORES)
                            .apply(
                                    Load.TENANT,
                                    List.of(new Entry(
                                            Load.report(message, DeliveryStatus.DELIVERED)
                                                    .messageId(null)
                                                    .build(),
                                            null)));
                }
            });
            for (int i = 0; i < messages; i++) {
                assertThat(stores.get(0)
                                .find(Load.TENANT, Load.id(i))
                                .orElseThrow()
                                .status())
                        .as("message %s", i)
                        .contains(DeliveryStatus.DELIVERED);
            }
            assertThat(stores.get(0).parked(Load.TENANT, Load.NOW)).isZero();
            assertThat(deadlocks(database)).isZero();
            pools.forEach(HikariDataSource::close);
        }
    }

    /** Groups lock several tenants and keys at once: in one order, so that none waits for another in a circle. */
    @Test
    void groupsOfManyTenantsAndKeysDoNotLockEachOtherOut() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            List<HikariDataSource> pools = pools(database.getJdbcUrl());
            List<JdbcStore> stores = stores(pools);
            List<Limit> limits = List.of(new Limit(1_000, Duration.ofHours(1), 0));
            AtomicInteger taken = new AtomicInteger();
            int rounds = 640;
            Load.onThreads(THREADS, rounds, i -> {
                JdbcStore store = stores.get(i % STORES);
                TenantId tenant = TenantId.of("tenant-" + i * 7 % 10);
                List<Entry> entries = new ArrayList<>();
                Origin origin = new Origin(tenant, Load.PROVIDER, "hook", Load.NOW);
                entries.add(new Entry(OtherEvent.of(origin, "e" + i, "ping", "{}"), null));
                store.apply(tenant, entries);
                if (store.limits()
                        .take(tenant, "key-" + i % 3, limits, 1, Load.NOW)
                        .isZero()) {
                    taken.incrementAndGet();
                }
            });
            assertThat(taken).hasValue(rounds);
            int stored = 0;
            for (int t = 0; t < 10; t++) {
                stored += stores.get(0)
                        .since(TenantId.of("tenant-" + t), 0, 10_000)
                        .size();
            }
            assertThat(stored).isEqualTo(rounds);
            assertThat(deadlocks(database)).isZero();
            pools.forEach(HikariDataSource::close);
        }
    }

    /** Frozen as a whole, so that nothing closes its connection; PostgreSQL ends the transaction. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aProcessThatFreezesInTheMiddleOfAStepDoesNotKeepOthersFromTheirs() throws Exception {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            CountDownLatch frozen = new CountDownLatch(1);
            CountDownLatch thawed = new CountDownLatch(1);
            FaultyDataSource.Switch fault = new FaultyDataSource.Switch();
            JdbcStore freezes = JdbcStore.of(FaultyDataSource.on(database, fault));
            JdbcStore other = JdbcStore.of(database);
            OutboxLoad.enqueue(other, 1, 1);
            List<OutboxRow> rows = other.claim(OutboxLoad.OWNER, 1, OutboxLoad.LEASE);
            other.begin(OutboxLoad.OWNER, OutboxLoad.starts(rows), OutboxLoad.LEASE);
            fault.set(new FaultyDataSource.Fault() {
                @Override
                public void before(String call) {
                    if (call.equals("commit")) {
                        frozen.countDown();
                        try {
                            thawed.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                }
            });
            ExecutorService thread = Executors.newSingleThreadExecutor();
            try {
                Future<?> step = thread.submit(() -> freezes.complete(OutboxLoad.accepted(rows)));
                frozen.await();
                other.complete(OutboxLoad.accepted(rows));
                assertThat(other.row(Load.TENANT, Load.id(1)).orElseThrow().state())
                        .isEqualTo(MessageState.ACCEPTED);
                thawed.countDown();
                assertThatThrownBy(() -> step.get(60, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOfSatisfying(
                                JdbcStoreException.class,
                                e -> assertThat(e.problem()).isEqualTo(Problem.COMMIT_UNCERTAIN));
            } finally {
                thread.shutdownNow();
            }
        }
    }
}
