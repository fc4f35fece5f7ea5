package io.textonce.testkit.memory;

import io.textonce.MessageId;
import io.textonce.Reason;
import io.textonce.TenantId;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An outbox store that passes everything on, open to being broken by mutants and faults. */
public class DelegatingOutbox extends Delegates.Messages implements OutboxRepository {

    private final OutboxRepository outbox;

    public DelegatingOutbox(OutboxRepository store) {
        super(store);
        this.outbox = store;
    }

    @Override
    public Set<MessageId> enqueue(TenantId tenant, List<OutboxRow> rows) {
        return outbox.enqueue(tenant, rows);
    }

    @Override
    public List<OutboxRow> claim(String owner, int most, Duration lease) {
        return outbox.claim(owner, most, lease);
    }

    @Override
    public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
        return outbox.begin(owner, starts, lease);
    }

    @Override
    public boolean asking(String owner, Start start) {
        return outbox.asking(owner, start);
    }

    @Override
    public Set<RowKey> complete(Collection<Completion> completions) {
        return outbox.complete(completions);
    }

    @Override
    public void giveBack(String owner, Collection<RowKey> keys) {
        outbox.giveBack(owner, keys);
    }

    @Override
    public Expired expire(Duration settle) {
        return outbox.expire(settle);
    }

    @Override
    public Optional<MessageState> cancel(TenantId tenant, MessageId id) {
        return outbox.cancel(tenant, id);
    }

    @Override
    public Map<MessageId, MessageState> cancelByReference(TenantId tenant, String reference) {
        return outbox.cancelByReference(tenant, reference);
    }

    @Override
    public Optional<MessageState> hold(TenantId tenant, MessageId id) {
        return outbox.hold(tenant, id);
    }

    @Override
    public Optional<MessageState> release(TenantId tenant, MessageId id) {
        return outbox.release(tenant, id);
    }

    @Override
    public Map<MessageState, Integer> cancelGroup(TenantId tenant, String group) {
        return outbox.cancelGroup(tenant, group);
    }

    @Override
    public Map<MessageState, Integer> holdGroup(TenantId tenant, String group) {
        return outbox.holdGroup(tenant, group);
    }

    @Override
    public Map<MessageState, Integer> releaseGroup(TenantId tenant, String group) {
        return outbox.releaseGroup(tenant, group);
    }

    @Override
    public Map<MessageState, Integer> unsettled(TenantId tenant, String group) {
        return outbox.unsettled(tenant, group);
    }

    @Override
    public Optional<OutboxRow> row(TenantId tenant, MessageId id) {
        return outbox.row(tenant, id);
    }

    @Override
    public List<OutboxRow> doubts(int most, Duration pause) {
        return outbox.doubts(most, pause);
    }

    @Override
    public Set<String> providerIdsBeside(OutboxRow row) {
        return outbox.providerIdsBeside(row);
    }

    @Override
    public int purge(Instant before, int most) {
        return outbox.purge(before, most);
    }

    @Override
    public List<Written> written(int most) {
        return outbox.written(most);
    }

    @Override
    public boolean adopt(OutboxRow row) {
        return outbox.adopt(row);
    }

    @Override
    public boolean refuse(RowKey key, Reason reason, String explanation) {
        return outbox.refuse(key, reason, explanation);
    }
}
