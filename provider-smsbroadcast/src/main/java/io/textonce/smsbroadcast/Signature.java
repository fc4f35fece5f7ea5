package io.textonce.smsbroadcast;

import io.textonce.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks {@code X-MessageMedia-Signature}: RSA over the request line, the Date header and the body, with nothing between
 * them (EVIDENCE.md, section 8). The key is chosen by its id, so that two stay valid while one is rotated.
 */
final class Signature {

    static final String HEADER = "X-MessageMedia-Signature";
    private static final String DIGEST = "X-MessageMedia-Digest-Type";
    private static final String CIPHER = "X-MessageMedia-Cipher-Type";
    private static final String KEY_ID = "X-MessageMedia-Key-Id";

    /** Ours: a signed request doesn't say until when it is good. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    /** A public key and the id under which SMS Broadcast made it. */
    record Key(String id, RSAPublicKey key) {}

    private final List<Key> keys;

    Signature(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    /** A key as the portal gives it: Base64 of an X.509 SubjectPublicKeyInfo, PEM lines around it or not. */
    static RSAPublicKey key(String text) throws GeneralSecurityException {
        String base64 = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s+", "");
        try {
            byte[] encoded = Base64.getDecoder().decode(base64);
            return (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (IllegalArgumentException notBase64) {
            throw new GeneralSecurityException("not Base64", notBase64);
        }
    }

    /**
     * What is wrong with a signed request, for people.
     *
     * @return null if it is genuine and fresh
     */
    @Nullable
    String problem(WebhookRequest request, Instant now) {
        String algorithm = algorithm(request);
        if (algorithm == null) {
            return "The digest or the cipher that the signature names isn't RSA with SHA-224, SHA-256 or SHA-512.";
        }
        byte[] claimed;
        try {
            claimed = Base64.getDecoder().decode(request.header(HEADER).orElse(""));
        } catch (IllegalArgumentException notBase64) {
            return "The header " + HEADER + " isn't Base64.";
        }
        String date = request.header("Date").orElse("");
        byte[] line =
                (request.method() + ' ' + path(request.url()) + " HTTP/1.1" + date).getBytes(StandardCharsets.UTF_8);
        String id = request.header(KEY_ID).orElse("");
        boolean known = false;
        boolean genuine = false;
        for (Key key : keys) {
            if (id.isEmpty() || id.equalsIgnoreCase(key.id())) {
                known = true;
                genuine |= verifies(algorithm, key.key(), line, request.body(), claimed);
            }
        }
        if (!known) {
            return "The signature names a key that isn't configured: add the public key of the portal's new one.";
        }
        if (!genuine) {
            return "The signature doesn't fit method, path, Date and body: is the receiver's publicBaseUrl what SMS Broadcast"
                    + " calls, and does everything between pass path and Date on unchanged?";
        }
        return isFresh(date, now)
                ? null
                : "The signature is good, but its Date isn't within " + FRESH.toMinutes()
                        + " minutes of our clock: a replay, or a wrong clock.";
    }

    private static @Nullable String algorithm(WebhookRequest request) {
        if (!request.header(CIPHER).orElse("RSA").equalsIgnoreCase("RSA")) {
            return null;
        }
        // Written with and without a dash (EVIDENCE.md, section 8).
        return switch (request.header(DIGEST).orElse("").replace("-", "").toUpperCase(Locale.ROOT)) {
            case "SHA224" -> "SHA224withRSA";
            case "SHA256" -> "SHA256withRSA";
            case "SHA512" -> "SHA512withRSA";
            default -> null;
        };
    }

    private static boolean verifies(String algorithm, RSAPublicKey key, byte[] line, byte[] body, byte[] claimed) {
        try {
            java.security.Signature verifier = java.security.Signature.getInstance(algorithm);
            verifier.initVerify(key);
            verifier.update(line);
            verifier.update(body);
            return verifier.verify(claimed);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    private static boolean isFresh(String date, Instant now) {
        try {
            Instant signed = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Duration.between(signed, now).abs().compareTo(FRESH) <= 0;
        } catch (DateTimeException unreadable) {
            return false;
        }
    }

    /** Path and query of the public URL, which is what stood in the request line. */
    static String path(String url) {
        int scheme = url.indexOf("://");
        if (scheme < 0 || url.startsWith("/")) {
            return url;
        }
        int at = scheme + 3;
        while (at < url.length() && url.charAt(at) != '/' && url.charAt(at) != '?') {
            at++;
        }
        return url.substring(at);
    }
}
