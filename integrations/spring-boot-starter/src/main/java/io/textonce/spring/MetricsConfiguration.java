package io.textonce.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.textonce.SmsSender;
import io.textonce.client.SmsClient;
import io.textonce.micrometer.ObservedSmsSender;
import io.textonce.micrometer.SmsMetrics;
import io.textonce.outbox.SmsOutbox;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** Meters and observations, where there are textonce-micrometer and a registry. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({SmsMetrics.class, MeterRegistry.class, ObservationRegistry.class})
class MetricsConfiguration {

    /** A listener of client, receiver and outbox, which collect it as any other. */
    @Bean
    @ConditionalOnBean(MeterRegistry.class)
    @ConditionalOnMissingBean
    SmsMetrics textonceMetrics(MeterRegistry registry) {
        return new SmsMetrics(registry);
    }

    @Bean
    @ConditionalOnBean(SmsMetrics.class)
    SmartInitializingSingleton textonceOutboxMetrics(SmsMetrics metrics, ObjectProvider<SmsOutbox> outbox) {
        return () -> outbox.ifAvailable(metrics::watch);
    }

    /** What is injected as SmsSender. */
    @Bean
    @Primary
    @ConditionalOnBean(ObservationRegistry.class)
    @ConditionalOnMissingBean(value = SmsSender.class, ignored = SmsClient.class)
    ObservedSmsSender textonceObservedSender(SmsClient client, ObservationRegistry registry) {
        return new ObservedSmsSender(client, registry);
    }
}
