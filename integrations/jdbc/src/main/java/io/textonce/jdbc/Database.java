package io.textonce.jdbc;

import io.textonce.jdbc.JdbcStoreException.Problem;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs short transactions: each takes a connection, does one step, and gives the connection back. */
final class Database {

    private static final int MOST_TRIES = 10;
    private static final int LONGEST_QUOTE = 200;
    private static final String PRESENT = "select current_timestamp as store_now";

    /** One step inside a transaction. It may be run again after a conflict, hence changes nothing outside the database. */
    interface Step<T> {
        T run(Connection connection) throws SQLException;
    }

    private final DataSource dataSource;
    private final Dialect dialect;
    private final boolean setIsolation;
    /** Asks for the present, and makes the settings of a transaction of ours in the same breath. */
    private final String begin;
    /** The host's own connection, whose transaction all steps join; null where each step is one. */
    private final @Nullable Connection joined;

    /** A step that goes by the database's clock, which stands still while the transaction lasts. */
    interface TimedStep<T> {
        T run(Connection connection, Instant now) throws SQLException;
    }

    private Database(DataSource dataSource, Dialect dialect, boolean setIsolation, @Nullable Connection joined) {
        this.dataSource = dataSource;
        this.dialect = dialect;
        this.begin = PRESENT + dialect.settings();
        this.setIsolation = setIsolation;
        this.joined = joined;
    }

