package io.textonce.spi.http;

import java.util.Arrays;
import java.util.Objects;

/**
 * Writes key-value pairs as {@code application/x-www-form-urlencoded} bytes in UTF-8, without text in between.
 *
 * <p>The bytes are those of the WHATWG URL standard's serializer, so an unpaired surrogate becomes U+FFFD; a query
 * differs in one point only: a space is {@code %20}, which every server reads, and not {@code +}.
 *
 * <pre>{@code
 * byte[] body = FormWriter.body().add("To", "+12025550123").add("Body", text).toByteArray();
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class FormWriter {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'};
    private static final byte[] NOTHING = {};
    /** A form with a text of one segment. */
    private static final int FIRST_SIZE = 512;

    private static final int WORST_BYTES_PER_UNIT = 9;
    private static final int REPLACEMENT = 0xFFFD;

    private final boolean plusForSpace;
    private byte[] bytes = NOTHING;
    private int size;

    private FormWriter(boolean plusForSpace) {
        this.plusForSpace = plusForSpace;
    }

    /**
     * A writer for a request body.
     *
     * @return an empty writer
     */
    public static FormWriter body() {
        return new FormWriter(true);
    }

    /**
     * A writer for the query of a URL.
     *
     * @return an empty writer
     */
    public static FormWriter query() {
        return new FormWriter(false);
    }

    /**
     * Adds a pair after those already added; equal keys may repeat.
     *
     * @param key the key, in plain text
     * @param value the value, in plain text; may be empty
     * @return this writer
     */
    public FormWriter add(String key, String value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        ensure(2L + most(key) + most(value));
        if (size > 0) {
            bytes[size++] = '&';
        }
        write(key);
        bytes[size++] = '=';
        write(value);
        return this;
    }

    /**
     * Adds a pair whose value is octets in another charset than UTF-8, for servers that want them.
     *
     * @param key the key, in plain text
     * @param value the octets; each that isn't plain is escaped; not kept
     * @return this writer
     */
    public FormWriter add(String key, byte[] value) {
        add(key, "");
        ensure(3L * value.length);
        for (byte octet : value) {
            char c = (char) (octet & 0xFF);
            if (isPlain(c)) {
                bytes[size++] = octet;
            } else {
                escape(c);
            }
        }
        return this;
    }

    /**
     * The pairs added so far.
     *
     * @return a new array, empty when nothing was added
     */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** The number of bytes; never the content, which may be a message. */
    @Override
    public String toString() {
        return "FormWriter[" + size + " bytes]";
    }

    /** What was written so far stands in the first {@link #size()} bytes; the writer's own array. */
    byte[] written() {
        return bytes;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("deprecation") // the bytes are ASCII, and this constructor copies them without decoding
    String ascii() {
        return new String(bytes, 0, 0, size);
    }

    private void ensure(long more) {
        if (size + more > bytes.length) {
            long wanted = Math.max(size + more, Math.max(FIRST_SIZE, 2L * bytes.length));
            bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.min(wanted, Integer.MAX_VALUE - 8)));
        }
    }

    /** The bytes that a text takes, or a few more: mostly plain text must not pay for what is escaped. */
    private static long most(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += isPlain(c) ? 1 : c < 0x80 ? 3 : WORST_BYTES_PER_UNIT;
        }
        return bytes;
    }

    private void write(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                bytes[size++] = (byte) c;
            } else if (c == ' ' && plusForSpace) {
                bytes[size++] = '+';
            } else if (c < 0x80) {
                escape(c);
            } else if (c < 0x800) {
                escape(0xC0 | (c >> 6));
                escape(0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                escape(0xF0 | (point >> 18));
                escape(0x80 | ((point >> 12) & 0x3F));
                escape(0x80 | ((point >> 6) & 0x3F));
                escape(0x80 | (point & 0x3F));
            } else {
                int unit = Character.isSurrogate(c) ? REPLACEMENT : c;
                escape(0xE0 | (unit >> 12));
                escape(0x80 | ((unit >> 6) & 0x3F));
                escape(0x80 | (unit & 0x3F));
            }
        }
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '*';
    }

    private void escape(int octet) {
        bytes[size++] = '%';
        bytes[size++] = HEX[octet >> 4];
        bytes[size++] = HEX[octet & 0xF];
    }
}
