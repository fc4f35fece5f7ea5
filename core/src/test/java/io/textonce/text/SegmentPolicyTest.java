package io.textonce.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;

class SegmentPolicyTest {
    @Test
    void presetsSayWhatProvidersDocument() {
        assertThat(Segmenter.of(SegmentPolicy.TWILIO_TOLL_FREE).count("a".repeat(305)))
                .isEqualTo(3);
        assertThat(Segmenter.of(SegmentPolicy.TWILIO).count("a".repeat(305))).isEqualTo(2);
        assertThat(Segmenter.of(SegmentPolicy.SNS).segment("a").isLowerBound()).isTrue();
        assertThat(Segmenter.of(SegmentPolicy.SMS_BROADCAST)
                        .segment("a".repeat(765))
                        .tooLong())
                .isFalse();
        assertThat(Segmenter.of(SegmentPolicy.SMS_BROADCAST)
                        .segment("a".repeat(766))
                        .explanation())
                .isEqualTo("6 segments, the limit is 5. 766 characters, the limit is 765.");
    }

    @Test
    void theCharacterLimitCountsCodePoints() {
        Segmenter segmenter = Segmenter.of(SegmentPolicy.GENERIC.withMaxCharacters(3));

        assertThat(segmenter.segment("\uD83D\uDE00".repeat(3)).tooLong()).isFalse();
        assertThat(segmenter.segment("aaaa").exceeded()).containsExactly(Segmentation.Limit.CHARACTERS);
        assertThat(Segmenter.tooLong(segmenter.measure("aaaa"))).isTrue();
    }

    @Test
    void reservedUnitsThatDoNotFitOpenAnEmptySegment() {
        Segmentation cut =
                Segmenter.of(SegmentPolicy.GENERIC.withReservedUnits(4)).segment("a".repeat(306));

        assertThat(cut.count()).isEqualTo(3);
        assertThat(cut.segments().get(2).text()).isEmpty();
        assertThat(cut.unitsLeft()).isEqualTo(149);
    }

    @Test
    void outOfRangeValuesNameOptionValueAndRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SegmentPolicy.GENERIC.withMaxSegments(256))
                .withMessage("maxSegments is 256; allowed is 1 to 255.");
        assertThatIllegalArgumentException().isThrownBy(() -> SegmentPolicy.GENERIC.withReservedUnits(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> SegmentPolicy.GENERIC.withMaxCharacters(0));
    }

    @Test
    void equalByValue() {
        SegmentPolicy one = SegmentPolicy.TWILIO.withNationalLanguages(Set.of(NationalLanguage.TURKISH));

        assertThat(one)
                .isEqualTo(SegmentPolicy.TWILIO.withNationalLanguages(Set.of(NationalLanguage.TURKISH)))
                .hasSameHashCodeAs(SegmentPolicy.TWILIO.withNationalLanguages(Set.of(NationalLanguage.TURKISH)))
                .isNotEqualTo(SegmentPolicy.TWILIO);
        assertThat(SegmentPolicy.TWILIO.withHeader(SegmentPolicy.Header.REF16))
                .isEqualTo(SegmentPolicy.TWILIO_TOLL_FREE);
    }

    @Test
    void offendersSayWhereAndWhatInstead() {
        Segmentation cut = Segmenter.of(SegmentPolicy.GENERIC).segment("\uD83D\uDE00 it\u2019s \u212B");

        assertThat(cut.offenders()).extracting(Offender::index).containsExactly(0, 5, 8);
        assertThat(cut.offenders()).extracting(Offender::position).containsExactly(0, 4, 7);
        assertThat(cut.offenders()).extracting(Offender::length).containsExactly(2, 1, 1);
        assertThat(cut.offenders().get(1).name()).isEqualTo("RIGHT SINGLE QUOTATION MARK");
        assertThat(cut.offenders().get(0).suggestion()).isEmpty();
        assertThat(cut.offenders().get(1).suggestion()).contains("'");
        assertThat(cut.offenders().get(2).suggestion()).contains("\u00C5");
    }
}
