package io.textonce.jdbc;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.jdbc.JdbcStoreException.Problem;
import io.textonce.phone.PhoneHash;
import io.textonce.spi.TimeSource;
import io.textonce.store.EventJournal;
import io.textonce.store.EventRepository;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import io.textonce.store.TemplateRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Every repository of Textonce on one {@link DataSource} of the host's: PostgreSQL 13 or newer for any number of processes,
 * or H2 2.x for one. One object, because an event changes messages, events and opt-outs in one step.
 *
 * <p>Guaranteed: what the contracts of {@code io.textonce.store} say, across threads, processes and crashes. Each call is
 * one short transaction on a connection of its own; none is held while a provider is asked. Callers that come at the same
 * time share a commit. What fails changed nothing, and {@link JdbcStoreException} says what to do. Times are kept to the
 * microsecond.
 *
 * <p>Not guaranteed: that a write joins a transaction that the caller has open; each commits by itself. On H2, that the last
 * commits survive a power failure: they survive the death of the process.
 *
 * <pre>{@code
 * JdbcStore.migrate(dataSource);
 * JdbcStore store = JdbcStore.of(dataSource);
 * SmsClient.builder().provider(provider).messages(store).suppressions(store).build();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class JdbcStore implements MessageRepository, EventJournal, EventRepository, SuppressionRepository {

    /** What would meet each of a group's callers alone as well. */
    private static final Set<Problem> CONCERNS_ALL = EnumSet.complementOf(EnumSet.of(Problem.OTHER));

    private final Database database;
    private final Tables tables;
    private final IdempotencyRepository idempotency;
    private final LimitStore limits;
    private final TemplateRepository templates;
    private final GroupCommit<Evidence.Finding, Object> findings;

    private JdbcStore(Builder b, Database database) {
        this.database = database;
        Content content = new Content(b.cipher, b.hash);
        EventTable events = new EventTable(database.dialect(), content);
        this.tables = new Tables(
                new MessageTable(database.dialect(), content),
                events,
                new WaitingTable(database.dialect(), events),
                new SuppressionTable(database.dialect(), content));
        this.idempotency = new JdbcIdempotencyRepository(database, content);
        this.limits = new JdbcLimitStore(database, content);
        this.templates = new JdbcTemplateRepository(database, b.time, b.templatesKeptFor);
        this.findings = group(all -> database.write("recording", c -> new Evidence(c, tables).take(all)));
    }

    static <O, R> GroupCommit<O, R> group(Function<List<O>, List<R>> work) {
        return new GroupCommit<>(
                work, e -> e instanceof JdbcStoreException store && CONCERNS_ALL.contains(store.problem()));
    }

    /**
     * Creates the tables, or brings them up to date; does nothing where they are. Processes that start together may all
     * call it.
     *
     * @param dataSource a database whose user may create tables
     * @throws JdbcStoreException if the database fails, or its tables are of a newer version than this library knows
     */
    public static void migrate(DataSource dataSource) {
        Schema.migrate(Database.on(dataSource));
    }

    /**
     * A store that writes content as it is.
     *
     * @param dataSource the host's database, pooled if it is PostgreSQL
     * @return the store
     * @throws JdbcStoreException if the database can't be reached or used as it is
     */
    public static JdbcStore of(DataSource dataSource) {
        return builder(dataSource).build();
    }

    /**
     * Starts a store with options.
     *
     * @param dataSource the host's database, pooled if it is PostgreSQL
     * @return a builder
     */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /**
     * The idempotency keys.
     *
     * @return the repository, shared by every process on the database
     */
    public IdempotencyRepository idempotencyKeys() {
        return idempotency;
    }

    /**
     * The rate limits. Each question is a transaction, and those about one key at the same time share it.
     *
     * @return the store, shared by every process on the database
     */
    public LimitStore limits() {
        return limits;
    }

    /**
     * The templates that the host writes into {@code textonce_template} and {@code textonce_template_text}.
     *
     * @return the repository; it keeps what it compiled for as long as {@link Builder#templatesKeptFor} says
     */
    public TemplateRepository templates() {
        return templates;
    }

    @Override
    public boolean create(TenantId tenant, MessageRecord row) {
        if (!row.tenant().equals(tenant)) {
            throw new IllegalArgumentException("message " + row.id() + " is another tenant's");
        }
        return (Boolean) record(new Evidence.Creating(tenant, row));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException {@inheritDoc}
     */
    @Override
    public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
        record(new Evidence.Completed(tenant, id, Objects.requireNonNull(result, "result"), now));
    }

    @Override
    public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
        return database.read("finding a message", c -> tables.messages().find(c, tenant, id))
                .map(MessageTable.Stored::row);
    }

    @Override
    public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
        return database.read("querying messages", c -> tables.messages().query(c, tenant, query));
    }

    @Override
    public List<Applied> apply(TenantId tenant, List<Entry> entries) {
        List<Entry> checked = List.copyOf(entries);
        for (Entry entry : checked) {
            if (!entry.event().tenant().equals(tenant)) {
                throw new IllegalArgumentException("event " + entry.event() + " is another tenant's");
            }
        }
        if (checked.isEmpty()) {
            return List.of();
        }
        List<Applied> applied = new ArrayList<>();
        for (Object each : (List<?>) record(new Evidence.Received(tenant, checked))) {
            applied.add((Applied) each);
        }
        return List.copyOf(applied);
    }

    private Object record(Evidence.Finding finding) {
        Object answer = findings.run(finding);
        if (answer instanceof RuntimeException refusal) {
            throw refusal;
        }
        return answer;
    }

    @Override
    public int parked(TenantId tenant, Instant now) {
        return database.read("counting waiting reports", c -> tables.waiting().count(c, tenant, now));
    }

    @Override
    public List<Stored> since(TenantId tenant, long cursor, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " is not 1 or more");
        }
        return database.read("reading events", c -> tables.events().since(c, tenant, cursor, limit));
    }

    @Override
    public void record(TenantId tenant, Suppression suppression) {
        record(new Evidence.Chosen(tenant, suppression));
    }

    @Override
    public boolean isSuppressed(TenantId tenant, PhoneNumber number, @Nullable SenderId sender) {
        return database.read("asking for opt-outs", c -> tables.suppressions().isSuppressed(c, tenant, number, sender));
    }

    /** Which database; nothing of its address or content. */
    @Override
    public String toString() {
        return "JdbcStore[" + database.dialect() + "]";
    }

    /**
     * Collects a store's options.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final DataSource dataSource;
        private @Nullable RowCipher cipher;
        private @Nullable PhoneHash hash;
        private Duration templatesKeptFor = Duration.ofSeconds(10);
        private TimeSource time = TimeSource.system();

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        }

        /**
         * Seals texts and numbers. Rows written before stay as they are and readable; but a number is found in rows of one
         * kind only, so seal from the beginning. The hash's key must never change.
         *
         * @param rows seals what a row says about a person
         * @param numbers makes the text by which a number is found
         * @return this builder
         */
        public Builder sealedBy(RowCipher rows, PhoneHash numbers) {
            this.cipher = Objects.requireNonNull(rows, "rows");
            this.hash = Objects.requireNonNull(numbers, "numbers");
            return this;
        }

        /**
         * Sets for how long a compiled template may be out of date. Default: 10 seconds.
         *
         * @param most zero or more; zero reads it for each message
         * @return this builder
         * @throws IllegalArgumentException if negative
         */
        public Builder templatesKeptFor(Duration most) {
            if (most.isNegative()) {
                throw new IllegalArgumentException("templatesKeptFor: " + most + " is negative");
            }
            this.templatesKeptFor = most;
            return this;
        }

        /**
         * Sets the clock by which templates are kept, for tests.
         *
         * @param source the clock
         * @return this builder
         */
        public Builder time(TimeSource source) {
            this.time = Objects.requireNonNull(source, "time");
            return this;
        }

        /**
         * Connects once, and checks the tables and the database's settings.
         *
         * @return the store
         * @throws JdbcStoreException if the database can't be reached, lacks the tables, has them in another version, or
         *     would lose commits that it confirmed
         */
        public JdbcStore build() {
            Database database = Database.on(dataSource);
            Schema.check(database);
            return new JdbcStore(this, database);
        }
    }
}
