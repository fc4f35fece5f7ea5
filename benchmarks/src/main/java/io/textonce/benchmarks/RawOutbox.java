package io.textonce.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bound: the least that JDBC must do to claim rows in one transaction and settle them in another, on a table and
 * indexes like the outbox's. It checks, counts and asks nothing, and what it is about to send isn't written down.
 */
final class RawOutbox implements OutboxContender {
    private static final int MESSAGES = 8_000;
    private static final String INSERT =
            "insert into raw_message (id, created_at, to_number, text, form, segments, due_at,"
                    + " state, attempt, updated_at) values (?,?,?,?,0,1,?,'PENDING',0,?)";
    private static final String DUE =
            " from raw_message where form < 3 and state = 'PENDING' and due_at <= current_timestamp order by";
    private static final String CLAIM =
            "update raw_message set state = 'CLAIMED', attempt = attempt + 1, lease_owner = ?,"
                    + " lease_until = current_timestamp, updated_at = current_timestamp, rev = rev + 1 where ";
    private static final String SETTLE =
            "update raw_message m set state = 'ACCEPTED', outcome = 'ACCEPTED', due_at = null,"
                    + " provider = 'instant', updated_at = current_timestamp, rev = rev + 1, provider_message_id = ";

    private final HikariDataSource database;
    private final boolean postgres;
    private final int threads;
    private long next;

    /** The place is where PostgreSQL has put the claimed row: nothing finds it sooner. */
    private record Row(String id, String to, String text, String place) {}

    RawOutbox(HikariDataSource database, boolean postgres, int threads) throws IOException, SQLException {
        this.database = database;
        this.postgres = postgres;
        this.threads = threads;
        String name = "/textonce-schema/" + (postgres ? "postgresql" : "h2") + "/V1__messages_events_and_limits.sql";
        try (InputStream in = RawOutbox.class.getResourceAsStream(name)) {
            String script = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)--.*$", "");
            Matcher statements = Pattern.compile("(?s)create [^;]*textonce_message[ _][^;]*;")
                    .matcher(script);
            while (statements.find()) {
                OutboxBenches.execute(database, statements.group().replace("textonce_message", "raw_message"));
            }
        }
    }

    @Override
    public String name() {
        return "plain JDBC";
    }

    @Override
    public int messages() {
        return MESSAGES;
    }

    @Override
    public void enqueue() throws SQLException {
        for (int done = 0; done < MESSAGES; done += OutboxBenches.BATCH) {
            OffsetDateTime now = OffsetDateTime.ofInstant(Instant.now(), ZoneOffset.UTC);
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(false);
                try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                    for (int i = 0; i < OutboxBenches.BATCH; i++) {
                        // As random as a real id.
                        insert.setString(
                                1, String.format(Locale.ROOT, "%013x", (++next * 0x9E3779B97F4A7L) & 0xFFFFFFFFFFFFFL));
                        insert.setObject(2, now);
                        insert.setString(3, Samples.distinct((int) next));
                        insert.setString(4, Samples.TEXT);
                        insert.setObject(5, now);
                        insert.setObject(6, now);
                        insert.addBatch();
                    }
                    insert.executeBatch();
                }
                connection.commit();
                connection.setAutoCommit(true);
            }
        }
    }

    @Override
    public long dispatch() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        long start = System.nanoTime();
        Callable<Integer> work = this::work;
        int sent = 0;
        for (Future<Integer> each : pool.invokeAll(Collections.nCopies(threads, work))) {
            sent += each.get();
        }
        long took = System.nanoTime() - start;
        pool.shutdown();
        if (sent != MESSAGES) {
            throw new IllegalStateException(sent + " of " + MESSAGES);
        }
        return took;
    }

    private int work() throws SQLException {
        int sent = 0;
        String owner = Thread.currentThread().getName();
        while (true) {
            List<Row> rows = new ArrayList<>();
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(false);
                if (postgres) {
                    claim(connection, owner, rows);
                } else {
                    claimOnH2(connection, owner, rows);
                }
                connection.commit();
                connection.setAutoCommit(true);
            }
            if (rows.isEmpty()) {
                return sent;
            }
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(false);
                settle(connection, rows);
                connection.commit();
                connection.setAutoCommit(true);
            }
            sent += rows.size();
        }
    }

    private static void claim(Connection connection, String owner, List<Row> rows) throws SQLException {
        String sql = CLAIM + "ctid = any (array(select ctid" + DUE + " due_at, id limit " + OutboxBenches.IN_FLIGHT
                + " for update skip locked)) returning id, to_number, text, ctid";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, owner);
            read(statement, rows);
        }
    }

    private static void claimOnH2(Connection connection, String owner, List<Row> rows) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select id, to_number, text, id" + DUE + " state, due_at, id limit " + OutboxBenches.IN_FLIGHT)) {
            read(select, rows);
        }
        try (PreparedStatement update = connection.prepareStatement(CLAIM + "tenant = 'default' and id = ?")) {
            for (Row row : rows) {
                update.setString(1, owner);
                update.setString(2, row.id);
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    private static void read(PreparedStatement statement, List<Row> rows) throws SQLException {
        try (ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                rows.add(new Row(found.getString(1), found.getString(2), found.getString(3), found.getString(4)));
            }
        }
    }

    private void settle(Connection connection, List<Row> rows) throws SQLException {
        if (postgres) {
            String sql = SETTLE + "m.id where m.ctid = any (cast(? as tid[]))";
            try (PreparedStatement update = connection.prepareStatement(sql)) {
                update.setArray(
                        1,
                        connection.createArrayOf(
                                "varchar", rows.stream().map(Row::place).toArray()));
                require(update.executeUpdate(), rows);
            }
            return;
        }
        try (PreparedStatement update = connection.prepareStatement(SETTLE + "? where tenant = 'default' and id = ?")) {
            for (Row row : rows) {
                update.setString(1, row.id);
                update.setString(2, row.id);
                update.addBatch();
            }
            require(Arrays.stream(update.executeBatch()).sum(), rows);
        }
    }

    private static void require(int updated, List<Row> rows) {
        if (updated != rows.size()) {
            throw new IllegalStateException(updated + " of " + rows.size());
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
