package io.textonce.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.TimeSource;
import io.textonce.store.Suppression;
import io.textonce.text.SegmentPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bulk through a provider that takes many recipients in one request and answers for each. */
@Timeout(60)
class BatchBehaviourTest {

    private static final int MOST = 20;

    /** Keeps each request that it gets. */
    private static final class Batching implements SmsProvider, BatchSubmitter {
        final ConcurrentLinkedQueue<List<Submission>> requests = new ConcurrentLinkedQueue<>();
        Function<List<Submission>, List<SubmitReply>> answer =
                batch -> batch.stream().map(Batching::accepted).toList();

        static SubmitReply accepted(Submission submission) {
            return SubmitReply.accepted("id-" + submission.messageId().value());
        }

        @Override
        public String name() {
            return "batching";
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.builder(SegmentPolicy.GENERIC).build();
        }

        @Override
        public SubmitReply submit(Submission submission) {
            requests.add(List.of(submission));
            return answer.apply(List.of(submission)).get(0);
        }

        @Override
        public int maxRecipients() {
            return MOST;
        }

        @Override
        public List<SubmitReply> submit(List<Submission> batch) {
            requests.add(batch);
            return answer.apply(batch);
        }

        long recipients() {
            return requests.stream().mapToLong(List::size).sum();
        }
    }

    private final Batching provider = new Batching();
    private final Map<String, SendResult> results = new ConcurrentHashMap<>();

    private BulkSummary run(int concurrency, List<SmsMessage> messages, SmsClient.Builder client)
            throws InterruptedException {
        try (SmsClient sms = client.provider(provider)
                .retry(RetryPolicy.none())
                .breaker(null)
                .build()) {
            return sms.bulk()
                    .concurrency(concurrency)
                    .start(
                            messages,
                            (message, result) -> assertThat(
                                            results.put(message.reference().orElseThrow(), result))
                                    .as("each result once")
                                    .isNull())
                    .await();
        }
    }

