package io.textonce.jdbc;

import io.textonce.jdbc.JdbcStoreException.Problem;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that differs between the databases. */
enum Dialect {
    H2("h2") {
        @Override
        String ignoringDuplicates(String insert) {
            return insert;
        }

        @Override
        String lookup(String keys, String columns, String table, String condition) {
            return "select " + columns + " from " + keys + " join " + table + " m on " + condition;
        }

        @Override
        boolean takesArrays() {
            return false;
        }

        @Override
        String steady() {
            return "";
        }

        @Override
        String forUpdate() {
            return "";
        }

        @Override
        boolean findsByState() {
            return true;
        }

        @Override
        String isOf(String tenant) {
            return "m.tenant = " + tenant;
        }

        @Override
        String unsafeSetting(Connection connection) throws SQLException {
            if (connection.isReadOnly()) {
                return "";
            }
            String delay = value(
                    connection,
                    "select setting_value from information_schema.settings where setting_name = 'WRITE_DELAY'");
            return delay.isEmpty() || delay.equals("0")
                    ? ""
                    : "WRITE_DELAY is " + delay + " ms; take it out of the URL, or execute SET WRITE_DELAY 0";
        }

        @Override
        Problem vendorProblem(String state, String message) {
            return switch (state) {
                case "42S02", "42S03", "42S04", "42S22", "90079" -> Problem.SCHEMA_MISSING;
                case "90097" -> Problem.READ_ONLY;
                case "90067", "90098", "90121", "90135" -> Problem.CONNECTION_LOST;
                case "HYT00", "90131", "50200", "40001" -> Problem.CONFLICT;
                case "90028", "90031", "HY000" ->
                    message.toLowerCase(Locale.ROOT).contains("space") ? Problem.DISK_FULL : Problem.OTHER;
                default -> Problem.OTHER;
            };
        }
    },

    POSTGRESQL("postgresql") {
        @Override
        String ignoringDuplicates(String insert) {
            return insert + " on conflict do nothing";
        }

        /**
         * Looks each key up by itself: a join would be planned once, while the table is small, as a scan of all of it, and
         * kept when it has grown.
         */
        @Override
        String lookup(String keys, String columns, String table, String condition) {
            return "select " + columns + " from " + keys + " cross join lateral (select * from " + table + " m where "
                    + condition + " offset 0) m";
        }

        @Override
        boolean takesArrays() {
            return true;
        }

        @Override
        String steady() {
            return Stream.of("jit", "enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin")
                    .map(setting -> ", set_config('" + setting + "', 'off', true)")
                    .collect(Collectors.joining());
        }

        @Override
        String forUpdate() {
            return " for update of m skip locked";
        }

        @Override
        boolean findsByState() {
            return false;
        }

        @Override
        String isOf(String tenant) {
            return "m.tenant || '' = " + tenant;
        }

        @Override
        String unsafeSetting(Connection connection) throws SQLException {
            return value(connection, "show synchronous_commit").equals("off")
                    ? "synchronous_commit is off; alter database ... set synchronous_commit = on"
                    : "";
        }

        @Override
        Problem vendorProblem(String state, String message) {
            return switch (state) {
                case "42P01", "42703", "3F000" -> Problem.SCHEMA_MISSING;
                case "25006" -> Problem.READ_ONLY;
                case "53100" -> Problem.DISK_FULL;
                case "53300", "57P01", "57P02", "57P03" -> Problem.CONNECTION_LOST;
                case "40001", "40P01", "55P03" -> Problem.CONFLICT;
                default -> Problem.OTHER;
            };
        }
    };

    private final String folder;

    Dialect(String folder) {
        this.folder = folder;
    }

    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "H2" -> H2;
            case "PostgreSQL" -> POSTGRESQL;
            default ->
                throw new JdbcStoreException(
                        Problem.UNSUITABLE_DATABASE,
                        "textonce-jdbc knows H2 and PostgreSQL, and this is " + product
                                + "; use one of them, or implement the repositories of io.textonce.store on it",
                        null);
        };
    }

    /** Where the scripts are: {@code textonce-schema/} and this. */
    String folder() {
        return folder;
    }

    /**
     * An insert that leaves a row alone whose key is taken. On PostgreSQL a failed insert would end the transaction, and
     * the host's with it; H2 undoes just the statement.
     */
    abstract String ignoringDuplicates(String insert);

    /** Reads the rows of a table, as m, that belong to the keys u of an unnest. */
    abstract String lookup(String keys, String columns, String table, String condition);

    /** Whether a statement can take the values of many rows from arrays, and say which rows it found. */
    abstract boolean takesArrays();

    /**
     * More columns for the first query of a transaction: from then on PostgreSQL goes by the indexes. Its statistics know
     * neither what was enqueued a moment ago nor that most of what it sees is about to be settled; so it now and then reads
     * and sorts the whole backlog, and compiles the query, which takes ten times as long as the query does.
     */
    abstract String steady();

    /**
     * The end of a query for rows that several may ask for at once. PostgreSQL locks what it answers and passes over what
     * others locked. H2 would lock all that are due, not just the first, so there whoever writes first has the row.
     */
    abstract String forUpdate();

    /**
     * Whether an index names the state. On PostgreSQL each change of what an index names costs an entry in every index, so
     * there it doesn't, and leases are found by {@code textonce_lease}.
     */
    abstract boolean findsByState();

    /**
     * That a message is a tenant's, where something else finds it. Of a young table PostgreSQL believes that each tenant has
     * one message, and might read all of a tenant's for each that is asked for; so here no index knows the tenant.
     */
    abstract String isOf(String tenant);

    /** The setting by which a confirmed commit could be lost when a process dies, and what to do; empty if there is none. */
    abstract String unsafeSetting(Connection connection) throws SQLException;

    private static String value(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    abstract Problem vendorProblem(String state, String message);

    boolean isDuplicate(SQLException e) {
        return "23505".equals(e.getSQLState());
    }

    Problem problem(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("08")) {
            return Problem.CONNECTION_LOST;
        }
        return vendorProblem(state, String.valueOf(e.getMessage()));
    }
}
