package io.textonce.jdbc;

import io.textonce.MessageId;
import io.textonce.SmsMessage;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRepository.Completion;
import io.textonce.store.OutboxRepository.Finished;
import io.textonce.store.OutboxRepository.RowKey;
import io.textonce.store.OutboxRepository.Start;
import io.textonce.store.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The messages of {@link Load} on their way through the outbox. */
final class OutboxLoad {

    static final Duration LEASE = Duration.ofMinutes(10);
    static final String OWNER = "outbox-0123456789abc";

    private OutboxLoad() {}

    static OutboxRow row(int i, Instant due) {
        MessageRecord record =
                Load.row(i).toBuilder().state(MessageState.PENDING).build();
        SmsMessage content = SmsMessage.to(record.to())
                .tenant(Load.TENANT)
                .text(record.text())
                .build();
        return OutboxRow.builder(record, content, due).build();
    }

    static void enqueue(OutboxRepository outbox, int first, int count) {
        int batch = 1_000;
        for (int from = first; from < first + count; from += batch) {
            List<OutboxRow> rows = IntStream.range(from, Math.min(first + count, from + batch))
                    .mapToObj(i -> row(i, Load.NOW.plusMillis(i)))
                    .toList();
            Set<MessageId> taken = outbox.enqueue(Load.TENANT, rows);
            if (!taken.isEmpty()) {
                throw new AssertionError("ids are taken: " + taken);
            }
        }
    }

    static List<Start> starts(List<OutboxRow> rows) {
        return rows.stream()
                .map(row -> new Start(row.key(), row.attempt(), Load.PROVIDER))
                .toList();
    }

    static List<Completion> accepted(List<OutboxRow> rows) {
        return rows.stream()
                .map(row -> new Completion(
                        row.key(),
                        OWNER,
                        row.attempt(),
                        new Finished(Load.accepted(Integer.parseInt(row.id().value())), OutboxRow.NEVER, false)))
                .toList();
    }

    /** As a worker of the outbox does: claims, and begins and records in groups. Answers how many it sent. */
    static int work(OutboxRepository outbox, int inFlight) {
        int sent = 0;
        for (List<OutboxRow> rows = outbox.claim(OWNER, 4 * inFlight, LEASE);
                !rows.isEmpty();
                rows = outbox.claim(OWNER, 4 * inFlight, LEASE)) {
            for (int from = 0; from < rows.size(); from += inFlight) {
                List<OutboxRow> group = rows.subList(from, Math.min(rows.size(), from + inFlight));
                Set<RowKey> begun = outbox.begin(OWNER, starts(group), LEASE);
                List<OutboxRow> moved = new ArrayList<>(group);
                moved.removeIf(row -> !begun.contains(row.key()));
                sent += outbox.complete(accepted(moved)).size();
            }
        }
        return sent;
    }
}
