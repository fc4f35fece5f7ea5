package io.textonce.engagement.campaign;

import io.textonce.client.BulkCheck;

/**
 * What a campaign comes to before anything is sent: how many recipients, which of them get nothing and why, segments and
 * cost.
 *
 * <pre>{@code
 * CampaignPreview preview = campaigns.preview(spring);
 * System.out.println(preview);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class CampaignPreview {

    private final long recipients;
    private final long duplicates;
    private final boolean complete;
    private final long unwanted;
    private final BulkCheck check;

    CampaignPreview(long recipients, long duplicates, boolean complete, long unwanted, BulkCheck check) {
        this.recipients = recipients;
        this.duplicates = duplicates;
        this.complete = complete;
        this.unwanted = unwanted;
        this.check = check;
    }

    /**
     * How many recipients the source has.
     *
     * @return a count, zero or more
     */
    public long recipients() {
        return recipients;
    }

    /**
     * How many come again, by key, or without one by the number as it is written.
     *
     * @return a count, zero or more; a lower bound unless {@link #duplicatesComplete()}
     */
    public long duplicates() {
        return duplicates;
    }

    /**
     * Whether all duplicates were found: of the first 1,500,000 recipients.
     *
     * @return false if some may be missing
     */
    public boolean duplicatesComplete() {
        return complete;
    }

    /**
     * How many chose not to have messages of this kind.
     *
     * @return a count, zero or more
     */
    public long unwanted() {
        return unwanted;
    }

    /**
     * What a run of the messages to all others comes to: invalid, opted out, segments, cost. Its duplicates are numbers that
     * several keys share, which do get a message each.
     *
     * @return the check
     */
    public BulkCheck check() {
        return check;
    }

    @Override
    public String toString() {
        return recipients + " recipients: " + (complete ? "" : "at least ") + duplicates + " duplicates, " + unwanted
                + " unwanted; " + check;
    }
}
