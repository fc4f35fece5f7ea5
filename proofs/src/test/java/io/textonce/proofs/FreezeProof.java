package io.textonce.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Workers that are frozen (SIGSTOP) at any instant until others have taken over what they had, and thawed. And workers
 * frozen where it hurts most, each with the line that then prevents a second text, and without it.
 */
class FreezeProof {

    private static final int WORKERS = 4;
    private static final int FREEZES = Report.either(3, 20);
    private static final int MESSAGES = Report.either(3_000, 40_000);

    /** What one claim takes. */
    private static final int CROWD = 4 * Worker.IN_FLIGHT;

    @Test
    void frozenWorkersSendNothingTwice() {
        Random random = new Random(Report.SEED);
        try (Fleet fleet = Fleet.on(PostgresServer.shared(), "frozen").start()) {
            List<MessageId> ids = fleet.enqueue(
                    IntStream.range(0, MESSAGES).mapToObj(Fleet::message).toList());
            fleet.startWorkers(WORKERS, new Worker.Options());
            for (int freeze = 1; freeze <= FREEZES; freeze++) {
                fleet.awaitReceived((long) freeze * MESSAGES / (4L * FREEZES) + random.nextInt(50));
                Child frozen = fleet.workers.get(random.nextInt(WORKERS));
                frozen.freeze();
                long over = System.nanoTime() + Worker.LEASE.plusSeconds(1).toNanos();
                fleet.await("the lease's end", () -> System.nanoTime() - over > 0);
                fleet.awaitTakenFrom(frozen);
                frozen.thaw();
                Report.progress("freeze %d of %d at %d receipts", freeze, FREEZES, fleet.received());
            }
            fleet.awaitQuiet();
            fleet.closeWorkers();
            Toll before = Toll.of(fleet, ids).assertNothingLostAndNothingTwice();
            assertThat(before.unknown).isLessThanOrEqualTo(FREEZES * Worker.THREADS * Worker.IN_FLIGHT);
            fleet.lookups(true);
            fleet.lookAtDoubtsNow();
            fleet.startWorkers(1, new Worker.Options());
            fleet.await("no doubts", () -> fleet.count("state = 'UNKNOWN'") == 0);
            Toll after = Toll.of(fleet, ids).assertNothingLostAndNothingTwice();
            Report.row(
                    "SIGSTOP past the lease",
                    "%d workers, %d freezes, %s; before the lookups unknown %d",
                    WORKERS,
                    FREEZES,
                    after,
                    before.unknown);
        }
    }

    @Test
    void theStateConditionIsWhatKeepsAWorkerFrozenAfterItsClaimFromSendingTwice() {
        frozenAt("claim", new Worker.Options().withoutStateCondition(), "state condition");
    }

    @Test
    void theFenceIsWhatKeepsAWorkerFrozenAfterItsBeginFromSendingTwice() {
        frozenAt("begin", new Worker.Options().withoutFence(), "lease fence");
    }

    /** Two workers freeze with a crowd of messages each, one of them without the line; a third one sends for them. */
    private static void frozenAt(String step, Worker.Options reverted, String line) {
        String name = "frozen_" + step;
        try (Fleet fleet = Fleet.on(PostgresServer.shared(), name).start()) {
            fleet.lookups(true);
            Crowd sound = Crowd.with(fleet, new Worker.Options().reconciling().freezingAfter(step));
            Crowd mutant = Crowd.with(fleet, reverted.reconciling().freezingAfter(step));
            fleet.startWorkers(1, new Worker.Options().reconciling());
            fleet.awaitTakenFrom(sound.worker);
            fleet.awaitTakenFrom(mutant.worker);
            fleet.awaitReceived(2L * CROWD);
            sound.worker.thaw();
            sound.worker.await("WENT-ON");
            Toll.of(fleet, sound.ids).assertNothingLostAndNothingTwice();
            mutant.worker.thaw();
            mutant.worker.await("WENT-ON");
            int twice = Toll.of(fleet, mutant.ids).duplicates;
            Report.row(
                    line,
                    "a worker frozen after its %s sends **0 of %d** messages twice; with the line reverted %d",
                    step,
                    CROWD,
                    twice);
            assertThat(twice).as("without its line, the proof must notice").isPositive();
        }
    }

    private record Crowd(Child worker, List<MessageId> ids) {
        static Crowd with(Fleet fleet, Worker.Options options) {
            List<MessageId> ids = fleet.enqueue(
                    IntStream.range(0, CROWD).mapToObj(Fleet::message).toList());
            Child worker = fleet.startWorker(options);
            worker.await("FREEZING");
            return new Crowd(worker, ids);
        }
    }
}
