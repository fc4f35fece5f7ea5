package io.textonce.webhook;

import java.util.Optional;

/**
 * Finds endpoints at run time, for hosts whose tenants come and go.
 *
 * <p>Called on the receiving thread for each request to a name that the receiver wasn't built with. The name comes from the
 * URL and may be anything. What it throws is answered with 503, so that the provider tries again.
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface EndpointSource {

    /**
     * Finds an endpoint.
     *
     * @param name its name, from the URL
     * @return the endpoint, or empty if there is none
     */
    Optional<WebhookEndpoint> find(String name);
}
