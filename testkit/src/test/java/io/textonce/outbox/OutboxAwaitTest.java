package io.textonce.outbox;

import static io.textonce.outbox.Post.TENANT;
import static io.textonce.outbox.Post.drain;
import static io.textonce.outbox.Post.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.MessageId;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.client.RateLimit;
import io.textonce.client.RetryPolicy;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.sandbox.Behaviour;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.memory.DelegatingOutbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever waits hears at once what this process records, soon what another does, and nothing is kept of who is gone. */
@Timeout(60)
class OutboxAwaitTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Post post = new Post();

    /** For tests with threads: a store and a provider on the system's clock. */
    private final InMemoryStore real = new InMemoryStore();

    private final FakeProvider carrier = FakeProvider.named("carrier");

    /** Lets a test come in after a row was read. */
    private static class Reads extends DelegatingOutbox {
        private volatile Runnable atRead = () -> {};

        Reads(InMemoryStore store) {
            super(store);
        }

        @Override
        public Optional<OutboxRow> row(TenantId tenant, MessageId id) {
            Optional<OutboxRow> row = super.row(tenant, id);
            atRead.run();
            return row;
        }
    }

    private static MessageId enqueued(SmsEnqueuer outbox) {
        return outbox.enqueue(hello().build()).orThrow().messageId();
    }

    /** One that sends only what it is woken for. */
    private SmsOutbox.Builder outbox(OutboxRepository store) {
        SmsClient client = SmsClient.builder()
                .provider(carrier)
                .retry(RetryPolicy.none())
                .breaker(null)
                .build();
        return SmsOutbox.builder(client, store).workers(1).poll(Duration.ofHours(1));
    }

    @Test
    void whatThisProcessSendsIsToldAtOnceAndNotByReadingTheRowAgain() throws Exception {
        Reads reads = new Reads(real);
        CountDownLatch looked = new CountDownLatch(1);
        reads.atRead = looked::countDown;
        carrier.script().otherwise(submission -> {
            awaitQuietly(looked); // it is sent after the wait has begun
            return Behaviour.accept();
        });
        try (SmsOutbox outbox = outbox(reads).build()) {
            outbox.start();
            MessageId id = enqueued(outbox);
            SendResult result = outbox.await(TENANT, id, LONG).orElseThrow();
            assertThat(result.isAccepted()).isTrue();
            assertThat(result.messageId()).isEqualTo(id);
            assertThat(result.quote())
                    .as("as it was recorded, not as it was read")
                    .isPresent();
            assertThat(outbox.waiting()).isZero();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void waitingHasTheStoreAskedForWorkSoThatACommitNeedsNoOtherSign() throws Exception {
        CountDownLatch idle = new CountDownLatch(1);
        Reads watched = new Reads(real) {
            @Override
            public List<OutboxRow> claim(String owner, int most, Duration lease) {
                idle.countDown();
                return super.claim(owner, most, lease);
            }
        };
        try (SmsOutbox outbox = outbox(watched).build()) {
            outbox.start();
            awaitQuietly(idle); // the next time it asks by itself is in an hour
            MessageId id = enqueued(outbox(real).build()); // of which this outbox knows nothing
            assertThat(outbox.await(TENANT, id, LONG)).isPresent();
            assertThat(carrier.submissions()).hasSize(1);
        }
    }

    @Test
    void whatAnotherProcessSendsIsFoundByReadingTheRowAtASanePace() throws Exception {
        Reads reads = new Reads(post.store);
        SmsOutbox here = SmsOutbox.builder(post.client().build(), reads).build();
        SmsOutbox there = post.outbox().build();
        MessageId id = enqueued(here);
        List<Duration> at = new ArrayList<>();
        Instant start = post.clock.now();
        reads.atRead = () -> {
            at.add(Duration.between(start, post.clock.now()));
            if (at.size() == 6) {
                drain(there);
            }
        };
        assertThat(here.await(TENANT, id, LONG).orElseThrow().isAccepted()).isTrue();
        assertThat(at).extracting(Duration::toMillis).containsExactly(0L, 100L, 300L, 700L, 1_500L, 2_500L, 3_500L);
        assertThat(here.waiting()).isZero();
    }

    @Test
    void theTimeIsKeptAndNothingIsLeftOfWhoHasGone() throws Exception {
        SmsOutbox outbox = post.outbox().build();
        MessageId id = enqueued(outbox);
        Instant start = post.clock.now();
        assertThat(outbox.await(TENANT, id, Duration.ofMillis(2_250))).isEmpty();
        assertThat(Duration.between(start, post.clock.now())).isEqualTo(Duration.ofMillis(2_250));
        assertThat(outbox.await(TENANT, id, Duration.ZERO)).isEmpty();
        assertThat(outbox.waiting()).isZero();
        drain(outbox);
        assertThat(outbox.await(TENANT, id, Duration.ZERO))
                .as("it is sent all the same")
                .isPresent();
    }

    @Test
    void everyOutcomeIsToldAsTheRowHasIt() throws Exception {
        post.provider
                .script()
                .then(Behaviour.refuse(Reason.RECIPIENT, "21211"))
                .then(Behaviour.loseResponse())
                .then(Behaviour.accept());
        SmsOutbox outbox = post.outbox().build();
        List<SendResult> results = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            MessageId id = enqueued(outbox);
            drain(outbox);
            results.add(outbox.await(TENANT, id, LONG).orElseThrow());
        }
        SendResult.Rejected rejected = (SendResult.Rejected) results.get(0);
        assertThat(rejected.reason()).isEqualTo(Reason.RECIPIENT);
        assertThat(rejected.proof()).isEqualTo(Proof.PROVIDER_REFUSED);
        assertThat(rejected.providerCode()).contains("21211");
        assertThat(((SendResult.Unknown) results.get(1)).provider()).isEqualTo("first");
        assertThat(((SendResult.Accepted) results.get(2)).providerMessageId()).isPresent();
        MessageId cancelled = enqueued(outbox);
        outbox.cancel(TENANT, cancelled);
        assertThat(((SendResult.Rejected) outbox.await(TENANT, cancelled, LONG).orElseThrow()).explanation())
                .contains("cancelled");
    }

    @Test
    void whatIsPutOffForLongerThanSomebodyWaitsIsAnsweredAtOnce() throws Exception {
        SmsOutbox outbox = post.outbox(post.client()
                        .rateLimit(RateLimit.of(1, Duration.ofHours(1)).keyedBy(RateLimit.Key.RECIPIENT))
                        .build())
                .build();
        enqueued(outbox);
        drain(outbox);
        MessageId late = enqueued(outbox);
        drain(outbox);
        Instant start = post.clock.now();
        assertThat(outbox.await(TENANT, late, LONG)).isEmpty();
        assertThat(post.message(late).explanation().orElseThrow()).contains("limit");
        MessageId tomorrow = outbox.enqueue(hello().build(), start.plus(Duration.ofDays(1)))
                .orThrow()
                .messageId();
        assertThat(outbox.await(TENANT, tomorrow, LONG)).isEmpty();
        assertThat(outbox.await(TENANT, MessageId.next(), LONG))
                .as("nobody knows it")
                .isEmpty();
        assertThat(post.clock.now()).isEqualTo(start);
    }

    @Test
    void whatIsTriedAgainSoonIsWaitedFor() throws Exception {
        carrier.script().then(2, Behaviour.notTransmitted());
        try (SmsOutbox outbox = outbox(real)
                .poll(Duration.ofMillis(20))
                .retry(5, Duration.ofMillis(50), Duration.ofMillis(50))
                .build()) {
            outbox.start();
            SendResult result = outbox.await(TENANT, enqueued(outbox), LONG).orElseThrow();
            assertThat(result.isAccepted()).isTrue();
            assertThat(result.attempts()).hasSize(3);
        }
    }

    @Test
    void manyMayWaitForOneAndClosingSendsEverybodyHome() throws Exception {
        Reads reads = new Reads(real);
        CountDownLatch waiting = new CountDownLatch(20);
        reads.atRead = waiting::countDown;
        SmsOutbox outbox = outbox(reads).build(); // never started
        MessageId id = enqueued(outbox);
        List<CompletableFuture<Optional<SendResult>>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<Optional<SendResult>> one = new CompletableFuture<>();
            all.add(one);
            new Thread(() -> {
                        try {
                            one.complete(outbox.await(TENANT, id, Duration.ofHours(1)));
                        } catch (Throwable e) {
                            one.completeExceptionally(e);
                        }
                    })
                    .start();
        }
        assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
        outbox.close();
        for (CompletableFuture<Optional<SendResult>> one : all) {
            assertThat(one.get(20, TimeUnit.SECONDS)).isEmpty();
        }
        assertThat(outbox.waiting()).isZero();
    }

    @Test
    void anInterruptEndsTheWaitAndAFailingStoreIsNamed() {
        Reads reads = new Reads(post.store);
        SmsOutbox outbox = SmsOutbox.builder(post.client().build(), reads).build();
        MessageId id = enqueued(outbox);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> outbox.await(TENANT, id, LONG)).isInstanceOf(InterruptedException.class);
        reads.atRead = () -> {
            throw new IllegalStateException("the database is down");
        };
        assertThatThrownBy(() -> outbox.await(TENANT, id, LONG))
                .isInstanceOf(SmsStoreException.class)
                .hasMessageContaining("OutboxRepository.row");
        assertThat(outbox.waiting()).isZero();
    }
}
