package io.textonce.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pairs of a query or a form, kept as they came: some gateways escape octets that are no UTF-8 text, and only the
 * profile knows which. The first of equal names counts.
 */
final class Form {

    static final Form EMPTY = new Form(Map.of());

    private static final int MOST_PAIRS = 500;

    private final Map<String, String> raw;

    private Form(Map<String, String> raw) {
        this.raw = raw;
    }

    static Form parse(String encoded) {
        if (encoded.isEmpty()) {
            return EMPTY;
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        int at = 0;
        for (int i = 0; i < MOST_PAIRS && at <= encoded.length(); i++) {
            int end = encoded.indexOf('&', at);
            String pair = encoded.substring(at, end < 0 ? encoded.length() : end);
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                String name = text(equals < 0 ? pair : pair.substring(0, equals));
                pairs.putIfAbsent(name, equals < 0 ? "" : pair.substring(equals + 1));
            }
            if (end < 0) {
                break;
            }
            at = end + 1;
        }
        return new Form(pairs);
    }

    static Form parse(byte[] encoded) {
        return parse(new String(encoded, StandardCharsets.ISO_8859_1));
    }

    boolean isEmpty() {
        return raw.isEmpty();
    }

    /** The value as UTF-8 text, or null. */
    @Nullable
    String get(String name) {
        String value = raw.get(name);
        return value == null ? null : text(value);
    }

    /** The value's octets, or null. */
    byte @Nullable [] octets(String name) {
        String value = raw.get(name);
        return value == null ? null : unescaped(value);
    }

    private static String text(String escaped) {
        return new String(unescaped(escaped), StandardCharsets.UTF_8);
    }

    /** A percent sign that escapes nothing stands for itself. */
    static byte[] unescaped(String value) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            int high = c == '%' && i + 2 < value.length() ? Character.digit(value.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(value.charAt(i + 2), 16);
            if (low >= 0) {
                octets.write((high << 4) | low);
                i += 2;
            } else {
                octets.write(c == '+' ? ' ' : c);
            }
        }
        return octets.toByteArray();
    }
}
