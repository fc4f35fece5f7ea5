package io.textonce.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UserDataTest {
    @Test
    void packsTheTextbookExample() {
        byte[] octets = SeptetPacking.pack(GsmAlphabet.DEFAULT.encode("hellohello"), 0);

        assertThat(HexFormat.of().formatHex(octets)).isEqualTo("e8329bfd4697d9ec37");
    }

    @Test
    void packingEqualsArithmeticOnOneBigNumber() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            byte[] septets = new byte[random.nextInt(200)];
            BigInteger number = BigInteger.ZERO;
            int fillBits = random.nextInt(7);
            for (int i = 0; i < septets.length; i++) {
                septets[i] = (byte) random.nextInt(128);
                number = number.or(BigInteger.valueOf(septets[i]).shiftLeft(fillBits + 7 * i));
            }
            byte[] packed = SeptetPacking.pack(septets, fillBits);

            assertThat(packed).hasSize((fillBits + 7 * septets.length + 7) / 8);
            for (int i = 0; i < packed.length; i++) {
                assertThat(packed[i]).isEqualTo(number.shiftRight(8 * i).byteValue());
            }
            assertThat(SeptetPacking.unpack(packed, fillBits, septets.length)).isEqualTo(septets);
        }
    }

    @Test
    void sevenSpareBitsAreNoAtSignBecauseTheCountTravels() {
        byte[] octets = SeptetPacking.pack(GsmAlphabet.DEFAULT.encode("abcdefg"), 0);

        assertThat(octets).hasSize(7);
        assertThat(SeptetPacking.unpack(octets, 0, 8)).endsWith(0);
        UserData data = Segmenter.of(SegmentPolicy.GENERIC).segment("abcdefg").userData(0, 0);
        assertThat(data.length()).isEqualTo(7);
        assertThat(data.text()).isEqualTo("abcdefg");
    }

    @Test
    void headersAreThoseOfTheStandard() {
        Segmentation cut = Segmenter.of(SegmentPolicy.GENERIC).segment("a".repeat(161));
        assertThat(HexFormat.of().formatHex(cut.userData(1, 0xCC).octets())).startsWith("050003cc0202");
        assertThat(cut.userData(1, 0xCC).length()).isEqualTo(7 + 8);

        Segmentation wide = Segmenter.of(SegmentPolicy.TWILIO_TOLL_FREE).segment("\u0416".repeat(71));
        assertThat(HexFormat.of().formatHex(wide.userData(1, 0xABCD).octets()))
                .isEqualTo("060804abcd0202" + "0416".repeat(5));

        SegmentPolicy turkish = SegmentPolicy.GENERIC.withNationalLanguages(java.util.Set.of(NationalLanguage.TURKISH));
        Segmentation shifted = Segmenter.of(turkish).segment("\u015F");
        // One table in the header either way; the locking shift needs one septet, the single shift two.
        assertThat(shifted.lockingShift()).contains(NationalLanguage.TURKISH);
        assertThat(HexFormat.of().formatHex(shifted.userData(0, 0).octets())).startsWith("03250101");
        assertThat(shifted.userData(0, 0).text()).isEqualTo("\u015F");
    }

    @Test
    void aSingleSegmentHasNoHeader() {
        UserData data =
                Segmenter.of(SegmentPolicy.GENERIC).segment("a".repeat(160)).userData(0, 9);

        assertThat(data.hasHeader()).isFalse();
        assertThat(data.octets()).hasSize(140);
        assertThat(data.length()).isEqualTo(160);
    }

    @Test
    void aTextThatIsTooLongIsRefusedNotChopped() {
        Segmentation cut = Segmenter.of(SegmentPolicy.GENERIC).segment("a".repeat(255 * 153 + 1));

        assertThat(cut.count()).isEqualTo(256);
        assertThat(cut.explanation()).isEqualTo("256 segments, the limit is 255.");
        assertThat(cut.exceeded()).containsExactly(Segmentation.Limit.SEGMENTS);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> cut.userData(0, 0))
                .withMessageContaining("256 segments, the limit is 255.");
    }

    @Test
    void aLoneSurrogateIsSentAsReplacementCharacter() {
        Segmentation cut = Segmenter.of(SegmentPolicy.GENERIC).segment("a\uD83Db");

        assertThat(cut.units()).isEqualTo(3);
        assertThat(cut.userData(0, 0).text()).isEqualTo("a\uFFFDb");
        assertThat(cut.offenders()).hasSize(1);
        assertThat(cut.offenders().get(0).index()).isEqualTo(1);
        assertThat(cut.offenders().get(0).suggestion()).contains("\uFFFD");
    }

    @Test
    void anEmptyTextIsOneEmptySegment() {
        Segmentation cut = Segmenter.of(SegmentPolicy.GENERIC).segment("");

        assertThat(cut.count()).isOne();
        assertThat(cut.units()).isZero();
        assertThat(cut.userData(0, 0).octets()).isEmpty();
        assertThat(cut.userData(0, 0).text()).isEmpty();
    }

    @Test
    void unknownHeaderElementsAreSkippedAndBrokenOnesRefused() {
        byte[] unknown = HexFormat.of().parseHex("047f02010200410042");
        assertThat(UserData.of(Encoding.UCS_2, true, 9, unknown).text()).isEqualTo("AB");

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        UserData.of(Encoding.UCS_2, true, 3, HexFormat.of().parseHex("0400ff")));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        UserData.of(Encoding.UCS_2, true, 5, HexFormat.of().parseHex("0400ff0102")));
        assertThatIllegalArgumentException().isThrownBy(() -> UserData.of(Encoding.GSM_7, false, 9, new byte[7]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UserData.of(Encoding.GSM_7, true, 2, new byte[] {5, 0, 3, 1, 2, 1}));
        assertThatIllegalArgumentException().isThrownBy(() -> UserData.of(Encoding.GSM_7, true, 0, new byte[0]));
    }

    @Test
    void randomOctetsNeverBreakTheReader() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int read = 0;
        for (int round = 0; round < 20000; round++) {
            byte[] octets = new byte[random.nextInt(20)];
            random.nextBytes(octets);
            if (octets.length > 1) {
                octets[0] = (byte) random.nextInt(octets.length);
            }
            try {
                UserData data = UserData.of(
                        random.nextBoolean() ? Encoding.GSM_7 : Encoding.UCS_2,
                        random.nextBoolean(),
                        random.nextInt(24),
                        octets);
                assertThat(data.text()).isNotNull();
                read++;
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageNotContainingAny("null");
            }
        }
        assertThat(read).isGreaterThan(1000);
    }

    @Test
    void referencesAndSeptetsOutOfRangeAreRefused() {
        Segmentation cut = Segmenter.of(SegmentPolicy.GENERIC).segment("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cut.userData(0, 256))
                .withMessage("reference is 256; allowed is 0 to 255.");
        assertThatIllegalArgumentException().isThrownBy(() -> SeptetPacking.pack(new byte[] {-1}, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> SeptetPacking.pack(new byte[0], 7));
        assertThatIllegalArgumentException().isThrownBy(() -> SeptetPacking.unpack(new byte[1], 2, 1));
    }
}
