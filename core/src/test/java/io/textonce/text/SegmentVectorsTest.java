package io.textonce.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SegmentVectorsTest {
    private static final JsonNode CASES = Vectors.read("segments.json").get("cases");

    /** One cluster larger than a segment: the calculator answers a segment of 162 and of 402 octets. */
    private static final Set<String> IMPOSSIBLE = Set.of("d0227", "d0228");

    /** 256 segments: one more than concatenation can number. */
    private static final Set<String> TOO_MANY = Set.of("d0529", "d0532");

    @Test
    void theFileHasAllItsCases() {
        assertThat(CASES).hasSize(533);
        assertThat(ids().filter(id -> IMPOSSIBLE.contains(id) || TOO_MANY.contains(id)))
                .hasSize(4);
    }

    @ParameterizedTest
    @MethodSource("ids")
    void scalarPolicyGivesTheReferenceAnswer(String id) {
        JsonNode segmentCase = find(id);
        JsonNode expected = segmentCase.get("scalarSafe");

        Segmentation actual = Segmenter.of(SegmentPolicy.GENERIC).segment(Vectors.text(segmentCase));

        assertThat(actual.encoding().label()).isEqualTo(expected.get("encoding").textValue());
        assertThat(actual.count()).isEqualTo(expected.get("segments").intValue());
        assertThat(actual.units()).isEqualTo(expected.get("units").longValue());
        if (expected.has("perSegment")) {
            assertThat(fills(actual)).isEqualTo(ints(expected.get("perSegment")));
        }
        assertThat(actual.tooLong()).isEqualTo(TOO_MANY.contains(id));
    }

    @ParameterizedTest
    @MethodSource("ids")
    void graphemePolicyGivesTwiliosAnswer(String id) {
        JsonNode segmentCase = find(id);
        if (IMPOSSIBLE.contains(id)) {
            assertThat(segmentCase.has("twilioDefect")).isTrue();
            return;
        }
        JsonNode expected = segmentCase.get("twilio");
        boolean gsm = expected.get("encoding").textValue().equals("GSM-7");
        int bits = gsm ? 7 : 16;
        // The character limit of the preset is beside the point here.
        SegmentPolicy policy = SegmentPolicy.TWILIO.withMaxCharacters(Integer.MAX_VALUE);

        Segmentation actual = Segmenter.of(policy).segment(Vectors.text(segmentCase));

        assertThat(actual.encoding().label()).isEqualTo(expected.get("encoding").textValue());
        assertThat(actual.count()).isEqualTo(expected.get("segments").intValue());
        assertThat(actual.units() * bits).isEqualTo(expected.get("messageBits").longValue());
        if (expected.has("segmentBits")) {
            assertThat(fills(actual).stream().map(units -> units * bits).toList())
                    .isEqualTo(ints(expected.get("segmentBits")));
        }
        assertThat(actual.tooLong()).isEqualTo(TOO_MANY.contains(id));
    }

    @ParameterizedTest
    @MethodSource("ids")
    void everyWayOfCountingAgrees(String id) {
        String text = Vectors.text(find(id));
        for (SegmentPolicy policy : List.of(SegmentPolicy.GENERIC, SegmentPolicy.TWILIO)) {
            Segmenter segmenter = Segmenter.of(policy);
            Segmentation split = segmenter.segment(text);
            long measured = segmenter.measure(text);
            SegmentCounter counter = segmenter.newCounter();

            assertThat(counter.count(text)).isEqualTo(split.count());
            assertThat(segmenter.count(text)).isEqualTo(split.count());
            assertThat(Segmenter.encoding(measured)).isEqualTo(split.encoding()).isEqualTo(counter.encoding());
            assertThat(Segmenter.units(measured)).isEqualTo(split.units()).isEqualTo(counter.units());
            assertThat(Segmenter.tooLong(measured)).isEqualTo(split.tooLong()).isEqualTo(counter.tooLong());
        }
    }

    static Stream<String> ids() {
        return StreamSupport.stream(CASES.spliterator(), false)
                .map(segmentCase -> segmentCase.get("id").textValue());
    }

    private static JsonNode find(String id) {
        return StreamSupport.stream(CASES.spliterator(), false)
                .filter(segmentCase -> segmentCase.get("id").textValue().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<Integer> fills(Segmentation segmentation) {
        return segmentation.segments().stream().map(Segmentation.Segment::units).toList();
    }

    private static List<Integer> ints(JsonNode array) {
        List<Integer> ints = new ArrayList<>();
        array.forEach(node -> ints.add(node.intValue()));
        return ints;
    }
}
