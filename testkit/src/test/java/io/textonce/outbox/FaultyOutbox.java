package io.textonce.outbox;

import io.textonce.MessageId;
import io.textonce.TenantId;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import io.textonce.testkit.memory.DelegatingOutbox;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A store that fails at one chosen call, before or after its work; with it the process may die. */
final class FaultyOutbox extends DelegatingOutbox {

    /** The failure. */
    static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fault(String call) {
            super(call);
        }
    }

    private final int failAt;
    private final boolean after;
    private final boolean deadly;
    private int calls;
    private boolean dead;
    String failed = "";

    FaultyOutbox(OutboxRepository store, int failAt, boolean after, boolean deadly) {
        super(store);
        this.failAt = failAt;
        this.after = after;
        this.deadly = deadly;
    }

    int calls() {
        return calls;
    }

    boolean isDead() {
        return dead;
    }

    void die() {
        dead = true;
    }

    private <T> T call(String name, Supplier<T> work) {
        calls++;
        if (dead) {
            throw new Fault("dead");
        }
        if (calls == failAt) {
            failed = name + (after ? " after" : " before") + " its work";
            dead = deadly;
            throw new Fault(after ? failed + ", which answered " + work.get() : failed);
        }
        return work.get();
    }

    @Override
    public Set<MessageId> enqueue(TenantId tenant, List<OutboxRow> rows) {
        return call("enqueue", () -> super.enqueue(tenant, rows));
    }

    @Override
    public List<OutboxRow> claim(String owner, int most, Duration lease) {
        return call("claim", () -> super.claim(owner, most, lease));
    }

    @Override
    public Set<RowKey> begin(String owner, List<Start> starts, Duration lease) {
        return call("begin", () -> super.begin(owner, starts, lease));
    }

    @Override
    public boolean asking(String owner, Start start) {
        return call("asking", () -> super.asking(owner, start));
    }

    @Override
    public Set<RowKey> complete(Collection<Completion> completions) {
        return call("complete", () -> super.complete(completions));
    }

    @Override
    public void giveBack(String owner, Collection<RowKey> keys) {
        call("giveBack", () -> {
            super.giveBack(owner, keys);
            return owner;
        });
    }

    @Override
    public Expired expire(Duration settle) {
        return call("expire", () -> super.expire(settle));
    }

    @Override
    public Optional<MessageState> cancel(TenantId tenant, MessageId id) {
        return call("cancel", () -> super.cancel(tenant, id));
    }

    @Override
    public Optional<OutboxRow> row(TenantId tenant, MessageId id) {
        return call("row", () -> super.row(tenant, id));
    }

    @Override
    public List<OutboxRow> doubts(int most, Duration pause) {
        return call("doubts", () -> super.doubts(most, pause));
    }

    @Override
    public Set<String> providerIdsBeside(OutboxRow row) {
        return call("providerIdsBeside", () -> super.providerIdsBeside(row));
    }

    @Override
    public int purge(Instant before, int most) {
        return call("purge", () -> super.purge(before, most));
    }
}
