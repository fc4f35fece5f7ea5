package io.textonce;

/**
 * Why a message was rejected, or why a delivery failed, in words that are the same for every provider.
 *
 * <p>docs/decisions.md maps each provider's own codes to these. Switch on it with a default: the set may grow.
 */
public enum Reason {
    /** The number is missing, malformed, unreachable for ever, or not a mobile. */
    RECIPIENT,
    /** The recipient asked for no more messages. */
    OPTED_OUT,
    /** A carrier or the provider filtered the message, or the host doesn't allow its destination. */
    BLOCKED,
    /** The text or a medium is empty, too long or not allowed. */
    CONTENT,
    /** The template is missing, inactive, another tenant's, or its variables don't fit. */
    TEMPLATE,
    /** The sender ID is wrong, unregistered or not allowed for this destination. */
    SENDER,
    /** The request itself is wrong: an option the provider can't express or doesn't know. */
    REQUEST,
    /** The provider doesn't accept our credentials, or we don't accept its certificate. */
    CREDENTIAL,
    /** Our account is suspended, out of funds, on trial or not set up for this. */
    ACCOUNT,
    /** The provider has no way to this destination, or isn't permitted to use it. */
    ROUTE,
    /** The provider's limit: too many requests. */
    THROTTLED,
    /** Our own limit. */
    RATE_LIMITED,
    /** Our own cap on spending. */
    BUDGET,
    /** Outside the hours in which the recipient may be texted. */
    QUIET_HOURS,
    /** Sending is switched off. */
    DISABLED,
    /** The idempotency key is taken by a message with another payload. */
    DUPLICATE,
    /** Past the message's {@code notAfter}, or the time in which it was any use. */
    EXPIRED,
    /** The provider is down or our circuit breaker for it is open. */
    UNAVAILABLE,
    /** The network failed before anything was transmitted. */
    TRANSPORT,
    /** None of the above, or not said. */
    OTHER
}
