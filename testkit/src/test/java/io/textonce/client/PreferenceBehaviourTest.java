package io.textonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.client.PreferenceSource.Choice;
import io.textonce.memory.InMemoryStore;
import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.outbox.EnqueueReceipt;
import io.textonce.outbox.SmsOutbox;
import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.Submission;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageState;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import io.textonce.template.Template;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What people chose holds on every way of sending, and is asked no oftener than it must be. */
class PreferenceBehaviourTest {

    private static final TenantId TENANT = TenantId.DEFAULT;
    private static final Choice UNWANTED = Choice.refusal("the person chose not to have it");

    private final VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T09:00:00Z"));
    private final InMemoryStore store = InMemoryStore.builder().time(clock).build();
    private final InMemoryTemplateRepository templates = new InMemoryTemplateRepository();
    private final FakeProvider provider =
            FakeProvider.of(SandboxProvider.builder().name("first").time(clock));
    private final List<Set<Locale>> asked = new ArrayList<>();
    private volatile Choice choice = Choice.NONE;
    private volatile @Nullable RuntimeException failure;
    private volatile Runnable beforeChoice = () -> {};

    private Choice choose(SmsMessage message, Set<Locale> languages) {
        asked.add(languages);
        beforeChoice.run();
        RuntimeException fault = failure;
        if (fault != null) {
            throw fault;
        }
        return choice;
    }

    private SmsClient.Builder client() {
        templates.put(Template.builder("hello")
                .variable("name")
                .text(Locale.ENGLISH, "Hello {{name}}")
                .text(Locale.GERMAN, "Hallo {{name}}")
                .defaultLocale(Locale.ENGLISH)
                .build());
        return SmsClient.builder()
                .provider(provider)
                .templates(templates)
                .messages(store)
                .suppressions(store)
                .preferences(this::choose)
                .retry(RetryPolicy.none())
                .breaker(null)
                .executor(Runnable::run)
                .time(clock);
    }

    private static SmsMessage hello() {
        return SmsMessage.to("+61491570156")
                .template("hello", Locale.ENGLISH, Map.of("name", "Ada"))
                .build();
    }

    private List<String> texts() {
        return provider.submissions().stream().map(Submission::text).toList();
    }

