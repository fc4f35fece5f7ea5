package io.textonce.client;

import io.textonce.Attempt;
import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.Admission.Admitted;
import io.textonce.internal.ClientDoor;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.TimeSource;
import io.textonce.store.IdempotencyRepository.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** What the outbox sees of a client. */
record Door(
        SmsClient client,
        Admission admission,
        SendEngine engine,
        Idempotency idempotency,
        SendThreads senders,
        Supplier<MessageId> ids,
        List<SmsListener> listeners,
        TimeSource time,
        Duration attemptTimeout,
        Duration idempotencyRetention,
        BiFunction<TenantId, String, Optional<SmsProvider>> providers)
        implements ClientDoor {

    @Override
    public Verdict admit(SmsMessage message, MessageId id) {
        Admission.Verdict verdict = admission.admit(message);
        if (verdict instanceof Admission.Refused refused) {
            return new Refused(engine.refusal(id, refused), refused.text());
        }
        Admitted admitted = (Admitted) verdict;
        return new Ready(
                admitted,
                admitted.to(),
                admitted.text(),
                admitted.quote(),
                admitted.candidates().get(0).name());
    }

    @Override
    public SendResult deliver(Ready ready, MessageId id, List<Attempt> before, Fence fence) {
        return engine.deliver((Admitted) ready.prepared(), id, before, fence);
    }

    @Override
    public Claim claim(Ready ready, MessageId id, String key, Instant until) {
        return idempotency.claim((Admitted) ready.prepared(), id, key, until);
    }

    @Override
    public void release(TenantId tenant, String key, MessageId id) {
        idempotency.release(tenant, key, id);
    }

    @Override
    public void settle(TenantId tenant, String key, MessageId id, SendResult result) {
        idempotency.settle(tenant, key, id, result);
    }

    @Override
    public void tell(SmsMessage message, SendResult result) {
        SendEngine.tell(listeners, listener -> listener.onResult(message, result));
    }

    @Override
    public MessageId nextId() {
        return ids.get();
    }

    @Override
    public boolean isClosed() {
        return client.isClosed();
    }

    @Override
    public void execute(Runnable send) {
        senders.execute(send);
    }

    @Override
    public ThreadFactory threads(String prefix) {
        return SendThreads.factory(prefix);
    }

    @Override
    public Optional<SmsProvider> provider(TenantId tenant, String name) {
        return providers.apply(tenant, name);
    }
}
