package io.textonce.outbox;

import static io.textonce.outbox.Post.TENANT;
import static io.textonce.outbox.Post.drain;
import static io.textonce.outbox.Post.hello;
import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.client.RetryPolicy;
import io.textonce.client.Routing;
import io.textonce.client.SmsClient;
import io.textonce.outbox.Setup.Line;
import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.memory.DelegatingOutbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Workers that die, freeze or lose their store: nothing is lost silently, nothing is sent twice. Each line that this
 * hangs on is taken away once, and then messages are sent twice.
 */
class OutboxCrashTest {

    /** What a run came to, summed over all its messages. Absent: the provider proved that it has none, so it is rejected. */
    private record Toll(int messages, int accepted, int absent, int unknown, int duplicates, int stuck, int lost) {
        static final Toll NONE = new Toll(0, 0, 0, 0, 0, 0, 0);

        Toll plus(Toll other) {
            return new Toll(
                    messages + other.messages,
                    accepted + other.accepted,
                    absent + other.absent,
                    unknown + other.unknown,
                    duplicates + other.duplicates,
                    stuck + other.stuck,
                    lost + other.lost);
        }
    }

    private static Toll toll(Post post, List<MessageId> ids) {
        Toll toll = Toll.NONE;
        for (MessageId id : ids) {
            MessageState state = post.store.find(TENANT, id).orElseThrow().state();
            long received = post.received(id);
            long created = post.provider.sandbox().tally(id).created();
            boolean stuck =
                    state == MessageState.PENDING || state == MessageState.CLAIMED || state == MessageState.SENDING;
            toll = toll.plus(new Toll(
                    1,
                    state == MessageState.ACCEPTED ? 1 : 0,
                    state == MessageState.REJECTED && created == 0 ? 1 : 0,
                    state == MessageState.UNKNOWN ? 1 : 0,
                    received > 1 || created > 1 ? 1 : 0,
                    stuck ? 1 : 0,
                    (state == MessageState.ACCEPTED && created != 1) || (state == MessageState.REJECTED && created != 0)
                            ? 1
                            : 0));
        }
        return toll;
    }

    /** The most calls to the store that a run makes; the last runs are then without a fault. */
    private static final int MOST_CALLS = 60;

