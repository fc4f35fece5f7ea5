package io.textonce;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Our own name for one message. It alone goes on the wire (as reference, in the callback URL or the context), and it
 * stands on results, attempts and events, so that a delivery report finds its message even when the answer to the submit
 * was lost.
 *
 * <p>Guaranteed: 13 characters of {@code 0-9a-v} (base 32), short enough for every provider's reference field. Not
 * guaranteed: order in time, or that it can't be guessed; it is a name, not a secret.
 *
 * <pre>{@code
 * MessageId id = result.messageId();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param value 13 characters of {@code 0-9a-v}
 */
public record MessageId(String value) {

    private static final int LENGTH = 13;
    private static final byte[] DIGITS = "0123456789abcdefghijklmnopqrstuv".getBytes(StandardCharsets.US_ASCII);
    /** Keeps JVMs that start at the same instant apart, whatever seeds their thread-local generators got. */
    private static final long SALT = new SecureRandom().nextLong();

    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException unless the value is 13 characters of {@code 0-9a-v}
     */
    public MessageId {
        Objects.requireNonNull(value, "message id");
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException(
                    "message id: \"" + Printable.of(value) + "\" is not 13 characters of 0-9 and a-v");
        }
    }

    /**
     * Tells whether a text could be a message id; for references that come back from a provider and may be anybody's.
     *
     * @param value any text
     * @return true for 13 characters of {@code 0-9a-v}
     */
    public static boolean isWellFormed(String value) {
        if (value.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = value.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'v'))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads an id.
     *
     * @param value 13 characters of {@code 0-9a-v}
     * @return the id
     * @throws IllegalArgumentException as the constructor
     */
    public static MessageId of(String value) {
        return new MessageId(value);
    }

    /**
     * Mints a new id of 64 random bits. A store that keeps ids unique turns the remote chance of a clash into a new
     * mint before anything is sent.
     *
     * @return an id not seen before
     */
    public static MessageId next() {
        long bits = mix(ThreadLocalRandom.current().nextLong() + SALT);
        byte[] digits = new byte[LENGTH];
        for (int i = LENGTH - 1; i >= 0; i--) {
            digits[i] = DIGITS[(int) (bits & 31)];
            bits >>>= 5;
        }
        return new MessageId(new String(digits, StandardCharsets.ISO_8859_1));
    }

    /** The finaliser of MurmurHash3: a bijection, so distinct inputs stay distinct. */
    private static long mix(long z) {
        z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
        z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return z ^ (z >>> 33);
    }

    @Override
    public String toString() {
        return value;
    }
}
