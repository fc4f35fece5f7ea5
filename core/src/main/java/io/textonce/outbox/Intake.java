package io.textonce.outbox;

import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.internal.Trace;
import io.textonce.store.OutboxRepository.Written;
import io.textonce.store.OutboxRow;
import java.util.List;
import java.util.Objects;

/** Checks what other applications wrote into the store, like any message, and takes it over or refuses it. */
final class Intake {

    private static final int MOST = 200;

    private final Setup with;
    private final Enqueuing enqueuing;

    Intake(Setup setup, Enqueuing enqueuing) {
        this.with = setup;
        this.enqueuing = enqueuing;
    }

    /** Looks through what was written, once. Answers how many messages that were. */
    int pass() {
        List<Written> all = with.repository().written(MOST);
        for (Written written : all) {
            try {
                take(written);
            } catch (RuntimeException e) {
                with.counters().storeFailures.increment();
                Setup.LOG.warn(
                        "message {}, written by another application: it couldn't be taken over and waits: {}",
                        written.key().id(),
                        Trace.of(e));
            }
        }
        return all.size();
    }

    private void take(Written written) {
        SmsMessage message = written.message();
        if (message == null) {
            refuse(written, Reason.REQUEST, String.valueOf(written.problem()));
            return;
        }
        Enqueuing.Prepared prepared = enqueuing.prepare(message, written.key().id(), written.due(), with.now());
        OutboxRow row = prepared.row();
        SendResult.Rejected refusal = prepared.refusal();
        if (refusal == null) {
            if (with.repository().adopt(Objects.requireNonNull(row))) {
                with.counters().enqueued.increment();
            }
        } else if (row == null
                ? refuse(written, refusal.reason(), refusal.explanation())
                : with.repository().adopt(row) && refused(written, refusal.reason(), refusal.explanation())) {
            with.client().tell(message, refusal);
        }
    }

    private boolean refuse(Written written, Reason reason, String explanation) {
        return with.repository().refuse(written.key(), reason, explanation) && refused(written, reason, explanation);
    }

    private boolean refused(Written written, Reason reason, String explanation) {
        with.counters().refused.increment();
        Setup.LOG.warn(
                "message {}, written by another application, is refused: {}, {}",
                written.key().id(),
                reason,
                explanation);
        return true;
    }
}
