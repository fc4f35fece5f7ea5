package io.textonce.engagement.campaign;

import io.textonce.Money;
import io.textonce.RateCard;
import io.textonce.TenantId;
import io.textonce.client.RetryPolicy;
import io.textonce.client.SmsClient;
import io.textonce.engagement.preference.InMemoryPreferenceRepository;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.engagement.preference.Preferences;
import io.textonce.memory.InMemoryStore;
import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.outbox.SmsOutbox;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.Submission;
import io.textonce.template.Template;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A host with campaigns, in memory, whose time the test moves. Nothing runs by itself. */
final class Bench implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(10);

    static final Instant START = Instant.parse("2026-03-02T15:00:00Z");

    final VirtualClock clock;
    final FakeProvider provider;
    final InMemoryStore store;
    final InMemoryTemplateRepository templates = new InMemoryTemplateRepository();
    final AtomicInteger preferenceReads = new AtomicInteger();
    final PreferenceRepository preferences = new PreferenceRepository() {
        private final PreferenceRepository kept = new InMemoryPreferenceRepository();

        @Override
        public Map<String, Preferences> find(TenantId tenant, Collection<String> users) {
            preferenceReads.incrementAndGet();
            return kept.find(tenant, users);
        }

        @Override
        public void put(TenantId tenant, String user, Preferences chosen) {
            kept.put(tenant, user, chosen);
        }
    };
    final SmsClient client;
    final SmsOutbox outbox;
    final CampaignRepository repository;
    final Campaigns campaigns;

    Bench() {
        this(START, builder -> builder);
    }

    Bench(Instant start, UnaryOperator<SmsClient.Builder> more) {
        clock = new VirtualClock(start);
        provider = FakeProvider.of(SandboxProvider.builder().name("fake").time(clock));
        store = InMemoryStore.builder().time(clock).build();
        templates.put(Template.builder("sale")
                .variable("n")
                .text(Locale.ENGLISH, "Sale {{n}}")
                .text(Locale.GERMAN, "Verkauf {{n}}")
                .defaultLocale(Locale.ENGLISH)
                .build());
        templates.put(Template.builder("other")
                .variable("n")
                .text(Locale.ENGLISH, "Other {{n}}")
                .build());
        client = more.apply(SmsClient.builder()
                        .provider(provider)
                        .templates(templates)
                        .suppressions(store)
                        .breaker(null)
                        .retry(RetryPolicy.none())
                        .rates(RateCard.in("USD").rate("+1", "0.01").build())
                        .executor(Runnable::run)
                        .time(clock))
                .build();
        outbox = SmsOutbox.builder(client, store)
                .inFlight(8)
                .workers(1)
                .poll(POLL)
                .build();
        repository = new InMemoryCampaignRepository(store);
        campaigns = again();
    }

    /** As another process, or after a restart. */
    Campaigns again() {
        return Campaigns.builder(client, outbox, repository)
                .preferences(preferences)
                .templates(templates)
                .time(clock)
                .poll(POLL)
                .build();
    }

    static Recipient.Builder recipient(int n) {
        return Recipient.to(String.format(Locale.ROOT, "+1202555%04d", 100 + n % 100))
                .key("p" + n)
                .variable("n", Integer.toString(n));
    }

    static List<Recipient> recipients(int count) {
        List<Recipient> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(recipient(i).build());
        }
        return all;
    }

    static Campaign.Builder campaign(List<Recipient> recipients) {
        return Campaign.builder("spring", RecipientSource.of(recipients)).template("sale");
    }

    static Money usd(String amount) {
        return Money.of(amount, "USD");
    }

    /** Takes recipients and sends until nothing is due. */
    void run() {
        while (campaigns.pump() + outbox.pump() > 0) {
            // On until neither has anything to do.
        }
        campaigns.pump();
    }

    void pass(Duration time) {
        clock.advance(time);
        run();
    }

    List<String> texts() {
        return provider.submissions().stream().map(Submission::text).toList();
    }

    CampaignProgress progress() {
        return campaigns.progress(TenantId.DEFAULT, "spring").orElseThrow();
    }

    @Override
    public void close() {
        campaigns.close();
        outbox.close();
        client.close();
    }
}
