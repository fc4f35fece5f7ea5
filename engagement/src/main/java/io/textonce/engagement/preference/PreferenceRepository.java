package io.textonce.engagement.preference;

import io.textonce.TenantId;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Keeps what people chose.
 *
 * <p>Contract: what was put is found by the next call, in every process; no method sees another tenant's choices. STOP and
 * START aren't these choices: they are the {@code SuppressionRepository}'s and hold for every kind of message.
 * {@code PreferenceRepositoryContract} in textonce-engagement-testkit checks an implementation.
 *
 * <p>Implementations are thread-safe. Methods may block; they are called on whichever thread sends or expands a campaign.
 */
public interface PreferenceRepository {

    /**
     * Reads what some people chose, in one go.
     *
     * @param tenant to whom it was made known
     * @param users the host's names for them
     * @return by user; nothing for whom nothing is known
     */
    Map<String, Preferences> find(TenantId tenant, Collection<String> users);

    /**
     * Reads what somebody chose.
     *
     * @param tenant to whom it was made known
     * @param user the host's name for the person
     * @return the choices; {@link Preferences#NONE} if nothing is known
     */
    default Preferences find(TenantId tenant, String user) {
        return find(tenant, List.of(user)).getOrDefault(user, Preferences.NONE);
    }

    /**
     * Keeps what somebody chose, in place of what was there.
     *
     * @param tenant to whom it was made known
     * @param user the host's name for the person, 1 to 128 characters
     * @param preferences the choices; {@link Preferences#NONE} forgets the person
     */
    void put(TenantId tenant, String user, Preferences preferences);
}
