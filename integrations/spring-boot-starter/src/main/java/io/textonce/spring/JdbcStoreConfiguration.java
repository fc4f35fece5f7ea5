package io.textonce.spring;

import io.textonce.jdbc.JdbcStore;
import io.textonce.jdbc.JdbcTemplateRepository;
import io.textonce.store.EventJournal;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageRepository;
import io.textonce.store.SpendRepository;
import io.textonce.store.SuppressionRepository;
import io.textonce.store.TemplateRepository;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/** The application's database as the store. What records, received events and opt-outs are kept in is one thing. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(JdbcStore.class)
@ConditionalOnProperty(name = "textonce.store.type", havingValue = "jdbc", matchIfMissing = true)
class JdbcStoreConfiguration {

    private static final String PROXY = "org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy";

    @Bean
    @ConditionalOnSingleCandidate(DataSource.class)
    @ConditionalOnMissingBean({MessageRepository.class, EventJournal.class, SuppressionRepository.class})
    JdbcStore textonceStore(
            DataSource dataSource, TextonceProperties properties, Wiring checked, ResourceLoader resources) {
        Objects.requireNonNull(checked);
        DataSource own = ClassUtils.isPresent(PROXY, resources.getClassLoader())
                ? JoinedTransactions.target(dataSource)
                : dataSource;
        if (properties.store().migrate()) {
            JdbcStore.migrate(own);
        }
        return JdbcStore.of(own);
    }

    @Bean
    @ConditionalOnBean(JdbcStore.class)
    @ConditionalOnMissingBean
    IdempotencyRepository textonceIdempotencyKeys(JdbcStore store) {
        return store.idempotencyKeys();
    }

    @Bean
    @ConditionalOnBean(JdbcStore.class)
    @ConditionalOnMissingBean
    LimitStore textonceLimits(JdbcStore store) {
        return store.limits();
    }

    @Bean
    @ConditionalOnBean(JdbcStore.class)
    @ConditionalOnMissingBean
    SpendRepository textonceSpending(JdbcStore store) {
        return store.spending();
    }

    @Bean
    @ConditionalOnBean(JdbcStore.class)
    @ConditionalOnMissingBean(TemplateRepository.class)
    JdbcTemplateRepository textonceTemplates(JdbcStore store) {
        return store.templates();
    }
}
