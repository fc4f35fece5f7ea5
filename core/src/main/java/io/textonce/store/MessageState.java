package io.textonce.store;

import io.textonce.Outcome;

/**
 * Where an outgoing message stands in the store. Switch on it with a default: the set may grow.
 */
public enum MessageState {
    /** Written before the first submit. If the process dies now, the outcome is unknown, never "not sent". */
    SENDING,
    /** A provider took it over. */
    ACCEPTED,
    /** It is proven that no message exists. */
    REJECTED,
    /** A message may or may not exist; a lookup or a report may still settle it. */
    UNKNOWN;

    /**
     * The state that an outcome leads to.
     *
     * @param outcome the outcome
     * @return the state
     */
    public static MessageState of(Outcome outcome) {
        return outcome == Outcome.ACCEPTED ? ACCEPTED : outcome == Outcome.REJECTED ? REJECTED : UNKNOWN;
    }
}
