package io.textonce.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.outbox.Change;
import io.textonce.outbox.SmsOutbox;
import io.textonce.proofs.Toll.Receipt;
import io.textonce.store.Suppression;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What was decided before a message left counts, however late: STOP, notAfter, cancel. */
class ChangeOfMindProof {

    private static final TenantId TENANT = TenantId.DEFAULT;

    @Test
    void whoSaidStopBetweenClaimAndSendGetsNothing() {
        int rounds = Report.either(10, 100);
        int crowd = 40;
        Random random = new Random(Report.SEED);
        try (Fleet fleet =
                Fleet.on(PostgresServer.shared(), "stop").latencyMillis(0).start()) {
            Set<Integer> out = new HashSet<>();
            int[] stops = new int[2];
            SmsOutbox outbox = SmsOutbox.builder(fleet.client, Steps.around(fleet.store, step -> {}, (step, rows) -> {
                        if (step.equals("claim") || step.equals("begin")) {
                            for (int i = 0; i < 5; i++) {
                                int who = random.nextInt(crowd);
                                if (out.add(who)) {
                                    choose(fleet, who, Suppression.Choice.OPT_OUT);
                                    stops[step.equals("claim") ? 0 : 1]++;
                                }
                            }
                        }
                    }))
                    .lease(Worker.LEASE)
                    .inFlight(crowd)
                    .build();
            int sent = 0;
            for (int round = 0; round < rounds; round++) {
                List<MessageId> ids = fleet.enqueue(
                        IntStream.range(0, crowd).mapToObj(Fleet::message).toList());
                while (fleet.onItsWay() > 0) {
                    outbox.pump();
                }
                Map<String, List<Receipt>> received = Toll.receipts(fleet);
                for (int i = 0; i < crowd; i++) {
                    boolean got = received.containsKey(ids.get(i).value());
                    assertThat(got)
                            .as(
                                    "round %s, person %s, who said STOP: %s, seed %s",
                                    round, i, out.contains(i), Report.SEED)
                            .isEqualTo(!out.contains(i));
                    sent += got ? 1 : 0;
                }
                out.forEach(who -> choose(fleet, who, Suppression.Choice.OPT_IN));
                out.clear();
            }
            outbox.close();
            Report.row(
                    "STOP between claim and send",
                    "%d committed between claim and begin, %d between begin and submit; **sent to them: 0**, to others %d",
                    stops[0],
                    stops[1],
                    sent);
            assertThat(stops[0]).isPositive();
            assertThat(stops[1]).isPositive();
        }
    }

    private static void choose(Fleet fleet, int who, Suppression.Choice choice) {
        fleet.store.record(
                TENANT, new Suppression(PhoneNumber.of(Fleet.number(who)), null, choice, Instant.now(), "proof"));
    }

    @Test
    void nothingIsSentAfterItsNotAfterByWorkersThatWereFrozenMeanwhile() {
        int crowd = 4 * Worker.IN_FLIGHT;
        try (Fleet fleet = Fleet.on(PostgresServer.shared(), "expiry").start()) {
            List<MessageId> ids = new ArrayList<>();
            Worker.Options options = new Worker.Options().lease(Duration.ofMinutes(2));
            for (String step : List.of("claim", "begin")) {
                Child worker = fleet.startWorker(
                        new Worker.Options().lease(Duration.ofMinutes(2)).freezingAfter(step));
                worker.await("READY");
                Instant notAfter = Instant.now().plusSeconds(3);
                ids.addAll(fleet.enqueue(IntStream.range(0, crowd)
                        .mapToObj(i -> SmsMessage.to(Fleet.number(i))
                                .text("Your table is free until three seconds from now")
                                .notAfter(notAfter)
                                .build())
                        .toList()));
                worker.await("FREEZING");
                fleet.await("notAfter", () -> Instant.now().isAfter(notAfter));
                worker.thaw();
                worker.await("WENT-ON");
                fleet.kill(worker);
            }
            fleet.startWorkers(1, options);
            fleet.awaitQuiet();
            fleet.closeWorkers();
            Toll toll = Toll.of(fleet, ids).assertNothingLostAndNothingTwice();
            SendResult code = fleet.client.send(SmsMessage.to(Fleet.number(1))
                    .category(Category.OTP)
                    .text("Your code is 123456")
                    .notAfter(Instant.now().minusMillis(1))
                    .build());
            assertThat(code)
                    .isInstanceOfSatisfying(
                            SendResult.Rejected.class,
                            rejected -> assertThat(rejected.reason()).isEqualTo(Reason.EXPIRED));
            long late = Toll.receipts(fleet).size();
            Report.row(
                    "past notAfter",
                    "%d messages with workers frozen after claim or begin until it had passed: expired %d, **sent late %d**;"
                            + " a one-time code past its time: %s",
                    ids.size(),
                    toll.otherwiseSettled,
                    late,
                    code.outcome());
            assertThat(late).isZero();
            assertThat(toll.otherwiseSettled).isEqualTo(ids.size());
        }
    }

    @Test
    void nothingIsSentThatWasCancelledAtAThousandRandomInstants() {
        int messages = 2_500;
        int cancels = 1_000;
        Random random = new Random(Report.SEED);
        try (Fleet fleet = Fleet.on(PostgresServer.shared(), "cancel").start()) {
            fleet.startWorkers(3, new Worker.Options());
            List<MessageId> ids = fleet.enqueue(
                    IntStream.range(0, messages).mapToObj(Fleet::message).toList());
            List<MessageId> order = new ArrayList<>(ids);
            Collections.shuffle(order, random);
            // Instants are told by progress: the n-th cancel comes once so many messages were sent.
            int[] instants = random.ints(cancels, 0, messages - cancels).toArray();
            Arrays.sort(instants);
            Set<MessageId> done = new HashSet<>();
            int late = 0;
            long received = 0;
            for (int i = 0; i < cancels; i++) {
                while (received < instants[i] && fleet.onItsWay() > 0) {
                    received = fleet.received();
                }
                MessageId id = order.get(i);
                Change change = fleet.outbox.cancel(TENANT, id);
                assertThat(change.answer()).isNotEqualTo(Change.Answer.NOT_FOUND);
                if (change.isDone()) {
                    done.add(id);
                } else {
                    late++;
                }
            }
            fleet.awaitQuiet();
            fleet.closeWorkers();
            Toll.of(fleet, ids).assertNothingLostAndNothingTwice();
            Map<String, List<Receipt>> receipts = Toll.receipts(fleet);
            long sent =
                    done.stream().filter(id -> receipts.containsKey(id.value())).count();
            Report.row(
                    "cancel at 1,000 random instants",
                    "3 workers, %,d messages: %d cancelled in time, %d too late, **sent after cancel returned: %d**",
                    messages,
                    done.size(),
                    late,
                    sent);
            assertThat(sent).isZero();
            assertThat(fleet.count("state = 'CANCELLED'")).isEqualTo(done.size());
        }
    }
}
