package io.textonce.outbox;

import static io.textonce.outbox.Post.TENANT;
import static io.textonce.outbox.Post.hello;
import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.client.RetryPolicy;
import io.textonce.client.SmsClient;
import io.textonce.sandbox.Behaviour;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import io.textonce.store.Suppression;
import io.textonce.testkit.memory.DelegatingOutbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers beside each other, and people who change their minds while workers are at it. */
class OutboxRaceTest {

    private static final long SEED = Long.getLong("textonce.seed", 20260301L);

    private static SmsClient client(Post post) {
        return SmsClient.builder()
                .provider(post.provider)
                .time(post.clock)
                .retry(RetryPolicy.none())
                .breaker(null)
                .attemptTimeout(Duration.ofSeconds(10))
                .suppressions(post.new Suppressions())
                .build();
    }

    private static List<MessageId> enqueue(SmsOutbox outbox, int count) {
        List<SmsMessage> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(hello().build());
        }
        return outbox.enqueueAll(messages).stream()
                .map(receipt -> receipt.orThrow().messageId())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8})
    void workersOnOneStoreSendEachMessageOnce(int workers) throws Exception {
        Post post = new Post();
        List<SmsOutbox> outboxes = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            outboxes.add(post.outbox(client(post)).build());
        }
        List<MessageId> ids = enqueue(outboxes.get(0), 2_000);
        together(workers, i -> Post.drain(outboxes.get(i)));
        Post.drain(outboxes.get(0));
        assertThat(ids).allSatisfy(id -> {
            assertThat(post.received(id)).isEqualTo(1);
            assertThat(post.state(id)).isEqualTo(MessageState.ACCEPTED);
        });
        assertThat(post.provider.submissions()).hasSize(2_000);
    }

    private interface Work {
        void run(int number) throws Exception;
    }

    private static void together(int runners, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(runners);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < runners; i++) {
                int number = i;
                all.add(threads.submit(() -> {
                    work.run(number);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get(120, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Comes in between any two steps of a worker. */
    private static final class Between extends DelegatingOutbox {
        private final Runnable step;

        Between(OutboxRepository store, Runnable step) {
            super(store);
            this.step = step;
        }

        @Override
        public List<OutboxRow> claim(String owner, int most, Duration lease) {
            step.run();
            List<OutboxRow> rows = super.claim(owner, most, lease);
            step.run();
            return rows;
        }

        @Override
        public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
            step.run();
            Set<RowKey> begun = super.begin(owner, starts, lease);
            step.run();
            return begun;
        }

        @Override
        public Set<RowKey> complete(Collection<Completion> completions) {
            step.run();
            Set<RowKey> applied = super.complete(completions);
            step.run();
            return applied;
        }
    }

    @Test
    void nothingIsSentAfterCancelReturnedAtAThousandRandomInstants() {
        System.out.println("outbox, cancel between two steps: textonce.seed=" + SEED);
        Random random = new Random(SEED);
        int cancelled = 0;
        int tooLate = 0;
        for (int round = 0; round < 50; round++) {
            Post post = new Post();
            post.provider
                    .script()
                    .otherwise(submission -> submission.messageId().hashCode() % 4 == 0
                            ? Behaviour.notTransmitted()
                            : Behaviour.accept());
            List<MessageId> left = new ArrayList<>();
            Set<MessageId> done = ConcurrentHashMap.newKeySet();
            SmsOutbox desk = post.outbox().build();
            int[] counts = new int[2];
            Runnable cancel = () -> {
                if (!left.isEmpty() && random.nextInt(3) == 0) {
                    MessageId id = left.remove(random.nextInt(left.size()));
                    boolean isDone = desk.cancel(TENANT, id).isDone();
                    counts[isDone ? 0 : 1]++;
                    if (isDone) {
                        assertThat(post.provider.sandbox().tally(id).created()).isZero();
                        done.add(id);
                    }
                }
            };
            post.beforeSubmit = cancel;
            post.repository = new Between(post.store, cancel);
            SmsOutbox outbox = post.outbox().inFlight(1 + random.nextInt(4)).build();
            left.addAll(enqueue(outbox, 20));
            for (int i = 0; i < 40 && !left.isEmpty(); i++) {
                Post.drain(outbox);
                cancel.run();
                post.clock.advance(Duration.ofSeconds(20));
            }
            Post.drain(outbox);
            for (MessageId id : done) {
                assertThat(post.received(id))
                        .as("sent though cancelled, round " + round)
                        .isZero();
                assertThat(post.state(id)).isEqualTo(MessageState.CANCELLED);
            }
            cancelled += counts[0];
            tooLate += counts[1];
        }
        System.out.println("outbox, cancel: " + cancelled + " in time, " + tooLate + " too late, 0 sent after");
        assertThat(cancelled + tooLate).isEqualTo(1_000);
        assertThat(cancelled).isGreaterThan(100);
        assertThat(tooLate).isGreaterThan(100);
    }

    @Test
    void cancelAndHoldRaceWithEightWorkers() throws Exception {
        System.out.println("outbox, cancel against threads: textonce.seed=" + SEED);
        Post post = new Post();
        List<SmsOutbox> outboxes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            outboxes.add(post.outbox(client(post)).build());
        }
        List<MessageId> ids = new ArrayList<>(enqueue(outboxes.get(0), 2_000));
        Collections.shuffle(ids, new Random(SEED));
        AtomicInteger next = new AtomicInteger();
        Set<MessageId> cancelled = ConcurrentHashMap.newKeySet();
        together(10, i -> {
            if (i < 8) {
                Post.drain(outboxes.get(i));
            } else {
                for (int n = next.getAndIncrement(); n < 1_000; n = next.getAndIncrement()) {
                    MessageId id = ids.get(n);
                    if (n % 3 == 0 && outboxes.get(i - 8).hold(TENANT, id).isDone()) {
                        outboxes.get(i - 8).release(TENANT, id);
                    }
                    if (outboxes.get(i - 8).cancel(TENANT, id).isDone()) {
                        cancelled.add(id);
                    }
                }
            }
        });
        Post.drain(outboxes.get(0));
        assertThat(ids).allSatisfy(id -> {
            assertThat(post.received(id)).isEqualTo(cancelled.contains(id) ? 0 : 1);
            assertThat(post.state(id))
                    .isEqualTo(cancelled.contains(id) ? MessageState.CANCELLED : MessageState.ACCEPTED);
        });
    }

    @Test
    void nothingIsSentAfterAStopWasRecordedBetweenAnyTwoSteps() {
        System.out.println("outbox, stop between two steps: textonce.seed=" + SEED);
        Random random = new Random(SEED);
        int stopped = 0;
        for (int round = 0; round < 200; round++) {
            Post post = new Post();
            PhoneNumber[] people = new PhoneNumber[8];
            boolean[] out = new boolean[people.length];
            for (int i = 0; i < people.length; i++) {
                people[i] = PhoneNumber.of("+1202555010" + i);
            }
            Runnable stop = () -> {
                int who = random.nextInt(people.length);
                if (!out[who] && random.nextInt(6) == 0) {
                    out[who] = true;
                    post.store.record(
                            TENANT,
                            new Suppression(
                                    people[who], null, Suppression.Choice.OPT_OUT, post.clock.now(), "keyword"));
                }
            };
            List<PhoneNumber> sentTooLate = new ArrayList<>();
            post.provider.script().otherwise(submission -> {
                for (int i = 0; i < people.length; i++) {
                    if (out[i] && people[i].equals(submission.to())) {
                        sentTooLate.add(submission.to());
                    }
                }
                return Behaviour.accept();
            });
            post.repository = new Between(post.store, stop);
            SmsOutbox outbox = post.outbox().build();
            List<SmsMessage> messages = new ArrayList<>();
            for (PhoneNumber person : people) {
                messages.add(SmsMessage.to(person).text("Hello").build());
            }
            outbox.enqueueAll(messages);
            Post.drain(outbox);
            assertThat(sentTooLate).as("round " + round).isEmpty();
            stopped += people.length - post.provider.submissions().size();
        }
        System.out.println("outbox, stop: " + stopped + " of 1600 messages were stopped");
        assertThat(stopped).isGreaterThan(100);
    }
}
