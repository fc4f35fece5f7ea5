package io.textonce.outbox;

import io.textonce.Attempt;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.internal.ClientDoor;
import io.textonce.internal.Trace;
import io.textonce.outbox.Recorder.Done;
import io.textonce.outbox.Setup.Line;
import io.textonce.store.OutboxRepository.Again;
import io.textonce.store.OutboxRepository.Completion;
import io.textonce.store.OutboxRepository.Finished;
import io.textonce.store.OutboxRepository.RowKey;
import io.textonce.store.OutboxRepository.Start;
import io.textonce.store.OutboxRepository.Step;
import io.textonce.store.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Claims rows, sends them in groups and records what became of them. The invariants:
 *
 * <ul>
 *   <li>Nothing is submitted before {@code begin} has answered that the row moved to SENDING.
 *   <li>Nothing is submitted unless the request ends, at its timeout, before the lease does; the lease is counted from
 *       before the call that got it, by a clock that nobody sets.
 *   <li>Every row that was claimed is recorded, given back, or left for its lease to end.
 * </ul>
 */
final class Dispatcher {

    /** After so long a wait for the slowest of a group, the others' outcomes are recorded. */
    private static final long FLUSH_MILLIS = 250;

    /** A row that keeps failing isn't made to carry its whole history. */
    private static final int MOST_ATTEMPTS = 20;

    private final Setup with;
    private final Recorder recorder;
    private final BooleanSupplier stopping;

    Dispatcher(Setup setup, Recorder recorder, BooleanSupplier stopping) {
        this.with = setup;
        this.recorder = recorder;
        this.stopping = stopping;
    }

    /** Claims once and sends what it got. Answers how many rows that were; what the store throws comes through. */
    int pass() {
        if (stopping.getAsBoolean() || !recorder.catchUp()) {
            return 0;
        }
        List<OutboxRow> rows = with.repository().claim(with.owner(), with.claimSize(), with.lease());
        with.counters().claimed.add(rows.size());
        int next = 0;
        try {
            while (next < rows.size() && !stopping.getAsBoolean()) {
                int end = Math.min(rows.size(), next + with.inFlight());
                List<OutboxRow> group = rows.subList(next, end);
                next = end;
                send(group);
            }
        } finally {
            recorder.giveBack(keys(rows.subList(next, rows.size())));
        }
        return rows.size();
    }

    private static List<RowKey> keys(Collection<OutboxRow> rows) {
        return rows.stream().map(OutboxRow::key).toList();
    }

    /** A row with what admission made of it; null if it couldn't be asked. */
    private record Job(OutboxRow row, ClientDoor.@Nullable Verdict verdict) {
        Start start() {
            return new Start(
                    row.key(), row.attempt(), verdict instanceof ClientDoor.Ready ready ? ready.provider() : null);
        }
    }

    private void send(List<OutboxRow> rows) {
        List<Job> jobs = new ArrayList<>(rows.size());
        for (OutboxRow row : rows) {
            try {
                jobs.add(new Job(row, with.client().admitUnasked(row.content(), row.id())));
            } catch (RuntimeException e) {
                Setup.LOG.error("message {}: it couldn't be prepared and waits: {}", row.id(), Trace.of(e));
                jobs.add(new Job(row, null));
            }
        }
        long since = with.time().nanoTime();
        Set<RowKey> begun = with.reverted().contains(Line.WRITE_AHEAD) ? Set.copyOf(keys(rows)) : begin(jobs);
        List<Job> moved = new ArrayList<>(jobs.size());
        for (Job job : jobs) {
            if (begun.contains(job.row().key())) {
                moved.add(job);
            } else if (job.verdict() instanceof ClientDoor.Ready ready) {
                with.client().leave(ready);
            }
        }
        run(moved, since);
    }

    private Set<RowKey> begin(List<Job> jobs) {
        try {
            return with.repository()
                    .begin(with.owner(), jobs.stream().map(Job::start).toList(), with.lease());
        } catch (RuntimeException e) {
            // Whether they moved isn't known. That nothing was submitted is, so both ways are undone.
            with.counters().storeFailures.increment();
            Setup.LOG.warn("OutboxRepository.begin failed; nothing was sent: {}", Trace.of(e));
            Instant again = with.now();
            recorder.record(jobs.stream()
                    .map(job -> done(job.row(), Again.at(again, job.row().tries(), null)))
                    .toList());
            recorder.giveBack(jobs.stream().map(job -> job.row().key()).toList());
            return Set.of();
        }
    }

