package io.textonce.store;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
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

    /**
     * Which of some numbers may not be texted: what {@link #isSuppressed} says of each. For looking through lists, such as
     * {@code Bulk.check}; before a submit each number is asked for by itself, so that no choice is missed in between.
     *
     * @param tenant who wants to text
     * @param numbers the recipients, at most 1,000
     * @param sender the sender to be used, or null if the provider chooses
     * @return those that are suppressed
     */
    default Set<PhoneNumber> suppressed(TenantId tenant, Collection<PhoneNumber> numbers, @Nullable SenderId sender) {
        Set<PhoneNumber> found = new HashSet<>();
        for (PhoneNumber number : numbers) {
            if (isSuppressed(tenant, number, sender)) {
                found.add(number);
            }
        }
        return found;
    }
}
