package io.textonce.twilio;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * The pairs of a form or query, decoded once into one array and kept as bytes, with duplicates and empty values, because
 * all of them are signed. A percent sign that escapes nothing stands for itself.
 */
final class Form {

    /** A pair's place in the decoded bytes. */
    private record Pair(int key, int value, int end) {}

    private final byte[] bytes;
    private final Pair[] pairs;

    private Form(byte[] bytes, Pair[] pairs) {
        this.bytes = bytes;
        this.pairs = pairs;
    }

    static Form parse(byte[] encoded) {
        byte[] bytes = new byte[encoded.length];
        Pair[] pairs = new Pair[most(encoded)];
        int count = 0;
        int size = 0;
        int at = 0;
        while (at < encoded.length) {
            int start = size;
            int equals = -1;
            int from = at;
            for (; at < encoded.length && encoded[at] != '&'; at++) {
                byte octet = encoded[at];
                if (octet == '=' && equals < 0) {
                    equals = size;
                } else if (octet == '+') {
                    bytes[size++] = ' ';
                } else if (octet == '%'
                        && at + 2 < encoded.length
                        && hex(encoded[at + 1]) >= 0
                        && hex(encoded[at + 2]) >= 0) {
                    bytes[size++] = (byte) (hex(encoded[at + 1]) << 4 | hex(encoded[at + 2]));
                    at += 2;
                } else {
                    bytes[size++] = octet;
                }
            }
            if (at > from) {
                int keyEnd = equals < 0 ? size : equals;
                pairs[count++] = new Pair(start, keyEnd, size);
            }
            at++;
        }
        return new Form(bytes, count == pairs.length ? pairs : Arrays.copyOf(pairs, count));
    }

    /** A parameter's first value as text; null if there is none. */
    @Nullable
    String get(String name) {
        for (Pair pair : pairs) {
            if (is(pair, name)) {
                return new String(bytes, pair.value(), pair.end() - pair.value(), StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    /** As {@link #get}, with the empty text for a missing parameter. */
    String text(String name) {
        String value = get(name);
        return value == null ? "" : value;
    }

    private static int most(byte[] encoded) {
        int pairs = encoded.length == 0 ? 0 : 1;
        for (byte octet : encoded) {
            pairs += octet == '&' ? 1 : 0;
        }
        return pairs;
    }

    /** The pairs in the order in which Twilio signs them: by name, then value. */
    Form sorted() {
        Pair[] sorted = pairs.clone();
        Arrays.sort(sorted, this::compare);
        return new Form(bytes, sorted);
    }

    /** Hands a sorted form over as Twilio signs it: each distinct pair once, name and value. */
    void sign(Mac mac) {
        Pair previous = null;
        for (Pair pair : pairs) {
            if (previous == null || compare(previous, pair) != 0) {
                mac.update(bytes, pair.key(), pair.end() - pair.key());
            }
            previous = pair;
        }
    }

    private int compare(Pair a, Pair b) {
        int byKey = Arrays.compareUnsigned(bytes, a.key(), a.value(), bytes, b.key(), b.value());
        return byKey != 0 ? byKey : Arrays.compareUnsigned(bytes, a.value(), a.end(), bytes, b.value(), b.end());
    }

    private boolean is(Pair pair, String name) {
        if (pair.value() - pair.key() != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (bytes[pair.key() + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int hex(byte octet) {
        if (octet >= '0' && octet <= '9') {
            return octet - '0';
        }
        int lower = octet | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** The number of pairs; never their content. */
    @Override
    public String toString() {
        return "Form[" + pairs.length + " pairs]";
    }
}
