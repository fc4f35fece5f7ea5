package io.textonce.engagement.campaign;

import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.client.BulkCheck;
import io.textonce.client.SmsClient;
import io.textonce.engagement.campaign.CampaignRepository.Row;
import io.textonce.engagement.campaign.CampaignRepository.Standing;
import io.textonce.engagement.campaign.RecipientSource.Placed;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.outbox.SmsOutbox;
import io.textonce.spi.TimeSource;
import io.textonce.store.MessageState;
import io.textonce.store.TemplateRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs campaigns: takes their recipients, a chunk at a time, and gives the messages to an outbox, which sends them.
 *
 * <p>Guaranteed: no recipient of a campaign gets a second message and none is left out, whatever crashes, in however many
 * processes it was launched: place, recipients and messages of a chunk are written together. When {@link #pause} or
 * {@link #cancel} has returned, no message of the campaign begins to be sent, in any process; how many are on their way is
 * told. A cap is never exceeded by a crash or a race: what a message may cost is reserved in the same step. Memory is
 * constant: a chunk of at most 1,000 recipients for each campaign. Not guaranteed: order; and who changes the source
 * meanwhile decides what it answers.
 *
 * <pre>{@code
 * Campaigns campaigns = Campaigns.builder(client, outbox, store.campaigns()).build();
 * campaigns.start();
 * System.out.println(campaigns.preview(spring));
 * campaigns.launch(spring);
 * campaigns.progress(TenantId.DEFAULT, "spring-2027").ifPresent(System.out::println);
 * campaigns.cancel(TenantId.DEFAULT, "spring-2027");
 * }</pre>
 *
 * <p>Thread-safe: share one. Close it before its outbox.
 */
public final class Campaigns implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Campaigns.class);
    private static final int MOST_ROUNDS = 1_000;
    private static final int PAGE = 1_000;

    private static final int DEEPEST = 5;
    private static final Duration REMIND = Duration.ofMinutes(10);

    private record Key(TenantId tenant, String id) {}

    private record Failure(String what, Instant told) {}

    private final SmsClient client;
    private final SmsOutbox outbox;
    private final CampaignRepository repository;
    private final Wishes wishes;
    private final Expansion expansion;
    private final TimeSource time;
    private final Duration poll;
    private final Map<Key, Campaign> launched = new ConcurrentHashMap<>();
    private final ReentrantLock expanding = new ReentrantLock();
    private final Map<Key, Failure> failures = new HashMap<>();
    private final Semaphore work = new Semaphore(0);
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    private Campaigns(Builder b) {
        this.client = b.client;
        this.outbox = b.outbox;
        this.repository = b.repository;
        this.wishes = new Wishes(b.preferences, b.templates);
        this.time = b.time;
        this.poll = b.poll;
        this.expansion = new Expansion(b.outbox, repository, wishes, time, () -> closed);
    }

    /**
     * Starts a configuration.
     *
     * @param client the outbox's client, for previews
     * @param outbox sends the messages
     * @param repository keeps how far campaigns are; in the same database as the outbox's messages
     * @return a builder
     */
    public static Builder builder(SmsClient client, SmsOutbox outbox, CampaignRepository repository) {
        return new Builder(client, outbox, repository);
    }

    /**
     * Looks through a campaign's recipients without sending or storing anything. Runs on the calling thread and reads the
     * whole source. What the messages meet later, such as new opt-outs and limits, isn't foreseen.
     *
     * @param campaign what would be launched
     * @return what it comes to
     * @throws SmsStoreException if opt-outs can't be read
     */
    public CampaignPreview preview(Campaign campaign) {
        Preview preview = new Preview(campaign);
        BulkCheck check = client.bulk().choicesKnown().check(() -> preview);
        return new CampaignPreview(
                preview.recipients, preview.duplicates, preview.keys.isComplete(), preview.unwanted, check);
    }

    /**
     * Begins a campaign, or goes on with it where it was: after a restart, launch what isn't over again. In several
     * processes it may be launched too; they share the work. One that is paused, capped, stuck or over stays that.
     *
     * @param campaign what to send to whom
     * @return how far it is
     * @throws SmsStoreException if the repository failed; launching again does no harm
     * @throws IllegalStateException if closed
     */
    public CampaignProgress launch(Campaign campaign) {
        if (closed) {
            throw new IllegalStateException("the campaigns are closed; build others");
        }
        ask("open", () -> repository.open(Row.fresh(campaign.tenant(), campaign.id(), campaign.start(time.now()))));
        launched.put(new Key(campaign.tenant(), campaign.id()), campaign);
        work.release();
        return progress(campaign.tenant(), campaign.id())
                .orElseThrow(() -> new SmsStoreException(
                        "CampaignRepository.find", new IllegalStateException("it doesn't know what it opened")));
    }

    /**
     * Stops a campaign until it is resumed. When this has returned, none of its messages begins to be sent.
     *
     * @param tenant whose campaign
     * @param id its id
     * @return whether it is paused, and how many messages are on their way
     * @throws SmsStoreException if the repository failed; repeat it
     */
    public CampaignChange pause(TenantId tenant, String id) {
        return change(
                tenant,
                id,
                standing -> standing.row().state() != CampaignState.CANCELLED && canStillSend(standing),
                standing -> standing.row().in(CampaignState.PAUSED));
    }

    /**
     * Goes on with a campaign that was paused, or is capped or stuck. It must be launched, in this process or another one.
     *
     * @param tenant whose campaign
     * @param id its id
     * @return whether it runs
     * @throws SmsStoreException if the repository failed; repeat it
     */
    public CampaignChange resume(TenantId tenant, String id) {
        CampaignChange change = change(
                tenant,
                id,
                standing -> !standing.row().state().isOver(),
                standing -> standing.row().resumed(time.now(), standing.settled()));
        outbox.wake();
        work.release();
        return change;
    }

    /**
     * Ends a campaign. When this has returned, none of its messages begins to be sent, ever.
     *
     * @param tenant whose campaign
     * @param id its id
     * @return whether it is cancelled, and how many messages are on their way
     * @throws SmsStoreException if the repository failed; repeat it
     */
    public CampaignChange cancel(TenantId tenant, String id) {
        return change(
                tenant,
                id,
                standing -> standing.row().state() == CampaignState.CANCELLED || canStillSend(standing),
                standing -> standing.row().in(CampaignState.CANCELLED));
    }

    /** One that is completed may have messages in doubt, which its host may have sent again. */
    private static boolean canStillSend(Standing standing) {
        return !standing.row().state().isOver() || !standing.unsettled().isEmpty();
    }

    private interface Next {
        Row of(Standing standing);
    }

    private CampaignChange change(TenantId tenant, String id, Predicate<Standing> from, Next next) {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Optional<Standing> found = ask("find", () -> repository.find(tenant, id));
            if (found.isEmpty()) {
                return new CampaignChange(false, null, Map.of());
            }
            Standing standing = found.get();
            if (!from.test(standing)) {
                return new CampaignChange(false, standing.row().state(), standing.unsettled());
            }
            Row wanted = next.of(standing);
            Optional<Map<MessageState, Integer>> unsettled = ask("move", () -> repository.move(wanted));
            if (unsettled.isPresent()) {
                return new CampaignChange(true, wanted.state(), unsettled.get());
            }
        }
        throw new SmsStoreException(
                "CampaignRepository.move",
                new IllegalStateException("others changed the campaign " + MOST_ROUNDS + " times meanwhile"));
    }

    /**
     * How far a campaign is. Quick, however many recipients it has.
     *
     * @param tenant whose campaign
     * @param id its id
     * @return the progress; empty if it isn't known
     * @throws SmsStoreException if the repository failed
     */
    public Optional<CampaignProgress> progress(TenantId tenant, String id) {
        Campaign campaign = launched.get(new Key(tenant, id));
        return ask("find", () -> repository.find(tenant, id)).map(standing -> {
            OptionalLong size =
                    campaign == null ? OptionalLong.empty() : campaign.source().size(tenant, campaign.audience());
            return new CampaignProgress(
                    standing,
                    size.isPresent() ? size.getAsLong() : null,
                    time.now(),
                    campaign == null ? null : campaign.step());
        });
    }

    /**
     * What became of a campaign's messages, and what was spent. Reads all of them: seconds for a million.
     *
     * @param tenant whose campaign
     * @param id its id
     * @return the sums; none if it isn't known
     * @throws SmsStoreException if the repository failed
     */
    public CampaignReport report(TenantId tenant, String id) {
        return new CampaignReport(ask("outcomes", () -> repository.outcomes(tenant, id)));
    }

    private static <T> T ask(String operation, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw new SmsStoreException("CampaignRepository." + operation, e);
        }
    }

    /**
     * Takes as many recipients of the launched campaigns as may be now, on the calling thread. For hosts with a scheduler of
     * their own, and for tests. What fails for one campaign is logged and asked again the next time, and doesn't keep the
     * others back.
     *
     * @return how many recipients were taken
     */
    public int pump() {
        expanding.lock();
        try {
            int taken = 0;
            for (Campaign campaign : List.copyOf(launched.values())) {
                Key key = new Key(campaign.tenant(), campaign.id());
                try {
                    taken += pump(campaign);
                    failures.remove(key);
                } catch (RuntimeException e) {
                    failed(key, trace(e));
                }
            }
            return taken;
        } finally {
            expanding.unlock();
        }
    }

    /** Says it at once, and from then on now and then. */
    private void failed(Key key, String what) {
        Instant now = time.now();
        Failure last = failures.get(key);
        if (last == null
                || !last.what().equals(what)
                || !last.told().plus(REMIND).isAfter(now)) {
            failures.put(key, new Failure(what, now));
            log.error("campaign {} of {} waits, because a part of it failed: {}", key.id(), key.tenant(), what);
        }
    }

    /** Without messages: a host's may hold a name or a number. */
    private static String trace(Throwable thrown) {
        StringBuilder out = new StringBuilder();
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            StackTraceElement[] frames = cause.getStackTrace();
            out.append(depth == 0 ? "" : ", caused by ")
                    .append(cause.getClass().getName())
                    .append(frames.length == 0 ? "" : " at " + frames[0]);
            cause = cause.getCause();
        }
        return out.toString();
    }

    private int pump(Campaign campaign) {
        Standing standing = repository.find(campaign.tenant(), campaign.id()).orElse(null);
        if (standing == null || standing.row().state().isOver()) {
            launched.remove(new Key(campaign.tenant(), campaign.id()), campaign);
            return 0;
        }
        Instant now = time.now();
        boolean begun = !campaign.start(now).isAfter(now);
        return begun && standing.row().state() == CampaignState.RUNNING ? expansion.pass(campaign, standing) : 0;
    }

    /**
     * Starts a thread that takes recipients. Without it, that is done by {@link #pump()} only.
     *
     * @throws IllegalStateException if it was started or closed before
     */
    public void start() {
        expanding.lock();
        try {
            if (closed || thread != null) {
                throw new IllegalStateException(
                        closed ? "the campaigns are closed; build others" : "the campaigns are started already");
            }
            Thread own = new Thread(this::loop, "textonce-campaigns");
            own.setDaemon(true);
            thread = own;
            own.start();
        } finally {
            expanding.unlock();
        }
    }

    private void loop() {
        try {
            while (!closed) {
                if (pump() == 0) {
                    boolean woken = work.tryAcquire(poll.toNanos(), TimeUnit.NANOSECONDS);
                    log.trace("woken: {}", woken);
                    work.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            closed = true; // the thread is our own: only a host that ends everything interrupts it
        }
    }

    /** Stops taking recipients, after the chunk that is being taken. What was enqueued is the outbox's. Idempotent. */
    @Override
    public void close() {
        closed = true;
        work.release();
        Thread own = thread;
        try {
            if (own != null && own != Thread.currentThread()) {
                own.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "Campaigns[" + launched.size() + " launched" + (closed ? ", closed" : "") + "]";
    }

    /** The messages that a campaign would send, one after the other. */
    private final class Preview implements Iterator<SmsMessage> {
        private final Campaign campaign;
        private final KeyFilter keys = new KeyFilter();
        private Iterator<SmsMessage> page = List.<SmsMessage>of().iterator();
        private @Nullable String place;
        private boolean exhausted;
        private long recipients;
        private long duplicates;
        private long unwanted;

        private Preview(Campaign campaign) {
            this.campaign = campaign;
        }

        @Override
        public boolean hasNext() {
            while (!page.hasNext() && !exhausted) {
                read();
            }
            return page.hasNext();
        }

        @Override
        public SmsMessage next() {
            return page.next();
        }

        private void read() {
            List<Placed> all = campaign.source().after(campaign.tenant(), campaign.audience(), place, PAGE);
            exhausted = all.isEmpty();
            if (exhausted) {
                return;
            }
            place = all.get(all.size() - 1).place();
            List<SmsMessage> messages = new ArrayList<>(all.size());
            List<Optional<SmsMessage>> wanted = wishes.messages(campaign, all);
            for (int i = 0; i < all.size(); i++) {
                Recipient recipient = all.get(i).recipient();
                recipients++;
                if (wanted.get(i).isEmpty()) {
                    unwanted++;
                } else if (keys.seen(recipient.key().orElse(recipient.to()))) {
                    duplicates++;
                } else {
                    messages.add(wanted.get(i).get());
                }
            }
            page = messages.iterator();
        }
    }

    /**
     * Collects the options. {@link #build()} reports every problem at once.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final SmsClient client;
        private final SmsOutbox outbox;
        private final CampaignRepository repository;
        private @Nullable PreferenceRepository preferences;
        private @Nullable TemplateRepository templates;
        private TimeSource time = TimeSource.system();
        private Duration poll = Duration.ofSeconds(1);

        private Builder(SmsClient client, SmsOutbox outbox, CampaignRepository repository) {
            this.client = Objects.requireNonNull(client, "client");
            this.outbox = Objects.requireNonNull(outbox, "outbox");
            this.repository = Objects.requireNonNull(repository, "repository");
        }

        /**
         * Asks what recipients with a key chose. Default: nobody is asked.
         *
         * @param value the repository
         * @return this builder
         */
        public Builder preferences(PreferenceRepository value) {
            this.preferences = Objects.requireNonNull(value, "preferences");
            return this;
        }

        /**
         * Tells which languages a template has, so that the best of a person's languages is found; without it, the first one
         * is tried.
         *
         * @param value the client's own
         * @return this builder
         */
        public Builder templates(TemplateRepository value) {
            this.templates = Objects.requireNonNull(value, "templates");
            return this;
        }

        /**
         * Sets the clock, for tests.
         *
         * @param source the clock
         * @return this builder
         */
        public Builder time(TimeSource source) {
            this.time = Objects.requireNonNull(source, "time");
            return this;
        }

        /**
         * Sets how often campaigns are looked after when there is nothing to do. Default 1 s.
         *
         * @param value 10 ms or longer
         * @return this builder
         */
        public Builder poll(Duration value) {
            this.poll = Objects.requireNonNull(value, "poll");
            return this;
        }

        /**
         * Builds the campaigns. Nothing is started, and the repository isn't asked.
         *
         * @return the campaigns
         * @throws IllegalArgumentException if an option is out of range
         */
        public Campaigns build() {
            if (poll.compareTo(Duration.ofMillis(10)) < 0) {
                throw new IllegalArgumentException("Campaigns: poll: " + poll + " is shorter than 10 ms");
            }
            return new Campaigns(this);
        }
    }
}
