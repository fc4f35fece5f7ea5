package io.textonce.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Four worker processes share a database and are killed (SIGKILL) while they send; each is replaced at once. */
class KillProof {

    private static final int WORKERS = 4;
    private static final int MESSAGES = Report.either(10_000, 100_000);
    private static final int KILLS = Report.either(10, 50);

    @Test
    void killedWorkersLoseNothingAndSendNothingTwice() {
        Random random = new Random(Report.SEED);
        try (Fleet fleet = Fleet.on(PostgresServer.shared(), "kill").faulty().start()) {
            List<MessageId> ids = fleet.enqueue(
                    IntStream.range(0, MESSAGES).mapToObj(Fleet::message).toList());
            fleet.startWorkers(WORKERS, new Worker.Options());
            long begun = System.nanoTime();
            for (int kill = 1; kill <= KILLS; kill++) {
                // A little off the round number, so that kills meet every phase of a group.
                fleet.awaitReceived((long) kill * MESSAGES / (KILLS + 1) + random.nextInt(50));
                Child victim = fleet.workers.get(random.nextInt(WORKERS));
                fleet.kill(victim);
                fleet.startWorker(new Worker.Options());
                Report.progress("kill %d of %d at %d receipts", kill, KILLS, fleet.received());
            }
            fleet.awaitQuiet();
            double seconds = (System.nanoTime() - begun) / 1e9;
            Toll before = Toll.of(fleet, ids).assertNothingLostAndNothingTwice();
            int most = KILLS * Worker.THREADS * Worker.IN_FLIGHT;
            Report.row(
                    "kill -9",
                    "%d workers, %d kills, %s, of them %d by death (at most %d); %.0f s",
                    WORKERS,
                    KILLS,
                    before,
                    before.doubtedByDeath,
                    most,
                    seconds);
            assertThat(before.doubtedByDeath).isLessThanOrEqualTo(most);

            int reports = fleet.report(5);
            Toll reported = Toll.of(fleet, ids);
            Report.progress("%d delivery reports: unknown %d, now %d", reports, before.unknown, reported.unknown);
            fleet.lookups(true);
            fleet.lookAtDoubtsNow();
            fleet.await("no doubts", () -> fleet.count("state = 'UNKNOWN'") == 0);
            Toll after = Toll.of(fleet, ids).assertNothingLostAndNothingTwice();
            Report.row(
                    "kill -9, then reconciled",
                    "%s; of %d doubts %d were settled by delivery reports, %d by lookups",
                    after,
                    before.unknown,
                    before.unknown - reported.unknown,
                    reported.unknown);
            assertThat(after.unknown).isZero();
            fleet.closeWorkers();
        }
    }
}
