package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.jdbc.JdbcStoreException.Problem;
import io.textonce.store.MessageState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** What can be wrong with a database: the message says what to do, nothing personal, and no message changes its state. */
class FailureTest {

    private static JdbcStoreException failure(ThrowingCallable call) {
        JdbcStoreException e = catchThrowableOfType(JdbcStoreException.class, call);
        assertThat(e).isNotNull();
        for (Throwable each = e; each != null; each = each.getCause()) {
            assertThat(each.toString()).doesNotContain("+1202555", "Hi Ada", "clinic");
        }
        return e;
    }

    private static void complete(JdbcStore store) {
        store.complete(Load.TENANT, Load.id(1), Load.accepted(1), Load.NOW);
    }

    private static JdbcStore withOneMessage(DataSource database) {
        JdbcStore store = JdbcStore.of(Databases.migrated(database));
        store.create(Load.TENANT, Load.row(1));
        return store;
    }

    private static void assertUntouched(JdbcStore store) {
        assertThat(store.find(Load.TENANT, Load.id(1)).orElseThrow().state()).isEqualTo(MessageState.SENDING);
    }

    @Test
    void missingTablesAreNamedWithTheCallThatCreatesThem() {
        for (HikariDataSource database : new HikariDataSource[] {Databases.postgres(), Databases.h2Memory()}) {
            try (database) {
                JdbcStoreException e = failure(() -> JdbcStore.of(database));
                assertThat(e.problem()).isEqualTo(Problem.SCHEMA_MISSING);
                assertThat(e).hasMessageContaining("JdbcStore.migrate(dataSource)");
                JdbcStore store = withOneMessage(database);
                Databases.run(database, "alter table textonce_event rename to hidden");
                e = failure(() -> store.since(Load.TENANT, 0, 1));
                assertThat(e.problem()).isEqualTo(Problem.SCHEMA_MISSING);
                assertThat(e).hasMessageContainingAll("JdbcStore.migrate(dataSource)", "nothing was stored");
                Databases.run(database, "alter table hidden rename to textonce_event");
                Databases.run(database, "alter table textonce_message rename to hidden");
                assertThat(failure(() -> complete(store)).problem()).isEqualTo(Problem.SCHEMA_MISSING);
                Databases.run(database, "alter table hidden rename to textonce_message");
                assertUntouched(store);
            }
        }
    }

    @Test
    void anOlderOrNewerSchemaIsRefused() {
        for (HikariDataSource database : new HikariDataSource[] {Databases.postgres(), Databases.h2Memory()}) {
            try (database) {
                Databases.migrated(database);
                Databases.run(database, "insert into textonce_schema (version) values (99)");
                JdbcStoreException e = failure(() -> JdbcStore.of(database));
                assertThat(e.problem()).isEqualTo(Problem.SCHEMA_TOO_NEW);
                assertThat(e).hasMessageContainingAll("99", "upgrade textonce-jdbc");
                assertThat(failure(() -> JdbcStore.migrate(database)).problem()).isEqualTo(Problem.SCHEMA_TOO_NEW);
            }
        }
    }

    @Test
    void anOlderSchemaIsRefusedWithTheCallThatMigratesIt() {
        JdbcStoreException e = failure(() -> Schema.require(1, 2, Dialect.POSTGRESQL));
        assertThat(e.problem()).isEqualTo(Problem.SCHEMA_TOO_OLD);
        assertThat(e).hasMessageContainingAll("version 1", "needs 2", "JdbcStore.migrate(dataSource)");
    }

