package io.textonce.gateway;

/**
 * Adds to each request what a profile can't express, such as a signature over it.
 *
 * <p>Contract: called on the sending thread, concurrently, once for each request, before anything is sent; it must not block
 * for long. What it throws keeps the request from being sent: the message was certainly not transmitted.
 *
 * <pre>{@code
 * GatewayProvider.builder(profile).requestCustomizer(request ->
 *         request.header("X-Signature", hmac(request.method() + request.target(), request.body())));
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface RequestCustomizer {

    /**
     * Adds parameters and headers.
     *
     * @param request the request, not to be kept
     */
    void customize(GatewayRequest request);
}
