package io.textonce.outbox;

import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.TenantId;
import java.time.Instant;

/**
 * Observes what the outbox does beside sending, of which the client's {@link io.textonce.SmsListener}s are told: attempts
 * as they happen, and each final result.
 *
 * <p>Not guaranteed: that the call arrives; what it throws is logged and dropped, and a crash loses it.
 *
 * <p>Implementations must be thread-safe, and return quickly.
 */
public interface OutboxListener {

    /**
     * A message will be tried again later; it is proven that nothing was created so far.
     *
     * @param tenant whose message
     * @param id our id
     * @param why what stood in the way
     * @param until when it will be tried again
     */
    default void onDeferred(TenantId tenant, MessageId id, SendResult.Rejected why, Instant until) {}

    /**
     * Evidence settled a doubt: {@link io.textonce.SmsListener#onResult} has told of the doubt, or a crash was its cause.
     *
     * @param tenant whose message
     * @param id our id
     * @param result what is known now
     */
    default void onSettled(TenantId tenant, MessageId id, SendResult result) {}

    /**
     * A message in doubt will be sent again, as {@link OnUnknown} allows for its category.
     *
     * @param tenant whose message
     * @param id our id
     * @param proven true if the provider proved that it doesn't exist, false if the host takes the risk
     */
    default void onResend(TenantId tenant, MessageId id, boolean proven) {}

    /**
     * Leases ran out, because workers died, hung or lost the store.
     *
     * @param freed messages that will be sent by others
     * @param doubted messages that became UNKNOWN
     */
    default void onExpired(int freed, int doubted) {}
}
