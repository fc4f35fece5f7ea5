package io.textonce.engagement.verification;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keyed hashes of codes. Six digits are soon tried through, so only the key, which isn't in the store, protects them. */
final class CodeMac {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    CodeMac(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** Bound to the subject, so that one row's hash copied to another confirms nothing. */
    String of(Subject subject, String salt, String code) {
        return of("code\0" + subject.tenant().value() + "\0" + subject.purpose() + "\0"
                + subject.number().e164() + "\0" + salt + "\0" + code);
    }

    String of(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return hex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM + ", which every Java must have", e);
        }
    }

    static boolean same(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.US_ASCII), b.getBytes(StandardCharsets.US_ASCII));
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
