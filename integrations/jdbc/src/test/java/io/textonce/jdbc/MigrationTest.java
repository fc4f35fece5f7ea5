package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.jdbc.JdbcStoreException.Problem;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationTest {

    @Test
    void manyThatStartTogetherMigrateOnce(@TempDir Path folder) {
        for (HikariDataSource database :
                new HikariDataSource[] {Databases.postgres(), Databases.h2File(folder), Databases.h2Memory()}) {
            try (database) {
                Load.onThreads(8, 16, i -> JdbcStore.migrate(database));
                assertThat(JdbcStore.of(database).create(Load.TENANT, Load.row(1)))
                        .isTrue();
                JdbcStore.migrate(database);
                assertThat(JdbcStore.of(database).find(Load.TENANT, Load.id(1))).isPresent();
            }
        }
    }

    @Test
    void theHostsFlywayRunsTheSameScripts() {
        try (HikariDataSource postgres = Databases.postgres();
                HikariDataSource h2 = Databases.h2Memory()) {
            flyway(postgres, "postgresql");
            flyway(h2, "h2");
        }
    }

    private static void flyway(HikariDataSource database, String kind) {
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:textonce-schema/" + kind)
                .table("textonce_flyway")
                .load()
                .migrate();
        JdbcStore.migrate(database);
        assertThat(JdbcStore.of(database).create(Load.TENANT, Load.row(1))).isTrue();
    }

    /** H2 commits each statement of a script by itself: whatever stands already, the next run completes it. */
    @Test
    void anInterruptedMigrationIsCompleted() {
        try (HikariDataSource database = Databases.h2Memory();
                HikariDataSource other = Databases.postgres()) {
            for (HikariDataSource each : new HikariDataSource[] {database, other}) {
                for (int nth = 2; nth < 30; nth += 3) {
                    try {
                        JdbcStore.migrate(FaultyDataSource.on(each, FaultyDataSource.failing(nth, true, "08006")));
                    } catch (JdbcStoreException e) {
                        assertThat(e.problem()).isIn(Problem.CONNECTION_LOST, Problem.COMMIT_UNCERTAIN);
                    }
                }
                JdbcStore.migrate(each);
                assertThat(JdbcStore.of(each).create(Load.TENANT, Load.row(1))).isTrue();
            }
        }
    }

    @Test
    void anotherApplicationMayInsertWithNothingButNumberAndText() throws SQLException {
        try (HikariDataSource postgres = Databases.migrated(Databases.postgres());
                HikariDataSource h2 = Databases.migrated(Databases.h2Memory())) {
            for (HikariDataSource database : new HikariDataSource[] {postgres, h2}) {
                Databases.run(
                        database, "insert into textonce_message (to_number, text) values ('+12025550123', 'Hello')");
                try (Connection connection = database.getConnection();
                        Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery(
                                "select id, tenant, state, due_at <= current_timestamp from textonce_message")) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getString(1)).matches("[0-9a-v]{13}");
                    assertThat(row.getString(2)).isEqualTo("default");
                    assertThat(row.getString(3)).isEqualTo("WRITTEN");
                    assertThat(row.getBoolean(4)).as("due").isTrue();
                }
            }
        }
    }
}
