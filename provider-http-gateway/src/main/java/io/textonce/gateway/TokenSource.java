package io.textonce.gateway;

/**
 * Gives the token that a profile names {@code {secret.token}}, for gateways that exchange credentials for a token that
 * expires.
 *
 * <p>Contract: asked on the sending thread, concurrently, for each request; it keeps the token and renews it in time, well
 * before it expires. A request that the gateway refused with 401 isn't made again (one submit, one request): the source is
 * told, and the next request gets what it then answers. What it throws keeps the request from being sent.
 *
 * <pre>{@code
 * GatewayProvider.builder(profile).tokenSource(myOAuthClient::accessToken);
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface TokenSource {

    /**
     * The present token.
     *
     * @return visible ASCII, without the word before it, such as Bearer
     */
    String token();

    /**
     * Says that the gateway answered 401 to a request with this token.
     *
     * @param token what it was sent with; another one may be in use by now
     */
    default void refused(String token) {}
}
