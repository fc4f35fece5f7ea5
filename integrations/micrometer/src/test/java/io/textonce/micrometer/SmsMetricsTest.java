package io.textonce.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.textonce.Category;
import io.textonce.DeliveryStatus;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.client.Routing;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.sandbox.Behaviour;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.SandboxWebhook;
import io.textonce.testkit.VirtualClock;
import io.textonce.webhook.WebhookReceiver;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SmsMetricsTest {

    private static final String SECRET = "a-sandbox-secret-0123456789";
    private static final String TEXT = "See you at 10:30 with your secret file";

    private final VirtualClock clock = new VirtualClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SmsMetrics metrics = new SmsMetrics(registry);
    private final InMemoryStore store = InMemoryStore.builder().time(clock).build();
    private final FakeProvider first = FakeProvider.of(
            SandboxProvider.builder().name("first").secret(SECRET).time(clock));
    private final FakeProvider second = FakeProvider.named("second");
    private final SmsClient sms = SmsClient.builder()
            .provider(first)
            .provider(second)
            .routing(Routing.failover("first", "second"))
            .messages(store)
            .suppressions(store)
            .time(clock)
            .listener(metrics)
            .build();

    @AfterEach
    void close() {
        sms.close();
    }

    @Test
    void countsEachAttemptAndEachResult() {
        first.script().then(Behaviour.accept()).then(Behaviour.notTransmitted()).then(Behaviour.loseResponse());

        send(Category.TRANSACTIONAL);
        send(Category.OTP);
        send(Category.TRANSACTIONAL);
        sms.send(SmsMessage.to("nobody").text(TEXT).build());

        assertThat(count("textonce.messages", "outcome", "accepted", "provider", "first"))
                .isEqualTo(1);
        assertThat(count("textonce.messages", "outcome", "accepted", "provider", "second", "category", "otp"))
                .isEqualTo(1);
        assertThat(count("textonce.messages", "outcome", "unknown", "provider", "first", "reason", "none"))
                .isEqualTo(1);
        assertThat(count("textonce.messages", "outcome", "rejected", "reason", "recipient", "provider", "none"))
                .isEqualTo(1);
        assertThat(registry.get("textonce.messages").counters()).hasSize(4);
        assertThat(registry.get("textonce.attempts")
                        .tags("provider", "first", "outcome", "rejected")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("textonce.attempts").timers().stream()
                        .mapToLong(timer -> timer.count())
                        .sum())
                .as("first, first and second, first; nobody for the wrong number")
                .isEqualTo(4);
        assertThat(count("textonce.segments", "provider", "first")).isEqualTo(1);
        assertThat(count("textonce.unrecorded")).isZero();
    }

    @Test
    void countsReportsAndAnswersOnce() {
        SendResult sent = send(Category.TRANSACTIONAL);
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .suppressions(store)
                .endpoint("sandbox", TenantId.DEFAULT, first)
                .publicBaseUrl("https://sms.example.org")
                .listener(metrics)
                .time(clock)
                .build();
        WebhookRequest request = SandboxWebhook.to("/hooks")
                .report(sent.messageId(), null, DeliveryStatus.DELIVERED)
                .inbound("+61491570156", "+12025550199", "STOP")
                .sign(SECRET, clock.now());

        assertThat(receiver.receive("sandbox", request).status()).isEqualTo(204);
        assertThat(receiver.receive("sandbox", request).status()).isEqualTo(204);

        assertThat(count("textonce.reports", "provider", "first", "status", "delivered", "reason", "none"))
                .isEqualTo(1);
        assertThat(count("textonce.inbound", "provider", "first", "keyword", "stop"))
                .isEqualTo(1);
    }

    @Test
    void countsWhatTheOutboxDoes() {
        SendResult found = send(Category.TRANSACTIONAL);
        try (SmsOutbox outbox = SmsOutbox.builder(sms, store).listener(metrics).build()) {
            metrics.watch(outbox);
            first.script().otherwise(Behaviour.throttle(Duration.ofHours(1)));
            second.script().otherwise(Behaviour.throttle(Duration.ofHours(1)));
            outbox.enqueue(SmsMessage.to("+61491570156").text(TEXT).build()).orThrow();
            outbox.pump();

            assertThat(count("textonce.outbox.deferred", "reason", "throttled")).isEqualTo(1);
            assertThat(registry.get("textonce.outbox.enqueued")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("textonce.outbox.claimed").functionCounter().count())
                    .isEqualTo(1);
        }
        metrics.onExpired(3, 2);
        metrics.onResend(TenantId.DEFAULT, found.messageId(), true);
        metrics.onSettled(TenantId.DEFAULT, found.messageId(), found);
        assertThat(count("textonce.outbox.expired", "row", "freed")).isEqualTo(3);
        assertThat(count("textonce.outbox.expired", "row", "doubted")).isEqualTo(2);
        assertThat(count("textonce.outbox.resent", "proven", "true")).isEqualTo(1);
        assertThat(count("textonce.outbox.settled", "outcome", "accepted")).isEqualTo(1);
    }

    @Test
    void noTagHoldsAnythingOfAPerson() {
        first.script().then(Behaviour.refuse(Reason.OPTED_OUT, "21610"));
        countsReportsAndAnswersOnce();
        List<String> tags = registry.getMeters().stream()
                .map(Meter::getId)
                .flatMap(id -> Stream.concat(
                        Stream.of(id.getName()),
                        id.getTags().stream().flatMap(tag -> Stream.of(tag.getKey(), tag.getValue()))))
                .toList();
        assertThat(tags).isNotEmpty().noneMatch(tag -> tag.matches(".*[0-9]{4}.*") || tag.contains("secret"));
        assertThat(registry.getMeters().stream()
                        .flatMap(meter -> meter.getId().getTags().stream())
                        .map(Tag::getKey)
                        .distinct())
                .isSubsetOf(
                        "provider", "outcome", "reason", "category", "status", "keyword", "currency", "proven", "row");
    }

    private SendResult send(Category category) {
        return sms.send(
                SmsMessage.to("+61491570156").text(TEXT).category(category).build());
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
