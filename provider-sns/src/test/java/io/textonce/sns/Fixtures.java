package io.textonce.sns;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.textonce.Origin;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.SnsCertificate;
import io.textonce.testkit.VirtualClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;

/** The files beside the tests, and what most of them configure. */
final class Fixtures {

    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    static final String TOPIC = "arn:aws:sns:us-east-1:123456789012:texts";
    static final String KEY_ID = "AKIDEXAMPLE0TEXTONCE";
    static final String SECRET_KEY = "wJalrXUtnFEMI0K7MDENG0bPxRfiCYEXAMPLEKEY";
    static final String FORWARD_SECRET = "a-forwarders-secret-0123456789";
    static final String OLD_FORWARD_SECRET = "another-forwarders-secret-98765";
    static final String ID = "94f20ce6-13c5-43a0-9a9e-ca52d816e90b";

    /** Keys take long to make. */
    static final SnsCertificate CERTIFICATE = SnsCertificate.named("sns.amazonaws.com");

    static final SnsCertificate NEW_CERTIFICATE = SnsCertificate.named("sns.amazonaws.com");
    static final SnsCertificate STRANGER = SnsCertificate.named("sns.amazonaws.com");

    private Fixtures() {}

    static byte[] bytes(String name) {
        try (InputStream in = Objects.requireNonNull(Fixtures.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8).strip();
    }

    static JsonNode json(String name) {
        try {
            return new ObjectMapper().readTree(bytes(name));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static SnsProvider.Builder publish(String baseUrl) {
        return configured(SnsProvider.builder(), baseUrl);
    }

    static SnsProvider.Builder endUserMessaging(String baseUrl) {
        return configured(SnsProvider.endUserMessaging(), baseUrl);
    }

    private static SnsProvider.Builder configured(SnsProvider.Builder builder, String baseUrl) {
        return builder.region("us-east-1")
                .credentials(KEY_ID, SECRET_KEY)
                .topics(TOPIC)
                .signingCertificate(CERTIFICATE.address("us-east-1"), CERTIFICATE.pem())
                .signingCertificate(NEW_CERTIFICATE.address("us-east-1"), NEW_CERTIFICATE.pem())
                .baseUrl(baseUrl)
                .time(new VirtualClock(NOW));
    }

    static WebhookParser parser(SmsProvider provider) {
        return provider.role(WebhookParser.class).orElseThrow();
    }

    static Origin origin() {
        return new Origin(TenantId.DEFAULT, "sns", "sns", NOW);
    }

    static WebhookRequest post(String body) {
        return WebhookRequest.builder("POST", "/hooks/sns")
                .body(body.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    static WebhookRequest forwarded(byte[] body, String secret) {
        return WebhookRequest.builder("POST", "/hooks/sns")
                .header("Authorization", "Bearer " + secret)
                .body(body)
                .build();
    }

    static String error(String code, String message) {
        return "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>"
                + code
                + "</Code><Message>" + message
                + "</Message></Error><RequestId>f187a3c1-376f-11df-8963-01868b7c937a</RequestId></ErrorResponse>";
    }
}
