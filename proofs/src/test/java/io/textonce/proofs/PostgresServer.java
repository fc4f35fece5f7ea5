package io.textonce.proofs;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A PostgreSQL whose postmaster can be killed and started again on the same data and port. */
final class PostgresServer implements AutoCloseable {

    /** One for all proofs that don't kill it; it ends with this process. */
    private static final class Shared {
        static final PostgresServer SERVER = new PostgresServer(false);
    }

    private final Path data;
    private final int port;
    private final boolean durable;
    private EmbeddedPostgres server;

    /** Durable: with fsync. */
    PostgresServer(boolean durable) {
        this.durable = durable;
        try {
            Files.createDirectories(Report.FOLDER);
            this.data = Files.createTempDirectory(Report.FOLDER, "postgres-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.server = start();
    }

    static PostgresServer shared() {
        return Shared.SERVER;
    }

    private EmbeddedPostgres start() {
        try {
            Files.deleteIfExists(data.resolve("epg-lock"));
            return EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(!durable)
                    .setPort(port)
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("fsync", durable ? "on" : "off")
                    .setServerConfig("max_connections", "200")
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL doesn't start", e);
        }
    }

    /** A database of its own, without tables. */
    void create(String name) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    String url(String name, int atPort) {
        return "jdbc:postgresql://localhost:" + atPort + "/" + name + "?user=postgres&logServerErrorDetail=false";
    }

    String url(String name) {
        return url(name, port);
    }

    int port() {
        return port;
    }

    private ProcessHandle postmaster() {
        try {
            String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
            return ProcessHandle.of(Long.parseLong(pid.trim())).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What those of its processes that still run have used of all cores. */
    Duration cpu() {
        return postmaster()
                .children()
                .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** SIGKILL to the postmaster; what served connections notices and ends. */
    void kill() {
        ProcessHandle postmaster = postmaster();
        List<ProcessHandle> all =
                Stream.concat(Stream.of(postmaster), postmaster.children()).toList();
        postmaster.destroyForcibly();
        try {
            // A server that still has its shared memory would refuse to start.
            for (ProcessHandle each : all) {
                each.onExit().get(30, TimeUnit.SECONDS);
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("PostgreSQL doesn't die", e);
        }
    }

    void restart() {
        try {
            server.close();
        } catch (IOException | RuntimeException e) {
            System.out.println("  the killed PostgreSQL: " + e.getMessage());
        }
        server = start();
    }

    @Override
    public void close() {
        try {
            server.close();
            try (Stream<Path> files = Files.walk(data)) {
                for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
