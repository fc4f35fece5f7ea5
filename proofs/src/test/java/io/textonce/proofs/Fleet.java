package io.textonce.proofs;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import io.textonce.MessageId;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.webhook.WebhookReceiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * What a proof runs on: PostgreSQL, the gateway's process, worker processes, and the host that enqueues and takes webhooks,
 * which is this process. Closing it ends all processes by their ids.
 */
final class Fleet implements AutoCloseable {

    /** Bounds every wait; a run that gets there has failed. */
    private static final int PATIENCE_SECONDS = Report.either(120, 1_200);

    private static final List<String> SMALL = List.of("-Xmx96m", "-XX:TieredStopAtLevel=1");

    final PostgresServer postgres;
    final HikariDataSource database;
    final JdbcStore store;
    final SmsClient client;
    final SmsOutbox outbox;
    final Child gateway;
    final int gatewayPort;
    final List<Child> workers = new ArrayList<>();

    private final Path folder;
    private final String workerUrl;
    private final HttpServer hooks;

    private Fleet(Builder b) {
        this.folder = Report.FOLDER.resolve(b.name);
        Path receipts = receipts();
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(receipts);
            this.hooks = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.postgres = b.postgres;
        postgres.create(b.name);
        this.database = Worker.pool(postgres.url(b.name), 12);
        JdbcStore.migrate(database);
        this.store = JdbcStore.of(database);
        this.workerUrl = postgres.url(b.name, b.databasePort == 0 ? postgres.port() : b.databasePort);
        this.gateway = Child.start(
                Gateway.class,
                folder.resolve("gateway.err"),
                List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
                receipts,
                b.latencyMillis,
                b.faulty);
        this.gatewayPort = Integer.parseInt(gateway.await("READY"));
        this.client = Worker.client(store, gatewayPort, callback(), Worker.ATTEMPT_TIMEOUT);
        this.outbox = SmsOutbox.builder(client, store).lease(Worker.LEASE).build();
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .suppressions(store)
                .publicBaseUrl("http://127.0.0.1:" + hooks.getAddress().getPort())
                .endpoint("gateway", TenantId.DEFAULT, GatewayClient.on(gatewayPort, callback()))
                .build();
        hooks.setExecutor(Executors.newCachedThreadPool());
        hooks.createContext("/", exchange -> receive(receiver, exchange));
        hooks.start();
    }

    static final class Builder {
        private final String name;
        private final PostgresServer postgres;
        private long latencyMillis = 10;
        private boolean faulty;
        private int databasePort;

        private Builder(String name, PostgresServer postgres) {
            this.name = name.toLowerCase(Locale.ROOT);
            this.postgres = postgres;
        }

        Builder latencyMillis(long value) {
            this.latencyMillis = value;
            return this;
        }

        /** Follow the script of {@link Gateway} instead of accepting everything. */
        Builder faulty() {
            this.faulty = true;
            return this;
        }

        /** Workers reach the database through this port. */
        Builder throughPort(int port) {
            this.databasePort = port;
            return this;
        }

        Fleet start() {
            return new Fleet(this);
        }
    }

    static Builder on(PostgresServer postgres, String name) {
        return new Builder(name, postgres);
    }

    Path receipts() {
        return folder.resolve("receipts.log");
    }

    URI callback() {
        return URI.create("http://127.0.0.1:" + hooks.getAddress().getPort() + "/hooks/gateway");
    }

