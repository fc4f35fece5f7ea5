package io.textonce.sns;

import io.textonce.spi.TimeSource;
import java.security.cert.X509Certificate;
import java.util.Map;
import org.jspecify.annotations.NullMarked;

/**
 * The verifier of envelopes without what the provider then reads of them, for the benches: AWS's does no more either. In
 * this package because nobody else may verify without reading.
 */
@NullMarked
public final class EnvelopeOnly {
    private final EnvelopeVerifier verifier;

    private EnvelopeOnly(EnvelopeVerifier verifier) {
        this.verifier = verifier;
    }

    /**
     * A verifier that knows one certificate.
     *
     * @param topic whose envelopes are believed
     * @param address where the certificate lies
     * @param certificate what is never fetched
     * @return the verifier
     */
    public static EnvelopeOnly of(String topic, String address, X509Certificate certificate) {
        TopicArn arn = TopicArn.of(topic);
        if (arn == null) {
            throw new IllegalArgumentException("not a topic: " + topic);
        }
        TimeSource time = TimeSource.system();
        Certificates certificates = new Certificates(
                url -> {
                    throw new IllegalStateException("no network");
                },
                Map.of(address, new SigningCertificate(certificate)),
                time);
        return new EnvelopeOnly(new EnvelopeVerifier(Map.of(topic, arn), false, certificates, time));
    }

    /**
     * Verifies.
     *
     * @param body the envelope
     * @return whether it is believed
     */
    public boolean believes(byte[] body) {
        try {
            return verifier.verify(body, true).envelope().isNotification();
        } catch (EnvelopeVerifier.RefusedException refused) {
            return false;
        }
    }
}
