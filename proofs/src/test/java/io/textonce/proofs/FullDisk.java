package io.textonce.proofs;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.MessageId;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.jdbc.JdbcStoreException;
import io.textonce.outbox.SmsOutbox;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRow;
import io.textonce.testkit.FakeProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A host with an H2 file on a disk that fills up while it enqueues; then there is room again, and it is restarted. */
final class FullDisk {

    private FullDisk() {}

    /** A folder on a small disk of its own. */
    public static void main(String[] args) throws IOException {
        Logger.getLogger("com.zaxxer.hikari").setLevel(Level.OFF);
        Logger.getLogger("io.textonce").setLevel(Level.OFF);
        Path disk = Path.of(args[0]);
        Path ballast = disk.resolve("ballast");
        String url = "jdbc:h2:file:" + disk.resolve("messages");
        List<MessageId> acknowledged = new ArrayList<>();
        try (OutputStream rest = Files.newOutputStream(ballast)) {
            rest.write(new byte[2 << 20]);
        }
        try (HikariDataSource pool = Worker.pool(url, 4)) {
            JdbcStore.migrate(pool);
            System.out.println("PROBLEM " + fill(JdbcStore.of(pool), acknowledged));
        } catch (RuntimeException e) {
            System.out.println("CLOSING " + e);
        }
        Files.delete(ballast);
        try (HikariDataSource pool = Worker.pool(url, 4)) {
            JdbcStore store = JdbcStore.of(pool);
            long missing = acknowledged.stream()
                    .filter(id -> store.row(TenantId.DEFAULT, id)
                            .filter(row -> row.state() == MessageState.PENDING)
                            .isEmpty())
                    .count();
            int claimed = 0;
            List<OutboxRow> rows = store.claim("somebody", 1_000, Duration.ofMinutes(1));
            while (!rows.isEmpty()) {
                claimed += rows.size();
                rows = store.claim("somebody", 1_000, Duration.ofMinutes(1));
            }
            System.out.printf("RESULT acknowledged=%d missing=%d claimed=%d%n", acknowledged.size(), missing, claimed);
        }
    }

    private static String fill(JdbcStore store, List<MessageId> acknowledged) {
        try (FakeProvider provider = FakeProvider.named("nobody");
                SmsClient client = SmsClient.builder().provider(provider).build();
                SmsOutbox outbox = SmsOutbox.builder(client, store).build()) {
            for (int i = 0; i < 1_000_000; i++) {
                acknowledged.add(outbox.enqueue(SmsMessage.to(Fleet.number(i))
                                .text("x".repeat(1_000))
                                .build())
                        .orThrow()
                        .messageId());
            }
            return "NONE";
        } catch (SmsStoreException e) {
            return e.getCause() instanceof JdbcStoreException cause
                    ? cause.problem() + ": " + cause.getMessage()
                    : e.toString();
        }
    }
}
