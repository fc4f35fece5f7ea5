package io.textonce.testkit;

import static io.textonce.testkit.Samples.NOW;
import static io.textonce.testkit.Samples.OTHER_TENANT;
import static io.textonce.testkit.Samples.TENANT;
import static io.textonce.testkit.Samples.accepted;
import static io.textonce.testkit.Samples.at;
import static io.textonce.testkit.Samples.rejected;
import static io.textonce.testkit.Samples.unknown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.SendResult;
import io.textonce.TenantId;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.IdempotencyRepository.Acquired;
import io.textonce.store.IdempotencyRepository.Bound;
import io.textonce.store.IdempotencyRepository.Claim;
import io.textonce.store.IdempotencyRepository.Conflict;
import io.textonce.store.IdempotencyRepository.Held;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What every {@link IdempotencyRepository} must do. Subclass it and give it an empty one; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class IdempotencyRepositoryContract {

    private static final String KEY = "order-7";
    private static final String PAYLOAD = "digest-1";
    private static final Instant EXPIRY = at(1000);

    /** For subclasses. */
    protected IdempotencyRepositoryContract() {}

    /**
     * Called once by each test.
     *
     * @return an empty repository with room for 1,000 keys or more
     */
    protected abstract IdempotencyRepository repository();

    private final MessageId ours = MessageId.next();
    private final MessageId theirs = MessageId.next();

    private static Claim claim(IdempotencyRepository keys, MessageId id) {
        return claim(keys, TENANT, PAYLOAD, id, NOW);
    }

    private static Claim claim(IdempotencyRepository keys, TenantId tenant, String payload, MessageId id, Instant now) {
        return keys.claim(tenant, KEY, payload, id, now, EXPIRY);
    }

    @Test
    public void theFirstGetsTheKeyAndTheSecondIsToldWhoHasIt() {
        IdempotencyRepository keys = repository();
        assertInstanceOf(Acquired.class, claim(keys, ours));
        assertEquals(ours, assertInstanceOf(Held.class, claim(keys, theirs)).messageId());
        assertInstanceOf(Acquired.class, keys.claim(TENANT, "order-8", PAYLOAD, theirs, NOW, EXPIRY));
    }

    @Test
    public void theHolderThatAsksAgainHasItAgain() {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        assertInstanceOf(Acquired.class, claim(keys, ours));
    }

    @Test
    public void oneOfSixtyFourThatRaceGetsTheKey() {
        IdempotencyRepository keys = repository();
        for (int round = 0; round < 20; round++) {
            String key = "race-" + round;
            List<Claim> claims =
                    Race.of(64, i -> () -> keys.claim(TENANT, key, PAYLOAD, MessageId.next(), NOW, EXPIRY));
            assertEquals(
                    1,
                    claims.stream().filter(claim -> claim instanceof Acquired).count(),
                    "holders of one key");
            assertEquals(
                    63, claims.stream().filter(claim -> claim instanceof Held).count());
        }
    }

    @Test
    public void aKeyNeverHasTwoHoldersWhileItGoesFromHandToHand() {
        IdempotencyRepository keys = repository();
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger turns = new AtomicInteger();
        Race.of(8, i -> () -> {
            MessageId id = MessageId.next();
            for (int n = 0; n < 200; n++) {
                if (claim(keys, id) instanceof Acquired) {
                    most.accumulateAndGet(holders.incrementAndGet(), Math::max);
                    turns.incrementAndGet();
                    holders.decrementAndGet();
                    keys.release(TENANT, KEY, id);
                }
            }
            return id;
        });
        assertEquals(1, most.get(), "holders at a time");
        assertTrue(turns.get() >= 1);
    }

    @Test
    public void anAcceptedOutcomeIsToldToWhoeverComesLater() {
        assertBound(accepted(ours, "p1"), Outcome.ACCEPTED);
    }

    @Test
    public void anUnknownOutcomeIsToldAndNeverReleasedByItself() {
        assertBound(unknown(ours), Outcome.UNKNOWN);
    }

    private void assertBound(SendResult result, Outcome outcome) {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        keys.bind(TENANT, KEY, ours, result);
        SendResult told = assertInstanceOf(Bound.class, claim(keys, theirs)).result();
        assertEquals(ours, told.messageId());
        assertEquals(outcome, told.outcome());
        assertEquals(provider(result), provider(told));
        assertInstanceOf(Bound.class, claim(keys, ours));
    }

    private static String provider(SendResult result) {
        return result.fold(
                a -> a.provider() + " " + a.providerMessageId(), r -> "", u -> u.provider() + " " + u.settlement());
    }

    @Test
    public void anUnknownOutcomeMayBeSettledEitherWay() {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        keys.bind(TENANT, KEY, ours, unknown(ours));
        keys.bind(TENANT, KEY, ours, accepted(ours, "p1"));
        assertEquals(
                Outcome.ACCEPTED,
                assertInstanceOf(Bound.class, claim(keys, theirs)).result().outcome());
        keys.claim(TENANT, "order-8", PAYLOAD, ours, NOW, EXPIRY);
        keys.bind(TENANT, "order-8", ours, unknown(ours));
        keys.release(TENANT, "order-8", ours);
        assertInstanceOf(Acquired.class, keys.claim(TENANT, "order-8", PAYLOAD, theirs, NOW, EXPIRY));
    }

    @Test
    public void anAcceptedOutcomeStands() {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        keys.bind(TENANT, KEY, ours, accepted(ours, "p1"));
        keys.bind(TENANT, KEY, ours, unknown(ours));
        keys.release(TENANT, KEY, ours);
        assertEquals(
                Outcome.ACCEPTED,
                assertInstanceOf(Bound.class, claim(keys, theirs)).result().outcome());
    }

    @Test
    public void refusesToBindARejectedOutcome() {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        assertThrows(IllegalArgumentException.class, () -> keys.bind(TENANT, KEY, ours, rejected(ours)));
    }

    @Test
    public void aReleasedKeyIsFree() {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        keys.release(TENANT, KEY, ours);
        assertInstanceOf(Acquired.class, claim(keys, TENANT, "digest-2", theirs, NOW));
    }

    @Test
    public void onlyTheHolderBindsAndReleases() {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        keys.release(TENANT, KEY, theirs);
        keys.bind(TENANT, KEY, theirs, accepted(theirs, "p9"));
        assertEquals(ours, assertInstanceOf(Held.class, claim(keys, theirs)).messageId());
    }

    @Test
    public void anotherPayloadIsAConflictHeldOrBound() {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        assertEquals(ours, conflict(keys).messageId());
        keys.bind(TENANT, KEY, ours, accepted(ours, "p1"));
        assertEquals(ours, conflict(keys).messageId());
    }

    private Conflict conflict(IdempotencyRepository keys) {
        return assertInstanceOf(Conflict.class, claim(keys, TENANT, "digest-2", theirs, NOW));
    }

    @Test
    public void aKeyIsKeptUntilItExpiresHeldOrBound() {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        Instant last = EXPIRY.minusMillis(1);
        assertInstanceOf(Held.class, claim(keys, TENANT, PAYLOAD, theirs, last));
        keys.bind(TENANT, KEY, ours, accepted(ours, "p1"));
        assertInstanceOf(Bound.class, claim(keys, TENANT, PAYLOAD, theirs, last));
        Claim after = keys.claim(TENANT, KEY, "digest-2", theirs, EXPIRY, EXPIRY.plusSeconds(9));
        assertInstanceOf(Acquired.class, after, "the key expired");
    }

    @Test
    public void tenantsSeeNothingOfEachOther() {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        assertInstanceOf(Acquired.class, claim(keys, OTHER_TENANT, "digest-2", theirs, NOW));
        keys.release(OTHER_TENANT, KEY, theirs);
        assertInstanceOf(Held.class, claim(keys, theirs));
    }

    @Test
    public void noLiveKeyIsDroppedForOthers() {
        IdempotencyRepository keys = repository();
        claim(keys, ours);
        keys.bind(TENANT, KEY, ours, accepted(ours, "p1"));
        for (int i = 0; i < 2000; i++) {
            try {
                keys.claim(TENANT, "filler-" + i, PAYLOAD, MessageId.next(), NOW, EXPIRY);
            } catch (RuntimeException full) {
                break;
            }
        }
        assertInstanceOf(Bound.class, claim(keys, theirs));
    }
}
