package io.textonce.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.TenantId;
import io.textonce.store.LimitStore.Limit;
import io.textonce.testkit.VirtualClock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Many nodes in virtual time, with clocks that have nothing in common, at a line that answers late. */
class LaneTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** A line as the database keeps it, by true time; asking takes a while, before and after the clock is read. */
    private static final class Line implements SliceSource {
        private final VirtualClock time;
        private final Random random;
        private final long slowest;
        private long freeAt = Long.MIN_VALUE / 2;
        private int asked;
        private int granted;

        Line(VirtualClock time, Random random, long slowest) {
            this.time = time;
            this.random = random;
            this.slowest = slowest;
        }

        @Override
        public Slice take(TenantId tenant, String name, Rate rate, int most) throws SQLException {
            asked++;
            long before = time.nanoTime();
            time.advance(Duration.ofNanos(random.nextLong(slowest)));
            long now = time.nanoTime();
            long from = Math.max(freeAt, now - rate.head());
            long count = from > now + rate.ahead() ? 0 : Math.min(most, (now + rate.ahead() - from) / rate.step() + 1);
            freeAt = from + count * rate.step();
            granted += (int) count;
            time.advance(Duration.ofNanos(random.nextLong(slowest)));
            return count == 0
                    ? Slice.none(from - now - rate.ahead())
                    : new Slice(before + from - now, time.nanoTime() - before, (int) count, 0);
        }

        @Override
        public void probe() {}
    }

    private static Lane lane(Line line, Limit limit, int nodes) {
        return new Lane(line, TenantId.DEFAULT, "key", Rate.of(limit, Duration.ofMillis(250), nodes), line.time);
    }

    private static Limit perSecond(int permits, int burst) {
        return new Limit(permits, Duration.ofSeconds(1), burst);
    }

    @Test
    void noTimeAdmitsMoreThanItsRateAndTheBurst() throws SQLException {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            Limit limit = perSecond(1 + random.nextInt(400), 1 + random.nextInt(80));
            int nodes = 1 + random.nextInt(8);
            VirtualClock time = new VirtualClock();
            Line line = new Line(time, random, 1 + random.nextInt(15_000_000));
            List<Lane> lanes = new ArrayList<>();
            for (int node = 0; node < nodes; node++) {
                lanes.add(lane(line, limit, nodes));
            }
            List<Long> spent = new ArrayList<>();
            long end = time.nanoTime() + 20 * SECOND;
            while (time.nanoTime() < end) {
                int node = random.nextInt(nodes);
                long wait = lanes.get(node).take(1, time.nanoTime());
                if (wait == 0) {
                    spent.add(time.nanoTime());
                }
                if (random.nextInt(500) == 0) {
                    time.advance(Duration.ofMillis(random.nextInt(2_000)));
                    lanes.set(node, lane(line, limit, nodes)); // it died, and its slice with it
                }
                time.advance(Duration.ofNanos(random.nextInt(wait == 0 ? 1_000_000 : 4_000_000)));
            }
            Audit audit = Audit.of(spent.stream().mapToLong(Long::longValue).toArray());
            for (long window : new long[] {SECOND / 4, SECOND, 5 * SECOND}) {
                assertThat(audit.most(window))
                        .as("seed %s, round %s: %s in %s ns", seed, round, limit, window)
                        .isLessThanOrEqualTo(
                                (int) Math.ceil((double) limit.permits() * window / SECOND) + limit.burst());
            }
            assertThat(spent).as("nothing was admitted: nothing was proved").hasSizeGreaterThan(10);
        }
    }

    @Test
    void busyNodesSpendNearlyAll() throws SQLException {
        VirtualClock time = new VirtualClock();
        Line line = new Line(time, new Random(5), 3_000_000);
        List<Lane> lanes = new ArrayList<>();
        for (int node = 0; node < 4; node++) {
            lanes.add(lane(line, perSecond(100, 20), 4));
        }
        int spent = 0;
        long end = time.nanoTime() + 60 * SECOND;
        for (int i = 0; time.nanoTime() < end; i++) {
            spent += lanes.get(i % 4).take(1, time.nanoTime()) == 0 ? 1 : 0;
            time.advance(Duration.ofMillis(1));
        }
        assertThat(spent).isBetween(5_900, 6_020);
        assertThat(line.asked).as("six permits a question").isLessThan(spent / 3);
    }

    @Test
    void aNodeWithLittleToSendLeavesTheRateToOthers() throws SQLException {
        VirtualClock time = new VirtualClock();
        Line line = new Line(time, new Random(6), 1_000_000);
        Lane quiet = lane(line, perSecond(100, 20), 2);
        for (int i = 0; i < 100; i++) {
            assertThat(quiet.take(1, i)).isZero();
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(line.granted).isBetween(100, 200);
    }

    @Test
    void aQuietLineGivesMostOfItsBurstAtOnce() throws SQLException {
        VirtualClock time = new VirtualClock();
        Lane lane = lane(new Line(time, new Random(7), 500_000), perSecond(100, 50), 2);
        int atOnce = 0;
        while (lane.take(1, atOnce + 1) == 0) {
            atOnce++;
        }
        assertThat(atOnce).isBetween(40, 52);
    }

    @Test
    void theWaitSuffices() throws SQLException {
        VirtualClock time = new VirtualClock();
        Lane lane = lane(new Line(time, new Random(8), 500_000), perSecond(100, 20), 2);
        int tries = 0;
        for (int taken = 0; taken < 500; tries++) {
            long wait = lane.take(1, taken + 1);
            if (wait == 0) {
                taken++;
            }
            time.advance(Duration.ofNanos(wait));
        }
        assertThat(tries).isLessThan(1_200);
    }

    @Test
    void aSmallBurstIsAskedForPermitByPermit() throws SQLException {
        VirtualClock time = new VirtualClock();
        Line line = new Line(time, new Random(9), 500_000);
        Lane lane = lane(line, perSecond(100, 1), 2);
        assertThat(lane.take(1, 1)).isZero();
        assertThat(lane.take(1, 2)).isPositive();
        time.advance(Duration.ofMillis(11));
        assertThat(lane.take(1, 3)).isZero();
        assertThat(line.granted).isEqualTo(2);
    }

    @Test
    void whatIsGivenBackIsSpentAgain() throws SQLException {
        VirtualClock time = new VirtualClock();
        Line line = new Line(time, new Random(10), 500_000);
        Lane lane = lane(line, perSecond(20, 100), 1);
        long mark = 1;
        lane.take(1, mark);
        int asked = line.asked;
        lane.giveBack(1, mark);
        lane.giveBack(1, mark);
        assertThat(lane.take(1, mark + 1)).isZero();
        assertThat(line.asked).isEqualTo(asked);
        lane.take(1, mark + 2);
        assertThat(line.asked).as("it was given back once").isEqualTo(asked + 1);
    }

    @Test
    void severalAreTakenTogetherOrNone() throws SQLException {
        VirtualClock time = new VirtualClock();
        Line line = new Line(time, new Random(11), 500_000);
        Lane lane = lane(line, perSecond(100, 20), 1);
        assertThat(lane.take(10, 1)).isZero();
        long wait = lane.take(10, 2);
        assertThat(wait).isPositive();
        time.advance(Duration.ofNanos(wait + 2_000_000));
        int tries = 0;
        for (; lane.take(10, 3) > 0; tries++) {
            time.advance(Duration.ofMillis(5));
        }
        assertThat(tries).isLessThan(30);
    }
}
