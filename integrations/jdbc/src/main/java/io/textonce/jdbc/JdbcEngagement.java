package io.textonce.jdbc;

import io.textonce.engagement.campaign.CampaignRepository;
import io.textonce.engagement.conversation.ConversationRepository;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.engagement.reporting.ReportRepository;
import io.textonce.engagement.verification.CodeRepository;

/**
 * What textonce-engagement keeps, in the database of a {@link JdbcStore}: for hosts that have that module. It is a class of
 * its own because frameworks look at every method of their beans, and {@code JdbcStore} must stand that without the module.
 * Sealed as the store is, and shared by every process on the database.
 *
 * <pre>{@code
 * CampaignRepository campaigns = JdbcEngagement.on(store).campaigns();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
@SuppressWarnings("exports") // The module isn't required of everybody who requires this one.
public final class JdbcEngagement {

    private final CampaignRepository campaigns;
    private final CodeRepository codes;
    private final ConversationRepository conversations;
    private final PreferenceRepository preferences;
    private final ReportRepository reports;

    private JdbcEngagement(JdbcStore store) {
        Database database = store.database();
        Content content = store.content();
        this.campaigns = new JdbcCampaignRepository(database, content, store.tables());
        this.codes = new JdbcCodeRepository(database, content);
        this.conversations = new JdbcConversationRepository(database, content);
        this.preferences = new JdbcPreferenceRepository(database);
        this.reports =
                new JdbcReportRepository(database, content, store.tables().messages());
    }

    /**
     * The repositories on the store's database.
     *
     * @param store the store
     * @return the repositories
     */
    public static JdbcEngagement on(JdbcStore store) {
        return new JdbcEngagement(store);
    }

    /**
     * Campaigns whose messages are in the store.
     *
     * @return the repository
     */
    public CampaignRepository campaigns() {
        return campaigns;
    }

    /**
     * One-time codes.
     *
     * @return the repository
     */
    public CodeRepository codes() {
        return codes;
    }

    /**
     * Conversations. In a sealed store texts can't be searched, and numbers are found by their keyed hash.
     *
     * @return the repository
     */
    public ConversationRepository conversations() {
        return conversations;
    }

    /**
     * What people chose.
     *
     * @return the repository
     */
    public PreferenceRepository preferences() {
        return preferences;
    }

    /**
     * Reports on the store's messages.
     *
     * @return the repository
     */
    public ReportRepository reports() {
        return reports;
    }
}
