package io.textonce.outbox;

import io.textonce.Outcome;
import io.textonce.SendResult;
import io.textonce.internal.Trace;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository.Again;
import io.textonce.store.OutboxRepository.Completion;
import io.textonce.store.OutboxRepository.Finished;
import io.textonce.store.OutboxRepository.RowKey;
import io.textonce.store.OutboxRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Records what became of rows. What the store doesn't take is kept and offered again, also after the lease's end: it is
 * the truth, and the store knows whether anybody claimed the row since.
 */
final class Recorder {

    /** What became of one row. */
    record Done(OutboxRow row, Completion completion) {}

    private final Setup with;
    private final Queue<Done> left = new ConcurrentLinkedQueue<>();
    private final Queue<RowKey> unbegun = new ConcurrentLinkedQueue<>();

    Recorder(Setup setup) {
        this.with = setup;
    }

    /** Records one step for all. If that fails, they are left for later. */
    void record(List<Done> done) {
        if (!done.isEmpty() && !tryRecord(done)) {
            left.addAll(done);
        }
    }

    void giveBack(Collection<RowKey> keys) {
        if (keys.isEmpty()) {
            return;
        }
        try {
            with.repository().giveBack(with.owner(), keys);
        } catch (RuntimeException e) {
            failed("giveBack", e);
            unbegun.addAll(keys);
        }
    }

    /** Offers what was left before. True if nothing is left now. */
    boolean catchUp() {
        List<RowKey> keys = drain(unbegun);
        giveBack(keys);
        record(drain(left));
        return left.isEmpty() && unbegun.isEmpty();
    }

    int waiting() {
        return left.size() + unbegun.size();
    }

    private static <T> List<T> drain(Queue<T> queue) {
        List<T> all = new ArrayList<>();
        for (T next = queue.poll(); next != null; next = queue.poll()) {
            all.add(next);
        }
        return all;
    }

    private boolean tryRecord(List<Done> done) {
        Set<RowKey> applied;
        try {
            applied = with.repository()
                    .complete(done.stream().map(Done::completion).toList());
        } catch (RuntimeException e) {
            failed("complete", e);
            return false;
        }
        for (Done each : done) {
            if (applied.contains(each.row().key())) {
                recorded(each);
            } else if (each.completion().step() instanceof Finished finished && !finished.found()) {
                Setup.LOG.error(
                        "message {}: the outcome {} of attempt {} isn't recorded: the row is gone, or somebody claimed it"
                                + " after the lease had run out",
                        each.row().id(),
                        finished.result().outcome(),
                        each.completion().attempt());
            }
        }
        return true;
    }

    private void recorded(Done done) {
        OutboxRow row = done.row();
        if (done.completion().step() instanceof Finished finished) {
            SendResult result = finished.result();
            with.waiting().tell(row.key(), result);
            row.content()
                    .idempotencyKey()
                    .ifPresent(key -> with.client().settle(row.message().tenant(), key, row.id(), result));
            if (row.state() == MessageState.UNKNOWN) {
                if (!row.resent()) { // of a message that was sent twice, what was found out is about one
                    with.client().settle(row.content(), row.message().to(), result);
                }
                with.counters().settled.increment();
                with.tell(listener -> listener.onSettled(row.message().tenant(), row.id(), result));
            } else {
                count(result.outcome());
                with.client().tell(row.content(), result);
            }
        } else if (done.completion().step() instanceof Again again) {
            with.waiting().tell(row.key(), null);
            if (row.state() == MessageState.UNKNOWN) {
                with.counters().resent.increment();
                with.tell(listener -> listener.onResend(row.message().tenant(), row.id(), !again.withoutProof()));
            } else {
                with.counters().deferred.increment();
                again.why()
                        .ifPresent(why -> with.tell(
                                listener -> listener.onDeferred(row.message().tenant(), row.id(), why, again.due())));
            }
        }
    }

    private void count(Outcome outcome) {
        (outcome == Outcome.ACCEPTED
                        ? with.counters().accepted
                        : outcome == Outcome.REJECTED ? with.counters().rejected : with.counters().unknown)
                .increment();
    }

    private void failed(String operation, RuntimeException e) {
        with.counters().storeFailures.increment();
        Setup.LOG.warn(
                "OutboxRepository.{} failed; what is to be recorded is kept and offered again: {}",
                operation,
                Trace.of(e));
    }
}
