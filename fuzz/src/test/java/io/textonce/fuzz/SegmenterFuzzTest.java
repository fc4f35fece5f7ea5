package io.textonce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.textonce.text.Encoding;
import io.textonce.text.LiveCounter;
import io.textonce.text.SegmentPolicy;
import io.textonce.text.Segmentation;
import io.textonce.text.Segmenter;
import io.textonce.text.SmartEncoding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SegmenterFuzzTest {

    private static final List<SegmentPolicy> POLICIES =
            List.of(SegmentPolicy.GENERIC, SegmentPolicy.TWILIO, SegmentPolicy.SNS, SegmentPolicy.SMS_BROADCAST);

    @FuzzTest
    void countsAnyTextAlikeInEveryWay(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_16BE);
        for (SegmentPolicy policy : POLICIES) {
            Segmenter segmenter = Segmenter.of(policy);
            Bounded.run(() -> {
                long measured = segmenter.measure(text);
                Segmentation segmentation = segmenter.segment(text);
                assertThat(segmentation.encoding()).isEqualTo(Segmenter.encoding(measured));
                assertThat(segmenter.count(text)).isEqualTo(Segmenter.segments(measured));
                assertThat(segmenter.newCounter().count(text)).isEqualTo(Segmenter.segments(measured));
            });
            LiveCounter live = LiveCounter.of(policy);
            Bounded.run(() -> {
                live.replace(0, live.text().length(), "");
                live.append(text);
                assertThat(live.segments()).isEqualTo(segmenter.count(text));
            });
        }
    }

    /** Whatever smart encoding does, it never costs a segment more. */
    @FuzzTest
    void smartEncodingNeverMakesAnyTextLonger(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        Segmenter segmenter = Segmenter.of(SegmentPolicy.GENERIC);
        for (SmartEncoding smart : List.of(SmartEncoding.TYPOGRAPHIC, SmartEncoding.LOSSY)) {
            Bounded.run(() -> {
                SmartEncoding.Report report = smart.apply(text, segmenter);
                assertThat(segmenter.count(report.text())).isLessThanOrEqualTo(segmenter.count(text));
                if (report.adopted()) {
                    assertThat(Segmenter.encoding(segmenter.measure(report.text())))
                            .isEqualTo(Encoding.GSM_7);
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource("io.textonce.fuzz.Nasty#inputs")
    void staysBoundedOnWhatParsersDislike(byte[] input) {
        countsAnyTextAlikeInEveryWay(input);
        smartEncodingNeverMakesAnyTextLonger(input);
    }
}
