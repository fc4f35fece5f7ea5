package io.textonce;

import java.time.Instant;

/**
 * Something a provider told us by webhook: a {@link DeliveryReport}, an {@link InboundMessage}, or {@link OtherEvent}. Frozen
 * at three; OtherEvent is the catch-all.
 *
 * <p>Guaranteed: it was verified before it was parsed, and {@link #id()} is the same each time the provider repeats it.
 * Not guaranteed: order.
 *
 * <p>Implementations are immutable and thread-safe.
 */
public sealed interface SmsEvent permits DeliveryReport, InboundMessage, OtherEvent {

    /**
     * Where it came from.
     *
     * @return tenant, provider, endpoint and time
     */
    Origin origin();

    /**
     * The event's identity, made from verified content only, by which repeats are recognised.
     *
     * @return a short text, unique for the tenant and provider
     */
    String id();

    /**
     * Whose event it is.
     *
     * @return the tenant
     */
    default TenantId tenant() {
        return origin().tenant();
    }

    /**
     * Which provider told us.
     *
     * @return the provider's instance name
     */
    default String provider() {
        return origin().provider();
    }

    /**
     * When we received it.
     *
     * @return the instant, by our clock
     */
    default Instant receivedAt() {
        return origin().receivedAt();
    }
}
