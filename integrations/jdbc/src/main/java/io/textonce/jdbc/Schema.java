package io.textonce.jdbc;

import io.textonce.jdbc.JdbcStoreException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The versioned scripts, and which of them a database has. The scripts note that themselves, whoever runs them. */
final class Schema {

    /** Oldest first; the number is the version. */
    private static final List<String> SCRIPTS = List.of(
            "V1__messages_events_and_limits.sql",
            "V2__codes_and_spend.sql",
            "V3__campaigns_and_preferences.sql",
            "V4__conversations.sql",
            "V5__reports.sql",
            "V6__cluster_limits.sql");

    /** Any number, the same in all versions: held while scripts run, so that of many processes one runs them. */
    private static final long LOCK = 7_309_453_171_236_427_123L;

    private Schema() {}

    static void migrate(Database database) {
        database.write("migrating the schema", connection -> {
            if (database.dialect() == Dialect.POSTGRESQL) {
                run(connection, "select pg_advisory_xact_lock(" + LOCK + ")");
            }
            int version = exists(connection) ? version(connection) : 0;
            for (int next = version; next < SCRIPTS.size(); next++) {
                for (String statement : statements(database.dialect(), SCRIPTS.get(next))) {
                    create(connection, statement, database.dialect());
                }
            }
            require(Math.max(version, SCRIPTS.size()), SCRIPTS.size(), database.dialect());
            return version;
        });
    }

    /** Throws unless the tables are there in the version that this code reads and writes. */
    static void check(Database database) {
        KeptOpen.require(database);
        int version = 0;
        try {
            version = database.read("reading the schema's version", Schema::version);
        } catch (JdbcStoreException e) {
            if (e.problem() != Problem.SCHEMA_MISSING) {
                throw e;
            }
        }
        require(version, SCRIPTS.size(), database.dialect());
        String setting = database.read("reading settings", database.dialect()::unsafeSetting);
        if (!setting.isEmpty()) {
            throw new JdbcStoreException(
                    Problem.UNSUITABLE_DATABASE,
                    "the database would confirm commits that a crash loses: " + setting,
                    null);
        }
    }

    static void require(int version, int needed, Dialect dialect) {
        if (version == 0) {
            throw new JdbcStoreException(
                    Problem.SCHEMA_MISSING,
                    "there is no table textonce_schema; call JdbcStore.migrate(dataSource) once, or let Flyway run"
                            + " classpath:textonce-schema/" + dialect.folder()
                            + ", and check the schema on the connection's search path",
                    null);
        }
        if (version < needed) {
            throw new JdbcStoreException(
                    Problem.SCHEMA_TOO_OLD,
                    "the tables of Textonce have version " + version + ", and this library needs " + needed
                            + "; call JdbcStore.migrate(dataSource) before it is used",
                    null);
        }
        if (version > needed) {
            throw new JdbcStoreException(
                    Problem.SCHEMA_TOO_NEW,
                    "the tables of Textonce have version " + version + ", and this library knows versions up to "
                            + needed + "; upgrade textonce-jdbc, nothing was touched",
                    null);
        }
    }

    private static boolean exists(Connection connection) throws SQLException {
        String find = "select count(*) from information_schema.tables where lower(table_name) = 'textonce_schema'"
                + " and table_schema = current_schema";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(find)) {
            return rows.next() && rows.getInt(1) > 0;
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select coalesce(max(version), 0) from textonce_schema")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** H2's "if not exists" looks first and creates then: of two that start together one may find the other's work in its way. */
    private static void create(Connection connection, String sql, Dialect dialect) throws SQLException {
        try {
            run(connection, sql);
        } catch (SQLException e) {
            if (!dialect.isThereAlready(e)) {
                throw e;
            }
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Our scripts have a semicolon at the end of a line only where a statement ends. */
    private static List<String> statements(Dialect dialect, String script) {
        String name = "/textonce-schema/" + dialect.folder() + "/" + script;
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("textonce-jdbc's jar lacks " + name);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)\\s*--.*$", "");
            return text.lines()
                    .filter(line -> !line.isBlank())
                    .reduce((a, b) -> a + "\n" + b)
                    .map(all -> List.of(all.split(";\\s*(?:\\n|$)")))
                    .orElse(List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
