package io.textonce.cluster;

import io.textonce.spi.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's time on this node: a reading of the database's clock, and what the node's monotonic clock says has passed
 * since. The node's wall clock has no part in it. A reading is as good as its answer was quick, and replaced by a better one,
 * or when it has become old.
 *
 * <p>Thread-safe.
 */
final class DatabaseClock {

    /** What two clocks may drift apart, generously: 200 us a second. */
    private static final long DRIFT = 5_000;

    private static final int MOST_READINGS = 5;
    private static final long KEPT_FOR = Duration.ofMinutes(1).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger("io.textonce.cluster");

    /** @param error how far off the instant may be at the reading, in nanoseconds */
    private record Reading(Instant at, long nanoTime, long error) {
        long errorAt(long now) {
            return error + (now - nanoTime) / DRIFT;
        }
    }

    private final DataSource dataSource;
    private final TimeSource time;
    private volatile Reading reading;

    DatabaseClock(DataSource dataSource, TimeSource time) throws SQLException {
        this.dataSource = dataSource;
        this.time = time;
        this.reading = read();
    }

    Instant now() {
        Reading last = reading;
        return last.at().plusNanos(time.nanoTime() - last.nanoTime());
    }

    /** The same for who asks now and then and has no thread that reads it again. A database that doesn't answer changes nothing. */
    Instant keptUp() {
        if (time.nanoTime() - reading.nanoTime() > KEPT_FOR) {
            try {
                set(Duration.ofMillis(10));
            } catch (SQLException e) {
                LOG.debug("the database's clock can't be read: {}", e.getSQLState());
            }
        }
        return now();
    }

    /** How far off it may be. */
    Duration error() {
        return Duration.ofNanos(reading.errorAt(time.nanoTime()));
    }

    /** Reads the database's clock again, a few times if the answers are slow. */
    void set(Duration good) throws SQLException {
        for (int i = 0; i < MOST_READINGS; i++) {
            Reading next = read();
            if (next.errorAt(time.nanoTime()) <= reading.errorAt(time.nanoTime())) {
                reading = next;
            }
            if (next.error() <= good.toNanos()) {
                return;
            }
        }
    }

    private Reading read() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "select (extract(epoch from clock_timestamp()) * 1000000)::bigint")) {
            statement.setQueryTimeout(5);
            long before = time.nanoTime();
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long after = time.nanoTime();
                long micros = row.getLong(1);
                if (!connection.getAutoCommit()) {
                    connection.commit();
                }
                long half = (after - before) / 2;
                return new Reading(Instant.EPOCH.plusNanos(micros * 1_000), before + half, half);
            }
        }
    }
}
