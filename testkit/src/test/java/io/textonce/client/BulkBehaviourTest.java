package io.textonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.TimeSource;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a bulk run does, seen from the provider, the list and {@code each}. */
@Timeout(120)
class BulkBehaviourTest {

    private final CountingProvider provider = new CountingProvider();

    private static SmsClient.Builder client(CountingProvider provider) {
        return SmsClient.builder().provider(provider).breaker(null).retry(RetryPolicy.none());
    }

    private static SmsMessage message(long i) {
        return SmsMessage.to(CountingProvider.number(i))
                .text("Hello")
                .reference(Long.toString(i))
                .build();
    }

    private static List<SmsMessage> messages(int count) {
        List<SmsMessage> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(message(i));
        }
        return all;
    }

    /** A list that isn't held, and that fails as an iterator may that two threads use at once. */
    private static final class Source implements Iterable<SmsMessage> {
        private final long count;
        private final LongFunction<SmsMessage> make;
        private final AtomicBoolean busy = new AtomicBoolean();
        final AtomicLong taken = new AtomicLong();

        Source(long count, LongFunction<SmsMessage> make) {
            this.count = count;
            this.make = make;
        }

        @Override
        public Iterator<SmsMessage> iterator() {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return taken.get() < count;
                }

                @Override
                public SmsMessage next() {
                    if (!busy.compareAndSet(false, true)) {
                        throw new AssertionError("two threads are in the iterator");
                    }
                    try {
                        if (!hasNext()) {
                            throw new NoSuchElementException();
                        }
                        return make.apply(taken.getAndIncrement());
                    } finally {
                        busy.set(false);
                    }
                }
            };
        }
    }

    private static int position(SmsMessage message) {
        return Integer.parseInt(message.reference().orElseThrow());
    }

    @Test
    @Timeout(30)
    void aRunEndsEvenIfTheHostsClockFailsBetweenTwoMessages() throws InterruptedException {
        VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T09:00:00Z"));
        AtomicBoolean failing = new AtomicBoolean();
        TimeSource time = new TimeSource() {
            @Override
            public Instant now() {
                return clock.now();
            }

            @Override
            public long nanoTime() {
                if (failing.getAndSet(false)) {
                    throw new IllegalStateException("the host's clock");
                }
                return clock.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                clock.sleep(duration);
            }
        };
        SmsClient sms = SmsClient.builder()
                .provider(FakeProvider.named("first"))
                .time(time)
                .build();
        BulkRun run = sms.bulk()
                .concurrency(1)
                .start(
                        List.of(
                                SmsMessage.to("+61491570156").text("Hello").build(),
                                SmsMessage.to("+61491570157").text("Hello").build()),
                        (message, result) -> failing.set(true));
        assertThat(run.await().failure()).containsInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyMessageHasItsResultExactlyOnceAndEachRunsOneAtATime() throws Exception {
        CountingProvider mixed = new CountingProvider(
                submission -> switch (submission.to().e164().charAt(11) - '0') {
                    case 3 -> SubmitReply.refused(Reason.CONTENT, "30", "no");
                    case 7 -> SubmitReply.unknown(null, "lost");
                    default -> SubmitReply.accepted("id");
                });
        int count = 20_000;
        AtomicIntegerArray told = new AtomicIntegerArray(count);
        AtomicBoolean busy = new AtomicBoolean();
        AtomicInteger overlaps = new AtomicInteger();
        BulkSummary summary = client(mixed)
                .build()
                .bulk()
                .concurrency(32)
                .start(new Source(count, BulkBehaviourTest::message), (message, result) -> {
                    if (!busy.compareAndSet(false, true)) {
                        overlaps.incrementAndGet();
                    }
                    told.incrementAndGet(position(message));
                    Outcome expected = switch (position(message) % 10) {
                        case 3 -> Outcome.REJECTED;
                        case 7 -> Outcome.UNKNOWN;
                        default -> Outcome.ACCEPTED;
                    };
                    if (result.outcome() != expected) {
                        throw new AssertionError(position(message) + " got " + result);
                    }
                    busy.set(false);
                })
                .await()
                .orThrow();
        for (int i = 0; i < count; i++) {
            assertThat(told.get(i)).as("results of message " + i).isEqualTo(1);
        }
        assertThat(overlaps).hasValue(0);
        assertThat(mixed.submitted).hasValue(count);
        assertThat(summary.end()).isEqualTo(BulkSummary.End.COMPLETED);
        assertThat(summary.progress().accepted()).isEqualTo(count * 8 / 10);
        assertThat(summary.progress().rejected()).isEqualTo(count / 10);
        assertThat(summary.progress().unknown()).isEqualTo(count / 10);
        assertThat(summary.rejections()).containsOnly(java.util.Map.entry(Reason.CONTENT, count / 10L));
    }

    @Test
    void holdsNoMoreMessagesThanAreUnderWay() throws Exception {
        int concurrency = 16;
        int count = 100_000;
        Source source = new Source(count, BulkBehaviourTest::message);
        AtomicLong told = new AtomicLong();
        AtomicLong most = new AtomicLong();
        client(provider)
                .build()
                .bulk()
                .concurrency(concurrency)
                .start(source, (message, result) -> {
                    most.accumulateAndGet(source.taken.get() - told.get(), Math::max);
                    told.incrementAndGet();
                })
                .await()
                .orThrow();
        assertThat(told).hasValue(count);
        assertThat(most.get()).isBetween(1L, concurrency + 1L);
        assertThat(provider.most.get()).isLessThanOrEqualTo(concurrency);
    }

    @Test
    void reallySendsSeveralAtOnce() throws Exception {
        CyclicBarrier sixteen = new CyclicBarrier(16);
        CountingProvider together = new CountingProvider(submission -> {
            try {
                sixteen.await();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return SubmitReply.accepted("id");
        });
        BulkSummary summary = client(together)
                .build()
                .bulk()
                .start(messages(64), (m, r) -> {})
                .await();
        assertThat(summary.progress().accepted()).isEqualTo(64);
        assertThat(together.most).hasValue(16);
    }

    @Test
    void aWrongNumberStopsNothing() throws Exception {
        List<SmsMessage> list = messages(10);
        list.add(3, SmsMessage.to("nobody").text("Hello").build());
        list.add(6, SmsMessage.to((String) null).text("Hello").build());
        BulkSummary summary = client(provider)
                .build()
                .bulk()
                .start(list, (m, r) -> {})
                .await()
                .orThrow();
        assertThat(summary.progress().accepted()).isEqualTo(10);
        assertThat(summary.rejections()).containsOnly(java.util.Map.entry(Reason.RECIPIENT, 2L));
        assertThat(summary.toString()).contains("COMPLETED", "10 accepted", "RECIPIENT=2");
    }

    @Test
    void nothingStartsOnceCancelHasReturned() throws Exception {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("nothingStartsOnceCancelHasReturned: seed " + seed);
        Random random = new Random(seed);
        long beingTaken = 0;
        for (int round = 0; round < 400; round++) {
            CountingProvider counting = new CountingProvider();
            Source source = new Source(Long.MAX_VALUE, i -> {
                Thread.yield(); // so that a cancel often comes while a message is being taken
                return message(i);
            });
            AtomicInteger told = new AtomicInteger();
            CountDownLatch reached = new CountDownLatch(1);
            int when = random.nextInt(500);
            try (SmsClient client = client(counting).build()) {
                BulkRun run = client.bulk().concurrency(1 + random.nextInt(16)).start(source, (message, result) -> {
                    if (told.getAndIncrement() == when) {
                        reached.countDown();
                    }
                });
                reached.await();
                int spins = random.nextInt(2_000);
                for (int i = 0; i < spins; i++) {
                    Thread.onSpinWait();
                }
                run.cancel();
                long started = run.progress().started();
                BulkSummary summary = run.await();
                assertThat(summary.progress().started()).as("round " + round).isEqualTo(started);
                assertThat(summary.progress().done()).isEqualTo(started);
                assertThat(counting.submitted.get()).isEqualTo(started);
                assertThat(told.get()).isEqualTo((int) started);
                assertThat(source.taken.get()).isBetween(started, started + 1);
                assertThat(summary.end()).isEqualTo(BulkSummary.End.CANCELLED);
                beingTaken += source.taken.get() - started;
            }
        }
        assertThat(beingTaken)
                .as("rounds in which a message was taken and not started")
                .isPositive();
    }

    @Test
    void manyMayCancelAndTheEndIsToldOnce() throws Exception {
        for (int round = 0; round < 50; round++) {
            AtomicInteger ends = new AtomicInteger();
            AtomicReference<BulkRun> handle = new AtomicReference<>();
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try (SmsClient client =
                    client(new CountingProvider()).time(new VirtualClock()).build()) {
                BulkRun run = client.bulk()
                        .onProgress(progress -> ends.incrementAndGet())
                        .start(new Source(Long.MAX_VALUE, BulkBehaviourTest::message), (m, r) -> {});
                handle.set(run);
                CyclicBarrier line = new CyclicBarrier(8);
                List<Future<BulkSummary>> all = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    all.add(threads.submit(() -> {
                        line.await();
                        run.cancel();
                        return run.await();
                    }));
                }
                for (Future<BulkSummary> one : all) {
                    assertThat(one.get()).isSameAs(run.await());
                }
                assertThat(ends).hasValue(1);
                assertThat(run.isDone()).isTrue();
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void cancellingDoesNotWaitForAListThatIsStuck() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch freed = new CountDownLatch(1);
        Source source = new Source(10, i -> {
            if (i == 5) {
                stuck.countDown();
                awaitQuietly(free);
                freed.countDown();
            }
            return message(i);
        });
        BulkRun run = client(provider).build().bulk().concurrency(2).start(source, (m, r) -> {});
        stuck.await();
        run.cancel();
        assertThat(run.await().progress().started()).isEqualTo(5);
        assertThat(run.await().end()).isEqualTo(BulkSummary.End.CANCELLED);
        free.countDown();
        freed.await();
        assertThat(run.progress().started()).isEqualTo(5);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void eachMayCancel() throws Exception {
        AtomicReference<BulkRun> handle = new AtomicReference<>();
        CountDownLatch known = new CountDownLatch(1);
        BulkRun run = client(provider).build().bulk().concurrency(1).start(messages(50), (message, result) -> {
            awaitQuietly(known);
            if (position(message) == 9) {
                handle.get().cancel();
            }
        });
        handle.set(run);
        known.countDown();
        assertThat(run.await().progress().done()).isEqualTo(10);
        assertThat(provider.submitted).hasValue(10);
    }

    @Test
    void cancellingARunThatIsOverChangesNothing() throws Exception {
        BulkRun run = client(provider).build().bulk().start(messages(3), (m, r) -> {});
        BulkSummary summary = run.await();
        run.cancel();
        assertThat(run.await()).isSameAs(summary);
        assertThat(summary.end()).isEqualTo(BulkSummary.End.COMPLETED);
        assertThat(run.progress()).isSameAs(summary.progress());
    }

    @Test
    void anEmptyListIsCompleted() throws Exception {
        BulkSummary summary = client(provider)
                .build()
                .bulk()
                .start(List.of(), (m, r) -> {})
                .await()
                .orThrow();
        assertThat(summary.end()).isEqualTo(BulkSummary.End.COMPLETED);
        assertThat(summary.progress().started()).isZero();
    }

    @Test
    void aListThatFailsEndsTheRunAndNothingUnderWayIsLost() throws Exception {
        IllegalStateException broken = new IllegalStateException("line 300 of the file is damaged");
        Source source = new Source(1_000, i -> {
            if (i == 300) {
                throw broken;
            }
            return message(i);
        });
        AtomicInteger told = new AtomicInteger();
        BulkSummary summary = client(provider)
                .build()
                .bulk()
                .start(source, (m, r) -> told.incrementAndGet())
                .await();
        assertThat(summary.end()).isEqualTo(BulkSummary.End.FAILED);
        assertThat(summary.failure()).containsSame(broken);
        assertThat(summary.progress().started()).isEqualTo(300);
        assertThat(summary.progress().done()).isEqualTo(300);
        assertThat(told).hasValue(300);
        assertThat(provider.submitted).hasValue(300);
        assertThatThrownBy(summary::orThrow)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("position 300")
                .hasCause(broken);
    }

    @Test
    void aNullMessageEndsTheRun() throws Exception {
        List<SmsMessage> list = messages(5);
        list.add(3, null);
        BulkSummary summary = client(provider)
                .build()
                .bulk()
                .concurrency(1)
                .start(list, (m, r) -> {})
                .await();
        assertThat(summary.failure()).get().isInstanceOf(NullPointerException.class);
        assertThat(provider.submitted).hasValue(3);
    }

    @Test
    void whenEachThrowsNothingStartsAndTheOthersUnderWayAreToldStill() throws Exception {
        CyclicBarrier eight = new CyclicBarrier(8);
        CountingProvider together = new CountingProvider(submission -> {
            try {
                eight.await();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return SubmitReply.accepted("id");
        });
        AtomicInteger told = new AtomicInteger();
        BulkSummary summary = client(together)
                .build()
                .bulk()
                .concurrency(8)
                .start(messages(8), (message, result) -> {
                    if (told.incrementAndGet() <= 2) {
                        throw new IllegalStateException("each " + told.get());
                    }
                })
                .await();
        assertThat(told).hasValue(8);
        assertThat(summary.end()).isEqualTo(BulkSummary.End.FAILED);
        assertThat(summary.failure().orElseThrow()).hasMessage("each 1");
        assertThat(summary.failure().orElseThrow().getSuppressed()).hasSize(1);
        assertThat(summary.progress().accepted()).isEqualTo(8);
    }

    @Test
    void anErrorInEachEndsTheRunToo() throws Exception {
        BulkSummary summary = client(provider)
                .build()
                .bulk()
                .concurrency(1)
                .start(messages(5), (message, result) -> {
                    throw new AssertionError("a test of the host fails here");
                })
                .await();
        assertThat(summary.failure()).get().isInstanceOf(AssertionError.class);
        assertThat(provider.submitted).hasValue(1);
    }

    @Test
    void aStoreThatFailsEndsTheRunAndItsMessageIsReportedAsNotSent() throws Exception {
        List<SendResult> results = Collections.synchronizedList(new ArrayList<>());
        BulkSummary summary = client(provider)
                .suppressions(new FailingSuppressions())
                .build()
                .bulk()
                .concurrency(1)
                .start(messages(5), (m, r) -> results.add(r))
                .await();
        assertThat(summary.failure()).get().isInstanceOf(SmsStoreException.class);
        assertThat(results).singleElement().isInstanceOfSatisfying(SendResult.Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(rejected.proof()).isEqualTo(Proof.LOCAL_POLICY);
            assertThat(rejected.recorded()).isFalse();
        });
        assertThat(provider.submitted).hasValue(0);
    }

    @Test
    void aSendThatThrowsAnErrorIsReportedAsUnknown() throws Exception {
        List<SendResult> results = Collections.synchronizedList(new ArrayList<>());
        BulkSummary summary = client(provider)
                .disabledWhen(tenant -> {
                    throw new StackOverflowError("somewhere on the way");
                })
                .build()
                .bulk()
                .concurrency(1)
                .start(messages(5), (m, r) -> results.add(r))
                .await();
        assertThat(summary.failure()).get().isInstanceOf(StackOverflowError.class);
        assertThat(results).singleElement().isInstanceOf(SendResult.Unknown.class);
        assertThat(summary.progress().unknown()).isEqualTo(1);
    }

    @Test
    void closingTheClientEndsTheRun() throws Exception {
        SmsClient client = client(provider).build();
        CountDownLatch closed = new CountDownLatch(1);
        BulkRun run = client.bulk().concurrency(1).start(messages(50), (message, result) -> {
            if (position(message) == 4) {
                client.close();
                closed.countDown();
            }
        });
        closed.await();
        BulkSummary summary = run.await();
        assertThat(summary.progress().started()).isEqualTo(5);
        assertThat(summary.failure()).get().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingTheClientWithTheLastResultLeavesTheRunCompleted() throws Exception {
        SmsClient client = client(provider).build();
        AtomicInteger told = new AtomicInteger();
        BulkSummary summary = client.bulk()
                .concurrency(16)
                .onProgress(progress -> client.close())
                .start(messages(50), (message, result) -> told.incrementAndGet())
                .await();
        assertThat(summary.end()).isEqualTo(BulkSummary.End.COMPLETED);
        assertThat(told).hasValue(50);
    }

    @Test
    void tellsProgressEverySecondByTheClientsClockAndOnceAtTheEnd() throws Exception {
        VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T09:00:00Z"));
        CountingProvider slow = new CountingProvider(submission -> {
            clock.advance(Duration.ofMillis(250));
            return SubmitReply.accepted("id");
        });
        List<BulkProgress> told = new ArrayList<>();
        client(slow)
                .time(clock)
                .build()
                .bulk()
                .concurrency(1)
                .onProgress(told::add)
                .start(messages(10), (m, r) -> {})
                .await();
        assertThat(told).extracting(BulkProgress::done).containsExactly(4L, 8L, 10L);
        BulkProgress first = told.get(0);
        assertThat(first.total()).hasValue(10);
        assertThat(first.started()).isEqualTo(4);
        assertThat(first.elapsed()).isEqualTo(Duration.ofSeconds(1));
        assertThat(first.perSecond()).isEqualTo(4.0);
        assertThat(first.remaining()).contains(Duration.ofMillis(1_500));
        assertThat(first.estimatedEnd()).contains(Instant.parse("2026-03-01T09:00:02.500Z"));
        assertThat(first.toString()).isEqualTo("4 of 10, 4.0/s: 4 accepted, 0 rejected, 0 unknown; about 2 s left");
        assertThat(told.get(2).remaining()).contains(Duration.ZERO);
    }

    @Test
    void withoutASizeThereIsNoEstimate() throws Exception {
        BulkProgress end = client(provider)
                .build()
                .bulk()
                .start(new Source(10, BulkBehaviourTest::message), (m, r) -> {})
                .await()
                .progress();
        assertThat(end.total()).isEmpty();
        assertThat(end.remaining()).isEmpty();
        assertThat(end.estimatedEnd()).isEmpty();
    }

    @Test
    void aProgressListenerThatThrowsChangesNothing() throws Exception {
        BulkSummary summary = client(provider)
                .build()
                .bulk()
                .onProgress(progress -> {
                    throw new IllegalStateException("the page is closed");
                })
                .start(messages(10), (m, r) -> {})
                .await()
                .orThrow();
        assertThat(summary.progress().accepted()).isEqualTo(10);
    }

    @Test
    void aRepeatedRunSkipsWhatWasAcceptedOrIsUnknownAndTriesTheRest() throws Exception {
        AtomicBoolean down = new AtomicBoolean(true);
        CountingProvider flaky = new CountingProvider(submission -> {
            int last = submission.to().e164().charAt(11) - '0';
            if (last == 7) {
                return SubmitReply.unknown(null, "lost");
            }
            return last >= 5 && down.get()
                    ? SubmitReply.refused(Reason.ROUTE, "1", "down")
                    : SubmitReply.accepted("id-" + last);
        });
        SmsClient client = client(flaky).build();
        BulkSummary first = client.bulk()
                .idempotencyPrefix("march")
                .start(messages(10), (m, r) -> {})
                .await();
        assertThat(first.progress().accepted()).isEqualTo(5);
        assertThat(flaky.submitted).hasValue(10);
        down.set(false);
        AtomicReference<SendResult> third = new AtomicReference<>();
        BulkSummary second = client.bulk()
                .idempotencyPrefix("march")
                .start(messages(10), (message, result) -> {
                    if (position(message) == 3) {
                        third.set(result);
                    }
                })
                .await();
        assertThat(second.progress().accepted()).isEqualTo(9);
        assertThat(second.progress().unknown()).isEqualTo(1);
        assertThat(flaky.submitted).as("only the four rejected ones again").hasValue(14);
        assertThat(third.get().orThrow().providerMessageId()).contains("id-3");
    }

    @Test
    void anotherMessageAtThePositionOfAnAcceptedOneIsADuplicate() throws Exception {
        SmsClient client = client(provider).build();
        client.bulk()
                .idempotencyPrefix("march")
                .start(messages(3), (m, r) -> {})
                .await();
        BulkSummary shifted = client.bulk()
                .idempotencyPrefix("march")
                .start(messages(4).subList(1, 4), (m, r) -> {})
                .await();
        assertThat(shifted.rejections()).containsOnly(java.util.Map.entry(Reason.DUPLICATE, 3L));
        assertThat(provider.submitted).hasValue(3);
    }

    @Test
    void keysOfTheHostSurviveAListThatChanges() throws Exception {
        SmsClient client = client(provider).build();
        for (List<SmsMessage> list : List.of(messages(3), messages(4).subList(1, 4))) {
            client.bulk()
                    .idempotencyKeys(message -> "march/" + message.reference().orElseThrow())
                    .start(list, (m, r) -> {})
                    .await()
                    .orThrow();
        }
        assertThat(provider.submitted).as("0, 1, 2 and then 3").hasValue(4);
    }

    @Test
    void aMessagesOwnKeyGoesBeforeTheRuns() throws Exception {
        SmsClient client = client(provider).build();
        SmsMessage keyed = SmsMessage.to(CountingProvider.number(1))
                .text("Hello")
                .idempotencyKey("own")
                .build();
        client.send(keyed);
        client.bulk()
                .idempotencyPrefix("march")
                .start(List.of(keyed), (m, r) -> {})
                .await();
        assertThat(provider.submitted).hasValue(1);
    }

    @Test
    void aKeyOutOfRangeEndsTheRunBeforeItsMessageStarts() throws Exception {
        BulkSummary summary = client(provider)
                .build()
                .bulk()
                .concurrency(1)
                .idempotencyKeys(message -> position(message) == 2 ? "" : "k" + position(message))
                .start(messages(5), (m, r) -> {})
                .await();
        assertThat(summary.failure())
                .get()
                .isInstanceOfSatisfying(
                        IllegalArgumentException.class, e -> assertThat(e).hasMessageContaining("1 to 200"));
        assertThat(provider.submitted).hasValue(2);
    }

    @Test
    void optionsOutOfRangeAreNamed() {
        Bulk bulk = client(provider).build().bulk();
        assertThatThrownBy(() -> bulk.concurrency(0)).hasMessageContaining("concurrency: 0 is not 1 to 1000");
        assertThatThrownBy(() -> bulk.concurrency(1_001)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bulk.idempotencyPrefix("")).hasMessageContaining("1 to 150");
        assertThatThrownBy(() -> bulk.idempotencyPrefix("a\nb")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aHostsExecutorWithFewerThreadsMakesTheRunSlowerOnly() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            BulkSummary summary = client(provider)
                    .executor(two)
                    .build()
                    .bulk()
                    .concurrency(16)
                    .start(messages(500), (m, r) -> {})
                    .await();
            assertThat(summary.progress().accepted()).isEqualTo(500);
            assertThat(provider.most.get()).isLessThanOrEqualTo(2);
        } finally {
            two.shutdownNow();
        }
    }

    @Test
    void anExecutorThatRefusesSomeWorkersStillRuns() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            BulkSummary summary = client(provider)
                    .executor(task -> {
                        if (asked.incrementAndGet() > 3) {
                            throw new RejectedExecutionException("full");
                        }
                        threads.execute(task);
                    })
                    .build()
                    .bulk()
                    .start(messages(100), (m, r) -> {})
                    .await();
            assertThat(summary.progress().accepted()).isEqualTo(100);
            assertThat(provider.most.get()).isLessThanOrEqualTo(3);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anExecutorThatRefusesAllSendsNothing() {
        Bulk bulk = client(provider)
                .executor(task -> {
                    throw new RejectedExecutionException("shut down");
                })
                .build()
                .bulk();
        assertThatThrownBy(() -> bulk.start(messages(3), (m, r) -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(provider.submitted).hasValue(0);
    }

    @Test
    void interruptingAWorkerCancelsTheRun() throws Exception {
        BulkRun run = client(provider).executor(Runnable::run).build().bulk().start(messages(50), (message, result) -> {
            if (position(message) == 2) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(run.await().end()).isEqualTo(BulkSummary.End.CANCELLED);
        assertThat(run.await().progress().done()).isEqualTo(3);
    }

    @Test
    void aPositionIsNeverReportedBeforeItsMessage() throws Exception {
        AtomicReference<Optional<String>> wrong = new AtomicReference<>(Optional.empty());
        BulkRun[] run = new BulkRun[1];
        CountDownLatch known = new CountDownLatch(1);
        run[0] = client(provider).build().bulk().start(messages(2_000), (message, result) -> {
            awaitQuietly(known);
            BulkProgress now = run[0].progress();
            if (now.started() <= position(message) || now.done() > now.started()) {
                wrong.set(Optional.of(message.reference().orElseThrow() + ": " + now));
            }
        });
        known.countDown();
        run[0].await().orThrow();
        assertThat(wrong.get()).isEmpty();
    }
}
