package io.textonce.checks.snippets;

import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.Change;
import io.textonce.outbox.EnqueueReceipt;
import io.textonce.outbox.OnUnknown;
import io.textonce.outbox.SmsOutbox;
import io.textonce.store.OutboxRepository;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The Java of docs/outbox.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class OutboxSnippets {

    private OutboxSnippets() {}

    static MessageId enqueue(SmsClient sms, OutboxRepository store, SmsMessage reminder, Instant appointment) {
        SmsOutbox outbox = SmsOutbox.builder(sms, store).build();
        outbox.start();

        EnqueueReceipt receipt = outbox.enqueue(reminder, appointment.minus(Duration.ofDays(1)));
        MessageId id = receipt.orThrow().messageId();
        return id;
    }

    static void pump(SmsOutbox outbox, ScheduledExecutorService scheduler) {
        scheduler.scheduleWithFixedDelay(outbox::pump, 0, 1, TimeUnit.SECONDS);
    }

    static String await(SmsOutbox outbox, JdbcStore store, Connection connection, SmsMessage message)
            throws SQLException, InterruptedException {
        connection.setAutoCommit(false);
        MessageId id =
                outbox.in(store.in(connection)).enqueue(message).orThrow().messageId();
        connection.commit();

        Optional<SendResult> result = outbox.await(TenantId.DEFAULT, id, Duration.ofSeconds(5));
        String answer = result.map(Object::toString).orElse("it isn't sent yet, but will be");
        return answer;
    }

    static void change(SmsOutbox outbox, MessageId id) {
        Change change = outbox.cancel(TenantId.DEFAULT, id);
        if (change.answer() == Change.Answer.TOO_LATE) {
            System.out.println("it is " + change.state().orElseThrow());
        }
        outbox.cancelByReference(TenantId.DEFAULT, "appt-42");
        outbox.hold(TenantId.DEFAULT, id);
        outbox.release(TenantId.DEFAULT, id);
    }

    static SmsOutbox doubts(SmsClient sms, OutboxRepository store) {
        SmsOutbox outbox = SmsOutbox.builder(sms, store)
                .onUnknown(Category.MARKETING, OnUnknown.RECONCILE)
                .lookups(Duration.ofMinutes(1), Duration.ofDays(3))
                .build();
        return outbox;
    }
}
