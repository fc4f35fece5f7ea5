package io.textonce;

/** Why we are sure that a rejected message doesn't exist anywhere. Frozen at three. */
public enum Proof {
    /** We refused it ourselves before any request; no other provider is tried. */
    LOCAL_POLICY,
    /** The request headers never left: resolving, connecting or the TLS handshake failed. */
    NOT_TRANSMITTED,
    /** The provider answered with a documented refusal. */
    PROVIDER_REFUSED
}
