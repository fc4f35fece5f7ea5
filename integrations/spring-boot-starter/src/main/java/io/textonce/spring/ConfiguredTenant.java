package io.textonce.spring;

import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.client.Routing;
import io.textonce.client.TenantProviders;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.spring.TextonceProperties.ProviderSettings;
import io.textonce.webhook.WebhookReceiver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A tenant of the properties. Its providers are made as often as somebody needs instances: once for webhooks and roles, and
 * by the client whenever the tenant begins to send.
 *
 * @param owner of the properties, as {@link ConfiguredProvider} has it
 */
record ConfiguredTenant(
        TenantId id,
        String owner,
        Map<String, ProviderSettings> settings,
        @Nullable Routing routing,
        ConfiguredProvider.Surroundings surroundings) {

    /** By which name its webhooks arrive: a report finds its tenant by it, and no other's message. */
    static String endpoint(TenantId tenant, String provider) {
        return tenant + "." + provider;
    }

    List<SmsProvider> make(Problems problems) {
        List<SmsProvider> all = new ArrayList<>();
        settings.forEach((name, each) -> {
            SmsProvider made =
                    new ConfiguredProvider(owner, name, endpoint(id, name), each, surroundings, problems).make();
            if (made != null) {
                all.add(made);
            }
        });
        return all;
    }

    /** Properties don't change, hence one version. */
    TenantProviders providers(Supplier<@Nullable WebhookReceiver> receiver) {
        TenantProviders own = TenantProviders.of("1", () -> make(receiver));
        return routing == null ? own : own.routing(routing);
    }

    private List<SmsProvider> make(Supplier<@Nullable WebhookReceiver> receiver) {
        Problems problems = new Problems();
        List<SmsProvider> all = make(problems);
        problems.check();
        if (surroundings.webhooks().enabled()) {
            all.forEach(each -> each.role(SandboxProvider.class)
                    .ifPresent(sandbox -> sandbox.connect(request -> {
                        WebhookReceiver found = receiver.get();
                        return found == null ? WebhookReply.of(404) : found.receive(endpoint(id, each.name()), request);
                    })));
        }
        return all;
    }
}
