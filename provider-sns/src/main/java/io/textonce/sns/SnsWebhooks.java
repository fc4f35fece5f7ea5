package io.textonce.sns;

import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;

/**
 * Verifies what arrives and reads it: an envelope that SNS signed, or a body that the host's own forwarder vouches for with
 * a secret. It never confirms a subscription.
 */
final class SnsWebhooks implements WebhookParser {

    /** SNS carries 256 KiB of message; escapes and the envelope come on top. */
    static final int LARGEST = 320 * 1024;

    private static final String BEARER = "bearer ";
    private static final WebhookReply ACKNOWLEDGEMENT = WebhookReply.of(200);

    private final EnvelopeVerifier verifier;
    private final boolean hasTopics;
    private final List<byte[]> secrets;

    SnsWebhooks(EnvelopeVerifier verifier, boolean hasTopics, List<String> forwardSecrets) {
        this.verifier = verifier;
        this.hasTopics = hasTopics;
        this.secrets = forwardSecrets.stream()
                .map(secret -> secret.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public int maxBodyBytes() {
        return LARGEST;
    }

    @Override
    public ParsedWebhook parse(WebhookRequest request, Origin origin) {
        if (request.body().length > LARGEST) {
            return ParsedWebhook.refused(
                    413, "The body has " + request.body().length + " bytes; SNS's have at most " + LARGEST + ".");
        }
        if (!request.method().equals("POST")) {
            return ParsedWebhook.refused(405, "AWS calls with POST only.");
        }
        try {
            String authorization = request.header("Authorization").orElse("");
            boolean forwarded = authorization.toLowerCase(Locale.ROOT).startsWith(BEARER);
            if (forwarded && !secrets.isEmpty()) {
                return isOurs(authorization.substring(BEARER.length()))
                        ? ParsedWebhook.verified(Events.ofForwarded(request.body(), origin))
                        : ParsedWebhook.refused(
                                401, "The forwarder's secret isn't one of forwardSecrets: set the same on both sides.");
            }
            if (request.header("x-amz-sns-rawdelivery").orElse("").equalsIgnoreCase("true")) {
                return ParsedWebhook.refused(
                        403, "Raw delivery is on, so that nothing is signed: switch it off for the subscription.");
            }
            if (!hasTopics) {
                return ParsedWebhook.refused(
                        403, "No topics are configured, and the request has no forwarder's secret.");
            }
            return envelope(request.body(), origin);
        } catch (Events.TooLargeException bomb) {
            return ParsedWebhook.refused(413, "The packed logs hold more than packed logs of their size can.");
        }
    }

    @Override
    public WebhookReply acknowledgement() {
        return ACKNOWLEDGEMENT;
    }

    private ParsedWebhook envelope(byte[] body, Origin origin) throws Events.TooLargeException {
        Envelope envelope;
        try {
            envelope = verifier.verify(body, true).envelope();
        } catch (EnvelopeVerifier.RefusedException refused) {
            return refused.refusal();
        }
        String id = envelope.get("MessageId");
        return ParsedWebhook.verified(
                envelope.isNotification()
                        ? Events.ofNotification(envelope.get("Message"), id, origin)
                        : List.of(OtherEvent.of(
                                origin, "sns:" + id, envelope.get("Type"), new String(body, StandardCharsets.UTF_8))));
    }

    /** Every secret is compared, without an early end, so that the time tells nothing. */
    private boolean isOurs(String claimed) {
        byte[] bytes = claimed.strip().getBytes(StandardCharsets.UTF_8);
        boolean matched = false;
        for (byte[] secret : secrets) {
            matched |= MessageDigest.isEqual(secret, bytes);
        }
        return matched;
    }
}
