package io.textonce.store;

import static io.textonce.DeliveryStatus.CANCELLED;
import static io.textonce.DeliveryStatus.DELIVERED;
import static io.textonce.DeliveryStatus.EXPIRED;
import static io.textonce.DeliveryStatus.OTHER;
import static io.textonce.DeliveryStatus.PARTIAL;
import static io.textonce.DeliveryStatus.QUEUED;
import static io.textonce.DeliveryStatus.SENT;
import static io.textonce.DeliveryStatus.UNDELIVERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.Origin;
import io.textonce.Reason;
import io.textonce.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatusFoldTest {

    private static final Origin ORIGIN = new Origin(TenantId.DEFAULT, "alpha", "hook", Instant.EPOCH);
    private static final int WHOLE = 0;

    private record Word(int part, DeliveryStatus status) {
        DeliveryReport report() {
            DeliveryReport.Builder report =
                    DeliveryReport.builder(ORIGIN, "e", status).providerMessageId("p");
            if (part != WHOLE) {
                report.part(part);
            }
            return report.build();
        }
    }

    private static Word whole(DeliveryStatus status) {
        return new Word(WHOLE, status);
    }

    private static Optional<DeliveryStatus> fold(Word... words) {
        return fold(List.of(words)).status();
    }

    private static StatusFold fold(List<Word> words) {
        StatusFold fold = StatusFold.EMPTY;
        for (Word word : words) {
            fold = fold.with(word.report());
        }
        return fold;
    }

    @Test
    void anEarlierWordThatComesLateChangesNothing() {
        assertThat(fold(whole(DELIVERED), whole(SENT))).contains(DELIVERED);
        assertThat(fold(whole(UNDELIVERED), whole(DELIVERED))).contains(DELIVERED);
        assertThat(fold(whole(DELIVERED), whole(UNDELIVERED))).contains(DELIVERED);
        assertThat(fold(whole(OTHER), whole(QUEUED))).contains(QUEUED);
    }

    @Test
    void noReportIsNoStatus() {
        assertThat(fold()).isEmpty();
    }

    @Test
    void aLaterGoodPartDoesNotHideAFailedOne() {
        assertThat(fold(new Word(1, UNDELIVERED), new Word(2, DELIVERED))).contains(PARTIAL);
        assertThat(fold(new Word(1, DELIVERED), new Word(2, EXPIRED), new Word(3, DELIVERED)))
                .contains(PARTIAL);
    }

    @Test
    void aPartOnItsWayHoldsTheOthersBack() {
        assertThat(fold(new Word(1, DELIVERED), new Word(2, SENT))).contains(SENT);
        assertThat(fold(new Word(1, UNDELIVERED), new Word(2, QUEUED))).contains(QUEUED);
    }

    @Test
    void aWordAboutTheWholeAndWordsAboutPartsAgreeOrArePartial() {
        assertThat(fold(whole(SENT), new Word(1, DELIVERED), new Word(2, DELIVERED)))
                .contains(DELIVERED);
        assertThat(fold(whole(DELIVERED), new Word(1, SENT))).contains(DELIVERED);
        assertThat(fold(whole(UNDELIVERED), new Word(1, DELIVERED))).contains(PARTIAL);
    }

    @Test
    void partsBeyondTheLastPossibleOneCostNoMemory() {
        StatusFold fold = StatusFold.EMPTY;
        for (int part = 256; part < 2000; part++) {
            fold = fold.with(new Word(part, SENT).report());
        }
        assertThat(fold.encoded()).isEqualTo("0=SENT");
    }

    @Test
    void isReadBackAsItWasWritten() {
        StatusFold fold = fold(List.of(whole(SENT), new Word(2, DELIVERED), new Word(1, CANCELLED)));
        assertThat(fold.encoded()).isEqualTo("0=SENT,1=CANCELLED,2=DELIVERED");
        assertThat(StatusFold.decode(fold.encoded())).isEqualTo(fold).hasSameHashCodeAs(fold);
        assertThat(StatusFold.decode("")).isEqualTo(StatusFold.EMPTY);
        for (String bad : List.of("x", "=SENT", "1=", "1=NEVER", "1=SENT,", "a=SENT")) {
            assertThatIllegalArgumentException().isThrownBy(() -> StatusFold.decode(bad));
        }
    }

    private static DeliveryReport report(int part, DeliveryStatus status, Reason reason, String code) {
        DeliveryReport.Builder report = DeliveryReport.builder(ORIGIN, "e", status)
                .providerMessageId("p")
                .reason(reason, code);
        return (part == WHOLE ? report : report.part(part)).build();
    }

    @Test
    void keepsWhyAMessageDidNotArriveWhateverTheOrder() {
        List<DeliveryReport> reports = new ArrayList<>(List.of(
                report(WHOLE, SENT, null, null),
                report(WHOLE, UNDELIVERED, null, null),
                report(WHOLE, UNDELIVERED, Reason.BLOCKED, "30007"),
                report(WHOLE, UNDELIVERED, Reason.BLOCKED, "30004")));
        Set<StatusFold> folds = new HashSet<>();
        for (int turn = 0; turn < 24; turn++) {
            Collections.shuffle(reports, new Random(turn));
            StatusFold fold = StatusFold.EMPTY;
            for (DeliveryReport report : reports) {
                fold = fold.with(report).with(report);
            }
            folds.add(fold);
        }

        assertThat(folds).hasSize(1);
        StatusFold fold = folds.iterator().next();
        assertThat(fold.reason()).contains(Reason.BLOCKED);
        assertThat(fold.providerCode()).contains("30007");
        assertThat(fold.encoded()).isEqualTo("0=UNDELIVERED:BLOCKED:30007");
        assertThat(StatusFold.decode(fold.encoded())).isEqualTo(fold);
        StatusFold arrived = fold.with(whole(DELIVERED).report());
        assertThat(arrived.reason()).isEmpty();
        assertThat(arrived.providerCode()).isEmpty();
    }

    @Test
    void keepsWhyAPartDidNotArriveAndCodesOfAnyForm() {
        StatusFold fold = StatusFold.EMPTY
                .with(new Word(1, DELIVERED).report())
                .with(report(2, EXPIRED, null, "4,1=2:x \u00e9".repeat(20)));

        assertThat(fold.status()).contains(PARTIAL);
        assertThat(fold.reason()).isEmpty();
        assertThat(fold.providerCode().orElseThrow())
                .startsWith("4,1=2:x \u00e9")
                .hasSize(64);
        assertThat(StatusFold.decode(fold.encoded())).isEqualTo(fold);
        assertThatIllegalArgumentException().isThrownBy(() -> StatusFold.decode("0=UNDELIVERED:NEVER:1"));
    }

    /** T8: 100,000 multisets of reports, each shuffled and with repeats, against a rule written in other words. */
    @Test
    void W5_anyOrderAndAnyRepetitionGiveOneStatus() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        DeliveryStatus[] statuses = DeliveryStatus.values();
        Set<DeliveryStatus> seen = EnumSet.noneOf(DeliveryStatus.class);
        for (int round = 0; round < 100_000; round++) {
            List<Word> words = new ArrayList<>();
            boolean parts = random.nextBoolean();
            for (int i = random.nextInt(6); i >= 0; i--) {
                int part = parts ? random.nextInt(4) : WHOLE;
                words.add(new Word(part, statuses[random.nextInt(statuses.length)]));
            }
            Optional<DeliveryStatus> expected = Optional.of(expected(new HashSet<>(words)));
            List<Word> repeated = new ArrayList<>(words);
            for (int i = random.nextInt(3); i > 0; i--) {
                repeated.add(words.get(random.nextInt(words.size())));
            }
            Collections.shuffle(repeated, random);
            assertThat(fold(words).status()).as("seed %d, %s", seed, words).isEqualTo(expected);
            assertThat(fold(repeated).status())
                    .as("seed %d, %s", seed, repeated)
                    .isEqualTo(expected);
            seen.add(expected.get());
        }
        assertThat(seen).isEqualTo(EnumSet.allOf(DeliveryStatus.class));
    }

    /** Sets and questions instead of a fold: what do the last words about each part say together? */
    private static DeliveryStatus expected(Set<Word> words) {
        DeliveryStatus whole = best(words, WHOLE);
        List<DeliveryStatus> parts = new ArrayList<>();
        for (int part = 1; part <= 3; part++) {
            DeliveryStatus status = best(words, part);
            if (status != null) {
                parts.add(status);
            }
        }
        if (parts.isEmpty()) {
            return whole;
        }
        DeliveryStatus together = together(parts);
        if (whole == null) {
            return together;
        }
        boolean bothEnded = ended(whole) && ended(together);
        return bothEnded ? together(List.of(whole, together)) : Collections.max(List.of(whole, together));
    }

    private static DeliveryStatus together(List<DeliveryStatus> parts) {
        Optional<DeliveryStatus> laggard =
                parts.stream().filter(status -> !ended(status)).sorted().findFirst();
        if (laggard.isPresent()) {
            return laggard.get();
        }
        long arrived = parts.stream().filter(status -> status == DELIVERED).count();
        boolean some = arrived > 0 || parts.contains(PARTIAL);
        if (arrived == parts.size()) {
            return DELIVERED;
        }
        return some ? PARTIAL : Collections.max(parts);
    }

    private static boolean ended(DeliveryStatus status) {
        return !EnumSet.of(OTHER, QUEUED, SENT).contains(status);
    }

    private static DeliveryStatus best(Set<Word> words, int part) {
        List<DeliveryStatus> ranking =
                List.of(DELIVERED, PARTIAL, UNDELIVERED, EXPIRED, CANCELLED, SENT, QUEUED, OTHER);
        for (DeliveryStatus status : ranking) {
            if (words.contains(new Word(part, status))) {
                return status;
            }
        }
        return null;
    }
}
