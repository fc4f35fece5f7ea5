package io.textonce.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Eight worker processes on one table, with several tenants' messages. */
class ContentionProof {

    private static final int WORKERS = 8;
    private static final int TENANTS = 4;
    private static final int MESSAGES = Report.either(4_000, 100_000);

    @Test
    void eachRowIsClaimedOnce() {
        try (Fleet fleet = Fleet.on(PostgresServer.shared(), "contention").start()) {
            fleet.startWorkers(WORKERS, new Worker.Options().lease(Duration.ofMinutes(5)));
            List<SmsMessage> messages = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                messages.add(SmsMessage.to(Fleet.number(i))
                        .tenant(TenantId.of("tenant-" + i % TENANTS))
                        .text("Hello")
                        .build());
            }
            List<MessageId> ids = fleet.enqueue(messages);
            fleet.awaitQuiet();
            List<String> claimed = new ArrayList<>();
            for (Child worker : fleet.workers) {
                worker.say("stats");
                claimed.add(worker.await("STATS").replaceAll(".*claimed=(\\d+).*", "$1"));
            }
            fleet.closeWorkers();
            Toll toll = Toll.of(fleet, ids).assertNothingLostAndNothingTwice();
            long again = fleet.count("attempt <> 1");
            Report.row(
                    "8 workers, one table",
                    "%d tenants, %s; **claimed more than once: %d**; claims by worker %s",
                    TENANTS,
                    toll,
                    again,
                    claimed);
            assertThat(again).isZero();
            assertThat(toll.accepted).isEqualTo(MESSAGES);
        }
    }
}
