package io.textonce.client;

import static io.textonce.sandbox.Behaviour.accept;
import static io.textonce.sandbox.Behaviour.loseResponse;
import static io.textonce.sandbox.Behaviour.notTransmitted;
import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryIdempotencyRepository;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** D6: one outcome for one idempotency key. */
class IdempotencyBehaviourTest {

    private final VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T09:00:00Z"));
    private final FakeProvider provider = FakeProvider.named("fake");
    private final InMemoryIdempotencyRepository keys = new InMemoryIdempotencyRepository();
    private final SmsClient sms = client();

    private SmsClient client() {
        return SmsClient.builder()
                .provider(provider)
                .time(clock)
                .retry(RetryPolicy.none())
                .defaultRegion("AU")
                .idempotency(keys, Duration.ofDays(30))
                .build();
    }

    private static SmsMessage message(String key, String text) {
        return SmsMessage.to("+61491570156").text(text).idempotencyKey(key).build();
    }

    @Test
    void theSameKeyAndPayloadReturnsTheFirstOutcome() {
        SendResult once = sms.send(message("k", "Hello"));
        SendResult again = sms.send(message("k", "Hello"));
        assertThat(again.messageId()).isEqualTo(once.messageId());
        assertThat(again.isAccepted()).isTrue();
        assertThat(provider.submissions()).hasSize(1);
    }

    @Test
    void theSameNumberWrittenOtherwiseIsTheSamePayload() {
        sms.send(message("k", "Hello"));
        sms.send(SmsMessage.to("0491 570 156").text("Hello").idempotencyKey("k").build());
        assertThat(provider.submissions()).hasSize(1);
    }

    @Test
    void anotherPayloadIsRefused() {
        sms.send(message("k", "Hello"));
        SendResult other = sms.send(message("k", "Goodbye"));
        assertThat(other).isInstanceOfSatisfying(SendResult.Rejected.class, r -> {
            assertThat(r.reason()).isEqualTo(Reason.DUPLICATE);
            assertThat(r.proof()).isEqualTo(Proof.LOCAL_POLICY);
        });
        assertThat(provider.submissions()).hasSize(1);
    }

    @Test
    void vendorOptionsArePartOfThePayload() {
        assertThat(withContent("HX1").outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(withContent("HX1").outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(withContent("HX2"))
                .isInstanceOfSatisfying(
                        SendResult.Rejected.class,
                        r -> assertThat(r.reason())
                                .as("what a template at the provider is filled with is content too")
                                .isEqualTo(Reason.DUPLICATE));
        assertThat(provider.submissions()).hasSize(1);
    }

    private SendResult withContent(String sid) {
        return sms.send(SmsMessage.to("+61491570156")
                .extra("fake", Map.of("ContentSid", sid))
                .idempotencyKey("content")
                .build());
    }

    @Test
    void anUnknownOutcomeKeepsItsKey() {
        provider.script().then(loseResponse());
        assertThat(sms.send(message("k", "Hello")).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(sms.send(message("k", "Hello")).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(provider.submissions()).hasSize(1);
    }

    @Test
    void aRejectedMessageGivesItsKeyBack() {
        provider.script().then(notTransmitted());
        assertThat(sms.send(message("k", "Hello")).isAccepted()).isFalse();
        assertThat(sms.send(message("k", "Hello")).isAccepted()).isTrue();
        assertThat(provider.submissions()).hasSize(2);
    }

    @Test
    void keysAreKeptForEachTenantApart() {
        sms.send(message("k", "Hello"));
        SmsMessage other = SmsMessage.to(PhoneNumber.of("+61491570156"))
                .tenant(TenantId.of("b"))
                .text("Hello")
                .idempotencyKey("k")
                .build();
        sms.send(other);
        assertThat(provider.submissions()).hasSize(2);
    }

    @Test
    void aKeyThatADeadProcessTookGivesUnknown() {
        provider.script().then(loseResponse());
        MessageId dead = sms.send(message("probe", "Hello")).messageId();
        String payload = payloadOf("k", "Hello");
        keys.claim(
                TenantId.DEFAULT, "k", payload, dead, clock.now(), clock.now().plusSeconds(3600));
        SendResult result = sms.send(message("k", "Hello"));
        assertThat(result.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(result.messageId()).isEqualTo(dead);
        assertThat(provider.submissions()).hasSize(1);
    }

    /** The digest as the client makes it, learned from what it claims. */
    private String payloadOf(String key, String text) {
        List<String> seen = new ArrayList<>();
        SmsClient spy = SmsClient.builder()
                .provider(FakeProvider.named("spy"))
                .time(clock)
                .idempotency(new ClaimSpy(seen), Duration.ofDays(1))
                .build();
        spy.send(message(key, text));
        return seen.get(0);
    }

    @Test
    void sixtyFourThreadsWithOneKeySubmitOnce() throws Exception {
        int threads = 64;
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 20; round++) {
                String key = "round-" + round;
                Callable<SendResult> one = () -> {
                    start.await();
                    return sms.send(message(key, "Hello"));
                };
                List<Future<SendResult>> all = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    all.add(pool.submit(one));
                }
                List<SendResult> results = new ArrayList<>();
                for (Future<SendResult> each : all) {
                    results.add(each.get());
                }
                Set<MessageId> ids = results.stream().map(SendResult::messageId).collect(Collectors.toSet());
                assertThat(ids).hasSize(1);
                assertThat(results).allMatch(SendResult::isAccepted);
                assertThat(provider.submissions()).hasSize(round + 1);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void twoClientsThatShareTheStoreShareTheKeys() {
        provider.script().otherwise(accept());
        sms.send(message("k", "Hello"));
        client().send(message("k", "Hello"));
        assertThat(provider.submissions()).hasSize(1);
    }
}
