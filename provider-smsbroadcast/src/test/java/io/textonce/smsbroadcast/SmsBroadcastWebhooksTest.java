package io.textonce.smsbroadcast;

import static io.textonce.testkit.SignedSmsBroadcastRequest.get;
import static io.textonce.testkit.SignedSmsBroadcastRequest.json;
import static io.textonce.testkit.SignedSmsBroadcastRequest.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Keyword;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmsBroadcastWebhooksTest {

    private static final String HOOK = Fixtures.HOOK;
    private static final String ID = "0123456789abc";

    private final SmsBroadcastProvider provider =
            Fixtures.provider().webhookSecrets(Fixtures.SECRET).build();

    @AfterEach
    void close() {
        provider.close();
    }

    @Test
    void readsAnOlderReportWithOurId() {
        DeliveryReport report = (DeliveryReport) event(get(HOOK)
                .param("to", "61491570156")
                .param("ref", ID)
                .param("smsref", "1122334455")
                .param("status", "Delivered")
                .withSecret(Fixtures.SECRET));
        assertThat(report.messageId()).contains(MessageId.of(ID));
        assertThat(report.providerMessageId()).contains("1122334455");
        assertThat(report.recipient()).contains(PhoneNumber.of("+61491570156"));
        assertThat(report.status()).isEqualTo(DeliveryStatus.DELIVERED);
    }

    @ParameterizedTest
    @CsvSource({
        "enroute, 101, QUEUED,",
        "submitted, 200, SENT,",
        "DELIVERED, 221, DELIVERED,",
        "expired, 401, EXPIRED, EXPIRED",
        "rejected, 301, UNDELIVERED, ACCOUNT",
        "rejected, 302, UNDELIVERED, BLOCKED",
        "rejected, 303, UNDELIVERED, SENDER",
        "rejected, 305, UNDELIVERED, DUPLICATE",
        "failed, 330, UNDELIVERED, UNAVAILABLE",
        "failed, 332, UNDELIVERED, ROUTE",
        "failed, 411, UNDELIVERED, RECIPIENT",
        "failed, 400, UNDELIVERED, OTHER",
        "failed, 405, CANCELLED,",
        "Failed, , UNDELIVERED, OTHER",
        "Buffered, , OTHER,"
    })
    void mapsTheWordsAndCodesOfReports(String word, String code, DeliveryStatus status, Reason reason) {
        DeliveryReport report = (DeliveryReport) event(post(HOOK)
                .param("status", word)
                .param("statusCode", code == null ? "" : code)
                .param("smsref", "2942263")
                .withSecret(Fixtures.SECRET));
        assertThat(report.status()).isEqualTo(status);
        assertThat(report.reason().orElse(null)).isEqualTo(reason);
        assertThat(report.providerCode().orElse(null)).isEqualTo(code);
    }

    @Test
    void takesTheHandsetFromThePlatformsSourceInAReport() {
        DeliveryReport report = (DeliveryReport) parsed("{\"sourceAddress\":\"+61491570156\",\"status\":\"delivered\","
                + "\"metadata\":{\"apiClientRef\":\"" + ID + "\",\"apiSmsRef\":971235068},"
                + "\"submittedTimestamp\":\"2026-04-01T11:49:01.551Z\",\"drId\":\"d-1\",\"more\":{\"deep\":[{}]}}");
        assertThat(report.recipient()).contains(PhoneNumber.of("+61491570156"));
        assertThat(report.messageId()).contains(MessageId.of(ID));
        assertThat(report.providerMessageId()).contains("971235068");
        assertThat(report.occurredAt()).contains(Instant.parse("2026-04-01T11:49:01.551Z"));
        assertThat(report.id()).isEqualTo("report:d-1");
    }

    @Test
    void readsNoMessageIdFromABatchsReference() {
        DeliveryReport report = (DeliveryReport) event(get(HOOK)
                .param("to", "61491570157")
                .param("ref", "b" + ID)
                .param("smsref", "2942271")
                .param("status", "Delivered")
                .withSecret(Fixtures.SECRET));
        assertThat(report.messageId()).isEmpty();
        assertThat(report.providerMessageId()).contains("2942271");
        assertThat(report.recipient()).contains(PhoneNumber.of("+61491570157"));
    }

    @Test
    void keepsAReportThatNamesNoMessage() {
        assertThat(event(get(HOOK)
                        .param("status", "Delivered")
                        .param("ref", "b" + ID)
                        .withSecret(Fixtures.SECRET)))
                .isInstanceOf(OtherEvent.class);
    }

    @Test
    void tellsReportsApartAndRepeatsNot() {
        String first = report("2942263", "Delivered", "").id();
        assertThat(report("2942263", "Delivered", "").id()).isEqualTo(first);
        assertThat(report("2942264", "Delivered", "").id()).isNotEqualTo(first);
        assertThat(report("2942263", "Failed", "").id()).isNotEqualTo(first);
        assertThat(report("2942263", "Delivered", "220").id()).isNotEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource({
        "from, to, message, ref, msgref",
        "sourceAddress, destinationAddress, content, apiClientRef, smsref",
        "source_number, destination_number, moContent, ref, messageId",
        "from, to, replyContent, ref, apiSmsRef"
    })
    void readsTheAliasesOfInboundMessages(String from, String to, String text, String ref, String smsRef) {
        InboundMessage message = (InboundMessage) event(get(HOOK)
                .param(from, "61491570156")
                .param(to, "61491570110")
                .param(text, "Yes, $5 + caf\u00e9 \ud83d\udc4d ")
                .param(ref, "(" + ID + ")")
                .param(smsRef, "(971221653)")
                .withSecret(Fixtures.SECRET));
        assertThat(message.from()).isEqualTo(SenderId.of("+61491570156"));
        assertThat(message.to()).isEqualTo(SenderId.of("+61491570110"));
        assertThat(message.text()).isEqualTo("Yes, $5 + caf\u00e9 \ud83d\udc4d ");
        assertThat(message.inReplyTo()).contains(MessageId.of(ID));
        assertThat(message.inReplyToProviderId()).contains("971221653");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$destinationAddress",
                "$!destinationAddress",
                "${destinationAddress}",
                "$!{destinationAddress}",
                "$metadata.get('apiClientRef')",
                "$esc.json($!x)",
                "($metadata.apiClientRef)",
                " ",
                ""
            })
    void takesAnUnfilledVariableForNothing(String value) {
        InboundMessage message = (InboundMessage) event(get(HOOK)
                .param("from", "+61491570156")
                .param("to", value.startsWith("(") ? "" : value)
                .param("message", "Hi")
                .param("ref", value)
                .param("msgref", value)
                .param("replyId", value.startsWith("(") ? "" : value)
                .withSecret(Fixtures.SECRET));
        assertThat(message.to().value()).isEmpty();
        assertThat(message.inReplyTo()).isEmpty();
        assertThat(message.inReplyToProviderId()).isEmpty();
        assertThat(message.providerMessageId()).isEmpty();
    }

    @Test
    void leavesAPersonsDollarSignsAlone() {
        assertThat(((InboundMessage) event(inbound("$Hello").withSecret(Fixtures.SECRET))).text())
                .isEqualTo("$Hello");
        assertThat(((InboundMessage) event(inbound("").withSecret(Fixtures.SECRET))).text())
                .isEmpty();
        assertThat(event(inbound("$moContent").withSecret(Fixtures.SECRET))).isInstanceOf(OtherEvent.class);
    }

    @Test
    void keepsASenderThatIsNoNumber() {
        InboundMessage message = (InboundMessage) event(
                get(HOOK).param("from", "TaxOffice").param("message", "Hi").withSecret(Fixtures.SECRET));
        assertThat(message.from()).isEqualTo(SenderId.of("TaxOffice"));
        assertThat(message.fromNumber()).isEmpty();
    }

    @Test
    void readsAnOptOutOfThePlatformsAsAStop() {
        InboundMessage message = (InboundMessage) parsed(
                "{\"event\":\"opt-out\",\"from\":\"+61491570156\",\"message\":\"\"," + "\"notificationId\":\"n-1\"}");
        assertThat(message.keyword()).contains(Keyword.STOP);
        assertThat(message.id()).isEqualTo("inbound:n-1");
    }

    @Test
    void readsBytesThatAreNotUtf8AsLatin1() {
        InboundMessage message = (InboundMessage)
                event(WebhookRequest.builder("GET", HOOK + "?from=61491570156&message=Caf%E9&secret=" + Fixtures.SECRET)
                        .build());
        assertThat(message.text()).isEqualTo("Caf\u00e9");
    }

    @Test
    void believesTheBodyBeforeTheQuery() {
        InboundMessage message = (InboundMessage) event(json(
                        HOOK + "?message=query&from=61491570157",
                        "{\"from\":\"+61491570156\",\"message\":\"body\"}".getBytes(StandardCharsets.UTF_8))
                .withSecret(Fixtures.SECRET));
        assertThat(message.text()).isEqualTo("body");
        assertThat(message.from()).isEqualTo(SenderId.of("+61491570156"));
    }

    @Test
    void tellsTheSameWordsLaterFromARepeat() {
        WebhookRequest stop = inbound("STOP").withSecret(Fixtures.SECRET);
        String first = event(stop, Fixtures.NOW).id();
        assertThat(event(stop, Fixtures.NOW.plusSeconds(5)).id()).isEqualTo(first);
        assertThat(event(stop, Fixtures.NOW.plusSeconds(3600)).id()).isNotEqualTo(first);
        WebhookRequest timed =
                inbound("STOP").param("at", "2026-04-01T06:00:00Z").withSecret(Fixtures.SECRET);
        assertThat(event(timed, Fixtures.NOW).id())
                .isNotEqualTo(first)
                .isEqualTo(event(timed, Fixtures.NOW.plusSeconds(3600)).id());
    }

    @Test
    void keepsWhatItCannotRead() {
        assertThat(((OtherEvent) parsed("{\"from\":\"+61491570156\",\"message\":\"a \"quote\" unescaped\"}")).kind())
                .isEqualTo("malformed");
        assertThat(((OtherEvent) parsed("<message><from>x</from></message>")).kind())
                .isEqualTo("malformed");
        assertThat(((OtherEvent) parsed("[]")).raw()).isEqualTo("[]");
        assertThat(((OtherEvent) parsed("{\"event\":\"number-released\"}")).kind())
                .isEqualTo("number-released");
    }

    @Test
    void opensPicturesLazilyAndWithinTheBody() throws IOException {
        byte[] picture = new byte[2 << 20];
        new Random(20_261_121L).nextBytes(picture);
        String base64 = Base64.getEncoder().encodeToString(picture);
        String body = "{\"from\":\"+61491570156\",\"message\":\"look\",\"attachments\":["
                + "{\"contentType\":\"image/jpeg\",\"originalName\":\"../../etc/\u202egpj.exe\",\"base64\":\"" + base64
                + "\"},{\"content_type\":\"not a type\",\"content\":\"dGVz dA==!\"},{\"contentType\":\"image/gif\"},"
                + "{\"content_type\":\"image/png\",\"content\":\"$x\"}]}";
        InboundMessage message = (InboundMessage) parsed(body);
        assertThat(message.text()).isEqualTo("look");
        assertThat(message.media()).hasSize(2);
        Media first = message.media().get(0);
        assertThat(first.contentType()).isEqualTo("image/jpeg");
        assertThat(first.name()).contains("gpj.exe");
        assertThat(first.size()).hasValue(picture.length);
        assertThat(first.source()).isEmpty();
        for (int i = 0; i < 2; i++) {
            try (var content = first.open()) {
                assertThat(content.readAllBytes()).isEqualTo(picture);
            }
        }
        Media second = message.media().get(1);
        assertThat(second.contentType()).isEqualTo("application/octet-stream");
        assertThatThrownBy(second::open).isInstanceOf(IOException.class).hasMessageNotContaining("dGVz");
    }

    @Test
    void takesAPictureWithoutAText() {
        InboundMessage message = (InboundMessage)
                parsed(
                        "{\"from\":\"+61491570156\",\"attachments\":[{\"contentType\":\"image/png\",\"base64\":\"dGVzdA==\"}]}");
        assertThat(message.text()).isEmpty();
        assertThat(message.media().get(0).size()).hasValue(4);
    }

    @Test
    void capsTheNumberOfPicturesAndFields() {
        String pictures = "{\"base64\":\"dGVzdA==\"},".repeat(500);
        InboundMessage message = (InboundMessage) parsed(
                "{\"from\":\"+61491570156\",\"attachments\":[" + pictures.substring(0, pictures.length() - 1) + "]}");
        assertThat(message.media()).hasSize(32);
        String fields = "&a".repeat(10) + "&x=1".repeat(100_000);
        assertThat(event(WebhookRequest.builder("POST", HOOK + "?secret=" + Fixtures.SECRET)
                        .body(("from=61491570156&message=Hi" + fields).getBytes(StandardCharsets.UTF_8))
                        .build()))
                .isInstanceOf(InboundMessage.class);
    }

    @Test
    void refusesWhatIsTooLargeBeforeReadingIt() {
        WebhookParser parser = provider.role(WebhookParser.class).orElseThrow();
        assertThat(parser.maxBodyBytes()).isEqualTo(4 << 20);
        ParsedWebhook large = parser.parse(
                WebhookRequest.builder("POST", HOOK + "?secret=" + Fixtures.SECRET)
                        .body(new byte[(4 << 20) + 1])
                        .build(),
                Fixtures.origin());
        assertThat(large.refusal())
                .hasValueSatisfying(refusal -> assertThat(refusal.status()).isEqualTo(413));
        ParsedWebhook longQuery = parser.parse(
                WebhookRequest.builder("GET", HOOK + "?secret=" + Fixtures.SECRET + "&message=" + "a".repeat(70_000))
                        .build(),
                Fixtures.origin());
        assertThat(longQuery.refusal())
                .hasValueSatisfying(refusal -> assertThat(refusal.status()).isEqualTo(413));
    }

    @Test
    void survivesDeepJsonAndEveryCut() {
        assertThat(parsed("{\"a\":".repeat(100_000))).isInstanceOf(OtherEvent.class);
        assertThat(parsed("{\"attachments\":[[[[1]]]]}")).isInstanceOf(OtherEvent.class);
        byte[] whole = "{\"from\":\"+61491570156\",\"attachments\":[{\"base64\":\"dGVzdA==\"}],\"metadata\":{\"a\":1}}"
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 1; i < whole.length; i++) {
            assertThat(event(json(HOOK, Arrays.copyOf(whole, i)).withSecret(Fixtures.SECRET)))
                    .as("cut at %d", i)
                    .isInstanceOf(OtherEvent.class);
        }
    }

    @Test
    void answersOk() {
        assertThat(provider.role(WebhookParser.class)
                        .orElseThrow()
                        .acknowledgement()
                        .body())
                .isEqualTo("OK");
    }

    private static io.textonce.testkit.SignedSmsBroadcastRequest inbound(String text) {
        return get(HOOK).param("from", "61491570156").param("to", "61491570110").param("message", text);
    }

    private DeliveryReport report(String smsRef, String status, String code) {
        return (DeliveryReport) event(get(HOOK)
                .param("to", "61491570156")
                .param("smsref", smsRef)
                .param("status", status)
                .param("statusCode", code)
                .withSecret(Fixtures.SECRET));
    }

    private SmsEvent parsed(String body) {
        return event(json(HOOK, body.getBytes(StandardCharsets.UTF_8)).withSecret(Fixtures.SECRET));
    }

    private SmsEvent event(WebhookRequest request) {
        return event(request, Fixtures.NOW);
    }

    private SmsEvent event(WebhookRequest request, Instant receivedAt) {
        ParsedWebhook parsed = provider.role(WebhookParser.class)
                .orElseThrow()
                .parse(request, new Origin(TenantId.DEFAULT, "smsbroadcast", "clinic", receivedAt));
        assertThat(parsed.refusal()).isEmpty();
        assertThat(parsed.events()).hasSize(1);
        return parsed.events().get(0);
    }
}
