package io.textonce.outbox;

import io.textonce.Attempt;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.internal.Trace;
import io.textonce.outbox.Recorder.Done;
import io.textonce.spi.StatusLookup;
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
import java.util.ArrayList;
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
        Optional<StatusLookup> lookup = row.message()
                .provider()
                .flatMap(name -> with.client().provider(row.message().tenant(), name))
                .flatMap(provider -> provider.role(StatusLookup.class));
        Answer answer = lookup.map(role -> ask(role, row)).orElse(new Inconclusive("no lookup"));
        if (answer instanceof Found found) {
            return new Finished(found(row, found), OutboxRow.NEVER, true);
        }
        OnUnknown policy = with.onUnknown(row.message().category());
        Instant now = with.now();
        if (answer instanceof Absent) {
            return policy == OnUnknown.HOLD
                    ? new Finished(absent(row), OutboxRow.NEVER, false)
                    : Again.at(now, row.tries(), absent(row));
        }
        boolean mayResend = policy == OnUnknown.RESEND_ONCE && !row.resent();
        if (mayResend && row.stopped().isEmpty()) {
            return Again.withoutProof(now);
        }
        // What is held with its group may be sent again once that is released.
        boolean waits =
                mayResend && row.stopped().filter(MessageState.HELD::equals).isPresent();
        return later(row, now, lookup.isPresent(), waits);
    }

    private Step later(OutboxRow row, Instant now, boolean canAsk, boolean waits) {
        Instant begun = row.begunAt().orElse(row.message().createdAt());
        Duration pause = with.settle().multipliedBy(1L << Math.min(row.tries(), 10));
        Instant next = now.plus(pause);
        boolean over = !waits && (!canAsk || next.isAfter(begun.plus(with.lookFor())));
        return new LookLater(over ? OutboxRow.NEVER : next, row.tries() + 1);
    }

    private Answer ask(StatusLookup role, OutboxRow row) {
        MessageRecord message = row.message();
        StatusLookup.Query query = StatusLookup.Query.of(
                        row.id(),
                        message.to(),
                        row.begunAt().orElse(message.createdAt()),
                        message.text(),
                        message.providerMessageId().orElse(null))
                .besides(with.repository().providerIdsBeside(row));
        try {
            Answer answer = role.find(query);
            return answer == null ? new Inconclusive("no answer") : answer;
        } catch (RuntimeException e) {
            Setup.LOG.warn("message {}: the lookup threw; it is asked again later: {}", row.id(), Trace.of(e));
            return new Inconclusive("the lookup threw");
        }
    }

    private static SendResult found(OutboxRow row, Found found) {
        return new SendResult.Accepted(
                details(row),
                row.message().provider().orElseThrow(),
                found.providerMessageId(),
                found.segments().orElse(-1),
                found.price().orElse(null));
    }

    private static SendResult.Rejected absent(OutboxRow row) {
        return new SendResult.Rejected(
                details(row),
                Reason.TRANSPORT,
                Proof.NOT_TRANSMITTED,
                "the provider finds messages by our id and has none of this id",
                row.message().provider().orElse(null),
                null,
                null);
    }

    private static SendResult.Details details(OutboxRow row) {
        List<Attempt> attempts = new ArrayList<>(row.message().attempts());
        if (attempts.isEmpty() && row.message().provider().isPresent()) {
            attempts.add(Attempt.builder(1, row.message().provider().get(), Outcome.UNKNOWN)
                    .at(row.begunAt().orElse(row.message().createdAt()), Duration.ZERO)
                    .explanation("its outcome was lost")
                    .build());
        }
        return SendResult.Details.of(row.id(), row.message().to(), attempts, null);
    }
}
