package io.textonce;

/** What a whole inbound message may mean for consent. Frozen at three. */
public enum Keyword {
    /** No more messages. */
    STOP,
    /** Messages are welcome again. */
    START,
    /** Who is this? */
    HELP
}
