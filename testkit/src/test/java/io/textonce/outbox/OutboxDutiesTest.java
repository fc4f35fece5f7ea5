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
import java.util.Set;
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
    void noDutyIsAMistake() {
        assertThatThrownBy(() -> outbox.pump(Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DISPATCH");
        assertThatThrownBy(() -> outbox.start(Set.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
