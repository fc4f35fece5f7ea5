package io.textonce.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.Reason;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SandboxWebhooksTest {

    private static final String TARGET = "/hooks/sandbox?tenant=a%20b";

    private final Host.Time time = new Host.Time();
    private final WebhookParser parser = parser("new", "old");

    private WebhookParser parser(String first, String... others) {
        return SandboxProvider.builder()
                .time(time)
                .secret(first, others)
                .build()
                .role(WebhookParser.class)
                .orElseThrow();
    }

    private ParsedWebhook parse(WebhookParser by, WebhookRequest request) {
        return by.parse(request, new Origin(TenantId.DEFAULT, "sandbox", "sms", time.now()));
    }

    /** Signed here from the documented words, not by the code under test. */
    private static String signature(String secret, long second, String method, String target, byte[] body)
            throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update((second + "\n" + method + "\n" + target + "\n").getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(mac.doFinal(body));
    }

    private String header(String secret, String body) throws Exception {
        long second = time.now().getEpochSecond();
        return "t=" + second + ",v1="
                + signature(secret, second, "POST", TARGET, body.getBytes(StandardCharsets.UTF_8));
    }

    private static WebhookRequest request(String method, String target, String header, String body) {
        return WebhookRequest.builder(method, target)
                .header("sandbox-signature", header)
                .body(body.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private List<SmsEvent> events(String body) throws Exception {
        ParsedWebhook parsed = parse(parser, request("POST", TARGET, header("new", body), body));
        assertThat(parsed.refusal()).isEmpty();
        return parsed.events();
    }

    private static final String REPORT = "type=report&event=e1&id=p1&ref=0123456789abc&to=%2B12025550100&status=sent";

    @Test
    void believesEverySecretItHas() throws Exception {
        assertThat(parse(parser, request("POST", TARGET, header("new", REPORT), REPORT))
                        .events())
                .hasSize(1);
        assertThat(parse(parser, request("POST", TARGET, header("old", REPORT), REPORT))
                        .events())
                .hasSize(1);
    }

    @Test
    void believesARequestThatCarriesOneGoodSignatureAmongOthers() throws Exception {
        String good = header("old", REPORT);
        String other = signature("other", 1, "POST", TARGET, new byte[0]);

        assertThat(parse(parser, request("POST", TARGET, good + ",v1=" + other, REPORT))
                        .events())
                .hasSize(1);
        assertThat(parse(parser, request("POST", TARGET, "v1=" + other + ",v0=x,v1=zz," + good, REPORT))
                        .events())
                .hasSize(1);
    }

    @Test
    void signsWithItsFirstSecretSoThatSecretsCanBeRotated() {
        SandboxProvider sender =
                SandboxProvider.builder().time(time).secret("new", "old").build();
        List<WebhookRequest> posted = new ArrayList<>();
        sender.connect(request -> {
            posted.add(request);
            return WebhookReply.of(204);
        });
        sender.receive("+12025550123", "+12025550199", "Hello");
        sender.run();

        assertThat(parse(parser("new"), posted.get(0)).events()).hasSize(1);
        assertThat(parse(parser("old", "new"), posted.get(0)).events()).hasSize(1);
        assertThat(parse(parser("old"), posted.get(0)).refusal()).isPresent();
        assertThat(parse(parser("retired"), posted.get(0)).refusal()).isPresent();
    }

    @Test
    void twoSandboxesWithoutASecretDoNotBelieveEachOther() {
        SandboxProvider sender = SandboxProvider.builder().time(time).build();
        SandboxProvider other = SandboxProvider.builder().time(time).build();
        List<ParsedWebhook> seen = new ArrayList<>();
        sender.connect(request -> {
            seen.add(parse(sender.role(WebhookParser.class).orElseThrow(), request));
            seen.add(parse(other.role(WebhookParser.class).orElseThrow(), request));
            return WebhookReply.of(204);
        });
        sender.receive("+12025550123", "+12025550199", "Hello");
        sender.run();

        assertThat(seen.get(0).refusal()).isEmpty();
        assertThat(seen.get(1).refusal()).isPresent();
    }

    @Test
    void refusesWhatWasChangedAfterSigning() throws Exception {
        String good = header("new", REPORT);
        long second = time.now().getEpochSecond();
        List<WebhookRequest> forged = List.of(
                request("POST", TARGET, good, REPORT + " "),
                request("POST", TARGET, good, REPORT.replace("sent", "delivered")),
                request("POST", TARGET, good, ""),
                request("PUT", TARGET, good, REPORT),
                request("POST", TARGET.replace("a%20b", "a+b"), good, REPORT),
                request("POST", TARGET + "&x", good, REPORT),
                request("POST", "/hooks/sandbox", good, REPORT),
                request("POST", TARGET, good.replace("t=" + second, "t=" + (second + 1)), REPORT),
                request("POST", TARGET, header("wrong", REPORT), REPORT));

        for (WebhookRequest request : forged) {
            ParsedWebhook parsed = parse(parser, request);
            assertThat(parsed.events()).isEmpty();
            assertThat(parsed.refusal().orElseThrow().status()).isEqualTo(403);
        }
        assertThat(parse(parser, request("POST", TARGET, good, REPORT)).refusal())
                .isEmpty();
    }

    @Test
    void refusesEverySingleBitFlippedInBodyOrSignature() throws Exception {
        byte[] body = REPORT.getBytes(StandardCharsets.UTF_8);
        String header = header("new", REPORT);
        int refused = 0;
        for (int bit = 0; bit < body.length * 8; bit++) {
            byte[] flipped = body.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            WebhookRequest request = WebhookRequest.builder("POST", TARGET)
                    .header("Sandbox-Signature", header)
                    .body(flipped)
                    .build();
            refused += parse(parser, request).refusal().isPresent() ? 1 : 0;
        }
        assertThat(refused).isEqualTo(body.length * 8);

        int start = header.indexOf("v1=") + 3;
        for (int i = start; i < header.length(); i++) {
            char other = header.charAt(i) == '0' ? '1' : '0';
            String changed = header.substring(0, i) + other + header.substring(i + 1);
            assertThat(parse(parser, request("POST", TARGET, changed, REPORT)).refusal())
                    .isPresent();
        }
    }

    @Test
    void refusesHeadersThatAreNoSignature() throws Exception {
        long second = time.now().getEpochSecond();
        String digest = header("new", REPORT).substring(("t=" + second + ",").length());
        List<String> headers = List.of(
                "",
                "t=,v1=",
                digest,
                "t=" + second,
                "t=now," + digest,
                "t=-" + second + "," + digest,
                "t=99999999999999999999," + digest,
                "t=999999999999," + digest,
                "t=" + second + ",v1=zz",
                "t=" + second + ",v1=" + "z".repeat(64),
                "t=" + second + "," + digest + ",v1=" + "0".repeat(2000));

        for (String header : headers) {
            assertThat(parse(parser, request("POST", TARGET, header, REPORT)).refusal())
                    .as(header)
                    .hasValueSatisfying(refusal -> assertThat(refusal.status()).isEqualTo(403));
        }
        WebhookRequest bare = WebhookRequest.builder("POST", TARGET)
                .body(REPORT.getBytes(StandardCharsets.UTF_8))
                .build();
        assertThat(parse(parser, bare).refusal()).isPresent();
    }

    @Test
    void refusesWhatWasSignedMoreThanFiveMinutesAwayFromNow() throws Exception {
        WebhookRequest request = request("POST", TARGET, header("new", REPORT), REPORT);

        time.advance(Duration.ofMinutes(5));
        assertThat(parse(parser, request).refusal()).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(parse(parser, request).refusal().orElseThrow().explanation()).contains("300 s", "replay");

        time.advance(Duration.ofMinutes(-10));
        assertThat(parse(parser, request).refusal()).isEmpty();
        time.advance(Duration.ofMillis(-2));
        assertThat(parse(parser, request).refusal()).isPresent();
    }

    @Test
    void believesARequestWhoseHostKnowsTheWholeUrl() throws Exception {
        String header = header("new", REPORT);

        assertThat(parse(parser, request("POST", "https://sms.example.org" + TARGET, header, REPORT))
                        .refusal())
                .isEmpty();
        assertThat(parse(parser, request("POST", "https://sms.example.org", header, REPORT))
                        .refusal())
                .isPresent();
        WebhookRequest withBase = request("POST", TARGET, header, REPORT).withPublicBaseUrl("https://sms.example.org/");
        assertThat(parse(parser, withBase).refusal()).isEmpty();
    }

    @Test
    void refusesABodyThatIsTooLargeBeforeLookingAtIt() throws Exception {
        String body = "x".repeat(parser.maxBodyBytes() + 1);

        ParsedWebhook parsed = parse(parser, request("POST", TARGET, header("new", body), body));

        assertThat(parsed.refusal().orElseThrow().status()).isEqualTo(413);
    }

    @Test
    void aRefusalTellsNoSecretAndNothingOfTheBody() {
        String explanation = parse(parser("s3cret"), request("POST", TARGET, "t=1,v1=" + "0".repeat(64), REPORT))
                .refusal()
                .orElseThrow()
                .explanation();

        assertThat(explanation).doesNotContain("s3cret", "2025550", "0000");
    }

    @Test
    void readsEveryFieldOfAReport() throws Exception {
        DeliveryReport report = (DeliveryReport) events(
                        REPORT.replace("sent", "undelivered")
                                + "&reason=BLOCKED&code=f%261&part=2&segments=3&price=0.02&currency=AUD&at=2026-03-01T09:00:00Z")
                .get(0);

        assertThat(report.id()).isEqualTo("e1");
        assertThat(report.status()).isEqualTo(DeliveryStatus.UNDELIVERED);
        assertThat(report.providerStatus()).isEqualTo("undelivered");
        assertThat(report.reason()).contains(Reason.BLOCKED);
        assertThat(report.providerCode()).contains("f&1");
        assertThat(report.part()).hasValue(2);
        assertThat(report.segments()).hasValue(3);
        assertThat(report.price().orElseThrow()).hasToString("0.02 AUD");
        assertThat(report.occurredAt()).contains(Host.Time.START);
        assertThat(report.recipient().orElseThrow().e164()).isEqualTo("+12025550100");
    }

    @Test
    void readsSeveralEventsFromOneRequestAndSkipsBlankLines() throws Exception {
        List<SmsEvent> events = events("\n" + REPORT + "\n\ntype=inbound&event=e2&from=12345&to=54321&text=hi\n  \n");

        assertThat(events).hasSize(2);
        assertThat(events.get(0)).isInstanceOf(DeliveryReport.class);
        assertThat(events.get(1)).isInstanceOf(InboundMessage.class);
        assertThat(events("")).isEmpty();
    }

    @Test
    void keepsAStatusThatItDoesNotKnowAsOther() throws Exception {
        for (String word : List.of("read", "partial", "SENT", "sent2")) {
            DeliveryReport report = (DeliveryReport)
                    events(REPORT.replace("status=sent", "status=" + word)).get(0);
            assertThat(report.status()).as(word).isEqualTo(DeliveryStatus.OTHER);
            assertThat(report.providerStatus()).isEqualTo(word);
        }
    }

    @Test
    void leavesOutFieldsThatItCannotRead() throws Exception {
        DeliveryReport report = (DeliveryReport) events("type=report&event=e1&id=p1&ref=NOT-OURS&to=12&status=sent"
                        + "&code=x&reason=NOPE&part=-1&segments=many&price=free&currency=???&at=soon&media=%zz")
                .get(0);

        assertThat(report.messageId()).isEmpty();
        assertThat(report.providerMessageId()).contains("p1");
        assertThat(report.recipient()).isEmpty();
        assertThat(report.reason()).contains(Reason.OTHER);
        assertThat(report.part()).isEmpty();
        assertThat(report.segments()).isEmpty();
        assertThat(report.price()).isEmpty();
        assertThat(report.occurredAt()).isEmpty();
    }

    @Test
    void makesAnOtherEventOfWhatItDoesNotKnowWithAnIdOfItsContent() throws Exception {
        List<String> lines = List.of(
                "type=weather&event=w1&x=1",
                "no fields at all",
                "type=report&event=e1&status=sent",
                "type=report&id=p1&status=sent",
                "type=report&event=e1&id=p1",
                "type=inbound&event=e1&from=12345",
                "type=inbound&from=12345&to=54321",
                "&&&===");
        for (String line : lines) {
            OtherEvent other = (OtherEvent) events(line).get(0);
            assertThat(other.raw()).isEqualTo(line);
            assertThat(other.id()).isEqualTo(events(line).get(0).id()).isNotEmpty();
        }
        assertThat(((OtherEvent) events(lines.get(0)).get(0)).kind()).isEqualTo("weather");
        assertThat(events(lines.get(0)).get(0).id()).isEqualTo("w1");
    }

    @Test
    void neverThrowsForWhatASignedRequestContains() throws Exception {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        String[] words = {
            "type=", "report", "inbound", "event=", "id=", "ref=", "to=", "from=", "status=", "sent", "part=", "price=",
            "currency=", "at=", "media1=", "media1size=", "segments=", "&", "=", "%", "%2B", "\n", "+12025550100", "-1",
            "99999999999999999999", "\u0000", "\uFFFD", "USD", "code=", "reason=", "1e999999999"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder body = new StringBuilder(random.nextBoolean() ? REPORT + "&" : "");
            for (int n = random.nextInt(30); n > 0; n--) {
                body.append(words[random.nextInt(words.length)]);
            }
            assertThat(events(body.toString())).as("seed " + seed).isNotNull();
        }
    }
}
