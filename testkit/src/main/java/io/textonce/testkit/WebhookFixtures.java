package io.textonce.testkit;

import io.textonce.WebhookRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link SmsProviderContract} needs to know of a provider's webhooks: payloads, and how the provider vouches for
 * them.
 *
 * <pre>{@code
 * public byte[] inbound() { return read("mo-stop.form"); }
 * }</pre>
 *
 * <p>Implementations need not be thread-safe.
 */
public interface WebhookFixtures {

    /**
     * The secrets that the provider under test is configured with at the same time; two where it can rotate them.
     *
     * @return one or more
     */
    List<String> secrets();

    /**
     * A request as the provider would send it.
     *
     * @param body the payload
     * @param secret what to sign with; it may be a wrong one
     * @return the request
     */
    WebhookRequest sign(byte[] body, String secret);

    /**
     * The same request without what vouches for it.
     *
     * @param signed a request that {@link #sign} made
     * @return a copy without signature
     */
    WebhookRequest unsigned(WebhookRequest signed);

    /**
     * A report of one delivered message, which carries {@link SmsProviderContract#MESSAGE_ID} where the provider echoes
     * our id.
     *
     * @return the payload
     */
    byte[] deliveryReport();

    /**
     * Whether a report carries our message id.
     *
     * @return true unless the provider echoes nothing
     */
    default boolean echoesMessageId() {
        return true;
    }

    /**
     * One inbound message.
     *
     * @return the payload
     */
    byte[] inbound();

    /**
     * A verified payload of a kind that the module doesn't know.
     *
     * @return the payload
     */
    byte[] unknownKind();

    /**
     * Several delivery reports in one payload.
     *
     * @return the payload; empty if the provider sends one event at a time
     */
    default byte[] batch() {
        return new byte[0];
    }

    /**
     * The number of events in {@link #batch()}.
     *
     * @return 2 or more, or 0
     */
    default int batchSize() {
        return 0;
    }

    /**
     * Payloads that differ from a genuine one and must not be believed with its signature.
     *
     * @param body the genuine payload
     * @return changed copies; by default one for each byte, none where nothing signs the body
     */
    default List<byte[]> tampered(byte[] body) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < body.length; i++) {
            byte[] copy = body.clone();
            copy[i] ^= 1;
            all.add(copy);
        }
        return all;
    }
}
