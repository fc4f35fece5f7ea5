package io.textonce.smsbroadcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.WebhookRequest;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import io.textonce.text.SegmentPolicy;
import io.textonce.text.Segmenter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The vectors of the research, each through the module as a host uses it. */
class VectorsTest {

    @Test
    void hasAllOfThem() {
        assertThat(Fixtures.vectors("send")).hasSize(12);
        assertThat(Fixtures.vectors("balance")).hasSize(3);
        assertThat(Fixtures.vectors("dlr")).hasSize(6);
        assertThat(Fixtures.vectors("inbound")).hasSize(6 + 2);
    }

    @TestFactory
    Stream<DynamicTest> sends() {
        return Fixtures.vectors("send").stream()
                .map(vector -> dynamicTest(vector.path("name").asText(), () -> send(vector)));
    }

    private static void send(JsonNode vector) {
        JsonNode input = vector.path("input");
        JsonNode reply = vector.path("response");
        List<Submission> batch = new ArrayList<>();
        input.path("to").forEach(to -> batch.add(submission(to.asText(), input)));
        try (RawServer server = RawServer.start();
                SmsBroadcastProvider provider = SmsBroadcastProvider.builder()
                        .credentials("user", "p@ss")
                        .baseUrl(server.url(""))
                        .build()) {
            server.next(RawBehaviour.reply(
                    reply.path("status").asInt(),
                    Map.of("Content-Type", "text/plain"),
                    reply.path("body").asText()));
            if (input.has("delayMinutes")) {
                // Ruled out: scheduling at the provider would skip opt-outs. The answer is read all the same.
                assertThat(provider.submit(withExtra(batch.get(0), "delay")).reason())
                        .contains(Reason.REQUEST);
                assertThat(server.received()).isZero();
            }
            List<SubmitReply> replies =
                    provider.role(BatchSubmitter.class).orElseThrow().submit(batch);

            Map<String, String> sent = pairs(server.requests().get(0).text());
            Map<String, String> documented =
                    pairs(vector.path("request").path("body").asText());
            documented.remove("delay");
            if (!input.has("ref")) {
                String ref = sent.remove("ref");
                assertThat(ref)
                        .hasSizeLessThanOrEqualTo(20)
                        .contains(batch.get(0).messageId().value());
            }
            assertThat(sent).containsExactlyEntriesOf(documented);
            JsonNode expected = vector.path("expected").path("results");
            assertThat(replies).hasSize(expected.size());
            for (int i = 0; i < replies.size(); i++) {
                assertVerdict(replies.get(i), expected.get(i));
            }
        }
    }

    private static Submission submission(String to, JsonNode input) {
        String text = input.path("text").asText();
        Submission.Builder submission = Submission.builder(MessageId.next(), PhoneNumber.of(to), text)
                .segments(Segmenter.of(SegmentPolicy.SMS_BROADCAST).count(text));
        if (input.has("from")) {
            String from = input.path("from").asText();
            submission.from(SenderId.of(from.startsWith("61") ? "+" + from : from));
        }
        if (input.has("ref")) {
            submission.extra(Map.of("ref", input.path("ref").asText()));
        }
        return submission.build();
    }

    private static Submission withExtra(Submission submission, String option) {
        return Submission.builder(submission.messageId(), submission.to(), submission.text())
                .extra(Map.of(option, "15"))
                .build();
    }

    private static void assertVerdict(SubmitReply reply, JsonNode expected) {
        if (expected.path("accepted").asBoolean()) {
            assertThat(reply.outcome()).isEqualTo(Outcome.ACCEPTED);
            assertThat(reply.providerMessageId())
                    .contains(expected.path("messageId").asText());
            return;
        }
        switch (expected.path("error").asText()) {
            case "OUTCOME_UNKNOWN" -> assertThat(reply.outcome()).isEqualTo(Outcome.UNKNOWN);
            case "INVALID_RECIPIENT" -> assertThat(reply.reason()).contains(Reason.RECIPIENT);
            case "AUTH" -> assertThat(reply.reason()).contains(Reason.CREDENTIAL);
            case "CREDIT" -> assertThat(reply.reason()).contains(Reason.ACCOUNT);
            default -> throw new AssertionError("the vector expects " + expected);
        }
    }

    @TestFactory
    Stream<DynamicTest> asksForTheBalance() {
        return Fixtures.vectors("balance").stream()
                .map(vector -> dynamicTest(vector.path("name").asText(), () -> balance(vector)));
    }

