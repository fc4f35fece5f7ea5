package io.textonce.smsbroadcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Keyword;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.Settlement;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.SignedSmsBroadcastRequest;
import io.textonce.webhook.WebhookReceiver;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A report finds the message that it is about, through the receiver and a store, and no other. */
class CorrelationTest {

    private static final TenantId TENANT = TenantId.DEFAULT;
    private static final String ANN = "61491570156";
    private static final String BOB = "61491570157";

    private final RawServer server = RawServer.start();
    private final SmsBroadcastProvider provider = Fixtures.provider()
            .webhookSecrets(Fixtures.SECRET)
            .baseUrl(server.url(""))
            .build();
    private final InMemoryStore store = new InMemoryStore();
    private final WebhookReceiver receiver =
            WebhookReceiver.builder(store).endpoint("clinic", TENANT, provider).build();

    @AfterEach
    void close() {
        provider.close();
        server.close();
    }

    @Test
    void aReportSettlesALostAnswer() {
        server.next(RawBehaviour.drop(RawBehaviour.Ending.FIN));
        try (SmsClient sms =
                SmsClient.builder().provider(provider).messages(store).build()) {
            SendResult result = sms.send(SmsMessage.to("+" + ANN).text("Hi").build());
            assertThat(result).isInstanceOf(SendResult.Unknown.class);
            assertThat(((SendResult.Unknown) result).settlement()).isEqualTo(Set.of(Settlement.DELIVERY_REPORT));

            report(ANN, result.messageId().value(), "2942263");

            assertThat(row(result.messageId()).state()).isEqualTo(MessageState.ACCEPTED);
            assertThat(row(result.messageId()).status()).contains(DeliveryStatus.DELIVERED);
        }
    }

    @Test
    void reportsOfABatchReachTheirOwnMessages() {
        List<MessageId> ids = sendBatch();
        String ref = sentRef();

        report(BOB, ref, "2");
        assertThat(row(ids.get(0)).status()).isEmpty();
        assertThat(row(ids.get(1)).status()).contains(DeliveryStatus.DELIVERED);

        report("", ref, "1");
        assertThat(row(ids.get(0)).status()).contains(DeliveryStatus.DELIVERED);
    }

    @Test
    void aReportOfABatchThatFitsNobodyIsKeptAndChangesNothing() {
        List<MessageId> ids = sendBatch();
        // Without a recipient and with an unknown id, only the batch is named: that is no message.
        report("", sentRef(), "3");
        // The id of Ann's message with Bob's number: one of them is wrong.
        report(BOB, sentRef(), "1");
        assertThat(ids).allSatisfy(id -> assertThat(row(id).status()).isEmpty());
        assertThat(store.parked(TENANT, Fixtures.NOW)).isEqualTo(2);
    }

    @Test
    void aReplyNamesTheMessageThatItAnswersAlsoWhenItIsAStop() {
        receiver.receive(
                "clinic",
                SignedSmsBroadcastRequest.get(Fixtures.HOOK)
                        .param("from", ANN)
                        .param("to", "61491570110")
                        .param("message", "Stop")
                        .param("ref", "0123456789abc")
                        .param("msgref", "2942263")
                        .withSecret(Fixtures.SECRET));
        InboundMessage stop = (InboundMessage) store.since(TENANT, 0, 10).get(0).event();
        assertThat(stop.keyword()).contains(Keyword.STOP);
        assertThat(stop.inReplyTo()).contains(MessageId.of("0123456789abc"));
        assertThat(stop.inReplyToProviderId()).contains("2942263");
        assertThat(store.isSuppressed(TENANT, PhoneNumber.of("+" + ANN), null)).isTrue();
    }

    private List<MessageId> sendBatch() {
        server.next(RawBehaviour.reply(200, "OK:" + ANN + ":1\nOK:" + BOB + ":2\n"));
        List<Submission> batch = Fixtures.batch("Hi", "+" + ANN, "+" + BOB);
        batch.forEach(each -> store.create(
                TENANT,
                MessageRecord.sending(each.messageId(), TENANT, Fixtures.NOW)
                        .to(each.to())
                        .text(each.text())
                        .build()));
        List<SubmitReply> replies =
                provider.role(BatchSubmitter.class).orElseThrow().submit(batch);
        for (int i = 0; i < batch.size(); i++) {
            MessageId id = batch.get(i).messageId();
            store.complete(
                    TENANT,
                    id,
                    new SendResult.Accepted(
                            SendResult.Details.of(id),
                            provider.name(),
                            replies.get(i).providerMessageId().orElseThrow(),
                            -1,
                            null),
                    Fixtures.NOW);
        }
        assertThat(server.received()).isEqualTo(1);
        return batch.stream().map(Submission::messageId).toList();
    }

    /** What came along with the request, and comes back with every report. */
    private String sentRef() {
        String form = server.requests().get(0).text();
        return form.substring(form.indexOf("&ref=") + "&ref=".length());
    }

    private void report(String to, String ref, String smsRef) {
        int status = receiver.receive(
                        "clinic",
                        SignedSmsBroadcastRequest.get(Fixtures.HOOK)
                                .param("to", to)
                                .param("ref", ref)
                                .param("smsref", smsRef)
                                .param("status", "Delivered")
                                .withSecret(Fixtures.SECRET))
                .status();
        assertThat(status).isEqualTo(200);
    }

    private MessageRecord row(MessageId id) {
        Optional<MessageRecord> row = store.find(TENANT, id);
        assertThat(row.map(MessageRecord::to))
                .isIn(Stream.of(ANN, BOB)
                        .map(digits -> Optional.of(PhoneNumber.of("+" + digits)))
                        .toList());
        return row.orElseThrow();
    }
}
