package io.textonce.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.textonce.text.SmartEncoding.Decision;
import io.textonce.text.SmartEncoding.Level;
import io.textonce.text.SmartEncoding.Report;
import io.textonce.text.SmartEncoding.Span;
import io.textonce.text.SmartEncoding.Substitution;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SmartEncodingTest {
    private static final Segmenter SEGMENTER = Segmenter.of(SegmentPolicy.GENERIC);
    private static final String LONG = "x".repeat(100);

    @Test
    void offChangesNothing() {
        Report report = SmartEncoding.NONE.apply(LONG + "\u2019", SEGMENTER);

        assertThat(report.decision()).isEqualTo(Decision.OFF);
        assertThat(report.text()).isSameAs(report.original());
        assertThat(report.substitutions()).isEmpty();
    }

    @Test
    void adoptsWhenTheWholeTextBecomesGsmAndSegmentsFall() {
        Report report = SmartEncoding.TYPOGRAPHIC.apply("It\u2019s\u00A0" + LONG + "\u2026", SEGMENTER);

        assertThat(report.decision()).isEqualTo(Decision.ADOPTED);
        assertThat(report.text()).isEqualTo("It's " + LONG + "...");
        assertThat(report.before().count()).isEqualTo(2);
        assertThat(report.after().count()).isOne();
        assertThat(report.substitutions())
                .containsExactly(
                        new Substitution(2, 1, 0x2019, "'", Level.TYPOGRAPHIC),
                        new Substitution(4, 1, 0xA0, " ", Level.TYPOGRAPHIC),
                        new Substitution(105, 1, 0x2026, "...", Level.TYPOGRAPHIC));
    }

    @Test
    void oneCharacterThatStaysLeavesTheTextUntouched() {
        String text = "\u2026".repeat(60) + "\u4E88";

        Report report = SmartEncoding.LOSSY.apply(text, SEGMENTER);

        assertThat(report.decision()).isEqualTo(Decision.STILL_UCS_2);
        assertThat(report.text()).isSameAs(text);
        assertThat(report.substitutions()).hasSize(60);
    }

    @Test
    void noSegmentSavedMeansNoChangeUnlessAskedFor() {
        Report kept = SmartEncoding.TYPOGRAPHIC.apply("It\u2019s", SEGMENTER);
        Report smaller = SmartEncoding.TYPOGRAPHIC.alsoWhenSmaller().apply("It\u2019s", SEGMENTER);

        assertThat(kept.decision()).isEqualTo(Decision.NO_SAVING);
        assertThat(kept.text()).isEqualTo("It\u2019s");
        assertThat(smaller.text()).isEqualTo("It's");
    }

    @Test
    void aCombiningMarkIsComposedAndNeverBecomesACharacterOfItsOwn() {
        Report report = SmartEncoding.CANONICAL.apply("man\u0303ana" + LONG, SEGMENTER);
        assertThat(report.text()).isEqualTo("ma\u00F1ana" + LONG);
        assertThat(report.substitutions()).containsExactly(new Substitution(2, 2, 'n', "\u00F1", Level.CANONICAL));

        assertThat(SmartEncoding.TYPOGRAPHIC.apply("x\u0302" + LONG, SEGMENTER).decision())
                .isEqualTo(Decision.STILL_UCS_2);
        assertThat(SmartEncoding.LOSSY.apply("x\u0302" + LONG, SEGMENTER).text())
                .isEqualTo("x" + LONG);
        for (int mark = 0x300; mark <= 0x36F; mark++) {
            String suggestion = Replacements.lossy(mark);
            assertThat(Replacements.typographic(mark)).isNull();
            assertThat(suggestion).isEmpty();
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SmartEncoding.LOSSY.replacing(0x303, "~", Level.LOSSY))
                .withMessageContaining("U+0303 is a combining mark");
    }

    @Test
    void accentsGoOnlyWhenLossIsAllowed() {
        String text = "gar\u00E7on \u015Feker " + LONG;

        assertThat(SmartEncoding.TYPOGRAPHIC.apply(text, SEGMENTER).decision()).isEqualTo(Decision.STILL_UCS_2);
        Report report = SmartEncoding.LOSSY.apply(text, SEGMENTER);
        assertThat(report.text()).isEqualTo("garcon seker " + LONG);
        assertThat(report.substitutions()).extracting(Substitution::level).containsOnly(Level.LOSSY);
    }

    @Test
    void allowedNationalTablesAreUsedBeforeLettersAreLost() {
        Segmenter turkish = Segmenter.of(SegmentPolicy.GENERIC.withNationalLanguages(Set.of(NationalLanguage.TURKISH)));

        Report report = SmartEncoding.LOSSY.apply("\u015Feker\u2019" + LONG, turkish);

        assertThat(report.text()).isEqualTo("\u015Feker'" + LONG);
    }

    @Test
    void webAddressesAreReportedAndLeftAlone() {
        String address = "https://example.com/caf\u00E9\u2013x";
        String text = "See \u201C" + address + "\u201D " + LONG;

        Report report = SmartEncoding.TYPOGRAPHIC.apply(text, SEGMENTER);

        assertThat(report.decision()).isEqualTo(Decision.STILL_UCS_2);
        assertThat(report.text()).isSameAs(text);
        assertThat(report.untouchedAddresses()).containsExactly(new Span(5, 5 + address.length()));
        assertThat(report.substitutions()).extracting(Substitution::index).containsExactly(4, 5 + address.length());
        for (String other : new String[] {"www.example.com/\u2013", "example.com/\u2013"}) {
            assertThat(SmartEncoding.LOSSY
                            .apply("to " + other + " now", SEGMENTER)
                            .untouchedAddresses())
                    .as(other)
                    .hasSize(1);
        }
        assertThat(SmartEncoding.LOSSY
                        .apply("and/or \u2013 e.g. 1/2\u2013", SEGMENTER)
                        .untouchedAddresses())
                .isEmpty();
    }

    @Test
    void aCarriageReturnBeforeALineFeedIsOfferedAsReplacement() {
        String text = "a\r\n" + "x".repeat(158);

        Report report = SmartEncoding.TYPOGRAPHIC.apply(text, SEGMENTER);

        assertThat(report.before().count()).isEqualTo(2);
        assertThat(report.text()).isEqualTo("a\n" + "x".repeat(158));
        assertThat(report.substitutions()).containsExactly(new Substitution(1, 1, '\r', "", Level.TYPOGRAPHIC));
    }

    @Test
    void joinersStayWhereTheyMeanSomething() {
        assertThat(SmartEncoding.TYPOGRAPHIC.apply("a\u200Db" + LONG, SEGMENTER).text())
                .isEqualTo("ab" + LONG);
        assertThat(SmartEncoding.TYPOGRAPHIC
                        .apply("\uD83D\uDC68\u200D\uD83D\uDC67", SEGMENTER)
                        .substitutions())
                .isEmpty();
    }

    @Test
    void hostReplacementsWinAndAreChecked() {
        SmartEncoding own = SmartEncoding.TYPOGRAPHIC.replacing(0x20BA, "TRY", Level.TYPOGRAPHIC);

        assertThat(own.apply("5\u20BA" + LONG, SEGMENTER).text()).isEqualTo("5TRY" + LONG);
        assertThatIllegalArgumentException().isThrownBy(() -> own.replacing(0x20BB, "\u2019", Level.LOSSY));
        assertThatIllegalArgumentException().isThrownBy(() -> own.replacing('a', "b", Level.LOSSY));
        assertThatIllegalArgumentException().isThrownBy(() -> own.replacing(0x20BB, "b", Level.CANONICAL));
        assertThatIllegalArgumentException().isThrownBy(() -> own.replacing(-1, "b", Level.LOSSY));
    }

    @Test
    void everyBuiltInReplacementIsInTheDefaultAlphabetAndOfNothingThatIs() {
        int found = 0;
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            String same = Replacements.typographic(codePoint);
            String replacement = same != null ? same : Replacements.lossy(codePoint);
            boolean encodable = codePoint <= 0xFFFF && GsmAlphabet.DEFAULT.septets((char) codePoint) > 0;
            if (replacement == null || encodable) {
                continue;
            }
            found++;
            assertThat(GsmAlphabet.DEFAULT.septets(replacement))
                    .as("U+%04X", codePoint)
                    .isGreaterThanOrEqualTo(0);
            if (Replacements.isCombining(codePoint)) {
                assertThat(replacement).isEmpty();
            }
        }
        assertThat(found).isGreaterThan(500);
    }

    @Test
    void neverCostsASegmentAndExplainsItself() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 1000; round++) {
            String text = Texts.next(random);
            Report report = SmartEncoding.LOSSY.apply(text, SEGMENTER);
            assertThat(SEGMENTER.count(report.text())).isLessThanOrEqualTo(SEGMENTER.count(text));
            assertThat(report.adopted()).isEqualTo(!report.text().equals(text));
            if (report.adopted()) {
                assertThat(SEGMENTER.segment(report.text()).encoding()).isEqualTo(Encoding.GSM_7);
                StringBuilder rebuilt = new StringBuilder();
                int index = 0;
                for (Substitution substitution : report.substitutions()) {
                    rebuilt.append(text, index, substitution.index()).append(substitution.replacement());
                    index = substitution.index() + substitution.length();
                }
                assertThat(rebuilt.append(text.substring(index))).hasToString(report.text());
            }
        }
    }
}
