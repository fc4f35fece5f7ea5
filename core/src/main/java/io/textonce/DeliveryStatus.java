package io.textonce;

/**
 * How far an accepted message has come. A provider's own words (failed, read, ...) are mapped to these by its module.
 *
 * <p>Guaranteed: the order of the constants is the rank by which reports are folded, so a late or repeated report never
 * takes a message back. Switch on it with a default: the set may grow.
 */
public enum DeliveryStatus {
    /** A word that we don't know; the raw word is in the report. */
    OTHER,
    /** The provider has it. */
    QUEUED,
    /** The carrier has it. Where carriers give no receipts this is the last word. */
    SENT,
    /** Cancelled before it went out. Terminal. */
    CANCELLED,
    /** Its validity ended before the handset was reached. Terminal. */
    EXPIRED,
    /** It won't arrive. Terminal. */
    UNDELIVERED,
    /** Some parts arrived and some won't. Derived from reports of parts, never reported itself. */
    PARTIAL,
    /** The handset has it. Terminal. */
    DELIVERED;

    /**
     * Whether no better news is to be expected.
     *
     * @return true for cancelled, expired, undelivered, partial and delivered
     */
    public boolean isTerminal() {
        return compareTo(CANCELLED) >= 0;
    }
}
