package io.textonce.spi;

import io.textonce.Origin;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;

/**
 * Verifies and reads one provider's webhooks. A role of a provider, and usable alone by hosts that want only events.
 *
 * <p>Contract: it verifies over the raw bytes before it reads anything, against every configured secret, in constant
 * time; it never throws for what a request contains, never blocks on the network (a certificate cache excepted), and
 * makes an {@link io.textonce.OtherEvent} of what it doesn't know.
 *
 * <pre>{@code
 * ParsedWebhook parsed = parser.parse(request, new Origin(TenantId.DEFAULT, "twilio", "sms", clock.instant()));
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
public interface WebhookParser {

    /**
     * Whether it has what it needs to verify, such as a secret. An endpoint whose parser hasn't is refused when the
     * receiver is built.
     *
     * @return true unless overridden
     */
    default boolean canVerify() {
        return true;
    }

    /**
     * Whether what it verifies covers the public URL, host included. A receiver that isn't told that URL warns then.
     *
     * @return false unless overridden
     */
    default boolean signsUrl() {
        return false;
    }

    /**
     * The largest body that this provider sends.
     *
     * @return bytes, 64 KiB unless overridden
     */
    default int maxBodyBytes() {
        return 64 * 1024;
    }

    /**
     * Verifies a request and reads its events.
     *
     * @param request the request, with the public URL it was sent to
     * @param origin what to stamp on each event
     * @return the events, or why the request isn't believed
     */
    ParsedWebhook parse(WebhookRequest request, Origin origin);

    /**
     * What the provider wants to hear when its events were taken.
     *
     * @return a 2xx reply
     */
    WebhookReply acknowledgement();
}
