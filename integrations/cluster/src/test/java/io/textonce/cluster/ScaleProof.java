package io.textonce.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.outbox.SmsOutbox.Duty;
import io.textonce.sandbox.SandboxProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** How dispatching grows with nodes and with tenants, and what a message costs the database: the figures of docs/scale.md. */
class ScaleProof {

    private static final int MESSAGES = Integer.getInteger("proof.messages", 6_000);
    private static final int BATCH = 1_000;

    @Test
    void dispatchingWithMoreNodesAndMoreTenants() {
        for (int[] each : new int[][] {{1, 1}, {2, 1}, {4, 1}, {1, 8}, {2, 8}, {4, 8}}) {
            run(each[0], each[1]);
        }
    }

    private static void run(int nodes, int tenants) {
        String url = Databases.migrated();
        List<HikariDataSource> pools = new ArrayList<>();
        List<SmsOutbox> outboxes = new ArrayList<>();
        List<SmsClient> clients = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            HikariDataSource pool = Databases.pool(url, 6);
            JdbcStore store = JdbcStore.of(pool);
            SmsClient client = SmsClient.builder()
                    .provider(SandboxProvider.builder().build())
                    .messages(store)
                    .build();
            pools.add(pool);
            clients.add(client);
            outboxes.add(SmsOutbox.builder(client, store).inFlight(64).build());
        }
        long begun = System.nanoTime();
        for (int from = 0; from < MESSAGES; from += BATCH) {
            List<SmsMessage> batch = new ArrayList<>();
            for (int i = from; i < from + BATCH; i++) {
                batch.add(SmsMessage.to(PhoneNumber.of("+12025550123"))
                        .tenant(TenantId.of("tenant-" + from / BATCH % tenants))
                        .text("Your parcel comes today.")
                        .build());
            }
            outboxes.get(from / BATCH % nodes).enqueueAll(batch);
        }
        double enqueued = MESSAGES * 1e9 / (System.nanoTime() - begun);
        HikariDataSource pool = pools.get(0);
        Databases.run(pool, "vacuum analyze"); // as a table that has been in use: the planner knows its size
        long log = Databases.number(pool, "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn");
        long ids = Databases.number(pool, "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
        long from = System.nanoTime();
        outboxes.forEach(outbox -> outbox.start(Set.of(Duty.DISPATCH)));
        long until = from + Duration.ofMinutes(2).toNanos();
        String left = "select count(*) from textonce_message where due_at is not null or lookup_at is not null";
        while (Databases.number(pool, left) > 0) {
            assertThat(System.nanoTime()).as("all sent in two minutes").isLessThan(until);
            LockSupport.parkNanos(20_000_000);
        }
        double sent = MESSAGES * 1e9 / (System.nanoTime() - from);
        outboxes.forEach(SmsOutbox::close);
        double bytes = (double) (Databases.number(pool, "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn") - log)
                / MESSAGES;
        double writes =
                (double) (Databases.number(pool, "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint") - ids)
                        / MESSAGES;
        System.out.printf(
                Locale.ROOT,
                "scale: %d nodes, %d tenants: enqueued %,.0f a second, dispatched %,.0f a second; %.4f write"
                        + " transactions and %,.0f bytes of log a message%n",
                nodes,
                tenants,
                enqueued,
                sent,
                writes,
                bytes);
        clients.forEach(SmsClient::close);
        pools.forEach(HikariDataSource::close);
    }
}
