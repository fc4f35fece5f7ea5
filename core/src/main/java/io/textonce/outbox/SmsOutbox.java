package io.textonce.outbox;

import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.internal.ClientDoor;
import io.textonce.internal.Outcomes;
import io.textonce.internal.Trace;
import io.textonce.outbox.Setup.Line;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRepository.RowKey;
import io.textonce.store.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps messages in a store until they are sent: now, or at a time of your choice, by this process or another one that
 * shares the store.
 *
 * <p>Guaranteed: once {@code enqueue} has returned, the message is sent, rejected, expired, cancelled, or stands in the
 * store in doubt, whatever crashes. It is never submitted again unless it is proven that the try before created nothing, or
 * you asked for {@link OnUnknown#RESEND_ONCE}. Opt-outs, kill switch, limits and {@code notAfter} are asked right before
 * each submit, not when it is enqueued. The text is rendered once, when it is enqueued. Not guaranteed: exactly once; and
 * order, unless you ask for it.
 *
 * <pre>{@code
 * SmsOutbox outbox = SmsOutbox.builder(client, store).build();
 * outbox.start();
 * MessageId id = outbox.enqueue(reminder, dayBefore).orThrow().messageId();
 * outbox.cancel(TenantId.DEFAULT, id);
 * }</pre>
 *
 * <p>Thread-safe: share one. Close it before its client.
 */
public final class SmsOutbox implements SmsEnqueuer, AutoCloseable {

    private static final Duration PURGE_EVERY = Duration.ofHours(1);
    private static final int PURGE_AT_ONCE = 1_000;
    private static final Duration FIRST_LOOK = Duration.ofMillis(100);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

    private final Setup with;
    private final Recorder recorder;
    private final Enqueuing enqueuing;
    private final Dispatcher dispatcher;
    private final Reconciler reconciler;
    private final Intake intake;
    private final @Nullable Supplier<? extends OutboxRepository> view;
    private final int workers;
    private final Duration poll;
    private final Duration drain;
    private final boolean purges;
    private final List<IntSupplier> purgedAlong;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private long wakes;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean started;
    private volatile boolean closing;
    private volatile boolean closed;
    private volatile Instant purgeNext = Instant.MIN;

    private SmsOutbox(Builder b, Setup setup) {
        this.with = setup;
        this.workers = b.workers;
        this.poll = b.poll;
        this.drain = b.drain;
        this.purges = b.retention != null;
        this.purgedAlong = List.copyOf(b.purgedAlong);
        this.view = b.view;
        this.recorder = new Recorder(setup);
        AtomicReference<Instant> lastTurn = new AtomicReference<>(Instant.EPOCH);
        this.enqueuing = new Enqueuing(setup, setup.repository(), () -> closed, this::wake, lastTurn);
        this.dispatcher = new Dispatcher(setup, recorder, this::isStopping);
        this.reconciler = new Reconciler(setup, recorder);
        this.intake = new Intake(setup, enqueuing);
    }

    /**
     * Starts an outbox.
     *
     * @param client sends the messages, with its providers and policies; its own {@code messages} repository may be the
     *     same store
     * @param repository keeps them
     * @return a builder
     */
    public static Builder builder(SmsClient client, OutboxRepository repository) {
        return new Builder(Objects.requireNonNull(client, "client"), Objects.requireNonNull(repository, "repository"));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the outbox is closed
     */
    @Override
    public EnqueueReceipt enqueue(SmsMessage message) {
        return enqueuer().enqueue(message);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the outbox is closed
     */
    @Override
    public EnqueueReceipt enqueue(SmsMessage message, Instant at) {
        return enqueuer().enqueue(message, at);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the outbox is closed
     */
    @Override
    public List<EnqueueReceipt> enqueueAll(Collection<SmsMessage> messages) {
        return enqueuer().enqueueAll(messages);
    }

    private SmsEnqueuer enqueuer() {
        return view == null ? enqueuing : enqueuing.through(view.get());
    }

    /**
     * The same outbox, storing through another view of the same store: one that joins a transaction of the host's. What is
     * enqueued is sent once that is committed, and never if it is rolled back.
     *
     * @param joined the view; it decides about thread-safety
     * @return takes messages as this does
     */
    public SmsEnqueuer in(OutboxRepository joined) {
        return enqueuing.through(Objects.requireNonNull(joined, "joined"));
    }

    /**
     * Checks messages and makes rows of them without storing them, for a store that writes them in one step with something
     * else. They are sent once this outbox's store has them. What people chose isn't asked yet, as whoever drafts many asks
     * for many at once; whether they want it is asked when it is being sent, and the language is the message's own.
     *
     * @param messages what to send, without idempotency keys
     * @param due when to send them
     * @return for each message, in their order, the row or the refusal; listeners aren't told
     * @throws IllegalArgumentException if a message has an idempotency key
     * @throws IllegalStateException if the outbox is closed
     */
    public List<Draft> draft(List<SmsMessage> messages, Instant due) {
        return enqueuing.draft(messages, due);
    }

    /**
     * Cancels a message that isn't being sent yet.
     *
     * @param tenant whose message
     * @param id our id
     * @return done: nothing is sent any more; or too late; or not found
     */
    public Change cancel(TenantId tenant, MessageId id) {
        Optional<MessageState> state = ask("cancel", () -> with.repository().cancel(tenant, id));
        freeKey(tenant, id, state);
        return Change.of(state, MessageState.CANCELLED);
    }

    /**
     * Cancels all messages of a reference that aren't being sent yet.
     *
     * @param tenant whose messages
     * @param reference the host's reference
     * @return what it came to for each; empty if there is none
     */
    public Map<MessageId, Change> cancelByReference(TenantId tenant, String reference) {
        Map<MessageId, Change> changes = new LinkedHashMap<>();
        ask("cancelByReference", () -> with.repository().cancelByReference(tenant, reference))
                .forEach((id, state) -> {
                    freeKey(tenant, id, Optional.of(state));
                    changes.put(id, Change.of(Optional.of(state), MessageState.CANCELLED));
                });
        return changes;
    }

    /** A cancelled message gives its key back, as a rejected one does, unless an earlier try of it may exist. */
    private void freeKey(TenantId tenant, MessageId id, Optional<MessageState> state) {
        if (state.filter(MessageState.CANCELLED::equals).isPresent()) {
            ask("row", () -> with.repository().row(tenant, id))
                    .filter(row -> !row.resent())
                    .flatMap(row -> row.content().idempotencyKey())
                    .ifPresent(key -> with.client().release(tenant, key, id));
        }
    }

    /**
     * Holds a message that isn't being sent yet, until it is released or cancelled.
     *
     * @param tenant whose message
     * @param id our id
     * @return done: it isn't sent before it is released; or too late; or not found
     */
    public Change hold(TenantId tenant, MessageId id) {
        return Change.of(ask("hold", () -> with.repository().hold(tenant, id)), MessageState.HELD);
    }

    /**
     * Releases a message that was held. If its time has passed, it is sent now.
     *
     * @param tenant whose message
     * @param id our id
     * @return done: it waits for its time; or it wasn't held; or not found
     */
    public Change release(TenantId tenant, MessageId id) {
        Change change = Change.of(ask("release", () -> with.repository().release(tenant, id)), MessageState.PENDING);
        wake();
        return change;
    }

    /**
     * Waits for what becomes of a message, so that whoever enqueued it can answer "sent", and a crash before that loses
     * nothing. Call it after the commit of the transaction that you enqueued in: it has the store asked for work at once, as
     * {@link #wake} does. What this object's threads record is told as soon as it is recorded; for what other processes
     * record, the row is read again after 100 ms, and then at intervals that double up to 1 s.
     *
     * <pre>{@code
     * MessageId id = outbox.in(store.in(connection)).enqueue(message).orThrow().messageId();
     * connection.commit();
     * boolean sent = outbox.await(tenant, id, Duration.ofSeconds(5)).filter(SendResult::isAccepted).isPresent();
     * }</pre>
     *
     * @param tenant whose message
     * @param id our id
     * @param atMost how long; zero or less only looks
     * @return what became of it, a doubt included; without its {@link SendResult#quote()}, and of a doubt without what may
     *     settle it, if that was recorded before or elsewhere. Empty if the time passes, or if it is known that nothing will become of the message in that time: it was
     *     put off for longer, this object is closed, or the store has no such message. It is sent all the same, unless you
     *     cancel it
     * @throws SmsStoreException if the store fails
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Optional<SendResult> await(TenantId tenant, MessageId id, Duration atMost) throws InterruptedException {
        RowKey key = new RowKey(tenant, id);
        long since = with.time().nanoTime();
        wake();
        for (Duration pause = FIRST_LOOK; ; pause = shorter(pause.multipliedBy(2), LONGEST_LOOK)) {
            Waiting.Waiter waiter = with.waiting().enter(key);
            try {
                OutboxRow row =
                        ask("row", () -> with.repository().row(tenant, id)).orElse(null);
                if (row == null || row.state().isSettled() || row.state() == MessageState.UNKNOWN) {
                    return Optional.ofNullable(row).map(OutboxRow::message).map(Outcomes::of);
                }
                Duration left = atMost.minusNanos(with.time().nanoTime() - since);
                boolean putOff = row.state() == MessageState.PENDING
                        && Duration.between(with.now(), row.due()).compareTo(left) > 0;
                if (putOff || closed || left.isNegative() || left.isZero()) {
                    return Optional.empty();
                }
                with.time().await(waiter.told, shorter(pause, left));
                if (waiter.result().isPresent()) {
                    return waiter.result();
                }
            } finally {
                with.waiting().leave(key, waiter);
            }
        }
    }

    /** For how many messages somebody waits; for tests. */
    int waiting() {
        return with.waiting().size();
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private <T> T ask(String operation, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            with.counters().storeFailures.increment();
            throw new SmsStoreException("OutboxRepository." + operation, e);
        }
    }

    /** What an outbox does by itself. Switch on it with a default: the set may grow. */
    public enum Duty {
        /** Claims what is due, and sends it. Any number of processes share this out. */
        DISPATCH,
        /** Ends leases, takes over what others wrote, and settles doubts. Once for a store is enough. */
        RECONCILE,
        /** Deletes what is older than the retention, at most once an hour. Once for a store is enough. */
        PURGE
    }

    /**
     * Starts the outbox's own threads. Before this, or without it, nothing is sent but by {@link #pump()}.
     *
     * @throws IllegalStateException if it was started or closed before
     */
    public void start() {
        start(EnumSet.allOf(Duty.class));
    }

    /**
     * Starts threads for some duties only, where many processes share a store and something else sees to it that the rest is
     * done: one of them, or {@link #pump(Set)} by a scheduler.
     *
     * @param duties what this object does by itself
     * @throws IllegalArgumentException if there are none
     * @throws IllegalStateException if it was started or closed before
     */
    public void start(Set<Duty> duties) {
        Set<Duty> wanted = some(duties);
        lock.lock();
        try {
            if (started || closing) {
                throw new IllegalStateException(
                        closing ? "the outbox is closed; build another" : "the outbox is started already");
            }
            started = true;
            ThreadFactory factory = with.client().threads("textonce-outbox-");
            for (int i = 0; i < workers && wanted.contains(Duty.DISPATCH); i++) {
                threads.add(factory.newThread(() -> loop("dispatching", dispatcher::pass)));
            }
            if (wanted.contains(Duty.RECONCILE) || wanted.contains(Duty.PURGE)) {
                threads.add(factory.newThread(() -> loop("housekeeping", () -> housekeeping(wanted))));
            }
            threads.forEach(Thread::start);
        } finally {
            lock.unlock();
        }
    }

    private void loop(String what, IntSupplier pass) {
        while (!isStopping()) {
            long before = wakes();
            int done = 0;
            try {
                done = pass.getAsInt();
            } catch (Throwable e) {
                with.counters().storeFailures.increment();
                Setup.LOG.error("the outbox's {} failed; it goes on: {}", what, Trace.of(e));
            }
            if (done == 0) {
                idle(before);
            }
        }
    }

    /** Waits until the poll's time has passed, or somebody has called {@link #wake} since that many had. */
    private void idle(long before) {
        lock.lock();
        try {
            long left = poll.toNanos();
            while (!isStopping() && wakes == before && left > 0) {
                left = woken.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            closing = true; // the thread is the outbox's own: only a host that ends everything interrupts it
        } finally {
            lock.unlock();
        }
    }

    private long wakes() {
        lock.lock();
        try {
            return wakes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says that the store has got messages by another way than this object, so that they needn't wait until it is asked the
     * next time.
     */
    public void wake() {
        lock.lock();
        try {
            wakes++;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does what is due, once, on the calling thread: ends leases, takes over what others wrote, settles doubts, claims and
     * sends. For hosts with a scheduler of their own, and for tests. Several may run at once, also beside the outbox's own
     * threads and those of other processes.
     *
     * @return how many rows were looked after; 0 means that nothing is due
     * @throws SmsStoreException if the store failed; whatever was begun is finished, and the rest is as it was
     * @throws IllegalStateException if the outbox is closed
     */
    public int pump() {
        return pump(EnumSet.allOf(Duty.class));
    }

    /**
     * Does what is due of some duties, once, on the calling thread; else as {@link #pump()}.
     *
     * @param duties what is done
     * @return how many rows were looked after; 0 means that nothing is due
     * @throws IllegalArgumentException if there are no duties
     * @throws SmsStoreException if the store failed; whatever was begun is finished, and the rest is as it was
     * @throws IllegalStateException if the outbox is closed
     */
    public int pump(Set<Duty> duties) {
        Set<Duty> wanted = some(duties);
        if (closing) {
            throw new IllegalStateException("the outbox is closed; build another");
        }
        int seen = housekeeping(wanted);
        return wanted.contains(Duty.DISPATCH) ? seen + ask("claim", dispatcher::pass) : seen;
    }

    private static Set<Duty> some(Set<Duty> duties) {
        if (duties.isEmpty()) {
            throw new IllegalArgumentException("duties: none; name at least one of " + List.of(Duty.values()));
        }
        return Set.copyOf(duties);
    }

    private int housekeeping(Set<Duty> duties) {
        int seen = duties.contains(Duty.RECONCILE) ? reconcile() : 0;
        if ((purges || !purgedAlong.isEmpty())
                && duties.contains(Duty.PURGE)
                && !with.now().isBefore(purgeNext)) {
            purgeNext = with.now().plus(PURGE_EVERY);
            purge();
        }
        return seen;
    }

    private int reconcile() {
        OutboxRepository.Expired expired = ask("expire", () -> with.repository().expire(with.settle()));
        if (expired.freed() + expired.doubted() > 0) {
            with.counters().freed.add(expired.freed());
            with.counters().doubted.add(expired.doubted());
            with.tell(listener -> listener.onExpired(expired.freed(), expired.doubted()));
        }
        return ask("written", intake::pass) + ask("doubts", reconciler::pass) + expired.freed();
    }

    private void purge() {
        purgedAlong.forEach(this::purgeAlong);
        if (!purges) {
            return;
        }
        Instant before = with.now().minus(with.retention());
        int purged = PURGE_AT_ONCE;
        while (purged == PURGE_AT_ONCE && !isStopping()) {
            purged = ask("purge", () -> with.repository().purge(before, PURGE_AT_ONCE));
            with.counters().purged.add(purged);
        }
    }

    private void purgeAlong(IntSupplier other) {
        try {
            while (other.getAsInt() > 0 && !isStopping()) {
                // Until nothing is left to delete.
            }
        } catch (RuntimeException e) {
            Setup.LOG.warn("what is purged along with the outbox failed, and is tried again: {}", Trace.of(e));
        }
    }

    /**
     * What this object has done since it was built.
     *
     * @return the counts
     */
    public OutboxStats stats() {
        return new OutboxStats(with.counters());
    }

    private boolean isStopping() {
        return closing || with.client().isClosed();
    }

    /**
     * Stops gracefully: takes nothing new, gives back what was claimed and not begun, waits for what is being sent and
     * records it. Takes at most the drain time. What isn't recorded by then becomes UNKNOWN when its lease ends.
     * Idempotent. The client stays open.
     */
    @Override
    public void close() {
        closing = true;
        wake();
        long until = System.nanoTime() + drain.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!closed) {
            closed = true;
            if (!recorder.catchUp()) {
                Setup.LOG.error(
                        "the outbox closes with {} outcomes that the store didn't take; they become UNKNOWN",
                        recorder.waiting());
            }
            with.waiting().tellAll();
        }
    }

    @Override
    public String toString() {
        return "SmsOutbox[" + with.owner() + (closed ? " closed" : started ? " started" : "") + "]";
    }

    /**
     * Collects the options of an outbox. {@link #build()} reports every problem at once.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private static final Duration LEAST_LEASE = Duration.ofSeconds(1);
        private static final Duration MOST_MARGIN = Duration.ofSeconds(2);

        private final SmsClient client;
        private final OutboxRepository repository;
        private final Map<Category, OnUnknown> onUnknown = new EnumMap<>(Category.class);
        private final List<OutboxListener> listeners = new ArrayList<>();
        private String name = "outbox";
        private int workers = 2;
        private int inFlight = 32;
        private @Nullable Duration lease;
        private int maxTries = 25;
        private Duration firstPause = Duration.ofSeconds(1);
        private Duration longestPause = Duration.ofMinutes(15);
        private Predicate<SmsMessage> inOrder = message -> false;
        private Duration settle = Duration.ofMinutes(1);
        private Duration lookFor = Duration.ofDays(3);
        private @Nullable Duration retention;
        private final List<IntSupplier> purgedAlong = new ArrayList<>();
        private Duration poll = Duration.ofSeconds(1);
        private Duration drain = Duration.ofMinutes(1);
        private @Nullable Supplier<? extends OutboxRepository> view;
        private Set<Line> reverted = EnumSet.noneOf(Line.class);

        private Builder(SmsClient client, OutboxRepository repository) {
            this.client = client;
            this.repository = repository;
        }

        /**
         * Names the process in the rows that it claims; something unique is added. Default {@code outbox}.
         *
         * @param value 1 to 32 characters of {@code a-z 0-9 . -}, such as the host's name
         * @return this builder
         */
        public Builder name(String value) {
            this.name = Objects.requireNonNull(value, "name");
            return this;
        }

        /**
         * Sets how many threads claim and record. Default 2, so that one waits for the store while the other one sends.
         *
         * @param value 1 to 64
         * @return this builder
         */
        public Builder workers(int value) {
            this.workers = value;
            return this;
        }

        /**
         * Sets how many messages each worker sends at once: they are begun together and recorded together, so more of them
         * make fewer transactions. A crash leaves at most this many in doubt for each worker. Default 32.
         *
         * @param value 1 to 1,000
         * @return this builder
         */
        public Builder inFlight(int value) {
            this.inFlight = value;
            return this;
        }

        /**
         * Sets for how long a claimed message is a worker's own; after a crash, others wait so long. Default: four times
         * the client's attempt timeout, and at least 30 s.
         *
         * @param value 1 s or longer, and more than twice the client's attempt timeout
         * @return this builder
         */
        public Builder lease(Duration value) {
            this.lease = Objects.requireNonNull(value, "lease");
            return this;
        }

        /**
         * Sets how a message is tried again that couldn't be sent, and of which it is proven that nothing was created.
         * Only where a provider was asked does it count as a try: waiting for our own limits, quiet hours, budgets and the
         * kill switch, for a provider that told us to wait, or for one that is left alone after failures doesn't. Default:
         * 25 tries, from 1 s doubling to 15 min.
         *
         * @param maxTries 1 or more; after the last one it is rejected
         * @param first the first pause
         * @param longest the longest pause
         * @return this builder
         */
        public Builder retry(int maxTries, Duration first, Duration longest) {
            this.maxTries = maxTries;
            this.firstPause = Objects.requireNonNull(first, "first");
            this.longestPause = Objects.requireNonNull(longest, "longest");
            return this;
        }

        /**
         * Has messages to one recipient sent one after the other, in the order of their times, then of enqueuing: the next
         * one waits until the one before is settled or in doubt, also while that is held or waits to be tried again.
         * Default: no message waits for another.
         *
         * @param which the messages that wait for each other; asked when they are enqueued
         * @return this builder
         */
        public Builder inOrder(Predicate<SmsMessage> which) {
            this.inOrder = Objects.requireNonNull(which, "which");
            return this;
        }

        /**
         * Sets what is done about messages in doubt. Default {@link OnUnknown#HOLD}.
         *
         * @param category the messages
         * @param policy what is done
         * @return this builder
         */
        public Builder onUnknown(Category category, OnUnknown policy) {
            onUnknown.put(Objects.requireNonNull(category, "category"), Objects.requireNonNull(policy, "policy"));
            return this;
        }

        /**
         * Sets when providers are asked about messages in doubt. Default: 1 min after the doubt, then after twice as long
         * each time, for 3 days.
         *
         * @param settle how long a provider may take until its answers are complete, 1 s or longer
         * @param lookFor for how long it is asked
         * @return this builder
         */
        public Builder lookups(Duration settle, Duration lookFor) {
            this.settle = Objects.requireNonNull(settle, "settle");
            this.lookFor = Objects.requireNonNull(lookFor, "lookFor");
            return this;
        }

        /**
         * Has settled messages deleted. Default: they are kept.
         *
         * @param value how long after their last change, at least as long as the client keeps idempotency keys
         * @return this builder
         */
        public Builder retention(Duration value) {
            this.retention = Objects.requireNonNull(value, "retention");
            return this;
        }

        /**
         * Has something else deleted whenever this outbox would delete old messages, with {@link #retention} or without: hourly,
         * and where {@code ClusterPumps} run it, by one node at a time.
         *
         * @param value deletes a part of what is old and answers how many that were, such as {@code conversations::purge} of
         *     textonce-engagement; called again until that is 0. What it throws is logged, and it is called an hour later
         * @return this builder
         */
        public Builder alongWithPurge(IntSupplier value) {
            purgedAlong.add(Objects.requireNonNull(value, "alongWithPurge"));
            return this;
        }

        /**
         * Sets how often the store is asked when there is nothing to do. What this process enqueues is sent at once.
         * Default 1 s.
         *
         * @param value 10 ms or longer
         * @return this builder
         */
        public Builder poll(Duration value) {
            this.poll = Objects.requireNonNull(value, "poll");
            return this;
        }

        /**
         * Sets how long {@link SmsOutbox#close} waits for what is being sent. Default 1 min.
         *
         * @param value zero or longer
         * @return this builder
         */
        public Builder drain(Duration value) {
            this.drain = Objects.requireNonNull(value, "drain");
            return this;
        }

        /**
         * Adds a listener.
         *
         * @param value the listener
         * @return this builder
         */
        public Builder listener(OutboxListener value) {
            listeners.add(Objects.requireNonNull(value, "listener"));
            return this;
        }

        /**
         * Sets through which view of the store messages are enqueued, as by {@link SmsOutbox#in}: for hosts that can tell which
         * transaction the caller has open. Call {@link SmsOutbox#wake} after its commit; otherwise the messages wait for the
         * next poll. Default: the repository itself.
         *
         * @param current asked at each call of {@code enqueue}, on the caller's thread; what it throws ends the call, and
         *     nothing is enqueued
         * @return this builder
         */
        public Builder enqueueThrough(Supplier<? extends OutboxRepository> current) {
            this.view = Objects.requireNonNull(current, "current");
            return this;
        }

        /** For the tests that show that each of these lines is what prevents a second text. */
        Builder reverted(Line... lines) {
            reverted = Set.of(lines);
            return this;
        }

        /**
         * Builds the outbox. Nothing is started, and the store isn't asked.
         *
         * @return the outbox
         * @throws IllegalArgumentException naming every problem at once
         */
        public SmsOutbox build() {
            ClientDoor door = ClientDoor.Key.open(client);
            Duration timeout = door.attemptTimeout();
            Duration leased = lease != null ? lease : longer(timeout.multipliedBy(4), Duration.ofSeconds(30));
            List<String> problems = new ArrayList<>();
            if (!name.matches("[a-z0-9.-]{1,32}")) {
                problems.add("name: \"" + name + "\" is not 1 to 32 characters of a-z 0-9 . -");
            }
            within(problems, "workers", workers, 64);
            within(problems, "inFlight", inFlight, 1_000);
            within(problems, "maxTries", maxTries, Integer.MAX_VALUE);
            atLeast(problems, "lease", leased, LEAST_LEASE);
            if (timeout.multipliedBy(2).compareTo(leased) >= 0) {
                problems.add("lease: " + leased + " is not more than twice the client's attemptTimeout " + timeout
                        + "; a request must end well before the lease does");
            }
            atLeast(problems, "first pause", firstPause, Duration.ofMillis(1));
            atLeast(problems, "longest pause", longestPause, firstPause);
            atLeast(problems, "settle", settle, Duration.ofSeconds(1));
            atLeast(problems, "lookFor", lookFor, Duration.ZERO);
            atLeast(problems, "poll", poll, Duration.ofMillis(10));
            atLeast(problems, "drain", drain, Duration.ZERO);
            if (retention != null) {
                atLeast(problems, "retention", retention, door.idempotencyRetention());
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException("SmsOutbox: " + String.join("; ", problems));
            }
            Duration tenth = leased.dividedBy(10);
            return new SmsOutbox(
                    this,
                    new Setup(
                            door,
                            repository,
                            name + "-" + MessageId.next(),
                            inFlight,
                            inFlight * 4,
                            leased,
                            tenth.compareTo(MOST_MARGIN) < 0 ? tenth : MOST_MARGIN,
                            maxTries,
                            firstPause,
                            longestPause,
                            inOrder,
                            Map.copyOf(onUnknown),
                            settle,
                            lookFor,
                            retention != null ? retention : Duration.ZERO,
                            List.copyOf(listeners),
                            Set.copyOf(reverted),
                            new Waiting(),
                            new Counters()));
        }

        private static Duration longer(Duration a, Duration b) {
            return a.compareTo(b) > 0 ? a : b;
        }

        private static void within(List<String> problems, String option, int value, int most) {
            if (value < 1 || value > most) {
                problems.add(option + ": " + value + " is not 1 to " + most);
            }
        }

        private static void atLeast(List<String> problems, String option, Duration value, Duration least) {
            if (value.compareTo(least) < 0) {
                problems.add(option + ": " + value + " is shorter than " + least);
            }
        }
    }
}
