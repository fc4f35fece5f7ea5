package io.textonce.outbox;

import io.textonce.SendResult;
import io.textonce.internal.Outcomes;
import io.textonce.outbox.Recorder.Done;
import io.textonce.spi.StatusLookup.Absent;
import io.textonce.spi.StatusLookup.Answer;
import io.textonce.spi.StatusLookup.Found;
import io.textonce.spi.StatusLookup.Inconclusive;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository.Again;
import io.textonce.store.OutboxRepository.Completion;
import io.textonce.store.OutboxRepository.Finished;
import io.textonce.store.OutboxRepository.LookLater;
import io.textonce.store.OutboxRepository.Step;
import io.textonce.store.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Asks providers what became of messages in doubt, and settles what their answers prove. */
final class Reconciler {

    private static final int MOST = 50;
    private static final Duration OTHERS_WAIT = Duration.ofMinutes(5);

    private final Setup with;
    private final Recorder recorder;

    Reconciler(Setup setup, Recorder recorder) {
        this.with = setup;
        this.recorder = recorder;
    }

    /** Looks after the rows that are due, once. Answers how many they were. */
    int pass() {
        List<OutboxRow> rows = with.repository().doubts(MOST, OTHERS_WAIT);
        for (OutboxRow row : rows) {
            settle(row);
        }
        return rows.size();
    }

    private void settle(OutboxRow row) {
        String owner = row.owner().orElse(null);
        if (owner == null) {
            return; // put into doubt by hand; people settle it
        }
        Step step = step(row);
        recorder.record(List.of(new Done(row, new Completion(row.key(), owner, row.attempt(), step))));
    }

    private Step step(OutboxRow row) {
        MessageRecord message = row.message();
        Instant begun = row.begunAt().orElse(message.createdAt());
        Optional<Answer> asked = message.provider()
                .flatMap(name -> with.client()
                        .lookUp(
                                message.tenant(),
                                name,
                                () -> Outcomes.question(message, begun)
                                        .besides(with.repository().providerIdsBeside(row))));
        Answer answer = asked.orElse(new Inconclusive("no lookup"));
        if (answer instanceof Found found) {
            return new Finished(Outcomes.found(message, begun, found), OutboxRow.NEVER, true);
        }
        OnUnknown policy = with.onUnknown(message.category());
        Instant now = with.now();
        if (answer instanceof Absent) {
            SendResult.Rejected absent = Outcomes.absent(message, begun);
            return policy == OnUnknown.HOLD
                    ? new Finished(absent, OutboxRow.NEVER, false)
                    : Again.at(now, row.tries(), absent);
        }
        boolean mayResend = policy == OnUnknown.RESEND_ONCE && !row.resent();
        if (mayResend && row.stopped().isEmpty()) {
            return Again.withoutProof(now);
        }
        // What is held with its group may be sent again once that is released.
        boolean waits =
                mayResend && row.stopped().filter(MessageState.HELD::equals).isPresent();
        return later(row, begun, now, asked.isPresent(), waits);
    }

    private Step later(OutboxRow row, Instant begun, Instant now, boolean canAsk, boolean waits) {
        Duration pause = with.settle().multipliedBy(1L << Math.min(row.tries(), 10));
        Instant next = now.plus(pause);
        boolean over = !waits && (!canAsk || next.isAfter(begun.plus(with.lookFor())));
        return new LookLater(over ? OutboxRow.NEVER : next, row.tries() + 1);
    }
}
