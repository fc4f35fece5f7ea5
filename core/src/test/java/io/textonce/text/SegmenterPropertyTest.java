package io.textonce.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SegmenterPropertyTest {
    private static final int ROUNDS = Integer.getInteger("textonce.rounds", 1500);
    private static final Set<NationalLanguage> IBERIAN_AND_TURKISH =
            EnumSet.of(NationalLanguage.TURKISH, NationalLanguage.SPANISH, NationalLanguage.PORTUGUESE);
    private static final List<SegmentPolicy> POLICIES = policies();

    private final long seed = Long.getLong("textonce.seed", 20_261_121L);
    private final Random random = new Random(seed);

    private static List<SegmentPolicy> policies() {
        List<SegmentPolicy> policies = new ArrayList<>();
        for (SegmentPolicy.Header header : SegmentPolicy.Header.values()) {
            for (SegmentPolicy.KeepWhole whole : SegmentPolicy.KeepWhole.values()) {
                SegmentPolicy policy = SegmentPolicy.GENERIC.withHeader(header).withKeepWhole(whole);
                policies.add(policy);
                policies.add(policy.withReservedUnits(4));
                policies.add(policy.withNationalLanguages(IBERIAN_AND_TURKISH));
                policies.add(
                        policy.withNationalLanguages(EnumSet.of(NationalLanguage.HINDI, NationalLanguage.BENGALI)));
            }
        }
        return policies;
    }

    @Test
    void segmentsJoinToTheTextFitAndCutNoPair() {
        System.out.println("seed " + seed);
        for (int round = 0; round < ROUNDS; round++) {
            SegmentPolicy policy = POLICIES.get(round % POLICIES.size());
            String text = Texts.next(random);
            Segmentation cut = Segmenter.of(policy).segment(text);

            assertThat(cut.segments().stream().map(Segmentation.Segment::text).collect(Collectors.joining()))
                    .isEqualTo(text);
            assertThat(cut.segments().stream()
                            .mapToLong(Segmentation.Segment::units)
                            .sum())
                    .isEqualTo(cut.units());
            assertThat(cut.unitsLeft()).isBetween(0, cut.capacity());
            String expected = wellFormed(text);
            StringBuilder decoded = new StringBuilder();
            for (int i = 0; i < cut.count(); i++) {
                Segmentation.Segment segment = cut.segments().get(i);
                UserData data = cut.userData(i, 7);
                assertThat(data.octets()).hasSizeLessThanOrEqualTo(140);
                assertThat(segment.units()).isBetween(0, cut.capacity());
                if (segment.end() < text.length() && segment.end() > 0) {
                    assertThat(Character.isSurrogatePair(text.charAt(segment.end() - 1), text.charAt(segment.end())))
                            .isFalse();
                }
                UserData read = UserData.of(data.encoding(), data.hasHeader(), data.length(), data.octets());
                decoded.append(read.text());
                assertThat(read.lockingShift()).isEqualTo(cut.lockingShift());
                assertThat(read.singleShift()).isEqualTo(cut.singleShift());
                if (cut.count() > 1 && policy.header() != SegmentPolicy.Header.NONE) {
                    assertThat(read.concatenation()).contains(new UserData.Concatenation(7, cut.count(), i + 1));
                } else {
                    assertThat(read.concatenation()).isEmpty();
                }
            }
            assertThat(decoded).hasToString(expected);
        }
    }

    @Test
    void countingSplittingAndLiveCountingAgree() {
        System.out.println("seed " + seed);
        for (int round = 0; round < ROUNDS; round++) {
            SegmentPolicy policy = POLICIES.get(round % POLICIES.size()).withMaxSegments(2);
            String text = Texts.next(random);
            Segmenter segmenter = Segmenter.of(policy);
            Segmentation cut = segmenter.segment(text);
            long measured = segmenter.measure(text);
            SegmentCounter counter = segmenter.newCounter();
            LiveCounter live = LiveCounter.of(policy);
            live.append(text);

            assertThat(segmenter.count(text))
                    .isEqualTo(cut.count())
                    .isEqualTo(counter.count(text))
                    .isEqualTo(live.segments());
            assertThat(Segmenter.units(measured))
                    .isEqualTo(cut.units())
                    .isEqualTo(counter.units())
                    .isEqualTo(live.units());
            assertThat(Segmenter.encoding(measured))
                    .isEqualTo(cut.encoding())
                    .isEqualTo(counter.encoding())
                    .isEqualTo(live.encoding());
            assertThat(Segmenter.tooLong(measured))
                    .isEqualTo(cut.tooLong())
                    .isEqualTo(counter.tooLong())
                    .isEqualTo(live.tooLong());
            assertThat(live.unitsLeft()).isEqualTo(cut.unitsLeft());
            assertThat(live.capacity()).isEqualTo(cut.capacity());
        }
    }

    @Test
    void liveCounterFollowsEveryEdit() {
        System.out.println("seed " + seed);
        for (int round = 0; round < ROUNDS / 10; round++) {
            SegmentPolicy policy = POLICIES.get(round % POLICIES.size());
            Segmenter segmenter = Segmenter.of(policy);
            LiveCounter live = LiveCounter.of(policy);
            StringBuilder model = new StringBuilder();
            int kind = random.nextInt(6);
            for (int edit = 0; edit < 60; edit++) {
                int choice = random.nextInt(10);
                if (choice < 5) {
                    String more = Texts.piece(random, kind).repeat(1 + random.nextInt(random.nextInt(4) == 0 ? 80 : 5));
                    live.append(more);
                    model.append(more);
                } else if (choice < 7 && !model.isEmpty()) {
                    int times = Math.min(model.length(), 1 + random.nextInt(8));
                    for (int i = 0; i < times && !model.isEmpty(); i++) {
                        live.deleteLast();
                        model.setLength(model.offsetByCodePoints(model.length(), -1));
                    }
                } else {
                    int start = random.nextInt(model.length() + 1);
                    int end = Math.min(model.length(), start + random.nextInt(6));
                    String with = random.nextBoolean() ? "" : Texts.piece(random, random.nextInt(6));
                    live.replace(start, end, with);
                    model.replace(start, end, with);
                }
                Segmentation cut = segmenter.segment(model.toString());
                assertThat(live.text()).isEqualTo(model.toString());
                assertThat(live.segments())
                        .as("round %s edit %s %s", round, edit, policy)
                        .isEqualTo(cut.count());
                assertThat(live.units()).isEqualTo(cut.units());
                assertThat(live.encoding()).isEqualTo(cut.encoding());
                assertThat(live.unitsLeft())
                        .as("round %s edit %s %s", round, edit, policy)
                        .isEqualTo(cut.unitsLeft());
                int next = Texts.piece(random, random.nextInt(6)).codePointAt(0);
                assertThat(live.fits(next)).isEqualTo(segmenter.count(model + Character.toString(next)) <= cut.count());
                assertThat(live.text()).isEqualTo(model.toString());
                assertThat(live.units()).isEqualTo(cut.units());
            }
        }
    }

    @Test
    void greedyIsTheLeastAtSmallCapacities() {
        System.out.println("seed " + seed);
        for (int round = 0; round < ROUNDS; round++) {
            int joined = 2 + random.nextInt(9);
            int reserved = random.nextInt(4) == 0 ? random.nextInt(5) : 0;
            boolean clusters = random.nextBoolean();
            String text = Texts.next(random);
            for (GsmAlphabet alphabet : new GsmAlphabet[] {null, GsmAlphabet.DEFAULT, HINDI}) {
                Layout layout = new Layout(alphabet, joined + 1, joined, clusters, reserved);
                long units = layout.units(text);
                if (units < 0) {
                    continue;
                }
                assertThat(layout.segments(text, units, null)).isEqualTo(least(layout, text, clusters));
            }
        }
    }

    private static final GsmAlphabet HINDI = GsmAlphabet.of(NationalLanguage.HINDI, NationalLanguage.HINDI);

    /** Tries every way to cut, from the end backwards. */
    private static int least(Layout layout, String text, boolean clusters) {
        List<Integer> widths = new ArrayList<>();
        for (String cluster : clusters ? ReferenceClusters.of(text) : List.of(text)) {
            int width = width(layout.alphabet, cluster);
            if (clusters && width <= layout.joined) {
                widths.add(width);
            } else {
                cluster.codePoints().forEach(c -> widths.add(width(layout.alphabet, Character.toString(c))));
            }
        }
        for (int i = 0; i < layout.reserved; i++) {
            widths.add(1);
        }
        if (widths.stream().mapToInt(Integer::intValue).sum() <= layout.alone) {
            return 1;
        }
        int[] best = new int[widths.size() + 1];
        for (int i = widths.size() - 1; i >= 0; i--) {
            best[i] = Integer.MAX_VALUE;
            int sum = 0;
            for (int j = i; j < widths.size() && (sum += widths.get(j)) <= layout.joined; j++) {
                best[i] = Math.min(best[i], 1 + best[j + 1]);
            }
        }
        return best[0];
    }

    private static int width(@Nullable GsmAlphabet alphabet, String text) {
        return alphabet == null
                ? text.length()
                : text.chars()
                        .map(c -> GsmTable.main(alphabet.locking).code((char) c) >= 0 ? 1 : 2)
                        .sum();
    }

    @Test
    void nationalChoiceEqualsBruteForceOverPairs() {
        System.out.println("seed " + seed);
        SegmentPolicy policy = SegmentPolicy.GENERIC.withNationalLanguages(IBERIAN_AND_TURKISH);
        Segmenter segmenter = Segmenter.of(policy);
        List<@Nullable NationalLanguage> all = new ArrayList<>(IBERIAN_AND_TURKISH);
        all.add(0, null);
        int national = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = random.nextBoolean() ? Texts.next(random) : iberian();
            long bestKey = Long.MAX_VALUE;
            for (NationalLanguage locking : all) {
                for (NationalLanguage single : all) {
                    if (locking == NationalLanguage.SPANISH) {
                        continue;
                    }
                    bestKey = Math.min(bestKey, key(text, locking, single));
                }
            }
            Segmentation cut = segmenter.segment(text);
            if (bestKey == Long.MAX_VALUE) {
                assertThat(cut.encoding()).isEqualTo(Encoding.UCS_2);
                continue;
            }
            assertThat(cut.encoding()).isEqualTo(Encoding.GSM_7);
            NationalLanguage locking = cut.lockingShift().orElse(null);
            NationalLanguage single = cut.singleShift().orElse(null);
            assertThat(key(text, locking, single)).isEqualTo(bestKey);
            assertThat((long) cut.count()).isEqualTo(bestKey >>> 40);
            national += locking != null || single != null ? 1 : 0;
        }
        assertThat(national).isGreaterThan(ROUNDS / 20);
    }

    private String iberian() {
        String letters = "abcde \u00E7\u015F\u011F\u00E1\u00ED\u00E3\u00F5[]{}\u20AC";
        int kinds = 8 + random.nextInt(letters.length() - 8);
        return random.ints(random.nextInt(500), 0, kinds)
                .mapToObj(i -> letters.substring(i, i + 1))
                .collect(Collectors.joining());
    }

    /** Segments, then tables, then units; the largest when the tables lack a character. Counted on characters alone. */
    private static long key(String text, @Nullable NationalLanguage locking, @Nullable NationalLanguage single) {
        int tables = (locking == null ? 0 : 1) + (single == null ? 0 : 1);
        List<Integer> costs = new ArrayList<>();
        for (char c : text.toCharArray()) {
            boolean main = GsmTable.main(locking).code(c) >= 0;
            if (!main && GsmTable.extension(single).code(c) < 0) {
                return Long.MAX_VALUE;
            }
            costs.add(main ? 1 : 2);
        }
        int units = costs.stream().mapToInt(Integer::intValue).sum();
        int alone = new int[] {160, 155, 152}[tables];
        int joined = new int[] {153, 149, 146}[tables];
        long segments = 1;
        if (units > alone) {
            int free = joined;
            for (int cost : costs) {
                if (cost > free) {
                    segments++;
                    free = joined;
                }
                free -= cost;
            }
        }
        return segments << 40 | (long) tables << 32 | units;
    }

    private static String wellFormed(String text) {
        return text.codePoints()
                .map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
