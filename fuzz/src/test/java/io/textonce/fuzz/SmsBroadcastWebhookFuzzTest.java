package io.textonce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.textonce.Origin;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.smsbroadcast.SmsBroadcastProvider;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SmsBroadcastWebhookFuzzTest {

    private static final String SECRET = "a-portals-secret-0123456789";
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Origin ORIGIN = new Origin(TenantId.DEFAULT, "smsbroadcast", "smsbroadcast", NOW);
    private static final WebhookParser PARSER = SmsBroadcastProvider.builder()
            .credentials("key", "secret")
            .webhookSecrets(SECRET)
            .webhookKey("0b6f3a0e-1d1b-4b0e-9d0c-6f3a0e1d1b4b", publicKey())
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .build()
            .role(WebhookParser.class)
            .orElseThrow();

    /** An older callback: everything stands in the query. */
    @FuzzTest
    void readsAnyQuery(byte[] query) {
        String line = printable(query);
        Bounded.run(() -> vouchedFor(WebhookRequest.builder("GET", "/hooks/sms?" + line)));
    }

    /** The portal's webhooks look as their account's owner wants: JSON, a form, anything. */
    @FuzzTest
    void readsAnyBody(byte[] body) {
        Bounded.run(
                () -> vouchedFor(WebhookRequest.builder("POST", "/hooks/sms").body(body)));
    }

    @FuzzTest
    void believesNothingUnsigned(byte[] body) {
        String line = printable(body);
        String signature = Base64.getEncoder().encodeToString(body.length <= 256 ? body : new byte[128]);
        WebhookRequest plain =
                WebhookRequest.builder("POST", "/hooks/sms?" + line).body(body).build();
        WebhookRequest signed = WebhookRequest.builder("POST", "/hooks/sms?" + line)
                .header("X-MessageMedia-Signature", signature)
                .header("X-MessageMedia-Digest-Type", "SHA-512")
                .header("X-MessageMedia-Cipher-Type", "RSA")
                .header("Date", "Sat, 21 Nov 2026 12:00:00 GMT")
                // One that is signed is judged by its signature alone.
                .header("X-Webhook-Secret", SECRET)
                .body(body)
                .build();
        Bounded.run(() -> refused(plain));
        Bounded.run(() -> refused(signed));
    }

    @ParameterizedTest
    @MethodSource("io.textonce.fuzz.Nasty#inputs")
    void staysBoundedOnWhatParsersDislike(byte[] input) {
        readsAnyQuery(input);
        readsAnyBody(input);
        believesNothingUnsigned(input);
    }

    private static void vouchedFor(WebhookRequest.Builder request) {
        ParsedWebhook parsed =
                PARSER.parse(request.header("X-Webhook-Secret", SECRET).build(), ORIGIN);
        if (parsed.refusal().isPresent()) {
            // Longer than a request line may be.
            assertThat(parsed.refusal().get().status()).isEqualTo(413);
            assertThat(parsed.events()).isEmpty();
        } else {
            assertThat(parsed.events()).hasSize(1);
            assertThat(parsed.events().get(0).origin()).isEqualTo(ORIGIN);
        }
    }

    private static void refused(WebhookRequest request) {
        ParsedWebhook parsed = PARSER.parse(request, ORIGIN);
        assertThat(parsed.refusal()).isPresent();
        assertThat(parsed.refusal().get().status()).isBetween(400, 499);
        assertThat(parsed.events()).isEmpty();
    }

    private static String printable(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^\\x21-\\x7e]", "");
    }

    /** Any key will do, as nobody signs here. */
    private static String publicKey() {
        try {
            java.security.KeyPairGenerator generator = java.security.KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return Base64.getEncoder()
                    .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
        } catch (java.security.NoSuchAlgorithmException absent) {
            throw new IllegalStateException(absent);
        }
    }
}
