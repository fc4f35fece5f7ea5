package io.textonce.spring;

import io.textonce.SmsListener;
import io.textonce.client.PreferenceSource;
import io.textonce.client.ProviderSource;
import io.textonce.client.SmsClient;
import io.textonce.spi.SmsProvider;
import io.textonce.spring.TextonceProperties.StoreType;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageRepository;
import io.textonce.store.SpendRepository;
import io.textonce.store.SuppressionRepository;
import io.textonce.store.TemplateRepository;
import io.textonce.webhook.WebhookReceiver;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/** The client, with whatever the application has of what it takes. */
@Configuration(proxyBeanMethods = false)
class ClientConfiguration {

    private static final String CLIENT = "textonceSmsClient";

    @Bean
    Wiring textonceWiring(
            TextonceProperties properties,
            ObjectProvider<SmsProvider> providers,
            ObjectProvider<ProviderSource> sources,
            ObjectProvider<TextonceCustomizer<SmsClient.Builder>> customizers,
            ObjectProvider<DataSource> dataSources,
            ListableBeanFactory beans,
            ResourceLoader resources) {
        boolean ownSource = sources.stream().findAny().isPresent();
        boolean needsProvider = beans.containsBean(CLIENT)
                && !ownSource
                && customizers.stream().findAny().isEmpty();
        return new Wiring(
                properties,
                providers.orderedStream().toList(),
                needsProvider,
                ownSource,
                properties.store().type() == StoreType.JDBC ? storeProblem(dataSources, resources) : null,
                resources);
    }

    private static @Nullable String storeProblem(ObjectProvider<DataSource> dataSources, ResourceLoader resources) {
        if (!ClassUtils.isPresent("io.textonce.jdbc.JdbcStore", resources.getClassLoader())) {
            return "jdbc needs a module that isn't there: add the dependency io.textonce:textonce-jdbc";
        }
        List<DataSource> all = dataSources.stream().toList();
        return all.isEmpty()
                ? "jdbc needs a DataSource, and there is none: set spring.datasource.url"
                : dataSources.getIfUnique() == null
                        ? "jdbc needs one DataSource, and there are " + all.size() + ": mark one as @Primary"
                        : null;
    }

    @Bean
    SmsProviders textonceProviders(Wiring wiring) {
        return wiring.providers();
    }

    /** A fallback, so that an application's own SmsSender is what its classes get. */
    @Bean(CLIENT)
    @Fallback
    @ConditionalOnMissingBean
    SmsClient textonceSmsClient(
            Wiring wiring,
            TextonceProperties properties,
            ObjectProvider<ProviderSource> sources,
            ObjectProvider<WebhookReceiver> receivers,
            ObjectProvider<MessageRepository> messages,
            ObjectProvider<SuppressionRepository> suppressions,
            ObjectProvider<TemplateRepository> templates,
            ObjectProvider<PreferenceSource> preferences,
            ObjectProvider<IdempotencyRepository> keys,
            ObjectProvider<LimitStore> limits,
            ObjectProvider<SpendRepository> spending,
            ObjectProvider<SmsListener> listeners,
            ObjectProvider<TextonceCustomizer<SmsClient.Builder>> customizers) {
        SmsClient.Builder client = wiring.client();
        ProviderSource source = sources.getIfAvailable(() -> wiring.source(receivers::getIfAvailable));
        if (source != null) {
            client.providers(source);
        }
        messages.ifAvailable(client::messages);
        suppressions.ifAvailable(client::suppressions);
        templates.ifAvailable(client::templates);
        preferences.ifAvailable(client::preferences);
        keys.ifAvailable(each -> client.idempotency(each, properties.idempotencyRetention()));
        limits.ifAvailable(client::limitStore);
        spending.ifAvailable(client::spend);
        listeners.orderedStream().forEach(client::listener);
        customizers.orderedStream().forEach(each -> each.customize(client));
        return built("", client::build);
    }

    /** What only the SDK itself could see is the properties' problem too. */
    static <T> T built(String part, Supplier<T> building) {
        try {
            return building.get();
        } catch (IllegalArgumentException refused) {
            throw new TextonceConfigurationException(List.of("textonce" + part + ": " + refused.getMessage()));
        }
    }
}