    private void run(List<Job> jobs, long since) {
        BlockingQueue<Done> outcomes = new LinkedBlockingQueue<>();
        for (Job job : jobs) {
            Runnable send = () -> outcomes.add(outcome(job, since));
            try {
                with.client().execute(send);
            } catch (RejectedExecutionException e) {
                send.run();
            }
        }
        List<Done> done = new ArrayList<>(jobs.size());
        boolean interrupted = false;
        for (int open = jobs.size(); open > 0; ) {
            try {
                Done first = outcomes.poll(FLUSH_MILLIS, TimeUnit.MILLISECONDS);
                if (first == null) {
                    recorder.record(List.copyOf(done));
                    done.clear();
                } else {
                    done.add(first);
                    open -= 1 + outcomes.drainTo(done);
                }
            } catch (InterruptedException e) {
                interrupted = true; // the group is recorded first: its sends are under way
            }
        }
        if (with.reverted().contains(Line.WRITE_AHEAD)) {
            begin(jobs);
        }
        recorder.record(List.copyOf(done));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Done outcome(Job job, long since) {
        OutboxRow row = job.row();
        if (job.verdict() == null) {
            return done(row, Again.at(with.now().plus(with.pause(row.attempt())), row.tries(), null));
        }
        if (job.verdict() instanceof ClientDoor.Refused refused) {
            return done(row, finished(row, refused.result()));
        }
        ClientDoor.Ready ready = (ClientDoor.Ready) job.verdict();
        boolean[] fenced = new boolean[1];
        boolean[] tried = new boolean[1];
        String[] asked = {ready.provider()};
        try {
            SendResult result = with.client().deliver(ready, row.id(), history(row), row.resent(), provider -> {
                boolean may = (provider.equals(asked[0]) || redirected(row, provider)) && inTime(since);
                asked[0] = provider;
                fenced[0] = !may;
                tried[0] |= may;
                return may;
            });
            if (fenced[0]) {
                with.counters().fenced.increment();
            }
            return done(row, step(row, result, fenced[0], tried[0]));
        } catch (Throwable e) {
            // The engine throws only before anything was submitted.
            Setup.LOG.warn("message {}: a part of the host failed; it is tried again later: {}", row.id(), Trace.of(e));
            return done(row, Again.at(with.now().plus(with.pause(row.attempt())), row.tries(), null));
        } finally {
            with.client().leave(ready);
        }
    }

    /** Whether a request that starts now ends before the lease. */
    private boolean inTime(long since) {
        Duration used = Duration.ofNanos(with.time().nanoTime() - since);
        Duration needed = with.client().attemptTimeout().plus(with.margin());
        return with.reverted().contains(Line.FENCE) || used.plus(needed).compareTo(with.lease()) < 0;
    }

    private boolean redirected(OutboxRow row, String provider) {
        if (with.reverted().contains(Line.WRITE_AHEAD)) {
            return true;
        }
        try {
            return with.repository().asking(with.owner(), new Start(row.key(), row.attempt(), provider));
        } catch (RuntimeException e) {
            with.counters().storeFailures.increment();
            Setup.LOG.warn("OutboxRepository.asking failed; {} isn't asked: {}", provider, Trace.of(e));
            return false;
        }
    }

    private static List<Attempt> history(OutboxRow row) {
        List<Attempt> all = row.message().attempts();
        return all.subList(Math.max(0, all.size() - MOST_ATTEMPTS), all.size());
    }

    private Done done(OutboxRow row, Step step) {
        return new Done(row, new Completion(row.key(), with.owner(), row.attempt(), step));
    }

    /** What follows from a result: the end, a lookup, or another try of which it is proven that it does no harm. */
    private Step step(OutboxRow row, SendResult result, boolean fenced, boolean tried) {
        Instant now = with.now();
        if (!(result instanceof SendResult.Rejected rejected) || !worthAnother(rejected)) {
            return finished(row, result);
        }
        // Where nobody was asked (our own policy, a provider that wants to be left alone), waiting passes: only
        // notAfter
        // ends it.
        int tries = tried ? row.tries() + 1 : row.tries();
        if (tries >= with.maxTries()) {
            return finished(row, result);
        }
        if (fenced) {
            return Again.at(now, tries, rejected);
        }
        Instant pause = now.plus(with.pause(tried ? tries : row.attempt()));
        Instant told = rejected.retryAt().orElse(pause);
        Instant due = told.isAfter(pause) ? told : pause;
        Instant notAfter = row.content().notAfter().orElse(OutboxRow.NEVER);
        if (told.isAfter(notAfter)) {
            return finished(row, tooLate(rejected));
        }
        return Again.at(due.isAfter(notAfter) ? notAfter : due, tries, rejected);
    }

    /** The end. Of what was sent again without proof, a refusal says nothing about the first try: that is in doubt as before. */
    private Finished finished(OutboxRow row, SendResult result) {
        SendResult end = result;
        if (row.resent() && result instanceof SendResult.Rejected rejected) {
            String first = row.message().attempts().stream()
                    .filter(attempt -> attempt.outcome() == Outcome.UNKNOWN)
                    .findFirst()
                    .map(Attempt::provider)
                    .or(row.message()::provider)
                    .orElse("");
            end = new SendResult.Unknown(
                    rejected.details(),
                    first,
                    Set.of(),
                    "its first try may have arrived; the second was refused: " + rejected.explanation(),
                    null);
        }
        return new Finished(end, with.now().plus(with.settle()), false);
    }

    private static boolean worthAnother(SendResult.Rejected rejected) {
        Reason reason = rejected.reason();
        return switch (reason) {
            case QUIET_HOURS, RATE_LIMITED, BUDGET, DISABLED, THROTTLED, UNAVAILABLE -> true;
            case TRANSPORT -> rejected.proof() == Proof.NOT_TRANSMITTED;
            default -> false;
        };
    }

    private static SendResult.Rejected tooLate(SendResult.Rejected why) {
        return new SendResult.Rejected(
                why.details(),
                Reason.EXPIRED,
                why.proof(),
                "it could be tried again only after its notAfter; before that: " + why.reason() + ", "
                        + why.explanation(),
                why.provider().orElse(null),
                why.providerCode().orElse(null),
                null);
    }
}
