package io.textonce.client;

import io.textonce.Attempt;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.SmsStoreException;
import io.textonce.TenantId;
import io.textonce.client.Admission.Admitted;
import io.textonce.internal.ClientDoor;
import io.textonce.internal.Trace;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.StatusLookup.Answer;
import io.textonce.spi.StatusLookup.Inconclusive;
import io.textonce.spi.TimeSource;
import io.textonce.store.IdempotencyRepository.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
        Duration idempotencyRetention)
        implements ClientDoor {

    private static final Logger LOG = LoggerFactory.getLogger(SmsClient.class);

    /** A message with its providers, which stay open until it leaves them. */
    private record Entered(Admitted admitted, ProviderSlots providers) {}

    @Override
    public void leave(Ready ready) {
        client.leave(((Entered) ready.prepared()).providers());
    }

    @Override
    public Verdict admit(SmsMessage message, MessageId id) {
        return enter(message, id, admission::admit);
    }

    @Override
    public Verdict admitUnasked(SmsMessage message, MessageId id) {
        return enter(message, id, admission::admitUnasked);
    }

    private Verdict enter(
            SmsMessage message, MessageId id, BiFunction<SmsMessage, ProviderSlots, Admission.Verdict> admit) {
        ProviderSlots providers = client.enter(message.tenant());
        boolean ready = false;
        try {
            Admission.Verdict verdict = admit.apply(message, providers);
            ready = verdict instanceof Admitted;
            return verdict instanceof Admitted admitted
                    ? ready(admitted, providers)
                    : refused((Admission.Refused) verdict, id);
        } finally {
            if (!ready) {
                client.leave(providers);
            }
        }
    }

    private Refused refused(Admission.Refused refused, MessageId id) {
        return new Refused(engine.refusal(id, refused), refused.text(), refused.own());
    }

    private static Ready ready(Admitted admitted, ProviderSlots providers) {
        return new Ready(
                new Entered(admitted, providers),
                admitted.to(),
                admitted.text(),
                admitted.quote(),
                admitted.candidates().get(0).name());
    }

    @Override
    public SendResult deliver(Ready ready, MessageId id, List<Attempt> before, boolean doubted, Fence fence) {
        return engine.deliver(((Entered) ready.prepared()).admitted(), id, before, doubted, fence);
    }

    @Override
    public void settle(SmsMessage message, PhoneNumber to, SendResult result) {
        engine.settle(message, to, result);
    }

    @Override
    public Claim claim(Ready ready, MessageId id, String key, Instant until) {
        return idempotency.claim(((Entered) ready.prepared()).admitted(), id, key, until);
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
    public Optional<Answer> lookUp(TenantId tenant, String provider, Supplier<StatusLookup.Query> query) {
        ProviderSlots providers;
        try {
            providers = client.enter(tenant);
        } catch (SmsStoreException e) {
            LOG.warn("tenant {}: its providers aren't known now, so {} isn't asked: {}", tenant, provider, Trace.of(e));
            return Optional.of(new Inconclusive("the tenant's providers aren't known now"));
        }
        try {
            Optional<StatusLookup> role = providers.all().stream()
                    .map(ProviderSlot::provider)
                    .filter(each -> each.name().equals(provider))
                    .findFirst()
                    .flatMap(each -> each.role(StatusLookup.class));
            return role.map(each -> ask(each, query.get()));
        } finally {
            client.leave(providers);
        }
    }

    private static Answer ask(StatusLookup role, StatusLookup.Query query) {
        try {
            Answer answer = role.find(query);
            return answer == null ? new Inconclusive("no answer") : answer;
        } catch (RuntimeException e) {
            LOG.warn("message {}: the lookup threw; it is asked again later: {}", query.messageId(), Trace.of(e));
            return new Inconclusive("the lookup threw");
        }
    }
}
