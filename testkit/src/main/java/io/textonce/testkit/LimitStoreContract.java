package io.textonce.testkit;

import static io.textonce.testkit.Samples.NOW;
import static io.textonce.testkit.Samples.OTHER_TENANT;
import static io.textonce.testkit.Samples.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.textonce.store.LimitStore;
import io.textonce.store.LimitStore.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LimitStore} must do, by an audit in virtual time. Subclass it and give it an empty one; its tests run
 * as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class LimitStoreContract {

    private static final String KEY = "user=456";
    private static final int SHORTEST_MILLIS = 100;

    /** For subclasses. */
    protected LimitStoreContract() {}

    /**
     * Called once by each test.
     *
     * @return an empty store
     */
    protected abstract LimitStore store();

    private static Limit window(int permits, Duration window) {
        return new Limit(permits, window, 0);
    }

    private static Duration take(LimitStore store, List<Limit> limits, Instant now) {
        return store.take(TENANT, KEY, limits, 1, now);
    }

    @Test
    public void aQuietKeyMayUseAllAtOnceAndThenWaits() {
        LimitStore store = store();
        List<Limit> limits = List.of(window(100, Duration.ofHours(1)));
        for (int i = 0; i < 100; i++) {
            assertEquals(Duration.ZERO, take(store, limits, NOW), "permit " + i);
        }
        assertEquals(Duration.ofHours(1), take(store, limits, NOW));
        assertEquals(Duration.ofMinutes(20), take(store, limits, NOW.plus(Duration.ofMinutes(40))));
    }

    @Test
    public void waitingThatLongSufficesAndLessDoesNot() {
        LimitStore store = store();
        List<Limit> limits = List.of(window(2, Duration.ofSeconds(10)));
        take(store, limits, NOW);
        take(store, limits, NOW.plusSeconds(4));
        Duration wait = take(store, limits, NOW.plusSeconds(5));
        assertEquals(Duration.ofSeconds(5), wait);
        Instant then = NOW.plusSeconds(10);
        assertFalse(take(store, limits, then.minusMillis(1)).isZero());
        assertEquals(Duration.ZERO, take(store, limits, then));
        assertFalse(take(store, limits, then).isZero(), "the second permit comes back four seconds later");
    }

    @Test
    public void takesSeveralPermitsOrNone() {
        LimitStore store = store();
        List<Limit> limits = List.of(window(5, Duration.ofSeconds(10)));
        assertEquals(Duration.ZERO, store.take(TENANT, KEY, limits, 3, NOW));
        assertFalse(store.take(TENANT, KEY, limits, 3, NOW).isZero());
        assertEquals(Duration.ZERO, store.take(TENANT, KEY, limits, 2, NOW));
        assertFalse(store.take(TENANT, KEY, limits, 1, NOW).isZero());
    }

    @Test
    public void takesFromAllLimitsOrFromNone() {
        LimitStore store = store();
        Limit small = window(1, Duration.ofSeconds(10));
        Limit large = window(3, Duration.ofSeconds(100));
        List<Limit> limits = List.of(large, small);
        assertEquals(Duration.ZERO, take(store, limits, NOW));
        for (int i = 0; i < 5; i++) {
            assertEquals(Duration.ofSeconds(10), take(store, limits, NOW), "the small limit refuses");
        }
        assertEquals(Duration.ZERO, take(store, limits, NOW.plusSeconds(10)));
        assertEquals(Duration.ZERO, take(store, limits, NOW.plusSeconds(20)), "refusals used up the large limit");
        assertEquals(Duration.ofSeconds(70), take(store, limits, NOW.plusSeconds(30)), "now the large limit refuses");
    }

    @Test
    public void aBurstRefillsEvenly() {
        LimitStore store = store();
        List<Limit> limits = List.of(new Limit(10, Duration.ofSeconds(1), 5));
        for (int i = 0; i < 5; i++) {
            assertEquals(Duration.ZERO, take(store, limits, NOW), "token " + i);
        }
        Duration wait = take(store, limits, NOW);
        assertEquals(Duration.ofMillis(100), wait);
        assertEquals(Duration.ZERO, take(store, limits, NOW.plus(wait)));
        Instant later = NOW.plusSeconds(60);
        for (int i = 0; i < 5; i++) {
            assertEquals(Duration.ZERO, take(store, limits, later), "token " + i);
        }
        assertFalse(take(store, limits, later).isZero(), "a quiet minute refills no more than the burst");
    }

    @Test
    public void aBurstAndAWindowHoldTogether() {
        LimitStore store = store();
        List<Limit> limits = List.of(new Limit(10, Duration.ofSeconds(1), 2), window(3, Duration.ofSeconds(60)));
        assertEquals(Duration.ZERO, take(store, limits, NOW));
        assertEquals(Duration.ZERO, take(store, limits, NOW));
        assertEquals(Duration.ofMillis(100), take(store, limits, NOW));
        assertEquals(Duration.ZERO, take(store, limits, NOW.plusSeconds(1)));
        assertEquals(Duration.ofSeconds(59), take(store, limits, NOW.plusSeconds(1)));
    }

    @Test
    public void whatIsGivenBackMayBeTakenAgain() {
        LimitStore store = store();
        List<Limit> limits = List.of(window(2, Duration.ofSeconds(10)), new Limit(1, Duration.ofSeconds(1), 2));
        take(store, limits, NOW);
        take(store, limits, NOW);
        store.giveBack(TENANT, KEY, limits, 1, NOW);
        assertEquals(Duration.ZERO, take(store, limits, NOW));
        assertFalse(take(store, limits, NOW).isZero(), "only what was given back");
    }

    @Test
    public void givingBackWhatIsLongForgottenAddsNothing() {
        LimitStore store = store();
        List<Limit> limits = List.of(window(1, Duration.ofSeconds(10)));
        take(store, limits, NOW);
        Instant later = NOW.plusSeconds(3600);
        take(store, limits, later);
        store.giveBack(TENANT, KEY, limits, 1, NOW);
        assertFalse(take(store, limits, later).isZero());
        store.giveBack(TENANT, "nobody", limits, 1, NOW);
    }

    @Test
    public void keysAndTenantsAreApart() {
        LimitStore store = store();
        List<Limit> limits = List.of(window(1, Duration.ofHours(1)));
        assertEquals(Duration.ZERO, store.take(TENANT, "a", limits, 1, NOW));
        assertEquals(Duration.ZERO, store.take(TENANT, "b", limits, 1, NOW));
        assertEquals(Duration.ZERO, store.take(OTHER_TENANT, "a", limits, 1, NOW));
        assertFalse(store.take(TENANT, "a", limits, 1, NOW).isZero());
    }

    @Test
    public void refusesWhatALimitCanNeverAllow() {
        LimitStore store = store();
        List<Limit> limits = List.of(window(5, Duration.ofSeconds(10)));
        assertThrows(IllegalArgumentException.class, () -> store.take(TENANT, KEY, limits, 6, NOW));
        assertThrows(IllegalArgumentException.class, () -> store.take(TENANT, KEY, limits, 0, NOW));
        assertEquals(Duration.ZERO, store.take(TENANT, KEY, limits, 5, NOW));
    }

    @Test
    public void noWindowOfItsLengthAdmitsMore() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        LimitStore store = store();
        for (int round = 0; round < 30; round++) {
            List<Limit> limits = randomWindows(random);
            String key = "round-" + round;
            List<Long> admitted = new ArrayList<>();
            long now = 0;
            for (int i = 0; i < 300; i++) {
                // Mostly bursts, sometimes a pause, now and then exactly the wait.
                Duration wait = store.take(TENANT, key, limits, 1, NOW.plusMillis(now));
                if (wait.isZero()) {
                    admitted.add(now);
                } else if (random.nextInt(10) == 0) {
                    now += wait.toMillis();
                }
                now += random.nextInt(4) == 0 ? random.nextInt(3000) : random.nextInt(3);
            }
            audit(limits, admitted, "seed " + seed + ", " + key);
        }
    }

    @Test
    public void noWindowOfItsLengthAdmitsMoreToManyThreads() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        LimitStore store = store();
        int keys = 6;
        List<List<Limit>> limits = new ArrayList<>();
        for (int key = 0; key < keys; key++) {
            limits.add(randomWindows(random));
        }
        // All threads take the same step at a time, so that nobody is later than the shortest window is long.
        int steps = 300;
        long[] starts = new long[steps];
        for (int step = 1; step < steps; step++) {
            starts[step] = starts[step - 1] + (random.nextInt(10) == 0 ? random.nextInt(3000) : random.nextInt(40));
        }
        int threads = 8;
        CyclicBarrier together = new CyclicBarrier(threads);
        List<List<List<Long>>> admitted = Race.of(threads, runner -> () -> {
            Random own = new Random(seed + runner);
            List<List<Long>> mine = new ArrayList<>();
            for (int key = 0; key < keys; key++) {
                mine.add(new ArrayList<>());
            }
            for (int step = 0; step < steps; step++) {
                together.await();
                for (int i = 0; i < 5; i++) {
                    int key = own.nextInt(keys);
                    // The clock is read before the store is asked, as callers do: instants come out of order.
                    long now = starts[step] + own.nextInt(SHORTEST_MILLIS - 1);
                    if (store.take(TENANT, "k" + key, limits.get(key), 1, NOW.plusMillis(now))
                            .isZero()) {
                        mine.get(key).add(now);
                    }
                }
            }
            return mine;
        });
        for (int key = 0; key < keys; key++) {
            List<Long> all = new ArrayList<>();
            for (List<List<Long>> mine : admitted) {
                all.addAll(mine.get(key));
            }
            audit(limits.get(key), all, "seed " + seed + ", key " + key);
            assertTrue(all.size() > 1, "nothing was admitted: nothing was proved");
        }
    }

    @Test
    public void aCallerThatIsLateIsJudgedByItsOwnInstant() {
        LimitStore store = store();
        List<Limit> limits = List.of(window(2, Duration.ofSeconds(10)));
        take(store, limits, NOW);
        take(store, limits, NOW);
        assertEquals(Duration.ZERO, take(store, limits, NOW.plusSeconds(10)));
        // Read before that, asked after it: a third one within the ten seconds from NOW.
        assertFalse(take(store, limits, NOW.plusSeconds(10).minusMillis(1)).isZero());
    }

    private static List<Limit> randomWindows(Random random) {
        List<Limit> limits = new ArrayList<>();
        limits.add(window(1 + random.nextInt(20), Duration.ofMillis(SHORTEST_MILLIS + random.nextInt(2000))));
        if (random.nextBoolean()) {
            limits.add(window(1 + random.nextInt(50), Duration.ofMillis(2000 + random.nextInt(20_000))));
        }
        return limits;
    }

    /** Counts, for each admission, how many follow within the window that begins with it. */
    private static void audit(List<Limit> limits, List<Long> admitted, String what) {
        List<Long> sorted = admitted.stream().sorted().toList();
        for (Limit limit : limits) {
            long length = limit.window().toMillis();
            for (int first = 0; first < sorted.size(); first++) {
                int end = first;
                while (end < sorted.size() && sorted.get(end) - sorted.get(first) < length) {
                    end++;
                }
                int count = end - first;
                assertTrue(count <= limit.permits(), () -> what + ": " + count + " in a window of " + limit);
            }
        }
    }
}
