package io.textonce.webhook;

import io.textonce.InboundMessage;
import io.textonce.Media;
import java.io.IOException;

/**
 * Keeps pictures and files that came inside an inbound message. The SDK stores no bytes of them, and nobody can be asked for
 * them again; what has a {@link Media#source()} lies at the provider, and isn't offered.
 *
 * <p>Called by {@link WebhookReceiver}, on the thread of the webhook call, once the request is verified and before its events
 * are stored. What it throws is answered 503 with nothing stored, and the provider comes again: so where a message is
 * stored, what was inside it is kept, wherever the process may have died. Therefore it must take the same medium again
 * without harm, and must not throw for what it will never keep, such as something too large: that would keep the message out.
 *
 * <pre>{@code
 * receiver.media((message, place, media) -> {
 *     try (InputStream content = media.open()) {
 *         pictures.putIfAbsent(message.tenant(), message.provider(), message.id(), place, content.readNBytes(MOST_BYTES));
 *     }
 * });
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface MediaKeeper {

    /**
     * Keeps one medium.
     *
     * @param message the message that it came inside of; tenant, provider and id together name it
     * @param place its place in {@link InboundMessage#media()}, from 0
     * @param media what to keep
     * @throws IOException if it can't be kept at the moment
     */
    void keep(InboundMessage message, int place, Media media) throws IOException;
}
