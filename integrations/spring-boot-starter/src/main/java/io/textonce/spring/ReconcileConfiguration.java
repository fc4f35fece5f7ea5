package io.textonce.spring;

import io.textonce.TenantId;
import io.textonce.client.Reconciliation;
import io.textonce.client.SmsClient;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageRepository;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Asks what became of messages; by itself only where that is wanted, because of several processes one is enough. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean({MessageRepository.class, EventJournal.class})
class ReconcileConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(ReconcileConfiguration.class);
    private static final Duration LONGEST_END = Duration.ofSeconds(30);

    @Bean
    @ConditionalOnMissingBean
    Reconciliation textonceReconciliation(
            SmsClient client,
            MessageRepository messages,
            EventJournal journal,
            SmsProviders providers,
            TextonceProperties properties,
            ObjectProvider<TextonceCustomizer<Reconciliation.Builder>> customizers) {
        TextonceProperties.Reconcile given = properties.reconcile();
        Set<TenantId> tenants = new LinkedHashSet<>(providers.tenants());
        tenants.add(TenantId.DEFAULT);
        Reconciliation.Builder reconciliation = Reconciliation.builder(client, messages, journal)
                .tenants(() -> tenants)
                .unknownAfter(given.unknownAfter())
                .acceptedAfter(given.acceptedAfter())
                .horizon(given.horizon())
                .most(given.most());
        customizers.orderedStream().forEach(each -> each.customize(reconciliation));
        return ClientConfiguration.built(".reconcile", reconciliation::build);
    }

    @Bean
    @ConditionalOnProperty("textonce.reconcile.enabled")
    SmartLifecycle textonceReconcileLifecycle(Reconciliation reconciliation, TextonceProperties properties) {
        return new Running(reconciliation, properties.reconcile().every());
    }

    /** A thread that ends before clients and pools are closed. It isn't interrupted: an embedded database may break. */
    private static final class Running implements SmartLifecycle {
        private final Reconciliation reconciliation;
        private final Duration every;
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final Thread thread = new Thread(this::loop, "textonce-reconcile");
        private volatile boolean running;

        Running(Reconciliation reconciliation, Duration every) {
            this.reconciliation = reconciliation;
            this.every = every;
        }

        @Override
        public void start() {
            running = true;
            thread.setDaemon(true);
            thread.start();
        }

        private void loop() {
            try {
                while (!stopped.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                    run();
                }
            } catch (InterruptedException e) {
                LOG.warn("textonce.reconcile: somebody interrupted it, and it has ended");
            }
        }

        private void run() {
            try {
                boolean more = true;
                while (more && running) {
                    more = reconciliation.run().more();
                }
            } catch (RuntimeException e) {
                LOG.warn(
                        "textonce.reconcile: a run failed and is made again after {}: {}",
                        every,
                        e.getClass().getName());
            }
        }

        @Override
        public void stop() {
            running = false;
            stopped.countDown();
            try {
                thread.join(LONGEST_END.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
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
}
