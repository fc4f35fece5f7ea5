package io.textonce.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts of 64 Ki units that make naive loops quadratic: each took 4 to 15 s of processor time once. They take 5 to 50 ms
 * now; the limit leaves room for a slow machine and none for a quadratic loop.
 */
class LongTextTest {

    private static final int UNITS = 1 << 16;
    private static final long MOST_MILLIS = 1_000;

    @ParameterizedTest
    @ValueSource(
            strings = {"a-", "\u00e9-", "a.", "e\u0302", "a.\u2019", "a/", "[a", "\u0315\u0301", "http://\u0315\u0301"})
    void rewritesALongTextInLinearTime(String unit) {
        String text = unit.repeat(UNITS / unit.length());
        Segmenter segmenter = Segmenter.of(SegmentPolicy.TWILIO);
        assertThat(leastMillis(() -> SmartEncoding.LOSSY.apply(text, segmenter)))
                .isLessThan(MOST_MILLIS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0301", "http://a\u0301"})
    void rewritesALongRunOfMarksOutOfOrderInLinearTime(String start) {
        String text = start + "\u0315".repeat(UNITS / 2) + "\u0301".repeat(UNITS / 2);
        Segmenter segmenter = Segmenter.of(SegmentPolicy.TWILIO);
        assertThat(leastMillis(() -> SmartEncoding.LOSSY.apply(text, segmenter)))
                .isLessThan(MOST_MILLIS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d\ude00", "\ud83c\udde6", "\ud83d\udc69\u200d", "\ud83d", "\u0301", "\u0416"})
    void countsALongTextLiveInLinearTimeUnderBothPolicies(String unit) {
        String text = unit.repeat(UNITS / unit.length());
        for (SegmentPolicy policy : new SegmentPolicy[] {SegmentPolicy.GENERIC, SegmentPolicy.TWILIO}) {
            LiveCounter[] counter = new LiveCounter[1];
            assertThat(leastMillis(() -> {
                        counter[0] = LiveCounter.of(policy);
                        counter[0].append(text);
                    }))
                    .as("%s", policy)
                    .isLessThan(MOST_MILLIS);
            assertThat(counter[0].segments()).isEqualTo(Segmenter.of(policy).count(text));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d\ude00", "\ud83d", "\u0416"})
    void typesALongTextUnitByUnitInLinearTime(String unit) {
        String text = unit.repeat(UNITS / unit.length());
        assertThat(leastMillis(() -> {
                    LiveCounter counter = LiveCounter.of(SegmentPolicy.GENERIC);
                    text.chars().forEach(c -> counter.append(Character.toString(c)));
                }))
                .isLessThan(MOST_MILLIS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\r\n", "a.", "\u00e9-"})
    void looksAtNoTableThatCannotWin(String unit) {
        String text = unit.repeat(UNITS / unit.length());
        Segmenter segmenter =
                Segmenter.of(SegmentPolicy.GENERIC.withNationalLanguages(EnumSet.allOf(NationalLanguage.class)));
        Segmenter plain = Segmenter.of(SegmentPolicy.GENERIC);
        assertThat(segmenter.count(text)).isEqualTo(plain.count(text));
        assertThat(leastMillis(() -> segmenter.count(text))).isLessThan(20 + 20 * leastMillis(() -> plain.count(text)));
    }

    private static long leastMillis(Runnable work) {
        return IntStream.range(0, 3)
                        .mapToLong(i -> {
                            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                            work.run();
                            return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
                        })
                        .min()
                        .orElseThrow()
                / 1_000_000;
    }
}
