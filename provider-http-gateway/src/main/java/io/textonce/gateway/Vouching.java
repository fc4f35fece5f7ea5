package io.textonce.gateway;

import io.textonce.WebhookRequest;
import io.textonce.gateway.Spec.Vouch;
import io.textonce.gateway.Spec.VouchKind;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a webhook is the gateway's: by the profile's schemes, of which one must vouch, with every configured
 * secret tried in constant time; or by the host's own verifier.
 */
final class Vouching {

    /** What a sender may ask to be verified with; SHA-1 and MD5 aren't among them. */
    private static final Map<String, String> RSA_DIGESTS = Map.of(
            "SHA224", "SHA224withRSA", "SHA256", "SHA256withRSA", "SHA384", "SHA384withRSA", "SHA512", "SHA512withRSA");

    private final List<Vouch> vouches;
    private final List<String> secrets;
    private final Map<String, PublicKey> keys;
    private final List<Cidr> networks;
    private final @Nullable WebhookVerifier verifier;
    private final Clock clock;

    Vouching(
            List<Vouch> vouches,
            List<String> secrets,
            Map<String, PublicKey> keys,
            List<Cidr> networks,
            @Nullable WebhookVerifier verifier,
            Clock clock) {
        this.vouches = vouches.stream()
                .filter(vouch -> isConfigured(vouch, secrets, keys))
                .toList();
        this.secrets = secrets;
        this.keys = keys;
        this.networks = networks;
        this.verifier = verifier;
        this.clock = clock;
    }

    private static boolean isConfigured(Vouch vouch, List<String> secrets, Map<String, PublicKey> keys) {
        return switch (vouch.kind()) {
            case IP_ALLOW -> true;
            case RSA -> !keys.isEmpty();
            default -> !secrets.isEmpty();
        };
    }

    boolean canVerify() {
        return verifier != null || !vouches.isEmpty();
    }

    /** Whether the public URL is part of what is signed. */
    boolean signsUrl() {
        return verifier == null
                && vouches.stream().anyMatch(vouch -> vouch.signed().contains("URL"));
    }

    /** The parameters in which a secret may stand, and which must not be kept. */
    Set<String> secretParameters() {
        Set<String> names = new LinkedHashSet<>();
        for (Vouch vouch : vouches) {
            if (vouch.kind() == VouchKind.QUERY_SECRET) {
                names.add(vouch.name());
            }
        }
        return names;
    }

    /** Why a request isn't believed; null if it is. */
    @Nullable
    String problem(WebhookRequest request) {
        if (!networks.isEmpty() && !isFrom(request, networks)) {
            return "The caller's address isn't in the networks that webhooks are allowed from.";
        }
        if (verifier != null) {
            return isGenuine(verifier, request) ? null : "The host's own verifier didn't believe it.";
        }
        String first = null;
        boolean genuine = false;
        for (Vouch vouch : vouches) {
            String problem = problem(vouch, request);
            genuine |= problem == null;
            first = first == null ? problem : first;
        }
        return genuine ? null : first == null ? "No webhook secret or key is configured." : first;
    }

    /** A verifier of the host's that throws hasn't verified anything. */
    private static boolean isGenuine(WebhookVerifier verifier, WebhookRequest request) {
        try {
            return verifier.isGenuine(request);
        } catch (RuntimeException broken) {
            return false;
        }
    }

    private @Nullable String problem(Vouch vouch, WebhookRequest request) {
        boolean believed = switch (vouch.kind()) {
            case IP_ALLOW -> isFrom(request, vouch.networks());
            case QUERY_SECRET -> isSecret(Form.parse(request.rawQuery()).get(vouch.name()));
            case HEADER_SECRET -> isSecret(request.header(vouch.name()).orElse(null));
            case BASIC -> isBasic(request.header("Authorization").orElse(""));
            case HMAC, RSA -> isSigned(vouch, request) && isFresh(vouch, request);
        };
        return believed
                ? null
                : switch (vouch.kind()) {
                    case QUERY_SECRET ->
                        "The parameter " + vouch.name() + " of the URL holds none of the configured secrets.";
                    case HEADER_SECRET -> "The header " + vouch.name() + " holds none of the configured secrets.";
                    case BASIC -> "The Authorization header holds none of the configured secrets.";
                    case IP_ALLOW -> "The caller's address isn't in the profile's networks.";
                    default ->
                        "The signature in " + vouch.name()
                                + " fits no configured secret or key, or is too old: check them, the clock, and that"
                                + " the body reaches us unchanged.";
                };
    }

    private static boolean isFrom(WebhookRequest request, List<Cidr> allowed) {
        Optional<InetAddress> from = request.remoteAddress().flatMap(Cidr::address);
        return from.isPresent() && allowed.stream().anyMatch(network -> network.contains(from.get()));
    }

