package io.textonce.sandbox;

import io.textonce.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** HMAC-SHA256 over time, method, target and body, in the header {@code t=<epoch seconds>,v1=<hex>}. */
final class Signatures {

    static final String HEADER = "Sandbox-Signature";
    static final Duration WINDOW = Duration.ofMinutes(5);

    private static final int LONGEST_HEADER = 1024;
    private static final int DIGEST_BYTES = 32;

    private final List<SecretKeySpec> keys;

    /** The first secret signs; all verify. */
    Signatures(List<String> secrets) {
        this.keys = secrets.stream()
                .map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"))
                .toList();
    }

    String header(long epochSecond, String method, String target, byte[] body) {
        return "t=" + epochSecond + ",v1="
                + HexFormat.of().formatHex(digest(keys.get(0), Long.toString(epochSecond), method, target, body));
    }

    /** Why a request isn't believed, or null if it is. */
    @Nullable
    String problem(WebhookRequest request, Instant now) {
        String header = request.header(HEADER).orElse("");
        String time = null;
        List<byte[]> given = new ArrayList<>(1);
        if (header.length() <= LONGEST_HEADER) {
            for (String field : header.split(",", -1)) {
                if (field.startsWith("t=")) {
                    time = field.substring(2);
                } else if (field.startsWith("v1=") && field.length() == 3 + 2 * DIGEST_BYTES) {
                    addHex(field.substring(3), given);
                }
            }
        }
        if (time == null || !time.matches("[0-9]{1,12}") || given.isEmpty()) {
            return "no well-formed " + HEADER + " header; is this request really the sandbox's?";
        }
        boolean signed = false;
        for (SecretKeySpec key : keys) {
            byte[] expected = digest(key, time, request.method(), target(request.rawTarget()), request.body());
            for (byte[] each : given) {
                signed |= MessageDigest.isEqual(expected, each);
            }
        }
        if (!signed) {
            return "the " + HEADER + " header fits none of the " + keys.size()
                    + " secrets; compare secret, method, path and query, and that the body is passed on unchanged";
        }
        Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), now)
                .abs();
        return age.compareTo(WINDOW) <= 0
                ? null
                : "signed " + age.toSeconds() + " s away from now, which is more than " + WINDOW.toSeconds()
                        + " s; compare the clocks, or this is a replay";
    }

    /** Path and query: some hosts know only these, some the whole URL. */
    private static String target(String rawTarget) {
        int authority = rawTarget.indexOf("://");
        if (rawTarget.startsWith("/") || authority < 0) {
            return rawTarget;
        }
        int path = rawTarget.indexOf('/', authority + 3);
        return path < 0 ? "/" : rawTarget.substring(path);
    }

    private static void addHex(String text, List<byte[]> to) {
        try {
            to.add(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException notHex) {
            // Then it is no signature; the request fails below unless another one fits.
        }
    }

    private static byte[] digest(SecretKeySpec key, String time, String method, String target, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update((time + "\n" + method + "\n" + target + "\n").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is missing, which every Java platform must have", e);
        }
    }
}
