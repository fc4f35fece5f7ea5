package io.textonce.example.clinic.browser;

import io.textonce.InboundMessage;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.ContactDirectory;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.example.clinic.Clinic;
import io.textonce.jdbc.JdbcStore;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A conversation that went on for long, in both directions. */
final class Many {

    private static final TenantId CLINIC = TenantId.DEFAULT;

    private Many() {}

    static void messages(Clinic clinic, String patient, int count) {
        JdbcStore store = clinic.bean(JdbcStore.class);
        PhoneNumber number = clinic.bean(ContactDirectory.class)
                .byId(CLINIC, List.of(patient))
                .get(0)
                .lines()
                .get(0)
                .number();
        Instant first = Instant.now().minus(Duration.ofMinutes(10L * count + 60));
        List<EventJournal.Entry> inbound = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            Instant at = first.plus(Duration.ofMinutes(10L * i));
            String text = "Message " + i + " of " + count + ("; and more words, as people write them".repeat(i % 3));
            if (i % 2 == 0) {
                store.create(
                        CLINIC,
                        MessageRecord.sending(MessageId.next(), CLINIC, at)
                                .to(number)
                                .text(text)
                                .labels(List.of(new Label("user", "grace")))
                                .provider("sandbox", "many-" + i)
                                .state(MessageState.ACCEPTED)
                                .outcome(Outcome.ACCEPTED)
                                .updatedAt(at)
                                .build());
            } else {
                inbound.add(new EventJournal.Entry(
                        InboundMessage.builder(
                                        new Origin(CLINIC, "sandbox", "sandbox", at),
                                        "many-" + i,
                                        SenderId.of(number),
                                        SenderId.of(PhoneNumber.of("+61491570006")),
                                        text)
                                .build(),
                        null));
            }
        }
        // Whose an answer is, is told by what was sent before it.
        store.create(
                CLINIC,
                MessageRecord.sending(MessageId.next(), CLINIC, first.minusSeconds(60))
                        .to(number)
                        .text("Message 0 of " + count)
                        .labels(List.of(new Label("user", "grace")))
                        .provider("sandbox", "many-0")
                        .state(MessageState.ACCEPTED)
                        .outcome(Outcome.ACCEPTED)
                        .updatedAt(first)
                        .build());
        for (int i = 0; i < inbound.size(); i += 500) {
            store.apply(CLINIC, inbound.subList(i, Math.min(inbound.size(), i + 500)));
        }
        clinic.bean(Conversations.class).readAgain(CLINIC, first.minus(Duration.ofDays(1)));
    }
}