    private boolean isSecret(@Nullable String claimed) {
        byte[] theirs = (claimed == null ? "" : claimed).getBytes(StandardCharsets.UTF_8);
        boolean matched = false;
        for (String secret : secrets) {
            matched |= MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), theirs);
        }
        return matched && claimed != null;
    }

    /** The secret is the password, or user and password with a colon between them. */
    private boolean isBasic(String header) {
        if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return false;
        }
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
        int colon = pair.indexOf(':');
        boolean whole = isSecret(pair);
        boolean password = colon >= 0 && isSecret(pair.substring(colon + 1));
        return whole || password;
    }

    private boolean isSigned(Vouch vouch, WebhookRequest request) {
        String header = request.header(vouch.name()).orElse("");
        if (!header.startsWith(vouch.prefix())) {
            return false;
        }
        byte[] claimed = decoded(header.substring(vouch.prefix().length()).strip(), vouch.hex());
        if (claimed.length == 0) {
            return false;
        }
        boolean matched = false;
        for (String target : targets(request)) {
            byte[] content = content(vouch, request, target);
            if (content.length == 0) {
                return false;
            }
            matched |= vouch.kind() == VouchKind.HMAC
                    ? isMac(vouch, content, claimed)
                    : isSignature(vouch, request, content, claimed);
        }
        return matched;
    }

    /** Path and query as they reached us and as the gateway called them: a proxy may have taken a prefix off. */
    private static Set<String> targets(WebhookRequest request) {
        return new LinkedHashSet<>(List.of(pathOf(request.rawTarget()), pathOf(request.url())));
    }

    private static String pathOf(String target) {
        int scheme = target.indexOf("://");
        if (scheme < 0 || target.startsWith("/")) {
            return target;
        }
        int at = scheme + 3;
        while (at < target.length() && target.charAt(at) != '/' && target.charAt(at) != '?') {
            at++;
        }
        return target.substring(at);
    }

    /** What is signed; empty if a part of it is missing. */
    private static byte[] content(Vouch vouch, WebhookRequest request, String target) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(request.body().length + 256);
        boolean first = true;
        for (String part : vouch.signed()) {
            if (!first) {
                bytes.writeBytes(vouch.separator().getBytes(StandardCharsets.UTF_8));
            }
            first = false;
            if (part.equals("BODY")) {
                bytes.writeBytes(request.body());
                continue;
            }
            String timestamp = vouch.timestampHeader();
            String text = switch (part) {
                case "RAW_QUERY" -> request.rawQuery();
                case "REQUEST_LINE" -> request.method() + " " + target + " HTTP/1.1";
                case "URL" -> request.url();
                case "TIMESTAMP" ->
                    timestamp == null ? "" : request.header(timestamp).orElse("");
                default -> request.header(part.substring("HEADER:".length())).orElse("");
            };
            if (text.isEmpty() && !part.equals("RAW_QUERY")) {
                return new byte[0];
            }
            bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private boolean isMac(Vouch vouch, byte[] content, byte[] claimed) {
        boolean matched = false;
        for (String secret : secrets) {
            try {
                Mac mac = Mac.getInstance("Hmac" + vouch.algorithm());
                mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), mac.getAlgorithm()));
                matched |= MessageDigest.isEqual(mac.doFinal(content), claimed);
            } catch (GeneralSecurityException absent) {
                throw new IllegalStateException("this JDK has no Hmac" + vouch.algorithm(), absent);
            }
        }
        return matched;
    }

    private boolean isSignature(Vouch vouch, WebhookRequest request, byte[] content, byte[] claimed) {
        String digest = vouch.digestHeader() == null
                ? "SHA256"
                : request.header(vouch.digestHeader())
                        .orElse("")
                        .replace("-", "")
                        .toUpperCase(Locale.ROOT);
        String algorithm = RSA_DIGESTS.get(digest);
        if (algorithm == null) {
            return false;
        }
        String id = vouch.keyIdHeader() == null
                ? ""
                : request.header(vouch.keyIdHeader()).orElse("");
        boolean matched = false;
        for (Map.Entry<String, PublicKey> key : keys.entrySet()) {
            if (key.getKey().isEmpty() || id.isEmpty() || key.getKey().equals(id)) {
                try {
                    Signature signature = Signature.getInstance(algorithm);
                    signature.initVerify(key.getValue());
                    signature.update(content);
                    matched |= signature.verify(claimed);
                } catch (GeneralSecurityException malformed) {
                    // Of the wrong length, or another sort of key: it doesn't match.
                    matched |= false;
                }
            }
        }
        return matched;
    }

    private static byte[] decoded(String text, boolean hex) {
        try {
            return hex ? HexFormat.of().parseHex(text) : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException malformed) {
            return new byte[0];
        }
    }

    private boolean isFresh(Vouch vouch, WebhookRequest request) {
        Duration tolerance = vouch.tolerance();
        String header = vouch.timestampHeader();
        if (tolerance == null || header == null) {
            return true;
        }
        Optional<Instant> at = request.header(header).flatMap(Vouching::instant);
        return at.isPresent()
                && Duration.between(at.get(), clock.instant()).abs().compareTo(tolerance) <= 0;
    }

    private static Optional<Instant> instant(String text) {
        try {
            if (text.matches("[0-9]{1,11}")) {
                return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
            }
            if (text.matches("[0-9]{12,14}")) {
                return Optional.of(Instant.ofEpochMilli(Long.parseLong(text)));
            }
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException malformed) {
            return Optional.empty();
        }
    }
}
