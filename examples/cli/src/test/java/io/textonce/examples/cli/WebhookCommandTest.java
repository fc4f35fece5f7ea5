package io.textonce.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.sandbox.SandboxProvider;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class WebhookCommandTest {

    private static final String URL = "https://sms.example.org/hooks/twilio?x=1";
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String SID = "SM0123456789abcdef0123456789abcdef";
    private static final Map<String, String> DELIVERED =
            Map.of("MessageSid", SID, "MessageStatus", "delivered", "To", "+12025550123", "From", "+12025550100");

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
    }

    /** As Twilio describes it: HMAC-SHA1 over the URL and the sorted fields. */
    private static String signature(String token, Map<String, String> fields) throws Exception {
        StringBuilder signed = new StringBuilder(URL);
        new TreeMap<>(fields).forEach((name, value) -> signed.append(name).append(value));
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(token.getBytes(UTF_8), "HmacSHA1"));
        return Base64.getEncoder().encodeToString(mac.doFinal(signed.toString().getBytes(UTF_8)));
    }

    private static Ran twilio(Map<String, String> environment, String body, String signature, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "webhook",
                "--json",
                "--provider=twilio",
                "--url",
                URL,
                "--header",
                "Content-Type: application/x-www-form-urlencoded",
                "--header",
                "x-twilio-signature:" + signature));
        args.addAll(List.of(more));
        return Ran.with(environment, body, args.toArray(String[]::new));
    }

    @Test
    void believesASignedReportAndSaysWhatItTells() throws Exception {
        Ran ran = twilio(Map.of(), form(DELIVERED), signature(TOKEN, DELIVERED), "--secret", TOKEN);
        JsonNode answer = ran.object();
        assertThat(answer.get("verdict").asText()).isEqualTo("verified");
        assertThat(answer.get("status").asInt()).isEqualTo(200);
        assertThat(answer.get("events")).hasSize(1);
        JsonNode event = answer.get("events").get(0);
        assertThat(event.get("type").asText()).isEqualTo("report");
        assertThat(event.get("status").asText()).isEqualTo("DELIVERED");
        assertThat(event.get("providerMessageId").asText()).isEqualTo(SID);
        assertThat(ran.code()).isZero();
        assertThat(ran.errors()).isEmpty();
    }

    @Test
    void refusesAForgedReport() throws Exception {
        String other = form(Map.of("MessageSid", SID, "MessageStatus", "failed"));
        Ran ran = twilio(Map.of(), other, signature(TOKEN, DELIVERED), "--secret", TOKEN);
        JsonNode answer = ran.object();
        assertThat(answer.get("verdict").asText()).isEqualTo("refused");
        assertThat(answer.get("status").asInt()).isEqualTo(403);
        assertThat(answer.get("explanation").asText()).isNotEmpty();
        assertThat(answer.get("events")).isEmpty();
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out()).doesNotContain(TOKEN);
    }

    @Test
    void saysThatTheTypeOfAFormIsMissingAndOnlyThen() throws Exception {
        String hint = "Add --header \"Content-Type: application/x-www-form-urlencoded\".";
        String[] args = {
            "webhook",
            "--provider=twilio",
            "--url=" + URL,
            "--secret=" + TOKEN,
            "--header=X-Twilio-Signature: " + signature(TOKEN, DELIVERED)
        };
        Ran ran = Ran.with(Map.of(), form(DELIVERED), args);
        assertThat(ran.out()).startsWith("refused, answer it with 403: ").contains(hint);
        assertThat(ran.code()).isEqualTo(3);

        assertThat(twilio(Map.of(), form(DELIVERED), "forged", "--secret", TOKEN)
                        .out())
                .contains("refused")
                .doesNotContain("--header");
        assertThat(Ran.with(Map.of(), "x", "webhook", "--provider=sandbox", "--url=" + URL, "--secret=s3cret")
                        .out())
                .contains("refused")
                .doesNotContain("--header");
    }

    @Test
    void takesSeveralSecretsAndTheEnvironments() throws Exception {
        String signature = signature(TOKEN, DELIVERED);
        String other = "ffffffffffffffffffffffffffffffff";
        assertThat(twilio(Map.of(), form(DELIVERED), signature, "--secret", other, "--secret", TOKEN)
                        .code())
                .isZero();
        assertThat(twilio(Map.of(), form(DELIVERED), signature, "--secret", other)
                        .code())
                .isEqualTo(3);
        assertThat(twilio(Map.of("TWILIO_AUTH_TOKEN", TOKEN), form(DELIVERED), signature)
                        .code())
                .isZero();
    }

    @Test
    void readsAnInboundMessageWithItsKeyword() throws Exception {
        Map<String, String> stop = Map.of(
                "MessageSid",
                SID,
                "SmsStatus",
                "received",
                "From",
                "+12025550123",
                "To",
                "+12025550100",
                "Body",
                "Stop");
        JsonNode event = twilio(Map.of(), form(stop), signature(TOKEN, stop), "--secret", TOKEN)
                .object()
                .get("events")
                .get(0);
        assertThat(event.get("type").asText()).isEqualTo("inbound");
        assertThat(event.get("from").asText()).isEqualTo("+12025550123");
        assertThat(event.get("text").asText()).isEqualTo("Stop");
        assertThat(event.get("keyword").asText()).isEqualTo("STOP");
    }

    @Test
    void readsWhatTheSandboxPosts() {
        List<WebhookRequest> posted = new ArrayList<>();
        try (SandboxProvider sandbox =
                SandboxProvider.builder().secret("s3cret").build()) {
            sandbox.connect(request -> {
                posted.add(request);
                return WebhookReply.of(200);
            });
            sandbox.receive("+12025550123", "+12025550100", "g\u00FCle g\u00FCle");
            sandbox.run();
        }
        WebhookRequest request = posted.get(0);
        Ran ran = Ran.with(
                Map.of(),
                new String(request.body(), UTF_8),
                "webhook",
                "--provider=sandbox",
                "--url=https://sms.example.org" + request.rawTarget(),
                "--secret=s3cret",
                "--header=Sandbox-Signature: "
                        + request.header("Sandbox-Signature").orElseThrow());
        assertThat(ran.out()).isEqualTo("verified\ninbound  from +12025550123 to +12025550100: g\u00FCle g\u00FCle\n");
        assertThat(ran.code()).isZero();
    }

    @Test
    void refusesWrongOptions() {
        Ran.of("webhook", "--json", "--provider=twilio", "--url", URL).isUsageError("--secret", "TWILIO_AUTH_TOKEN");
        Ran.of("webhook", "--json", "--provider=pigeon", "--url", URL).isUsageError("--provider", "pigeon");
        Ran.of("webhook", "--json", "--provider=twilio", "--url", "/hooks", "--secret", TOKEN)
                .isUsageError("--url", "/hooks", "https://");
        twilio(Map.of(), "", "x", "--secret", TOKEN, "--header", "no colon").isUsageError("--header", "no colon");
    }
}
