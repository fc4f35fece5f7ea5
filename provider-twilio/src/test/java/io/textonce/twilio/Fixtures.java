package io.textonce.twilio;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The files beside the tests. */
final class Fixtures {

    static final String ACCOUNT = "AC00000000000000000000000000000001";
    static final String TOKEN = "0123456789abcdef0123456789abcdef";
    static final String OLD_TOKEN = "fedcba9876543210fedcba9876543210";
    static final String SID = "SM0123456789abcdef0123456789abcdef";
    static final String HOOK = "https://sms.example.org/hooks/twilio";

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

    static String error(int code) {
        return text("submit-error.json").replace("%d", Integer.toString(code));
    }
}
