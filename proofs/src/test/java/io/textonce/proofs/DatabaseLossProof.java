package io.textonce.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.MessageId;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** PostgreSQL is killed while a host enqueues and workers send; or its word that it has committed gets lost. */
class DatabaseLossProof {

    private static final int WORKERS = 3;
    private static final int HOST_THREADS = 4;
    private static final int KILLS = Report.either(3, 10);

    /** What a host does: it repeats with the same key until it has an answer. */
    private static final class Host implements AutoCloseable {
        final Collection<MessageId> acknowledged = new ConcurrentLinkedQueue<>();
        final AtomicInteger failures = new AtomicInteger();
        private final AtomicInteger next = new AtomicInteger();
        private final ExecutorService threads = Executors.newFixedThreadPool(HOST_THREADS);
        private final List<Future<?>> running = new ArrayList<>();

        Host(SmsOutbox outbox, int messages) {
            for (int thread = 0; thread < HOST_THREADS; thread++) {
                running.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < messages; i = next.getAndIncrement()) {
                        acknowledged.add(enqueue(outbox, i));
                    }
                }));
            }
        }

        private MessageId enqueue(SmsOutbox outbox, int i) {
            SmsMessage message = SmsMessage.to(Fleet.number(i))
                    .text("See you, no. " + i)
                    .idempotencyKey("order-" + i)
                    .build();
            while (true) {
                try {
                    return outbox.enqueue(message).orThrow().messageId();
                } catch (SmsStoreException e) {
                    failures.incrementAndGet();
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
            }
        }

        void await() {
            try {
                for (Future<?> each : running) {
                    each.get(600, TimeUnit.SECONDS);
                }
            } catch (Exception e) {
                throw new AssertionError("the host couldn't enqueue", e);
            }
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }

    @Test
    void aKilledPostgresLosesNothingThatWasAcknowledgedAndNothingIsSentTwice() {
        int messages = Report.either(2_000, 30_000);
        List<String> resumed = new ArrayList<>();
        double slowest = 0;
        try (PostgresServer postgres = new PostgresServer(true);
                Fleet fleet = Fleet.on(postgres, "outage").start()) {
            fleet.startWorkers(WORKERS, new Worker.Options());
            try (Host host = new Host(fleet.outbox, messages)) {
                for (int kill = 1; kill <= KILLS; kill++) {
                    fleet.awaitReceived((long) kill * messages / (KILLS + 2));
                    postgres.kill();
                    postgres.restart();
                    long back = System.nanoTime();
                    long before = fleet.received();
                    fleet.await("receipts after the outage", () -> fleet.received() > before);
                    double seconds = (System.nanoTime() - back) / 1e9;
                    slowest = Math.max(slowest, seconds);
                    resumed.add(String.format(Locale.ROOT, "%.1f s", seconds));
                    Report.progress(
                            "PostgreSQL killed %d of %d times, sending again after %.1f s", kill, KILLS, seconds);
                }
                host.await();
                fleet.awaitQuiet();
                fleet.closeWorkers();
                Toll toll = Toll.of(fleet, host.acknowledged).assertNothingLostAndNothingTwice();
                assertThat(fleet.count("true"))
                        .as("rows, each acknowledged once")
                        .isEqualTo(messages);
                Report.row(
                        "PostgreSQL killed",
                        "%d workers, %d kills, %s; all acknowledged messages are there; the host met %d failures;"
                                + " sending again after %s (goal: 5 s)",
                        WORKERS,
                        KILLS,
                        toll,
                        host.failures.get(),
                        resumed);
                // A busy machine blurs the goal; a worker that doesn't come back by itself is far beyond this.
                assertThat(slowest).isLessThan(30);
            }
        }
    }

    @Test
    void aCommitWhoseConfirmationIsLostIsNeitherLostNorDoubled() {
        int messages = Report.either(1_000, 15_000);
        PostgresServer postgres = PostgresServer.shared();
        try (LosingProxy proxy = new LosingProxy(postgres.port(), 25, Report.SEED);
                Fleet fleet = Fleet.on(postgres, "lost_commits")
                        .throughPort(proxy.port())
                        .start();
                HikariDataSource pool = Worker.pool(postgres.url("lost_commits", proxy.port()), HOST_THREADS)) {
            JdbcStore store = JdbcStore.of(pool);
            fleet.startWorkers(WORKERS, new Worker.Options());
            try (SmsClient client = Worker.client(store, fleet.gatewayPort, fleet.callback(), Worker.ATTEMPT_TIMEOUT);
                    SmsOutbox outbox =
                            SmsOutbox.builder(client, store).lease(Worker.LEASE).build();
                    Host host = new Host(outbox, messages)) {
                host.await();
                fleet.awaitQuiet();
                fleet.closeWorkers();
                Toll toll = Toll.of(fleet, host.acknowledged).assertNothingLostAndNothingTwice();
                assertThat(fleet.count("true"))
                        .as("rows, each acknowledged once")
                        .isEqualTo(messages);
                assertThat(proxy.lost()).isPositive();
                Report.row(
                        "confirmations of commits lost",
                        "%d workers, %d lost, %s; each of the host's %,d keys stands for one message; it met %d failures",
                        WORKERS,
                        proxy.lost(),
                        toll,
                        messages,
                        host.failures.get());
            }
        }
    }
}
