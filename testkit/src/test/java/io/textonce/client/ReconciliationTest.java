package io.textonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Category;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.RateCard;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.StatusLookup.Absent;
import io.textonce.spi.StatusLookup.Answer;
import io.textonce.spi.StatusLookup.Found;
import io.textonce.spi.StatusLookup.Inconclusive;
import io.textonce.spi.StatusLookup.Query;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What nobody told of is asked for, at the right provider, often enough and no oftener, and nothing gets worse by it. */
class ReconciliationTest {

    private static final PhoneNumber ANN = PhoneNumber.of("+61491570156");
    private static final TenantId TENANT = TenantId.DEFAULT;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T09:00:00Z"));
    private final InMemoryStore store = InMemoryStore.builder().time(clock).build();
    private final Desk first = new Desk("first");
    private final Desk second = new Desk("second");
    private final List<SmsEvent> told = new ArrayList<>();

    /** A provider whose lookups are written down, and answered as a test wants; by default they prove nothing. */
    private final class Desk implements SmsProvider, StatusLookup {
        private final FakeProvider inner;
        private final List<Query> asked = new ArrayList<>();
        private Function<Query, Answer> answers = query -> new Inconclusive("not today");
        private boolean closed;

        Desk(String name) {
            this.inner = FakeProvider.of(SandboxProvider.builder().name(name).time(clock));
        }

        @Override
        public Answer find(Query query) {
            assertThat(closed).as("a closed provider is asked").isFalse();
            asked.add(query);
            return answers.apply(query);
        }

        /** As its sandbox knows, which can also prove that there is none. */
        void knowsAll() {
            answers = inner.role(StatusLookup.class).orElseThrow()::find;
        }

        List<MessageId> ids() {
            return asked.stream().map(Query::messageId).toList();
        }

        @Override
        public String name() {
            return inner.name();
        }

        @Override
        public Capabilities capabilities() {
            return inner.capabilities();
        }

