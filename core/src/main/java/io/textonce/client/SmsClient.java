package io.textonce.client;

import io.textonce.Category;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Quote;
import io.textonce.RateCard;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.internal.ClientDoor;
import io.textonce.internal.Trace;
import io.textonce.memory.InMemoryIdempotencyRepository;
import io.textonce.memory.InMemoryLimitStore;
import io.textonce.memory.InMemorySpendRepository;
import io.textonce.memory.InMemoryStore;
import io.textonce.phone.PhoneNumbers;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SelfCheck;
import io.textonce.spi.SelfCheck.Finding;
import io.textonce.spi.SelfCheck.Level;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.TimeSource;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.LimitStore;
import io.textonce.store.MessageRepository;
import io.textonce.store.SpendRepository;
import io.textonce.store.SuppressionRepository;
import io.textonce.store.TemplateRepository;
import io.textonce.text.SmartEncoding;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages through the providers it is given: normalises, renders, counts, checks policy, submits, and tries again
 * or elsewhere only when it is proven that nothing was created.
 *
 * <p>Guaranteed: at most one transmission of a message without proof that the previous one created nothing; every call
 * ends in exactly one outcome within the deadline; every attempt is listed in the result. Not guaranteed: anything after a
 * crash of the process during a call, unless a {@link MessageRepository} is configured, whose row then stays in state
 * SENDING for somebody to settle. It isn't exactly once: an unknown outcome is reported, never guessed.
 *
 * <pre>{@code
 * try (SmsClient sms = SmsClient.builder().provider(TwilioProvider.fromEnvironment()).defaultRegion("AU").build()) {
 *     SendResult result = sms.send(SmsMessage.to("0491 570 156").text("See you at 10:30").build());
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe: share one.
 */
public final class SmsClient implements SmsSender, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SmsClient.class);

    private final ProviderSlots own;
    private final @Nullable Tenants tenants;
    private final Admission admission;
    private final SendEngine engine;
    private final @Nullable Spending spending;
    private final Idempotency idempotency;
    private final Supplier<MessageId> ids;
    private final List<SmsListener> listeners;
    private final List<Finding> configuration;
    private final TimeSource time;
    private final SendThreads threads;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Duration longestSend;
    private final Door door;

    static {
        ClientDoor.Key.cut(client -> ((SmsClient) client).door);
    }

    private SmsClient(Builder b, PhoneNumbers phones) {
        ProviderSlots.Settings with = new ProviderSlots.Settings(b.breaker, b.time, phones, b.random);
        this.own = ProviderSlots.of(b.providers, b.routing, null, with);
        this.tenants = b.source == null ? null : new Tenants(b.source, b.tenantCache, b.deadline, own, with);
        SuppressionRepository suppressions = b.suppressions != null ? b.suppressions : new InMemoryStore();
        this.ids = b.ids;
        this.time = b.time;
        this.threads = new SendThreads(b.executor);
        this.listeners = List.copyOf(b.listeners);
        Wishes wishes = b.preferences == null ? Wishes.NONE : new Wishes(b.preferences);
        this.admission =
                new Admission(phones, b.mobileOnly, b.templates, b.smartEncoding, b.rates, b.allowed(), wishes);
        this.spending = b.caps.isEmpty()
                ? null
                : new Spending(
                        b.spend != null ? b.spend : new InMemorySpendRepository(),
                        b.caps,
                        Objects.requireNonNull(b.rates, "rates"));
        this.engine = new SendEngine(new SendEngine.Settings(
                b.time,
                b.retry,
                b.attemptTimeout,
                b.deadline,
                b.disabled,
                suppressions,
                wishes,
                new Limits(b.limitStore != null ? b.limitStore : new InMemoryLimitStore(), b.limits),
                b.windows.isEmpty()
                        ? null
                        : new SendingWindows(b.windows, b.zones != null ? b.zones : phones::zonesOf, phones),
                spending,
                b.rates,
                b.messages,
                b.ids,
                listeners,
                b.permissions));
        this.idempotency = new Idempotency(
                b.idempotency != null ? b.idempotency : new InMemoryIdempotencyRepository(),
                b.idempotencyRetention,
                b.messages,
                b.time);
        this.longestSend = b.deadline.plus(b.attemptTimeout);
        this.door = new Door(
                this,
                admission,
                engine,
                idempotency,
                threads,
                ids,
                listeners,
                time,
                b.attemptTimeout,
                b.idempotencyRetention);
        this.configuration = findings(b, suppressions);
        for (Finding finding : configuration) {
            if (finding.level() == Level.WARNING) {
                log.warn("{}: {}; {}", finding.subject(), finding.detail(), finding.remedy());
            }
        }
    }

    /**
     * Starts a client.
     *
     * @return a builder with no provider yet
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public SendResult send(SmsMessage message) {
        Objects.requireNonNull(message, "message");
        requireOpen();
        return deliver(message, null, Channel.ALONE);
    }

    /**
     * Sends one message without making the caller wait: on the executor given to {@link Builder#executor}, else on
     * threads of the client's own, which are virtual where the runtime has them (Java 21 and later).
     *
     * <p>Cancelling the future, completing it or letting it time out stops the waiting and nothing else: the message is
     * sent all the same, and its outcome reaches the record and the listeners. Stages that follow without an executor of
     * their own run on the sending thread.
     *
     * <p>Saturation: the client's own threads send 256 messages at once (64 before Java 21) and keep 10,000 more waiting.
     * What comes on top isn't queued and doesn't block: its result is rejected at once, with reason
     * {@link Reason#RATE_LIMITED} and proof {@link Proof#LOCAL_POLICY}; listeners are told, but no row is written. The same
     * goes for a host's executor that refuses work. For many messages use {@link #bulk()}.
     *
     * <pre>{@code
     * sms.sendAsync(message).thenAccept(result -> log.info("{}", result));
     * }</pre>
     *
     * @param message what to send, never null
     * @return the outcome to come. It fails with {@link io.textonce.SmsStoreException} where {@link #send} would throw it,
     *     and with {@link IllegalStateException} if the client is closed before the send begins; either way nothing was sent
     * @throws NullPointerException if {@code message} is null
     * @throws IllegalStateException if the client is closed
     */
    public CompletableFuture<SendResult> sendAsync(SmsMessage message) {
        Objects.requireNonNull(message, "message");
        requireOpen();
        CompletableFuture<SendResult> outcome = new CompletableFuture<>();
        try {
            threads.execute(() -> complete(outcome, message));
        } catch (RejectedExecutionException e) {
            requireOpen();
            SendResult result = engine.turnAway(
                    message, "too many sends wait already; wait for earlier ones, or use bulk() for many messages");
            SendEngine.tell(listeners, listener -> listener.onResult(message, result));
            outcome.complete(result);
        }
        return outcome;
    }

    private void complete(CompletableFuture<SendResult> outcome, SmsMessage message) {
        try {
            outcome.complete(send(message));
        } catch (Throwable e) {
            outcome.completeExceptionally(e);
        }
    }

    /**
     * Prepares to send any number of messages, several at a time, in constant memory.
     *
     * @return the options of a run, with their defaults
     */
    public Bulk bulk() {
        return new Bulk(this);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw closedAlready();
        }
    }

    static IllegalStateException closedAlready() {
        return new IllegalStateException("the client is closed; nothing was sent. Share one client and close it last");
    }

    /** Sends whether or not the client was closed meanwhile. The message's own key goes before the one given here. */
    SendResult deliver(SmsMessage message, @Nullable String key, Channel channel) {
        SendResult result = outcome(message, message.idempotencyKey().orElse(key), channel);
        SendEngine.tell(listeners, listener -> listener.onResult(message, result));
        return result;
    }

    private SendResult outcome(SmsMessage message, @Nullable String key, Channel channel) {
        ProviderSlots providers = enter(message.tenant());
        try {
            return outcome(message, key, channel, providers);
        } finally {
            leave(providers);
        }
    }

    private SendResult outcome(SmsMessage message, @Nullable String key, Channel channel, ProviderSlots providers) {
        Admission.Verdict verdict = admission.admit(message, providers);
        if (verdict instanceof Admission.Refused refused) {
            return refuse(message, key, providers, refused);
        }
        Admission.Admitted admitted = (Admission.Admitted) verdict;
        MessageId id = ids.get();
        return key == null
                ? engine.deliver(admitted, id, channel)
                : idempotency.once(admitted, id, key, wanted -> engine.deliver(admitted, wanted, channel));
    }

    /** What somebody chose later doesn't change what became of a key before. */
    private SendResult refuse(
            SmsMessage message, @Nullable String key, ProviderSlots providers, Admission.Refused refused) {
        return key != null
                        && refused.reason() == Reason.OPTED_OUT
                        && admission.admitUnasked(message, providers) instanceof Admission.Admitted admitted
                ? idempotency.once(admitted, ids.get(), key, unused -> engine.refuse(message, refused))
                : engine.refuse(message, refused);
    }

    ProviderSlots enter(TenantId tenant) {
        return tenants == null ? own : tenants.enter(tenant);
    }

    void leave(ProviderSlots providers) {
        if (tenants != null) {
            tenants.leave(providers);
        }
    }

    /** Whose opt-outs are asked for in one question. */
    private record Asked(TenantId tenant, @Nullable SenderId sender) {}

    /** What admission came to, and what was asked for it; null if it was refused. */
    private record Checked(
            Admission.Verdict verdict, @Nullable Asked asked) {}

    /** Counts what would become of some messages, for {@link Bulk#check}. */
    void check(List<SmsMessage> messages, boolean choicesKnown, BulkCheck.Counter counter) {
        List<Checked> all = new ArrayList<>(messages.size());
        Map<Asked, Set<PhoneNumber>> numbers = new HashMap<>();
        for (SmsMessage message : messages) {
            Checked checked = check(message, choicesKnown);
            all.add(checked);
            if (checked.verdict() instanceof Admission.Admitted admitted) {
                numbers.computeIfAbsent(Objects.requireNonNull(checked.asked()), asked -> new HashSet<>())
                        .add(admitted.to());
            }
        }
        Map<Asked, Set<PhoneNumber>> out = new HashMap<>();
        numbers.forEach((asked, some) -> out.put(asked, engine.suppressed(asked.tenant(), some, asked.sender())));
        for (Checked checked : all) {
            if (checked.verdict() instanceof Admission.Admitted admitted) {
                counter.admitted(
                        admitted, out.getOrDefault(checked.asked(), Set.of()).contains(admitted.to()));
            } else {
                counter.refused((Admission.Refused) checked.verdict());
            }
        }
    }

    private Checked check(SmsMessage message, boolean choicesKnown) {
        ProviderSlots providers = enter(message.tenant());
        try {
            Admission.Verdict verdict =
                    choicesKnown ? admission.admitUnasked(message, providers) : admission.admit(message, providers);
            return new Checked(
                    verdict,
                    verdict instanceof Admission.Admitted admitted
                            ? new Asked(
                                    message.tenant(),
                                    SendEngine.sender(
                                            message, admitted.candidates().get(0)))
                            : null);
        } finally {
            leave(providers);
        }
    }

    /**
     * Asks the {@link ProviderSource} for a tenant's providers again, now: for hosts that know when credentials change. When
     * this returns, the tenant's next message goes by the new answer; messages under way finish on the old providers. Waits
     * for the source, and does nothing for a tenant that hasn't sent lately, or without a source.
     *
     * @param tenant the tenant
     * @throws io.textonce.SmsStoreException if the source fails, or what it gives can't be used; the providers known so far
     *     go on serving
     * @throws IllegalStateException if the client is closed
     */
    public void reload(TenantId tenant) {
        Objects.requireNonNull(tenant, "tenant");
        requireOpen();
        if (tenants != null) {
            tenants.reload(tenant);
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    TimeSource time() {
        return time;
    }

    Door door() {
        return door;
    }

    List<SmsListener> listeners() {
        return listeners;
    }

    /** After so long, counted from when it began, no send has a request under way. */
    Duration longestSend() {
        return longestSend;
    }

    SendThreads threads() {
        return threads;
    }

    /**
     * What a message amounts to, without sending it and without any network: encoding, segments, cost, why it would be
     * refused, and in the warnings what a person should know, such as the characters that force UCS-2.
     *
     * @param message the message
     * @return the quote, by the rules of the provider that would be tried first; where weights decide, one is drawn as for
     *     a send
     */
    public Quote quote(SmsMessage message) {
        ProviderSlots providers = enter(message.tenant());
        try {
            return admission.explain(message, providers);
        } finally {
            leave(providers);
        }
    }

    /**
     * What is left of each {@link SpendCap} that holds for messages of a tenant.
     *
     * @param tenant the tenant
     * @param labels the labels of the messages in question, for caps that count by label
     * @return a budget for each cap, in the order in which they were added; none without caps
     * @throws io.textonce.SmsStoreException if the spend repository fails
     */
    public List<Budget> budgets(TenantId tenant, Label... labels) {
        Objects.requireNonNull(tenant, "tenant");
        try {
            return spending == null ? List.of() : spending.budgets(tenant, List.of(labels), time.now());
        } catch (RuntimeException e) {
            throw new SmsStoreException("SpendRepository.committed", e);
        }
    }

    /**
     * The client's own providers that aren't asked now because they failed repeatedly: their breaker is open. Asks nobody,
     * so it suits a health check that runs every few seconds.
     *
     * @return for how long yet, by the provider's name, in the order in which they were added; empty if all may be asked
     */
    public Map<String, Duration> openBreakers() {
        return open(own);
    }

    /**
     * The providers of a tenant that aren't asked now, as {@link #openBreakers()}. It never asks the {@link ProviderSource}.
     *
     * @param tenant whose providers
     * @return for how long yet, by the provider's name; empty if all may be asked, or nothing was sent for the tenant lately
     */
    public Map<String, Duration> openBreakers(TenantId tenant) {
        Objects.requireNonNull(tenant, "tenant");
        return tenants == null
                ? open(own)
                : tenants.present(tenant).map(SmsClient::open).orElse(Map.of());
    }

    private static Map<String, Duration> open(ProviderSlots providers) {
        Map<String, Duration> open = new LinkedHashMap<>();
        for (ProviderSlot slot : providers.all()) {
            Duration left = slot.openFor();
            if (!left.isZero()) {
                open.put(slot.name(), left);
            }
        }
        return Collections.unmodifiableMap(open);
    }

    /**
     * Looks at configuration and providers and says what is right and wrong. Makes no paid call and shows no secret.
     *
     * @return what was found; of the providers of tenants only how many tenants are held
     */
    public Diagnosis diagnose() {
        List<Finding> findings = new ArrayList<>(configuration);
        if (tenants != null) {
            findings.add(new Finding(Level.OK, "tenants", tenants.size() + " with providers at hand", ""));
        }
        look(own, findings);
        return new Diagnosis(findings);
    }

    /**
     * Looks at the providers through which a tenant sends, as {@link #diagnose()}.
     *
     * @param tenant the tenant; the {@link ProviderSource} is asked as for a send
     * @return what was found
     * @throws io.textonce.SmsStoreException if nothing is known of the tenant and the source fails
     */
    public Diagnosis diagnose(TenantId tenant) {
        List<Finding> findings = new ArrayList<>();
        ProviderSlots providers = enter(Objects.requireNonNull(tenant, "tenant"));
        try {
            if (providers.all().isEmpty()) {
                findings.add(new Finding(
                        Level.ERROR, "providers", providers.nobody(), "give it some, or TenantProviders.shared()"));
            }
            look(providers, findings);
        } finally {
            leave(providers);
        }
        return new Diagnosis(findings);
    }

    private static void look(ProviderSlots providers, List<Finding> findings) {
        for (ProviderSlot slot : providers.all()) {
            findings.add(slot.health());
            slot.provider().role(SelfCheck.class).ifPresent(check -> findings.addAll(ask(slot, check)));
        }
    }

    private static List<Finding> ask(ProviderSlot slot, SelfCheck check) {
        List<Finding> named = new ArrayList<>();
        try {
            for (Finding each : check.check()) {
                named.add(new Finding(each.level(), slot.name() + " " + each.subject(), each.detail(), each.remedy()));
            }
        } catch (RuntimeException e) {
            named.add(new Finding(
                    Level.ERROR,
                    slot.name(),
                    "its self-check failed: " + Trace.of(e),
                    "report it to the provider's module"));
        }
        return named;
    }

    private static List<Finding> findings(Builder b, SuppressionRepository suppressions) {
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(Level.OK, "providers", b.shown(), ""));
        findings.add(
                b.region == null
                        ? new Finding(
                                Level.OK,
                                "defaultRegion",
                                "none: numbers must be international",
                                "set defaultRegion(\"AU\")")
                        : new Finding(Level.OK, "defaultRegion", b.region, ""));
        boolean real = b.source != null
                || b.providers.stream()
                        .anyMatch(
                                provider -> provider.role(SandboxProvider.class).isEmpty());
        if (b.suppressions == null) {
            findings.add(new Finding(
                    real ? Level.WARNING : Level.OK,
                    "suppressions",
                    "opt-outs are kept in memory, inside this client: a STOP that a webhook receiver takes isn't seen",
                    "give client and receiver the same SuppressionRepository"));
        } else if (real && suppressions instanceof InMemoryStore) {
            findings.add(new Finding(
                    Level.WARNING,
                    "suppressions",
                    "opt-outs are kept in memory and are lost on exit",
                    "give a SuppressionRepository on your database"));
        }
        findings.add(
                b.messages == null
                        ? new Finding(
                                Level.OK,
                                "messages",
                                "not recorded: a crash during a send loses its outcome",
                                "give a MessageRepository if that matters")
                        : new Finding(Level.OK, "messages", "recorded", ""));
        if (!b.caps.isEmpty()) {
            boolean lost = b.spend == null || b.spend instanceof InMemorySpendRepository;
            findings.add(new Finding(
                    real && lost ? Level.WARNING : Level.OK,
                    "spend",
                    lost ? "what was spent is kept in memory: after a restart every spend cap is whole again" : "kept",
                    lost ? "give a SpendRepository on your database" : ""));
        }
        return findings;
    }

    /**
     * Closes the client and the providers that it was given, and those of tenants as soon as no send uses them. Idempotent,
     * and waits for nothing: sends under way keep their outcome; later ones, and those of {@link #sendAsync} that haven't begun, end in {@link IllegalStateException};
     * a bulk run starts no further message. To lose none, wait for futures and runs first.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            threads.close();
            own.leave();
            if (tenants != null) {
                tenants.close();
            }
        }
    }

    @Override
    public String toString() {
        return "SmsClient" + own.names();
    }

    /**
     * Collects providers and policies. {@link #build()} reports every problem at once.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        /** What {@link io.textonce.spi.http.HttpTransport} takes; more would throw at every submit. */
        private static final Duration LONGEST_ATTEMPT = Duration.ofHours(1);

        private final List<SmsProvider> providers = new ArrayList<>();
        private final List<SmsListener> listeners = new ArrayList<>();
        private final List<RateLimit> limits = new ArrayList<>();
        private final List<SpendCap> caps = new ArrayList<>();
        private @Nullable SpendRepository spend;
        private final List<SendingWindow> windows = new ArrayList<>();
        private final Map<Category, Set<String>> countries = new EnumMap<>(Category.class);
        private final Map<Category, Integer> maxSegments = new EnumMap<>(Category.class);
        private Set<String> countriesOfOthers = Set.of();
        private int maxSegmentsOfOthers = Integer.MAX_VALUE;
        private @Nullable Function<PhoneNumber, Set<ZoneId>> zones;
        private @Nullable Routing routing;
        private @Nullable ProviderSource source;
        private Tenants.Cache tenantCache = new Tenants.Cache(1_000, Duration.ofMinutes(1), Duration.ofMinutes(15));
        private RetryPolicy retry = RetryPolicy.backoff(3, Duration.ofMillis(200), Duration.ofSeconds(5));
        private @Nullable BreakerPolicy breaker = BreakerPolicy.of(50, 20, Duration.ofSeconds(30));
        private Duration attemptTimeout = Duration.ofSeconds(30);
        private Duration deadline = Duration.ofMinutes(2);
        private @Nullable String region;
        private boolean mobileOnly;
        private @Nullable RateCard rates;
        private SmartEncoding smartEncoding = SmartEncoding.NONE;
        private Predicate<TenantId> disabled = tenant -> false;
        private @Nullable MessageRepository messages;
        private @Nullable SuppressionRepository suppressions;
        private @Nullable TemplateRepository templates;
        private @Nullable PreferenceSource preferences;
        private @Nullable IdempotencyRepository idempotency;
        private Duration idempotencyRetention = Duration.ofDays(30);
        private @Nullable LimitStore limitStore;
        private @Nullable Executor executor;
        private TimeSource time = TimeSource.system();
        private Supplier<MessageId> ids = MessageId::next;
        private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();
        private Function<SubmitReply, Next> permissions = Next::after;

        private Builder() {}

        /**
         * Adds a provider instance; at least one, unless {@link #providers} has a source. The client closes it when it is
         * closed itself.
         *
         * @param provider the provider
         * @return this builder
         */
        public Builder provider(SmsProvider provider) {
            providers.add(Objects.requireNonNull(provider, "provider"));
            return this;
        }

        /**
         * Sets where the providers of each tenant are found at run time. Providers added to this builder then serve only
         * the tenants for which the source says so, with {@link TenantProviders#shared()}.
         *
         * @param value the source
         * @return this builder
         */
        public Builder providers(ProviderSource value) {
            this.source = Objects.requireNonNull(value, "providers");
            return this;
        }

        /**
         * Sets how much of a {@link ProviderSource}'s answers is kept, and how long. Default: 1,000 tenants, 1 min, 15 min.
         *
         * @param most of how many tenants, about, 1 or more; those that sent least lately go first
         * @param refresh how old an answer may be before the source is asked again, 1 s or longer
         * @param idle how long after a tenant's last message its providers are closed, 1 s or longer; it happens with
         *     the next message of any tenant, at most a quarter of that time late
         * @return this builder
         */
        public Builder tenantCache(int most, Duration refresh, Duration idle) {
            this.tenantCache = new Tenants.Cache(
                    most, Objects.requireNonNull(refresh, "refresh"), Objects.requireNonNull(idle, "idle"));
            return this;
        }

        /**
         * Sets the order in which providers are tried. Default: the order in which they were added.
         *
         * @param value the routing
         * @return this builder
         */
        public Builder routing(Routing value) {
            this.routing = Objects.requireNonNull(value, "routing");
            return this;
        }

        /**
         * Sets how often a provider is asked again on proof. Default: 3 times, from 200 ms to 5 s.
         *
         * @param value the policy
         * @return this builder
         */
        public Builder retry(RetryPolicy value) {
            this.retry = Objects.requireNonNull(value, "retry");
            return this;
        }

        /**
         * Sets when a failing provider is left alone. Default: at 50 % of the last 20 submits, for 30 s.
         *
         * @param value the policy, or null for never
         * @return this builder
         */
        public Builder breaker(@Nullable BreakerPolicy value) {
            this.breaker = value;
            return this;
        }

        /**
         * Sets how long one request may take, connecting included. Default 30 s.
         *
         * @param value 100 ms to 1 h
         * @return this builder
         */
        public Builder attemptTimeout(Duration value) {
            this.attemptTimeout = Objects.requireNonNull(value, "attemptTimeout");
            return this;
        }

        /**
         * Sets how long a whole send may take, waits and failover included. Default 2 min.
         *
         * @param value 100 ms or longer, and shorter than idempotency keys are kept
         * @return this builder
         */
        public Builder deadline(Duration value) {
            this.deadline = Objects.requireNonNull(value, "deadline");
            return this;
        }

        /**
         * Sets the region whose way of writing numbers is understood without a country code. Default: none.
         *
         * @param iso an ISO 3166 code of two letters, such as {@code AU}
         * @return this builder
         */
        public Builder defaultRegion(String iso) {
            this.region = Objects.requireNonNull(iso, "defaultRegion");
            return this;
        }

        /**
         * Refuses numbers that aren't valid mobile numbers by the numbering plan. Default: possible numbers pass.
         *
         * @return this builder
         */
        public Builder mobileOnly() {
            this.mobileOnly = true;
            return this;
        }

        /**
         * Sets what segments cost, for quotes and estimates.
         *
         * @param value the rate card
         * @return this builder
         */
        public Builder rates(RateCard value) {
            this.rates = Objects.requireNonNull(value, "rates");
            return this;
        }

        /**
         * Sets whether characters that force UCS-2 are replaced by look-alikes when that saves segments. Default: never.
         *
         * @param value the level and its rules
         * @return this builder
         */
        public Builder smartEncoding(SmartEncoding value) {
            this.smartEncoding = Objects.requireNonNull(value, "smartEncoding");
            return this;
        }

        /**
         * Sets the kill switch: asked before every submit.
         *
         * @param value true for a tenant for which nothing may be sent now
         * @return this builder
         */
        public Builder disabledWhen(Predicate<TenantId> value) {
            this.disabled = Objects.requireNonNull(value, "disabledWhen");
            return this;
        }

        /**
         * Adds a rate limit; several hold together.
         *
         * @param value the limit
         * @return this builder
         */
        public Builder rateLimit(RateLimit value) {
            limits.add(Objects.requireNonNull(value, "rateLimit"));
            return this;
        }

        /**
         * Adds a cap on what may be spent; several hold together. Needs {@link #rates}.
         *
         * @param value the cap
         * @return this builder
         */
        public Builder spendCap(SpendCap value) {
            caps.add(Objects.requireNonNull(value, "spendCap"));
            return this;
        }

        /**
         * Counts what was spent against the caps. Default: in memory, for this process alone.
         *
         * @param value the repository
         * @return this builder
         */
        public Builder spend(SpendRepository value) {
            this.spend = Objects.requireNonNull(value, "spend");
            return this;
        }

        /**
         * Adds hours outside of which nothing is sent; several hold together. Asked before every submit, by the recipient's
         * clock: what is refused has reason {@link Reason#QUIET_HOURS} and says when the hours are open again. Default: none.
         *
         * @param value the hours
         * @return this builder
         */
        public Builder sendingWindow(SendingWindow value) {
            windows.add(Objects.requireNonNull(value, "sendingWindow"));
            return this;
        }

        /**
         * Sets how the time zones of a recipient are found where the message names none. Default:
         * {@link PhoneNumbers#zonesOf}.
         *
         * @param value all zones that the owner of a number may be in; none means unknown, and then nothing is sent in a
         *     category that has a sending window. What it throws ends the send as a failing store would
         * @return this builder
         */
        public Builder zones(Function<PhoneNumber, Set<ZoneId>> value) {
            this.zones = Objects.requireNonNull(value, "zones");
            return this;
        }

        /**
         * Allows messages to some countries only, by the recipient's number; what is refused has reason
         * {@link Reason#BLOCKED}. A number whose country isn't known isn't allowed. Countries that share a country code,
         * such as those of +1, are told apart. Default: anywhere.
         *
         * @param iso two letters each, such as {@code AU}; together with those of earlier calls
         * @return this builder
         * @throws IllegalArgumentException if none is named
         */
        public Builder allowCountries(String... iso) {
            countriesOfOthers = union(countriesOfOthers, iso);
            return this;
        }

        /**
         * Allows messages of a category to some countries only, instead of {@link #allowCountries(String...)}.
         *
         * @param category the category
         * @param iso two letters each; together with those of earlier calls
         * @return this builder
         * @throws IllegalArgumentException if none is named
         */
        public Builder allowCountries(Category category, String... iso) {
            countries.merge(category, union(Set.of(), iso), (a, b) -> union(a, b.toArray(new String[0])));
            return this;
        }

        private static Set<String> union(Set<String> some, String... more) {
            if (more.length == 0) {
                throw new IllegalArgumentException(
                        "allowCountries: none is named; name at least one, or leave it out to allow all");
            }
            Set<String> all = new HashSet<>(some);
            for (String iso : more) {
                all.add(iso.toUpperCase(Locale.ROOT));
            }
            return all;
        }

        /**
         * Refuses longer texts, with reason {@link Reason#CONTENT}. A provider that would count more isn't asked. Default:
         * what the providers take.
         *
         * @param most segments, 1 or more
         * @return this builder
         */
        public Builder maxSegments(int most) {
            this.maxSegmentsOfOthers = most;
            return this;
        }

        /**
         * Refuses longer texts of a category, instead of {@link #maxSegments(int)}.
         *
         * @param category the category
         * @param most segments, 1 or more
         * @return this builder
         */
        public Builder maxSegments(Category category, int most) {
            this.maxSegments.put(Objects.requireNonNull(category, "category"), most);
            return this;
        }

        /** Null if everything is allowed. */
        private @Nullable Allowed allowed() {
            Map<Category, Set<String>> regions = new EnumMap<>(countries);
            Map<Category, Integer> segments = new EnumMap<>(maxSegments);
            for (Category category : Category.values()) {
                if (!countriesOfOthers.isEmpty()) {
                    regions.putIfAbsent(category, countriesOfOthers);
                }
                if (maxSegmentsOfOthers < Integer.MAX_VALUE) {
                    segments.putIfAbsent(category, maxSegmentsOfOthers);
                }
            }
            return regions.isEmpty() && segments.isEmpty() ? null : new Allowed(regions, segments);
        }

        /**
         * Records messages: a row before the first submit, completed afterwards. Default: none.
         *
         * @param value the repository
         * @return this builder
         */
        public Builder messages(MessageRepository value) {
            this.messages = Objects.requireNonNull(value, "messages");
            return this;
        }

        /**
         * Keeps opt-outs. Default: in memory, with a warning beside a real provider.
         *
         * @param value the repository, the same that the webhook receiver's journal writes
         * @return this builder
         */
        public Builder suppressions(SuppressionRepository value) {
            this.suppressions = Objects.requireNonNull(value, "suppressions");
            return this;
        }

        /**
         * Asks what people chose: which messages not to have, and in which language to have the others. Default: nobody is
         * asked.
         *
         * @param value the source, such as textonce-engagement's {@code PreferenceRepository}
         * @return this builder
         */
        public Builder preferences(PreferenceSource value) {
            this.preferences = Objects.requireNonNull(value, "preferences");
            return this;
        }

        /**
         * Finds templates. Default: none, so every template is missing.
         *
         * @param value the repository
         * @return this builder
         */
        public Builder templates(TemplateRepository value) {
            this.templates = Objects.requireNonNull(value, "templates");
            return this;
        }

        /**
         * Keeps idempotency keys. Default: in memory, for this process alone.
         *
         * @param value the repository
         * @param retention how long keys are kept, 1 h or longer, and never shorter than a message's notAfter
         * @return this builder
         */
        public Builder idempotency(IdempotencyRepository value, Duration retention) {
            this.idempotency = Objects.requireNonNull(value, "idempotency");
            this.idempotencyRetention = Objects.requireNonNull(retention, "retention");
            return this;
        }

        /**
         * Counts what rate limits allow. Default: in memory, for this process alone.
         *
         * @param value the store
         * @return this builder
         */
        public Builder limitStore(LimitStore value) {
            this.limitStore = Objects.requireNonNull(value, "limitStore");
            return this;
        }

        /**
         * Adds a listener.
         *
         * @param value the listener
         * @return this builder
         */
        public Builder listener(SmsListener value) {
            listeners.add(Objects.requireNonNull(value, "listener"));
            return this;
        }

        /**
         * Sets the source of time. Default: the system's.
         *
         * @param value the source
         * @return this builder
         */
        public Builder time(TimeSource value) {
            this.time = Objects.requireNonNull(value, "time");
            return this;
        }

        /**
         * Sets where {@link SmsClient#sendAsync} and the workers of {@link SmsClient#bulk} run, for hosts that manage their
         * threads. Default: threads of the client's own. The client never shuts this executor down.
         *
         * @param value runs every task that it doesn't refuse; one that drops tasks leaves futures without an end
         * @return this builder
         */
        public Builder executor(Executor value) {
            this.executor = Objects.requireNonNull(value, "executor");
            return this;
        }

        /** For tests that name their messages. */
        Builder ids(Supplier<MessageId> value) {
            this.ids = value;
            return this;
        }

        /** For tests that repeat what weights draw. */
        Builder random(DoubleSupplier value) {
            this.random = value;
            return this;
        }

        /** For the test that shows that the matrix is what prevents a second text. */
        Builder permissions(Function<SubmitReply, Next> value) {
            this.permissions = value;
            return this;
        }

        /**
         * Builds the client.
         *
         * @return the client
         * @throws IllegalArgumentException naming every problem at once: no provider, two of one name, a routing that
         *     names an unknown provider, none or an unknown country, an unknown region, a time out of range
         */
        public SmsClient build() {
            List<String> problems = new ArrayList<>();
            if (providers.isEmpty() && source == null) {
                problems.add("provider: none is set; add one, such as TwilioProvider or SandboxProvider");
            }
            ProviderSlots.check(providers, routing, problems);
            if (tenantCache.most() < 1) {
                problems.add("tenantCache: most " + tenantCache.most() + " is not 1 or more");
            }
            atLeast(problems, "tenantCache refresh", tenantCache.refresh(), Duration.ofSeconds(1));
            atLeast(problems, "tenantCache idle", tenantCache.idle(), Duration.ofSeconds(1));
            PhoneNumbers phones = phones(problems);
            policies(problems);
            atLeast(problems, "attemptTimeout", attemptTimeout, Duration.ofMillis(100));
            if (attemptTimeout.compareTo(LONGEST_ATTEMPT) > 0) {
                problems.add("attemptTimeout: " + attemptTimeout + " is longer than " + LONGEST_ATTEMPT);
            }
            atLeast(problems, "deadline", deadline, Duration.ofMillis(100));
            atLeast(problems, "idempotency retention", idempotencyRetention, Duration.ofHours(1));
            if (deadline.compareTo(idempotencyRetention) >= 0) {
                problems.add("deadline: " + deadline + " is not shorter than the idempotency retention "
                        + idempotencyRetention + "; a key must outlive its send");
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException("SmsClient: " + String.join("; ", problems));
            }
            phones.warmUp();
            return new SmsClient(this, phones);
        }

        private void policies(List<String> problems) {
            Set<String> regions = new TreeSet<>(countriesOfOthers);
            countries.values().forEach(regions::addAll);
            for (String iso : regions) {
                region(problems, "allowCountries", iso);
            }
            for (SendingWindow window : windows) {
                window.regions().forEach(iso -> region(problems, "sendingWindow", iso));
            }
            RateCard card = rates;
            for (SpendCap cap : caps) {
                if (card == null) {
                    problems.add("spendCap: " + cap.describe() + " needs to know what messages cost; set rates");
                } else if (!card.currency().equals(cap.limit().currency())) {
                    problems.add("spendCap: " + cap.describe() + " isn't in the rate card's currency, "
                            + card.currency().getCurrencyCode());
                }
            }
            List<Integer> most = new ArrayList<>(maxSegments.values());
            most.add(maxSegmentsOfOthers);
            for (int each : most) {
                if (each < 1) {
                    problems.add("maxSegments: " + each + " is not 1 or more");
                }
            }
        }

        private static void region(List<String> problems, String option, String iso) {
            try {
                PhoneNumbers.region(iso);
            } catch (IllegalArgumentException e) {
                problems.add(option + ": " + e.getMessage());
            }
        }

        private static void atLeast(List<String> problems, String option, Duration value, Duration least) {
            if (value.compareTo(least) < 0) {
                problems.add(option + ": " + value + " is shorter than " + least);
            }
        }

        private String shown() {
            String names =
                    String.join(", ", providers.stream().map(SmsProvider::name).toList());
            String fixed = routing == null ? names : routing.toString();
            return source == null ? fixed : "found for each tenant; shared: " + (names.isEmpty() ? "none" : fixed);
        }

        private PhoneNumbers phones(List<String> problems) {
            try {
                return region == null ? PhoneNumbers.international() : PhoneNumbers.region(region);
            } catch (IllegalArgumentException e) {
                problems.add("defaultRegion: " + e.getMessage());
                return PhoneNumbers.international();
            }
        }
    }
}
