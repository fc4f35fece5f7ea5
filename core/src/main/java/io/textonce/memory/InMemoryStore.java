package io.textonce.memory;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.memory.Schedule.Todo;
import io.textonce.spi.TimeSource;
import io.textonce.store.EventJournal;
import io.textonce.store.EventRepository;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Messages, events and opt-outs of one JVM, lost on exit; one object, because an event changes all three in one step.
 *
 * <p>Guaranteed: each method is atomic; tenants see nothing of each other; memory is bounded for each tenant. When full:
 *
 * <ul>
 *   <li>messages: the one that was settled first is dropped. One that waits, is being sent or is unknown never is; when
 *       there are only such, {@link #create} and {@link #enqueue} throw, so nothing is sent.
 *   <li>events: the oldest is dropped, read or not; a reader sees the gap in the numbering. A repeat of a dropped event is
 *       taken for a new one.
 *   <li>reports that wait for their message: the oldest is dropped, with a warning; it stays readable as an event.
 *   <li>opt-outs: never dropped; a new one is refused by throwing, so that the provider tells it again.
 * </ul>
 *
 * <p>Not guaranteed: anything after the process ends. Opt-outs in particular must outlive it: use a database for them as
 * soon as real people are texted.
 *
 * <pre>{@code
 * InMemoryStore store = InMemoryStore.builder().messages(20_000).build();
 * }</pre>
 *
 * <p>Thread-safe. Queries and look-ups don't wait for writers.
 */
public final class InMemoryStore implements OutboxRepository, EventJournal, EventRepository, SuppressionRepository {

    private final Map<TenantId, TenantStore> tenants = new ConcurrentHashMap<>();
    private final Schedule schedule = new Schedule();
    private final Builder caps;

    /** A store of the usual size: for each tenant 100,000 messages, events and waiting reports, and 1,000,000 opt-outs. */
    public InMemoryStore() {
        this(new Builder());
    }

    private InMemoryStore(Builder caps) {
        this.caps = caps;
    }

    /**
     * Starts a store of another size.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    private TenantStore of(TenantId tenant) {
        TenantStore known = tenants.get(tenant);
        return known != null
                ? known
                : tenants.computeIfAbsent(
                        tenant,
                        t -> new TenantStore(
                                t, caps.messages, caps.events, caps.waitingReports, caps.suppressions, schedule));
    }

    @Override
    public boolean create(TenantId tenant, MessageRecord row) {
        if (!row.tenant().equals(tenant)) {
            throw new IllegalArgumentException("message " + row.id() + " is another tenant's");
        }
        return of(tenant).create(row);
    }

    @Override
    public void asking(TenantId tenant, MessageId id, String provider, Instant now) {
        of(tenant).asking(id, Objects.requireNonNull(provider, "provider"), now);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException {@inheritDoc}
     */
    @Override
    public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
        of(tenant).complete(id, Objects.requireNonNull(result, "result"), now);
    }

    @Override
    public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
        return of(tenant).find(id);
    }

    @Override
    public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
        return of(tenant).query(query);
    }

    /**
     * Every message of a tenant that a query matches, whatever its limit and page, newest first: for sums. Others may write
     * meanwhile; what they write may be in it or not.
     *
     * @param tenant whose messages
     * @param query the conditions
     * @return the messages
     */
    public Stream<MessageRecord> stream(TenantId tenant, MessageQuery query) {
        return of(tenant).stream().filter(query::matches);
    }

    /**
     * Who has something here.
     *
     * @return the tenants
     */
    public Set<TenantId> tenants() {
        return Set.copyOf(tenants.keySet());
    }

    @Override
    public Set<MessageId> enqueue(TenantId tenant, List<OutboxRow> rows) {
        for (OutboxRow row : rows) {
            if (!row.message().tenant().equals(tenant)) {
                throw new IllegalArgumentException("message " + row.id() + " is another tenant's");
            }
        }
        return of(tenant).enqueue(List.copyOf(rows));
    }

    @Override
    public List<OutboxRow> claim(String owner, int most, Duration lease) {
        Objects.requireNonNull(owner, "owner");
        Instant now = now();
        return take(
                Todo.SEND,
                most,
                now,
                (row, store) ->
                        row.state() != MessageState.PENDING || row.due().isAfter(now) || store.waitsForAnother(row.id())
                                ? null
                                : row.claimed(owner, now.plus(lease), now));
    }

    @Override
    public List<OutboxRow> doubts(int most, Duration pause) {
        Instant now = now();
        return take(
                Todo.LOOK_UP,
                most,
                now,
                (row, store) -> row.state() != MessageState.UNKNOWN || row.due().isAfter(now)
                        ? null
                        : row.toBuilder().due(now.plus(pause)).build());
    }

    private List<OutboxRow> take(
            Todo what, int most, Instant now, BiFunction<OutboxRow, TenantStore, @Nullable OutboxRow> change) {
        positive("most", most);
        List<OutboxRow> taken = new ArrayList<>();
        for (Schedule.Entry entry : schedule.all(what)) {
            if (entry.at().isAfter(now) || taken.size() == most) {
                break;
            }
            TenantStore store = of(entry.tenant());
            OutboxRow row = store.change(entry.id(), r -> change.apply(r, store));
            if (row != null) {
                taken.add(row);
            }
        }
        return List.copyOf(taken);
    }

    @Override
    public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
        Instant now = now();
        Set<RowKey> begun = new LinkedHashSet<>();
        for (Start start : starts) {
            OutboxRow row = of(start.key().tenant())
                    .change(
                            start.key().id(),
                            r -> r.state() == MessageState.CLAIMED && isHeldBy(r, owner, start.attempt(), now)
                                    ? r.begun(start.provider(), now.plus(lease), now)
                                    : null);
            if (row != null) {
                begun.add(start.key());
            }
        }
        return begun;
    }

    @Override
    public boolean asking(String owner, Start start) {
        Instant now = now();
        String provider = Objects.requireNonNull(start.provider(), "provider");
        return of(start.key().tenant())
                        .change(
                                start.key().id(),
                                r -> r.state() == MessageState.SENDING && isHeldBy(r, owner, start.attempt(), now)
                                        ? r.asking(provider, now)
                                        : null)
                != null;
    }

    private static boolean isHeldBy(OutboxRow row, String owner, int attempt, Instant now) {
        return row.owner().equals(Optional.of(owner))
                && row.attempt() == attempt
                && row.leaseUntil().map(now::isBefore).orElse(false);
    }

    @Override
    public Set<RowKey> complete(Collection<Completion> completions) {
        Instant now = now();
        Set<RowKey> applied = new LinkedHashSet<>();
        for (Completion completion : completions) {
            if (of(completion.key().tenant()).complete(completion, now)) {
                applied.add(completion.key());
            }
        }
        return applied;
    }

    @Override
    public void giveBack(String owner, Collection<RowKey> keys) {
        Instant now = now();
        for (RowKey key : keys) {
            of(key.tenant())
                    .change(
                            key.id(),
                            row -> row.state() == MessageState.CLAIMED
                                            && row.owner().equals(Optional.of(owner))
                                    ? row.released(now)
                                    : null);
        }
    }

    @Override
    public Expired expire(Duration settle) {
        Instant now = now();
        List<OutboxRow> ended = take(Todo.END_LEASE, Integer.MAX_VALUE, now, (row, store) -> {
            if (row.leaseUntil().map(now::isBefore).orElse(false)) {
                return null;
            }
            return switch (row.state()) {
                case CLAIMED -> row.released(now);
                case SENDING -> row.doubted(now.plus(settle), now);
                default -> null;
            };
        });
        int doubted = (int) ended.stream()
                .filter(row -> row.state() == MessageState.UNKNOWN)
                .count();
        return new Expired(ended.size() - doubted, doubted);
    }

    static boolean cancellable(MessageState state) {
        return state == MessageState.PENDING || state == MessageState.CLAIMED || state == MessageState.HELD;
    }

    @Override
    public Optional<MessageState> cancel(TenantId tenant, MessageId id) {
        Instant now = now();
        return state(tenant, id, row -> cancellable(row.state()) ? row.cancelled(now) : row);
    }

    @Override
    public Map<MessageId, MessageState> cancelByReference(TenantId tenant, String reference) {
        return of(tenant).cancelByReference(Objects.requireNonNull(reference, "reference"), now());
    }

    @Override
    public Optional<MessageState> hold(TenantId tenant, MessageId id) {
        Instant now = now();
        return state(
                tenant,
                id,
                row -> row.state() == MessageState.PENDING
                                || row.state() == MessageState.CLAIMED
                                || (row.state() == MessageState.HELD
                                        && row.stopped().isPresent())
                        ? row.held(now)
                        : row);
    }

    @Override
    public Optional<MessageState> release(TenantId tenant, MessageId id) {
        Instant now = now();
        return state(tenant, id, row -> row.state() == MessageState.HELD ? row.released(now) : row);
    }

    @Override
    public Map<MessageState, Integer> cancelGroup(TenantId tenant, String group) {
        Instant now = now();
        return of(tenant).changeGroup(group, row -> row.stopped(MessageState.CANCELLED, now));
    }

    @Override
    public Map<MessageState, Integer> holdGroup(TenantId tenant, String group) {
        Instant now = now();
        return of(tenant).changeGroup(group, row -> row.stopped(MessageState.HELD, now));
    }

    @Override
    public Map<MessageState, Integer> releaseGroup(TenantId tenant, String group) {
        Instant now = now();
        return of(tenant).changeGroup(group, row -> row.resumed(now));
    }

    @Override
    public Map<MessageState, Integer> unsettled(TenantId tenant, String group) {
        return of(tenant).changeGroup(group, row -> row);
    }

    private Optional<MessageState> state(
            TenantId tenant, MessageId id, Function<OutboxRow, @Nullable OutboxRow> change) {
        return Optional.ofNullable(of(tenant).change(id, change)).map(OutboxRow::state);
    }

    @Override
    public Optional<OutboxRow> row(TenantId tenant, MessageId id) {
        return Optional.ofNullable(of(tenant).outboxRow(id));
    }

    @Override
    public Set<String> providerIdsBeside(OutboxRow row) {
        return of(row.message().tenant()).providerIdsBeside(row);
    }

    @Override
    public int purge(Instant before, int most) {
        positive("most", most);
        int purged = 0;
        for (TenantStore tenant : tenants.values()) {
            purged += tenant.purge(before, most - purged);
            if (purged == most) {
                break;
            }
        }
        return purged;
    }

    private Instant now() {
        return caps.time.now();
    }

    private static void positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + ": " + value + " is not 1 or more");
        }
    }

    @Override
    public List<Applied> apply(TenantId tenant, List<Entry> entries) {
        List<Entry> checked = new ArrayList<>(entries);
        for (Entry entry : checked) {
            if (!entry.event().tenant().equals(tenant)) {
                throw new IllegalArgumentException("event " + entry.event() + " is another tenant's");
            }
        }
        return of(tenant).apply(checked);
    }

    @Override
    public int parked(TenantId tenant, Instant now) {
        return of(tenant).parked(now);
    }

    @Override
    public List<Stored> since(TenantId tenant, long cursor, int limit) {
        return of(tenant).since(cursor, limit);
    }

    @Override
    public void record(TenantId tenant, Suppression suppression) {
        of(tenant).record(suppression);
    }

    @Override
    public boolean isSuppressed(TenantId tenant, PhoneNumber number, @Nullable SenderId sender) {
        return of(tenant).isSuppressed(number, sender);
    }

    /**
     * How many tenants and what sizes; no personal data.
     *
     * @return such as {@code InMemoryStore[3 tenants, each at most 100000 messages]}
     */
    @Override
    public String toString() {
        return "InMemoryStore[" + tenants.size() + " tenants, each at most " + caps.messages + " messages]";
    }

    /**
     * Collects the sizes, each for one tenant.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private int messages = 100_000;
        private int events = 100_000;
        private int waitingReports = 100_000;
        private int suppressions = 1_000_000;
        private TimeSource time = TimeSource.system();

        private Builder() {}

        /**
         * Sets how many messages are kept.
         *
         * @param most 1 or more
         * @return this builder
         * @throws IllegalArgumentException if less than 1
         */
        public Builder messages(int most) {
            this.messages = positive("messages", most);
            return this;
        }

        /**
         * Sets how many events are kept and recognised as repeats.
         *
         * @param most 1 or more
         * @return this builder
         * @throws IllegalArgumentException if less than 1
         */
        public Builder events(int most) {
            this.events = positive("events", most);
            return this;
        }

        /**
         * Sets how many reports may wait for their message.
         *
         * @param most 1 or more
         * @return this builder
         * @throws IllegalArgumentException if less than 1
         */
        public Builder waitingReports(int most) {
            this.waitingReports = positive("waitingReports", most);
            return this;
        }

        /**
         * Sets how many choices to opt out or in are kept.
         *
         * @param most 1 or more
         * @return this builder
         * @throws IllegalArgumentException if less than 1
         */
        public Builder suppressions(int most) {
            this.suppressions = positive("suppressions", most);
            return this;
        }

        /**
         * Sets the store's clock, by which messages are due and leases end. Default: the system's.
         *
         * @param source the source
         * @return this builder
         */
        public Builder time(TimeSource source) {
            this.time = Objects.requireNonNull(source, "time");
            return this;
        }

        private static int positive(String option, int most) {
            if (most < 1) {
                throw new IllegalArgumentException(option + ": " + most + " is not 1 or more");
            }
            return most;
        }

        /**
         * Builds the store.
         *
         * @return an empty store
         */
        public InMemoryStore build() {
            Builder copy = new Builder();
            copy.messages = messages;
            copy.events = events;
            copy.waitingReports = waitingReports;
            copy.suppressions = suppressions;
            copy.time = time;
            return new InMemoryStore(copy);
        }
    }
}
