package io.textonce.phone;

import io.textonce.PhoneNumber;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns telephone numbers into text that can be stored and searched where the number itself may not: HMAC-SHA256 of the
 * E.164 form with a key of the host's.
 *
 * <p>Guaranteed: the same key and number always give the same text, in this and later versions, and nobody without the key
 * can tell which number it was, not even by trying all numbers. Whoever has the key can do just that: keep it apart from
 * the data, and don't change it without hashing again.
 *
 * <pre>{@code
 * PhoneHash hash = PhoneHash.withKey(key);            // 16 random bytes or more
 * String column = hash.of(PhoneNumber.of("+61491570156"));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class PhoneHash {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int SHORTEST_KEY = 16;

    private final SecretKeySpec key;

    private PhoneHash(SecretKeySpec key) {
        this.key = key;
    }

    /**
     * Hashes with a key.
     *
     * @param key at least 16 bytes, random and secret; copied
     * @return the hash
     * @throws IllegalArgumentException if the key is shorter
     */
    public static PhoneHash withKey(byte[] key) {
        if (key.length < SHORTEST_KEY) {
            throw new IllegalArgumentException("phone hash key: has " + key.length + " bytes, at least " + SHORTEST_KEY
                    + " are needed; generate one with SecureRandom and keep it with the other secrets");
        }
        return new PhoneHash(new SecretKeySpec(key, ALGORITHM));
    }

    /**
     * The hash of a number.
     *
     * @param number the number
     * @return 64 characters of {@code 0-9a-f}: what {@code hmac(e164, key, 'sha256')} is in hexadecimal anywhere
     */
    public String of(PhoneNumber number) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(number.e164().getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM + ", which every Java must have", e);
        }
    }

    /** Nothing of the key. */
    @Override
    public String toString() {
        return "PhoneHash[" + ALGORITHM + "]";
    }
}
