package io.textonce.engagement.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.TenantId;
import io.textonce.engagement.campaign.CampaignRepository.Outcome;
import io.textonce.sandbox.Behaviour;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A campaign that is stopped, or dies, at whatever instant: between any two steps, and while messages are on their way. */
@Tag("once")
class StopAtRandomInstantsTest {

    private static final TenantId TENANT = TenantId.DEFAULT;
    private static final int SIZE = 40;
    private static final int MOST_EVENTS = 110;

    /** Something that happens at the n-th event. */
    private static final class Fuse {
        private int left;
        private final Runnable then;

        Fuse(int left, Runnable then) {
            this.left = left;
            this.then = then;
        }

        void event() {
            if (left-- == 0) {
                then.run();
            }
        }
    }

    /** The crashes are meant. */
    private static final Logger QUIET = Logger.getLogger(Campaigns.class.getName());

    @BeforeAll
    static void quiet() {
        QUIET.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        QUIET.setLevel(null);
    }

    private static Behaviour any(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Behaviour.throttle(Duration.ofSeconds(1 + random.nextInt(100)));
            case 1 -> Behaviour.notTransmitted();
            default -> Behaviour.accept();
        };
    }

    private static Campaign campaign(Fuse[] fuse) {
        RecipientSource list = RecipientSource.of(Bench.recipients(SIZE));
        RecipientSource source = (tenant, audience, place, most) -> {
            fuse[0].event();
            return list.after(tenant, audience, place, Math.min(most, 7));
        };
        return Campaign.builder("spring", source).template("sale").ahead(20).build();
    }

    /** Until nothing waits any more, or it is stopped and has had long enough to go on all the same. */
    private static void runAll(Bench bench, Fuse[] fuse) {
        int stopped = 0;
        for (int i = 0; i < 2_000 && stopped < 5; i++) {
            int done;
            do {
                fuse[0].event();
                done = bench.campaigns.pump();
                fuse[0].event();
                done += bench.outbox.pump();
            } while (done > 0);
            bench.clock.advance(Duration.ofMinutes(20));
            stopped += bench.progress().state() == CampaignState.RUNNING ? 0 : 1;
        }
    }

    @Test
    void C3_nothingBeginsToBeSentOnceItIsCancelledOrWhileItIsPaused() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("C3: seed " + seed);
        Random random = new Random(seed);
        int inFlight = 0;
        for (int round = 0; round < 1_000; round++) {
            String what = "seed " + seed + ", round " + round;
            boolean cancels = random.nextInt(3) > 0;
            try (Bench bench = new Bench()) {
                CampaignChange[] change = new CampaignChange[1];
                int[] before = new int[1];
                Fuse[] fuse = new Fuse[1];
                fuse[0] = new Fuse(1 + random.nextInt(MOST_EVENTS), () -> {
                    change[0] = cancels
                            ? bench.campaigns.cancel(TENANT, "spring")
                            : bench.campaigns.pause(TENANT, "spring");
                    before[0] = bench.provider.submissions().size();
                });
                bench.provider.script().otherwise(submission -> {
                    fuse[0].event();
                    return any(random);
                });
                bench.campaigns.launch(campaign(fuse));
                runAll(bench, fuse);
                if (change[0] == null || !change[0].isDone()) {
                    continue; // it was over before
                }
                inFlight += change[0].inFlight();
                assertThat(bench.provider.submissions().size() - before[0])
                        .as(what)
                        .isLessThanOrEqualTo(change[0].inFlight());
                assertThat(bench.progress().waiting()).as(what).isEqualTo(cancels ? 0 : held(bench));
                if (!cancels) {
                    bench.campaigns.resume(TENANT, "spring");
                    runAll(bench, fuse);
                    CampaignReport report = bench.campaigns.report(TENANT, "spring");
                    assertThat(report.accepted()).as("%s: %s", what, report).isEqualTo(SIZE);
                }
            }
        }
        assertThat(inFlight).as("stops while messages were on their way").isPositive();
    }

    private static long held(Bench bench) {
        return bench.repository
                .find(TENANT, "spring")
                .orElseThrow()
                .unsettled()
                .getOrDefault(io.textonce.store.MessageState.HELD, 0);
    }

    @Test
    void C1_whateverCrashesNobodyIsTakenTwiceAndNobodyIsLost() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("C1: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            try (Bench bench = new Bench()) {
                Fuse[] fuse = {new Fuse(0, () -> {})};
                CampaignRepository crashing = crashing(bench.repository, random);
                int lives = 0;
                while (lives++ < 200
                        && bench.repository
                                .find(TENANT, "spring")
                                .map(standing -> standing.row().state() != CampaignState.COMPLETED)
                                .orElse(true)) {
                    try (Campaigns process = Campaigns.builder(bench.client, bench.outbox, crashing)
                            .time(bench.clock)
                            .build()) {
                        try {
                            process.launch(campaign(fuse));
                        } catch (RuntimeException e) {
                            continue; // the process died
                        }
                        process.pump();
                        process.pump();
                        bench.outbox.pump();
                    }
                }
                assertThat(new HashSet<>(bench.texts()))
                        .as("seed %d, round %d", seed, round)
                        .hasSize(SIZE)
                        .hasSize(bench.texts().size());
                assertThat(bench.progress().taken()).isEqualTo(SIZE);
                assertThat(bench.campaigns.report(TENANT, "spring").outcomes())
                        .extracting(Outcome::messages)
                        .containsExactly((long) SIZE);
            }
        }
    }

    /** Dies before a step or after it, now and then. */
    private static CampaignRepository crashing(CampaignRepository sound, Random random) {
        return (CampaignRepository) Proxy.newProxyInstance(
                CampaignRepository.class.getClassLoader(),
                new Class<?>[] {CampaignRepository.class},
                (proxy, method, arguments) -> {
                    int fate = random.nextInt(8);
                    if (fate == 0) {
                        throw new IllegalStateException("crashed before " + method.getName());
                    }
                    Object result;
                    try {
                        result = method.invoke(sound, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (fate == 1) {
                        throw new IllegalStateException("crashed after " + method.getName());
                    }
                    return result;
                });
    }

    @Test
    void C3_alsoWithThreadsThatSendAllTheTime() throws Exception {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("C3 with threads: seed " + seed);
        Random random = new Random(seed);
        Set<Integer> sizes = new HashSet<>();
        for (int round = 0; round < 30; round++) {
            try (Bench bench = new Bench()) {
                bench.campaigns.launch(
                        Bench.campaign(Bench.recipients(3_000)).ahead(200).build());
                bench.campaigns.start();
                bench.outbox.start();
                int most = random.nextInt(400);
                while (bench.provider.submissions().size() < most) {
                    Thread.onSpinWait();
                }
                CampaignChange change = bench.campaigns.cancel(TENANT, "spring");
                int before = bench.provider.submissions().size();
                bench.campaigns.close();
                bench.outbox.close();
                int after = bench.provider.submissions().size();
                assertThat(change.isDone()).isTrue();
                assertThat(after - before).isLessThanOrEqualTo(change.inFlight());
                assertThat(bench.progress().waiting()).isZero();
                sizes.add(after);
            }
        }
        assertThat(sizes).as("different instants").hasSizeGreaterThan(5);
    }
}
