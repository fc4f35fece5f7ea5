package io.textonce.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Keyword;
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
import io.textonce.testkit.SignedTwilioRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwilioWebhooksTest {

    private static final String REPORTED = Fixtures.HOOK + "?textonce-id=0123456789abc";

    private final List<URI> fetched = new ArrayList<>();
    private final TwilioWebhooks webhooks = new TwilioWebhooks(List.of(Fixtures.TOKEN), (source, most) -> {
        fetched.add(source);
        return new ByteArrayInputStream(new byte[] {1});
    });

    @Test
    void readsADeliveryReportWithOurIdFromTheSignedQuery() {
        DeliveryReport report = (DeliveryReport) event("dlr-delivered.form", REPORTED);
        assertThat(report.status()).isEqualTo(DeliveryStatus.DELIVERED);
        assertThat(report.providerStatus()).isEqualTo("delivered");
        assertThat(report.messageId()).hasValue(MessageId.of("0123456789abc"));
        assertThat(report.providerMessageId()).hasValue(Fixtures.SID);
        assertThat(report.recipient()).hasValue(PhoneNumber.of("+12025550123"));
        assertThat(report.occurredAt()).as("RawDlrDoneDate names no zone").isEmpty();
        assertThat(report.id()).isEqualTo(Fixtures.SID + ":delivered");
    }

    @Test
    void keepsNothingOfABodyThatComesWithGetAndThatNobodySigned() {
        WebhookRequest signed =
                SignedTwilioRequest.get(Fixtures.HOOK).param("EventType", "odd").sign(Fixtures.TOKEN);
        SmsEvent plain = only(webhooks.parse(signed, origin()));
        WebhookRequest.Builder forged = WebhookRequest.builder("GET", signed.rawTarget())
                .headers(signed.headers())
                .body("forged".getBytes(StandardCharsets.UTF_8));
        OtherEvent event = (OtherEvent) only(webhooks.parse(forged.build(), origin()));
        assertThat(event.raw()).doesNotContain("forged");
        assertThat(event.id()).as("no second event by another body").isEqualTo(plain.id());
    }

    @Test
    void verifiesWithoutAProviderAndWithEveryTokenOfARotation() {
        WebhookParser parser = TwilioProvider.webhooks(Fixtures.OLD_TOKEN, Fixtures.TOKEN);
        for (String token : List.of(Fixtures.OLD_TOKEN, Fixtures.TOKEN)) {
            WebhookRequest signed = SignedTwilioRequest.get(Fixtures.HOOK)
                    .param("EventType", "odd")
                    .sign(token);
            assertThat(parser.parse(signed, origin()).events()).hasSize(1);
        }
        WebhookRequest forged = SignedTwilioRequest.get(Fixtures.HOOK)
                .param("EventType", "odd")
                .sign("00000000000000000000000000000000");
        assertThat(parser.parse(forged, origin()).refusal()).isPresent();
    }

    @Test
    void refusesTokensThatCannotBeOnesWithoutShowingThem() {
        assertThatThrownBy(TwilioProvider::webhooks).hasMessageContaining("authTokens is empty");
        assertThatThrownBy(() -> TwilioProvider.webhooks("geheim", "with blank"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("authTokens is (hidden, 6 characters)")
                .hasMessageContaining("authTokens is (hidden, 10 characters)")
                .hasMessageNotContainingAny("geheim", "with blank");
    }

    @Test
    void readsWhyAMessageWasNotDelivered() {
        DeliveryReport report = (DeliveryReport) event("dlr-undelivered.form", Fixtures.HOOK);
        assertThat(report.status()).isEqualTo(DeliveryStatus.UNDELIVERED);
        assertThat(report.reason()).hasValue(Reason.RECIPIENT);
        assertThat(report.providerCode()).hasValue("30005");
        assertThat(report.messageId()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "accepted, QUEUED",
        "scheduled, QUEUED",
        "queued, QUEUED",
        "sending, QUEUED",
        "sent, SENT",
        "delivered, DELIVERED",
        "read, DELIVERED",
        "undelivered, UNDELIVERED",
        "failed, UNDELIVERED",
        "canceled, CANCELLED",
        "partially_delivered, OTHER",
        "teleported, OTHER"
    })
    void mapsEachStatus(String word, DeliveryStatus status) {
        DeliveryReport report = (DeliveryReport) event(report(word));
        assertThat(report.status()).isEqualTo(status);
        assertThat(report.providerStatus()).isEqualTo(word);
        assertThat(report.reason().isPresent()).isEqualTo(status == DeliveryStatus.UNDELIVERED);
    }

    @Test
    void callsAnEndedValidityExpired() {
        DeliveryReport report = (DeliveryReport) event(report("undelivered").param("ErrorCode", "30036"));
        assertThat(report.status()).isEqualTo(DeliveryStatus.EXPIRED);
        assertThat(report.reason()).hasValue(Reason.EXPIRED);
    }

    @Test
    void takesNoIdOfOursThatIsNotWellFormedAndKeepsAReportWithoutAnyIdAsOther() {
        DeliveryReport report =
                (DeliveryReport) event(SignedTwilioRequest.post(Fixtures.HOOK + "?textonce-id=x' or 1=1")
                        .param("MessageSid", Fixtures.SID)
                        .param("MessageStatus", "sent"));
        assertThat(report.messageId()).isEmpty();
        assertThat(event(SignedTwilioRequest.post(Fixtures.HOOK)
                        .param("MessageSid", "SM1")
                        .param("MessageStatus", "sent")))
                .isInstanceOf(OtherEvent.class);
        DeliveryReport ours = (DeliveryReport) event(
                SignedTwilioRequest.post(REPORTED).param("MessageSid", "SM1").param("MessageStatus", "sent"));
        assertThat(ours.providerMessageId()).isEmpty();
        assertThat(ours.id()).isEqualTo("0123456789abc:sent");
    }

    @Test
    void readsAStopWithTwiliosOwnTag() {
        InboundMessage message = (InboundMessage) event("mo-stop.form", Fixtures.HOOK);
        assertThat(message.keyword()).hasValue(Keyword.STOP);
        assertThat(message.from()).isEqualTo(SenderId.of("+12025550123"));
        assertThat(message.to()).isEqualTo(SenderId.of("+12025550100"));
        assertThat(message.text()).isEqualTo("Stop");
        assertThat(message.segments()).hasValue(1);
        assertThat(message.id()).isEqualTo("SMfedcba9876543210fedcba9876543210");
    }

    @Test
    void readsMediaAndFetchesThemOnlyWhenOpened() throws IOException {
        InboundMessage message = (InboundMessage) event("mo-mms.form", Fixtures.HOOK);
        assertThat(message.text()).isEqualTo("Look 😀");
        assertThat(message.media()).hasSize(2);
        assertThat(message.media().get(0).contentType()).isEqualTo("image/jpeg");
        assertThat(fetched).isEmpty();
        assertThat(message.media().get(0).open().readAllBytes()).hasSize(1);
        assertThat(fetched).hasSize(1);
    }

    @Test
    void survivesMediaThatAreNot() {
        InboundMessage message = (InboundMessage) event(inbound("hi")
                .param("NumMedia", "999999999")
                .param("MediaUrl0", "::not a url")
                .param("MediaUrl31", "https://api.twilio.com/x")
                .param("MediaUrl32", "https://api.twilio.com/y"));
        assertThat(message.media()).hasSize(2);
        assertThatThrownBy(() -> message.media().get(0).open()).isInstanceOf(IOException.class);
    }

    @Test
    void readsAGetAsWellAndIgnoresTheExtrasOfChannels() {
        WebhookRequest request = SignedTwilioRequest.get(Fixtures.HOOK)
                .param("MessageSid", Fixtures.SID)
                .param("SmsStatus", "received")
                .param("From", "whatsapp:+12025550123")
                .param("To", "whatsapp:+12025550100")
                .param("Body", "a & b")
                .param("ProfileName", "somebody")
                .param("Latitude", "1.5")
                .sign(Fixtures.TOKEN);
        InboundMessage message = (InboundMessage) only(webhooks.parse(request, origin()));
        assertThat(message.text()).isEqualTo("a & b");
        assertThat(message.from().kind()).isEqualTo(SenderId.Kind.OTHER);
        assertThat(message.fromNumber()).isEmpty();
    }

    @Test
    void keepsAJsonEventWhoseBodyHashIsSigned() {
        WebhookRequest request = SignedTwilioRequest.json(Fixtures.HOOK, "{\"a\":1}", Fixtures.TOKEN);
        OtherEvent event = (OtherEvent) only(webhooks.parse(request, origin()));
        assertThat(event.raw()).isEqualTo("{\"a\":1}");
    }

    @Test
    void takesNoJsonWithoutAHashEvenIfTheUrlIsSigned() {
        WebhookRequest url = SignedTwilioRequest.get(Fixtures.HOOK).sign(Fixtures.TOKEN);
        WebhookRequest request = WebhookRequest.builder("POST", Fixtures.HOOK)
                .header("Content-Type", "application/json")
                .header("X-Twilio-Signature", url.header("X-Twilio-Signature").orElseThrow())
                .body("{\"MessageStatus\":\"delivered\"}".getBytes(StandardCharsets.UTF_8))
                .build();
        assertThat(webhooks.parse(request, origin()).refusal())
                .hasValueSatisfying(refusal -> assertThat(refusal.explanation()).contains("bodySHA256"));
    }

    @Test
    void takesParametersFromTheBodyOfAPostOnly() {
        OtherEvent event = (OtherEvent)
                event(SignedTwilioRequest.post(Fixtures.HOOK + "?MessageStatus=delivered&MessageSid=" + Fixtures.SID));
        assertThat(event.kind()).isEqualTo("unknown");
    }

    @Test
    void saysWhatIsMissingOrWrong() {
        WebhookRequest signed = report("sent").sign(Fixtures.TOKEN);
        assertThat(refusal(WebhookRequest.builder("POST", Fixtures.HOOK)
                        .body(signed.body())
                        .build()))
                .contains("X-Twilio-Signature is missing");
        assertThat(refusal(WebhookRequest.builder("POST", "/hooks/twilio")
                        .headers(signed.headers())
                        .body(signed.body())
                        .build()))
                .contains("publicBaseUrl");
        assertThat(refusal(report("sent").sign("another-token")))
                .contains("https://sms.example.org/hooks/twilio")
                .doesNotContain("textonce-id");
        assertThat(webhooks.parse(WebhookRequest.builder("PUT", Fixtures.HOOK).build(), origin())
                        .refusal()
                        .orElseThrow()
                        .status())
                .isEqualTo(405);
    }

    @Test
    void believesThePublicUrlAndNotThePathAlone() {
        WebhookRequest signed = report("sent").sign(Fixtures.TOKEN);
        WebhookRequest arrived = WebhookRequest.builder("POST", "/hooks/twilio?textonce-id=0123456789abc")
                .headers(signed.headers())
                .body(signed.body())
                .build()
                .withPublicBaseUrl("https://sms.example.org/");
        DeliveryReport report = (DeliveryReport) only(webhooks.parse(arrived, origin()));
        assertThat(report.messageId()).hasValue(MessageId.of("0123456789abc"));
    }

    @Test
    void answersWithAnEmptyTwiml() {
        assertThat(webhooks.acknowledgement().contentType()).isEqualTo("text/xml");
        assertThat(webhooks.acknowledgement().body()).endsWith("<Response/>");
    }

    private static SignedTwilioRequest report(String status) {
        return SignedTwilioRequest.post(REPORTED)
                .param("MessageSid", Fixtures.SID)
                .param("MessageStatus", status);
    }

    private static SignedTwilioRequest inbound(String body) {
        return SignedTwilioRequest.post(Fixtures.HOOK)
                .param("MessageSid", Fixtures.SID)
                .param("SmsStatus", "received")
                .param("From", "+12025550123")
                .param("To", "+12025550100")
                .param("Body", body);
    }

    private SmsEvent event(SignedTwilioRequest request) {
        return only(webhooks.parse(request.sign(Fixtures.TOKEN), origin()));
    }

    private SmsEvent event(String file, String url) {
        SignedTwilioRequest request = SignedTwilioRequest.post(url);
        for (String pair : Fixtures.text(file).split("&")) {
            String[] parts = pair.split("=", 2);
            request.param(parts[0], java.net.URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return event(request);
    }

    private String refusal(WebhookRequest request) {
        return webhooks.parse(request, origin()).refusal().orElseThrow().explanation();
    }

    private static SmsEvent only(ParsedWebhook parsed) {
        assertThat(parsed.refusal()).isEmpty();
        assertThat(parsed.events()).hasSize(1);
        return parsed.events().get(0);
    }

    private static Origin origin() {
        return new Origin(TenantId.DEFAULT, "twilio", "sms", Instant.EPOCH);
    }
}
