package io.textonce.jdbc;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
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
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import io.textonce.store.SpendRepository;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
 * <p>Not guaranteed: that a write joins a transaction that the caller has open; each commits by itself, but for those
 * through {@link #in}. On H2, that the last commits survive a power failure: they survive the death of the process.
 *
 * <pre>{@code
 * JdbcStore.migrate(dataSource);
 * JdbcStore store = JdbcStore.of(dataSource);
 * SmsClient.builder().provider(provider).messages(store).suppressions(store).build();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class JdbcStore implements OutboxRepository, EventJournal, EventRepository, SuppressionRepository {

    /** What would meet each of a group's callers alone as well. */
    private static final Set<Problem> CONCERNS_ALL = EnumSet.complementOf(EnumSet.of(Problem.OTHER));

    private static final int CROWD = 100;

    private final Database database;
    private final Content content;
    private final Tables tables;
    private final IdempotencyRepository idempotency;
    private final LimitStore limits;
    private final SpendRepository spending;
    private final JdbcTemplateRepository templates;
    private final GroupCommit<Evidence.Finding, Object> findings;

    private JdbcStore(Builder b, Database database) {
        this.database = database;
        this.content = new Content(b.cipher, b.hash);
        EventTable events = new EventTable(database.dialect(), content);
        MessageTable messages = new MessageTable(database.dialect(), content);
        this.tables = new Tables(
                messages,
                new OutboxTable(database.dialect(), messages, content),
                events,
                new WaitingTable(database.dialect(), events),
                new SuppressionTable(database.dialect(), content));
        this.idempotency = new JdbcIdempotencyRepository(database, content);
        this.limits = new JdbcLimitStore(database, content);
        this.spending = new JdbcSpendRepository(database, content);
        this.templates = new JdbcTemplateRepository(database, b.time, b.templatesKeptFor);
        this.findings = group(this::recordAll);
    }

    private JdbcStore(JdbcStore host, Connection joined) {
        this.database = host.database.in(joined);
        this.content = host.content;
        this.tables = host.tables;
        this.idempotency = host.idempotency;
        this.limits = host.limits;
        this.spending = host.spending;
        this.templates = host.templates;
        this.findings = group(this::recordAll);
    }

    private List<Object> recordAll(List<Evidence.Finding> all) {
        try {
            return recordAll(all, database.isJoined());
        } catch (JdbcStoreException e) {
            if (e.getCause() instanceof SQLException cause && database.dialect().isDuplicate(cause)) {
                return recordAll(all, true);
            }
            throw e;
        }
    }

    private List<Object> recordAll(List<Evidence.Finding> all, boolean careful) {
        return database.write("recording", c -> new Evidence(c, careful, tables).take(all));
    }

    /**
     * The same store inside a transaction that the caller has open, for {@code SmsOutbox.in}: what is enqueued through it is
     * there once the caller commits, and never if the caller rolls back. It neither commits nor closes. After a
     * {@link JdbcStoreException} the transaction must be rolled back.
     *
     * @param connection the caller's, to the same database, without automatic commits; used as long as the view is
     * @return a view, as thread-safe as the connection: not
     */
    public OutboxRepository in(Connection connection) {
        return new JdbcStore(this, Objects.requireNonNull(connection, "connection"));
    }

    /**
     * Where it is, for frameworks that bind transactions to it.
     *
     * @return the database that it was built on
     */
    public DataSource dataSource() {
        return database.dataSource();
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

    Database database() {
        return database;
    }

    Content content() {
        return content;
    }

    Tables tables() {
        return tables;
    }

    /**
     * What counts against caps on spending. Each reservation is a transaction, and those at the same time share it.
     *
     * @return the repository, shared by every process on the database
     */
    public SpendRepository spending() {
        return spending;
    }

    /**
     * The templates in {@code textonce_template} and {@code textonce_template_text}.
     *
     * @return the repository; it keeps what it compiled for as long as {@link Builder#templatesKeptFor} says
     */
    public JdbcTemplateRepository templates() {
        return templates;
    }

    @Override
    public boolean create(TenantId tenant, MessageRecord row) {
        if (!row.tenant().equals(tenant)) {
            throw new IllegalArgumentException("message " + row.id() + " is another tenant's");
        }
        return (Boolean) record(new Evidence.Creating(tenant, row));
    }

    @Override
    public void asking(TenantId tenant, MessageId id, String provider, Instant now) {
        Objects.requireNonNull(provider, "provider");
        database.write("asking another provider", c -> tables.messages().asking(c, tenant, id, provider, now));
    }

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

    // The outbox.

    @Override
    public Set<MessageId> enqueue(TenantId tenant, List<OutboxRow> rows) {
        List<OutboxRow> checked = List.copyOf(rows);
        for (OutboxRow row : checked) {
            if (!row.message().tenant().equals(tenant)) {
                throw new IllegalArgumentException("message " + row.id() + " is another tenant's");
            }
        }
        return checked.isEmpty()
                ? Set.of()
                : set(MessageId.class, recordMany(new Evidence.Enqueued(tenant, checked), checked.size()));
    }

    @Override
    public List<OutboxRow> claim(String owner, int most, Duration lease) {
        Objects.requireNonNull(owner, "owner");
        positive("most", most);
        return database.write("claiming", (c, now) -> tables.outbox().claim(c, now, owner, most, lease));
    }

    @Override
    public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
        return starts.isEmpty()
                ? Set.of()
                : database.write("beginning", (c, now) -> tables.outbox().begin(c, now, owner, starts, lease));
    }

    @Override
    public boolean asking(String owner, Start start) {
        Objects.requireNonNull(start.provider(), "provider");
        return database.write("asking another provider", c -> tables.outbox().asking(c, owner, start));
    }

    @Override
    public Set<RowKey> complete(Collection<Completion> completions) {
        List<Completion> all = List.copyOf(completions);
        return all.isEmpty() ? Set.of() : set(RowKey.class, recordMany(new Evidence.Recorded(all), all.size()));
    }

    @Override
    public void giveBack(String owner, Collection<RowKey> keys) {
        if (!keys.isEmpty()) {
            database.write("giving back", c -> tables.outbox().giveBack(c, owner, keys));
        }
    }

    @Override
    public Expired expire(Duration settle) {
        return database.write("ending leases", (c, now) -> tables.outbox().expire(c, now, settle));
    }

    @Override
    public Optional<MessageState> cancel(TenantId tenant, MessageId id) {
        return database.write("cancelling", c -> tables.outbox().cancel(c, tenant, id));
    }

    @Override
    public Map<MessageId, MessageState> cancelByReference(TenantId tenant, String reference) {
        Objects.requireNonNull(reference, "reference");
        return database.write("cancelling", c -> tables.outbox().cancelByReference(c, tenant, reference));
    }

    @Override
    public Optional<MessageState> hold(TenantId tenant, MessageId id) {
        return database.write("holding", c -> tables.outbox().hold(c, tenant, id));
    }

    @Override
    public Optional<MessageState> release(TenantId tenant, MessageId id) {
        return database.write("releasing", c -> tables.outbox().release(c, tenant, id));
    }

    @Override
    public Map<MessageState, Integer> cancelGroup(TenantId tenant, String group) {
        return database.write("cancelling a group", c -> tables.outbox().cancelGroup(c, tenant, group));
    }

    @Override
    public Map<MessageState, Integer> holdGroup(TenantId tenant, String group) {
        return database.write("holding a group", c -> tables.outbox().holdGroup(c, tenant, group));
    }

    @Override
    public Map<MessageState, Integer> releaseGroup(TenantId tenant, String group) {
        return database.write("releasing a group", c -> tables.outbox().releaseGroup(c, tenant, group));
    }

    @Override
    public Map<MessageState, Integer> unsettled(TenantId tenant, String group) {
        return database.read("counting a group", c -> tables.outbox().unsettled(c, tenant, group));
    }

    @Override
    public Optional<OutboxRow> row(TenantId tenant, MessageId id) {
        return database.read("finding a message", c -> tables.messages().find(c, tenant, id))
                .flatMap(stored -> Optional.ofNullable(stored.outbox()));
    }

    @Override
    public List<OutboxRow> doubts(int most, Duration pause) {
        positive("most", most);
        return database.write("taking doubts", (c, now) -> tables.outbox().doubts(c, now, most, pause));
    }

    @Override
    public Set<String> providerIdsBeside(OutboxRow row) {
        return database.read("reading providers' ids", c -> tables.outbox().providerIdsBeside(c, row.message()));
    }

    @Override
    public int purge(Instant before, int most) {
        positive("most", most);
        return database.write("purging", c -> tables.outbox().purge(c, before, most));
    }

    @Override
    public List<Written> written(int most) {
        positive("most", most);
        return database.write("reading what others wrote", c -> tables.outbox().written(c, most));
    }

    @Override
    public boolean adopt(OutboxRow row) {
        Evidence.Enqueued checked = new Evidence.Enqueued(row.message().tenant(), List.of(row));
        return database.write("adopting", c -> {
            boolean ours = tables.outbox().removeWritten(c, row.key());
            if (ours) {
                new Evidence(c, true, tables).take(List.of(checked));
            }
            return ours;
        });
    }

    @Override
    public boolean refuse(RowKey key, Reason reason, String explanation) {
        return database.write(
                "refusing",
                c -> tables.outbox().refuse(c, key.tenant().value(), key.id().value(), reason, explanation));
    }

    private static void positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + ": " + value + " is not 1 or more");
        }
    }

    private static <T> Set<T> set(Class<T> type, Object answer) {
        Set<T> all = new LinkedHashSet<>();
        ((Set<?>) answer).forEach(each -> all.add(type.cast(each)));
        return all;
    }

    /** A crowd is a group by itself: with others it would make them wait, and a transaction too large. */
    private Object recordMany(Evidence.Finding finding, int size) {
        return size > CROWD ? recordAll(List.of(finding)).get(0) : record(finding);
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

    @Override
    public Set<PhoneNumber> suppressed(TenantId tenant, Collection<PhoneNumber> numbers, @Nullable SenderId sender) {
        return numbers.isEmpty()
                ? Set.of()
                : database.read(
                        "asking for opt-outs", c -> tables.suppressions().suppressed(c, tenant, numbers, sender));
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
         * @throws JdbcStoreException if the database can't be reached, lacks the tables, has them in another version,
         *     would lose commits that it confirmed, or is an H2 database that would be closed after every call
         */
        public JdbcStore build() {
            Database database = Database.on(dataSource);
            Schema.check(database);
            return new JdbcStore(this, database);
        }
    }
}
