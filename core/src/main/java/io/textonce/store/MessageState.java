package io.textonce.store;

import io.textonce.Outcome;
import io.textonce.Reason;
import io.textonce.SendResult;

/**
 * Where an outgoing message stands in the store. Switch on it with a default: the set may grow.
 */
public enum MessageState {
    /** It waits in the outbox for its time, or for another try of which it is proven that it can do no harm. */
    PENDING,
    /** A worker of the outbox has taken it and hasn't begun to send. If the worker dies, it is pending again. */
    CLAIMED,
    /** It waits in the outbox until somebody releases or cancels it. */
    HELD,
    /** Written before the first submit. If the process dies now, the outcome is unknown, never "not sent". */
    SENDING,
    /** A provider took it over. */
    ACCEPTED,
    /** It is proven that no message exists. */
    REJECTED,
    /** A message may or may not exist; a lookup or a report may still settle it. */
    UNKNOWN,
    /** Somebody cancelled it before it was sent. No message exists. */
    CANCELLED,
    /** Its {@code notAfter} passed before it could be sent. No message exists. */
    EXPIRED;

    /**
     * The state that an outcome leads to.
     *
     * @param outcome the outcome
     * @return the state
     */
    public static MessageState of(Outcome outcome) {
        return outcome == Outcome.ACCEPTED ? ACCEPTED : outcome == Outcome.REJECTED ? REJECTED : UNKNOWN;
    }

    /**
     * The state that a result leads to.
     *
     * @param result the result
     * @return the state of its outcome, or {@link #EXPIRED} if that is why it was rejected
     */
    public static MessageState of(SendResult result) {
        return result instanceof SendResult.Rejected rejected && rejected.reason() == Reason.EXPIRED
                ? EXPIRED
                : of(result.outcome());
    }

    /**
     * Whether nothing more will be done about the message. A report may still change the state.
     *
     * @return false for the states in which it waits, is being sent, or is in doubt
     */
    public boolean isSettled() {
        return this == ACCEPTED || this == REJECTED || this == CANCELLED || this == EXPIRED;
    }
}
