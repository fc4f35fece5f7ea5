package io.textonce.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.textonce.TenantId;
import io.textonce.jdbc.JdbcStore;
import io.textonce.spi.TimeSource;
import io.textonce.store.LimitStore.Limit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four processes under one limit, counted where their messages arrive, which is another process; and what a hot key costs. */
class LimiterProof {

    private static final long SECOND = 1_000_000_000L;
    private static final int SECONDS = Integer.getInteger("proof.seconds", 30);

    /** A process of this proof, ended by its own id. */
    private record Child(Process process, BufferedReader out) implements AutoCloseable {

        static Child start(Class<?> main, Path folder, Object... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx96m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    main.getName()));
            for (Object argument : arguments) {
                command.add(argument.toString());
            }
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            folder.resolve(main.getSimpleName() + ".err").toFile()))
                    .start();
            return new Child(
                    process,
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
        }

        String line() throws IOException {
            return String.valueOf(out.readLine());
        }

        void tell(String line) throws IOException {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static void pause(long seconds) {
        long until = System.nanoTime() + seconds * SECOND;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    @Test
    void fourProcessesKeepOneRateAndADeadOneCostsNoMoreThanItsSlice(@TempDir Path folder) throws IOException {
        String url = Databases.migrated();
        Path log = folder.resolve("arrivals");
        List<Child> nodes = new ArrayList<>();
        try (Child server = Child.start(ArrivalServer.class, folder, log)) {
            String port = server.line().replace("READY ", "");
            for (int node = 0; node < LimitedNode.NODES; node++) {
                nodes.add(Child.start(LimitedNode.class, folder, node, url, port));
            }
            for (Child node : nodes) {
                assertThat(node.line()).isEqualTo("READY");
            }
            server.tell("begin");
            for (Child node : nodes) {
                node.tell("");
            }
            pause(SECONDS);
            server.tell("kill");
            nodes.get(0).process().destroyForcibly();
            pause(6);
            server.tell("end");
            nodes.forEach(Child::close);
            server.process().getOutputStream().close();
            assertThat(server.line()).isEqualTo("WRITTEN");
        } finally {
            nodes.forEach(Child::close);
        }
        judge(Files.readAllLines(log));
    }

    private static void judge(List<String> lines) {
        long begin = at(lines, "begin");
        long kill = at(lines, "kill");
        long end = at(lines, "end");
        Audit audit = Audit.of(lines.stream()
                .filter(line -> line.contains(" node-"))
                .mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf(' '))))
                .toArray());
        // The first second starts a JVM's classes; it has no part in the mean, but in what mustn't be exceeded.
        double mean = (double) audit.between(begin + SECOND, kill) * SECOND / (kill - begin - SECOND);
        double after = (double) audit.between(kill, end) * SECOND / (end - kill);
        long fewest = Long.MAX_VALUE;
        for (long from = kill; from + SECOND <= end; from += SECOND / 20) {
            fewest = Math.min(fewest, audit.between(from, from + SECOND));
        }
        System.out.printf(
                Locale.ROOT,
                "limiter: %d processes, %d a second with burst %d, %d s: %d messages, at most %d in a second (allowed"
                        + " %d), mean %.1f; after one was killed mean %.1f, at least %d in a second%n",
                LimitedNode.NODES,
                LimitedNode.RATE,
                LimitedNode.BURST,
                SECONDS,
                audit.between(begin, kill),
                audit.most(SECOND),
                LimitedNode.RATE + LimitedNode.BURST,
                mean,
                after,
                fewest);
        for (int node = 0; node < LimitedNode.NODES; node++) {
            String name = " node-" + node;
            System.out.printf(
                    Locale.ROOT,
                    "limiter:%s sent %d%n",
                    name,
                    lines.stream().filter(line -> line.endsWith(name)).count());
        }
        assertThat(audit.most(SECOND)).isLessThanOrEqualTo(LimitedNode.RATE + LimitedNode.BURST);
        assertThat(mean).isGreaterThanOrEqualTo(0.95 * LimitedNode.RATE);
        assertThat(after).isGreaterThanOrEqualTo(0.9 * LimitedNode.RATE);
    }

    private static long at(List<String> lines, String mark) {
        return lines.stream()
                .filter(line -> line.endsWith(" " + mark))
                .mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    /** Decisions and the database's transactions a second, of eight threads on one key. */
    private static void cost(HikariDataSource pool, String what, Callable<Boolean> take) {
        String commits = "select pg_stat_clear_snapshot() is null, xact_commit from pg_stat_database"
                + " where datname = current_database()";
        AtomicLong decisions = new AtomicLong();
        long before = Databases.number(pool, "select xact_commit from (" + commits + ") c");
        long begin = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                try {
                    while (System.nanoTime() - begin < 2 * SECOND) {
                        take.call();
                        decisions.incrementAndGet();
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        double seconds = (double) (System.nanoTime() - begin) / SECOND;
        pause(1); // the server counts with a delay
        long after = Databases.number(pool, "select xact_commit from (" + commits + ") c");
        System.out.printf(
                Locale.ROOT,
                "hot key, 8 threads: %-44s %,12.0f decisions a second, %8.4f transactions each%n",
                what,
                decisions.get() / seconds,
                (double) (after - before) / decisions.get());
    }

    @Test
    void aHotKeyCostsNextToNothingInSlices() {
        TenantId tenant = TenantId.DEFAULT;
        Limit limit = new Limit(100_000, Duration.ofSeconds(1), 50_000);
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 8)) {
            JdbcStore store = JdbcStore.of(pool);
            Databases.run(pool, "create table bucket (id varchar(300) primary key, state bytea)");
            BucketConfiguration bucket = BucketConfiguration.builder()
                    .addLimit(each -> each.capacity(50_000).refillGreedy(100_000, Duration.ofSeconds(1)))
                    .build();
            BucketProxy proxy = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(pool)
                    .primaryKeyMapper(PrimaryKeyMapper.STRING)
                    .build()
                    .getProxy("hot", () -> bucket);
            cost(pool, "Bucket4j on PostgreSQL, each decision", () -> proxy.tryConsume(1));
            cost(
                    pool,
                    "JdbcStore.limits(), callers share commits",
                    () -> store.limits()
                            .take(tenant, "hot", List.of(limit), 1, Instant.now())
                            .isZero());
            PostgresSlices slices = new PostgresSlices(pool, TimeSource.system());
            Rate rate = Rate.of(limit, Duration.ofMillis(250), 4);
            cost(
                    pool,
                    "one update, each decision",
                    () -> slices.take(tenant, "one", rate, 1).count() > 0);
            try (ClusterLimits limits =
                    ClusterLimits.builder(pool, store).expectedNodes(4).build()) {
                cost(
                        pool,
                        "slices of 250 ms",
                        () -> limits.take(tenant, "hot", List.of(limit), 1, Instant.now())
                                .isZero());
            }
        }
    }
}