    private static void balance(JsonNode vector) {
        try (RawServer server = RawServer.start();
                SmsBroadcastProvider provider = SmsBroadcastProvider.builder()
                        .credentials("user", "p@ss")
                        .baseUrl(server.url(""))
                        .build()) {
            server.next(
                    RawBehaviour.reply(200, vector.path("response").path("body").asText()));
            BalanceQuery.Answer answer =
                    provider.role(BalanceQuery.class).orElseThrow().balance();

            assertThat(server.requests().get(0).text())
                    .isEqualTo(vector.path("request").path("body").asText());
            JsonNode expected = vector.path("expected");
            if (expected.has("balance")) {
                assertThat(answer.balance())
                        .isEqualTo(Money.of(expected.path("balance").asText(), "XXX"));
            } else {
                assertThat(answer.balance()).isNull();
                assertThat(answer.explanation()).contains("Invalid credentials").doesNotContain("p@ss");
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> readsReports() {
        return Fixtures.vectors("dlr").stream()
                .map(vector -> dynamicTest(vector.path("name").asText(), () -> report(vector)));
    }

    private static void report(JsonNode vector) {
        JsonNode expected = vector.path("expected").path("events").get(0);
        DeliveryReport report = (DeliveryReport) only(vector);
        assertThat(report.providerMessageId())
                .contains(expected.path("messageId").asText());
        assertThat(report.recipient())
                .contains(PhoneNumber.of(expected.path("to").asText()));
        assertThat(report.providerStatus()).isEqualTo(expected.path("rawStatus").asText());
        assertThat(report.status())
                .isEqualTo(
                        switch (expected.path("status").asText()) {
                            case "FAILED", "REJECTED" -> DeliveryStatus.UNDELIVERED;
                            case "UNKNOWN" -> DeliveryStatus.OTHER;
                            default ->
                                DeliveryStatus.valueOf(expected.path("status").asText());
                        });
        if (expected.has("code")) {
            assertThat(report.providerCode()).contains(expected.path("code").asText());
        }
    }

    @TestFactory
    Stream<DynamicTest> readsInboundMessages() {
        return Fixtures.vectors("inbound").stream()
                .filter(vector -> !vector.path("name").asText().startsWith("signed"))
                .map(vector -> dynamicTest(vector.path("name").asText(), () -> inbound(vector)));
    }

    private static void inbound(JsonNode vector) throws java.io.IOException {
        JsonNode expected = vector.path("expected").path("events").get(0);
        InboundMessage message = (InboundMessage) only(vector);
        assertThat(message.from()).isEqualTo(SenderId.of(expected.path("from").asText()));
        assertThat(message.text()).isEqualTo(expected.path("text").asText());
        if (expected.has("to")) {
            assertThat(message.to()).isEqualTo(SenderId.of(expected.path("to").asText()));
        } else {
            assertThat(message.to().kind()).isEqualTo(SenderId.Kind.OTHER);
        }
        if (expected.has("messageId")) {
            assertThat(message.inReplyToProviderId())
                    .contains(expected.path("messageId").asText());
        } else {
            assertThat(message.inReplyToProviderId()).isEmpty();
        }
        if (expected.has("id")) {
            assertThat(message.providerMessageId()).contains(expected.path("id").asText());
        }
        assertThat(message.media()).hasSize(expected.path("media").size());
        for (int i = 0; i < message.media().size(); i++) {
            JsonNode medium = expected.path("media").get(i);
            assertThat(message.media().get(i).contentType())
                    .isEqualTo(medium.path("contentType").asText());
            assertThat(message.media().get(i).name())
                    .contains(medium.path("name").asText());
            try (var content = message.media().get(i).open()) {
                assertThat(content.readAllBytes())
                        .isEqualTo(
                                Base64.getDecoder().decode(medium.path("base64").asText()));
            }
        }
    }

    private static SmsEvent only(JsonNode vector) {
        JsonNode request = vector.path("request");
        JsonNode body = request.path("body");
        String content = body.isNull() ? "" : body.isTextual() ? body.asText() : body.toString();
        WebhookRequest.Builder webhook = WebhookRequest.builder(
                        request.path("method").asText(),
                        request.path("url").asText().replace("s3cr3t", Fixtures.SECRET))
                .body(content.getBytes(StandardCharsets.UTF_8));
        request.path("headers")
                .properties()
                .forEach(each -> webhook.header(each.getKey(), each.getValue().asText()));
        if (!request.path("url").asText().contains("s3cr3t")) {
            webhook.header("X-Webhook-Secret", Fixtures.SECRET);
        }
        try (SmsBroadcastProvider provider =
                Fixtures.provider().webhookSecrets(Fixtures.SECRET).build()) {
            ParsedWebhook parsed =
                    provider.role(WebhookParser.class).orElseThrow().parse(webhook.build(), Fixtures.origin());
            assertThat(parsed.refusal()).isEmpty();
            assertThat(parsed.events()).hasSize(1);
            return parsed.events().get(0);
        }
    }

    @TestFactory
    Stream<DynamicTest> verifiesSignatures() {
        return Fixtures.vectors("inbound").stream()
                .filter(vector -> vector.path("name").asText().startsWith("signed"))
                .map(vector -> dynamicTest(vector.path("name").asText(), () -> signed(vector)));
    }

    private static void signed(JsonNode vector) {
        JsonNode request = vector.path("request");
        JsonNode headers = request.path("headers");
        WebhookRequest.Builder webhook = WebhookRequest.builder(
                        request.path("method").asText(), request.path("url").asText())
                .body(request.path("body").asText().getBytes(StandardCharsets.UTF_8));
        headers.properties()
                .forEach(each -> webhook.header(each.getKey(), each.getValue().asText()));
        try (SmsBroadcastProvider provider = Fixtures.provider()
                .webhookKey(
                        headers.path("X-MessageMedia-Key-Id").asText(),
                        vector.path("expected")
                                .path("auth")
                                .path("publicKeyBase64X509")
                                .asText())
                .clock(Clock.fixed(Fixtures.NOW, ZoneOffset.UTC))
                .build()) {
            ParsedWebhook parsed =
                    provider.role(WebhookParser.class).orElseThrow().parse(webhook.build(), Fixtures.origin());
            assertThat(parsed.refusal()).isEmpty();
            InboundMessage message = (InboundMessage) parsed.events().get(0);
            assertThat(message.text()).isEqualTo("YES");
            assertThat(message.from()).isEqualTo(SenderId.of("+61491570156"));
        }
    }

    private static Map<String, String> pairs(String form) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            all.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return all;
    }
}