    @Test
    void aServerThatIsDownIsSaidToBe() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        PGSimpleDataSource nobody = new PGSimpleDataSource();
        nobody.setURL("jdbc:postgresql://localhost:" + port + "/postgres");
        JdbcStoreException e = failure(() -> JdbcStore.of(nobody));
        assertThat(e.problem()).isEqualTo(Problem.CONNECTION_LOST);
        assertThat(e).hasMessageContaining("Check that it runs");
    }

    @Test
    void aConnectionKilledInTheMiddleChangesNothing() {
        try (HikariDataSource database = Databases.postgres()) {
            FaultyDataSource.Switch fault = new FaultyDataSource.Switch();
            JdbcStore store = withOneMessage(FaultyDataSource.on(database, fault));
            fault.set(new FaultyDataSource.Fault() {
                @Override
                public void before(String call) {
                    if (FaultyDataSource.writes(call) && !call.equals("commit")) {
                        Databases.run(
                                Databases.server().getPostgresDatabase(),
                                "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                                        + " and state = 'idle in transaction'");
                    }
                }
            });
            JdbcStoreException e = failure(() -> complete(store));
            assertThat(e.problem()).isEqualTo(Problem.CONNECTION_LOST);
            assertThat(e).hasMessageContaining("nothing was stored");
            fault.set(new FaultyDataSource.Fault() {});
            assertUntouched(store);
            complete(store);
        }
    }

    @Test
    void anExhaustedPoolIsAConnectionThatIsNotThere() throws SQLException {
        try (HikariDataSource database = Databases.postgres()) {
            JdbcStore store = withOneMessage(database);
            try (HikariDataSource small =
                    Databases.pool(database.getJdbcUrl(), 1, config -> config.setConnectionTimeout(250))) {
                JdbcStore starved = JdbcStore.of(small);
                try (Connection taken = small.getConnection()) {
                    JdbcStoreException e = failure(() -> complete(starved));
                    assertThat(e.problem()).isEqualTo(Problem.CONNECTION_LOST);
                    assertThat(e).hasMessageContaining("the pool's size");
                    assertThat(taken.isClosed()).isFalse();
                }
            }
            assertUntouched(store);
        }
    }

    @Test
    void aReadOnlyPostgresIsSaidToBe() {
        try (HikariDataSource database = Databases.postgres()) {
            JdbcStore store = withOneMessage(database);
            try (HikariDataSource standby =
                    Databases.pool(database.getJdbcUrl(), 2, config -> config.setReadOnly(true))) {
                JdbcStore reader = JdbcStore.of(standby);
                JdbcStoreException e = failure(() -> complete(reader));
                assertThat(e.problem()).isEqualTo(Problem.READ_ONLY);
                assertThat(e).hasMessageContaining("Connect to the primary");
                assertUntouched(reader);
            }
            assertUntouched(store);
        }
    }

    @Test
    void aReadOnlyH2IsSaidToBe(@TempDir Path folder) {
        String url;
        try (HikariDataSource database = Databases.h2File(folder)) {
            withOneMessage(database);
            url = database.getJdbcUrl();
        }
        try (HikariDataSource database = Databases.pool(url + ";ACCESS_MODE_DATA=r", 2)) {
            JdbcStore store = JdbcStore.of(database);
            assertThat(failure(() -> complete(store)).problem()).isEqualTo(Problem.READ_ONLY);
            assertUntouched(store);
        }
    }

    @Test
    void anH2FileKeepsItsSettingWhenItIsOpenedAgain(@TempDir Path folder) {
        String url;
        try (HikariDataSource database = Databases.h2File(folder)) {
            withOneMessage(database);
            url = database.getJdbcUrl();
        }
        try (HikariDataSource database = Databases.pool(url, 2)) {
            assertUntouched(JdbcStore.of(database));
        }
    }

    /** PostgreSQL itself raises what it raises when it can't extend a file. */
    @Test
    void aFullDiskUnderPostgresIsSaidToBe() {
        try (HikariDataSource database = Databases.postgres()) {
            JdbcStore store = withOneMessage(database);
            Databases.run(
                    database,
                    "create function full_disk() returns trigger language plpgsql as $$ begin"
                            + " raise exception 'could not extend file \"base/1/2\": No space left on device'"
                            + " using errcode = 'disk_full'; end $$");
            Databases.run(
                    database,
                    "create trigger full_disk before update or insert on textonce_message for each row execute function"
                            + " full_disk()");
            JdbcStoreException e = failure(() -> complete(store));
            assertThat(e.problem()).isEqualTo(Problem.DISK_FULL);
            assertThat(e).hasMessageContainingAll("nothing was stored", "Make room");
            assertThat(failure(() -> store.create(Load.TENANT, Load.row(2))).problem())
                    .isEqualTo(Problem.DISK_FULL);
            assertUntouched(store);
        }
    }

    /** As H2 reports it: a general error at first, later that it is closed; the reason is far down among the causes. */
    @Test
    void aFullDiskUnderH2IsSaidToBe() {
        try (HikariDataSource database = Databases.h2Memory()) {
            FaultyDataSource.Switch fault = new FaultyDataSource.Switch();
            JdbcStore store = withOneMessage(FaultyDataSource.on(database, fault));
            for (String state : List.of("HY000", "90098")) {
                for (String failing : List.of("executeBatch", "commit")) {
                    fault.set(new FaultyDataSource.Fault() {
                        @Override
                        public void before(String call) throws SQLException {
                            if (call.equals(failing)) {
                                throw new SQLException(
                                        "General error",
                                        state,
                                        new IllegalStateException(
                                                "Writing failed", new IOException("No space left on device")));
                            }
                        }
                    });
                    boolean committing = failing.equals("commit");
                    JdbcStoreException e = failure(() -> complete(store));
                    assertThat(e.problem()).isEqualTo(committing ? Problem.COMMIT_UNCERTAIN : Problem.DISK_FULL);
                    assertThat(e)
                            .hasMessageContainingAll(
                                    "the database's disk",
                                    "full",
                                    committing ? "make room, then ask again" : "nothing was stored. Make room");
                }
            }
            fault.set(new FaultyDataSource.Fault() {});
            assertUntouched(store);
        }
    }

    @Test
    void aRefusalThatQuotesARowIsNotQuoted() {
        try (HikariDataSource database = Databases.postgres()) {
            JdbcStore store = withOneMessage(database);
            Databases.run(
                    database, "alter table textonce_message add constraint never check (outcome is null) not valid");
            JdbcStoreException e = failure(() -> complete(store));
            assertThat(e.problem()).isEqualTo(Problem.OTHER);
            assertThat(e).hasMessageContainingAll("23514", "Its own log has the details");
            assertUntouched(store);
        }
    }

    @Test
    void aDatabaseThatLosesConfirmedCommitsIsRefused() {
        try (HikariDataSource database =
                Databases.migrated(Databases.postgres("&options=-c%20synchronous_commit=off"))) {
            JdbcStoreException e = failure(() -> JdbcStore.of(database));
            assertThat(e.problem()).isEqualTo(Problem.UNSUITABLE_DATABASE);
            assertThat(e).hasMessageContaining("synchronous_commit");
        }
        try (HikariDataSource database = Databases.migrated(Databases.h2Memory())) {
            Databases.run(database, "set write_delay 500");
            JdbcStoreException e = failure(() -> JdbcStore.of(database));
            assertThat(e.problem()).isEqualTo(Problem.UNSUITABLE_DATABASE);
            assertThat(e).hasMessageContaining("WRITE_DELAY");
        }
    }

    @Test
    void anInterruptDoesNotKeepAnOutcomeFromBeingRecorded() {
        try (HikariDataSource database = Databases.postgres()) {
            JdbcStore store = withOneMessage(database);
            Thread.currentThread().interrupt();
            complete(store);
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
            assertThat(store.find(Load.TENANT, Load.id(1)).orElseThrow().state())
                    .isEqualTo(MessageState.ACCEPTED);
        }
    }
}
