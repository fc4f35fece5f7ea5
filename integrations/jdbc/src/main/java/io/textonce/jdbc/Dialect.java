package io.textonce.jdbc;

import io.textonce.jdbc.JdbcStoreException.Problem;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
        String settings() {
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
        String isUnsettled() {
            return "m.next_at >= timestamp with time zone '1970-01-01 00:00:00+00'";
        }

        @Override
        String isOf(String tenant) {
            return "m.tenant = " + tenant;
        }

        @Override
        String inSlices(String table, int slices) {
            String instant = "cast(? as timestamp(9) with time zone)";
            String all = IntStream.range(0, slices)
                    .mapToObj(i -> "(" + i + ", " + instant + ", " + instant + ")")
                    .collect(Collectors.joining(", "));
            return slices == 0
                    ? table + " m"
                    : "(values " + all + ") d (n, b, e) join " + table
                            + " m on m.created_at >= d.b and m.created_at < d.e";
        }

        @Override
        String slice() {
            return "d.n";
        }

        @Override
        void bindSlices(Bind bind, List<Instant> begins) throws SQLException {
            for (int i = 0; i < begins.size(); i++) {
                bind.instant(begins.get(i)).instant(i + 1 < begins.size() ? begins.get(i + 1) : Bind.LATEST);
            }
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
        Problem vendorProblem(String state) {
            return switch (state) {
                case "42S02", "42S03", "42S04", "42S22", "90079" -> Problem.SCHEMA_MISSING;
                case "90097" -> Problem.READ_ONLY;
                case "90067", "90098", "90121", "90135" -> Problem.CONNECTION_LOST;
                case "HYT00", "90131", "50200", "40001" -> Problem.CONFLICT;
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
        String settings() {
            return Stream.of("jit", "enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin")
                    .map(setting -> ", set_config('" + setting + "', 'off', true)")
                    .collect(Collectors.joining(
                            "", "", ", set_config('idle_in_transaction_session_timeout', '5s', true)"));
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
        String isUnsettled() {
            return "(m.due_at is not null or m.lookup_at is not null)";
        }

        @Override
        String isOf(String tenant) {
            return "m.tenant || '' = " + tenant;
        }

        @Override
        String inSlices(String table, int slices) {
            return table + " m";
        }

        @Override
        String slice() {
            // In a query of its own, so that the instants are read once and not for each row.
            return "width_bucket(m.created_at, (select cast(cast(? as varchar array) as timestamptz[]))) - 1";
        }

        @Override
        void bindSlices(Bind bind, List<Instant> begins) throws SQLException {
            // Longer fractions it would round, some of them up.
            bind.texts(begins, begin -> begin.truncatedTo(ChronoUnit.MICROS));
        }

        @Override
        String unsafeSetting(Connection connection) throws SQLException {
            return value(connection, "show synchronous_commit").equals("off")
                    ? "synchronous_commit is off; alter database ... set synchronous_commit = on"
                    : "";
        }

        @Override
        Problem vendorProblem(String state) {
            return switch (state) {
                case "42P01", "42703", "3F000" -> Problem.SCHEMA_MISSING;
                case "25006" -> Problem.READ_ONLY;
                case "53100" -> Problem.DISK_FULL;
                case "53300", "57P01", "57P02", "57P03", "25P03" -> Problem.CONNECTION_LOST;
                case "40001", "40P01", "55P03" -> Problem.CONFLICT;
                default -> Problem.OTHER;
            };
        }
    };

    private static final int DEEPEST_CAUSE = 10;

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
     * More columns for the first query of each transaction of ours. PostgreSQL ends one that hears nothing for seconds: a
     * process that is frozen in the middle would keep all others from what it has locked, for as long as it is. And from
     * then on it goes by the indexes: its statistics know neither what was enqueued a moment ago nor that most of what it
     * sees is about to be settled; so it now and then reads and sorts the whole backlog, and compiles the query, which takes
     * ten times as long as the query does.
     */
    abstract String settings();

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

    /** That a message is to be sent or looked up, maybe by nobody: the index of groups has these, and finds them only so. */
    abstract String isUnsettled();

    /**
     * That a message is a tenant's, where something else finds it. Of a young table PostgreSQL believes that each tenant has
     * one message, and might read all of a tenant's for each that is asked for; so here no index knows the tenant.
     */
    abstract String isOf(String tenant);

    /**
     * What a query reads from where its rows are told apart by when they were created: each slice begins at an instant and ends
     * with the next. PostgreSQL finds a row's slice by itself; H2 reads slice by slice, by the index.
     *
     * @param slices how many; 0 if rows aren't told apart
     */
    abstract String inSlices(String table, int slices);

    /** The number of a row's slice, from 0 on. */
    abstract String slice();

    /** The first parameters of the query. */
    abstract void bindSlices(Bind bind, List<Instant> begins) throws SQLException;

    /** The setting by which a confirmed commit could be lost when a process dies, and what to do; empty if there is none. */
    abstract String unsafeSetting(Connection connection) throws SQLException;

    private static String value(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    abstract Problem vendorProblem(String state);

    /** Whether what was to be created {@code if not exists} is there by now. PostgreSQL's scripts run one at a time. */
    boolean isThereAlready(SQLException e) {
        return this == H2
                && "HY000".equals(e.getSQLState())
                && String.valueOf(e.getMessage()).contains("object already exists");
    }

    boolean isDuplicate(SQLException e) {
        return "23505".equals(e.getSQLState());
    }

    Problem problem(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (isOutOfSpace(e)) {
            return Problem.DISK_FULL;
        }
        return state.startsWith("08") ? Problem.CONNECTION_LOST : vendorProblem(state);
    }

    /** H2 wraps what the file system says into a general error, and afterwards says only that it is closed, with the cause. */
    private static boolean isOutOfSpace(SQLException e) {
        Throwable cause = e.getCause();
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
            String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (cause instanceof IOException
                    && (message.contains("no space left") || message.contains("not enough space"))) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
