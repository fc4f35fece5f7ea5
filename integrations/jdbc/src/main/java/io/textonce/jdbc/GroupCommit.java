package io.textonce.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers that come at the same time share one transaction: the first runs what has gathered, the others wait for it.
 * A caller that is alone waits for nobody. There is no thread of its own, and nothing outlives the calls.
 *
 * @param <O> what a caller wants done
 * @param <R> what it gets
 */
final class GroupCommit<O, R> {

    private static final int MOST_IN_A_GROUP = 256;

    /** One caller. Its thread waits until somebody did its work, or it is told to lead. */
    private static final class Ticket<O, R> {
        private final O wanted;
        private final Thread caller = Thread.currentThread();
        private @Nullable R result;
        private @Nullable Throwable failure;
        private volatile boolean done;
        private volatile boolean leads;

        Ticket(O wanted) {
            this.wanted = wanted;
        }

        void finish(@Nullable R value, @Nullable Throwable thrown) {
            result = value;
            failure = thrown;
            done = true;
            LockSupport.unpark(caller);
        }
    }

    private final ConcurrentLinkedQueue<Ticket<O, R>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean led = new AtomicBoolean();
    private final Function<List<O>, List<R>> work;
    private final Predicate<RuntimeException> concernsAll;

    /**
     * Groups callers.
     *
     * @param work does all of a group or none, and answers in its order
     * @param concernsAll whether a failure would meet each caller alone as well; else each is tried by itself
     */
    GroupCommit(Function<List<O>, List<R>> work, Predicate<RuntimeException> concernsAll) {
        this.work = work;
        this.concernsAll = concernsAll;
    }

    R run(O wanted) {
        Ticket<O, R> own = new Ticket<>(wanted);
        waiting.add(own);
        if (led.compareAndSet(false, true)) {
            lead(own);
        }
        boolean interrupted = false;
        while (!own.done) {
            if (own.leads) {
                lead(own);
            } else {
                // What a caller asked for may be done already, so it can't leave without the answer.
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer(own);
    }

    /** Works until its own ticket is done, then hands over to whoever waits longest. */
    private void lead(Ticket<O, R> own) {
        try {
            while (!own.done) {
                List<Ticket<O, R>> group = new ArrayList<>();
                Ticket<O, R> next = waiting.poll();
                while (next != null) {
                    group.add(next);
                    next = group.size() < MOST_IN_A_GROUP ? waiting.poll() : null;
                }
                runAll(group);
            }
        } finally {
            handOver();
        }
    }

    private void handOver() {
        while (true) {
            Ticket<O, R> next = waiting.peek();
            if (next != null) {
                next.leads = true;
                LockSupport.unpark(next.caller);
                return;
            }
            led.set(false);
            // Somebody may have come between the look and the release, and found it led.
            if (waiting.isEmpty() || !led.compareAndSet(false, true)) {
                return;
            }
        }
    }

    private void runAll(List<Ticket<O, R>> group) {
        try {
            List<R> results = work.apply(group.stream().map(t -> t.wanted).toList());
            for (int i = 0; i < results.size(); i++) {
                group.get(i).finish(results.get(i), null);
            }
        } catch (RuntimeException e) {
            if (group.size() > 1 && !concernsAll.test(e)) {
                group.forEach(each -> runAll(List.of(each)));
            } else {
                group.forEach(each -> each.finish(null, e));
            }
        } catch (Error e) {
            group.forEach(each -> each.finish(null, e));
            throw e;
        }
    }

    private static <R> R answer(Ticket<?, R> ticket) {
        if (ticket.failure instanceof RuntimeException e) {
            throw e;
        }
        if (ticket.failure instanceof Error e) {
            throw e;
        }
        R result = ticket.result;
        if (result == null) {
            throw new IllegalStateException("a group's work answered nothing");
        }
        return result;
    }
}
