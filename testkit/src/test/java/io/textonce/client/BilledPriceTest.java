package io.textonce.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.PhoneNumber;
import io.textonce.RateCard;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.spi.StatusLookup.Found;
import io.textonce.store.EventJournal.Applied;
import io.textonce.store.EventJournal.Effect;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.MessageRecord;
import io.textonce.testkit.FakeProvider;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cost is estimated when a message is sent, and billed when the provider says so, by report or by lookup. */
class BilledPriceTest {

    private final InMemoryStore store = new InMemoryStore();

    @Test
    void aLookupBringsThePriceAndTheEstimateStays() {
        try (SmsClient sms = SmsClient.builder()
                .provider(FakeProvider.named("first"))
                .rates(RateCard.in("USD").rate("+61", "0.05").build())
                .messages(store)
                .suppressions(store)
                .build()) {
            SendResult.Accepted accepted = sms.send(SmsMessage.to(PhoneNumber.of("+61491570156"))
                            .text("Hello")
                            .build())
                    .orThrow();
            assertThat(row(accepted).estimated()).contains(Money.of("0.05", "USD"));
            assertThat(row(accepted).billed()).isEmpty();
            Found found = new Found(
                    accepted.providerMessageId().orElseThrow(), DeliveryStatus.DELIVERED, 2, Money.of("0.1030", "USD"));
            Origin origin = new Origin(TenantId.DEFAULT, "first", "lookup", Instant.parse("2026-03-01T10:00:00Z"));
            DeliveryReport report = found.report(origin, accepted.messageId());
            assertThat(apply(report)).isEqualTo(Effect.MATCHED);
            assertThat(apply(found.report(origin, accepted.messageId()))).isEqualTo(Effect.DUPLICATE);
            MessageRecord row = row(accepted);
            assertThat(row.billed()).contains(Money.of("0.1030", "USD"));
            assertThat(row.estimated()).contains(Money.of("0.05", "USD"));
            assertThat(row.segments()).hasValue(2);
            assertThat(row.status()).contains(DeliveryStatus.DELIVERED);
        }
    }

    private MessageRecord row(SendResult result) {
        return store.find(TenantId.DEFAULT, result.messageId()).orElseThrow();
    }

    private Effect apply(DeliveryReport report) {
        List<Applied> applied = store.apply(TenantId.DEFAULT, List.of(new Entry(report, null)));
        return applied.get(0).effect();
    }
}
