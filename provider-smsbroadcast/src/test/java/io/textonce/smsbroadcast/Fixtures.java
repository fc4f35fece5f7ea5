package io.textonce.smsbroadcast;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import io.textonce.spi.Submission;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** The files beside the tests, and what most of them share. */
final class Fixtures {

    static final String USERNAME = "key-0123456789abcdef";
    static final String PASSWORD = "secret-of-the-key-42";
    static final String SECRET = "a-long-random-secret-1";
    static final String OLD_SECRET = "a-long-random-secret-0";
    static final String HOOK = "https://sms.example.org/hooks/clinic";
    static final Instant NOW = Instant.parse("2026-04-01T06:33:52Z");
    static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    static final String KEY_ID = "7ca628a8-08b0-4e42-aeb8-960b37049c31";
    static final String OLD_KEY_ID = "11111111-08b0-4e42-aeb8-960b37049c31";
    static final KeyPair KEY = keyPair(2048);
    static final KeyPair OLD_KEY = keyPair(1024);
    static final KeyPair STRANGE_KEY = keyPair(2048);

    private Fixtures() {}

    static SmsBroadcastProvider.Builder provider() {
        return SmsBroadcastProvider.builder().credentials(USERNAME, PASSWORD).clock(CLOCK);
    }

    static Submission submission(String to, String text) {
        return Submission.builder(MessageId.next(), PhoneNumber.of(to), text)
                .segments(1)
                .build();
    }

    static List<Submission> batch(String text, String... to) {
        return new ArrayList<>(
                Arrays.stream(to).map(number -> submission(number, text)).toList());
    }

    static Origin origin() {
        return new Origin(TenantId.DEFAULT, "smsbroadcast", "clinic", NOW);
    }

    static List<JsonNode> vectors(String kind) {
        try {
            List<JsonNode> all = new ArrayList<>();
            new ObjectMapper().readTree(bytes("vectors.json")).forEach(vector -> {
                if (vector.path("kind").asText().equals(kind)) {
                    all.add(vector);
                }
            });
            return all;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static byte[] bytes(String name) {
        try (InputStream in = Objects.requireNonNull(Fixtures.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    static String base64(KeyPair pair) {
        return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    }

    private static KeyPair keyPair(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException(absent);
        }
    }
}
