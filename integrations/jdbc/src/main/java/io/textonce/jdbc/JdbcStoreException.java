package io.textonce.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The database refused or failed, and the step in question changed nothing; only where {@link #problem()} is
 * {@link Problem#COMMIT_UNCERTAIN} may it have been stored after all.
 *
 * <p>The message says what to do. It names the SQL state and never a value: the driver's own words may quote a number or a
 * text, so they are shown only where they are about the table, the connection or the disk.
 *
 * <pre>{@code
 * if (e.problem() == JdbcStoreException.Problem.SCHEMA_MISSING) { ... }
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class JdbcStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What went wrong. Switch on it with a default: the set may grow. */
    public enum Problem {
        /** There are no tables of Textonce. */
        SCHEMA_MISSING,
        /** The tables are of an older version than this library needs. */
        SCHEMA_TOO_OLD,
        /** The tables are of a newer version than this library knows. */
        SCHEMA_TOO_NEW,
        /** It is neither H2 nor PostgreSQL, or set up so that nothing could be promised. */
        UNSUITABLE_DATABASE,
        /** No connection, or it broke before the commit. */
        CONNECTION_LOST,
        /** The connection broke during the commit: whether the step was stored isn't known. */
        COMMIT_UNCERTAIN,
        /** No room on the disk. */
        DISK_FULL,
        /** The database, or its transactions, take no writes. */
        READ_ONLY,
        /** Others held a row for too long, time and again. */
        CONFLICT,
        /** Anything else. */
        OTHER
    }

    private final Problem problem;

    JdbcStoreException(Problem problem, String message, @Nullable SQLException cause) {
        super(message, cause);
        this.problem = problem;
    }

    /**
     * What went wrong.
     *
     * @return the kind of problem
     */
    public Problem problem() {
        return problem;
    }
}
