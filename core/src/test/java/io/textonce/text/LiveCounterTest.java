package io.textonce.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class LiveCounterTest {
    @Test
    void oneFreeSeptetDoesNotFitAEuro() {
        LiveCounter counter = LiveCounter.of(SegmentPolicy.GENERIC);
        counter.append("a".repeat(159));

        assertThat(counter.unitsLeft()).isOne();
        assertThat(counter.fits('a')).isTrue();
        assertThat(counter.fits('\u20AC')).isFalse();
        assertThat(counter.nextSegmentAt()).isEqualTo(161);
        counter.append("\u20AC");
        assertThat(counter.segments()).isEqualTo(2);
        assertThat(counter.capacity()).isEqualTo(153);
        assertThat(counter.unitsLeft()).isEqualTo(2 * 153 - 161);
    }

    @Test
    void oneOffenderFlipsTheEncodingAndDeletingItFlipsBack() {
        LiveCounter counter = LiveCounter.of(SegmentPolicy.TWILIO);
        counter.append("See you at 10:30");
        assertThat(counter.unitsLeft()).isEqualTo(144);
        counter.append("\u263A");
        assertThat(counter.encoding()).isEqualTo(Encoding.UCS_2);
        assertThat(counter.unitsLeft()).isEqualTo(53);
        counter.append("\uD83D\uDE00");
        assertThat(counter.offenders()).extracting(Offender::toString).containsExactly("U+263A at 16", "U+1F600 at 17");
        counter.deleteLast();
        counter.deleteLast();
        assertThat(counter.encoding()).isEqualTo(Encoding.GSM_7);
        assertThat(counter.unitsLeft()).isEqualTo(144);
        assertThat(counter.offenders()).isEmpty();
    }

    @Test
    void tellsWhatReplacingTheOffendersWouldSave() {
        LiveCounter counter = LiveCounter.of(SegmentPolicy.GENERIC);
        counter.append("It\u2019s " + "x".repeat(155));

        assertThat(counter.segments()).isEqualTo(3);
        assertThat(counter.segmentsSavedByReplacing()).isEqualTo(2);
        counter.replace(2, 3, "'");
        assertThat(counter.segments()).isOne();
        assertThat(counter.segmentsSavedByReplacing()).isZero();
    }

    @Test
    void deletingFromNothingIsHarmlessAndStretchesAreChecked() {
        LiveCounter counter = LiveCounter.of(SegmentPolicy.GENERIC);
        counter.deleteLast();

        assertThat(counter.segments()).isOne();
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> counter.replace(0, 1, ""));
    }

    @Test
    void reservedUnitsAreHeldBack() {
        LiveCounter counter = LiveCounter.of(SegmentPolicy.GENERIC.withReservedUnits(4));
        counter.append("a".repeat(156));
        assertThat(counter.unitsLeft()).isZero();
        counter.append("a");
        assertThat(counter.segments()).isEqualTo(2);
    }

    @Test
    void toStringShowsNoText() {
        LiveCounter counter = LiveCounter.of(SegmentPolicy.GENERIC);
        counter.append("secret");
        assertThat(counter.toString()).doesNotContain("secret");
        assertThat(Segmenter.of(SegmentPolicy.GENERIC).segment("secret").toString())
                .doesNotContain("secret");
    }
}
