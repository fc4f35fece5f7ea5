package io.textonce.jdbc;

import io.textonce.engagement.campaign.CampaignRepository;
import io.textonce.engagement.preference.PreferenceRepository;
import java.util.Objects;

/**
 * What textonce-engagement keeps, in the database of a {@link JdbcStore}: for hosts that have that module. It is a class of
 * its own because frameworks look at every method of their beans, and {@code JdbcStore} must stand that without the module.
 *
 * <pre>{@code
 * CampaignRepository campaigns = JdbcEngagement.on(store).campaigns();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class JdbcEngagement {

    private final CampaignRepository campaigns;

    private final PreferenceRepository preferences;

    private JdbcEngagement(JdbcStore store) {
        this.campaigns = new JdbcCampaignRepository(store.database(), store.content(), store.tables());
        this.preferences = new JdbcPreferenceRepository(store.database());
    }

    /**
     * The repositories on the store's database, sealed as the store is.
     *
     * @param store the store
     * @return the repositories
     */
    public static JdbcEngagement on(JdbcStore store) {
        return new JdbcEngagement(Objects.requireNonNull(store, "store"));
    }

    /**
     * Campaigns whose messages are in the store.
     *
     * @return the repository, shared by every process on the database
     */
    public CampaignRepository campaigns() {
        return campaigns;
    }

    /**
     * What people chose.
     *
     * @return the repository, shared by every process on the database
     */
    public PreferenceRepository preferences() {
        return preferences;
    }
}
