package io.textonce.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/** Everything that {@code textonce.*} describes; the order of the parts is what their conditions see. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@EnableConfigurationProperties(TextonceProperties.class)
@Import({
    JdbcStoreConfiguration.class,
    MemoryStoreConfiguration.class,
    ClientConfiguration.class,
    MetricsConfiguration.class,
    OutboxConfiguration.class,
    ReconcileConfiguration.class,
    WebhookConfiguration.class,
    HealthConfiguration.class
})
class TextonceAutoConfiguration {}
