package io.textonce.testkit;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.MessageRecord;
import io.textonce.store.Suppression;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the contracts of the stores write: fictitious numbers, two tenants, two providers. */
final class Samples {

    static final TenantId TENANT = TenantId.of("clinic");
    static final TenantId OTHER_TENANT = TenantId.of("school");
    static final PhoneNumber ANN = PhoneNumber.of("+61491570156");
    static final PhoneNumber BOB = PhoneNumber.of("+61491570157");
    static final SenderId OURS = SenderId.of("+61491570006");
    static final SenderId OTHER_OF_OURS = SenderId.of("ClinicSMS");
    static final String PROVIDER = "alpha";
    static final String OTHER_PROVIDER = "beta";
    /** Whole milliseconds, which every database keeps. */
    static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");

    private Samples() {}

    static Instant at(long seconds) {
        return NOW.plusSeconds(seconds);
    }

    static MessageRecord row(MessageId id) {
        return row(TENANT, id, ANN, NOW);
    }

    static MessageRecord row(TenantId tenant, MessageId id, PhoneNumber to, Instant created) {
        return MessageRecord.sending(id, tenant, created)
                .to(to)
                .text("See you at 10:30")
                .build();
    }

    /** A row with something in every column that the client fills before the submit. */
    static MessageRecord fullRow(MessageId id) {
        return MessageRecord.sending(id, TENANT, NOW)
                .to(BOB)
                .from(OTHER_OF_OURS)
                .text("Grüße, 你好 \uD83D\uDE00")
                .category(Category.MARKETING)
                .templateId("reminder")
                .reference("appt-42")
                .labels(List.of(new Label("user", "456"), new Label("role", "admin")))
                .segments(2)
                .cost(Money.of("0.08", "AUD"), null)
                .build();
    }

    static SendResult accepted(MessageId id, @Nullable String providerMessageId) {
        return new SendResult.Accepted(details(id, Outcome.ACCEPTED), PROVIDER, providerMessageId, -1, null);
    }

    static SendResult unknown(MessageId id) {
        return new SendResult.Unknown(
                details(id, Outcome.UNKNOWN),
                PROVIDER,
                Set.of(Settlement.DELIVERY_REPORT),
                "the answer was lost",
                null);
    }

    static SendResult rejected(MessageId id) {
        return new SendResult.Rejected(
                details(id, Outcome.REJECTED),
                Reason.SENDER,
                Proof.PROVIDER_REFUSED,
                "the sender isn't registered",
                PROVIDER,
                "21212",
                null);
    }

    private static SendResult.Details details(MessageId id, Outcome outcome) {
        Attempt attempt = Attempt.builder(1, PROVIDER, outcome)
                .at(NOW, Duration.ofMillis(120))
                .explanation("as scripted")
                .build();
        return SendResult.Details.of(id, ANN, List.of(attempt), null);
    }

    static Origin origin(TenantId tenant, String provider, Instant receivedAt) {
        return new Origin(tenant, provider, "hook", receivedAt);
    }

    static DeliveryReport.Builder report(String eventId, DeliveryStatus status) {
        return report(eventId, status, at(60));
    }

    static DeliveryReport.Builder report(String eventId, DeliveryStatus status, Instant receivedAt) {
        return DeliveryReport.builder(origin(TENANT, PROVIDER, receivedAt), eventId, status);
    }

    static InboundMessage inbound(TenantId tenant, String provider, String eventId, String text, Instant receivedAt) {
        return InboundMessage.builder(origin(tenant, provider, receivedAt), eventId, SenderId.of(ANN), OURS, text)
                .build();
    }

    static Entry plain(SmsEvent event) {
        return new Entry(event, null);
    }

    /** A message that opts Ann out. */
    static Entry stop(String eventId, Instant receivedAt) {
        return new Entry(
                inbound(TENANT, PROVIDER, eventId, "STOP", receivedAt),
                new Suppression(ANN, null, Suppression.Choice.OPT_OUT, receivedAt, "keyword"));
    }

    /** A message that opts Ann in. */
    static Entry start(String eventId, Instant receivedAt) {
        return new Entry(
                inbound(TENANT, PROVIDER, eventId, "START", receivedAt),
                new Suppression(ANN, null, Suppression.Choice.OPT_IN, receivedAt, "keyword"));
    }
}
