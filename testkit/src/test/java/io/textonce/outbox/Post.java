package io.textonce.outbox;

import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.RetryPolicy;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.StatusLookup;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One store, one provider and one clock, on which any number of outboxes can be opened and abandoned. */
final class Post {

    static final PhoneNumber ANN = PhoneNumber.of("+61491570156");
    static final TenantId TENANT = TenantId.DEFAULT;
    static final Duration LEASE = Duration.ofSeconds(60);

    final VirtualClock clock = new VirtualClock(Instant.parse("2026-03-01T09:00:00Z"));
    final InMemoryStore store = InMemoryStore.builder().time(clock).build();
    final FakeProvider provider;
    volatile Runnable beforeSubmit = () -> {};
    OutboxRepository repository = store;

    Post() {
        this(true);
    }

    Post(boolean lookup) {
        SandboxProvider.Builder options =
                SandboxProvider.builder().name("first").time(clock);
        provider = FakeProvider.of(lookup ? options : options.without(StatusLookup.class));
    }

    /** A client on one thread, so that everything happens in the same order each time. */
    SmsClient.Builder client() {
        return SmsClient.builder()
                .provider(provider)
                .time(clock)
                .retry(RetryPolicy.none())
                .breaker(null)
                .attemptTimeout(Duration.ofSeconds(10))
                .deadline(Duration.ofHours(1))
                .suppressions(new Suppressions())
                .executor(Runnable::run);
    }

    SmsOutbox.Builder outbox() {
        return outbox(client().build());
    }

    SmsOutbox.Builder outbox(SmsClient client) {
        return SmsOutbox.builder(client, repository).inFlight(4).lease(LEASE);
    }

    static SmsMessage.Builder hello() {
        return SmsMessage.to(ANN).text("See you at 10:30");
    }

    /** Pumps until nothing is due, at most so often. */
    static void drain(SmsOutbox outbox) {
        for (int i = 0; i < 1_000; i++) {
            if (outbox.pump() == 0) {
                return;
            }
        }
        throw new AssertionError("there is always something due");
    }

    OutboxRow row(MessageId id) {
        return store.row(TENANT, id).orElseThrow();
    }

    MessageRecord message(MessageId id) {
        return store.find(TENANT, id).orElseThrow();
    }

    MessageState state(MessageId id) {
        return message(id).state();
    }

    /** How many complete requests for a message the provider has received. */
    long received(MessageId id) {
        return provider.sandbox().tally(id).received();
    }

    /** The last question before a submit, where tests come in between. */
    final class Suppressions implements SuppressionRepository {
        @Override
        public void record(TenantId tenant, Suppression suppression) {
            store.record(tenant, suppression);
        }

        @Override
        public boolean isSuppressed(TenantId tenant, PhoneNumber number, @Nullable SenderId sender) {
            boolean suppressed = store.isSuppressed(tenant, number, sender);
            beforeSubmit.run();
            return suppressed;
        }
    }
}
