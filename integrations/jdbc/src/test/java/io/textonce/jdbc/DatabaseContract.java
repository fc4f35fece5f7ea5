package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import io.textonce.engagement.contract.ConversationRepositoryContract;
import io.textonce.engagement.contract.ReportRepositoryContract;
import io.textonce.engagement.conversation.ConversationRepository;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.Inbox;
import io.textonce.engagement.verification.CodeRepository;
import io.textonce.spi.TimeSource;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageRecord;
import io.textonce.store.SpendRepository;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import io.textonce.testkit.Crash;
import io.textonce.testkit.Stores;
import io.textonce.testkit.VirtualClock;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The contracts on one database, which is there with its tables as long as the test class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseContract extends StoreContract {

    private static final int PROCESSES = 4;

    /** With the tables; the same for all tests. */
    abstract DataSource database();

    JdbcStore store(DataSource dataSource) {
        return JdbcStore.of(dataSource);
    }

    private JdbcStore sound;

    private JdbcStore empty() {
        Databases.emptied(database());
        if (sound == null) {
            sound = store(database());
        }
        return sound;
    }

    static DataSource crashing(DataSource database, Crash crash) {
        return FaultyDataSource.on(database, new FaultyDataSource.Fault() {
            @Override
            public void before(String call) {
                if (FaultyDataSource.writes(call)) {
                    crash.beforeWrite();
                }
            }
        });
    }

    @Override
    Stores stores(Crash crash) {
        JdbcStore store = empty();
        if (crash != null) {
            store = store(crashing(database(), crash));
        }
        return new Stores(store, store, store, store);
    }

    @Override
    IdempotencyRepository keys() {
        return empty().idempotencyKeys();
    }

    @Override
    LimitStore limits() {
        return empty().limits();
    }

    /** Of several processes, taking turns, so that callers don't share a transaction. */
    @Override
    SpendRepository spending() {
        empty();
        List<SpendRepository> processes = IntStream.range(0, PROCESSES)
                .mapToObj(i -> store(database()).spending())
                .toList();
        AtomicInteger turn = new AtomicInteger();
        InvocationHandler next = (proxy, method, arguments) -> {
            try {
                return method.invoke(processes.get(turn.getAndIncrement() % PROCESSES), arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (SpendRepository) Proxy.newProxyInstance(
                SpendRepository.class.getClassLoader(), new Class<?>[] {SpendRepository.class}, next);
    }

    @Override
    CodeRepository codes() {
        return JdbcEngagement.on(empty()).codes();
    }

    @Override
    TemplateRepository templates(List<Template> templates) {
        empty();
        templates.forEach(this::insert);
        // A new store: the other one keeps what it compiled.
        return store(database()).templates();
    }

    @Test
    void aTemplateIsFoundAsSoonAsItIsStoredEvenIfSomebodyAskedForItBefore() {
        empty();
        TemplateRepository templates = store(database()).templates();
        TenantId tenant = TenantId.of("impatient");
        assertThat(templates.find(tenant, "news")).isEmpty();
        insert(Template.builder("news")
                .tenant(tenant)
                .text(Locale.ENGLISH, "News")
                .build());
        assertThat(templates.find(tenant, "news")).isPresent();
    }

    /** As a host does: it owns these tables. */
    private void insert(Template template) {
        TenantId tenant = template.tenant();
        try (Connection connection = database().getConnection();
                PreparedStatement row = connection.prepareStatement(
                        "insert into textonce_template (tenant, id, version, active) values (?, ?, ?, ?)");
                PreparedStatement text = connection.prepareStatement(
                        "insert into textonce_template_text (tenant, id, locale, text) values (?, ?, ?, ?)")) {
            row.setString(1, tenant.value());
            row.setString(2, template.id());
            row.setLong(3, template.version());
            row.setBoolean(4, template.active());
            row.executeUpdate();
            text.setString(1, tenant.value());
            text.setString(2, template.id());
            text.setString(3, Locale.ENGLISH.toLanguageTag());
            text.setString(4, template.render(Locale.ENGLISH, Map.of()).text());
            text.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Nested
    class Conversations extends ConversationRepositoryContract {
        @Override
        protected ConversationRepository repository() {
            return JdbcEngagement.on(empty()).conversations();
        }

        @Test
        void aProcessWhoseClockIsAheadOfTheDatabaseMissesNoMessage() {
            JdbcStore store = empty();
            TenantId tenant = TenantId.of("clinic");
            Instant present = TimeSource.system().now();
            VirtualClock ahead = new VirtualClock(present.plus(Duration.ofMinutes(30)));
            ConversationRepository repository = JdbcEngagement.on(store).conversations();
            Inbox inbox = io.textonce.engagement.conversation.Conversations.builder(repository, store, store)
                    .time(ahead)
                    .build()
                    .inbox(tenant);
            inbox.now();
            store.create(
                    tenant,
                    MessageRecord.sending(MessageId.next(), tenant, present)
                            .to(PhoneNumber.of("+61491570156"))
                            .text("of a process with the right time")
                            .build());
            ahead.advance(Duration.ofMinutes(1));
            assertThat(inbox.entries(EntryQuery.all())).hasSize(1);
        }
    }

    /** Of the databases only: engagement's own tests check it in memory. */
    @Nested
    class Reports extends ReportRepositoryContract {
        @Override
        protected Subject subject() {
            JdbcStore store = empty();
            return new Subject(store, store, JdbcEngagement.on(store).reports());
        }
    }
}
