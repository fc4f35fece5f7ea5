package io.textonce;

/** What may still settle an unknown outcome. Switch on it with a default: the set may grow. */
public enum Settlement {
    /** The provider can be asked for the message. */
    LOOKUP,
    /** A delivery report that carries our message id proves that the message exists. */
    DELIVERY_REPORT
}
