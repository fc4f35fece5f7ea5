package io.textonce.examples.cli;

import io.textonce.jdbc.JdbcStore;
import io.textonce.jdbc.JdbcStoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.jdbcx.JdbcConnectionPool;

/** What became of each row, in an H2 file beside the results: it survives the death of the process. */
final class Ledger implements AutoCloseable {

    private final JdbcConnectionPool pool;
    private final JdbcStore store;

    private Ledger(JdbcConnectionPool pool) {
        this.pool = pool;
        JdbcStore.migrate(pool);
        this.store = JdbcStore.of(pool);
    }

    /**
     * Opens the ledger of a results file, or begins it.
     *
     * @throws IllegalArgumentException if another process has it, or if there are results without it: nobody could tell then
     *     what was sent
     */
    static Ledger begin(Path results) {
        if (Files.exists(results) && !exists(results)) {
            throw new IllegalArgumentException(
                    "--results: " + results + " is there and its ledger " + file(results)
                            + " isn't, so nobody knows what was sent; put the ledger back, or name another file to send all rows");
        }
        return open(results);
    }

    /**
     * Opens the ledger of a results file.
     *
     * @throws IllegalArgumentException if there is none, or another process has it
     */
    static Ledger existing(Path results) {
        if (!exists(results)) {
            throw new IllegalArgumentException("--results: " + file(results) + " doesn't exist");
        }
        return open(results);
    }

    private static Ledger open(Path results) {
        String base = results.toAbsolutePath() + ".ledger";
        if (base.indexOf(';') >= 0) {
            throw new IllegalArgumentException("--results: " + results + ": H2 takes no semicolon in a file's name");
        }
        // who ends the run closes the ledger, after what was under way is written
        JdbcConnectionPool pool = JdbcConnectionPool.create(
                "jdbc:h2:file:" + base + ";WRITE_DELAY=0;TRACE_LEVEL_FILE=0;DB_CLOSE_ON_EXIT=FALSE", "", "");
        try {
            return new Ledger(pool);
        } catch (JdbcStoreException e) {
            pool.dispose();
            throw new IllegalArgumentException(
                    "--results: " + file(results) + " can't be used, perhaps because another run has it: "
                            + e.getMessage(),
                    e);
        }
    }

    private static boolean exists(Path results) {
        return Files.exists(file(results));
    }

    private static Path file(Path results) {
        return results.resolveSibling(results.getFileName() + ".ledger.mv.db");
    }

    JdbcStore store() {
        return store;
    }

    /** Leaves a small file: each commit has added some 20 kB. */
    @Override
    public void close() {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("shutdown compact");
        } catch (SQLException e) {
            // it is as good when it is large
        }
        pool.dispose();
    }
}
