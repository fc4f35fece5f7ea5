package io.textonce.outbox;

import static io.textonce.outbox.Post.ANN;
import static io.textonce.outbox.Post.TENANT;
import static io.textonce.outbox.Post.drain;
import static io.textonce.outbox.Post.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.RateCard;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsNotAcceptedException;
import io.textonce.TenantId;
import io.textonce.client.RateLimit;
import io.textonce.client.SendingWindow;
import io.textonce.client.SmsClient;
import io.textonce.client.SpendCap;
import io.textonce.memory.InMemoryIdempotencyRepository;
import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.Submission;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import io.textonce.store.Suppression;
import io.textonce.template.Template;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.memory.DelegatingOutbox;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the outbox does with a message, seen from the provider and from the store. */
class OutboxBehaviourTest {

    private final Post post = new Post();

    private MessageId enqueued(SmsOutbox outbox) {
        return outbox.enqueue(hello().build()).orThrow().messageId();
    }

    // ---- enqueue

    @Test
    void asksForTheViewOfTheStoreWithEachEnqueueAndForNothingElse() {
        List<String> asked = new ArrayList<>();
        SmsOutbox outbox = post.outbox(post.client().build())
                .enqueueThrough(() -> {
                    asked.add("view");
                    return new DelegatingOutbox(post.store) {
                        @Override
                        public Set<MessageId> enqueue(TenantId tenant, List<OutboxRow> rows) {
                            asked.add("rows " + rows.size());
                            return super.enqueue(tenant, rows);
                        }
                    };
                })
                .build();
        MessageId one = enqueued(outbox);
        outbox.enqueueAll(List.of(hello().build(), hello().build()));
        assertThat(asked).containsExactly("view", "rows 1", "view", "rows 2");
        drain(outbox);
        assertThat(post.state(one)).isEqualTo(MessageState.ACCEPTED);
        outbox.cancel(TENANT, one);
        assertThat(asked).as("sending and changing go to the store itself").hasSize(4);
    }