    private static void isUnwanted(SendResult result) {
        assertThat(result).isInstanceOfSatisfying(SendResult.Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(Reason.OPTED_OUT);
            assertThat(rejected.proof()).isEqualTo(Proof.LOCAL_POLICY);
            assertThat(rejected.explanation()).isEqualTo("the person chose not to have it");
        });
    }

    @Test
    void aSendAsksOnceAndWritesInTheLanguageOfThoseThereAre() {
        choice = Choice.language(Locale.GERMAN);
        assertThat(client().build().send(hello()).isAccepted()).isTrue();
        assertThat(texts()).containsExactly("Hallo Ada");
        assertThat(asked).containsExactly(Set.of(Locale.ENGLISH, Locale.GERMAN));
    }

    @Test
    void whatSomebodyChoseLaterDoesntChangeWhatAKeyReturns() {
        SmsClient client = client().build();
        SmsMessage keyed = SmsMessage.to("+61491570156")
                .text("Hello")
                .idempotencyKey("k-1")
                .build();
        choice = UNWANTED;
        isUnwanted(client.send(keyed));
        choice = Choice.NONE;
        SendResult first = client.send(keyed);
        assertThat(first.isAccepted()).as("a refusal gave the key back").isTrue();
        choice = UNWANTED;
        assertThat(client.send(keyed).messageId()).isEqualTo(first.messageId());
        assertThat(provider.submissions()).hasSize(1);
    }

    @Test
    void aLanguageChangesNothingOnATextOfItsOwn() {
        choice = Choice.language(Locale.GERMAN);
        client().build().send(SmsMessage.to("+61491570156").text("Hello you").build());
        assertThat(texts()).containsExactly("Hello you");
        assertThat(asked).containsExactly(Set.of());
    }

    @Test
    void whatIsUnwantedIsRefusedAndRecordedOnEveryWay() throws InterruptedException {
        choice = UNWANTED;
        SmsClient client = client().build();
        SmsOutbox outbox = SmsOutbox.builder(client, store).build();
        isUnwanted(client.send(hello()));
        client.bulk()
                .start(List.of(hello(), hello()), (message, result) -> isUnwanted(result))
                .await()
                .orThrow();
        EnqueueReceipt one = outbox.enqueue(hello());
        EnqueueReceipt other = outbox.enqueueAll(List.of(hello())).get(0);
        isUnwanted(one.refusal().orElseThrow());
        isUnwanted(other.refusal().orElseThrow());
        outbox.pump();
        assertThat(texts()).isEmpty();
        assertThat(store.query(TENANT, MessageQuery.all()))
                .hasSize(5)
                .allSatisfy(row -> assertThat(row.reason()).contains(Reason.OPTED_OUT));
        assertThat(asked).as("once for each message").hasSize(5);
        assertThat(client.quote(hello()).refusal()).contains("the person chose not to have it");
        BulkCheck check = client.bulk().check(List.of(hello(), hello()));
        assertThat(check.optedOut()).isEqualTo(2);
        assertThat(check.invalid()).isZero();
        assertThat(check.problems().get(0).explanation()).isEqualTo("the person chose not to have it");
    }

    @Test
    void aQuestionThatFailsSendsNothingAndWritesNothing() {
        failure = new IllegalStateException("the database is away");
        SmsClient client = client().build();
        SmsOutbox outbox = SmsOutbox.builder(client, store).build();
        assertThatThrownBy(() -> client.send(hello())).isInstanceOf(SmsStoreException.class);
        assertThatThrownBy(() -> outbox.enqueue(hello())).isInstanceOf(SmsStoreException.class);
        assertThat(texts()).isEmpty();
        assertThat(store.query(TENANT, MessageQuery.all())).isEmpty();
    }

    @Test
    void aChoiceMadeBetweenTwoProvidersHolds() {
        provider.script().then(Behaviour.notTransmitted());
        FakeProvider second =
                FakeProvider.of(SandboxProvider.builder().name("second").time(clock));
        beforeChoice = () -> choice = asked.size() == 1 ? Choice.NONE : UNWANTED;
        isUnwanted(client().provider(second).build().send(hello()));
        assertThat(asked).hasSize(2);
        assertThat(second.submissions()).isEmpty();
    }

    @Test
    void aChoiceMadeDuringAWaitHolds() {
        beforeChoice = () -> choice = asked.size() < 3 ? Choice.NONE : UNWANTED;
        SmsClient client = client().rateLimit(
                        RateLimit.of(1, Duration.ofSeconds(30)).waitUpTo(Duration.ofMinutes(1)))
                .build();
        assertThat(client.send(hello()).isAccepted()).isTrue();
        isUnwanted(client.send(hello()));
        assertThat(asked).hasSize(3);
        assertThat(texts()).hasSize(1);
    }

    @Test
    void aChoiceMadeWhileAMessageWaitsInTheOutboxHolds() {
        SmsOutbox outbox = SmsOutbox.builder(client().build(), store).build();
        var id = outbox.enqueue(hello()).orThrow().messageId();
        choice = UNWANTED;
        outbox.pump();
        assertThat(texts()).isEmpty();
        assertThat(store.find(TENANT, id).orElseThrow().state()).isEqualTo(MessageState.REJECTED);
        assertThat(store.find(TENANT, id).orElseThrow().reason()).contains(Reason.OPTED_OUT);
        assertThat(asked).as("at its enqueuing, and when it is sent").hasSize(2);
    }

    /** Opt-outs are asked for when the row is SENDING, so a choice that is made by then is made after the claim. */
    @Test
    void aChoiceMadeAfterTheClaimHolds() {
        SmsClient client = client().suppressions(new SuppressionRepository() {
                    @Override
                    public void record(TenantId tenant, Suppression suppression) {
                        store.record(tenant, suppression);
                    }

                    @Override
                    public boolean isSuppressed(
                            TenantId tenant, io.textonce.PhoneNumber number, io.textonce.@Nullable SenderId sender) {
                        assertThat(store.query(tenant, MessageQuery.all())
                                        .get(0)
                                        .state())
                                .isEqualTo(MessageState.SENDING);
                        choice = UNWANTED;
                        return false;
                    }
                })
                .build();
        SmsOutbox outbox = SmsOutbox.builder(client, store).build();
        outbox.enqueue(hello()).orThrow();
        outbox.pump();
        assertThat(texts()).isEmpty();
    }

    @Test
    void theLanguageIsThatOfTheEnqueuing() {
        SmsOutbox outbox = SmsOutbox.builder(client().build(), store).build();
        choice = Choice.language(Locale.GERMAN);
        outbox.enqueue(hello()).orThrow();
        choice = Choice.language(Locale.ENGLISH);
        outbox.pump();
        assertThat(texts()).containsExactly("Hallo Ada");
    }

    @Test
    void aQuestionThatFailsKeepsAMessageInTheOutboxForLater() {
        SmsOutbox outbox = SmsOutbox.builder(client().build(), store).build();
        var id = outbox.enqueue(hello()).orThrow().messageId();
        failure = new IllegalStateException("the database is away");
        outbox.pump();
        assertThat(texts()).isEmpty();
        assertThat(store.find(TENANT, id).orElseThrow().state()).isEqualTo(MessageState.PENDING);
        failure = null;
        clock.advance(Duration.ofMinutes(10));
        outbox.pump();
        assertThat(texts()).containsExactly("Hello Ada");
    }
}
