package io.textonce.spring;

import io.textonce.SmsListener;
import io.textonce.TenantId;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.store.EventJournal;
import io.textonce.store.SuppressionRepository;
import io.textonce.webhook.EndpointSource;
import io.textonce.webhook.MediaKeeper;
import io.textonce.webhook.WebhookReceiver;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** What providers call. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "textonce.webhooks.enabled")
class WebhookConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookConfiguration.class);

    @Bean
    @ConditionalOnMissingBean
    WebhookReceiver textonceWebhookReceiver(
            TextonceProperties properties,
            SmsProviders providers,
            ObjectProvider<EndpointSource> sources,
            ObjectProvider<EventJournal> journals,
            ObjectProvider<SuppressionRepository> suppressions,
            ObjectProvider<SmsListener> listeners,
            ObjectProvider<MediaKeeper> media,
            ObjectProvider<TextonceCustomizer<WebhookReceiver.Builder>> customizers) {
        EventJournal journal = journals.getIfAvailable();
        if (journal == null) {
            throw new TextonceConfigurationException(
                    List.of("textonce.webhooks.enabled: the application has a store of its own, but no EventJournal:"
                            + " define a bean that is one"));
        }
        TextonceProperties.Webhooks given = properties.webhooks();
        WebhookReceiver.Builder receiver = WebhookReceiver.builder(journal);
        suppressions.ifAvailable(receiver::suppressions);
        if (given.publicBaseUrl() != null) {
            receiver.publicBaseUrl(given.publicBaseUrl());
        }
        if (given.trustForwardedHeaders()) {
            receiver.trustForwardedHeaders();
        }
        providers.all().forEach(each -> open(receiver, each.name(), TenantId.DEFAULT, each));
        EndpointSource source = sources.getIfAvailable();
        if (source != null) {
            receiver.endpoints(source);
        } else {
            providers
                    .ofTenants()
                    .forEach((tenant, own) -> own.forEach(
                            each -> open(receiver, ConfiguredTenant.endpoint(tenant, each.name()), tenant, each)));
        }
        listeners.orderedStream().forEach(receiver::listener);
        media.ifAvailable(receiver::media);
        customizers.orderedStream().forEach(each -> each.customize(receiver));
        WebhookReceiver built = ClientConfiguration.built(".webhooks", receiver::build);
        providers
                .all()
                .forEach(each -> each.role(SandboxProvider.class)
                        .ifPresent(sandbox -> sandbox.connect(request -> built.receive(each.name(), request))));
        return built;
    }

    private static void open(WebhookReceiver.Builder receiver, String endpoint, TenantId tenant, SmsProvider provider) {
        if (Wiring.isVerified(provider)) {
            receiver.endpoint(endpoint, tenant, provider);
        } else {
            LOG.warn(
                    "textonce.webhooks: {} has no webhooks, or no secret to verify them with; its reports aren't taken",
                    endpoint);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({HttpRequestHandler.class, SimpleUrlHandlerMapping.class, HttpServletRequest.class})
    static class Endpoint {

        /** Before the application's own handlers: a catch-all of theirs would swallow reports. */
        @Bean
        SimpleUrlHandlerMapping textonceWebhookMapping(WebhookReceiver receiver, TextonceProperties properties) {
            return new SimpleUrlHandlerMapping(
                    Map.of(properties.webhooks().pathOf("{endpoint}/**"), new WebhookHandler(receiver)), -1);
        }
    }
}
