package io.textonce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.textonce.Origin;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.sns.SnsProvider;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.SignedSnsMessage;
import io.textonce.testkit.SnsCertificate;
import io.textonce.testkit.VirtualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SnsWebhookFuzzTest {

    private static final String TOPIC = "arn:aws:sns:us-east-1:123456789012:texts";
    private static final String SECRET = "a-forwarders-secret-0123456789";
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Origin ORIGIN = new Origin(TenantId.DEFAULT, "sns", "sns", NOW);
    private static final SnsCertificate CERTIFICATE = SnsCertificate.named("sns.amazonaws.com");
    private static final WebhookParser PARSER = SnsProvider.endUserMessaging()
            .region("us-east-1")
            .credentials("AKID", "secret")
            .topics(TOPIC)
            .forwardSecrets(SECRET)
            .signingCertificate(CERTIFICATE.address("us-east-1"), CERTIFICATE.pem())
            .time(new VirtualClock(NOW))
            .build()
            .role(WebhookParser.class)
            .orElseThrow();

    @FuzzTest
    void readsAnySignedMessage(byte[] message) {
        WebhookRequest signed = SignedSnsMessage.notification(TOPIC, new String(message, StandardCharsets.UTF_8))
                .timestamp(NOW)
                .sign(CERTIFICATE);
        Bounded.run(() -> {
            ParsedWebhook parsed = PARSER.parse(signed, ORIGIN);
            if (parsed.refusal().isEmpty()) {
                parsed.events().forEach(event -> assertThat(event.origin()).isEqualTo(ORIGIN));
            } else {
                // Logs packed in a message that unpack to more than logs can, or half a character.
                assertThat(parsed.refusal().get().status()).isIn(403, 413);
            }
        });
    }

    @FuzzTest
    void readsAnythingThatIsForwarded(byte[] body) {
        Bounded.run(() -> forward(body));
    }

    @FuzzTest
    void unpacksAnything(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        Bounded.run(() -> forward(packed.toByteArray()));
    }

    @FuzzTest
    void believesNothingUnsigned(byte[] body) {
        WebhookRequest request =
                WebhookRequest.builder("POST", "/hooks/sns").body(body).build();
        Bounded.run(() -> {
            ParsedWebhook parsed = PARSER.parse(request, ORIGIN);
            assertThat(parsed.refusal()).isPresent();
            assertThat(parsed.refusal().get().status()).isBetween(400, 499);
            assertThat(parsed.events()).isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("io.textonce.fuzz.Nasty#inputs")
    void staysBoundedOnWhatParsersDislike(byte[] input) {
        readsAnySignedMessage(input);
        readsAnythingThatIsForwarded(input);
        unpacksAnything(input);
        believesNothingUnsigned(input);
    }

    private static void forward(byte[] body) {
        ParsedWebhook parsed = PARSER.parse(
                WebhookRequest.builder("POST", "/hooks/sns")
                        .header("Authorization", "Bearer " + SECRET)
                        .body(body)
                        .build(),
                ORIGIN);
        parsed.events().forEach(event -> assertThat(event.origin()).isEqualTo(ORIGIN));
    }
}
