package io.textonce.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.Settlement;
import io.textonce.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class MessageRecordTest {

    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
    private static final MessageId ID = MessageId.of("0000000000001");

    private static MessageRecord sending() {
        return MessageRecord.sending(ID, TenantId.DEFAULT, NOW)
                .to(PhoneNumber.of("+61491570156"))
                .text("Hello")
                .segments(1)
                .build();
    }

    private static DeliveryReport.Builder report(DeliveryStatus status, long second) {
        Origin origin = new Origin(TenantId.DEFAULT, "alpha", "hook", NOW.plusSeconds(second));
        return DeliveryReport.builder(origin, "e" + second, status).messageId(ID);
    }

    private static SendResult outcome(Random random) {
        SendResult.Details details = SendResult.Details.of(ID);
        return switch (random.nextInt(3)) {
            case 0 ->
                new SendResult.Accepted(
                        details, "alpha", random.nextBoolean() ? "p1" : null, random.nextInt(3) - 1, null);
            case 1 ->
                new SendResult.Rejected(
                        details, Reason.SENDER, Proof.PROVIDER_REFUSED, "refused", "alpha", "21212", null);
            default -> new SendResult.Unknown(details, "alpha", Set.of(Settlement.LOOKUP), "lost", null);
        };
    }

    @Test
    void outcomeAndReportsCommute() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            List<UnaryOperator<MessageRecord>> steps = new ArrayList<>();
            SendResult result = outcome(random);
            steps.add(row -> row.completed(result, NOW.plusSeconds(20)));
            for (int i = random.nextInt(4); i > 0; i--) {
                DeliveryReport report = randomReport(random, i);
                steps.add(row -> row.reported(report));
                if (random.nextInt(4) == 0) {
                    steps.add(row -> row.reported(report));
                }
            }
            MessageRecord first = run(steps);
            Collections.shuffle(steps, random);
            assertThat(columns(run(steps))).as("seed %d, round %d", seed, round).isEqualTo(columns(first));
        }
    }

    private static List<Object> columns(MessageRecord row) {
        return List.of(
                row.state(),
                row.outcome(),
                row.provider(),
                row.providerMessageId(),
                row.reason(),
                row.proof(),
                row.providerCode(),
                row.explanation(),
                row.attempts(),
                row.segments(),
                row.providerSegments(),
                row.billed(),
                row.reports(),
                row.updatedAt());
    }

    private static DeliveryReport randomReport(Random random, int second) {
        DeliveryStatus[] all = DeliveryStatus.values();
        DeliveryReport.Builder report = report(all[random.nextInt(all.length)], 10L * second);
        if (random.nextBoolean()) {
            report.providerMessageId("p1");
        }
        if (random.nextBoolean()) {
            report.segments(1 + random.nextInt(4));
        }
        if (random.nextBoolean()) {
            report.price(Money.of("0.0" + (1 + random.nextInt(8)), random.nextBoolean() ? "AUD" : "USD"));
        }
        return report.build();
    }

    private static MessageRecord run(List<UnaryOperator<MessageRecord>> steps) {
        MessageRecord row = sending();
        for (UnaryOperator<MessageRecord> step : steps) {
            row = step.apply(row);
        }
        return row;
    }

    @Test
    void aReportOutweighsWhateverTheSendFoundOut() {
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            SendResult result = outcome(random);
            MessageRecord row = sending()
                    .completed(result, NOW)
                    .reported(report(DeliveryStatus.SENT, 5).build());
            assertThat(row.state()).isEqualTo(MessageState.ACCEPTED);
            assertThat(row.outcome()).contains(result.outcome());
        }
    }

    @Test
    void anAcceptedSendDecidesWhoHasIt() {
        Origin elsewhere = new Origin(TenantId.DEFAULT, "beta", "hook", NOW);
        DeliveryReport other = DeliveryReport.builder(elsewhere, "e", DeliveryStatus.SENT)
                .messageId(ID)
                .providerMessageId("b1")
                .build();
        SendResult accepted = new SendResult.Accepted(SendResult.Details.of(ID), "alpha", null, -1, null);
        MessageRecord row = sending().reported(other);
        assertThat(row.provider()).contains("beta");
        row = row.completed(accepted, NOW);
        assertThat(row.provider()).contains("alpha");
        assertThat(row.providerMessageId()).as("beta's id is not alpha's").isEmpty();
    }

    @Test
    void aRowWhoseProcessDiedStaysOpenUntilAReportComes() {
        assertThat(sending().state()).isEqualTo(MessageState.SENDING);
        MessageRecord row = sending()
                .reported(report(DeliveryStatus.DELIVERED, 5)
                        .providerMessageId("p1")
                        .build());
        assertThat(row.state()).isEqualTo(MessageState.ACCEPTED);
        assertThat(row.outcome()).isEmpty();
        assertThat(row.provider()).contains("alpha");
        assertThat(row.providerMessageId()).contains("p1");
    }

    @Test
    void theProvidersCountOfSegmentsComesBeforeOurs() {
        MessageRecord row =
                sending().reported(report(DeliveryStatus.SENT, 5).segments(3).build());
        assertThat(row.segments()).hasValue(3);
        assertThat(sending().segments()).hasValue(1);
        assertThat(sending().providerSegments()).isEmpty();
    }

    @Test
    void aDoubtMayBeSettledButNothingIsTakenBack() {
        SendResult unknown = new SendResult.Unknown(SendResult.Details.of(ID), "alpha", Set.of(), "lost", "p1");
        SendResult rejected = SendResult.rejected(Reason.SENDER, Proof.PROVIDER_REFUSED, "refused");
        SendResult accepted = new SendResult.Accepted(SendResult.Details.of(ID), "alpha", "p1", -1, null);
        MessageRecord doubt = sending().completed(unknown, NOW);
        assertThat(doubt.providerMessageId()).contains("p1");
        assertThat(doubt.completed(rejected, NOW).state()).isEqualTo(MessageState.REJECTED);
        MessageRecord sure = doubt.completed(accepted, NOW);
        assertThat(sure.state()).isEqualTo(MessageState.ACCEPTED);
        assertThat(sure.explanation()).isEmpty();
        assertThat(sure.completed(rejected, NOW)).isSameAs(sure);
        assertThat(sure.completed(unknown, NOW).outcome()).contains(Outcome.ACCEPTED);
    }

    @Test
    void showsNeitherTextNorNumber() {
        assertThat(sending().toString()).doesNotContain("Hello").doesNotContain("570156");
    }
}
