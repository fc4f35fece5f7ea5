package io.textonce.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Databases for tests: started once in this process, each test class with one of its own, emptied for each test. */
final class Databases {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final List<String> TABLES = List.of(
            "textonce_label",
            "textonce_message",
            "textonce_waiting",
            "textonce_event",
            "textonce_tenant",
            "textonce_suppression",
            "textonce_idempotency",
            "textonce_limit",
            "textonce_entry",
            "textonce_conversation",
            "textonce_inbox",
            "textonce_campaign",
            "textonce_campaign_recipient",
            "textonce_preference",
            "textonce_spend_sum",
            "textonce_spend_open",
            "textonce_spend",
            "textonce_alert",
            "textonce_code",
            "textonce_code_count",
            "textonce_template_text",
            "textonce_template");

    private Databases() {}

    private static final class Server {
        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                // Commits are waited for, as the store insists; the disk itself isn't, which costs tests time only.
                return EmbeddedPostgres.builder()
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("fsync", "off")
                        .setServerConfig("max_connections", "200")
                        // What is logged is measured: no whole pages because a checkpoint came by.
                        .setServerConfig("checkpoint_timeout", "1h")
                        .setServerConfig("max_wal_size", "8GB")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException("embedded PostgreSQL doesn't start", e);
            }
        }
    }

    static EmbeddedPostgres server() {
        return Server.POSTGRES;
    }

    /** An empty database without tables. */
    static HikariDataSource postgres(String options) {
        String name = "t" + NUMBER.incrementAndGet();
        run(server().getPostgresDatabase(), "create database " + name);
        // As the README says: otherwise the driver quotes rows in what pools log.
        return pool(server().getJdbcUrl("postgres", name) + "&logServerErrorDetail=false" + options, 16);
    }

    static HikariDataSource postgres() {
        return postgres("");
    }

    /** An empty database without tables. */
    static HikariDataSource h2Memory() {
        return pool("jdbc:h2:mem:t" + NUMBER.incrementAndGet() + ";DB_CLOSE_DELAY=-1", 16);
    }

    /** An empty database without tables. */
    static HikariDataSource h2File(Path folder) {
        return pool(
                "jdbc:h2:file:" + folder.resolve("t" + NUMBER.incrementAndGet()).toAbsolutePath(), 16);
    }

    static HikariDataSource pool(String url, int most) {
        return pool(url, most, config -> {});
    }

    static HikariDataSource pool(String url, int most, Consumer<HikariConfig> more) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(most);
        config.setMinimumIdle(0);
        more.accept(config);
        return new HikariDataSource(config);
    }

    static <T extends DataSource> T migrated(T dataSource) {
        JdbcStore.migrate(dataSource);
        return dataSource;
    }

    static DataSource emptied(DataSource dataSource) {
        StringBuilder all = new StringBuilder();
        TABLES.forEach(table -> all.append("delete from ").append(table).append(';'));
        if (keepsLeases(dataSource)) {
            all.append("delete from textonce_lease;");
        }
        run(dataSource, all.toString());
        return dataSource;
    }

    /** The first column of the first row. */
    static String query(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Only PostgreSQL has that table. */
    static boolean keepsLeases(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            return !Dialect.of(connection).findsByState();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static void run(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
