package io.textonce.testkit;

import static io.textonce.testkit.Samples.NOW;
import static io.textonce.testkit.Samples.OTHER_TENANT;
import static io.textonce.testkit.Samples.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.TenantId;
import io.textonce.store.SpendRepository;
import io.textonce.store.SpendRepository.Budget;
import io.textonce.store.SpendRepository.Decision;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SpendRepository} must do. Subclass it and give it an empty one; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class SpendRepositoryContract {

    private static final String KEY = "everything/DAY Z";
    private static final Instant MIDNIGHT = NOW.plus(Duration.ofHours(15));
    private static final int RUNNERS = 64;

    /** For subclasses. */
    protected SpendRepositoryContract() {}

    /**
     * Called once by each test.
     *
     * @return an empty repository
     */
    protected abstract SpendRepository repository();

    private static Money usd(String amount) {
        return Money.of(amount, "USD");
    }

    private static Budget cap(String amount) {
        return new Budget(KEY, usd(amount), MIDNIGHT);
    }

    private static Decision reserve(SpendRepository spend, Budget budget, MessageId id, String amount) {
        return spend.reserve(TENANT, budget, id, usd(amount), NOW);
    }

    private static Decision reserve(SpendRepository spend, Budget budget, String amount) {
        return reserve(spend, budget, MessageId.next(), amount);
    }

    private static void committed(String expected, SpendRepository spend, TenantId tenant, Instant now) {
        BigDecimal counts = spend.committed(tenant, KEY, now).map(Money::amount).orElse(BigDecimal.ZERO);
        assertEquals(0, new BigDecimal(expected).compareTo(counts), () -> "committed " + counts + ", not " + expected);
    }

    private static void committed(String expected, SpendRepository spend) {
        committed(expected, spend, TENANT, NOW);
    }

    @Test
    public void grantsUpToTheCapAndNotACentMore() {
        SpendRepository spend = repository();
        Budget cap = cap("1.00");
        assertTrue(reserve(spend, cap, "0.60").granted());
        Decision all = reserve(spend, cap, "0.40");
        assertTrue(all.granted(), "exactly the cap");
        assertEquals(0, new BigDecimal("1").compareTo(all.committed().amount()));
        assertNull(all.retryAt());
        assertFalse(reserve(spend, cap, "0.0001").granted());
        assertTrue(reserve(spend, cap, "0").granted(), "what is free always fits");
        committed("1.00", spend);
    }

    @Test
    public void aRefusalReservesNothingAndSaysWhenToTryAgain() {
        SpendRepository spend = repository();
        Budget cap = cap("1.00");
        reserve(spend, cap, "0.60");
        Decision refused = reserve(spend, cap, "0.50");
        assertFalse(refused.granted());
        assertEquals(0, new BigDecimal("0.60").compareTo(refused.committed().amount()));
        assertEquals(MIDNIGHT, refused.retryAt());
        assertNull(reserve(spend, cap, "1.01").retryAt(), "never, by any time");
        committed("0.60", spend);
        assertTrue(reserve(spend, cap, "0.40").granted());
    }

    @Test
    public void amountsAreExact() {
        SpendRepository spend = repository();
        Budget cap = cap("0.0079");
        for (int i = 0; i < 79; i++) {
            assertTrue(reserve(spend, cap, "0.0001").granted(), "amount " + i);
        }
        assertFalse(reserve(spend, cap, "0.0000001").granted());
    }

    @Test
    public void reservingTwiceForAMessageCountsOnce() {
        SpendRepository spend = repository();
        Budget cap = cap("1.00");
        MessageId id = MessageId.next();
        assertTrue(reserve(spend, cap, id, "0.60").granted());
        assertTrue(reserve(spend, cap, id, "0.60").granted());
        committed("0.60", spend);
        assertTrue(reserve(spend, cap, id, "0.90").granted(), "the new amount instead of the old");
        committed("0.90", spend);
        assertFalse(reserve(spend, cap, id, "1.10").granted());
        committed("0.90", spend);
        spend.release(TENANT, KEY, id);
        committed("0", spend);
    }

    @Test
    public void reservingAgainInALaterPeriodCountsThere() {
        SpendRepository spend = repository();
        MessageId id = MessageId.next();
        reserve(spend, cap("1.00"), id, "0.60");
        Instant next = MIDNIGHT.plusSeconds(1);
        Budget tomorrow = new Budget(KEY, usd("1.00"), MIDNIGHT.plus(Duration.ofDays(1)));
        assertTrue(spend.reserve(TENANT, tomorrow, id, usd("0.70"), next).granted());
        committed("0.70", spend, TENANT, next);
        spend.settle(TENANT, KEY, id, usd("0.65"));
        committed("0.65", spend, TENANT, next);
    }

    @Test
    public void settlingCountsWhatWasSpent() {
        SpendRepository spend = repository();
        Budget cap = cap("1.00");
        MessageId less = MessageId.next();
        MessageId more = MessageId.next();
        reserve(spend, cap, less, "0.50");
        reserve(spend, cap, more, "0.50");
        spend.settle(TENANT, KEY, less, usd("0.20"));
        committed("0.70", spend);
        spend.settle(TENANT, KEY, more, usd("0.90"));
        committed("1.10", spend);
        assertFalse(reserve(spend, cap, "0.01").granted(), "the cap is exceeded by what was charged");
    }

    @Test
    public void settlingTwiceCountsOnce() {
        SpendRepository spend = repository();
        MessageId id = MessageId.next();
        reserve(spend, cap("1.00"), id, "0.50");
        spend.settle(TENANT, KEY, id, usd("0.40"));
        spend.settle(TENANT, KEY, id, usd("0.40"));
        spend.settle(TENANT, KEY, id, usd("0.10"));
        spend.release(TENANT, KEY, id);
        committed("0.40", spend);
    }

    @Test
    public void releasingGivesBackAllOfItOnce() {
        SpendRepository spend = repository();
        MessageId id = MessageId.next();
        reserve(spend, cap("1.00"), "0.30");
        reserve(spend, cap("1.00"), id, "0.50");
        spend.release(TENANT, KEY, id);
        spend.release(TENANT, KEY, id);
        spend.settle(TENANT, KEY, id, usd("0.50"));
        committed("0.30", spend);
    }

    @Test
    public void whatWasNeverReservedIsNeitherSettledNorReleased() {
        SpendRepository spend = repository();
        spend.settle(TENANT, KEY, MessageId.next(), usd("0.50"));
        spend.release(TENANT, KEY, MessageId.next());
        committed("0", spend);
    }

    @Test
    public void whatIsNotSettledStaysReservedUntilItsPeriodEnds() {
        SpendRepository spend = repository();
        reserve(spend, cap("1.00"), "1.00");
        committed("1.00", spend, TENANT, MIDNIGHT.minusMillis(1));
        committed("0", spend, TENANT, MIDNIGHT);
        Budget tomorrow = new Budget(KEY, usd("1.00"), MIDNIGHT.plus(Duration.ofDays(1)));
        assertTrue(spend.reserve(TENANT, tomorrow, MessageId.next(), usd("1.00"), MIDNIGHT)
                .granted());
    }

    @Test
    public void aRollingPeriodFreesWhatIsOldest() {
        SpendRepository spend = repository();
        for (int i = 0; i < 4; i++) {
            Instant now = NOW.plusSeconds(i);
            assertTrue(spend.reserve(
                            TENANT,
                            new Budget(KEY, usd("1.00"), now.plusSeconds(10)),
                            MessageId.next(),
                            usd("0.25"),
                            now)
                    .granted());
        }
        Instant now = NOW.plusSeconds(5);
        Budget budget = new Budget(KEY, usd("1.00"), now.plusSeconds(10));
        assertEquals(
                NOW.plusSeconds(10),
                spend.reserve(TENANT, budget, MessageId.next(), usd("0.25"), now)
                        .retryAt());
        assertEquals(
                NOW.plusSeconds(11),
                spend.reserve(TENANT, budget, MessageId.next(), usd("0.30"), now)
                        .retryAt());
        Instant then = NOW.plusSeconds(10);
        assertTrue(spend.reserve(
                        TENANT, new Budget(KEY, usd("1.00"), then.plusSeconds(10)), MessageId.next(), usd("0.25"), then)
                .granted());
        assertFalse(spend.reserve(
                        TENANT, new Budget(KEY, usd("1.00"), then.plusSeconds(10)), MessageId.next(), usd("0.25"), then)
                .granted());
    }

    @Test
    public void keysAndTenantsAreApart() {
        SpendRepository spend = repository();
        MessageId id = MessageId.next();
        assertTrue(reserve(spend, cap("1.00"), id, "1.00").granted());
        Budget other = new Budget("label:user/DAY Z/456", usd("1.00"), MIDNIGHT);
        assertTrue(reserve(spend, other, id, "1.00").granted());
        assertTrue(
                spend.reserve(OTHER_TENANT, cap("1.00"), id, usd("1.00"), NOW).granted());
        spend.release(OTHER_TENANT, KEY, id);
        committed("1.00", spend);
        committed("0", spend, OTHER_TENANT, NOW);
        assertFalse(reserve(spend, other, "0.01").granted());
    }

    @Test
    public void refusesAmountsThatMakeNoSense() {
        SpendRepository spend = repository();
        Budget cap = cap("1.00");
        assertThrows(IllegalArgumentException.class, () -> reserve(spend, cap, "-0.01"));
        assertThrows(
                IllegalArgumentException.class,
                () -> spend.reserve(TENANT, cap, MessageId.next(), Money.of("0.10", "AUD"), NOW));
        committed("0", spend);
    }

    @Test
    public void aCallerThatIsLateIsJudgedByItsOwnInstant() {
        SpendRepository spend = repository();
        reserve(spend, cap("1.00"), "0.60");
        Budget tomorrow = new Budget(KEY, usd("1.00"), MIDNIGHT.plus(Duration.ofDays(1)));
        Instant early = MIDNIGHT.plusSeconds(20);
        assertTrue(spend.reserve(TENANT, tomorrow, MessageId.next(), usd("0.10"), early)
                .granted());
        // Read before midnight, asked after it: the old day has no room for it.
        assertFalse(spend.reserve(TENANT, cap("1.00"), MessageId.next(), usd("0.50"), MIDNIGHT.minusSeconds(20))
                .granted());
    }

    @Test
    public void racingThreadsNeverOverspend() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        SpendRepository spend = repository();
        Budget cap = cap("5.00");
        List<Long> spent = Race.of(RUNNERS, runner -> () -> {
            Random random = new Random(seed + runner);
            long mine = 0;
            for (int i = 0; i < 40; i++) {
                MessageId id = MessageId.next();
                int cents = 1 + random.nextInt(7);
                if (reserve(spend, cap, id, "0.0" + cents).granted()) {
                    int fate = random.nextInt(3);
                    if (fate == 0) {
                        spend.release(TENANT, KEY, id);
                    } else if (fate == 1) {
                        spend.settle(TENANT, KEY, id, usd("0.01"));
                        mine++;
                    } else {
                        mine += cents;
                    }
                }
            }
            return mine;
        });
        long sum = spent.stream().mapToLong(Long::longValue).sum();
        assertTrue(sum <= 500, "seed " + seed + ": " + sum + " cents of 500 were spent");
        assertTrue(sum > 450, "seed " + seed + ": only " + sum + " cents of 500 were spent, which proves little");
        committed(BigDecimal.valueOf(sum, 2).toPlainString(), spend);
    }

    @Test
    public void racingReservationsForOneMessageCountOnce() {
        SpendRepository spend = repository();
        List<MessageId> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(MessageId.next());
        }
        Race.of(8, runner -> () -> {
            for (MessageId id : ids) {
                assertTrue(reserve(spend, cap("1.00"), id, "0.05").granted());
            }
            return runner;
        });
        committed("1.00", spend);
        assertNotNull(reserve(spend, cap("1.00"), "0.05").retryAt());
    }
}
