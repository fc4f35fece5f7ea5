package io.textonce.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.textonce.jdbc.JdbcStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * The outbox on PostgreSQL and on H2, beside a loop of plain JDBC that makes the same rows go the same way in two
 * transactions (the bound), db-scheduler and JobRunr with a job a message. All take turns on one database server.
 */
final class OutboxBenches {
    static final int BATCH = 1_000;
    static final int IN_FLIGHT = 64;
    private static final int WARM_UP = 6;

    private final Verdicts verdicts;
    private final int rounds;
    private final boolean peers;

    OutboxBenches(Verdicts verdicts, int rounds, boolean peers) {
        this.verdicts = verdicts;
        this.rounds = rounds;
        this.peers = peers;
    }

    void run() throws Exception {
        // As a host runs it: commits wait for the disk.
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("fsync", "on")
                        .setServerConfig("full_page_writes", "on")
                        .setServerConfig("max_wal_size", "4GB")
                        .start();
                HikariDataSource database =
                        pool(server.getJdbcUrl("postgres", "postgres") + "&reWriteBatchedInserts=true")) {
            race("PostgreSQL", database, 2);
        }
        Path folder = Files.createTempDirectory("outbox-bench");
        try (HikariDataSource database = pool("jdbc:h2:file:" + folder.resolve("outbox") + ";QUERY_CACHE_SIZE=64")) {
            race("H2", database, 1);
        } finally {
            delete(folder);
        }
    }

    private static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(24);
        return new HikariDataSource(config);
    }

    /** The bound doesn't lose time by bad plans either. */
    private static HikariDataSource steady(HikariDataSource database, boolean postgres) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.getJdbcUrl());
        config.setMaximumPoolSize(2);
        if (postgres) {
            config.setConnectionInitSql("set jit = off; set enable_seqscan = off; set enable_bitmapscan = off;"
                    + " set enable_sort = off; set enable_hashjoin = off");
        }
        return new HikariDataSource(config);
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    static void execute(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void race(String where, HikariDataSource database, int threads) throws Exception {
        JdbcStore.migrate(database);
        boolean postgres = where.equals("PostgreSQL");
        List<OutboxContender> contenders = new ArrayList<>();
        contenders.add(new RawOutbox(steady(database, postgres), postgres, threads));
        contenders.add(new TextonceOutbox(database, threads));
        if (peers) {
            contenders.add(new DbSchedulerOutbox(database, postgres));
            contenders.add(new JobRunrOutbox(database));
        }
        int n = contenders.size();
        double[][] enqueuing = new double[n][rounds];
        double[][] dispatching = new double[n][rounds];
        for (int round = -WARM_UP; round < rounds; round++) {
            if (round == 0 && postgres) {
                execute(database, "vacuum analyze");
            }
            for (int i = 0; i < n; i++) {
                int turn = Math.floorMod(i + round, n);
                OutboxContender contender = contenders.get(turn);
                long start = System.nanoTime();
                contender.enqueue();
                long enqueued = System.nanoTime() - start;
                long dispatched = contender.dispatch();
                if (round >= 0) {
                    enqueuing[turn][round] = 1e9 * contender.messages() / enqueued;
                    dispatching[turn][round] = 1e9 * contender.messages() / dispatched;
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%n%s, batches of %d, %d in flight, %d rounds%n%-22s %10s %24s %10s %24s%n",
                where,
                BATCH,
                IN_FLIGHT,
                rounds,
                "",
                "enqueue/s",
                "ours to it",
                "dispatch/s",
                "ours to it");
        List<Quartiles> ours = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            ours.add(Quartiles.ofRatios(dispatching[1], dispatching[i]));
            System.out.printf(
                    Locale.ROOT,
                    "%-22s %10.0f %24s %10.0f %24s%n",
                    contenders.get(i).name(),
                    Quartiles.of(enqueuing[i]).median(),
                    Quartiles.ofRatios(enqueuing[1], enqueuing[i]),
                    Quartiles.of(dispatching[i]).median(),
                    ours.get(i));
        }
        for (OutboxContender contender : contenders) {
            contender.close();
        }
        verdicts.atLeast(where + ": dispatch, to two transactions by plain JDBC", ours.get(0), 0.4);
        if (peers) {
            verdicts.atLeast(where + ": dispatch, to db-scheduler", ours.get(2), 4);
            verdicts.atLeast(where + ": dispatch, to JobRunr", ours.get(3), 12);
        }
        verdicts.atLeast(where + ": enqueue, to a batched insert", Quartiles.ofRatios(enqueuing[1], enqueuing[0]), 0.7);
    }
}
