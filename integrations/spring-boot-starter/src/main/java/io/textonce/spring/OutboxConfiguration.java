package io.textonce.spring;

import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.OutboxListener;
import io.textonce.outbox.SmsOutbox;
import io.textonce.store.OutboxRepository;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceUtils;

/** The outbox, which runs as long as the application does. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "textonce.outbox.enabled")
class OutboxConfiguration {

    @Bean
    @ConditionalOnMissingBean
    SmsOutbox textonceOutbox(
            SmsClient client,
            TextonceProperties properties,
            ObjectProvider<OutboxRepository> repositories,
            ObjectProvider<JoinedTransactions> joined,
            ObjectProvider<OutboxListener> listeners,
            ObjectProvider<TextonceCustomizer<SmsOutbox.Builder>> customizers) {
        OutboxRepository repository = repositories.getIfAvailable();
        if (repository == null) {
            throw new TextonceConfigurationException(
                    List.of("textonce.outbox.enabled: the application's own store is no OutboxRepository:"
                            + " define a bean that is one"));
        }
        TextonceProperties.Outbox given = properties.outbox();
        SmsOutbox.Builder outbox = SmsOutbox.builder(client, repository);
        if (given.joinTransactions()) {
            joined.ifAvailable(each -> outbox.enqueueThrough(each::view));
        }
        give(given.workers(), outbox::workers);
        give(given.inFlight(), outbox::inFlight);
        give(given.poll(), outbox::poll);
        give(given.drain(), outbox::drain);
        give(given.retention(), outbox::retention);
        listeners.orderedStream().forEach(outbox::listener);
        customizers.orderedStream().forEach(each -> each.customize(outbox));
        return ClientConfiguration.built(".outbox", outbox::build);
    }

    private static <T> void give(@Nullable T value, Consumer<T> setting) {
        if (value != null) {
            setting.accept(value);
        }
    }

    @Bean
    SmartLifecycle textonceOutboxLifecycle(SmsOutbox outbox, TextonceProperties properties) {
        return new Running(outbox, properties.outbox().autoStartup());
    }

    /** Web servers, schedulers and consumers stop before it, and pools close after it. */
    private static final class Running implements SmartLifecycle {
        private final SmsOutbox outbox;
        private final boolean starts;
        private volatile boolean running;

        Running(SmsOutbox outbox, boolean starts) {
            this.outbox = outbox;
            this.starts = starts;
        }

        @Override
        public void start() {
            outbox.start();
            running = true;
        }

        /** If not, whoever starts it is closed before it, because it depends on it. */
        @Override
        public boolean isAutoStartup() {
            return starts;
        }

        @Override
        public void stop() {
            running = false;
            outbox.close();
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        /** Of Spring 7, which pauses a context while a test uses another one: what has ended can't begin again. */
        @SuppressWarnings({"EffectivelyPrivate", "UnusedMethod"}) // it overrides where it is known
        public boolean isPauseable() {
            return false;
        }

        @Override
        public int getPhase() {
            return DEFAULT_PHASE / 4;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({JdbcStore.class, DataSourceUtils.class})
    static class Transactions {
        /** For the application's own store as well: it says where it is. */
        @Bean
        @ConditionalOnSingleCandidate(JdbcStore.class)
        JoinedTransactions textonceTransactions(JdbcStore store, ObjectProvider<SmsOutbox> outbox) {
            return new JoinedTransactions(store, outbox);
        }
    }
}