    static Database on(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            boolean other = connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED;
            return new Database(dataSource, Dialect.of(connection), other, null);
        } catch (SQLException e) {
            throw connectionLost("connecting to the database", e);
        }
    }

    /** The same database, inside a transaction that the host ends. */
    Database in(Connection connection) {
        return new Database(dataSource, dialect, setIsolation, connection);
    }

    boolean isJoined() {
        return joined != null;
    }

    Dialect dialect() {
        return dialect;
    }

    DataSource dataSource() {
        return dataSource;
    }

    /** A statement that reads. */
    <T> T read(String what, Step<T> step) {
        if (joined != null) {
            return join(what, joined, step);
        }
        try (Connection connection = connect(what)) {
            try {
                T result = step.run(connection);
                if (!connection.getAutoCommit()) {
                    connection.commit();
                }
                return result;
            } catch (SQLException e) {
                throw failure(what, e);
            }
        } catch (SQLException e) {
            throw failure(what, e);
        }
    }

    /** Commits what the step did, or throws and has done nothing. A conflict with another transaction is tried again. */
    <T> T write(String what, Step<T> step) {
        return joined != null ? join(what, joined, step) : write(what, (connection, now) -> step.run(connection));
    }

    /** The same with the present. */
    <T> T write(String what, TimedStep<T> step) {
        if (joined != null) {
            return join(what, joined, connection -> step.run(connection, present(connection, PRESENT)));
        }
        JdbcStoreException last = null;
        for (int tries = 1; tries <= MOST_TRIES; tries++) {
            try (Connection connection = connect(what)) {
                return inTransaction(what, connection, step);
            } catch (SQLException e) {
                throw failure(what, e);
            } catch (JdbcStoreException e) {
                if (e.problem() != Problem.CONFLICT) {
                    throw e;
                }
                last = e;
            }
        }
        throw new JdbcStoreException(
                Problem.CONFLICT,
                what + " met other transactions on the same rows " + MOST_TRIES
                        + " times; nothing was stored. Is one left open?",
                last == null || !(last.getCause() instanceof SQLException cause) ? null : cause);
    }

    private <T> T join(String what, Connection connection, Step<T> step) {
        try {
            return step.run(connection);
        } catch (SQLException e) {
            throw failure(what, e);
        }
    }

    /** An interrupt is for whoever waits for a provider: it must not keep an outcome from being recorded. */
    private Connection connect(String what) {
        boolean interrupted = Thread.interrupted();
        try {
            return dataSource.getConnection();
        } catch (SQLException e) {
            throw connectionLost(what, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <T> T inTransaction(String what, Connection connection, TimedStep<T> step) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        int isolation = setIsolation ? connection.getTransactionIsolation() : Connection.TRANSACTION_READ_COMMITTED;
        if (setIsolation) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
        if (autoCommit) {
            connection.setAutoCommit(false);
        }
        boolean open = true;
        try {
            T result = step.run(connection, present(connection, begin));
            commit(what, connection);
            open = false;
            return result;
        } catch (SQLException e) {
            throw failure(what, e);
        } finally {
            reset(connection, open, autoCommit, isolation);
        }
    }

    private static Instant present(Connection connection, String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return Bind.requiredInstant(row, "store_now").truncatedTo(ChronoUnit.MICROS);
        }
    }

    private void commit(String what, Connection connection) {
        try {
            connection.commit();
        } catch (SQLException e) {
            Problem problem = dialect.problem(e);
            boolean full = problem == Problem.DISK_FULL;
            if (full || problem == Problem.CONNECTION_LOST || problem == Problem.OTHER) {
                throw new JdbcStoreException(
                        Problem.COMMIT_UNCERTAIN,
                        what + ": " + (full ? "the database's disk was full" : "the connection broke")
                                + " during the commit (SQL state " + e.getSQLState()
                                + "), so it may be stored or not; " + (full ? "make room, then " : "")
                                + "ask again or repeat it, which does no harm",
                        withoutText(e));
            }
            throw failure(what, e);
        }
    }

    /**
     * Never hides what happened before. Without the rollback, going back to automatic commits would commit; a connection
     * that can't roll back is broken, and its pool finds that out.
     */
    private void reset(Connection connection, boolean open, boolean autoCommit, int isolation) {
        try {
            if (open) {
                connection.rollback();
            }
            if (autoCommit) {
                connection.setAutoCommit(true);
            }
            if (setIsolation) {
                connection.setTransactionIsolation(isolation);
            }
        } catch (SQLException ignored) {
            // The server rolls back what loses its connection.
        }
    }

    private static JdbcStoreException connectionLost(String what, SQLException e) {
        return new JdbcStoreException(
                Problem.CONNECTION_LOST,
                what + ": no connection to the database (SQL state " + e.getSQLState() + "): " + quote(e)
                        + "; nothing was stored. Check that it runs, its address and credentials, and the pool's size",
                withoutText(e));
    }

    private JdbcStoreException failure(String what, SQLException e) {
        Problem problem = e instanceof SQLTransientConnectionException ? Problem.CONNECTION_LOST : dialect.problem(e);
        String state = " (SQL state " + e.getSQLState() + ")";
        String message = switch (problem) {
            case SCHEMA_MISSING ->
                "a table or column of Textonce is missing" + state + ": " + quote(e)
                        + "; nothing was stored. Call JdbcStore.migrate(dataSource), and check the schema on the"
                        + " connection's search path";
            case CONNECTION_LOST ->
                "the connection to the database broke" + state + ": " + quote(e)
                        + "; nothing was stored, and it may be repeated";
            case DISK_FULL ->
                "the database's disk is full" + state + ": " + quote(e) + "; nothing was stored. Make room";
            case READ_ONLY ->
                "the database is read-only" + state + ": " + quote(e)
                        + "; nothing was stored. Connect to the primary, with a user that may write";
            case CONFLICT -> "another transaction was in the way" + state + "; nothing was stored";
            default ->
                "the database refused" + state + ", vendor code " + e.getErrorCode() + ", "
                        + e.getClass().getSimpleName() + "; nothing was stored. Its own log has the details";
        };
        return new JdbcStoreException(problem, what + ": " + message, withoutText(e));
    }

    /** The driver's first line, of errors that are about no row. */
    private static String quote(SQLException e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        int sql = line.indexOf("; SQL statement");
        line = sql < 0 ? line : line.substring(0, sql);
        return line.length() > LONGEST_QUOTE ? line.substring(0, LONGEST_QUOTE) + "..." : line;
    }

    /** Where it happened, without the driver's words, which may quote a row. */
    private static SQLException withoutText(SQLException e) {
        SQLException copy = new SQLException(
                e.getClass().getName() + ", its text left out: it may hold personal data",
                e.getSQLState(),
                e.getErrorCode());
        copy.setStackTrace(e.getStackTrace());
        return copy;
    }
}
