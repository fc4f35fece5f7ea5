package io.textonce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.textonce.Origin;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.gateway.GatewayProfile;
import io.textonce.gateway.GatewayProvider;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.SignedGatewayRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped profiles that have webhooks, one of each way of writing and of vouching among them. */
class GatewayWebhookFuzzTest {

    private static final String SECRET = "a-gateways-secret-0123456789";
    private static final String HOOK = "https://sms.example.org/hooks/gateway";
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Origin ORIGIN = new Origin(TenantId.DEFAULT, "gateway", "gateway", NOW);

    /** In the query, in forms, and in JSON. */
    private static final List<String> FORMS = List.of("jasmin", "africastalking");

    private static final List<String> TREES = List.of("bulksms", "clickatell-platform", "infobip");

    private static final Map<String, WebhookParser> PARSERS = parsers();

    private static Map<String, WebhookParser> parsers() {
        Map<String, WebhookParser> parsers = new LinkedHashMap<>();
        Stream.of(List.of("kannel", "smsgate", "sinch-engage"), FORMS, TREES)
                .flatMap(List::stream)
                .forEach(id -> parsers.put(id, parser(GatewayProfile.shipped(id))));
        return parsers;
    }

    private static WebhookParser parser(GatewayProfile profile) {
        GatewayProvider.Builder builder = GatewayProvider.builder(profile)
                .baseUrl("https://gateway.example.org")
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .webhookSecrets(SECRET);
        profile.secrets().forEach(secret -> builder.secret(secret, "s3cret-" + secret));
        return builder.build().role(WebhookParser.class).orElseThrow();
    }

    /** Kannel writes everything into the query, octets of UTF-16 among it. */
    @FuzzTest
    void readsAnyQuery(byte[] query) {
        WebhookRequest request =
                SignedGatewayRequest.get(HOOK + "?a=" + printable(query)).querySecret("secret", SECRET);
        Bounded.run(() -> believed("kannel", request));
    }

    @FuzzTest
    void readsAnyForm(byte[] form) {
        for (String id : FORMS) {
            WebhookRequest request = SignedGatewayRequest.form(HOOK, form).querySecret("secret", SECRET);
            Bounded.run(() -> believed(id, request));
        }
    }

    @FuzzTest
    void readsAnyJson(byte[] json) {
        for (String id : TREES) {
            WebhookRequest request = SignedGatewayRequest.json(HOOK, json).querySecret("secret", SECRET);
            Bounded.run(() -> believed(id, request));
        }
        WebhookRequest engage = SignedGatewayRequest.json(HOOK, json).headerSecret("X-Textonce-Secret", SECRET);
        Bounded.run(() -> believed("sinch-engage", engage));
        WebhookRequest smsgate =
                SignedGatewayRequest.json(HOOK, json).hmac("X-Signature", "X-Timestamp", NOW.getEpochSecond(), SECRET);
        Bounded.run(() -> believed("smsgate", smsgate));
    }

    @FuzzTest
    void believesNothingUnsigned(byte[] body) {
        String line = printable(body);
        PARSERS.forEach((id, parser) -> {
            WebhookRequest request = WebhookRequest.builder("POST", HOOK + "?" + line)
                    .header("X-Signature", line.substring(0, Math.min(64, line.length())))
                    .header("X-Timestamp", Long.toString(NOW.getEpochSecond()))
                    .header("Authorization", "Basic " + line.substring(0, Math.min(64, line.length())))
                    .body(body)
                    .build();
            Bounded.run(() -> {
                ParsedWebhook parsed = parser.parse(request, ORIGIN);
                assertThat(parsed.refusal()).as(id).isPresent();
                assertThat(parsed.refusal().get().status()).isBetween(400, 499);
                assertThat(parsed.events()).isEmpty();
            });
        });
    }

    @ParameterizedTest
    @MethodSource("io.textonce.fuzz.Nasty#inputs")
    void staysBoundedOnWhatParsersDislike(byte[] input) {
        readsAnyQuery(input);
        readsAnyForm(input);
        readsAnyJson(input);
        believesNothingUnsigned(input);
    }

    /** Whole documents, with as much of one thing as fits. */
    @ParameterizedTest
    @MethodSource("crowds")
    void staysBoundedOnMuchOfOneThing(String json) {
        readsAnyJson(json.getBytes(StandardCharsets.UTF_8));
    }

    static Stream<String> crowds() {
        String longest = "9".repeat(60_000);
        return Stream.of(
                "[" + "{\"type\":\"RECEIVED\",\"from\":\"1\",\"body\":\"\"},".repeat(499) + "{}]",
                "{\"results\":[" + "{\"from\":\"1\",\"text\":\"\"},".repeat(499) + "{}]}",
                list("1"),
                list("{}"),
                list("[]"),
                list("null"),
                list("{\"type\":\"SENT\"}"),
                list("{\"type\":\"SENT\",\"id\":\"1\",\"status\":{\"id\":\"SENT.null\"}}"),
                list("{\"type\":\"RECEIVED\",\"from\":\"1\",\"body\":\"\"}"),
                "{\"results\":" + list("1") + "}",
                "{\"results\":" + list("{\"messageId\":\"1\",\"status\":{\"groupName\":\"DELIVERED\"}}") + "}",
                "{\"results\":" + list("{\"from\":\"1\",\"text\":\"\"}") + "}",
                "[{\"type\":\"RECEIVED\",\"id\":\"" + longest + "\",\"from\":\"1\",\"body\":\"a\"}]",
                "[{\"type\":\"RECEIVED\",\"id\":\"1\",\"from\":\"" + longest + "\",\"body\":\"a\"}]",
                "[{\"type\":\"RECEIVED\",\"id\":\"\\u0000\\ud800\",\"from\":\"\\ud800\",\"to\":\"\\n\",\"body\":\"\\ud800\"}]",
                "[{\"type\":\"SENT\",\"id\":\"" + longest + "\",\"to\":\"" + "9".repeat(4000)
                        + "\",\"status\":{\"id\":\"\\ud800\"}}]",
                "{\"reply_id\":\"r\",\"source_number\":\"1\",\"content\":\"\",\"attachments\":"
                        + list("{\"content\":\"YQ==\"}") + "}",
                "{\"reply_id\":\"r\",\"source_number\":\"1\",\"content\":\"\",\"attachments\":" + list("null") + "}",
                "{\"reply_id\":\"r\",\"source_number\":\"1\",\"attachments\":[{\"content\":\"%%\",\"content_type\":\"\"}]}");
    }

    private static String list(String part) {
        return '[' + (part + ",").repeat(60_000 / (part.length() + 1)) + part + ']';
    }

    private static void believed(String id, WebhookRequest request) {
        ParsedWebhook parsed = PARSERS.get(id).parse(request, ORIGIN);
        // A body that is empty isn't signed by SMSGate, and a query may be too long.
        parsed.refusal()
                .ifPresent(refusal -> assertThat(refusal.status()).as(id).isIn(403, 413));
        parsed.events().forEach(event -> assertThat(event.origin()).isEqualTo(ORIGIN));
    }

    private static String printable(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^\\x21-\\x7e]", "");
    }
}
