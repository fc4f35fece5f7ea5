package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Label;
import io.textonce.Origin;
import io.textonce.SenderId;
import io.textonce.jdbc.JdbcStoreException.Problem;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.LimitStore.Limit;
import io.textonce.store.OutboxRepository.Start;
import io.textonce.store.OutboxRow;
import io.textonce.store.Suppression;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The connection breaks at each statement and each commit of each step in turn, before it reached the database and after: the
 * whole database holds all of the step or nothing, the store says which where it can, and a repeat ends as if nothing had been.
 */
@Tag("once")
class CrashTest {

    private static final List<String> TABLES = List.of(
            "textonce_message",
            "textonce_label",
            "textonce_event",
            "textonce_tenant",
            "textonce_waiting",
            "textonce_suppression",
            "textonce_idempotency",
            "textonce_limit");

    @Test
    void postgresHoldsAllOrNothing() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            breakEverywhere(database);
        }
    }

    @Test
    void h2HoldsAllOrNothing(@TempDir Path folder) {
        try (HikariDataSource database = Databases.migrated(Databases.h2File(folder))) {
            breakEverywhere(database);
        }
    }

    private static Map<String, Consumer<JdbcStore>> steps() {
        Map<String, Consumer<JdbcStore>> steps = new LinkedHashMap<>();
        steps.put(
                "create",
                store -> store.create(
                        Load.TENANT,
                        Load.row(2).toBuilder()
                                .labels(List.of(new Label("user", "456")))
                                .build()));
        steps.put(
                "complete",
                store -> store.complete(Load.TENANT, Load.id(1), Load.accepted(1), Load.NOW.plusSeconds(90)));
        steps.put("apply", store -> store.apply(Load.TENANT, webhook()));
        steps.put("record", store -> store.record(Load.TENANT, optOut()));
        steps.put(
                "claim",
                store -> store.idempotencyKeys()
                        .claim(Load.TENANT, "order-8", "digest", Load.id(2), Load.NOW, Load.NOW.plusSeconds(60)));
        steps.put("bind", store -> store.idempotencyKeys().bind(Load.TENANT, "order-7", Load.id(1), Load.accepted(1)));
        steps.put(
                "enqueue",
                store -> store.enqueue(
                        Load.TENANT,
                        List.of(OutboxLoad.row(20, OutboxRow.NEVER), OutboxLoad.row(21, OutboxRow.NEVER))));
        steps.put("claim rows", store -> store.claim(OutboxLoad.OWNER, 10, OutboxLoad.LEASE));
        steps.put("begin", store -> store.begin(OutboxLoad.OWNER, starts(11, 12), OutboxLoad.LEASE));
        steps.put("complete rows", store -> store.complete(OutboxLoad.accepted(List.of(claimed(13), claimed(14)))));
        steps.put(
                "give back",
                store -> store.giveBack(OutboxLoad.OWNER, List.of(claimed(11).key())));
        steps.put("cancel", store -> store.cancel(Load.TENANT, Load.id(11)));
        steps.put("adopt", store -> store.adopt(OutboxLoad.row(16, OutboxRow.NEVER)));
        steps.put("release", store -> store.idempotencyKeys().release(Load.TENANT, "order-7", Load.id(1)));
        return steps;
    }

    /** A row as whoever claimed it first knows it. */
    private static OutboxRow claimed(int i) {
        return OutboxLoad.row(i, Load.NOW).toBuilder().attempt(1).build();
    }

    private static List<Start> starts(int... rows) {
        return OutboxLoad.starts(
                Arrays.stream(rows).mapToObj(CrashTest::claimed).toList());
    }

    private static List<Entry> webhook() {
        Origin origin = new Origin(Load.TENANT, Load.PROVIDER, "hook", Load.NOW.plusSeconds(80));
        InboundMessage stop = InboundMessage.builder(
                        origin, "in-1", SenderId.of(Load.number(1)), SenderId.of("+12025550199"), "STOP")
                .build();
        return List.of(
                new Entry(Load.report(1, DeliveryStatus.SENT).build(), null),
                new Entry(Load.report(9, DeliveryStatus.SENT).messageId(null).build(), null),
                new Entry(stop, optOut()));
    }

    private static Suppression optOut() {
        return new Suppression(Load.number(1), null, Suppression.Choice.OPT_OUT, Load.NOW.plusSeconds(80), "keyword");
    }

    /**
     * A message being sent, reports waiting for its outcome, a key that it holds; of the outbox, rows that are claimed (11,
     * 12), being sent (13, 14) and due (15); and one that another application wrote (16).
     */
    private static void prepare(DataSource database, JdbcStore store) {
        OutboxLoad.enqueue(store, 11, 4);
        store.claim(OutboxLoad.OWNER, 10, OutboxLoad.LEASE);
        store.begin(OutboxLoad.OWNER, starts(13, 14), OutboxLoad.LEASE);
        OutboxLoad.enqueue(store, 15, 1);
        Databases.run(
                database,
                "insert into textonce_message (tenant, id, to_number, text, created_at) values ('" + Load.TENANT
                        + "', '" + Load.id(16)
                        + "', '+12025550123', 'Hello', timestamp with time zone '2026-03-01 09:00:00+00')");
        store.create(Load.TENANT, Load.row(1));
        store.apply(
                Load.TENANT,
                List.of(
                        new Entry(
                                Load.report(1, DeliveryStatus.DELIVERED)
                                        .messageId(null)
                                        .build(),
                                null),
                        new Entry(
                                Load.report(1, DeliveryStatus.QUEUED)
                                        .messageId(null)
                                        .build(),
                                null)));
        store.idempotencyKeys().claim(Load.TENANT, "order-7", "digest", Load.id(1), Load.NOW, Load.NOW.plusSeconds(60));
    }

    private static void breakEverywhere(DataSource database) {
        JdbcStore sound = JdbcStore.of(database);
        steps().forEach((name, step) -> {
            Databases.emptied(database);
            prepare(database, sound);
            String before = everything(database);
            step.accept(sound);
            String after = everything(database);
            assertThat(after).as(name).isNotEqualTo(before);
            for (boolean afterwards : new boolean[] {false, true}) {
                boolean broke = true;
                for (int nth = 1; broke; nth++) {
                    Databases.emptied(database);
                    prepare(database, sound);
                    broke = breakAt(database, nth, afterwards, name, step, before, after);
                }
            }
        });
    }

    /** False if the step has fewer calls than that. */
    private static boolean breakAt(
            DataSource database,
            int nth,
            boolean afterwards,
            String name,
            Consumer<JdbcStore> step,
            String before,
            String after) {
        String what = name + ", broken " + (afterwards ? "after" : "before") + " call " + nth;
        FaultyDataSource.Switch fault = new FaultyDataSource.Switch();
        JdbcStore store = JdbcStore.of(FaultyDataSource.on(database, fault));
        fault.set(FaultyDataSource.failing(nth, afterwards, "08006"));
        Problem problem = null;
        try {
            step.accept(store);
        } catch (JdbcStoreException e) {
            problem = e.problem();
        }
        fault.set(new FaultyDataSource.Fault() {});
        String now = everything(database);
        if (problem == null) {
            assertThat(now).as(what).isEqualTo(after);
            return false;
        }
        if (problem == Problem.COMMIT_UNCERTAIN) {
            assertThat(now).as(what).isEqualTo(afterwards ? after : before);
        } else {
            assertThat(problem).as(what).isEqualTo(Problem.CONNECTION_LOST);
            assertThat(now).as(what).isEqualTo(before);
        }
        step.accept(store);
        assertThat(everything(database)).as(what + ", repeated").isEqualTo(after);
        return true;
    }

    @Test
    void aLimitTakesOnceOrNotAtAll() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            List<Limit> limits = List.of(new Limit(2, Duration.ofHours(1), 0));
            int commit = 4;
            for (int nth = 1; nth <= commit; nth++) {
                Databases.emptied(database);
                FaultyDataSource.Switch fault = new FaultyDataSource.Switch();
                JdbcStore store = JdbcStore.of(FaultyDataSource.on(database, fault));
                fault.set(FaultyDataSource.failing(nth, nth == commit, "08006"));
                Problem problem = null;
                try {
                    store.limits().take(Load.TENANT, "user", limits, 1, Load.NOW);
                } catch (JdbcStoreException e) {
                    problem = e.problem();
                }
                fault.set(new FaultyDataSource.Fault() {});
                assertThat(problem).isEqualTo(nth == commit ? Problem.COMMIT_UNCERTAIN : Problem.CONNECTION_LOST);
                assertThat(store.limits().take(Load.TENANT, "user", limits, 1, Load.NOW))
                        .isZero();
                // An uncertain commit may cost a permit; it never gives one.
                assertThat(store.limits()
                                .take(Load.TENANT, "user", limits, 1, Load.NOW)
                                .isZero())
                        .isEqualTo(nth < commit);
            }
        }
    }

    /** Times by the database's clock differ from run to run; all others are of one day, or never. */
    private static String stable(String value) {
        boolean isTime = value != null && value.matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d.*");
        return !isTime || value.startsWith("2026-03-01") || value.startsWith("9999") ? value : "a time";
    }

    private static String everything(DataSource database) {
        StringBuilder all = new StringBuilder();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                TreeSet<String> rows = new TreeSet<>();
                try (ResultSet result = statement.executeQuery("select * from " + table)) {
                    int columns = result.getMetaData().getColumnCount();
                    while (result.next()) {
                        StringBuilder row = new StringBuilder();
                        for (int i = 1; i <= columns; i++) {
                            row.append(stable(result.getString(i))).append('|');
                        }
                        rows.add(row.toString());
                    }
                }
                all.append(table).append(rows).append('\n');
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return all.toString();
    }
}
