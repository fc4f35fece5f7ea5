package io.textonce.spring;

import io.textonce.memory.InMemoryStore;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageRepository;
import io.textonce.store.SuppressionRepository;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where there is nothing better. */
@Configuration(proxyBeanMethods = false)
class MemoryStoreConfiguration {

    @Bean
    @ConditionalOnMissingBean({MessageRepository.class, EventJournal.class, SuppressionRepository.class})
    InMemoryStore textonceStore(Wiring checked) {
        LoggerFactory.getLogger(MemoryStoreConfiguration.class)
                .warn(
                        "textonce.store: messages, events and opt-outs of {} are kept in memory and lost on exit;"
                                + " add io.textonce:textonce-jdbc and a DataSource to keep them",
                        checked.providers());
        return new InMemoryStore();
    }
}
