package io.textonce.webhook;

import io.textonce.TenantId;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.WebhookParser;
import java.util.Objects;
import java.util.Optional;

/**
 * A webhook URL that the host owns: it decides whose events arrive there, and who verifies them.
 *
 * <p>Immutable and thread-safe.
 *
 * @param tenant whose events they are
 * @param provider the provider's instance name
 * @param parser verifies and reads them
 */
public record WebhookEndpoint(TenantId tenant, String provider, WebhookParser parser) {

    /** Checks for nulls. */
    public WebhookEndpoint {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(parser, "parser");
    }

    /**
     * The endpoint of a provider that plays the role of {@link WebhookParser}.
     *
     * @param tenant whose events they are
     * @param provider who calls
     * @return the endpoint, or empty if the provider has no webhooks
     */
    public static Optional<WebhookEndpoint> of(TenantId tenant, SmsProvider provider) {
        return provider.role(WebhookParser.class).map(parser -> new WebhookEndpoint(tenant, provider.name(), parser));
    }
}
