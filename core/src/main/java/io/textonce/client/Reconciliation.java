package io.textonce.client;

import io.textonce.Attempt;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.Origin;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.internal.Outcomes;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.StatusLookup.Absent;
import io.textonce.spi.StatusLookup.Answer;
import io.textonce.spi.StatusLookup.Found;
import io.textonce.store.EventJournal;
import io.textonce.store.EventJournal.Effect;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks providers what became of messages of which nobody told: those in doubt that were sent without the outbox, and
 * accepted ones without a final report, by whichever way they were sent.
 *
 * <p>Guaranteed: it submits nothing, and makes no known outcome worse. Of a message in doubt, what is found is recorded as
 * a delivery report is, and makes it ACCEPTED; what a provider proves not to exist makes it REJECTED, which gives its
 * idempotency key back. A provider's id is given to one message only. Doubts of an outbox that has the same store are left
 * to it, because it knows {@code OnUnknown}. Not guaranteed: that every message can be settled; a provider may be unable to
 * look messages up, and a message whose row names no provider isn't asked for.
 *
 * <p>A message is asked for when it has a certain age, then at twice that age, and so on up to the horizon, in the first run
 * after that; the very first run of this object asks for all within the horizon. So runs may come as often as you like.
 * Once for a store is enough: two processes that ask at the same moment may take one message of a provider for two of
 * equal text.
 *
 * <pre>{@code
 * Reconciliation doubts = Reconciliation.builder(client, store, store).build();
 * scheduler.scheduleWithFixedDelay(doubts::run, 1, 1, TimeUnit.MINUTES);
 * }</pre>
 *
 * <p>Thread-safe: one run at a time, the next one waits.
 */
public final class Reconciliation {

    private static final int PAGE = 500;
    private static final int MOST_READ = 10_000;
    private static final Duration BESIDE = Duration.ofDays(1);
    private static final int MOST_BESIDE = 10_000;
    private static final String ENDPOINT = "lookup";

    /** Messages of one state that were created at one time, and the last one of them that was looked at. */
    private static final class Window {
        private final TenantId tenant;
        private final MessageState state;
        private final Instant from;
        private final Instant until;
        private @Nullable MessageRecord last;

        Window(TenantId tenant, MessageState state, Instant from, Instant until) {
            this.tenant = tenant;
            this.state = state;
            this.from = from;
            this.until = until;
        }
    }

    private enum Verdict {
        NOT_ASKED,
        FOUND,
        ABSENT,
        ENDED,
        OPEN
    }

    private final SmsClient client;
    private final MessageRepository messages;
    private final EventJournal journal;
    private final @Nullable OutboxRepository outbox;
    private final Supplier<? extends Collection<TenantId>> tenants;
    private final Duration unknownAfter;
    private final Duration acceptedAfter;
    private final Duration horizon;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Window> windows = new ArrayDeque<>();
    private @Nullable Instant swept;

    private Reconciliation(Builder b) {
        this.client = b.client;
        this.messages = b.messages;
        this.journal = b.journal;
        this.outbox = b.messages instanceof OutboxRepository store ? store : null;
        this.tenants = b.tenants;
        this.unknownAfter = b.unknownAfter;
        this.acceptedAfter = b.acceptedAfter;
        this.horizon = b.horizon;
        this.most = b.most;
    }

    /**
     * Starts one.
     *
     * @param client whose providers are asked, the tenant's own where it has some, and whose listeners are told of each
     *     answer that is new, as of a report
     * @param messages what the client records into. If an outbox has the same store, the very {@link OutboxRepository}, not
     *     something that wraps it: else a message that the outbox is sending can't be told from one in doubt
     * @param journal where reports on these messages go, usually the same store
     * @return a builder
     */
    public static Builder builder(SmsClient client, MessageRepository messages, EventJournal journal) {
        return new Builder(
                Objects.requireNonNull(client, "client"),
                Objects.requireNonNull(messages, "messages"),
                Objects.requireNonNull(journal, "journal"));
    }