    private static void receive(WebhookReceiver receiver, HttpExchange exchange) throws IOException {
        try (exchange) {
            WebhookReply reply = receiver.receive(
                    "gateway",
                    WebhookRequest.builder(
                                    exchange.getRequestMethod(),
                                    exchange.getRequestURI().toString())
                            .headers(exchange.getRequestHeaders())
                            .body(exchange.getRequestBody().readAllBytes())
                            .build());
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    // ---- workers

    Child startWorker(Worker.Options options) {
        Child worker = Child.start(
                Worker.class,
                folder.resolve("workers.err"),
                SMALL,
                workerUrl,
                gatewayPort,
                callback(),
                options.toString().isEmpty() ? "usual" : options);
        workers.add(worker);
        return worker;
    }

    void startWorkers(int count, Worker.Options options) {
        List<Child> started =
                IntStream.range(0, count).mapToObj(i -> startWorker(options)).toList();
        started.forEach(each -> each.await("READY"));
    }

    void kill(Child worker) {
        workers.remove(worker);
        worker.kill();
    }

    /** Ends them as a host does that shuts down. */
    void closeWorkers() {
        workers.forEach(each -> each.say("close"));
        workers.forEach(each -> each.await("CLOSED"));
        workers.forEach(Child::kill);
        workers.clear();
    }

    // ---- the host

    static SmsMessage message(int i) {
        return SmsMessage.to(number(i)).text("See you at 10:30, no. " + i).build();
    }

    /** A hundred fictitious numbers. */
    static String number(int i) {
        return String.format(Locale.ROOT, "+120255501%02d", i % 100);
    }

    List<MessageId> enqueue(List<SmsMessage> messages) {
        List<MessageId> ids = new ArrayList<>();
        for (int from = 0; from < messages.size(); from += 1_000) {
            outbox.enqueueAll(messages.subList(from, Math.min(messages.size(), from + 1_000)))
                    .forEach(receipt -> ids.add(receipt.orThrow().messageId()));
        }
        return ids;
    }

    void lookups(boolean on) {
        gateway.say(on ? "lookups on" : "lookups off");
        gateway.await("OK");
    }

    /** Makes what waits for its next lookup due now, as an operator would after an outage. */
    void lookAtDoubtsNow() {
        run("update textonce_message set rev = rev + 1, lookup_at = now() where state = 'UNKNOWN'");
    }

    /** Has the gateway report about every n-th message that exists; answers how many reports were taken. */
    int report(int every) {
        try {
            HttpURLConnection call =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + gatewayPort + "/tell?every=" + every)
                            .toURL()
                            .openConnection();
            return Integer.parseInt(new String(call.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- looking

    /** Completely received requests so far: the progress that no clock blurs. */
    long received() {
        try {
            return Files.exists(receipts())
                    ? Files.readAllBytes(receipts()).length == 0
                            ? 0
                            : Files.lines(receipts()).count()
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until others have taken over whatever a frozen worker had. */
    void awaitTakenFrom(Child worker) {
        await(
                "nothing of worker " + worker.pid(),
                () -> count("state in ('CLAIMED', 'SENDING') and lease_owner like 'p" + worker.pid() + "-%'") == 0);
    }

    void awaitReceived(long wanted) {
        await(wanted + " receipts", () -> received() >= wanted);
    }

    /** Until nothing is on its way; what waits for a later try is on its way. */
    void awaitQuiet() {
        await("nothing on its way", () -> onItsWay() == 0);
    }

    long onItsWay() {
        return count("state in ('PENDING', 'CLAIMED', 'SENDING')");
    }

    void await(String what, BooleanSupplier reached) {
        long start = System.nanoTime();
        long told = start;
        while (!reached.getAsBoolean()) {
            long now = System.nanoTime();
            if (now - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                throw new AssertionError(what + ": not reached within " + PATIENCE_SECONDS + " s");
            }
            if (now - told > TimeUnit.SECONDS.toNanos(10)) {
                told = now;
                Report.progress("waiting for %s: %d receipts, states %s", what, received(), states());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private String states() {
        try {
            return value(
                    "select string_agg(state || ' ' || n, ', ') from (select state, count(*) n from textonce_message"
                            + " group by state order by state) s");
        } catch (IllegalStateException down) {
            return "unknown, the database is down";
        }
    }

    long count(String condition) {
        return Long.parseLong(value("select count(*) from textonce_message where " + condition));
    }

    String value(String query) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    void run(String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() {
        workers.forEach(Child::kill);
        gateway.kill();
        hooks.stop(0);
        outbox.close();
        client.close();
        database.close();
    }
}
