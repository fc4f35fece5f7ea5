package io.textonce.testkit.memory;

import io.textonce.memory.InMemoryIdempotencyRepository;
import io.textonce.memory.InMemoryLimitStore;
import io.textonce.memory.InMemorySpendRepository;
import io.textonce.memory.InMemoryStore;
import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.store.EventJournal;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageRepository;
import io.textonce.store.OutboxRepository;
import io.textonce.store.SpendRepository;
import io.textonce.store.SuppressionRepository;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import io.textonce.testkit.Crash;
import io.textonce.testkit.EventJournalContract;
import io.textonce.testkit.EventRepositoryContract;
import io.textonce.testkit.IdempotencyRepositoryContract;
import io.textonce.testkit.LimitStoreContract;
import io.textonce.testkit.MessageRepositoryContract;
import io.textonce.testkit.OutboxRepositoryContract;
import io.textonce.testkit.SpendRepositoryContract;
import io.textonce.testkit.Stores;
import io.textonce.testkit.SuppressionRepositoryContract;
import io.textonce.testkit.TemplateRepositoryContract;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** The stores in memory keep every contract. */
class InMemoryStoreTest {

    @Nested
    class Messages extends MessageRepositoryContract {
        @Override
        protected MessageRepository repository() {
            return new InMemoryStore();
        }
    }

    @Nested
    class Outbox extends OutboxRepositoryContract {
        private final VirtualClock clock = new VirtualClock();
        private final InMemoryStore store = InMemoryStore.builder().time(clock).build();

        @Override
        protected OutboxRepository repository() {
            return store;
        }

        @Override
        protected EventJournal journal() {
            return store;
        }

        @Override
        protected Instant now() {
            return clock.now();
        }

        @Override
        protected void pass(Duration time) {
            clock.advance(time);
        }
    }

    @Nested
    class Journal extends EventJournalContract {
        @Override
        protected Stores open(Crash crash) {
            return Delegates.crashingBefore(new InMemoryStore(), crash);
        }
    }

    @Nested
    class Events extends EventRepositoryContract {
        @Override
        protected Stores open() {
            return Delegates.stores(new InMemoryStore());
        }
    }

    @Nested
    class Suppressions extends SuppressionRepositoryContract {
        @Override
        protected SuppressionRepository repository() {
            return new InMemoryStore();
        }
    }

    @Nested
    class Keys extends IdempotencyRepositoryContract {
        @Override
        protected IdempotencyRepository repository() {
            return new InMemoryIdempotencyRepository(1500);
        }
    }

    @Nested
    class Limits extends LimitStoreContract {
        @Override
        protected LimitStore store() {
            return new InMemoryLimitStore();
        }
    }

    @Nested
    class Templates extends TemplateRepositoryContract {
        @Override
        protected TemplateRepository repositoryWith(List<Template> templates) {
            InMemoryTemplateRepository repository = new InMemoryTemplateRepository();
            templates.forEach(repository::put);
            return repository;
        }
    }

    @Nested
    class Spend extends SpendRepositoryContract {
        @Override
        protected SpendRepository repository() {
            return new InMemorySpendRepository();
        }
    }
}
