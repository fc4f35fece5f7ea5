package io.textonce.store;

import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.TenantId;
import java.time.Instant;

/**
 * Keeps idempotency keys: which message took a key, with which payload, and what became of it.
 *
 * <p>Contract: {@link #claim} is atomic over all threads and processes that share the store. A claimed key stays claimed
 * until it is bound or released, also after a crash: what a dead process did is unknown. Live keys are never evicted; a
 * store that is full refuses new ones by throwing.
 *
 * <p>Implementations are thread-safe.
 */
public interface IdempotencyRepository {

    /**
     * Takes a key, or says who has it. The holder that asks again, because an answer was lost, has it again.
     *
     * @param tenant whose key
     * @param key the host's key
     * @param payload a digest of what would be sent
     * @param messageId who takes it
     * @param now the present
     * @param expiresAt until when it is kept, held or bound; later than now
     * @return whether it is ours, or what stands in the way
     */
    Claim claim(TenantId tenant, String key, String payload, MessageId messageId, Instant now, Instant expiresAt);

    /**
     * Binds an accepted or unknown outcome to a key that we took. An unknown outcome may be bound again once it is
     * settled; an accepted one stands.
     *
     * @param tenant whose key
     * @param key the host's key
     * @param messageId who took it; if somebody else holds it by now, nothing happens
     * @param result the outcome that later sends with the key return
     * @throws IllegalArgumentException if the outcome is rejected: that releases the key
     */
    void bind(TenantId tenant, String key, MessageId messageId, SendResult result);

    /**
     * Gives a key back, because it is proven that nothing was created. A key with an accepted outcome stays.
     *
     * @param tenant whose key
     * @param key the host's key
     * @param messageId who took it; if somebody else holds it by now, nothing happens
     */
    void release(TenantId tenant, String key, MessageId messageId);

    /** What became of a claim. Frozen at four. */
    sealed interface Claim {}

    /** The key is ours. */
    record Acquired() implements Claim {}

    /**
     * Somebody else took it and hasn't finished, or died.
     *
     * @param messageId who holds it
     */
    record Held(MessageId messageId) implements Claim {}

    /**
     * It has an outcome.
     *
     * @param result the first outcome
     */
    record Bound(SendResult result) implements Claim {}

    /**
     * It stands for another payload.
     *
     * @param messageId the message that has it
     */
    record Conflict(MessageId messageId) implements Claim {}
}