        @Override
        public SubmitReply submit(Submission submission) {
            return inner.submit(submission);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private SmsClient.Builder options() {
        return SmsClient.builder()
                .time(clock)
                .retry(RetryPolicy.none())
                .breaker(null)
                .messages(store)
                .suppressions(store)
                .listener(new SmsListener() {
                    @Override
                    public void onEvent(SmsEvent event) {
                        told.add(event);
                    }
                });
    }

    private SmsClient client() {
        return options().provider(first).provider(second).build();
    }

    private Reconciliation.Builder asking(SmsClient client) {
        return Reconciliation.builder(client, store, store);
    }

    private static SmsMessage.Builder hello() {
        return SmsMessage.to(ANN).text("See you at 10:30");
    }

    private MessageId sent(SmsClient client, Behaviour behaviour) {
        first.inner.script().then(behaviour);
        return client.send(hello().build()).messageId();
    }

    private MessageRecord row(MessageId id) {
        return store.find(TENANT, id).orElseThrow();
    }

    @Test
    void aDoubtOfWhatWasSentAtOnceIsSettledByALookupAndRecordedLikeAReport() {
        SmsClient client = client();
        MessageId id = sent(client, Behaviour.loseResponse());
        Reconciliation doubts = asking(client).build();
        assertThat(doubts.run().asked()).as("its provider may not know it yet").isZero();

        clock.advance(MINUTE.plusSeconds(1));
        first.knowsAll();
        Reconciled run = doubts.run();

        assertThat(run.found()).isEqualTo(1);
        assertThat(run.asked()).isEqualTo(1);
        assertThat(run.more()).isFalse();
        assertThat(row(id).state()).isEqualTo(MessageState.ACCEPTED);
        assertThat(row(id).providerMessageId()).isPresent();
        assertThat(told).hasSize(1);
        assertThat(first.asked.get(0).text()).isEqualTo("See you at 10:30");
        assertThat(second.asked).as("another provider never had it").isEmpty();
        assertThat(first.inner.submissions()).as("nothing was submitted again").hasSize(1);
        clock.advance(Duration.ofMinutes(30));
        assertThat(doubts.run().asked())
                .as("settled; as accepted it isn't old enough")
                .isZero();
    }

    @Test
    void whatIsProvenAbsentIsRejectedAndGivesItsKeyAndItsBudgetBack() {
        RateCard rates = RateCard.in("USD")
                .rate("first", "+61", "0.05")
                .rate("second", "+61", "0.05")
                .build();
        SmsClient client = options()
                .provider(first)
                .provider(second)
                .rates(rates)
                .spendCap(SpendCap.daily(Money.of("1.00", "USD"), ZoneOffset.UTC))
                .build();
        first.inner.script().then(Behaviour.loseRequest());
        SmsMessage keyed = hello().idempotencyKey("k-1").build();
        MessageId id = client.send(keyed).messageId();
        first.knowsAll();
        clock.advance(MINUTE.multipliedBy(2));

        assertThat(asking(client).build().run().absent()).isEqualTo(1);

        assertThat(row(id).state()).isEqualTo(MessageState.REJECTED);
        assertThat(row(id).proof()).contains(Proof.NOT_TRANSMITTED);
        assertThat(client.budgets(TENANT).get(0).committed().amount()).isEqualByComparingTo("0");
        SendResult again = client.send(keyed);
        assertThat(again.isAccepted()).as("the key is free, by proof").isTrue();
        assertThat(again.messageId()).isNotEqualTo(id);
        assertThat(client.send(keyed).messageId()).isEqualTo(again.messageId());
    }

    @Test
    void whatAReportOrALookupProvesIsWhatTheKeyReturnsFromThenOn() {
        SmsClient client = client();
        first.inner.script().then(Behaviour.loseResponse());
        SmsMessage keyed = hello().idempotencyKey("k-2").build();
        SendResult doubt = client.send(keyed);
        assertThat(client.send(keyed).outcome()).isEqualTo(Outcome.UNKNOWN);

        Found delivered = new Found("their-7", DeliveryStatus.DELIVERED, 1, Money.of("0.04", "USD"));
        Origin origin = new Origin(TENANT, "first", "hook", clock.now());
        store.apply(TENANT, List.of(new EventJournal.Entry(delivered.report(origin, doubt.messageId()), null)));

        SendResult again = client.send(keyed);
        assertThat(again).isInstanceOf(SendResult.Accepted.class);
        assertThat(again.messageId()).isEqualTo(doubt.messageId());
        assertThat(((SendResult.Accepted) again).providerMessageId()).contains("their-7");
        assertThat(((SendResult.Accepted) again).price()).contains(Money.of("0.04", "USD"));
        assertThat(first.inner.submissions()).hasSize(1);
    }

    @Test
    void acceptedMessagesWithoutAnEndAreAskedForAtDoublingAgesUpToTheHorizon() {
        SmsClient client = client();
        Reconciliation doubts = asking(client)
                .acceptedAfter(Duration.ofHours(1))
                .horizon(Duration.ofHours(10))
                .build();
        doubts.run();
        clock.advance(MINUTE);
        MessageId id = sent(client, Behaviour.accept());
        List<Long> hours = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            clock.advance(MINUTE.multipliedBy(15));
            if (doubts.run().open() == 1) {
                hours.add(i / 4L);
            }
        }
        assertThat(hours).containsExactly(1L, 2L, 4L, 8L);
        assertThat(first.asked.get(0).providerMessageId())
                .isEqualTo(row(id).providerMessageId())
                .isPresent();
    }

    @Test
    void theFirstRunAsksForAllAndOneThatComesLateForEachMessageOnce() {
        SmsClient client = client();
        MessageId old = sent(client, Behaviour.accept());
        clock.advance(Duration.ofHours(5));
        Reconciliation doubts = asking(client).build();
        assertThat(doubts.run().asked()).isEqualTo(1);
        assertThat(first.ids()).containsExactly(old);
        assertThat(doubts.run().asked()).isZero();
        clock.advance(Duration.ofHours(40));
        assertThat(doubts.run().asked()).as("at 8, 16 and 32 h").isEqualTo(1);
        clock.advance(Duration.ofDays(30));
        assertThat(doubts.run().asked()).as("beyond the horizon").isZero();
    }

