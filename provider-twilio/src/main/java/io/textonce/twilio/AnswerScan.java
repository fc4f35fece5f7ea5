package io.textonce.twilio;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usual answer to a submit without a JSON parser, which costs more than a kilobyte each time. It knows a strict
 * part of JSON (RFC 8259) and gives up on everything else: {@link MessageJson} reads that, and decides. What it accepts
 * Jackson accepts with the same fields; AnswerScanTest compares them.
 *
 * <p>Given up on: an answer over 16 KiB, bytes outside ASCII, fractions and exponents, depth above 8, and in the fields
 * that are read escapes, repeats, a price, and a sid that is no text.
 */
final class AnswerScan {
    private static final int LARGEST = 16 << 10;
    private static final int DEEPEST = 8;
    private static final int LONGEST_NUMBER = 18;
    private static final byte[] SID = "sid".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEGMENTS = "num_segments".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PRICE = "price".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private int at;
    private boolean escaped;
    private @Nullable String sid;
    private @Nullable String segments;
    private boolean priceSeen;

    private AnswerScan(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The fields of a submit's answer; null if this doesn't know how to read it. */
    static @Nullable MessageJson read(byte[] answer) {
        if (answer.length > LARGEST) {
            return null;
        }
        AnswerScan scan = new AnswerScan(answer);
        scan.space();
        if (!scan.object(1)) {
            return null;
        }
        scan.space();
        if (scan.at != answer.length) {
            return null;
        }
        MessageJson message = new MessageJson();
        message.sid = scan.sid;
        message.segments = Sid.digits(scan.segments);
        return message;
    }

    private boolean object(int depth) {
        if (!skip('{') || depth > DEEPEST) {
            return false;
        }
        space();
        if (skip('}')) {
            return true;
        }
        do {
            space();
            int name = at + 1;
            if (!string() || escaped) {
                return false;
            }
            int end = at - 1;
            space();
            if (!skip(':')) {
                return false;
            }
            space();
            if (!(depth == 1 ? field(name, end) : value(depth))) {
                return false;
            }
            space();
        } while (skip(','));
        return skip('}');
    }

    private boolean array(int depth) {
        if (!skip('[') || depth > DEEPEST) {
            return false;
        }
        space();
        if (skip(']')) {
            return true;
        }
        do {
            space();
            if (!value(depth)) {
                return false;
            }
            space();
        } while (skip(','));
        return skip(']');
    }

    private boolean field(int name, int end) {
        if (is(SID, name, end)) {
            String text = sid == null ? text() : null;
            sid = text;
            return text != null;
        }
        if (is(SEGMENTS, name, end)) {
            String text = segments == null ? text() : null;
            segments = text;
            return text != null;
        }
        if (is(PRICE, name, end)) {
            boolean first = !priceSeen;
            priceSeen = true;
            return first && literal("null");
        }
        return value(1);
    }

    private @Nullable String text() {
        int start = at + 1;
        return string() && !escaped ? new String(bytes, start, at - 1 - start, StandardCharsets.US_ASCII) : null;
    }

    private boolean value(int depth) {
        return switch (peek()) {
            case '"' -> string();
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case 'n' -> literal("null");
            case 't' -> literal("true");
            case 'f' -> literal("false");
            default -> number();
        };
    }

    private boolean string() {
        escaped = false;
        if (!skip('"')) {
            return false;
        }
        while (at < bytes.length) {
            byte b = bytes[at++];
            if (b == '"') {
                return true;
            }
            if (b == '\\') {
                escaped = true;
                if (!escape()) {
                    return false;
                }
            } else if (b < ' ') {
                // A control character, or a byte outside ASCII, which is negative.
                return false;
            }
        }
        return false;
    }

    private boolean escape() {
        if (at == bytes.length) {
            return false;
        }
        byte kind = bytes[at++];
        if (kind != 'u') {
            return "\"\\/bfnrt".indexOf(kind) >= 0;
        }
        int end = at + 4;
        while (at < end) {
            if (at == bytes.length || Character.digit(bytes[at++], 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** A whole number, without a leading zero. */
    private boolean number() {
        boolean negative = skip('-');
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        int digits = at - start;
        boolean zeroFirst = digits > 1 && bytes[start] == '0';
        boolean minusZero = negative && digits == 1 && bytes[start] == '0';
        int next = peek();
        boolean ended = next == ',' || next == '}' || next == ']' || next <= ' ';
        return digits > 0 && digits <= LONGEST_NUMBER && !zeroFirst && !minusZero && ended;
    }

    private boolean literal(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!skip(word.charAt(i))) {
                return false;
            }
        }
        int next = peek();
        return next == ',' || next == '}' || next == ']' || next <= ' ';
    }

    private boolean is(byte[] name, int start, int end) {
        if (end - start != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes[start + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    private void space() {
        while (at < bytes.length && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
            at++;
        }
    }

    private boolean skip(char wanted) {
        if (at == bytes.length || bytes[at] != wanted) {
            return false;
        }
        at++;
        return true;
    }

    /** The next byte, or -1 at the end. */
    private int peek() {
        return at < bytes.length ? bytes[at] : -1;
    }
}
