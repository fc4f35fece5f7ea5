package io.textonce.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.textonce.Attempt;
import io.textonce.DeliveryReport;
import io.textonce.InboundMessage;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Quote;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.outbox.OutboxListener;
import io.textonce.outbox.OutboxStats;
import io.textonce.outbox.SmsOutbox;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * Counts and times what a client, a webhook receiver and an outbox do. Tags are few and bounded: names of providers, and
 * words of this library in lower case; never a number, a text, an id, a tenant or a label.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>name</th><th>kind</th><th>tags</th></tr>
 * <tr><td>{@code textonce.attempts}</td><td>timer</td><td>provider, outcome, reason</td></tr>
 * <tr><td>{@code textonce.messages}</td><td>counter</td><td>provider, outcome, reason, category</td></tr>
 * <tr><td>{@code textonce.segments}, of accepted messages</td><td>counter</td><td>provider, category</td></tr>
 * <tr><td>{@code textonce.cost}, estimated, of accepted messages</td><td>counter</td><td>provider, category, currency</td></tr>
 * <tr><td>{@code textonce.unrecorded}, results that the store didn't take</td><td>counter</td><td>none</td></tr>
 * <tr><td>{@code textonce.reports}</td><td>counter</td><td>provider, status, reason</td></tr>
 * <tr><td>{@code textonce.inbound}</td><td>counter</td><td>provider, keyword</td></tr>
 * <tr><td>{@code textonce.outbox.deferred}</td><td>counter</td><td>reason</td></tr>
 * <tr><td>{@code textonce.outbox.settled}</td><td>counter</td><td>outcome</td></tr>
 * <tr><td>{@code textonce.outbox.resent}</td><td>counter</td><td>proven</td></tr>
 * <tr><td>{@code textonce.outbox.expired}, leases that ran out</td><td>counter</td><td>row (freed, doubted)</td></tr>
 * </table>
 *
 * <p>A tag that says nothing has the value {@code none}. Not guaranteed: a count for each message. A listener isn't told
 * what a crash cuts off; reports over the stored messages are exact.
 *
 * <pre>{@code
 * SmsMetrics metrics = new SmsMetrics(registry);
 * SmsClient sms = SmsClient.builder().provider(twilio).listener(metrics).build();
 * WebhookReceiver receiver = WebhookReceiver.builder(store).listener(metrics).build();
 * SmsOutbox outbox = SmsOutbox.builder(sms, store).listener(metrics).build();
 * metrics.watch(outbox);
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class SmsMetrics implements SmsListener, OutboxListener {

    private static final String NONE = "none";

    private final MeterRegistry registry;
    private final MeterProvider<Timer> attempts;
    private final MeterProvider<Counter> messages;
    private final MeterProvider<Counter> segments;
    private final MeterProvider<Counter> cost;
    private final Counter unrecorded;
    private final MeterProvider<Counter> reports;
    private final MeterProvider<Counter> inbound;
    private final MeterProvider<Counter> deferred;
    private final MeterProvider<Counter> settled;
    private final MeterProvider<Counter> resent;
    private final Counter freed;
    private final Counter doubted;

    /**
     * Registers the meters that have no tags; the others appear with their first count.
     *
     * @param registry the host's registry
     */
    public SmsMetrics(MeterRegistry registry) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.attempts = Timer.builder("textonce.attempts")
                .description("Tries of providers, each at most one request")
                .withRegistry(registry);
        this.messages = counter("textonce.messages", "Sends that came to an outcome");
        this.segments = counter("textonce.segments", "Segments of accepted messages");
        this.cost = counter("textonce.cost", "Estimated price of accepted messages, in units of the currency");
        this.unrecorded = Counter.builder("textonce.unrecorded")
                .description("Results that the store didn't take")
                .register(registry);
        this.reports = counter("textonce.reports", "Delivery reports, repeats excluded");
        this.inbound = counter("textonce.inbound", "Inbound messages, repeats excluded");
        this.deferred = counter("textonce.outbox.deferred", "Times that a message was put off");
        this.settled = counter("textonce.outbox.settled", "Doubts that evidence settled");
        this.resent = counter("textonce.outbox.resent", "Messages in doubt that are sent again");
        MeterProvider<Counter> expired = counter("textonce.outbox.expired", "Leases that ran out");
        this.freed = expired.withTag("row", "freed");
        this.doubted = expired.withTag("row", "doubted");
    }

    /**
     * Registers an outbox's own counts: {@code textonce.outbox.enqueued}, {@code refused}, {@code claimed}, {@code fenced},
     * {@code purged} and {@code store.failures}. The registry holds the outbox weakly.
     *
     * @param outbox whose counts
     * @return this
     */
    public SmsMetrics watch(SmsOutbox outbox) {
        watch(outbox, "enqueued", "Messages that it stored", OutboxStats::enqueued);
        watch(outbox, "refused", "Messages that it didn't take", OutboxStats::refused);
        watch(outbox, "claimed", "Rows that it claimed", OutboxStats::claimed);
        watch(outbox, "fenced", "Submits that it kept back for the lease's end", OutboxStats::fenced);
        watch(outbox, "purged", "Settled messages that it deleted", OutboxStats::purged);
        watch(outbox, "store.failures", "Calls to its store that failed", OutboxStats::storeFailures);
        return this;
    }

    private void watch(SmsOutbox outbox, String what, String description, ToDoubleFunction<OutboxStats> count) {
        FunctionCounter.builder("textonce.outbox." + what, outbox, each -> count.applyAsDouble(each.stats()))
                .description(description)
                .register(registry);
    }

    @Override
    public void onAttempt(MessageId messageId, Attempt attempt) {
        attempts.withTags(Tags.of(
                        "provider", attempt.provider(),
                        "outcome", Words.of(attempt.outcome()),
                        "reason", Words.of(attempt.reason().orElse(null))))
                .record(attempt.duration());
    }

    @Override
    public void onResult(SmsMessage message, SendResult result) {
        String provider = provider(result);
        String category = Words.of(message.category());
        messages.withTags(Tags.of(
                        "provider",
                        provider,
                        "outcome",
                        Words.of(result.outcome()),
                        "reason",
                        Words.of(reason(result)),
                        "category",
                        category))
                .increment();
        if (!result.recorded()) {
            unrecorded.increment();
        }
        if (result instanceof SendResult.Accepted accepted) {
            Tags tags = Tags.of("provider", provider, "category", category);
            Quote quote = accepted.quote().orElse(null);
            int count = accepted.segments().orElse(quote == null ? 0 : quote.segments());
            segments.withTags(tags).increment(count);
            Money price = accepted.price()
                    .or(() -> accepted.quote().flatMap(Quote::cost))
                    .orElse(null);
            if (price != null) {
                cost.withTags(tags.and("currency", price.currency().getCurrencyCode()))
                        .increment(price.amount().doubleValue());
            }
        }
    }

    @Override
    public void onEvent(SmsEvent event) {
        String provider = event.origin().provider();
        if (event instanceof DeliveryReport report) {
            reports.withTags(Tags.of(
                            "provider", provider,
                            "status", Words.of(report.status()),
                            "reason", Words.of(report.reason().orElse(null))))
                    .increment();
        } else if (event instanceof InboundMessage message) {
            inbound.withTags(Tags.of(
                            "provider",
                            provider,
                            "keyword",
                            Words.of(message.keyword().orElse(null))))
                    .increment();
        }
    }

    @Override
    public void onDeferred(TenantId tenant, MessageId id, SendResult.Rejected why, Instant until) {
        deferred.withTag("reason", Words.of(why.reason())).increment();
    }

    @Override
    public void onSettled(TenantId tenant, MessageId id, SendResult result) {
        settled.withTag("outcome", Words.of(result.outcome())).increment();
    }

    @Override
    public void onResend(TenantId tenant, MessageId id, boolean proven) {
        resent.withTag("proven", Boolean.toString(proven)).increment();
    }

    @Override
    public void onExpired(int free, int doubt) {
        freed.increment(free);
        doubted.increment(doubt);
    }

    private MeterProvider<Counter> counter(String name, String description) {
        return Counter.builder(name).description(description).withRegistry(registry);
    }

    /** Who has the message, or who was asked last; nobody where a policy of ours said no. */
    static String provider(SendResult result) {
        return result.fold(
                SendResult.Accepted::provider,
                rejected -> rejected.provider().orElseGet(() -> lastAsked(rejected.attempts())),
                SendResult.Unknown::provider);
    }

    private static String lastAsked(List<Attempt> attempts) {
        return attempts.isEmpty() ? NONE : attempts.get(attempts.size() - 1).provider();
    }

    static @org.jspecify.annotations.Nullable Reason reason(SendResult result) {
        return result instanceof SendResult.Rejected rejected ? rejected.reason() : null;
    }
}
