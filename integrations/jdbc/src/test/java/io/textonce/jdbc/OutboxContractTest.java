package io.textonce.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.phone.PhoneHash;
import io.textonce.spi.TimeSource;
import io.textonce.store.EventJournal;
import io.textonce.store.OutboxRepository;
import io.textonce.testkit.OutboxRepositoryContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The contract of the outbox, with a database's own clock: instead of setting it, the tests move every time that is kept. */
class OutboxContractTest {

    private static final List<String> TIMES =
            List.of("created_at", "turn", "held_due", "due_at", "lookup_at", "lease_until", "begun_at", "updated_at");
    private static final List<String> TIMES_OF_LEASES = List.of("ends_at", "first_due", "last_due");

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnDatabase extends OutboxRepositoryContract {
        private final HikariDataSource database;
        private final JdbcStore store;

        OnDatabase(HikariDataSource empty) {
            this.database = Databases.migrated(empty);
            this.store = store(database);
        }

        JdbcStore store(HikariDataSource dataSource) {
            return JdbcStore.of(dataSource);
        }

        @Override
        protected OutboxRepository repository() {
            Databases.emptied(database);
            return store;
        }

        @Override
        protected EventJournal journal() {
            return store;
        }

        @Override
        protected Instant now() {
            return TimeSource.system().now();
        }

        @Override
        protected void pass(Duration time) {
            move("textonce_message", TIMES, time);
            if (Databases.keepsLeases(database)) {
                move("textonce_lease", TIMES_OF_LEASES, time);
            }
        }

        private void move(String table, List<String> columns, Duration time) {
            Databases.run(
                    database,
                    "update " + table + " set "
                            + columns.stream()
                                    .map(column ->
                                            column + " = " + column + " - interval '" + time.toSeconds() + "' second")
                                    .collect(Collectors.joining(", ")));
        }

        @AfterAll
        void close() {
            database.close();
        }
    }

    @Nested
    class Postgres extends OnDatabase {
        Postgres() {
            super(Databases.postgres());
        }
    }

    @Nested
    class SealedPostgres extends OnDatabase {
        SealedPostgres() {
            super(Databases.postgres("&reWriteBatchedInserts=true"));
        }

        @Override
        JdbcStore store(HikariDataSource dataSource) {
            return JdbcStore.builder(dataSource)
                    .sealedBy(new TestCipher(), PhoneHash.withKey(new byte[16]))
                    .build();
        }
    }

    @Nested
    class H2Memory extends OnDatabase {
        H2Memory() {
            super(Databases.h2Memory());
        }
    }

    @Nested
    class H2File extends OnDatabase {
        H2File(@TempDir Path folder) {
            super(Databases.h2File(folder));
        }
    }
}