    /**
     * Asks for what is due, on the calling thread, and no more than one run may.
     *
     * @return the counts
     * @throws SmsStoreException if the store failed; what was recorded stands, and the next run goes on behind the message
     *     over which this one failed
     * @throws IllegalStateException if the client is closed
     */
    public Reconciled run() {
        if (client.isClosed()) {
            throw new IllegalStateException("the client is closed; nobody was asked");
        }
        lock.lock();
        try {
            if (windows.isEmpty()) {
                plan(client.time().now());
            }
            return work();
        } finally {
            lock.unlock();
        }
    }

    private void plan(Instant now) {
        for (TenantId tenant : Set.copyOf(tenants.get())) {
            plan(tenant, MessageState.UNKNOWN, unknownAfter, now);
            plan(tenant, MessageState.SENDING, unknownAfter, now);
            plan(tenant, MessageState.ACCEPTED, acceptedAfter, now);
        }
        swept = now;
    }

    /** Windows over creation times, which never change: whoever reached an age since the last sweep, once. */
    private void plan(TenantId tenant, MessageState state, Duration first, Instant now) {
        Instant oldest = now.minus(horizon);
        Instant before = swept;
        if (before == null) {
            windows.add(new Window(tenant, state, oldest, now.minus(first)));
            return;
        }
        Instant end = now;
        for (Duration age = first; age.compareTo(horizon) <= 0; age = age.multipliedBy(2)) {
            Instant from = later(before.minus(age), oldest);
            Instant until = now.minus(age);
            until = until.isBefore(end) ? until : end;
            if (from.isBefore(until)) {
                windows.add(new Window(tenant, state, from, until));
                end = from;
            }
        }
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private Reconciled work() {
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        int asked = 0;
        int read = 0;
        for (Window window = windows.peek(); window != null; window = windows.peek()) {
            List<MessageRecord> page = page(window);
            for (MessageRecord row : page) {
                if (asked == most || read == MOST_READ) {
                    return reconciled(counts);
                }
                read++;
                window.last = row; // first: over a message that can't be settled, no other one waits for ever
                Verdict verdict = look(row);
                counts.merge(verdict, 1, Integer::sum);
                asked += verdict == Verdict.NOT_ASKED ? 0 : 1;
            }
            if (page.size() < PAGE) {
                windows.remove();
            }
        }
        return reconciled(counts);
    }

    private Reconciled reconciled(Map<Verdict, Integer> counts) {
        return new Reconciled(
                counts.getOrDefault(Verdict.FOUND, 0),
                counts.getOrDefault(Verdict.ABSENT, 0),
                counts.getOrDefault(Verdict.ENDED, 0),
                counts.getOrDefault(Verdict.OPEN, 0),
                !windows.isEmpty());
    }

    /** The next rows of a window. The one that was last may have been deleted; those of its instant are read again then. */
    private List<MessageRecord> page(Window window) {
        MessageQuery query = MessageQuery.all()
                .state(window.state)
                .from(window.from)
                .until(window.until)
                .limit(PAGE);
        MessageRecord last = window.last;
        MessageQuery next = query;
        if (last != null) {
            next = ask("find", () -> messages.find(window.tenant, last.id())).isPresent()
                    ? query.before(last.id())
                    : query.until(last.createdAt().plus(1, ChronoUnit.MICROS));
        }
        return query(window.tenant, next);
    }

    private List<MessageRecord> query(TenantId tenant, MessageQuery query) {
        return ask("query", () -> messages.query(tenant, query));
    }

    private Verdict look(MessageRecord row) {
        String provider = row.provider().orElse(null);
        boolean accepted = row.state() == MessageState.ACCEPTED;
        boolean settled = accepted
                ? row.status().map(DeliveryStatus::isTerminal).orElse(false)
                : isUnderWay(row) || isOutboxsOwn(row);
        if (provider == null || settled) {
            return Verdict.NOT_ASKED;
        }
        Instant submitted = submitted(row);
        Optional<Answer> answer =
                client.door().lookUp(row.tenant(), provider, () -> question(row, provider, submitted));
        if (answer.isEmpty()) {
            return Verdict.NOT_ASKED;
        }
        if (answer.get() instanceof Found found && !mayBeAnothers(row, provider, found)) {
            record(row, provider, found);
            if (accepted) {
                return found.status().isTerminal() ? Verdict.ENDED : Verdict.OPEN;
            }
            settleBudget(row, Outcomes.found(row, submitted, found));
            return Verdict.FOUND;
        }
        if (answer.get() instanceof Absent && !accepted) {
            SendResult absent = Outcomes.absent(row, submitted);
            ask("complete", () -> {
                messages.complete(row.tenant(), row.id(), absent, client.time().now());
                return true;
            });
            settleBudget(row, absent);
            return Verdict.ABSENT;
        }
        return Verdict.OPEN;
    }

    /** What stays reserved for a doubt is found by what the message counts by. */
    private void settleBudget(MessageRecord row, SendResult result) {
        SmsMessage.Builder message = SmsMessage.to(row.to())
                .tenant(row.tenant())
                .category(row.category())
                .text(row.text());
        row.labels().forEach(label -> message.label(label.name(), label.value()));
        client.door().settle(message.build(), row.to(), result);
    }

    /** Whether a request may be on its way, or was until a moment ago: a provider's answer isn't complete before. */
    private boolean isUnderWay(MessageRecord row) {
        Instant over = row.attempts().isEmpty()
                ? row.createdAt().plus(client.longestSend())
                : submitted(row).plus(last(row).duration());
        return over.plus(unknownAfter).isAfter(client.time().now());
    }

    private static Attempt last(MessageRecord row) {
        return row.attempts().get(row.attempts().size() - 1);
    }

    private static Instant submitted(MessageRecord row) {
        return row.attempts().isEmpty() ? row.createdAt() : last(row).startedAt();
    }

    private boolean isOutboxsOwn(MessageRecord row) {
        OutboxRepository same = outbox;
        return same != null
                && ask("row", () -> same.row(row.tenant(), row.id())).isPresent();
    }

    private StatusLookup.Query question(MessageRecord row, String provider, Instant submitted) {
        StatusLookup.Query question = Outcomes.question(row, submitted);
        if (row.providerMessageId().isPresent()) {
            return question;
        }
        MessageQuery near = MessageQuery.all()
                .to(row.to())
                .provider(provider)
                .from(submitted.minus(BESIDE))
                .until(submitted.plus(BESIDE))
                .limit(MOST_BESIDE);
        return question.besides(query(row.tenant(), near).stream()
                .filter(each -> !each.id().equals(row.id()))
                .flatMap(each -> each.providerMessageId().stream())
                .collect(Collectors.toSet()));
    }

    /** Whether what was found is another message, or may be one of equal text whose send hasn't recorded its id yet. */
    private boolean mayBeAnothers(MessageRecord row, String provider, Found found) {
        if (row.providerMessageId().isPresent()) {
            return false;
        }
        MessageQuery there = MessageQuery.all().to(row.to()).provider(provider);
        MessageQuery sending = there.state(MessageState.SENDING).limit(PAGE);
        MessageQuery bound = there.providerMessageId(found.providerMessageId()).limit(2);
        // In this order: whose send ends in between is bound by then.
        return query(row.tenant(), sending).stream()
                        .filter(each ->
                                !each.id().equals(row.id()) && each.text().equals(row.text()))
                        .anyMatch(each -> isUnderWay(each) || isOutboxsOwn(each))
                || query(row.tenant(), bound).stream()
                        .anyMatch(each -> !each.id().equals(row.id()));
    }

    private void record(MessageRecord row, String provider, Found found) {
        Origin origin =
                new Origin(row.tenant(), provider, ENDPOINT, client.time().now());
        DeliveryReport report = found.report(origin, row.id());
        List<EventJournal.Applied> applied;
        try {
            applied = journal.apply(row.tenant(), List.of(new EventJournal.Entry(report, null)));
        } catch (RuntimeException e) {
            throw new SmsStoreException("EventJournal.apply", e);
        }
        if (applied.get(0).effect() != Effect.DUPLICATE) {
            SendEngine.tell(client.listeners(), listener -> listener.onEvent(report));
        }
    }

    private static <T> T ask(String operation, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw new SmsStoreException("MessageRepository." + operation, e);
        }
    }

