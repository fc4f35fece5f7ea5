package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.ConversationRepository;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.Inbox;
import io.textonce.engagement.testkit.ConversationRepositoryContract;
import io.textonce.engagement.testkit.ReportRepositoryContract;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
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
    class StoredTemplates {
        private static final Locale TURKISH = Locale.forLanguageTag("tr");
        private final TenantId clinic = fresh("clinic");
        private final TenantId shop = fresh("shop");

        private static TenantId fresh(String name) {
            return TenantId.of(name + "-" + MessageId.next().value());
        }

        private Template.Builder reminder(TenantId tenant) {
            return Template.builder("reminder")
                    .tenant(tenant)
                    .variable("name", 20)
                    .variable("at")
                    .text(TURKISH, "{{ name }}, {{at}}")
                    .text(Locale.ENGLISH, "{{name}}, see you at {{at}}")
                    .defaultLocale(TURKISH);
        }

        @Test
        void areFoundAsTheyWerePut() {
            JdbcStore store = empty();
            store.templates().put(reminder(clinic).version(7).active(false).build());
            for (JdbcTemplateRepository each :
                    List.of(store.templates(), store(database()).templates())) {
                Template found = each.find(clinic, "reminder").orElseThrow();
                assertThat(found.source(TURKISH)).isEqualTo("{{ name }}, {{at}}");
                assertThat(found.source(Locale.ENGLISH)).isEqualTo("{{name}}, see you at {{at}}");
                assertThat(found.locales()).containsExactlyInAnyOrder(TURKISH, Locale.ENGLISH);
                assertThat(found.defaultLocale()).isEqualTo(TURKISH);
                assertThat(found.variables()).containsExactly("name", "at");
                assertThat(found.maxLength("name")).hasValue(20);
                assertThat(found.maxLength("at")).isEmpty();
                assertThat(found.version()).isEqualTo(7);
                assertThat(found.active()).isFalse();
                assertThat(each.find(shop, "reminder")).isEmpty();
            }
        }

        @Test
        void takeThePlaceOfTheOneBeforeAtOnceAndOfNoOtherTenants() {
            JdbcTemplateRepository templates = empty().templates();
            templates.put(reminder(clinic).build());
            templates.put(reminder(shop).build());
            assertThat(templates.find(clinic, "reminder")).isPresent();
            templates.put(Template.builder("reminder")
                    .tenant(clinic)
                    .text(Locale.ENGLISH, "Tomorrow")
                    .build());
            Template found = templates.find(clinic, "reminder").orElseThrow();
            assertThat(found.locales()).containsExactly(Locale.ENGLISH);
            assertThat(found.variables()).isEmpty();
            assertThat(templates.find(shop, "reminder").orElseThrow().locales()).hasSize(2);
        }

        @Test
        void areListedByIdAndRemovedEachForItsTenant() {
            JdbcTemplateRepository templates = empty().templates();
            for (String id : List.of("welcome", "code", "reminder")) {
                templates.put(Template.builder(id)
                        .tenant(clinic)
                        .text(Locale.ENGLISH, "Hello")
                        .build());
            }
            templates.put(reminder(shop).build());
            assertThat(templates.all(clinic)).extracting(Template::id).containsExactly("code", "reminder", "welcome");
            assertThat(templates.remove(clinic, "reminder")).isTrue();
            assertThat(templates.remove(clinic, "reminder")).isFalse();
            assertThat(templates.find(clinic, "reminder")).isEmpty();
            assertThat(templates.all(clinic)).extracting(Template::id).containsExactly("code", "welcome");
            assertThat(templates.all(shop)).extracting(Template::id).containsExactly("reminder");
        }

        @Test
        void putAtTheSameTimeLeaveOneOfThemWhole() throws Exception {
            JdbcTemplateRepository templates = empty().templates();
            for (int round = 0; round < 20; round++) {
                String id = "t" + round;
                List<Thread> threads = new ArrayList<>();
                List<Throwable> thrown = new CopyOnWriteArrayList<>();
                for (Locale locale : List.of(Locale.ENGLISH, TURKISH)) {
                    Thread thread = new Thread(() -> templates.put(Template.builder(id)
                            .tenant(clinic)
                            .text(locale, locale.getLanguage())
                            .build()));
                    thread.setUncaughtExceptionHandler((dead, why) -> thrown.add(why));
                    threads.add(thread);
                }
                threads.forEach(Thread::start);
                for (Thread thread : threads) {
                    thread.join();
                }
                assertThat(thrown).isEmpty();
                Template found = store(database()).templates().find(clinic, id).orElseThrow();
                assertThat(found.locales()).hasSize(1).containsExactly(found.defaultLocale());
            }
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
