package io.textonce.sns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.textonce.WebhookRequest;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.testkit.SignedSnsMessage;
import io.textonce.testkit.SnsCertificate;
import io.textonce.testkit.VirtualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class EnvelopeVerifierTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REGION = "us-east-1";

    // ---- genuine messages of AWS ----

    @TestFactory
    Stream<DynamicTest> believesEachMessageThatAwsSigned() {
        return vectors()
                .map(vector -> dynamicTest(vector.get("name").asText(), () -> {
                    ObjectNode message = (ObjectNode) vector.get("message");
                    assertThat(Envelope.read(bytes(message)).stringToSign())
                            .isEqualTo(vector.get("stringToSign").asText());
                    assertThat(genuine(vector, 1)
                                    .parse(Fixtures.post(message.toString()), Fixtures.origin())
                                    .refusal())
                            .isEmpty();
                }));
    }

    @TestFactory
    Stream<DynamicTest> refusesEachMessageOfAwsThatWasChangedInOneByte() {
        return vectors()
                .map(vector -> dynamicTest(vector.get("name").asText(), () -> {
                    SnsWebhooks webhooks = genuine(vector, 1);
                    ObjectNode message = (ObjectNode) vector.get("message");
                    int changes = 0;
                    for (String field : List.of(
                            "Type",
                            "MessageId",
                            "TopicArn",
                            "Subject",
                            "Message",
                            "Timestamp",
                            "Token",
                            "SubscribeURL",
                            "Signature",
                            "SignatureVersion")) {
                        if (!message.has(field)) {
                            continue;
                        }
                        String value = message.get(field).asText();
                        for (int i = 0; i < value.length(); i++) {
                            char[] changed = value.toCharArray();
                            changed[i] ^= 1;
                            ObjectNode forged = message.deepCopy().put(field, new String(changed));
                            assertRefused(webhooks, forged.toString(), field + " at " + i);
                            changes++;
                        }
                        ObjectNode without = message.deepCopy();
                        without.remove(field);
                        assertRefused(webhooks, without.toString(), "without " + field);
                    }
                    assertThat(changes).isGreaterThan(400);
                }));
    }

    @TestFactory
    Stream<DynamicTest> refusesEachMessageOfAwsOnceItsCertificateHasExpired() {
        return vectors()
                .map(vector -> dynamicTest(vector.get("name").asText(), () -> {
                    String certificate = Fixtures.text(vector.get("cert").asText());
                    Instant end = Certificates.parse(certificate).to();
                    ObjectNode message = (ObjectNode) vector.get("message");
                    TopicArn topic = TopicArn.of(message.get("TopicArn").asText());
                    EnvelopeVerifier verifier = new EnvelopeVerifier(
                            Map.of(topic.text(), topic),
                            false,
                            new Certificates(
                                    url -> {
                                        throw new AssertionError("nothing is fetched");
                                    },
                                    Map.of(message.get("SigningCertURL").asText(), Certificates.parse(certificate)),
                                    new VirtualClock(end.plusSeconds(1))),
                            new VirtualClock(end.plusSeconds(1)));
                    try {
                        verifier.verify(bytes(message), false);
                        throw new AssertionError("an expired certificate was believed");
                    } catch (EnvelopeVerifier.RefusedException refused) {
                        assertThat(refused.explanation()).contains("isn't valid today");
                    }
                }));
    }

    // ---- a table of forgeries, and of what must pass ----

    @TestFactory
    Stream<DynamicTest> refusesEveryForgery() {
        Map<String, String> table = new LinkedHashMap<>();
        table.put("signed by a stranger's certificate under our address", replaced(signed(Fixtures.STRANGER)));
        table.put(
                "another account's topic",
                sign(SignedSnsMessage.notification("arn:aws:sns:us-east-1:999999999999:texts", "{}")));
        table.put(
                "another topic of ours",
                sign(SignedSnsMessage.notification("arn:aws:sns:us-east-1:123456789012:texts2", "{}")));
        table.put(
                "the topic in another region",
                sign(SignedSnsMessage.notification("arn:aws:sns:us-west-2:123456789012:texts", "{}")));
        table.put("the topic with a suffix", sign(SignedSnsMessage.notification(Fixtures.TOPIC + ":sub", "{}")));
        table.put(
                "the topic in capitals",
                sign(SignedSnsMessage.notification(Fixtures.TOPIC.replace("texts", "TEXTS"), "{}")));
        table.put("61 minutes and a second old", sign(notification().timestamp(Fixtures.NOW.minusSeconds(3661))));
        table.put("61 minutes and a second ahead", sign(notification().timestamp(Fixtures.NOW.plusSeconds(3661))));
        table.put("a day old", sign(notification().timestamp(Fixtures.NOW.minus(Duration.ofDays(1)))));
        for (String version : List.of("", "0", "3", "01", "1 ", "2.0", "SHA256")) {
            table.put("signature version \"" + version + "\"", edit(e -> e.put("SignatureVersion", version)));
        }
        table.put("version 2 said of a signature of version 1", edit(e -> e.put("SignatureVersion", "2")));
        String genuine = Fixtures.CERTIFICATE.address(REGION).toString();
        Map<String, UnaryOperator<String>> addresses = new LinkedHashMap<>();
        addresses.put("http", url -> url.replace("https:", "http:"));
        addresses.put("HTTPS in capitals", url -> url.replace("https:", "HTTPS:"));
        addresses.put("a bucket called sns", url -> url.replace("us-east-1.", "s3-us-west-2."));
        addresses.put("an accelerated bucket", url -> url.replace("us-east-1.", "s3-accelerate."));
        addresses.put("a bucket of any name", url -> url.replace("sns.us-east-1", "evil.s3"));
        addresses.put("another region", url -> url.replace("us-east-1", "us-west-2"));
        addresses.put("China's host", url -> url.replace("amazonaws.com", "amazonaws.com.cn"));
        addresses.put("a longer host", url -> url.replace("amazonaws.com", "amazonaws.com.evil.example"));
        addresses.put("a host behind an at sign", url -> url.replace("amazonaws.com", "amazonaws.com@evil.example"));
        addresses.put("user information", url -> url.replace("https://", "https://user@"));
        addresses.put("a port", url -> url.replace("amazonaws.com", "amazonaws.com:8443"));
        addresses.put("the default port", url -> url.replace("amazonaws.com", "amazonaws.com:443"));
        addresses.put("a dot at the host's end", url -> url.replace("amazonaws.com", "amazonaws.com."));
        addresses.put("a host in capitals", url -> url.replace("sns.us", "SNS.us"));
        addresses.put("a backslash", url -> url.replace(".com/", ".com\\"));
        addresses.put("a query", url -> url + "?x=1");
        addresses.put("a fragment", url -> url + "#x");
        addresses.put("another path", url -> url.substring(0, url.indexOf(".com/") + 5) + "x.pem");
        addresses.put("a path upwards", url -> url.replace(".com/", ".com/../"));
        addresses.put("two slashes", url -> url.replace(".com/", ".com//"));
        addresses.put("an escaped path", url -> url.replace("/Simple", "/%53imple"));
        addresses.put("a digit in capitals", url -> url.replaceFirst("[0-9a-f]{32}", "A".repeat(32)));
        addresses.put("a digit too many", url -> url.replace(".pem", "0.pem"));
        addresses.put("a line break", url -> url + "\n");
        addresses.put("a blank before", url -> " " + url);
        addresses.put("no address", url -> "");
        addresses.forEach((name, change) ->
                table.put("certificate at " + name, edit(e -> e.put("SigningCertURL", change.apply(genuine)))));
        Map<String, Consumer<ObjectNode>> edits = new LinkedHashMap<>();
        edits.put("type swapped", e -> e.put("Type", "SubscriptionConfirmation"));
        edits.put("type unknown", e -> e.put("Type", "Notification2"));
        edits.put("a subject added", e -> e.put("Subject", "x"));
        edits.put("an empty subject added", e -> e.put("Subject", ""));
        edits.put("a message that is an object", e -> e.putObject("Message"));
        edits.put("a message that is a number", e -> e.put("Message", 1));
        edits.put("a message that is null", e -> e.putNull("Message"));
        edits.put("a list as signature", e -> e.putArray("Signature").add("x"));
        edits.put("no signature", e -> e.remove("Signature"));
        edits.put("an empty signature", e -> e.put("Signature", ""));
        edits.put(
                "a signature with a line break",
                e -> e.put("Signature", e.get("Signature").asText() + "\n"));
        edits.put(
                "a signature without padding",
                e -> e.put("Signature", e.get("Signature").asText().replace("=", "")));
        edits.put(
                "a signature with odd bits",
                e -> e.put("Signature", oddBits(e.get("Signature").asText())));
        edits.put(
                "a signature in the other alphabet",
                e -> e.put("Signature", "-_" + e.get("Signature").asText().substring(2)));
        edits.put("both spellings of the certificate", e -> e.put("SigningCertUrl", genuine));
        edits.put("the border between two fields moved", EnvelopeVerifierTest::moveBorder);
        edits.put("a time in another form", e -> e.put("Timestamp", "2026-11-21T12:00:00Z"));
        edits.put("the same instant in another zone", e -> e.put("Timestamp", "2026-11-21T13:00:00.000+01:00"));
        edits.forEach((name, edit) -> table.put(name, edit(edit)));
        table.put("a border that the signed text leaves open", movedBorder());
        table.put(
                "half a character for a question mark",
                sign(SignedSnsMessage.notification(Fixtures.TOPIC, "Really?").timestamp(Fixtures.NOW))
                        .replace("Really?", "Really\\ud800"));
        table.put("a field twice", sign(notification()).replace("\"Type\"", "\"Message\" : \"x\",\n  \"Type\""));
        table.put("a list around it", "[" + sign(notification()) + "]");
        table.put("something behind it", sign(notification()) + "{}");
        table.put("no JSON", "Hello");
        table.put("nothing", "");
        return table.entrySet().stream()
                .map(each -> dynamicTest(
                        each.getKey(), () -> assertRefused(webhooks(false), each.getValue(), each.getKey())));
    }

    @TestFactory
    Stream<DynamicTest> refusesCertificatesThatAreNotTheRegionsOwn() {
        Instant now = Fixtures.NOW;
        Map<String, SnsCertificate> table = new LinkedHashMap<>();
        table.put("another name", SnsCertificate.named("evil.example"));
        table.put("another region's name", SnsCertificate.named("sns-signing.af-south-1.amazonaws.com"));
        table.put("a name with more before it", SnsCertificate.named("x.sns.amazonaws.com"));
        table.put("a wildcard", SnsCertificate.named("*.amazonaws.com"));
        table.put("another common name alone", SnsCertificate.withCommonNameOnly("evil.example"));
        table.put(
                "expired a second ago",
                SnsCertificate.valid("sns.amazonaws.com", now.minusSeconds(100), now.minusSeconds(1)));
        table.put(
                "valid from the next second on",
                SnsCertificate.valid("sns.amazonaws.com", now.plusSeconds(1), now.plusSeconds(100)));
        return table.entrySet().stream()
                .map(each -> dynamicTest(each.getKey(), () -> {
                    String json = notification().json(each.getValue());
                    assertRefused(webhooks(false, each.getValue()), json, each.getKey());
                }));
    }

    @TestFactory
    Stream<DynamicTest> believesWhatMustPass() {
        Map<String, String> table = new LinkedHashMap<>();
        table.put("version 1", sign(notification()));
        table.put("version 2", sign(notification().signatureVersion("2")));
        table.put("a rotated certificate", notification().json(Fixtures.NEW_CERTIFICATE));
        table.put("with a subject", sign(notification().subject("Your texts")));
        table.put("61 minutes old", sign(notification().timestamp(Fixtures.NOW.minusSeconds(3660))));
        table.put("61 minutes ahead", sign(notification().timestamp(Fixtures.NOW.plusSeconds(3660))));
        table.put(
                "a subscription",
                sign(SignedSnsMessage.subscriptionConfirmation(Fixtures.TOPIC, "t0ken")
                        .timestamp(Fixtures.NOW)));
        table.put(
                "an ended subscription, token and all",
                sign(SignedSnsMessage.unsubscribeConfirmation(Fixtures.TOPIC, "t0ken")
                        .timestamp(Fixtures.NOW)));
        table.put(
                "other unsigned fields",
                edit(e -> e.put("UnsubscribeURL", "https://evil.example/").put("More", "x")));
        table.put(
                "attributes, which nothing signs",
                edit(e -> e.putObject("MessageAttributes").putObject("a").put("b", 1)));
        table.put("a subject that is null, as in a Lambda event", edit(e -> e.putNull("Subject")));
        table.put(
                "the spelling of a Lambda event",
                sign(notification())
                        .replace("SigningCertURL", "SigningCertUrl")
                        .replace("UnsubscribeURL", "UnsubscribeUrl"));
        table.put("the same in other escapes", sign(notification()).replace("\"Type\"", "\"\\u0054ype\""));
        table.put(
                "line breaks and every alphabet in the message",
                sign(SignedSnsMessage.notification(Fixtures.TOPIC, "a\n\"b\"\r\nMessageId\nñ€😀\u0001")
                        .timestamp(Fixtures.NOW)));
        return table.entrySet().stream()
                .map(each -> dynamicTest(
                        each.getKey(),
                        () -> assertThat(parse(webhooks(false), Fixtures.post(each.getValue()))
                                        .refusal())
                                .isEmpty()));
    }

    @Test
    void believesACommonNameWhereThereIsNoOther() {
        SnsCertificate old = SnsCertificate.withCommonNameOnly("sns.amazonaws.com");
        assertThat(parse(webhooks(false, old), Fixtures.post(notification().json(old)))
                        .refusal())
                .isEmpty();
    }

    @Test
    void readsEnvelopesInOtherEncodingsOfUnicodeAsTheSameContent() {
        for (Charset charset : List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)) {
            WebhookRequest request = WebhookRequest.builder("POST", "/hooks/sns")
                    .body(sign(notification()).getBytes(charset))
                    .build();
            assertThat(parse(webhooks(false), request).events())
                    .hasSameSizeAs(parse(webhooks(false), Fixtures.post(sign(notification())))
                            .events());
        }
        byte[] latin = sign(SignedSnsMessage.notification(Fixtures.TOPIC, "caf\u00e9")
                        .timestamp(Fixtures.NOW))
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(parse(
                                webhooks(false),
                                WebhookRequest.builder("POST", "/x").body(latin).build())
                        .refusal())
                .isPresent();
    }

    @Test
    void refusesSha1OnceSha256IsRequired() {
        assertThat(parse(webhooks(true), Fixtures.post(sign(notification())))
                        .refusal()
                        .orElseThrow()
                        .explanation())
                .contains("SignatureVersion to 2");
        assertThat(parse(webhooks(true), Fixtures.post(sign(notification().signatureVersion("2"))))
                        .refusal())
                .isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> knowsTheSigningNameOfEachPartition() {
        return Map.of(
                        "us-east-1", "sns.amazonaws.com",
                        "eu-central-2", "sns-signing.eu-central-2.amazonaws.com",
                        "cn-north-1", "sns-cn-north-1.amazonaws.com.cn",
                        "cn-northwest-1", "sns-cn-northwest-1.amazonaws.com.cn",
                        "us-gov-east-1", "sns-us-gov-west-1.amazonaws.com",
                        "eusc-de-east-1", "sns-signing.eusc-de-east-1.amazonaws.eu")
                .entrySet()
                .stream()
                .map(each -> dynamicTest(
                        each.getKey(),
                        () -> assertThat(Region.of(each.getKey()).signingName()).isEqualTo(each.getValue())));
    }

    @Test
    void believesAMessageFromChinaAtChinasHostOnly() {
        SnsCertificate china = SnsCertificate.named("sns-cn-north-1.amazonaws.com.cn");
        TopicArn topic = TopicArn.of("arn:aws-cn:sns:cn-north-1:123456789012:texts");
        String json = SignedSnsMessage.notification(topic.text(), "{}")
                .timestamp(Fixtures.NOW)
                .json(china);
        SnsWebhooks webhooks = webhooks(
                topic,
                Map.of(china.address("cn-north-1").toString(), new SigningCertificate(china.x509())),
                false,
                Fixtures.NOW);
        assertThat(parse(webhooks, Fixtures.post(json)).refusal()).isEmpty();
        assertRefused(webhooks, json.replace("amazonaws.com.cn/Simple", "amazonaws.com/Simple"), "the other host");
    }

    @Test
    void refusesRawDeliveryGetAndOversizedBodies() {
        WebhookRequest raw = WebhookRequest.builder("POST", "/hooks/sns")
                .header("X-Amz-Sns-Rawdelivery", "true")
                .body(Fixtures.bytes("event-delivered.json"))
                .build();
        assertThat(parse(webhooks(false), raw).refusal().orElseThrow().explanation())
                .contains("Raw delivery");
        WebhookRequest get = WebhookRequest.builder("GET", "/hooks/sns").build();
        assertThat(parse(webhooks(false), get).refusal().orElseThrow().status()).isEqualTo(405);
        String large = sign(SignedSnsMessage.notification(Fixtures.TOPIC, "x".repeat(256 * 1024))
                .timestamp(Fixtures.NOW));
        assertThat(parse(webhooks(false), Fixtures.post(large)).refusal()).isEmpty();
        assertThat(parse(webhooks(false), Fixtures.post(large + " ".repeat(SnsWebhooks.LARGEST)))
                        .refusal()
                        .orElseThrow()
                        .status())
                .isEqualTo(413);
    }

    @Test
    void asksForAnotherDeliveryWhileTheCertificateCannotBeHad() {
        TopicArn topic = TopicArn.of(Fixtures.TOPIC);
        SnsWebhooks webhooks = new SnsWebhooks(
                new EnvelopeVerifier(
                        Map.of(topic.text(), topic),
                        false,
                        new Certificates(
                                url -> {
                                    throw new IllegalStateException("no network");
                                },
                                Map.of(),
                                new VirtualClock(Fixtures.NOW)),
                        new VirtualClock(Fixtures.NOW)),
                true,
                List.of());
        assertThat(parse(webhooks, Fixtures.post(sign(notification())))
                        .refusal()
                        .orElseThrow()
                        .status())
                .isEqualTo(503);
    }

    // ---- helpers ----

    private static Stream<JsonNode> vectors() {
        JsonNode all = Fixtures.json("sns_signature_vectors.json");
        assertThat(all.size()).isEqualTo(6);
        return StreamSupport.stream(all.spliterator(), false);
    }

    /** The clock stands a minute after the message. */
    private static SnsWebhooks genuine(JsonNode vector, int minutes) {
        JsonNode message = vector.get("message");
        try {
            SigningCertificate certificate =
                    Certificates.parse(Fixtures.text(vector.get("cert").asText()));
            return webhooks(
                    TopicArn.of(message.get("TopicArn").asText()),
                    Map.of(message.get("SigningCertURL").asText(), certificate),
                    false,
                    Instant.parse(message.get("Timestamp").asText()).plus(Duration.ofMinutes(minutes)));
        } catch (Certificates.UnavailableException unusable) {
            throw new AssertionError(unusable);
        }
    }

    private static SnsWebhooks webhooks(boolean requireSha256, SnsCertificate... more) {
        Map<String, SigningCertificate> known = new LinkedHashMap<>();
        Stream.concat(Stream.of(Fixtures.CERTIFICATE, Fixtures.NEW_CERTIFICATE), Arrays.stream(more))
                .forEach(each -> known.put(each.address(REGION).toString(), new SigningCertificate(each.x509())));
        return webhooks(TopicArn.of(Fixtures.TOPIC), known, requireSha256, Fixtures.NOW);
    }

    private static SnsWebhooks webhooks(
            TopicArn topic, Map<String, SigningCertificate> certificates, boolean requireSha256, Instant now) {
        VirtualClock clock = new VirtualClock(now);
        Function<String, HttpOutcome> nothing = url -> {
            throw new AssertionError("a certificate was fetched that nobody vouches for");
        };
        return new SnsWebhooks(
                new EnvelopeVerifier(
                        Map.of(topic.text(), topic),
                        requireSha256,
                        new Certificates(nothing, certificates, clock),
                        clock),
                true,
                List.of());
    }

    private static SignedSnsMessage notification() {
        return SignedSnsMessage.notification(Fixtures.TOPIC, Fixtures.text("event-delivered.json"))
                .timestamp(Fixtures.NOW);
    }

    private static String sign(SignedSnsMessage message) {
        return message.json(Fixtures.CERTIFICATE);
    }

    private static String signed(SnsCertificate certificate) {
        return notification().json(certificate);
    }

    private static String replaced(String strangers) {
        return strangers.replace(
                Fixtures.STRANGER.address(REGION).toString(),
                Fixtures.CERTIFICATE.address(REGION).toString());
    }

    private static String edit(Consumer<ObjectNode> change) {
        try {
            ObjectNode envelope = (ObjectNode) JSON.readTree(sign(notification()));
            change.accept(envelope);
            return JSON.writeValueAsString(envelope);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The message grows by the id's line; the signed text changes, and is refused for that. */
    private static void moveBorder(ObjectNode envelope) {
        envelope.put(
                "Message",
                envelope.get("Message").asText() + "\nMessageId\n"
                        + envelope.get("MessageId").asText());
    }

    /** A genuine message with lines like a field's, cut elsewhere: the signed text is the very same. */
    private static String movedBorder() {
        SignedSnsMessage genuine = SignedSnsMessage.notification(Fixtures.TOPIC, "STOP\nMessageId\nmade-up")
                .messageId("the-real-id")
                .timestamp(Fixtures.NOW);
        try {
            ObjectNode envelope = (ObjectNode) JSON.readTree(sign(genuine));
            envelope.put("Message", "STOP").put("MessageId", "made-up\nMessageId\nthe-real-id");
            String text = "Message\n" + envelope.get("Message").asText() + "\nMessageId\n"
                    + envelope.get("MessageId").asText() + "\n";
            assertThat(genuine.stringToSign()).startsWith(text);
            return JSON.writeValueAsString(envelope);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Base64 of 256 bytes ends in a letter of which four bits mean nothing. */
    private static String oddBits(String signature) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        int last = signature.length() - 3;
        char other = alphabet.charAt(alphabet.indexOf(signature.charAt(last)) ^ 1);
        return signature.substring(0, last) + other + "==";
    }

    private static byte[] bytes(ObjectNode message) {
        return message.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ParsedWebhook parse(SnsWebhooks webhooks, WebhookRequest request) {
        return webhooks.parse(request, Fixtures.origin());
    }

    private static void assertRefused(SnsWebhooks webhooks, String body, String why) {
        ParsedWebhook parsed = parse(webhooks, Fixtures.post(body));
        assertThat(parsed.refusal()).as(why).isPresent();
        assertThat(parsed.events()).as(why).isEmpty();
        assertThat(parsed.refusal().orElseThrow().status()).as(why).isBetween(400, 413);
    }
}