    @Test
    void aViewThatIsRefusedLeavesNothingBehind() {
        SmsOutbox outbox = post.outbox(post.client().build())
                .enqueueThrough(() -> {
                    throw new IllegalStateException("a transaction elsewhere");
                })
                .build();
        assertThatThrownBy(() -> outbox.enqueue(hello().build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a transaction elsewhere");
        assertThat(post.store.query(TENANT, MessageQuery.all())).isEmpty();
    }

    // ---- the client's policies

    private static final RateCard RATES = RateCard.in("USD")
            .rate("first", "+61", "0.05")
            .rate("second", "+61", "0.08")
            .build();

    private static SpendCap aDollar() {
        return SpendCap.daily(Money.of("1.00", "USD"), ZoneOffset.UTC);
    }

    private static String committed(SmsClient client) {
        return client.budgets(TENANT).get(0).committed().amount().toPlainString();
    }

    @Test
    void waitingForAProvidersLimitIsNoTry() {
        SmsOutbox outbox = post.outbox(post.client()
                        .rateLimit(RateLimit.of(1, Duration.ofHours(1)).keyedBy(RateLimit.Key.PROVIDER))
                        .build())
                .retry(1, Duration.ofSeconds(1), Duration.ofSeconds(2))
                .build();
        MessageId one = enqueued(outbox);
        MessageId two = enqueued(outbox);
        drain(outbox);
        MessageId sent = post.state(one) == MessageState.ACCEPTED ? one : two;
        MessageId waiting = sent.equals(one) ? two : one;
        assertThat(post.state(sent)).isEqualTo(MessageState.ACCEPTED);
        assertThat(post.state(waiting)).isEqualTo(MessageState.PENDING);
        assertThat(post.row(waiting).due()).isEqualTo(post.clock.now().plus(Duration.ofHours(1)));
        post.clock.advance(Duration.ofHours(1));
        drain(outbox);
        assertThat(post.state(waiting)).isEqualTo(MessageState.ACCEPTED);
    }

    @Test
    void quietHoursPutAMessageOffUntilTheyEndAndNeverPastItsTime() {
        SmsOutbox outbox = post.outbox(post.client()
                        .sendingWindow(SendingWindow.daily(LocalTime.of(8, 0), LocalTime.of(18, 0)))
                        .zones(number -> Set.of(ZoneId.of("Australia/Sydney")))
                        .build())
                .build();
        MessageId morning = enqueued(outbox);
        MessageId urgent = outbox.enqueue(hello().notAfter(post.clock.now().plus(Duration.ofHours(2)))
                        .build())
                .orThrow()
                .messageId();
        drain(outbox);
        Instant opens = Instant.parse("2026-03-01T21:00:00Z");
        assertThat(post.row(morning).due()).isEqualTo(opens);
        assertThat(post.message(urgent).reason()).contains(Reason.EXPIRED);
        post.clock.advance(Duration.between(post.clock.now(), opens));
        drain(outbox);
        assertThat(post.state(morning)).isEqualTo(MessageState.ACCEPTED);
        assertThat(post.provider.submissions()).hasSize(1);
    }

    @Test
    void whatALookupFindsSettlesWhatStayedReserved() {
        SmsClient client = post.client()
                .provider(FakeProvider.named("second"))
                .rates(RATES)
                .spendCap(aDollar())
                .build();
        post.provider.script().then(Behaviour.loseRequest()).then(Behaviour.loseResponse());
        SmsOutbox outbox = post.outbox(client).build();
        MessageId one = enqueued(outbox);
        MessageId two = enqueued(outbox);
        drain(outbox);
        assertThat(committed(client)).as("two in doubt, by the dearest").isEqualTo("0.16");
        post.clock.advance(Duration.ofMinutes(2));
        drain(outbox);
        assertThat(List.of(post.state(one), post.state(two)))
                .containsExactlyInAnyOrder(MessageState.ACCEPTED, MessageState.REJECTED);
        assertThat(committed(client)).as("the one that was found, by its own").isEqualTo("0.05");
    }

    @Test
    void aMessageThatIsSentAgainWithoutProofIsReservedTwice() {
        Post blind = new Post(false);
        SmsClient client = blind.client().rates(RATES).spendCap(aDollar()).build();
        blind.provider
                .script()
                .then(2, Behaviour.loseResponse())
                .then(Behaviour.accept())
                .then(Behaviour.refuse(Reason.RECIPIENT, "1"));
        SmsOutbox outbox = blind.outbox(client)
                .onUnknown(Category.TRANSACTIONAL, OnUnknown.RESEND_ONCE)
                .build();
        MessageId one = enqueued(outbox);
        MessageId two = enqueued(outbox);
        drain(outbox);
        assertThat(committed(client)).isEqualTo("0.10");
        blind.clock.advance(Duration.ofMinutes(2));
        drain(outbox);
        assertThat(List.of(blind.state(one), blind.state(two)))
                .containsExactlyInAnyOrder(MessageState.ACCEPTED, MessageState.UNKNOWN);
        assertThat(committed(client))
                .as("what was accepted, and both first tries, which may have been as well")
                .isEqualTo("0.15");
    }

    @Test
    void Q1_whatIsEnqueuedIsStoredAndSentByALaterPass() {
        SmsOutbox outbox = post.outbox().build();
        MessageId id = outbox.enqueue(
                        hello().reference("appt-42").label("user", "456").build())
                .orThrow()
                .messageId();
        assertThat(post.state(id)).isEqualTo(MessageState.PENDING);
        assertThat(post.received(id)).isZero();
        assertThat(outbox.pump()).isEqualTo(1);
        assertThat(post.received(id)).isEqualTo(1);
        assertThat(post.state(id)).isEqualTo(MessageState.ACCEPTED);
        assertThat(post.message(id).providerMessageId()).isPresent();
        assertThat(post.message(id).attempts()).hasSize(1);
        assertThat(post.message(id).segments()).hasValue(1);
        assertThat(outbox.pump()).isZero();
        assertThat(outbox.stats().enqueued()).isEqualTo(1);
        assertThat(outbox.stats().accepted()).isEqualTo(1);
    }

    @Test
    void nothingRunsBeforeStart() {
        SmsOutbox outbox = post.outbox().build();
        MessageId id = enqueued(outbox);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(t -> t.getName().startsWith("textonce-outbox"));
        assertThat(post.state(id)).isEqualTo(MessageState.PENDING);
        outbox.close();
    }

    @Test
    void startedItSendsByItselfAndCloseWaitsForWhatIsUnderWay() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        post.provider.script().otherwise(submission -> {
            inside.countDown();
            await(go);
            return Behaviour.accept();
        });
        SmsClient client =
                SmsClient.builder().provider(post.provider).time(post.clock).build();
        SmsOutbox outbox = SmsOutbox.builder(client, post.store)
                .workers(1)
                .inFlight(1)
                .poll(Duration.ofMillis(10))
                .build();
        outbox.start();
        List<EnqueueReceipt> receipts = outbox.enqueueAll(List.of(hello().build(), hello().build(), hello().build()));
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
        Thread closing = new Thread(outbox::close);
        closing.start();
        while (closing.getState() != Thread.State.TIMED_WAITING && closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        go.countDown();
        closing.join();
        List<MessageState> states =
                receipts.stream().map(r -> post.state(r.messageId())).toList();
        assertThat(states).containsOnlyOnce(MessageState.ACCEPTED);
        assertThat(states).filteredOn(MessageState.PENDING::equals).hasSize(2);
        assertThatThrownBy(() -> outbox.enqueue(hello().build())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(outbox::pump).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(outbox::start).isInstanceOf(IllegalStateException.class);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void badDataIsRefusedAtOnceAndKeepsNothingElseBack() {
        List<SendResult> told = new ArrayList<>();
        SmsOutbox outbox =
                post.outbox(post.client().listener(results(told)).build()).build();
        List<EnqueueReceipt> receipts = outbox.enqueueAll(List.of(
                hello().build(),
                SmsMessage.to("not a number").text("Hello").build(),
                SmsMessage.to(ANN).text("").build()));
        assertThat(receipts)
                .extracting(EnqueueReceipt::status)
                .containsExactly(
                        EnqueueReceipt.Status.ENQUEUED, EnqueueReceipt.Status.REFUSED, EnqueueReceipt.Status.REFUSED);
        assertThat(receipts.get(1).refusal().orElseThrow().reason()).isEqualTo(Reason.RECIPIENT);
        assertThatThrownBy(() -> receipts.get(1).orThrow()).isInstanceOf(SmsNotAcceptedException.class);
        assertThat(post.state(receipts.get(2).messageId())).isEqualTo(MessageState.REJECTED);
        assertThat(post.message(receipts.get(2).messageId()).reason()).contains(Reason.CONTENT);
        assertThat(told).hasSize(2);
        drain(outbox);
        assertThat(post.provider.submissions()).hasSize(1);
        assertThat(outbox.stats().refused()).isEqualTo(2);
    }

    @Test
    void oneTimeCodesAreRefusedAndTheirTextIsNotStored() {
        SmsOutbox outbox = post.outbox().build();
        EnqueueReceipt receipt = outbox.enqueue(SmsMessage.to(ANN)
                .category(Category.OTP)
                .text("Your code is 123456")
                .build());
        assertThat(receipt.refusal().orElseThrow().reason()).isEqualTo(Reason.REQUEST);
        assertThat(receipt.refusal().orElseThrow().explanation()).contains("SmsClient.send");
        assertThat(post.store.query(TENANT, MessageQuery.all()))
                .allSatisfy(row -> assertThat(row.text()).doesNotContain("123456"));
    }

    @Test
    void theTextIsRenderedOnceWhenItIsEnqueued() {
        InMemoryTemplateRepository templates = new InMemoryTemplateRepository();
        templates.put(Template.builder("hi")
                .variable("name")
                .text(Locale.ENGLISH, "Hello {{name}}")
                .build());
        SmsOutbox outbox =
                post.outbox(post.client().templates(templates).build()).build();
        MessageId id = outbox.enqueue(SmsMessage.to(ANN)
                        .template("hi", Locale.ENGLISH, Map.of("name", "you"))
                        .build())
                .orThrow()
                .messageId();
        templates.put(Template.builder("hi")
                .variable("name")
                .text(Locale.ENGLISH, "Goodbye {{name}}")
                .build());
        drain(outbox);
        assertThat(post.provider.submissions()).extracting(Submission::text).containsExactly("Hello you");
        assertThat(post.message(id).templateId()).contains("hi");
    }

    @Test
    void everyOptionOfTheMessageReachesTheProvider() {
        FakeProvider mms = FakeProvider.of(SandboxProvider.builder().name("mms").time(post.clock));
        SmsOutbox outbox = post.outbox(SmsClient.builder()
                        .provider(mms)
                        .time(post.clock)
                        .attemptTimeout(Duration.ofSeconds(10))
                        .executor(Runnable::run)
                        .build())
                .build();
        Instant notAfter = post.clock.now().plusSeconds(600);
        outbox.enqueue(hello().category(Category.MARKETING)
                        .extra("mms", Map.of("a", "b"))
                        .notAfter(notAfter)
                        .media(
                                mms.capabilities().maxMedia() > 0
                                        ? new URI[] {URI.create("https://host.example/a.png")}
                                        : new URI[0])
                        .build())
                .orThrow();
        drain(outbox);
        Submission submission = mms.submissions().get(0);
        assertThat(submission.category()).isEqualTo(Category.MARKETING);
        assertThat(submission.extra()).containsEntry("a", "b");
        assertThat(submission.media()).hasSize(Math.min(1, mms.capabilities().maxMedia()));
    }

    // ---- schedule

    @Test
    void C2_isSentAtItsTimeAndNotBefore() {
        SmsOutbox outbox = post.outbox().build();
        MessageId id = outbox.enqueue(hello().build(), post.clock.now().plusSeconds(3600))
                .orThrow()
                .messageId();
        post.clock.advance(Duration.ofSeconds(3599));
        assertThat(outbox.pump()).isZero();
        post.clock.advance(Duration.ofSeconds(1));
        drain(outbox);
        assertThat(post.received(id)).isEqualTo(1);
    }

    @Test
    void C2_isNeverSentAfterItsNotAfter() {
        SmsOutbox outbox = post.outbox().build();
        Instant now = post.clock.now();
        MessageId id = outbox.enqueue(hello().notAfter(now.plusSeconds(60)).build(), now.plusSeconds(50))
                .orThrow()
                .messageId();
        post.clock.advance(Duration.ofSeconds(61));
        drain(outbox);
        assertThat(post.received(id)).isZero();
        assertThat(post.state(id)).isEqualTo(MessageState.EXPIRED);
        EnqueueReceipt late = outbox.enqueue(
                hello().notAfter(post.clock.now()).build(), post.clock.now().plusSeconds(1));
        assertThat(late.refusal().orElseThrow().reason()).isEqualTo(Reason.EXPIRED);
    }

    @Test
    void aDatabaseOrJvmWhoseWallClockIsSetDoesNoHarmToTheFence() {
        SmsOutbox outbox = post.outbox().build();
        MessageId id = enqueued(outbox);
        post.beforeSubmit = () -> post.clock.jump(Duration.ofHours(-1));
        outbox.pump();
        assertThat(post.received(id)).isEqualTo(1);
        assertThat(post.state(id)).isEqualTo(MessageState.ACCEPTED);
    }

    // ---- policy is read right before each submit

    @Test
    void Q8_aStopBetweenClaimAndSendIsObeyed() {
        post.repository = new DelegatingOutbox(post.store) {
            @Override
            public List<OutboxRow> claim(String owner, int most, Duration lease) {
                List<OutboxRow> rows = super.claim(owner, most, lease);
                post.store.record(
                        TENANT, new Suppression(ANN, null, Suppression.Choice.OPT_OUT, post.clock.now(), "keyword"));
                return rows;
            }
        };
        SmsOutbox outbox = post.outbox().build();
        MessageId id = enqueued(outbox);
        drain(outbox);
        assertThat(post.received(id)).isZero();
        assertThat(post.message(id).reason()).contains(Reason.OPTED_OUT);
        assertThat(post.state(id)).isEqualTo(MessageState.REJECTED);
    }

    @Test
    void Q8_theKillSwitchPutsOffAndLosesNothing() {
        AtomicBoolean off = new AtomicBoolean(true);
        SmsOutbox outbox = post.outbox(
                        post.client().disabledWhen(tenant -> off.get()).build())
                .build();
        MessageId id = enqueued(outbox);
        for (int i = 0; i < 40; i++) {
            drain(outbox);
            post.clock.advance(Duration.ofMinutes(16));
        }
        assertThat(post.received(id)).isZero();
        assertThat(post.state(id)).isEqualTo(MessageState.PENDING);
        assertThat(post.message(id).reason()).contains(Reason.DISABLED);
        off.set(false);
        drain(outbox);
        assertThat(post.received(id)).isEqualTo(1);
        assertThat(post.message(id).reason()).isEmpty();
    }

    @Test
    void aRateLimitPutsOffUntilItPasses() {
        SmsOutbox outbox = post.outbox(post.client()
                        .rateLimit(RateLimit.of(2, Duration.ofHours(1)))
                        .build())
                .build();
        List<MessageId> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(enqueued(outbox));
        }
        Map<Instant, Long> sent = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            drain(outbox);
            sent.put(post.clock.now(), (long) post.provider.submissions().size());
            post.clock.advance(Duration.ofMinutes(15));
        }
        assertThat(sent.values()).startsWith(2L).endsWith(5L);
        assertThat(ids).allSatisfy(id -> assertThat(post.received(id)).isEqualTo(1));
    }

    // ---- another try

    @Test
    void whatIsProvenNotToBeSentIsTriedAgainWithItsHistory() {
        post.provider.script().then(Behaviour.notTransmitted()).then(Behaviour.throttle(Duration.ofMinutes(2)));
        List<Instant> deferred = new ArrayList<>();
        SmsOutbox outbox = post.outbox()
                .listener(new OutboxListener() {
                    @Override
                    public void onDeferred(TenantId tenant, MessageId id, SendResult.Rejected why, Instant until) {
                        deferred.add(until);
                    }
                })
                .build();
        MessageId id = enqueued(outbox);
        outbox.pump();
        assertThat(post.state(id)).isEqualTo(MessageState.PENDING);
        assertThat(post.message(id).reason()).contains(Reason.TRANSPORT);
        post.clock.advance(Duration.ofSeconds(2));
        outbox.pump();
        assertThat(post.message(id).reason()).contains(Reason.THROTTLED);
        assertThat(deferred.get(1)).isAfterOrEqualTo(post.clock.now().plusSeconds(119));
        post.clock.advance(Duration.ofMinutes(3));
        drain(outbox);
        assertThat(post.state(id)).isEqualTo(MessageState.ACCEPTED);
        assertThat(post.message(id).attempts())
                .extracting(a -> a.outcome().name())
                .containsExactly("REJECTED", "REJECTED", "ACCEPTED");
        assertThat(post.received(id)).isEqualTo(2); // the throttled one was received and refused
        assertThat(post.provider.sandbox().tally(id).created()).isEqualTo(1);
    }

    @Test
    void afterTheLastTryItIsRejected() {
        post.provider.script().otherwise(Behaviour.notTransmitted());
        SmsOutbox outbox = post.outbox()
                .retry(3, Duration.ofSeconds(1), Duration.ofSeconds(10))
                .build();
        MessageId id = enqueued(outbox);
        for (int i = 0; i < 10; i++) {
            drain(outbox);
            post.clock.advance(Duration.ofMinutes(1));
        }
        assertThat(post.state(id)).isEqualTo(MessageState.REJECTED);
        assertThat(post.message(id).proof()).contains(Proof.NOT_TRANSMITTED);
        assertThat(post.provider.submissions()).hasSize(3);
    }

    @Test
    void waitingForAProviderThatToldAnotherMessageToWaitIsNoTry() {
        SmsClient client = post.client().build();
        SmsOutbox outbox = post.outbox(client)
                .retry(3, Duration.ofSeconds(1), Duration.ofSeconds(10))
                .build();
        MessageId waiting = enqueued(outbox);
        for (int i = 0; i < 30; i++) {
            post.provider.script().then(Behaviour.throttle(Duration.ofMinutes(10)));
            assertThat(client.send(hello().build()).isAccepted()).isFalse();
            drain(outbox);
            assertThat(post.state(waiting)).isEqualTo(MessageState.PENDING);
            post.clock.advance(Duration.ofMinutes(10));
        }
        drain(outbox);
        assertThat(post.state(waiting)).isEqualTo(MessageState.ACCEPTED);
        assertThat(post.received(waiting)).isEqualTo(1);
        List<Attempt> attempts = post.message(waiting).attempts();
        assertThat(attempts).extracting(Attempt::number).isSorted().doesNotHaveDuplicates();
        assertThat(attempts.get(attempts.size() - 1).number()).isEqualTo(31);
    }

    @Test
    void aRefusalOfTheProviderIsFinal() {
        post.provider.script().then(Behaviour.refuse(Reason.CONTENT, "30007"));
        SmsOutbox outbox = post.outbox().build();
        MessageId id = enqueued(outbox);
        drain(outbox);
        post.clock.advance(Duration.ofDays(1));
        drain(outbox);
        assertThat(post.state(id)).isEqualTo(MessageState.REJECTED);
        assertThat(post.provider.submissions()).hasSize(1);
    }

    // ---- failover

    @Test
    void Q2_theRowNamesWhoIsBeingAsked() {
        FakeProvider second =
                FakeProvider.of(SandboxProvider.builder().name("second").time(post.clock));
        List<String> named = new ArrayList<>();
        post.provider.script().otherwise(submission -> {
            named.add(post.message(submission.messageId()).provider().orElseThrow());
            return Behaviour.notTransmitted();
        });
        second.script().otherwise(submission -> {
            named.add(post.message(submission.messageId()).provider().orElseThrow());
            return Behaviour.accept();
        });
        SmsOutbox outbox = post.outbox(post.client().provider(second).build()).build();
        MessageId id = enqueued(outbox);
        drain(outbox);
        assertThat(named).containsExactly("first", "second");
        assertThat(post.message(id).provider()).contains("second");
    }

    // ---- idempotency

    @Test
    void D6_theSameKeyIsEnqueuedOnce() {
        SmsOutbox outbox = post.outbox().build();
        SmsMessage message = hello().idempotencyKey("k").build();
        EnqueueReceipt first = outbox.enqueue(message);
        EnqueueReceipt again = outbox.enqueue(message);
        assertThat(again.status()).isEqualTo(EnqueueReceipt.Status.REPEATED);
        assertThat(again.messageId()).isEqualTo(first.messageId());
        drain(outbox);
        EnqueueReceipt after = outbox.enqueue(message);
        assertThat(after.status()).isEqualTo(EnqueueReceipt.Status.REPEATED);
        assertThat(after.messageId()).isEqualTo(first.messageId());
        drain(outbox);
        assertThat(post.provider.submissions()).hasSize(1);
        List<EnqueueReceipt> twice = outbox.enqueueAll(List.of(
                hello().idempotencyKey("j").build(), hello().idempotencyKey("j").build()));
        assertThat(twice)
                .extracting(EnqueueReceipt::status)
                .containsExactly(EnqueueReceipt.Status.ENQUEUED, EnqueueReceipt.Status.REPEATED);
    }

    @Test
    void D6_anotherPayloadOrASendWithTheKeyIsRefused() {
        SmsClient client = post.client().build();
        SmsOutbox outbox = post.outbox(client).build();
        outbox.enqueue(hello().idempotencyKey("k").build()).orThrow();
        EnqueueReceipt other = outbox.enqueue(
                SmsMessage.to(ANN).text("Something else").idempotencyKey("k").build());
        assertThat(other.refusal().orElseThrow().reason()).isEqualTo(Reason.DUPLICATE);
        SendResult sent = client.send(hello().idempotencyKey("k").build());
        assertThat(sent.outcome()).isEqualTo(Outcome.REJECTED);
        client.send(hello().idempotencyKey("s").build()).orThrow();
        assertThat(outbox.enqueue(hello().idempotencyKey("s").build())
                        .refusal()
                        .orElseThrow()
                        .reason())
                .isEqualTo(Reason.DUPLICATE);
        drain(outbox);
        assertThat(post.provider.submissions()).hasSize(2);
    }

    @Test
    void aRejectedOrCancelledMessageGivesItsKeyBack() {
        post.provider.script().then(Behaviour.refuse(Reason.CONTENT, "30007"));
        SmsOutbox outbox = post.outbox().build();
        SmsMessage message = hello().idempotencyKey("k").build();
        MessageId first = outbox.enqueue(message).messageId();
        drain(outbox);
        assertThat(post.state(first)).isEqualTo(MessageState.REJECTED);
        MessageId second = outbox.enqueue(message).messageId();
        assertThat(second).isNotEqualTo(first);
        assertThat(outbox.cancel(TENANT, second).isDone()).isTrue();
        EnqueueReceipt third = outbox.enqueue(message);
        assertThat(third.status()).isEqualTo(EnqueueReceipt.Status.ENQUEUED);
        drain(outbox);
        assertThat(post.received(third.messageId())).isEqualTo(1);
    }

    @Test
    void aKeyWhoseRowACrashKeptFromBeingWrittenIsTakenOver() {
        AtomicInteger failures = new AtomicInteger(1);
        post.repository = new DelegatingOutbox(post.store) {
            @Override
            public java.util.Set<MessageId> enqueue(TenantId tenant, List<OutboxRow> rows) {
                if (failures.getAndDecrement() > 0) {
                    throw new IllegalStateException("the connection is gone");
                }
                return super.enqueue(tenant, rows);
            }
        };
        InMemoryIdempotencyRepository keys = new InMemoryIdempotencyRepository(100);
        SmsOutbox outbox = post.outbox(
                        post.client().idempotency(keys, Duration.ofDays(30)).build())
                .build();
        SmsMessage message = hello().idempotencyKey("k").build();
        assertThatThrownBy(() -> outbox.enqueue(message)).isInstanceOf(io.textonce.SmsStoreException.class);
        EnqueueReceipt again = outbox.enqueue(message);
        assertThat(again.status()).isEqualTo(EnqueueReceipt.Status.ENQUEUED);
        assertThat(outbox.enqueue(message).messageId()).isEqualTo(again.messageId());
        drain(outbox);
        assertThat(post.provider.submissions()).hasSize(1);
    }

    // ---- cancel, hold, release

    @Test
    void cancelAnswersDoneTooLateAndNotFound() {
        SmsOutbox outbox = post.outbox().build();
        MessageId id = enqueued(outbox);
        assertThat(outbox.cancel(TENANT, id)).hasToString("CANCELLED");
        assertThat(outbox.cancel(TENANT, id).isDone()).isTrue();
        assertThat(outbox.cancel(TENANT, MessageId.next())).hasToString("NOT_FOUND");
        MessageId sent = enqueued(outbox);
        drain(outbox);
        assertThat(outbox.cancel(TENANT, sent)).hasToString("TOO_LATE(ACCEPTED)");
        assertThat(post.received(id)).isZero();
    }

    @Test
    void cancelsByReferenceAndHoldsAndReleases() {
        SmsOutbox outbox = post.outbox().build();
        MessageId a = outbox.enqueue(hello().reference("r").build()).messageId();
        MessageId b = enqueued(outbox);
        assertThat(outbox.hold(TENANT, b).isDone()).isTrue();
        assertThat(outbox.cancelByReference(TENANT, "r")).containsOnlyKeys(a);
        drain(outbox);
        assertThat(post.provider.submissions()).isEmpty();
        assertThat(outbox.release(TENANT, b).isDone()).isTrue();
        drain(outbox);
        assertThat(post.received(b)).isEqualTo(1);
    }

    // ---- order

    @Test
    void Q9_oneRecipientsMessagesFollowEachOtherWhenAsked() {
        List<String> texts = new ArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        post.provider.script().otherwise(submission -> {
            boolean fails = calls.getAndIncrement() % 3 == 0;
            if (!fails) {
                texts.add(submission.text());
            }
            return fails ? Behaviour.notTransmitted() : Behaviour.accept();
        });
        SmsOutbox outbox = post.outbox().inOrder(message -> true).build();
        List<SmsMessage> messages = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            expected.add("Part " + i);
            messages.add(SmsMessage.to(ANN).text("Part " + i).build());
        }
        outbox.enqueueAll(messages);
        for (int i = 0; i < 30; i++) {
            drain(outbox);
            post.clock.advance(Duration.ofMinutes(20));
        }
        assertThat(texts).isEqualTo(expected);
    }

    // ---- doubts

    @Test
    void aDoubtIsHeldAndSettledByALookup() {
        post.provider.script().then(Behaviour.loseResponse());
        List<SendResult> settled = new ArrayList<>();
        SmsOutbox outbox = post.outbox().listener(settlements(settled)).build();
        MessageId id = enqueued(outbox);
        drain(outbox);
        assertThat(post.state(id)).isEqualTo(MessageState.UNKNOWN);
        post.clock.advance(Duration.ofMinutes(2));
        drain(outbox);
        assertThat(post.state(id)).isEqualTo(MessageState.ACCEPTED);
        assertThat(post.message(id).providerMessageId()).isPresent();
        assertThat(settled).hasSize(1);
        assertThat(post.provider.submissions()).hasSize(1);
    }

    @Test
    void whatIsProvenAbsentIsRejectedOnHoldAndSentAgainOnReconcile() {
        post.provider.script().then(2, Behaviour.loseRequest());
        SmsOutbox outbox =
                post.outbox().onUnknown(Category.MARKETING, OnUnknown.RECONCILE).build();
        MessageId held = enqueued(outbox);
        MessageId again =
                outbox.enqueue(hello().category(Category.MARKETING).build()).messageId();
        drain(outbox);
        post.clock.advance(Duration.ofMinutes(2));
        drain(outbox);
        assertThat(post.state(held)).isEqualTo(MessageState.REJECTED);
        assertThat(post.message(held).proof()).contains(Proof.NOT_TRANSMITTED);
        assertThat(post.state(again)).isEqualTo(MessageState.ACCEPTED);
        assertThat(post.provider.sandbox().tally(held).created()).isZero();
        assertThat(post.provider.sandbox().tally(again).created()).isEqualTo(1);
        assertThat(outbox.stats().resent()).isEqualTo(1);
    }

    @Test
    void aRefusalOfWhatIsSentAgainWithoutProofLeavesTheFirstTryInDoubtAndItsKeyTaken() {
        Post blind = new Post(false);
        blind.provider.script().then(Behaviour.loseResponse()).then(Behaviour.refuse(Reason.RECIPIENT, "1"));
        SmsOutbox outbox = blind.outbox()
                .onUnknown(Category.TRANSACTIONAL, OnUnknown.RESEND_ONCE)
                .build();
        SmsMessage keyed = hello().idempotencyKey("k-1").build();
        MessageId id = outbox.enqueue(keyed).messageId();
        for (int i = 0; i < 5; i++) {
            drain(outbox);
            blind.clock.advance(Duration.ofDays(1));
        }
        assertThat(blind.provider.submissions()).hasSize(2);
        assertThat(blind.state(id)).isEqualTo(MessageState.UNKNOWN);
        assertThat(outbox.enqueue(keyed).messageId())
                .as("a third one without proof")
                .isEqualTo(id);
    }

    @Test
    void withoutALookupOnlyResendOnceSendsAgainAndOnlyOnce() {
        Post blind = new Post(false);
        blind.provider.script().otherwise(Behaviour.loseResponse());
        SmsOutbox outbox = blind.outbox()
                .onUnknown(Category.MARKETING, OnUnknown.RESEND_ONCE)
                .onUnknown(Category.TRANSACTIONAL, OnUnknown.RECONCILE)
                .build();
        MessageId reconcile = enqueued(outbox);
        MessageId resend =
                outbox.enqueue(hello().category(Category.MARKETING).build()).messageId();
        for (int i = 0; i < 20; i++) {
            drain(outbox);
            blind.clock.advance(Duration.ofDays(1));
        }
        assertThat(blind.received(reconcile)).isEqualTo(1);
        assertThat(blind.received(resend)).isEqualTo(2);
        assertThat(blind.state(reconcile)).isEqualTo(MessageState.UNKNOWN);
        assertThat(blind.state(resend)).isEqualTo(MessageState.UNKNOWN);
        assertThat(blind.row(reconcile).due()).isEqualTo(OutboxRow.NEVER);
    }

    @Test
    void aDoubtOfAStoppedGroupIsKeptAndSentAgainOnlyOnceItIsReleased() {
        Post blind = new Post(false);
        blind.provider.script().then(Behaviour.loseResponse());
        SmsOutbox outbox = blind.outbox()
                .onUnknown(Category.TRANSACTIONAL, OnUnknown.RESEND_ONCE)
                .build();
        OutboxRow row = outbox.draft(List.of(hello().build()), blind.clock.now())
                .get(0)
                .row()
                .orElseThrow();
        blind.store.enqueue(TENANT, List.of(row.toBuilder().group("spring").build()));
        drain(outbox);
        assertThat(blind.state(row.id())).isEqualTo(MessageState.UNKNOWN);
        blind.store.holdGroup(TENANT, "spring");
        for (int day = 0; day < 5; day++) {
            blind.clock.advance(Duration.ofDays(1));
            drain(outbox);
            assertThat(blind.state(row.id())).isEqualTo(MessageState.UNKNOWN);
        }
        assertThat(blind.received(row.id())).isEqualTo(1);
        blind.store.releaseGroup(TENANT, "spring");
        for (int day = 0; day < 5; day++) {
            blind.clock.advance(Duration.ofDays(1));
            drain(outbox);
        }
        assertThat(blind.received(row.id())).isEqualTo(2);
        assertThat(blind.state(row.id())).isEqualTo(MessageState.ACCEPTED);
    }

    // ---- messages that others wrote

    @Test
    void whatAnotherApplicationWroteIsCheckedLikeAnyMessage() {
        List<OutboxRepository.Written> table = new ArrayList<>();
        Map<MessageId, String> refused = new LinkedHashMap<>();
        post.repository = new DelegatingOutbox(post.store) {
            @Override
            public List<Written> written(int most) {
                return List.copyOf(table);
            }

            @Override
            public boolean adopt(OutboxRow row) {
                return table.removeIf(w -> w.key().equals(row.key()))
                        && enqueue(row.message().tenant(), List.of(row)).isEmpty();
            }

            @Override
            public boolean refuse(RowKey key, Reason reason, String explanation) {
                refused.put(key.id(), reason + " " + explanation);
                return table.removeIf(w -> w.key().equals(key));
            }
        };
        MessageId good =
                written(table, SmsMessage.to("0491 570 156").text("Hello").build(), null);
        MessageId bad = written(table, SmsMessage.to("call me").text("Hello").build(), null);
        MessageId empty = written(table, SmsMessage.to("0491 570 156").text(" ").build(), null);
        MessageId code = written(
                table,
                SmsMessage.to("+61491570156")
                        .category(Category.OTP)
                        .text("Code 1")
                        .build(),
                null);
        MessageId unreadable = written(table, null, "category: \"SPAM\" is none");
        SmsOutbox outbox =
                post.outbox(post.client().defaultRegion("AU").build()).build();
        drain(outbox);
        drain(outbox);
        assertThat(table).isEmpty();
        assertThat(post.state(good)).isEqualTo(MessageState.ACCEPTED);
        assertThat(post.message(good).to()).isEqualTo(PhoneNumber.of("+61491570156"));
        assertThat(post.received(good)).isEqualTo(1);
        assertThat(refused).containsOnlyKeys(bad, unreadable, code);
        assertThat(post.message(empty).reason()).contains(Reason.CONTENT);
        assertThat(post.provider.submissions()).hasSize(1);
    }

    private MessageId written(
            List<OutboxRepository.Written> table,
            @org.jspecify.annotations.Nullable SmsMessage message,
            @org.jspecify.annotations.Nullable String problem) {
        OutboxRepository.RowKey key = new OutboxRepository.RowKey(TENANT, MessageId.next());
        table.add(new OutboxRepository.Written(key, message, problem, post.clock.now()));
        return key.id();
    }

    // ---- purge and configuration

    @Test
    void purgesWhatIsOldAndSettledWhenAsked() {
        SmsOutbox outbox = post.outbox().retention(Duration.ofDays(30)).build();
        MessageId id = enqueued(outbox);
        drain(outbox);
        post.clock.advance(Duration.ofDays(29));
        drain(outbox);
        assertThat(post.store.find(TENANT, id)).isPresent();
        post.clock.advance(Duration.ofDays(2));
        drain(outbox);
        assertThat(post.store.find(TENANT, id)).isEmpty();
        assertThat(outbox.stats().purged()).isEqualTo(1);
    }

    @Test
    void reportsEveryMistakeOfTheConfigurationAtOnce() {
        SmsOutbox.Builder wrong = post.outbox()
                .name("Not So")
                .workers(0)
                .inFlight(0)
                .lease(Duration.ofSeconds(20))
                .poll(Duration.ZERO)
                .retention(Duration.ofDays(1));
        assertThatThrownBy(wrong::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("name", "workers", "inFlight", "lease", "attemptTimeout", "poll", "retention");
    }

    private static SmsListener results(List<SendResult> told) {
        return new SmsListener() {
            @Override
            public void onResult(SmsMessage message, SendResult result) {
                told.add(result);
            }
        };
    }

    private static OutboxListener settlements(List<SendResult> told) {
        return new OutboxListener() {
            @Override
            public void onSettled(TenantId tenant, MessageId id, SendResult result) {
                told.add(result);
            }
        };
    }
}