    @Test
    void whatHasEndedIsNotAskedForAgain() {
        SmsClient client = client();
        MessageId id = sent(client, Behaviour.accept());
        Reconciliation doubts = asking(client).build();
        clock.advance(Duration.ofMinutes(61));
        first.answers = query -> new Found("their-1", DeliveryStatus.SENT, -1, null);
        assertThat(doubts.run().open()).isEqualTo(1);
        clock.advance(Duration.ofHours(1));
        first.answers = query -> new Found("their-1", DeliveryStatus.UNDELIVERED, 1, null);
        assertThat(doubts.run().ended()).isEqualTo(1);
        assertThat(row(id).status()).contains(DeliveryStatus.UNDELIVERED);
        clock.advance(Duration.ofHours(10));
        assertThat(doubts.run().asked()).isZero();
    }

    @Test
    void noAnswerMakesAKnownOutcomeWorse() {
        SmsClient client = client();
        MessageId accepted = sent(client, Behaviour.accept());
        first.inner.script().then(Behaviour.refuse(Reason.RECIPIENT, "1"));
        MessageId rejected = client.send(hello().build()).messageId();
        first.answers = query -> new Absent();
        clock.advance(Duration.ofHours(2));
        Reconciled run = asking(client).build().run();
        assertThat(run.open()).isEqualTo(1);
        assertThat(run.absent()).isZero();
        assertThat(row(accepted).state()).isEqualTo(MessageState.ACCEPTED);
        assertThat(row(rejected).state()).isEqualTo(MessageState.REJECTED);
        assertThat(first.ids()).containsExactly(accepted);
    }

    @Test
    void aCrashWhileSendingLeavesARowThatNamesWhoWasAskedAndALookupSettlesIt() {
        first.inner.script().then(Behaviour.refuse(Reason.ROUTE, "1"));
        boolean[] down = new boolean[1];
        SmsClient dying = options()
                .provider(first)
                .provider(second)
                .messages(new Without(store, down))
                .build();
        MessageId id = dying.send(hello().build()).messageId();
        assertThat(row(id).state()).as("the outcome was lost").isEqualTo(MessageState.SENDING);
        assertThat(row(id).provider()).contains("second");

        SmsClient client = client();
        Reconciliation doubts = asking(client).build();
        clock.advance(MINUTE);
        assertThat(doubts.run().asked()).as("it may still be under way").isZero();
        clock.advance(MINUTE.multipliedBy(4));
        first.knowsAll();
        second.knowsAll();
        assertThat(doubts.run().found()).isEqualTo(1);
        assertThat(row(id).state()).isEqualTo(MessageState.ACCEPTED);
        assertThat(row(id).provider()).contains("second");
        assertThat(first.asked)
                .as("it refused; whether it knows the message says nothing")
                .isEmpty();
    }

    /** A store as a process sees it that dies before it can record an outcome. */
    private record Without(MessageRepository inner, boolean[] namingFails) implements MessageRepository {
        @Override
        public boolean create(TenantId tenant, MessageRecord row) {
            return inner.create(tenant, row);
        }

        @Override
        public void asking(TenantId tenant, MessageId id, String provider, Instant now) {
            if (namingFails[0]) {
                throw new IllegalStateException("the database is down");
            }
            inner.asking(tenant, id, provider, now);
        }

        @Override
        public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
            throw new IllegalStateException("dead");
        }

        @Override
        public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
            return inner.find(tenant, id);
        }