    @Override
    public String toString() {
        return "Reconciliation[unknownAfter=" + unknownAfter + ", acceptedAfter=" + acceptedAfter + ", horizon="
                + horizon + "]";
    }

    /**
     * Collects the options. {@link #build()} reports every problem at once.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private static final Duration SHORTEST = Duration.ofMillis(1);

        private final SmsClient client;
        private final MessageRepository messages;
        private final EventJournal journal;
        private Supplier<? extends Collection<TenantId>> tenants = () -> List.of(TenantId.DEFAULT);
        private Duration unknownAfter = Duration.ofMinutes(1);
        private Duration acceptedAfter = Duration.ofHours(1);
        private Duration horizon = Duration.ofDays(3);
        private int most = 200;

        private Builder(SmsClient client, MessageRepository messages, EventJournal journal) {
            this.client = client;
            this.messages = messages;
            this.journal = journal;
        }

        /**
         * Sets whose messages are looked at. Default: {@link TenantId#DEFAULT} alone.
         *
         * @param value the tenants, asked whenever a new round begins
         * @return this builder
         */
        public Builder tenants(Supplier<? extends Collection<TenantId>> value) {
            this.tenants = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Sets the age at which a message in doubt is first asked for; also how long after its last submit. It is the time
         * that a provider may take until its answers are complete. Default 1 min.
         *
         * @param value 1 ms or longer
         * @return this builder
         */
        public Builder unknownAfter(Duration value) {
            this.unknownAfter = Objects.requireNonNull(value, "unknownAfter");
            return this;
        }

        /**
         * Sets the age at which an accepted message is first asked for, if no report has said how it ended. Default 1 h.
         *
         * @param value 1 ms or longer
         * @return this builder
         */
        public Builder acceptedAfter(Duration value) {
            this.acceptedAfter = Objects.requireNonNull(value, "acceptedAfter");
            return this;
        }

        /**
         * Sets up to which age messages are asked for, counted from the time when their row was written: of the outbox, when
         * they were enqueued. Default 3 days.
         *
         * @param value as long as the others, or longer
         * @return this builder
         */
        public Builder horizon(Duration value) {
            this.horizon = Objects.requireNonNull(value, "horizon");
            return this;
        }

        /**
         * Sets for how many messages one run asks. Default 200. Besides, a run reads no more than 10,000.
         *
         * @param value 1 or more
         * @return this builder
         */
        public Builder most(int value) {
            this.most = value;
            return this;
        }

        /**
         * Builds it. Neither store nor providers are asked.
         *
         * @return the reconciliation
         * @throws IllegalArgumentException naming every problem at once
         */
        public Reconciliation build() {
            List<String> problems = new ArrayList<>();
            atLeast(problems, "unknownAfter", unknownAfter, SHORTEST);
            atLeast(problems, "acceptedAfter", acceptedAfter, SHORTEST);
            atLeast(
                    problems,
                    "horizon",
                    horizon,
                    unknownAfter.compareTo(acceptedAfter) > 0 ? unknownAfter : acceptedAfter);
            if (most < 1) {
                problems.add("most: " + most + " is not 1 or more");
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException("Reconciliation: " + String.join("; ", problems));
            }
            return new Reconciliation(this);
        }

        private static void atLeast(List<String> problems, String option, Duration value, Duration least) {
            if (value.compareTo(least) < 0) {
                problems.add(option + ": " + value + " is shorter than " + least);
            }
        }
    }
}