    /**
     * Two providers, the first of which never gets a request through, six messages, a fault at one call, then a fresh
     * worker until nothing is due. A dead process submits nothing more.
     */
    private static Toll run(
            int failAt,
            boolean after,
            boolean deadly,
            UnaryOperator<SmsOutbox.Builder> options,
            Map<String, Integer> places) {
        Post post = new Post(false);
        FakeProvider dud = FakeProvider.of(SandboxProvider.builder().name("dud").time(post.clock));
        dud.script().otherwise(Behaviour.notTransmitted());
        FaultyOutbox faulty = new FaultyOutbox(post.store, failAt, after, deadly);
        post.beforeSubmit = () -> {
            if (faulty.isDead()) {
                throw new FaultyOutbox.Fault("a dead process asks nobody");
            }
        };
        post.repository = faulty;
        SmsOutbox first = options.apply(post.outbox(clientOf(post, dud))).build();
        List<MessageId> ids = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            SmsMessage message = hello().idempotencyKey("k" + i).build();
            ids.add(enqueue(post, first, message).messageId());
        }
        pumpBravely(first);
        pumpBravely(first);
        places.merge(faulty.failed, 1, Integer::sum);
        if (!faulty.isDead()) {
            post.clock.advance(Post.LEASE.plusSeconds(1));
            pumpBravely(first);
        }
        // The first one is abandoned as it is, neither closed nor told.
        post.repository = post.store;
        post.beforeSubmit = () -> {};
        SmsOutbox second = post.outbox(clientOf(post, dud)).build();
        for (int i = 0; i < 5; i++) {
            post.clock.advance(Post.LEASE.plusSeconds(1));
            drain(second);
        }
        return toll(post, ids);
    }

    private static SmsClient clientOf(Post post, FakeProvider dud) {
        return SmsClient.builder()
                .provider(dud)
                .provider(post.provider)
                .routing(Routing.failover("dud", "first"))
                .time(post.clock)
                .retry(RetryPolicy.none())
                .breaker(null)
                .attemptTimeout(Duration.ofSeconds(10))
                .suppressions(post.new Suppressions())
                .executor(Runnable::run)
                .build();
    }

    /** As a host does: it repeats with the same key until it has an answer, if need be by another process. */
    private static EnqueueReceipt enqueue(Post post, SmsOutbox outbox, SmsMessage message) {
        try {
            return outbox.enqueue(message).orThrow();
        } catch (SmsStoreException e) {
            try {
                return outbox.enqueue(message).orThrow();
            } catch (SmsStoreException dead) {
                OutboxRepository now = post.repository;
                post.repository = post.store;
                EnqueueReceipt receipt = post.outbox().build().enqueue(message).orThrow();
                post.repository = now;
                return receipt;
            }
        }
    }

    private static void pumpBravely(SmsOutbox outbox) {
        try {
            for (int i = 0; i < 20 && outbox.pump() > 0; i++) {
                assertThat(i).isLessThan(19);
            }
        } catch (SmsStoreException | FaultyOutbox.Fault e) {
            assertThat(e).isNotNull(); // a scheduler would log it and call again
        }
    }

    private static Toll runs(boolean deadly, UnaryOperator<SmsOutbox.Builder> options, Map<String, Integer> places) {
        Toll all = Toll.NONE;
        for (int failAt = 1; failAt <= MOST_CALLS; failAt++) {
            for (boolean after : new boolean[] {false, true}) {
                all = all.plus(run(failAt, after, deadly, options, places));
            }
        }
        return all;
    }

    @Test
    void aStoreThatFailsAtAnyCallBeforeOrAfterItsWorkLosesNothingAndSendsNothingTwice() {
        Map<String, Integer> places = new TreeMap<>();
        Toll toll = runs(false, builder -> builder, places);
        System.out.println("outbox, one store failure: " + toll + " at " + places);
        assertThat(places)
                .containsKeys(
                        "enqueue after its work",
                        "claim after its work",
                        "begin after its work",
                        "begin before its work",
                        "asking after its work",
                        "complete before its work",
                        "complete after its work",
                        "expire before its work");
        assertThat(toll.duplicates()).isZero();
        assertThat(toll.stuck()).isZero();
        assertThat(toll.lost()).isZero();
        assertThat(toll.accepted() + toll.absent() + toll.unknown()).isEqualTo(toll.messages());
    }

    @Test
    void Q3_aProcessThatDiesAtAnyCallLosesNothingAndSendsNothingTwice() {
        Map<String, Integer> places = new TreeMap<>();
        Toll toll = runs(true, builder -> builder, places);
        System.out.println("outbox, one death: " + toll + " at " + places);
        assertThat(toll.duplicates()).isZero();
        assertThat(toll.stuck()).isZero();
        assertThat(toll.lost()).isZero();
        assertThat(toll.accepted() + toll.absent() + toll.unknown()).isEqualTo(toll.messages());
        assertThat(toll.unknown()).isPositive().isLessThanOrEqualTo(2 * MOST_CALLS * 4);
    }

    @Test
    void Q2_withoutWritingAheadADeathSendsTwice() {
        Toll toll = runs(true, builder -> builder.reverted(Line.WRITE_AHEAD), new TreeMap<>());
        assertThat(toll.duplicates()).isPositive();
    }

    // ---- each state

    @Test
    void Q3_whatADeadWorkerHadClaimedIsSentAndWhatItWasSendingIsInDoubt() {
        Post post = new Post(false);
        SmsOutbox outbox = post.outbox().build();
        MessageId pending = outbox.enqueue(hello().build()).messageId();
        post.clock.advance(Duration.ofSeconds(1));
        MessageId claimed = outbox.enqueue(hello().build()).messageId();
        post.clock.advance(Duration.ofSeconds(1));
        MessageId sending = outbox.enqueue(hello().build()).messageId();
        OutboxRow first = claim(post, pending);
        OutboxRow second = claim(post, claimed);
        OutboxRow third = claim(post, sending);
        post.store.giveBack("dead", List.of(first.key()));
        assertThat(post.store.begin(
                        "dead", List.of(new OutboxRepository.Start(third.key(), third.attempt(), "first")), Post.LEASE))
                .hasSize(1);
        assertThat(second.state()).isEqualTo(MessageState.CLAIMED);
        for (int i = 0; i < 50; i++) {
            drain(outbox);
            post.clock.advance(Post.LEASE.plusSeconds(1));
        }
        assertThat(post.received(pending)).isEqualTo(1);
        assertThat(post.received(claimed)).isEqualTo(1);
        assertThat(post.received(sending)).isZero();
        assertThat(post.state(sending)).isEqualTo(MessageState.UNKNOWN);
        assertThat(post.message(sending).provider()).contains("first");
        assertThat(outbox.stats().doubted()).isEqualTo(1);
        assertThat(outbox.stats().freed()).isEqualTo(1);
    }

    private static OutboxRow claim(Post post, MessageId id) {
        OutboxRow row = post.store.claim("dead", 1, Post.LEASE).get(0);
        assertThat(row.id()).isEqualTo(id);
        return row;
    }

    // ---- frozen workers

    /** A worker freezes at the last question before its submit, and others go on without it. */
    private static Post frozenBeforeSubmit(boolean lookup, UnaryOperator<SmsOutbox.Builder> options) {
        Post post = new Post(lookup);
        SmsOutbox others = post.outbox()
                .onUnknown(Category.TRANSACTIONAL, OnUnknown.RECONCILE)
                .build();
        AtomicBoolean frozen = new AtomicBoolean();
        post.beforeSubmit = () -> {
            if (frozen.compareAndSet(false, true)) {
                for (int i = 0; i < 4; i++) {
                    post.clock.advance(Post.LEASE.plusSeconds(1));
                    drain(others);
                }
            }
        };
        SmsOutbox mine = options.apply(post.outbox()).build();
        mine.enqueue(hello().build()).orThrow();
        drain(mine);
        post.clock.advance(Duration.ofHours(1));
        drain(others);
        return post;
    }

    @Test
    void Q5_aFrozenWorkerDoesNotSendWhatOthersHaveSentMeanwhile() {
        Post post = frozenBeforeSubmit(true, builder -> builder);
        assertThat(post.provider.submissions()).hasSize(1);
        assertThat(post.store.query(TENANT, MessageQuery.all()))
                .singleElement()
                .satisfies(row -> assertThat(row.state()).isEqualTo(MessageState.ACCEPTED));
    }

    @Test
    void Q5_withoutTheFenceAFrozenWorkerSendsItTwice() {
        Post post = frozenBeforeSubmit(true, builder -> builder.reverted(Line.FENCE));
        assertThat(post.provider.submissions()).hasSize(2);
    }

    @Test
    void aFrozenWorkersProofThatItSentNothingIsWelcome() {
        Post post = frozenBeforeSubmit(false, builder -> builder);
        assertThat(post.provider.submissions()).hasSize(1);
    }

    /** A worker freezes between its claim and its begin. */
    private static Post frozenBeforeBegin(UnaryOperator<OutboxRepository> store) {
        Post post = new Post();
        SmsOutbox others = post.outbox().build();
        AtomicBoolean frozen = new AtomicBoolean();
        post.repository = store.apply(new DelegatingOutbox(post.store) {
            @Override
            public List<OutboxRow> claim(String owner, int most, Duration lease) {
                List<OutboxRow> rows = super.claim(owner, most, lease);
                if (frozen.compareAndSet(false, true)) {
                    post.clock.advance(Post.LEASE.plusSeconds(1));
                    drain(others);
                }
                return rows;
            }
        });
        SmsOutbox mine = post.outbox().build();
        mine.enqueue(hello().build()).orThrow();
        drain(mine);
        return post;
    }

    @Test
    void Q5_aFrozenWorkerDoesNotBeginWhatOthersHaveSentMeanwhile() {
        assertThat(frozenBeforeBegin(store -> store).provider.submissions()).hasSize(1);
    }

    @Test
    void withoutTheConditionOnOwnerAndStateAFrozenWorkerSendsItTwice() {
        Post post = frozenBeforeBegin(store -> new DelegatingOutbox(store) {
            @Override
            public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
                super.begin(owner, starts, lease);
                return Set.copyOf(starts.stream().map(Start::key).toList());
            }
        });
        assertThat(post.provider.submissions()).hasSize(2);
    }

    /** A worker dies between its submit and the record of it. */
    private static Post deadAfterSubmit(UnaryOperator<OutboxRepository> others) {
        Post post = new Post(false);
        post.repository = new DelegatingOutbox(post.store) {
            @Override
            public Set<RowKey> complete(Collection<Completion> completions) {
                throw new FaultyOutbox.Fault("dead");
            }
        };
        SmsOutbox mine = post.outbox().build();
        mine.enqueue(hello().build()).orThrow();
        mine.pump();
        post.repository = others.apply(post.store);
        SmsOutbox second = post.outbox().build();
        for (int i = 0; i < 5; i++) {
            post.clock.advance(Post.LEASE.plusSeconds(1));
            drain(second);
        }
        return post;
    }

    @Test
    void Q3_whatWasBeingSentIsNeverStartedAgain() {
        Post post = deadAfterSubmit(store -> store);
        assertThat(post.provider.submissions()).hasSize(1);
    }

    @Test
    void Q3_aStoreThatStartsAgainWhatWasBeingSentSendsItTwice() {
        Post post = deadAfterSubmit(store -> new DelegatingOutbox(store) {
            @Override
            public Expired expire(Duration settle) {
                Expired expired = super.expire(Duration.ZERO);
                for (OutboxRow row : super.doubts(100, Duration.ofHours(1))) {
                    super.complete(List.of(new Completion(
                            row.key(), row.owner().orElseThrow(), row.attempt(), Again.at(Instant.EPOCH, 0, null))));
                }
                return expired;
            }
        });
        assertThat(post.provider.submissions()).hasSize(2);
    }

    @Test
    void anOutcomeThatTheStoreDidNotTakeIsOfferedAgainAndSettlesTheDoubt() {
        Post post = new Post(false);
        AtomicBoolean down = new AtomicBoolean(true);
        post.repository = new DelegatingOutbox(post.store) {
            @Override
            public Set<RowKey> complete(Collection<Completion> completions) {
                if (down.get()) {
                    throw new FaultyOutbox.Fault("down");
                }
                return super.complete(completions);
            }
        };
        SmsOutbox mine = post.outbox().build();
        MessageId id = mine.enqueue(hello().build()).orThrow().messageId();
        mine.pump();
        MessageId next = mine.enqueue(hello().build()).orThrow().messageId();
        post.clock.advance(Post.LEASE.plusSeconds(1));
        mine.pump();
        assertThat(post.state(id)).isEqualTo(MessageState.UNKNOWN);
        assertThat(post.state(next)).as("nothing new is claimed meanwhile").isEqualTo(MessageState.PENDING);
        down.set(false);
        drain(mine);
        assertThat(post.state(id)).isEqualTo(MessageState.ACCEPTED);
        assertThat(post.state(next)).isEqualTo(MessageState.ACCEPTED);
        assertThat(post.provider.submissions()).hasSize(2);
    }
}
