package io.textonce.twilio;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pairs of a form or query, decoded once into one array and kept as bytes, with duplicates and empty values, because
 * all of them are signed. A percent sign that escapes nothing stands for itself.
 */
final class Form {

    /** A pair's place in the decoded bytes. */
    private record Pair(int key, int keyEnd, int value, int valueEnd) {}

    private final byte[] bytes;
    private final List<Pair> pairs;

    private Form(byte[] bytes, List<Pair> pairs) {
        this.bytes = bytes;
        this.pairs = pairs;
    }

    static Form parse(byte[] encoded) {
        byte[] bytes = new byte[encoded.length];
        List<Pair> pairs = new ArrayList<>(32);
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
                pairs.add(new Pair(start, keyEnd, keyEnd, size));
            }
            at++;
        }
        return new Form(bytes, pairs);
    }

    /** A parameter's first value as text; null if there is none. */
    @Nullable
    String get(String name) {
        for (Pair pair : pairs) {
            if (is(pair, name)) {
                return new String(bytes, pair.value(), pair.valueEnd() - pair.value(), StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    /** As {@link #get}, with the empty text for a missing parameter. */
    String text(String name) {
        String value = get(name);
        return value == null ? "" : value;
    }

    /** What Twilio signs of the parameters: sorted by name, then value, each distinct pair once, name and value. */
    byte[] signed() {
        Pair[] sorted = pairs.toArray(new Pair[0]);
        Arrays.sort(sorted, this::compare);
        int size = 0;
        for (Pair pair : sorted) {
            size += pair.valueEnd() - pair.key();
        }
        byte[] signed = new byte[size];
        int end = 0;
        Pair previous = null;
        for (Pair pair : sorted) {
            if (previous == null || compare(previous, pair) != 0) {
                int length = pair.valueEnd() - pair.key();
                System.arraycopy(bytes, pair.key(), signed, end, length);
                end += length;
            }
            previous = pair;
        }
        return end == size ? signed : Arrays.copyOf(signed, end);
    }

    private int compare(Pair a, Pair b) {
        int byKey = Arrays.compareUnsigned(bytes, a.key(), a.keyEnd(), bytes, b.key(), b.keyEnd());
        return byKey != 0
                ? byKey
                : Arrays.compareUnsigned(bytes, a.value(), a.valueEnd(), bytes, b.value(), b.valueEnd());
    }

    private boolean is(Pair pair, String name) {
        if (pair.keyEnd() - pair.key() != name.length()) {
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
        return "Form[" + pairs.size() + " pairs]";
    }
}
