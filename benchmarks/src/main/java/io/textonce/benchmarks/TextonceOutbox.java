package io.textonce.benchmarks;

import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.memory.InMemoryStore;
import io.textonce.outbox.SmsOutbox;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** The whole outbox with a client: numbers checked, segments counted, written ahead. Opt-outs are kept in memory. */
final class TextonceOutbox implements OutboxContender {
    private static final int MESSAGES = 8_000;

    private final JdbcStore store;
    private final int workers;
    private final SmsClient client;
    private final SmsOutbox intake;
    private int next;

    TextonceOutbox(DataSource database, int workers) {
        this.store = JdbcStore.of(database);
        this.workers = workers;
        this.client = SmsClient.builder()
                .provider(new InstantProvider())
                .defaultRegion("US")
                .messages(store)
                .suppressions(InMemoryStore.builder().build())
                .build();
        this.intake = outbox();
    }

    private SmsOutbox outbox() {
        return SmsOutbox.builder(client, store)
                .workers(workers)
                .inFlight(OutboxBenches.IN_FLIGHT)
                .build();
    }

    @Override
    public String name() {
        return "Textonce";
    }

    @Override
    public int messages() {
        return MESSAGES;
    }

    @Override
    public void enqueue() {
        for (int done = 0; done < MESSAGES; done += OutboxBenches.BATCH) {
            List<SmsMessage> batch = new ArrayList<>(OutboxBenches.BATCH);
            for (int i = 0; i < OutboxBenches.BATCH; i++) {
                batch.add(SmsMessage.to(Samples.distinct(next++))
                        .text(Samples.TEXT)
                        .build());
            }
            intake.enqueueAll(batch);
        }
    }

    @Override
    public long dispatch() {
        long start = System.nanoTime();
        try (SmsOutbox outbox = outbox()) {
            outbox.start();
            while (outbox.stats().accepted() < MESSAGES) {
                LockSupport.parkNanos(200_000);
            }
            return System.nanoTime() - start;
        }
    }

    @Override
    public void close() {
        intake.close();
        client.close();
    }
}
