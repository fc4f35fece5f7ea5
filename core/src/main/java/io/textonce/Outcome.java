package io.textonce;

/**
 * The three things that can be known of a submit or a send. Frozen at three.
 *
 * <p>There is no "failed": a failure either proves that nothing was created ({@link #REJECTED}) or it doesn't
 * ({@link #UNKNOWN}), and only the first may ever be tried again.
 */
public enum Outcome {
    /** A provider took the message over. It doesn't mean delivered. */
    ACCEPTED,
    /** It is proven that no message was created. */
    REJECTED,
    /** Anything else: a message may or may not exist. */
    UNKNOWN
}
