package io.textonce.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/**
 * A self-made certificate that signs SNS messages in tests, with a key made for it.
 *
 * <p>It has the form of AWS's (RSA, one name, as common and as alternative name) and no chain: whoever verifies must be told
 * of it by address and text.
 *
 * <pre>{@code
 * SnsCertificate certificate = SnsCertificate.named("sns.amazonaws.com");
 * SnsProvider.builder()....signingCertificate(certificate.address("us-east-1"), certificate.pem());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SnsCertificate {

    private static final byte[] SHA256_WITH_RSA = oid(42, 134, 72, 134, 247, 13, 1, 1, 11);
    private static final byte[] COMMON_NAME = oid(85, 4, 3);
    private static final byte[] ALTERNATIVE_NAME = oid(85, 29, 17);
    private static final byte[] NULL = {5, 0};
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final byte[] encoded;

    private SnsCertificate(PrivateKey key, X509Certificate certificate, byte[] encoded) {
        this.key = key;
        this.certificate = certificate;
        this.encoded = encoded;
    }

    /**
     * A certificate that is valid from 2000 to 2100.
     *
     * @param name the signing name, {@code sns.amazonaws.com} for most regions
     * @return a new certificate with a new key
     */
    public static SnsCertificate named(String name) {
        return valid(name, Instant.parse("2000-01-01T00:00:00Z"), Instant.parse("2100-01-01T00:00:00Z"));
    }

    /**
     * A certificate.
     *
     * @param name the signing name, ASCII
     * @param from its first instant
     * @param to its last instant
     * @return a new certificate with a new key
     */
    public static SnsCertificate valid(String name, Instant from, Instant to) {
        return make(name, from, to, true);
    }

    /**
     * A certificate valid from 2000 to 2100 that has a common name and no alternative one, as old ones do.
     *
     * @param name the signing name, ASCII
     * @return a new certificate with a new key
     */
    public static SnsCertificate withCommonNameOnly(String name) {
        return make(name, Instant.parse("2000-01-01T00:00:00Z"), Instant.parse("2100-01-01T00:00:00Z"), false);
    }

    /**
     * Where SNS would publish it.
     *
     * @param region such as {@code us-east-1}
     * @return an address that is the certificate's own
     */
    public URI address(String region) {
        String suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
        return URI.create("https://sns." + region + "." + suffix + "/SimpleNotificationService-"
                + HexFormat.of().formatHex(fingerprint(), 0, 16) + ".pem");
    }

    /**
     * The certificate as SNS serves it.
     *
     * @return PEM text
     */
    public String pem() {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END CERTIFICATE-----\n";
    }

    /**
     * The certificate for the JDK's own classes.
     *
     * @return the certificate
     */
    public X509Certificate x509() {
        return certificate;
    }

    /** Signs the text that SNS makes of a message. */
    String sign(String text, String version) {
        try {
            Signature signature = Signature.getInstance(version.equals("2") ? "SHA256withRSA" : "SHA1withRSA");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("this JDK can't sign with RSA", absent);
        }
    }

    /** The subject's name; no key. */
    @Override
    public String toString() {
        return "SnsCertificate[" + certificate.getSubjectX500Principal().getName() + "]";
    }

    private byte[] fingerprint() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(encoded);
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("this JDK has no SHA-256", absent);
        }
    }

    /** RFC 5280, section 4.1, as little of it as there has to be. */
    private static SnsCertificate make(String name, Instant from, Instant to, boolean alternative) {
        Objects.requireNonNull(name, "name");
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair pair = generator.generateKeyPair();
            byte[] algorithm = sequence(SHA256_WITH_RSA, NULL);
            byte[] names =
                    sequence(tagged(0x31, sequence(COMMON_NAME, tagged(0x0c, name.getBytes(StandardCharsets.UTF_8)))));
            byte[] dnsName = sequence(tagged(0x82, name.getBytes(StandardCharsets.US_ASCII)));
            byte[] extension = sequence(ALTERNATIVE_NAME, tagged(0x04, dnsName));
            byte[] signed = sequence(
                    tagged(0xa0, integer(BigInteger.TWO)),
                    integer(new BigInteger(1, pair.getPublic().getEncoded()).mod(BigInteger.ONE.shiftLeft(64))),
                    algorithm,
                    names,
                    sequence(time(from), time(to)),
                    names,
                    pair.getPublic().getEncoded(),
                    alternative ? tagged(0xa3, sequence(extension)) : new byte[0]);
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(pair.getPrivate());
            signature.update(signed);
            byte[] encoded = sequence(signed, algorithm, tagged(0x03, join(new byte[1], signature.sign())));
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
            return new SnsCertificate(pair.getPrivate(), certificate, encoded);
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("this JDK can't make an RSA certificate", absent);
        }
    }

    private static byte[] time(Instant instant) {
        return tagged(0x18, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] integer(BigInteger value) {
        return tagged(0x02, value.toByteArray());
    }

    private static byte[] oid(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        return tagged(0x06, bytes);
    }

    private static byte[] sequence(byte[]... parts) {
        return tagged(0x30, join(parts));
    }

    private static byte[] tagged(int tag, byte[] content) {
        int length = content.length;
        byte[] head = length < 0x80
                ? new byte[] {(byte) tag, (byte) length}
                : length < 0x100
                        ? new byte[] {(byte) tag, (byte) 0x81, (byte) length}
                        : new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
        return join(head, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(part -> all.write(part, 0, part.length));
        return all.toByteArray();
    }
}
