package io.textonce.testkit;

import static io.textonce.testkit.Samples.ANN;
import static io.textonce.testkit.Samples.BOB;
import static io.textonce.testkit.Samples.OTHER_OF_OURS;
import static io.textonce.testkit.Samples.OTHER_TENANT;
import static io.textonce.testkit.Samples.OURS;
import static io.textonce.testkit.Samples.TENANT;
import static io.textonce.testkit.Samples.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.store.Suppression;
import io.textonce.store.Suppression.Choice;
import io.textonce.store.SuppressionRepository;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SuppressionRepository} must do. Subclass it and give it an empty one; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class SuppressionRepositoryContract {

    /** For subclasses. */
    protected SuppressionRepositoryContract() {}

    /**
     * Called at least once by each test.
     *
     * @return an empty repository
     */
    protected abstract SuppressionRepository repository();

    @Test
    public void nobodyIsSuppressedAtFirst() {
        assertFalse(repository().isSuppressed(TENANT, ANN, OURS));
        assertFalse(repository().isSuppressed(TENANT, ANN, null));
    }

    @Test
    public void anOptOutOfTheTenantCoversEverySender() {
        SuppressionRepository suppressions = repository();
        suppressions.record(TENANT, out(null, 1));
        assertTrue(suppressions.isSuppressed(TENANT, ANN, OURS));
        assertTrue(suppressions.isSuppressed(TENANT, ANN, OTHER_OF_OURS));
        assertTrue(suppressions.isSuppressed(TENANT, ANN, null));
        assertFalse(suppressions.isSuppressed(TENANT, BOB, OURS), "somebody else's choice");
    }

    @Test
    public void anOptOutOfASenderCoversThatSender() {
        SuppressionRepository suppressions = repository();
        suppressions.record(TENANT, out(OURS, 1));
        assertTrue(suppressions.isSuppressed(TENANT, ANN, OURS));
        assertFalse(suppressions.isSuppressed(TENANT, ANN, OTHER_OF_OURS));
        assertFalse(suppressions.isSuppressed(TENANT, ANN, null));
    }

    @Test
    public void theLaterChoiceWinsInWhateverOrderItIsRecorded() {
        assertEndsSuppressed(false, out(null, 1), in(null, 2));
        assertEndsSuppressed(true, in(null, 1), out(null, 2));
        assertEndsSuppressed(false, out(OURS, 1), in(OURS, 2));
        assertEndsSuppressed(true, in(OURS, 1), out(OURS, 2));
    }

    @Test
    public void outWinsATie() {
        assertEndsSuppressed(true, out(null, 1), in(null, 1));
        assertEndsSuppressed(true, out(OURS, 1), in(OURS, 1));
        assertEndsSuppressed(true, out(OURS, 1), in(null, 1));
    }

    @Test
    public void anOptInToTheTenantLiftsOlderOptOutsOfSenders() {
        assertEndsSuppressed(false, out(OURS, 1), in(null, 2));
        assertEndsSuppressed(true, out(OURS, 3), in(null, 2));
    }

    @Test
    public void anOptInToASenderLeavesAnOptOutOfTheTenant() {
        assertEndsSuppressed(true, out(null, 1), in(OURS, 2));
    }

    private void assertEndsSuppressed(boolean expected, Suppression first, Suppression second) {
        for (List<Suppression> order : List.of(List.of(first, second), List.of(second, first))) {
            SuppressionRepository suppressions = repository();
            order.forEach(choice -> suppressions.record(TENANT, choice));
            assertEquals(expected, suppressions.isSuppressed(TENANT, ANN, OURS), () -> "after " + order);
        }
    }

    @Test
    public void tenantsSeeNothingOfEachOther() {
        SuppressionRepository suppressions = repository();
        suppressions.record(TENANT, out(null, 1));
        assertFalse(suppressions.isSuppressed(OTHER_TENANT, ANN, OURS));
        suppressions.record(OTHER_TENANT, in(null, 2));
        assertTrue(suppressions.isSuppressed(TENANT, ANN, OURS));
    }

    @Test
    public void ofManyItSaysWhatItSaysOfEach() {
        SuppressionRepository suppressions = repository();
        PhoneNumber cleo = PhoneNumber.of("+12025550199");
        suppressions.record(TENANT, new Suppression(ANN, null, Choice.OPT_OUT, at(1), "keyword"));
        suppressions.record(TENANT, new Suppression(BOB, OURS, Choice.OPT_OUT, at(1), "keyword"));
        suppressions.record(TENANT, new Suppression(BOB, OTHER_OF_OURS, Choice.OPT_IN, at(1), "keyword"));
        suppressions.record(OTHER_TENANT, new Suppression(cleo, null, Choice.OPT_OUT, at(1), "keyword"));
        List<PhoneNumber> all = List.of(ANN, BOB, cleo, ANN);
        assertEquals(Set.of(ANN, BOB), suppressions.suppressed(TENANT, all, OURS));
        assertEquals(Set.of(ANN), suppressions.suppressed(TENANT, all, OTHER_OF_OURS));
        assertEquals(Set.of(ANN), suppressions.suppressed(TENANT, all, null));
        assertEquals(Set.of(cleo), suppressions.suppressed(OTHER_TENANT, all, OURS));
        assertEquals(Set.of(), suppressions.suppressed(TENANT, List.of(), OURS));
    }

    @Test
    public void agreesWithTheRuleOnRandomHistories() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<Suppression> history = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                SenderId scope = random.nextBoolean() ? null : random.nextBoolean() ? OURS : OTHER_OF_OURS;
                history.add(random.nextBoolean() ? out(scope, random.nextInt(4)) : in(scope, random.nextInt(4)));
            }
            SuppressionRepository suppressions = repository();
            TenantId tenant = TenantId.of("t" + round);
            history.forEach(choice -> suppressions.record(tenant, choice));
            for (SenderId sender : new @Nullable SenderId[] {OURS, OTHER_OF_OURS, null}) {
                assertEquals(
                        expected(history, sender),
                        suppressions.isSuppressed(tenant, ANN, sender),
                        () -> "seed " + seed + ": " + sender + " after " + history);
                assertEquals(
                        expected(history, sender),
                        suppressions
                                .suppressed(tenant, List.of(BOB, ANN), sender)
                                .contains(ANN),
                        () -> "of many, seed " + seed + ": " + sender + " after " + history);
            }
        }
    }

    /** The rule in other words: whichever choices bear on the sender, the last of them decides. */
    private static boolean expected(List<Suppression> history, @Nullable SenderId sender) {
        boolean tenantOut =
                lastIsOut(history.stream().filter(c -> c.scope() == null).toList());
        if (tenantOut || sender == null) {
            return tenantOut;
        }
        return lastIsOut(history.stream()
                .filter(c -> sender.equals(c.scope()) || (c.scope() == null && c.choice() == Choice.OPT_IN))
                .toList());
    }

    private static boolean lastIsOut(List<Suppression> choices) {
        List<Suppression> sorted = new ArrayList<>(choices);
        Collections.sort(sorted, (a, b) -> {
            int order = a.at().compareTo(b.at());
            return order != 0 ? order : b.choice().compareTo(a.choice());
        });
        return !sorted.isEmpty() && sorted.get(sorted.size() - 1).choice() == Choice.OPT_OUT;
    }

    private static Suppression out(@Nullable SenderId scope, long second) {
        return new Suppression(ANN, scope, Choice.OPT_OUT, at(second), "keyword");
    }

    private static Suppression in(@Nullable SenderId scope, long second) {
        return new Suppression(ANN, scope, Choice.OPT_IN, at(second), "keyword");
    }
}
