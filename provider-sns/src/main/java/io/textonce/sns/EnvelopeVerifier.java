package io.textonce.sns;

import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.TimeSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an envelope is AWS's and meant for us. A signature alone says only that some topic of some customer of
 * AWS sent it, so the topic must be one of ours, and the certificate must lie at that topic's region of SNS, be valid now
 * and carry the region's signing name. Nothing that isn't signed is believed (EVIDENCE.md, section 6).
 */
final class EnvelopeVerifier {

    /** AWS retries a delivery for at most an hour; the minute is for clocks. */
    static final Duration FRESH = Duration.ofMinutes(61);

    /** What stands where in a Timestamp: a digit for each 0. */
    private static final String TIMESTAMP = "0000-00-00T00:00:00.000Z";

    private static final String FILE = "/SimpleNotificationService-";
    private static final String ENDING = ".pem";
    private static final int FILE_DIGITS = 32;

    private final Map<String, Trusted> topics;
    private final boolean requireSha256;
    private final Certificates certificates;
    private final TimeSource time;

    EnvelopeVerifier(Map<String, TopicArn> topics, boolean requireSha256, Certificates certificates, TimeSource time) {
        this.topics = topics.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, topic -> new Trusted(topic.getValue())));
        this.requireSha256 = requireSha256;
        this.certificates = certificates;
        this.time = time;
    }

    /** A topic, and what its region fixes. */
    private record Trusted(TopicArn topic, String certificates, String signingName) {
        Trusted(TopicArn topic) {
            this(
                    topic,
                    "https://" + topic.region().host("sns") + FILE,
                    topic.region().signingName());
        }
    }

    /** An envelope that is believed, with its topic. */
    record Verified(Envelope envelope, TopicArn topic) {}

    /** Why an envelope isn't believed; the explanation shows no content. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;

        RefusedException(int status, String explanation) {
            super(explanation, null, false, false);
            this.status = status;
        }

        ParsedWebhook refusal() {
            return ParsedWebhook.refused(status, explanation());
        }

        String explanation() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Verifies one.
     *
     * @param fresh whether it must be a new one; not for a confirmation that a person looks at later
     */
    Verified verify(byte[] body, boolean fresh) throws RefusedException {
        Envelope envelope;
        try {
            envelope = Envelope.read(body);
        } catch (IOException malformed) {
            throw new RefusedException(400, "Not an SNS envelope: " + malformed.getMessage() + ".");
        }
        Trusted topic = topics.get(envelope.get("TopicArn"));
        if (topic == null) {
            throw new RefusedException(
                    403, "The topic isn't one of this provider's: add its ARN to topics if it is yours.");
        }
        if (fresh) {
            checkAge(envelope.get("Timestamp"));
        }
        String algorithm = algorithm(envelope.get("SignatureVersion"));
        String address = envelope.get("SigningCertURL");
        if (!isCertificate(address, topic.certificates())) {
            throw new RefusedException(
                    403, "SigningCertURL isn't a certificate of SNS in the topic's region: it isn't from AWS.");
        }
        SigningCertificate certificate;
        try {
            certificate = certificates.get(address);
        } catch (Certificates.UnavailableException none) {
            throw new RefusedException(
                    none.isPassing() ? 503 : 403, "The envelope can't be verified: " + none.explanation());
        }
        Instant now = time.now();
        if (!certificate.isValid(now)) {
            throw new RefusedException(403, "The signing certificate isn't valid today.");
        }
        if (!certificate.isNamed(topic.signingName())) {
            throw new RefusedException(403, "The signing certificate isn't " + topic.signingName() + "'s.");
        }
        if (!matches(envelope, algorithm, certificate)) {
            throw new RefusedException(
                    403, "The signature doesn't fit the envelope: it isn't from AWS, or was changed.");
        }
        return new Verified(envelope, topic.topic());
    }

    private void checkAge(String timestamp) throws RefusedException {
        Instant sent = instant(timestamp);
        if (sent == null) {
            throw new RefusedException(403, "The envelope's Timestamp isn't SNS's form of a time.");
        }
        Duration age = Duration.between(sent, time.now());
        if (age.abs().compareTo(FRESH) > 0) {
            throw new RefusedException(
                    403,
                    "The envelope is " + age.abs().toSeconds() + " s "
                            + (age.isNegative() ? "ahead of this machine's clock" : "old")
                            + "; SNS delivers within 3600 s: it is a replay, or the clock is wrong.");
        }
    }

    /** By hand, because the JDK's parser takes a twentieth of the signature's time; null if it isn't SNS's form. */
    private static @Nullable Instant instant(String text) {
        if (text.length() != TIMESTAMP.length()) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char expected = TIMESTAMP.charAt(i);
            if (expected == '0' ? c < '0' || c > '9' : c != expected) {
                return null;
            }
        }
        try {
            return LocalDateTime.of(
                            number(text, 0, 4),
                            number(text, 5, 7),
                            number(text, 8, 10),
                            number(text, 11, 13),
                            number(text, 14, 16),
                            number(text, 17, 19),
                            number(text, 20, 23) * 1_000_000)
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException impossibleDate) {
            return null;
        }
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    /** Whether an address is that of a certificate, {@code SimpleNotificationService-<32 hexadecimal digits>.pem}. */
    private static boolean isCertificate(String address, String start) {
        if (address.length() != start.length() + FILE_DIGITS + ENDING.length()
                || !address.startsWith(start)
                || !address.endsWith(ENDING)) {
            return false;
        }
        for (int i = start.length(); i < start.length() + FILE_DIGITS; i++) {
            char c = address.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private String algorithm(String version) throws RefusedException {
        return switch (version) {
            case "2" -> "SHA256withRSA";
            case "1" -> {
                if (requireSha256) {
                    throw new RefusedException(
                            403,
                            "SignatureVersion is 1 and requireSha256 is set: set the topic's SignatureVersion to 2.");
                }
                yield "SHA1withRSA";
            }
            default -> throw new RefusedException(403, "SignatureVersion is neither 1 nor 2.");
        };
    }

    /** Strictly: half a character would become a question mark, and another text would fit the signature. */
    private static byte[] utf8(String text) throws CharacterCodingException {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
                byte[] exact = new byte[bytes.remaining()];
                bytes.get(exact);
                return exact;
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The decoder lets pass only odd bits and missing padding at the end, so the end alone is encoded again. */
    private static boolean isCanonical(String claimed, byte[] bytes) {
        int end = bytes.length == 0 ? 0 : (bytes.length - 1) % 3 + 1;
        return claimed.length() == (bytes.length + 2) / 3 * 4
                && claimed.endsWith(Base64.getEncoder()
                        .encodeToString(Arrays.copyOfRange(bytes, bytes.length - end, bytes.length)));
    }

    /** One text for one signature: a decoder that overlooks odd bits would let several pass for it. */
    private static boolean matches(Envelope envelope, String algorithm, SigningCertificate certificate) {
        try {
            String claimed = envelope.get("Signature");
            byte[] bytes = Base64.getDecoder().decode(claimed);
            if (!isCanonical(claimed, bytes)) {
                return false;
            }
            Signature signature = Signature.getInstance(algorithm);
            signature.initVerify(certificate.key());
            signature.update(utf8(envelope.stringToSign()));
            return signature.verify(bytes);
        } catch (IllegalArgumentException | CharacterCodingException | GeneralSecurityException wrong) {
            return false;
        }
    }
}
