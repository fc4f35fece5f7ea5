package io.textonce.jdbc;

import io.textonce.engagement.testkit.CodeRepositoryContract;
import io.textonce.engagement.verification.CodeRepository;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageRepository;
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
import io.textonce.testkit.SpendRepositoryContract;
import io.textonce.testkit.Stores;
import io.textonce.testkit.SuppressionRepositoryContract;
import io.textonce.testkit.TemplateRepositoryContract;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Every contract of the testkit on one kind of storage. */
abstract class StoreContract {

    /** Empty repositories; each write asks the crash, unless that is null. */
    abstract Stores stores(Crash crash);

    abstract IdempotencyRepository keys();

    abstract LimitStore limits();

    abstract SpendRepository spending();

    abstract CodeRepository codes();

    abstract TemplateRepository templates(List<Template> templates);

    @Nested
    class Messages extends MessageRepositoryContract {
        @Override
        protected MessageRepository repository() {
            return stores(null).messages();
        }
    }

    @Nested
    class Journal extends EventJournalContract {
        @Override
        protected Stores open(Crash crash) {
            return stores(crash);
        }
    }

    @Nested
    class Events extends EventRepositoryContract {
        @Override
        protected Stores open() {
            return stores(null);
        }
    }

    @Nested
    class Suppressions extends SuppressionRepositoryContract {
        @Override
        protected SuppressionRepository repository() {
            return stores(null).suppressions();
        }
    }

    @Nested
    class Keys extends IdempotencyRepositoryContract {
        @Override
        protected IdempotencyRepository repository() {
            return keys();
        }
    }

    @Nested
    class Limits extends LimitStoreContract {
        @Override
        protected LimitStore store() {
            return limits();
        }
    }

    @Nested
    class Spending extends SpendRepositoryContract {
        @Override
        protected SpendRepository repository() {
            return spending();
        }
    }

    @Nested
    class Codes extends CodeRepositoryContract {
        @Override
        protected CodeRepository repository() {
            return codes();
        }
    }

    @Nested
    class Templates extends TemplateRepositoryContract {
        @Override
        protected TemplateRepository repositoryWith(List<Template> templates) {
            return templates(templates);
        }
    }
}