    private static List<SmsMessage> messages(int count, Function<Integer, String> text) {
        List<SmsMessage> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(SmsMessage.to(CountingProvider.number(i))
                    .text(text.apply(i))
                    .reference(Integer.toString(i))
                    .build());
        }
        return all;
    }

    @Test
    void workersMayShareRequestsAndEachMessageHasItsOwnResult() throws InterruptedException {
        BulkSummary summary = run(10, messages(100, i -> "Hello"), SmsClient.builder());

        assertThat(summary.progress().accepted()).isEqualTo(100);
        assertThat(provider.recipients()).isEqualTo(100);
        results.values()
                .forEach(result -> assertThat(((SendResult.Accepted) result).providerMessageId())
                        .hasValue("id-" + result.messageId().value()));
        assertThat(results).hasSize(100);
    }

    @Test
    void whenAllWorkersAreThereTheRequestLeavesAtOnceWithAllOfThem() throws Exception {
        Gathering gathering = new Gathering(Duration.ofMinutes(5));
        ProviderSlot slot = new ProviderSlot(provider, null, null, null, TimeSource.system());
        for (int i = 0; i < 10; i++) {
            gathering.join();
        }
        ExecutorService workers = Executors.newFixedThreadPool(10);
        try {
            List<Callable<SubmitReply>> submits = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Submission submission = Submission.builder(
                                MessageId.next(), PhoneNumber.of(CountingProvider.number(i)), "Hello")
                        .build();
                submits.add(() -> gathering.submit(slot, submission));
            }
            for (Future<SubmitReply> each : workers.invokeAll(submits)) {
                assertThat(each.get().outcome()).isEqualTo(Outcome.ACCEPTED);
            }
        } finally {
            workers.shutdownNow();
        }
        assertThat(provider.requests).hasSize(1);
        assertThat(provider.recipients()).isEqualTo(10);
    }

    @Test
    void noRequestHoldsTwoTextsOneRecipientTwiceOrMoreThanTheProviderTakes() throws InterruptedException {
        run(64, messages(400, i -> "Hello " + i % 3), SmsClient.builder());

        assertThat(provider.recipients()).isEqualTo(400);
        for (List<Submission> request : provider.requests) {
            assertThat(request.stream().map(Submission::text).distinct()).hasSize(1);
            assertThat(request.stream().map(Submission::to).distinct()).hasSize(request.size());
            assertThat(request.size()).isLessThanOrEqualTo(MOST);
        }
    }

    @Test
    void aRecipientOfWhomTheAnswerSaysNothingIsUnknownAndOnlyThatOne() throws InterruptedException {
        provider.answer = batch -> {
            List<SubmitReply> replies = new ArrayList<>();
            for (Submission each : batch) {
                replies.add(
                        each.to().e164().endsWith("3")
                                ? SubmitReply.unknown(null, "no line")
                                : each.to().e164().endsWith("5")
                                        ? SubmitReply.refused(Reason.RECIPIENT, "bad", "not a number")
                                        : Batching.accepted(each));
            }
            return replies;
        };
        run(10, messages(100, i -> "Hello"), SmsClient.builder());

        results.forEach((reference, result) -> assertThat(result.outcome())
                .isEqualTo(
                        reference.endsWith("3")
                                ? Outcome.UNKNOWN
                                : reference.endsWith("5") ? Outcome.REJECTED : Outcome.ACCEPTED));
        assertThat(provider.recipients()).as("no doubt is submitted again").isEqualTo(100);
    }

    @Test
    void anAnswerOfAnotherLengthANullAndAThrowLeaveAllUnknown() throws InterruptedException {
        List<Function<List<Submission>, List<SubmitReply>>> faults = List.of(
                batch -> List.of(),
                batch -> batch.stream().skip(1).map(Batching::accepted).toList(),
                batch -> Stream.concat(batch.stream(), batch.stream().limit(1))
                        .map(Batching::accepted)
                        .toList(),
                batch -> null,
                batch -> {
                    throw new IllegalStateException("broken provider");
                });
        for (Function<List<Submission>, List<SubmitReply>> fault : faults) {
            results.clear();
            provider.requests.clear();
            provider.answer =
                    batch -> batch.size() == 1 ? List.of(Batching.accepted(batch.get(0))) : fault.apply(batch);
            run(10, messages(60, i -> "Hello"), SmsClient.builder());

            Map<String, Integer> sizes = new ConcurrentHashMap<>();
            provider.requests.forEach(request ->
                    request.forEach(each -> sizes.put("id-" + each.messageId().value(), request.size())));
            assertThat(sizes).hasSize(60);
            results.values()
                    .forEach(result -> assertThat(result.outcome())
                            .isEqualTo(
                                    sizes.get("id-" + result.messageId().value()) == 1
                                            ? Outcome.ACCEPTED
                                            : Outcome.UNKNOWN));
        }
    }

    @Test
    void whoOptedOutIsNotInAnyBatch() throws InterruptedException {
        InMemoryStore store = new InMemoryStore();
        store.record(
                TenantId.DEFAULT,
                new Suppression(
                        PhoneNumber.of(CountingProvider.number(7)),
                        null,
                        Suppression.Choice.OPT_OUT,
                        Instant.parse("2026-01-01T00:00:00Z"),
                        "test"));
        run(10, messages(50, i -> "Hello"), SmsClient.builder().suppressions(store));

        assertThat(provider.recipients()).isEqualTo(49);
        assertThat(((SendResult.Rejected) results.get("7")).reason()).isEqualTo(Reason.OPTED_OUT);
    }

    @Test
    void aSingleSendIsARequestOfItsOwnAndDoesNotWait() {
        try (SmsClient sms = SmsClient.builder().provider(provider).build()) {
            assertThat(sms.send(messages(1, i -> "Hello").get(0)).isAccepted()).isTrue();
        }
        assertThat(new HashSet<>(provider.requests)).hasSize(1);
        assertThat(provider.requests.peek()).hasSize(1);
    }
}
