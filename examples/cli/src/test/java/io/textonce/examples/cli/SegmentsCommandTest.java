package io.textonce.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SegmentsCommandTest {

    /** 134 units of UCS-2: two segments, unless a cut within the astronaut isn't allowed. */
    private static final String ASTRONAUT_AT_THE_CUT =
            "a".repeat(65) + "\uD83D\uDC69\u200D\uD83D\uDE80" + "b".repeat(64);

    private static Ran segments(String input, String... more) {
        String[] args = new String[more.length + 2];
        args[0] = "segments";
        args[1] = "--json";
        System.arraycopy(more, 0, args, 2, more.length);
        return Ran.with(Map.of(), input, args);
    }

    @Test
    void answersEachLineWithALine() {
        Ran ran = segments("""
                {"text":"See you at 10:30"}
                {"id":7,"tags":["a",{"text":"no"}],"text":"\u20AC[]"}

                {"text":""}
                {"text":"\u011F\uD83D\uDE00"}
                """);
        assertThat(ran.out()).isEqualTo("""
                        {"encoding":"GSM-7","segments":1,"units":16,"tooLong":false,"offenders":[]}
                        {"encoding":"GSM-7","segments":1,"units":6,"tooLong":false,"offenders":[]}
                        {"encoding":"GSM-7","segments":1,"units":0,"tooLong":false,"offenders":[]}
                        {"encoding":"UCS-2","segments":1,"units":3,"tooLong":false,"offenders":[\
                        {"char":"\u011F","codePoint":"U+011F","index":0,"suggestion":"g"},\
                        {"char":"\uD83D\uDE00","codePoint":"U+1F600","index":1,"suggestion":null}]}
                        """);
        assertThat(ran.code()).isZero();
        assertThat(ran.errors()).isEmpty();
    }

    @Test
    void theLastLineNeedsNoLineFeed() {
        assertThat(segments("{\"text\":\"a\"}\n{\"text\":\"b\"}").objects()).hasSize(2);
    }

    @Test
    void aBadLineIsAnsweredInItsPlaceAndTheRestGoesOn() {
        Ran ran = segments("{\"text\":1}\n{\"text\":\n[1]\n{}\n{\"text\":\"a\"}{}\n{\"text\":\"a\"}\n");
        List<JsonNode> answers = ran.objects();
        assertThat(answers).hasSize(6);
        for (int line = 1; line <= 5; line++) {
            assertThat(answers.get(line - 1).get("error").asText()).startsWith("line " + line + ": ");
        }
        assertThat(answers.get(5).get("segments").asInt()).isOne();
        assertThat(ran.code()).isEqualTo(2);
    }

    @Test
    void aLineLongerThanAnyTextIsRefusedWithoutKeepingIt() {
        Ran ran = segments("{\"text\":\"" + "x".repeat(3_000_000) + "\"}\n{\"text\":\"a\"}\n");
        assertThat(ran.objects().get(0).get("error").asText()).contains("longer than");
        assertThat(ran.objects().get(1).get("units").asInt()).isOne();
        assertThat(ran.objects()).hasSize(2);
    }

    @Test
    void countsATextOfMoreThan255SegmentsAndSaysThatItIsTooLong() {
        JsonNode answer =
                segments("{\"text\":\"" + "x".repeat(153 * 255 + 1) + "\"}").object();
        assertThat(answer.get("segments").asInt()).isEqualTo(256);
        assertThat(answer.get("tooLong").asBoolean()).isTrue();
    }

    @Test
    void halfASurrogatePairIsNamedAndShownAsReplacement() {
        JsonNode offender =
                segments("{\"text\":\"\\ud83d\"}").object().get("offenders").get(0);
        assertThat(offender.get("codePoint").asText()).isEqualTo("U+D83D");
        assertThat(offender.get("char").asText()).isEqualTo("\uFFFD");
    }

    @Test
    void thePolicyDecidesWhatIsKeptWhole() {
        String line = "{\"text\":\"" + ASTRONAUT_AT_THE_CUT + "\"}";
        assertThat(segments(line).object().get("segments").asInt()).isEqualTo(2);
        assertThat(segments(line, "--policy", "scalar").object().get("segments").asInt())
                .isEqualTo(2);
        assertThat(segments(line, "--policy=twilio").object().get("segments").asInt())
                .isEqualTo(3);
    }

    @Test
    void refusesAnotherPolicy() {
        segments("", "--policy", "vodafone").isUsageError("--policy", "\"vodafone\"", "scalar", "twilio");
    }

    @Test
    void answersWhoeverWaitsForAnAnswerBeforeTheNextLine() {
        Deque<byte[]> lines = new ArrayDeque<>();
        for (int i = 0; i < 3; i++) {
            lines.add("{\"text\":\"a\"}\n".getBytes(UTF_8));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InputStream patient = new InputStream() {
            private int given;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                assertThat(out.toString(UTF_8).lines()).as("answers so far").hasSize(given);
                byte[] next = lines.poll();
                if (next == null) {
                    return -1;
                }
                given++;
                System.arraycopy(next, 0, into, offset, next.length);
                return next.length;
            }
        };
        int code = Main.run(
                new String[] {"segments", "--json"},
                new Shell(patient, out, new ByteArrayOutputStream(), Map.of(), false));
        assertThat(code).isZero();
        assertThat(lines).isEmpty();
    }

    @Test
    void readsLinesThatSpanBuffers() {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            input.append("{\"text\":\"").append("\u011F".repeat(i % 140)).append("\"}\n");
        }
        List<JsonNode> answers = segments(input.toString()).objects();
        assertThat(answers).hasSize(20_000);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).get("units").asInt()).isEqualTo(i % 140);
        }
    }

    @Test
    void showsPeopleWhatMakesATextDearer() {
        Ran ran = Ran.of("segments", "It\u2019s ready");
        assertThat(ran.out())
                .contains("encoding  UCS-2", "segments  1", "RIGHT SINGLE QUOTATION MARK", "at 2", "could be \"'\"");
        assertThat(Ran.with(Map.of(), "a\nb\n", "segments").out()).contains("units     3,");
    }
}
