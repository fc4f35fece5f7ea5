package io.textonce.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.outbox.SmsOutbox.Duty;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.store.MessageState;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A host that shares the work out over processes. */
class OutboxDutiesTest {

    private final InMemoryStore store = new InMemoryStore();
    private final SmsClient client = SmsClient.builder()
            .provider(SandboxProvider.builder().build())
            .messages(store)
            .build();
    private final SmsOutbox outbox = SmsOutbox.builder(client, store).build();

    private MessageState state(MessageId id) {
        return store.find(TenantId.DEFAULT, id).orElseThrow().state();
    }

    @Test
    void onlyWhoDispatchesSends() {
        MessageId id = outbox.enqueue(SmsMessage.to(PhoneNumber.of("+12025550123"))
                        .text("Hello")
                        .build())
                .orThrow()
                .messageId();
        assertThat(outbox.pump(Set.of(Duty.RECONCILE, Duty.PURGE))).isZero();
        assertThat(state(id)).isEqualTo(MessageState.PENDING);
        assertThat(outbox.pump(Set.of(Duty.DISPATCH))).isEqualTo(1);
        assertThat(state(id)).isEqualTo(MessageState.ACCEPTED);
    }

    @Test
    void whatIsPurgedAlongIsCalledUntilNothingIsLeftHourlyAndWithThatDutyOnly() {
        VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T09:00:00Z"));
        AtomicInteger left = new AtomicInteger(3);
        AtomicInteger calls = new AtomicInteger();
        SmsOutbox other = SmsOutbox.builder(
                        SmsClient.builder()
                                .provider(FakeProvider.named("any"))
                                .time(clock)
                                .build(),
                        InMemoryStore.builder().time(clock).build())
                .alongWithPurge(() -> {
                    throw new IllegalStateException("the database is away");
                })
                .alongWithPurge(() -> {
                    calls.incrementAndGet();
                    return Math.max(0, left.getAndDecrement());
                })
                .build();
        other.pump(Set.of(Duty.DISPATCH, Duty.RECONCILE));
        assertThat(calls).hasValue(0);
        other.pump(Set.of(Duty.PURGE));
        assertThat(calls).hasValue(4);
        other.pump(Set.of(Duty.PURGE));
        assertThat(calls).hasValue(4);
        clock.advance(Duration.ofHours(1));
        other.pump(Set.of(Duty.PURGE));
        assertThat(calls).hasValue(5);
    }

    @Test
    void noDutyIsAMistake() {
        assertThatThrownBy(() -> outbox.pump(Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DISPATCH");
        assertThatThrownBy(() -> outbox.start(Set.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
