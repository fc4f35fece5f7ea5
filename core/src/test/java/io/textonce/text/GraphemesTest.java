package io.textonce.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GraphemesTest {
    /**
     * Where the runtime's expression and the annex agree, on Java 17 and 25. Left out are CR LF and Indic conjuncts (our
     * exceptions), and prepended signs, spacing marks and two joiners in a row beside pictographs, for which the
     * expression does not apply rule GB11 as written.
     */
    private static final String[] SAFE = {
        "a",
        "\n",
        "\u0301",
        "\u200D\uD83D\uDC68",
        "\u1100",
        "\u1161",
        "\u11A8",
        "\uAC00",
        "\uAC01",
        "\uFE0F",
        "\uD83D\uDE00",
        "\uD83D\uDC68",
        "\u2764",
        "\uD83C\uDDE6",
        "\uD83C\uDDFA",
        "\uD83C\uDFFB",
        "\u00A9",
        "\u4E88",
        "\u00AD",
        "\u20E3",
    };

    @Test
    void equalsTheRegularExpressionOfTheRuntimeWhereThatIsStable() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Pattern cluster = Pattern.compile("\\X");
        for (int round = 0; round < 5000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(SAFE[random.nextInt(SAFE.length)]);
            }
            List<String> expected =
                    cluster.matcher(text).results().map(MatchResult::group).toList();
            assertThat(clusters(text.toString())).as(codes(text)).isEqualTo(expected);
        }
    }

    @Test
    void startFindsTheClusterThatHoldsAnIndex() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            String text = Texts.next(random);
            int start = 0;
            for (String cluster : clusters(text)) {
                for (int i = start; i < start + cluster.length(); i++) {
                    assertThat(Graphemes.start(text, 0, i)).isEqualTo(start);
                }
                start += cluster.length();
            }
        }
    }

    @Test
    void twoExceptionsFollowTwiliosCalculator() {
        assertThat(clusters("\r\n")).containsExactly("\r", "\n");
        assertThat(clusters("\u0915\u094D\u0937\u093F")).containsExactly("\u0915\u094D", "\u0937\u093F");
    }

    @Test
    void aPrependedSignJoinsWhateverFollows() {
        assertThat(clusters("\u0600\u2764\u200D\uD83D\uDC68a")).containsExactly("\u0600\u2764\u200D\uD83D\uDC68", "a");
        assertThat(clusters("\u0600\u0600a\u0600\n")).containsExactly("\u0600\u0600a", "\u0600", "\n");
    }

    @Test
    void aSpacingMarkJoinsButEndsWhatAJoinerBinds() {
        assertThat(clusters("\u2764\u0E33\u200D\uD83D\uDC68")).containsExactly("\u2764\u0E33\u200D", "\uD83D\uDC68");
        assertThat(clusters("\u2764\u0301\u200D\uD83D\uDC68")).hasSize(1);
        assertThat(clusters("\u0B95\u0BBFa")).containsExactly("\u0B95\u0BBF", "a");
    }

    @Test
    void loneSurrogatesStandAlone() {
        assertThat(clusters("\uD83Da\uDE00\u0301")).containsExactly("\uD83D", "a", "\uDE00", "\u0301");
    }

    private static List<String> clusters(String text) {
        List<String> clusters = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = Graphemes.end(text, start);
            clusters.add(text.substring(start, end));
            start = end;
        }
        return clusters;
    }

    private static String codes(CharSequence text) {
        return text.codePoints().mapToObj(Integer::toHexString).toList().toString();
    }
}
