package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.DeliveryStatus;
import io.textonce.store.EventJournal.Entry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a message costs PostgreSQL, read from PostgreSQL: figures that a busy machine doesn't blur. */
@Tag("once")
class WriteCostTest {

    private static final int MESSAGES = 10_000;
    private static final int IN_FLIGHT = 64;

    /** Updates that found no room on their row's page, which makes them cost twice as much. */
    private static final String PAGES_LEFT =
            "select n_tup_newpage_upd from pg_stat_user_tables where relname = 'textonce_message'";

    /** It would be counted along: the server logs whatever it cleans up, in this database and in those of other tests. */
    @BeforeAll
    static void withoutAutovacuum() {
        autovacuum("alter system set autovacuum = off");
        String workers = "select count(*) from pg_stat_activity where backend_type = 'autovacuum worker'";
        while (!Databases.query(Databases.server().getPostgresDatabase(), workers)
                .equals("0")) {
            Thread.onSpinWait();
        }
    }

    @AfterAll
    static void asBefore() {
        autovacuum("alter system reset autovacuum");
    }

    private static void autovacuum(String change) {
        Databases.run(Databases.server().getPostgresDatabase(), change);
        Databases.query(Databases.server().getPostgresDatabase(), "select pg_reload_conf()");
    }

    /** Transactions that wrote, and the bytes they logged. */
    private record Cost(long transactions, long bytes) {
        static Cost soFar(DataSource database) {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select pg_current_xact_id()::text::bigint,"
                            + " pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")) {
                row.next();
                return new Cost(row.getLong(1), row.getLong(2));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        Cost since(Cost before) {
            return new Cost(transactions - before.transactions, bytes - before.bytes);
        }

        double transactionsEach() {
            return (double) transactions / MESSAGES;
        }

        double bytesEach() {
            return (double) bytes / MESSAGES;
        }

        String show(String what) {
            return String.format(
                    Locale.ROOT,
                    "%s: %.3f write transactions, %.0f bytes of WAL",
                    what,
                    transactionsEach(),
                    bytesEach());
        }
    }

    @Test
    void aMessageCostsFewTransactionsAndLittleLog() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            JdbcStore store = JdbcStore.of(database);
            // The first thousand are not counted: they find statements unprepared and pages new.
            Load.onThreads(IN_FLIGHT, 1_000, i -> send(store, 1_000_000 + i));
            Databases.run(database, "vacuum analyze");
            Databases.run(database, "checkpoint");
            Cost start = Cost.soFar(database);
            AtomicInteger sent = new AtomicInteger();
            Load.onThreads(IN_FLIGHT, MESSAGES, i -> {
                send(store, i);
                sent.incrementAndGet();
            });
            Cost sending = Cost.soFar(database).since(start);
            report(store);
            Cost all = Cost.soFar(database).since(start);
            System.out.println(sending.show("create and complete, each, 64 in flight"));
            System.out.println(all.show("with its delivery report"));
            assertThat(sent).hasValue(MESSAGES);
            assertThat(sending.transactionsEach()).isLessThanOrEqualTo(0.08);
            assertThat(sending.bytesEach()).isLessThanOrEqualTo(1.6 * 1024);
            assertThat(all.bytesEach()).isLessThanOrEqualTo(2.4 * 1024);
        }
    }

    @Test
    void throughTheOutboxItCostsHardlyMore() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            JdbcStore store = JdbcStore.of(database);
            OutboxLoad.enqueue(store, 1_000_000, 1_000);
            OutboxLoad.work(store, IN_FLIGHT);
            Databases.run(database, "vacuum analyze");
            Databases.run(database, "checkpoint");
            Cost start = Cost.soFar(database);
            OutboxLoad.enqueue(store, 0, MESSAGES);
            Cost enqueuing = Cost.soFar(database).since(start);
            int sent = OutboxLoad.work(store, IN_FLIGHT);
            Cost toOutcome = Cost.soFar(database).since(start);
            report(store);
            Cost all = Cost.soFar(database).since(start);
            System.out.println(enqueuing.show("enqueued in batches of 1,000"));
            System.out.println(toOutcome.show("from there to the outcome, 64 in flight"));
            System.out.println(all.show("with its delivery report"));
            assertThat(sent).isEqualTo(MESSAGES);
            assertThat(toOutcome.transactionsEach()).isLessThanOrEqualTo(0.08);
            assertThat(toOutcome.bytesEach()).isLessThanOrEqualTo(1.6 * 1024);
            assertThat(all.bytesEach()).isLessThanOrEqualTo(2.4 * 1024);
            assertThat(Integer.parseInt(Databases.query(database, PAGES_LEFT))).isLessThan(MESSAGES / 100);
        }
    }

    private static void report(JdbcStore store) {
        Load.onThreads(
                IN_FLIGHT,
                MESSAGES,
                i -> store.apply(
                        Load.TENANT,
                        List.of(new Entry(
                                Load.report(i, DeliveryStatus.DELIVERED).build(), null))));
    }

    private static void send(JdbcStore store, int i) {
        store.create(Load.TENANT, Load.row(i));
        store.complete(Load.TENANT, Load.id(i), Load.accepted(i), Load.NOW.plusMillis(i + 120));
    }
}