        @Override
        public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
            return inner.query(tenant, query);
        }
    }

    @Test
    void whoCantBeWrittenDownIsNotAsked() {
        first.inner.script().then(Behaviour.refuse(Reason.ROUTE, "1"));
        SmsClient client = options()
                .provider(first)
                .provider(second)
                .messages(new Without(store, new boolean[] {true}))
                .build();
        SendResult result = client.send(hello().build());
        assertThat(result.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(result.attempts()).hasSize(1);
        assertThat(second.inner.submissions()).isEmpty();
    }

    /** A store that takes so long to write the row, and to name another provider. */
    private record Slow(InMemoryStore inner, VirtualClock clock, Duration creating, Duration naming)
            implements MessageRepository {
        @Override
        public boolean create(TenantId tenant, MessageRecord row) {
            clock.advance(creating);
            return inner.create(tenant, row);
        }

        @Override
        public void asking(TenantId tenant, MessageId id, String provider, Instant now) {
            clock.advance(naming);
            inner.asking(tenant, id, provider, now);
        }

        @Override
        public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
            inner.complete(tenant, id, result, now);
        }

        @Override
        public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
            return inner.find(tenant, id);
        }

        @Override
        public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
            return inner.query(tenant, query);
        }
    }

    @Test
    void aStoreThatIsSlowMakesNobodySubmitWhenALookupMayHaveProvenAbsence() {
        Duration slow = MINUTE.multipliedBy(10);
        SmsClient creating = options()
                .provider(first)
                .messages(new Slow(store, clock, slow, Duration.ZERO))
                .build();
        SendResult late = creating.send(hello().build());
        assertThat(late.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(first.inner.submissions()).isEmpty();

        first.inner.script().then(Behaviour.refuse(Reason.ROUTE, "1"));
        SmsClient naming = options()
                .provider(first)
                .provider(second)
                .messages(new Slow(store, clock, Duration.ZERO, slow))
                .build();
        late = naming.send(hello().build());
        assertThat(late.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(first.inner.submissions()).hasSize(1);
        assertThat(second.inner.submissions()).isEmpty();
    }

    @Test
    void whatASendUnderWayMayHaveCreatedIsNotGivenToAnotherOfEqualText() {
        SmsClient client = client();
        MessageId lost = sent(client, Behaviour.loseRequest());
        clock.advance(MINUTE.multipliedBy(2));
        MessageId underWay = MessageId.next();
        store.create(
                TENANT,
                MessageRecord.sending(underWay, TENANT, clock.now())
                        .to(ANN)
                        .text("See you at 10:30")
                        .provider("first", null)
                        .build());
        // Their provider has it, and its answer is on the way to us.
        first.answers = query -> new Found("their-1", DeliveryStatus.DELIVERED, 1, null);
        Reconciliation doubts = asking(client).build();
        assertThat(doubts.run().open()).isEqualTo(1);
        assertThat(row(lost).state()).isEqualTo(MessageState.UNKNOWN);

        clock.advance(MINUTE.multipliedBy(10));
        assertThat(doubts.run().found()).as("one of them; its send died").isEqualTo(1);
    }

    @Test
    void ofTwoWithOneTextAProvidersIdIsGivenToOneOnly() {
        SmsClient client = client();
        MessageId lost = sent(client, Behaviour.loseRequest());
        clock.advance(Duration.ofSeconds(1));
        MessageId arrived = sent(client, Behaviour.loseResponse());
        clock.advance(Duration.ofSeconds(1));
        MessageId known = sent(client, Behaviour.accept());
        // A provider that goes by the text, and even ignores what is said to belong to others.
        first.answers = query -> new Found("their-1", DeliveryStatus.DELIVERED, 1, null);
        clock.advance(MINUTE.multipliedBy(2));
        Reconciled run = asking(client).build().run();
        assertThat(run.found()).isEqualTo(1);
        assertThat(run.open()).isEqualTo(1);
        assertThat(List.of(row(lost).state(), row(arrived).state()))
                .containsExactlyInAnyOrder(MessageState.ACCEPTED, MessageState.UNKNOWN);
        assertThat(first.asked)
                .allSatisfy(query -> assertThat(
                                query.isOfAnother(row(known).providerMessageId().orElseThrow()))
                        .isTrue());
        assertThat(first.asked.get(1).isOfAnother("their-1")).isTrue();
    }

    @Test
    void aTenantsMessagesAreAskedForAtItsOwnProviderWhichStaysOpenMeanwhile() {
        TenantId clinic = TenantId.of("clinic");
        TenantId school = TenantId.of("school");
        List<Desk> made = new ArrayList<>();
        SmsClient client = options()
                .providers(tenant -> Optional.of(TenantProviders.of("1", () -> {
                    Desk desk = new Desk("own");
                    desk.inner.script().otherwise(Behaviour.loseResponse());
                    made.add(desk);
                    return List.of(desk);
                })))
                .build();
        MessageId id = client.send(hello().tenant(clinic).build()).messageId();
        client.send(hello().tenant(school).build());
        clock.advance(MINUTE.multipliedBy(2));
        made.get(0).answers = query -> {
            client.close(); // even that doesn't close what is being asked
            return made.get(0).closed ? new Inconclusive("closed") : new Found("c-1", DeliveryStatus.SENT, 1, null);
        };
        assertThat(asking(client).tenants(() -> Set.of(clinic)).build().run().found())
                .isEqualTo(1);
        assertThat(made.get(0).ids()).containsExactly(id);
        assertThat(made.get(0).closed).as("once it isn't used any more").isTrue();
        assertThat(made.get(1).asked).as("nobody wanted the other tenant's").isEmpty();
        assertThat(store.find(clinic, id).orElseThrow().state()).isEqualTo(MessageState.ACCEPTED);
    }

    @Test
    void aTenantWhoseProvidersArentKnownStandsInNobodysWay() {
        TenantId broken = TenantId.of("broken");
        boolean[] fails = new boolean[1];
        SmsClient client = options()
                .tenantCache(10, Duration.ofSeconds(1), Duration.ofSeconds(1))
                .providers(tenant -> {
                    if (fails[0] && tenant.equals(broken)) {
                        throw new IllegalStateException("no credentials today");
                    }
                    Desk desk = new Desk("own");
                    desk.inner.script().otherwise(Behaviour.loseResponse());
                    desk.answers = query -> new Found("x", DeliveryStatus.SENT, 1, null);
                    return Optional.of(TenantProviders.of("1", () -> List.of(desk)));
                })
                .build();
        client.send(hello().tenant(broken).build());
        client.send(hello().tenant(TENANT).build());
        fails[0] = true;
        clock.advance(Duration.ofHours(1));
        client.send(hello().tenant(TENANT).build()); // has what is idle dropped
        Reconciled run =
                asking(client).tenants(() -> Set.of(broken, TENANT)).build().run();
        assertThat(run.found()).isEqualTo(1);
        assertThat(run.open()).isEqualTo(1);
    }

    @Test
    void theOutboxsDoubtsAreLeftToItButItsAcceptedMessagesAreAskedFor() {
        SmsClient client = client();
        SmsOutbox outbox = SmsOutbox.builder(client, store).build();
        first.inner.script().then(Behaviour.loseRequest()).then(Behaviour.accept());
        MessageId doubt = outbox.enqueue(hello().build()).orThrow().messageId();
        outbox.pump(Set.of(SmsOutbox.Duty.DISPATCH));
        MessageId accepted = outbox.enqueue(hello().build()).orThrow().messageId();
        outbox.pump(Set.of(SmsOutbox.Duty.DISPATCH));
        clock.advance(Duration.ofHours(2));
        first.knowsAll();
        assertThat(asking(client).build().run().ended()).isEqualTo(1);
        assertThat(first.ids()).containsExactly(accepted);
        assertThat(row(doubt).state()).isEqualTo(MessageState.UNKNOWN);
        outbox.pump();
        assertThat(row(doubt).state()).isEqualTo(MessageState.REJECTED);
    }

    @Test
    void oneRunAsksForNoMoreThanItMayAndTheNextGoesOn() {
        SmsClient client = client();
        List<MessageId> all = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            all.add(sent(client, Behaviour.accept()));
            clock.advance(Duration.ofSeconds(i % 2));
        }
        clock.advance(Duration.ofHours(2));
        Reconciliation doubts = asking(client).most(3).build();
        assertThat(doubts.run().more()).isTrue();
        assertThat(first.asked).hasSize(3);
        assertThat(doubts.run().more()).isTrue();
        assertThat(doubts.run().more()).isFalse();
        assertThat(first.ids()).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void pagesSurviveWhatChangesAndWhatIsDeletedUnderneath() {
        SmsClient client = client();
        int many = 1_200; // three pages
        for (int i = 0; i < many; i++) {
            sent(client, Behaviour.accept());
            clock.advance(Duration.ofMillis(i % 3));
        }
        clock.advance(Duration.ofHours(2));
        Reconciliation doubts = asking(client).most(400).build();
        first.answers = query -> new Found("n-" + query.messageId(), DeliveryStatus.DELIVERED, 1, null);
        int ended = doubts.run().ended();
        // What it stood on, and everything else that has ended, goes away as a retention would have it.
        clock.advance(Duration.ofSeconds(1));
        List<MessageId> done = first.ids();
        assertThat(store.purge(clock.now(), 1)).isEqualTo(1);
        while (store.find(TENANT, done.get(done.size() - 1)).isPresent()) {
            assertThat(store.purge(clock.now(), 100)).isPositive();
        }
        long left = store.stream(TENANT, MessageQuery.all()).count();
        for (Reconciled run = doubts.run(); ; run = doubts.run()) {
            ended += run.ended();
            if (!run.more()) {
                break;
            }
        }
        assertThat(first.ids()).as("nobody twice").doesNotHaveDuplicates();
        assertThat(store.stream(TENANT, MessageQuery.all())
                        .filter(each -> each.status().isEmpty())
                        .count())
                .as("of %s that were left, all were asked for", left)
                .isZero();
        assertThat(ended).isEqualTo(first.asked.size());
    }

    @Test
    void aStoreThatFailsIsNamedAndTheNextRunGoesOnBehindTheMessage() {
        SmsClient client = client();
        sent(client, Behaviour.loseResponse());
        clock.advance(Duration.ofSeconds(1));
        sent(client, Behaviour.loseResponse());
        clock.advance(MINUTE.multipliedBy(2));
        boolean[] fails = {true};
        EventJournal failing = new EventJournal() {
            @Override
            public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                if (fails[0]) {
                    throw new IllegalStateException("the database is down");
                }
                return store.apply(tenant, entries);
            }

            @Override
            public int parked(TenantId tenant, Instant now) {
                return store.parked(tenant, now);
            }
        };
        first.knowsAll();
        Reconciliation doubts = Reconciliation.builder(client, store, failing).build();
        assertThatThrownBy(doubts::run)
                .isInstanceOf(SmsStoreException.class)
                .hasMessageContaining("EventJournal.apply");
        fails[0] = false;
        assertThat(doubts.run().found()).isEqualTo(1);
        clock.advance(MINUTE.multipliedBy(3));
        assertThat(doubts.run().found()).as("it comes again at its next age").isEqualTo(1);
    }

    @Test
    void whoCannotBeAskedIsNotCountedAndWhatThrowsProvesNothing() {
        SmsClient blind = options()
                .provider(FakeProvider.of(
                        SandboxProvider.builder().name("blind").time(clock).without(StatusLookup.class)))
                .build();
        blind.send(hello().build());
        SmsClient client = client();
        MessageId id = sent(client, Behaviour.loseResponse());
        MessageId code = client.send(hello().category(Category.OTP).build()).messageId();
        clock.advance(Duration.ofHours(2));
        assertThat(asking(blind).build().run().asked()).isZero();
        first.answers = query -> {
            throw new IllegalStateException("not as agreed");
        };
        assertThat(asking(client).build().run().open()).isEqualTo(2);
        assertThat(row(id).state()).isEqualTo(MessageState.UNKNOWN);
        assertThat(first.asked)
                .filteredOn(query -> query.messageId().equals(code))
                .allSatisfy(query -> assertThat(query.text()).isEmpty());
    }

    @Test
    void reportsEveryMistakeOfTheConfigurationAtOnce() {
        SmsClient client = client();
        assertThatThrownBy(() -> asking(client)
                        .unknownAfter(Duration.ZERO)
                        .acceptedAfter(Duration.ofDays(4))
                        .most(0)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("unknownAfter", "horizon: PT72H is shorter than PT96H", "most: 0");
        Reconciliation doubts = asking(client).build();
        client.close();
        assertThatThrownBy(doubts::run).isInstanceOf(IllegalStateException.class);
    }
}
