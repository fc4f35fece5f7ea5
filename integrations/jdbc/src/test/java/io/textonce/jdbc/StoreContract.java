package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.Reason;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.Reconciled;
import io.textonce.client.Reconciliation;
import io.textonce.client.SmsClient;
import io.textonce.engagement.testkit.CodeRepositoryContract;
import io.textonce.engagement.verification.CodeRepository;
import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import io.textonce.store.SpendRepository;
import io.textonce.store.SuppressionRepository;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import io.textonce.testkit.Crash;
import io.textonce.testkit.EventJournalContract;
import io.textonce.testkit.EventRepositoryContract;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.IdempotencyRepositoryContract;
import io.textonce.testkit.LimitStoreContract;
import io.textonce.testkit.MessageRepositoryContract;
import io.textonce.testkit.SpendRepositoryContract;
import io.textonce.testkit.Stores;
import io.textonce.testkit.SuppressionRepositoryContract;
import io.textonce.testkit.TemplateRepositoryContract;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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

    /** What the testkit shows in memory, on each store's own queries. */
    @Nested
    class Doubts {
        @Test
        void ofWhatWasSentAtOnceAreSettledByLookupsAPageAtATime() {
            Stores stores = stores(null);
            VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T09:00:00Z"));
            FakeProvider first =
                    FakeProvider.of(SandboxProvider.builder().name("first").time(clock));
            first.script()
                    .then(Behaviour.refuse(Reason.ROUTE, "1"))
                    .then(Behaviour.loseResponse())
                    .then(Behaviour.loseRequest())
                    .then(Behaviour.accept());
            FakeProvider second =
                    FakeProvider.of(SandboxProvider.builder().name("second").time(clock));
            second.script().then(Behaviour.loseResponse());
            SmsClient client = SmsClient.builder()
                    .provider(first)
                    .provider(second)
                    .time(clock)
                    .messages(stores.messages())
                    .suppressions(stores.suppressions())
                    .idempotency(keys(), Duration.ofDays(30))
                    .build();
            SmsMessage message =
                    SmsMessage.to("+61491570156").text("See you at 10:30").build();
            List<MessageId> ids = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ids.add(client.send(message).messageId());
            }
            Reconciliation doubts = Reconciliation.builder(client, stores.messages(), stores.journal())
                    .most(1)
                    .build();
            clock.advance(Duration.ofHours(2));
            List<String> runs = new ArrayList<>();
            for (Reconciled run = doubts.run(); runs.add(run.toString()) && run.more(); run = doubts.run()) {}
            assertThat(ids)
                    .extracting(id -> stores.messages()
                            .find(TenantId.DEFAULT, id)
                            .orElseThrow()
                            .state())
                    .containsExactly(
                            MessageState.ACCEPTED, MessageState.ACCEPTED, MessageState.REJECTED, MessageState.ACCEPTED);
            assertThat(String.join("\n", runs)).contains("1 found", "1 absent", "1 ended");
            assertThat(runs).filteredOn(run -> run.startsWith("1 asked")).hasSize(4);
            assertThat(doubts.run().asked()).isZero();
            assertThat(stores.messages()
                            .find(TenantId.DEFAULT, ids.get(0))
                            .orElseThrow()
                            .provider())
                    .contains("second");
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
