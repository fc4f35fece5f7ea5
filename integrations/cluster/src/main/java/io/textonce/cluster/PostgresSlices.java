package io.textonce.cluster;

import io.textonce.TenantId;
import io.textonce.spi.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** Slices by one statement, which is one transaction and one round trip; the time is the database's. */
final class PostgresSlices implements SliceSource {

    /** Longer than any slack: a line that was free before has nothing to say. */
    private static final long FORGOTTEN = Duration.ofDays(2).toNanos();

    private static final long SWEEP_EVERY = Duration.ofHours(1).toNanos();

    private static final String NOW = "(extract(epoch from clock_timestamp()) * 1000000)::bigint * 1000";

    /**
     * The clock is read once, before the row is locked. Who waits for the row has an old reading: it is then offered slots
     * that lie further back than they would have to, never one that somebody else has.
     */
    private static final String TAKE = """
        insert into textonce_rate as r (tenant, name, asked_at, slots_from, free_at)
        select ?, ?, now, now - ?, now - ? + ? from (select %s as now) clock
        on conflict (tenant, name) do update set
            asked_at = excluded.asked_at,
            slots_from = greatest(r.free_at, excluded.slots_from),
            free_at = greatest(r.free_at, excluded.slots_from) + ? * case
                when greatest(r.free_at, excluded.slots_from) > excluded.asked_at + ? then 0
                else least(?, (excluded.asked_at + ? - greatest(r.free_at, excluded.slots_from)) / ? + 1) end
        returning asked_at, slots_from, free_at
        """.formatted(NOW);

    private final DataSource dataSource;
    private final TimeSource time;
    private volatile long swept;

    PostgresSlices(DataSource dataSource, TimeSource time) {
        this.dataSource = dataSource;
        this.time = time;
        this.swept = time.nanoTime();
    }

    @Override
    public Slice take(TenantId tenant, String name, Rate rate, int most) throws SQLException {
        long step = rate.step();
        long atFirst = Math.min(most, (rate.head() + rate.ahead()) / step + 1);
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setQueryTimeout(5);
            statement.setString(1, tenant.value());
            statement.setString(2, name);
            statement.setLong(3, rate.head());
            statement.setLong(4, rate.head());
            statement.setLong(5, atFirst * step);
            statement.setLong(6, step);
            statement.setLong(7, rate.ahead());
            statement.setLong(8, most);
            statement.setLong(9, rate.ahead());
            statement.setLong(10, step);
            long before = time.nanoTime();
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long after = time.nanoTime();
                long asked = row.getLong(1);
                long from = row.getLong(2);
                int count = (int) ((row.getLong(3) - from) / step);
                if (!connection.getAutoCommit()) {
                    connection.commit();
                }
                return count == 0
                        ? Slice.none(from - asked - rate.ahead())
                        : new Slice(before + (from - asked), after - before, count, 0);
            }
        }
    }

    /** Forgets lines that are long free, once an hour; whether the database answers, its clock tells. */
    @Override
    public void probe() throws SQLException {
        if (time.nanoTime() - swept < SWEEP_EVERY) {
            return;
        }
        swept = time.nanoTime();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("delete from textonce_rate where free_at < " + NOW + " - ?")) {
            statement.setLong(1, FORGOTTEN);
            statement.setQueryTimeout(5);
            statement.executeUpdate();
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
    }
}
