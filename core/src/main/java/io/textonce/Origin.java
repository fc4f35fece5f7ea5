package io.textonce;

import java.time.Instant;
import java.util.Objects;

/**
 * Where an event came from. The endpoint decides tenant and provider, never the payload.
 *
 * <p>Immutable and thread-safe.
 *
 * @param tenant whose event it is
 * @param provider the provider's instance name
 * @param endpoint the webhook endpoint's name
 * @param receivedAt when we received it, by our clock
 */
public record Origin(TenantId tenant, String provider, String endpoint, Instant receivedAt) {

    /** Checks for nulls. */
    public Origin {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(receivedAt, "receivedAt");
    }
}
