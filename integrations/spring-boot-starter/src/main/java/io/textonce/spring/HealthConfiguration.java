package io.textonce.spring;

import io.textonce.client.SmsClient;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Health, in the type of each generation of Boot; switched off as every other by {@code management.health.*.enabled}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "management.health.textonce.enabled", matchIfMissing = true)
class HealthConfiguration {

    @Bean
    SmsHealth textonceHealth(SmsProviders providers) {
        return new SmsHealth(providers);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
    static class Boot3 {
        @Bean
        @ConditionalOnMissingBean(name = "textonceHealthIndicator")
        org.springframework.boot.actuate.health.HealthIndicator textonceHealthIndicator(
                SmsHealth health, SmsClient client) {
            return () -> {
                var status = health.status(client);
                return (status.up()
                                ? org.springframework.boot.actuate.health.Health.up()
                                : org.springframework.boot.actuate.health.Health.down())
                        .withDetails(status.details())
                        .build();
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
    static class Boot4 {
        @Bean
        @ConditionalOnMissingBean(name = "textonceHealthIndicator")
        org.springframework.boot.health.contributor.HealthIndicator textonceHealthIndicator(
                SmsHealth health, SmsClient client) {
            return () -> {
                var status = health.status(client);
                return (status.up()
                                ? org.springframework.boot.health.contributor.Health.up()
                                : org.springframework.boot.health.contributor.Health.down())
                        .withDetails(status.details())
                        .build();
            };
        }
    }
}
