package io.textonce.outbox;

import io.textonce.SmsMessage;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * Takes messages that are sent later: what business code depends on, and fakes in its tests.
 *
 * <p>Implementations are thread-safe, unless they belong to one transaction.
 */
public interface SmsEnqueuer {

    /**
     * Stores a message, to be sent as soon as possible.
     *
     * @param message what to send
     * @return whether it is stored
     * @throws io.textonce.SmsStoreException if the store failed, so that it isn't known whether the message is stored;
     *     repeat with the same idempotency key, which stores it at most once
     */
    EnqueueReceipt enqueue(SmsMessage message);

    /**
     * Stores a message, to be sent at a time or shortly after, never before by the store's clock.
     *
     * @param message what to send
     * @param at when
     * @return whether it is stored
     * @throws io.textonce.SmsStoreException as {@link #enqueue(SmsMessage)}
     */
    EnqueueReceipt enqueue(SmsMessage message, Instant at);

    /**
     * Stores messages, to be sent as soon as possible: of each tenant's messages, all that can be sent, in one step. What
     * is refused doesn't keep the others back. A few hundred at once cost hardly more than a few.
     *
     * @param messages what to send
     * @return a receipt for each, in the same order
     * @throws io.textonce.SmsStoreException as {@link #enqueue(SmsMessage)}; with messages of several tenants, those of the
     *     earlier ones may be stored
     */
    List<EnqueueReceipt> enqueueAll(Collection<SmsMessage> messages);
}
