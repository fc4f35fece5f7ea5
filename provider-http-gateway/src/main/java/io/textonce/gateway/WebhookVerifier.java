package io.textonce.gateway;

import io.textonce.WebhookRequest;

/**
 * Decides whether a webhook is the gateway's, for schemes that a profile can't express, such as a signed JWT. It replaces
 * the profile's own {@code webhookAuth}.
 *
 * <p>Contract: it works on the raw bytes, in constant time where it compares secrets, and looks at nothing else than the
 * request and what it holds itself. What it throws counts as no.
 *
 * <pre>{@code
 * GatewayProvider.builder(profile).webhookVerifier(request -> jwt.isValid(request.header("Authorization"), request.body()));
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface WebhookVerifier {

    /**
     * Decides on one request.
     *
     * @param request the request as it arrived, with the public URL
     * @return true only if it is the gateway's
     */
    boolean isGenuine(WebhookRequest request);
}
