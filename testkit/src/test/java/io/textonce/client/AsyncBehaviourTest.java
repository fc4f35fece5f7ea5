package io.textonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.spi.SubmitReply;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code sendAsync} does, on the client's threads and on a host's. */
@Timeout(60)
class AsyncBehaviourTest {

    private static final SmsMessage HELLO = SmsMessage.to(PhoneNumber.of("+61491570156"))
            .text("See you at 10:30")
            .reference("appt-42")
            .build();

    private final InMemoryStore store = new InMemoryStore();
    private final List<SendResult> told = java.util.Collections.synchronizedList(new ArrayList<>());

    private SmsClient.Builder client(CountingProvider provider) {
        return SmsClient.builder().provider(provider).listener(new SmsListener() {
            @Override
            public void onResult(SmsMessage message, SendResult result) {
                told.add(result);
            }
        });
    }

    /** Answers when it is told to. */
    private static CountingProvider waiting(CountDownLatch entered, CountDownLatch answer) {
        return new CountingProvider(submission -> {
            entered.countDown();
            await(answer);
            return SubmitReply.accepted("id");
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isVirtual(Thread thread) {
        try {
            return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    @Test
    void sendsOnADaemonThreadOfItsOwnVirtualWhereTheRuntimeHasThem() {
        AtomicReference<Thread> sender = new AtomicReference<>();
        CountingProvider provider = new CountingProvider(submission -> {
            sender.set(Thread.currentThread());
            return SubmitReply.accepted("id");
        });
        try (SmsClient client = client(provider).build()) {
            assertThat(client.sendAsync(HELLO).join().isAccepted()).isTrue();
        }
        assertThat(sender.get().getName()).startsWith("textonce-send-");
        assertThat(sender.get().isDaemon()).isTrue();
        assertThat(isVirtual(sender.get())).isEqualTo(Runtime.version().feature() >= 21);
    }

    @Test
    void cancellingTheFutureStopsTheWaitingOnly() {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        SmsClient client = client(waiting(entered, answer))
                .messages(store)
                .listener(new SmsListener() {
                    @Override
                    public void onResult(SmsMessage message, SendResult result) {
                        ended.countDown();
                    }
                })
                .build();
        CompletableFuture<SendResult> future = client.sendAsync(HELLO);
        await(entered);
        assertThat(future.cancel(true)).isTrue();
        answer.countDown();
        await(ended);
        assertThat(told).extracting(SendResult::outcome).containsExactly(Outcome.ACCEPTED);
        assertThat(store.query(TenantId.DEFAULT, MessageQuery.all()))
                .singleElement()
                .satisfies(row -> assertThat(row.state()).isEqualTo(MessageState.ACCEPTED));
    }

    @Test
    void aSendThatWasCancelledBeforeItBeganIsMadeAllTheSame() {
        Queue<Runnable> later = new ArrayDeque<>();
        CountingProvider provider = new CountingProvider();
        SmsClient client = client(provider).executor(later::add).build();
        client.sendAsync(HELLO).cancel(false);
        later.remove().run();
        assertThat(provider.submitted).hasValue(1);
        assertThat(told).hasSize(1);
    }

    @Test
    void mistakesInCodeAreThrownAtOnce() {
        SmsClient client = client(new CountingProvider()).build();
        assertThatThrownBy(() -> client.sendAsync(null)).isInstanceOf(NullPointerException.class);
        client.close();
        assertThatThrownBy(() -> client.sendAsync(HELLO))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> client.bulk().start(List.of(), (m, r) -> {}))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void mistakesInDataAreResults() {
        SendResult result = client(new CountingProvider())
                .build()
                .sendAsync(SmsMessage.to("nobody").text("Hello").build())
                .join();
        assertThat(((SendResult.Rejected) result).reason()).isEqualTo(Reason.RECIPIENT);
    }

    @Test
    void aHostsExecutorThatRefusesMakesARejectedResultAtOnce() {
        CountingProvider provider = new CountingProvider();
        SmsClient client = client(provider)
                .messages(store)
                .executor(task -> {
                    throw new RejectedExecutionException("full");
                })
                .build();
        SendResult.Rejected result =
                (SendResult.Rejected) client.sendAsync(HELLO).getNow(null);
        assertThat(result.reason()).isEqualTo(Reason.RATE_LIMITED);
        assertThat(result.proof()).isEqualTo(Proof.LOCAL_POLICY);
        assertThat(result.recorded()).isFalse();
        assertThat(told).containsExactly(result);
        assertThat(provider.submitted).hasValue(0);
        assertThat(store.query(TenantId.DEFAULT, MessageQuery.all())).isEmpty();
    }

    @Test
    void whatExceedsTheQueueIsTurnedAwayAndTheRestIsSent() {
        int atOnce = Runtime.version().feature() >= 21 ? 256 : 64;
        CountDownLatch entered = new CountDownLatch(atOnce);
        CountDownLatch answer = new CountDownLatch(1);
        CountingProvider provider = waiting(entered, answer);
        SmsClient client = client(provider).build();
        List<CompletableFuture<SendResult>> futures = new ArrayList<>();
        for (int i = 0; i < atOnce; i++) {
            futures.add(client.sendAsync(HELLO));
        }
        await(entered);
        for (int i = 0; i < SendThreads.MOST_WAITING; i++) {
            futures.add(client.sendAsync(HELLO));
        }
        assertThat(futures).noneMatch(CompletableFuture::isDone);
        for (int i = 0; i < 5; i++) {
            assertThat(client.sendAsync(HELLO).getNow(null))
                    .isInstanceOfSatisfying(
                            SendResult.Rejected.class,
                            r -> assertThat(r.reason()).isEqualTo(Reason.RATE_LIMITED));
        }
        answer.countDown();
        assertThat(futures).allMatch(future -> future.join().isAccepted());
        assertThat(provider.submitted).hasValue(atOnce + SendThreads.MOST_WAITING);
        assertThat(provider.most.get()).isEqualTo(atOnce);
        client.close();
    }

    @Test
    void aStoreThatFailsBeforeTheSubmitFailsTheFuture() {
        CountingProvider provider = new CountingProvider();
        SmsClient client =
                client(provider).suppressions(new FailingSuppressions()).build();
        assertThatThrownBy(() -> client.sendAsync(HELLO).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(SmsStoreException.class);
        assertThat(provider.submitted).hasValue(0);
    }

    @Test
    void closingLetsWhatIsUnderWayFinishAndFailsWhatHasNotBegun() {
        int atOnce = Runtime.version().feature() >= 21 ? 256 : 64;
        CountDownLatch entered = new CountDownLatch(atOnce);
        CountDownLatch answer = new CountDownLatch(1);
        CountingProvider provider = waiting(entered, answer);
        SmsClient client = client(provider).build();
        List<CompletableFuture<SendResult>> futures = new ArrayList<>();
        for (int i = 0; i < atOnce + 20; i++) {
            futures.add(client.sendAsync(HELLO));
        }
        await(entered);
        client.close();
        answer.countDown();
        assertThat(futures.subList(0, atOnce)).allMatch(future -> future.join().isAccepted());
        assertThat(futures.subList(atOnce, atOnce + 20))
                .allSatisfy(future -> assertThatThrownBy(future::join).hasCauseInstanceOf(IllegalStateException.class));
        assertThat(provider.submitted).hasValue(atOnce);
    }

    @Test
    void aHostsExecutorIsUsedAndNeverShutDown() {
        ExecutorService host = Executors.newSingleThreadExecutor(task -> new Thread(task, "host"));
        AtomicReference<String> sender = new AtomicReference<>();
        CountingProvider provider = new CountingProvider(submission -> {
            sender.set(Thread.currentThread().getName());
            return SubmitReply.accepted("id");
        });
        try {
            SmsClient client = client(provider).executor(host).build();
            client.sendAsync(HELLO).join();
            client.close();
            assertThat(sender).hasValue("host");
            assertThat(host.isShutdown()).isFalse();
        } finally {
            host.shutdownNow();
        }
    }
}
