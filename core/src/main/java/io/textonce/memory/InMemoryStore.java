package io.textonce.memory;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.store.EventJournal;
import io.textonce.store.EventRepository;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages, events and opt-outs of one JVM, lost on exit; one object, because an event changes all three in one step.
 *
 * <p>Guaranteed: each method is atomic; tenants see nothing of each other; memory is bounded for each tenant. When full:
 *
 * <ul>
 *   <li>messages: the one that was settled first is dropped. A message being sent and an unknown one are never dropped;
 *       when there are only such, {@link #create} throws, so nothing is sent.
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
public final class InMemoryStore implements MessageRepository, EventJournal, EventRepository, SuppressionRepository {

    private final Map<TenantId, TenantStore> tenants = new ConcurrentHashMap<>();
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
                        t -> new TenantStore(t, caps.messages, caps.events, caps.waitingReports, caps.suppressions));
    }

    @Override
    public boolean create(TenantId tenant, MessageRecord row) {
        if (!row.tenant().equals(tenant)) {
            throw new IllegalArgumentException("message " + row.id() + " is another tenant's");
        }
        return of(tenant).create(row);
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
            return new InMemoryStore(copy);
        }
    }
}
