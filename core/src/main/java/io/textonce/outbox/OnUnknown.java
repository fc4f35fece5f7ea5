package io.textonce.outbox;

/** What is done about a message of which nobody knows whether it exists. Switch on it with a default: the set may grow. */
public enum OnUnknown {
    /**
     * It is never sent again. Lookups and delivery reports may settle it; until then it stays UNKNOWN, for people to see.
     * The default.
     */
    HOLD,
    /**
     * As {@link #HOLD}, but it is sent again when the provider, which finds messages by our id, proves that it doesn't
     * exist.
     */
    RECONCILE,
    /**
     * It is sent again once, without proof, if nothing settled it by the first lookup: the recipient may get it twice.
     */
    RESEND_ONCE
}
