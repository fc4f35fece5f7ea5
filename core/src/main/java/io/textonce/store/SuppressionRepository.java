package io.textonce.store;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * Keeps who asked for no more messages. The client asks before every submit, failover included; nothing bypasses it.
 *
 * <p>Contract: the later choice wins whatever the order of recording; at the same instant out wins. An opt-out of the whole
 * tenant covers every sender. An opt-in to the whole tenant also lifts earlier opt-outs of single senders, so that START
 * undoes what a provider's refusal recorded; an opt-in to one sender lifts nothing else.
 *
 * <p>Implementations are thread-safe.
 */
public interface SuppressionRepository {

    /**
     * Records a choice.
     *
     * @param tenant to whom it was made known
     * @param suppression the choice
     */
    void record(TenantId tenant, Suppression suppression);

    /**
     * Whether a number may not be texted.
     *
     * @param tenant who wants to text
     * @param number the recipient
     * @param sender the sender to be used, or null if the provider chooses: then only the whole tenant counts
     * @return true if the recipient opted out of the tenant, or of that sender
     */
    boolean isSuppressed(TenantId tenant, PhoneNumber number, @Nullable SenderId sender);
}
