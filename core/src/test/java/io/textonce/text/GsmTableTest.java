package io.textonce.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GsmTableTest {
    private static final JsonNode DATA = Vectors.read("gsm_tables.json");

    @ParameterizedTest
    @MethodSource("languages")
    void everyCellIsThatOfTheStandard(String name) {
        JsonNode data = data(name);
        NationalLanguage language = language(name);
        assertCells(GsmTable.extension(language), data.get("single"));
        if (data.get("locking").isNull()) {
            assertThat(language).isNotNull();
            assertThat(language.hasLockingShift()).isFalse();
            assertThat(GsmTable.main(language)).isSameAs(GsmTable.main(null));
        } else {
            assertCells(GsmTable.main(language), data.get("locking"));
        }
        if (language != null) {
            assertThat(language.id()).isEqualTo(data.get("id").intValue());
        }
    }

    private static void assertCells(GsmTable table, JsonNode cells) {
        assertThat(cells).hasSize(128);
        for (int code = 0; code < 128; code++) {
            JsonNode cell = cells.get(code);
            if (code == GsmTable.ESCAPE) {
                assertThat(table.code('\u001B')).isEqualTo(-1);
                assertThat(cell.isNull() || cell.textValue().equals("ESC")).isTrue();
            } else if (cell.isNull()) {
                assertThat(table.character(code)).isEqualTo(GsmTable.EMPTY);
            } else {
                char c = character(cell);
                assertThat(table.character(code)).as("0x%02X", code).isEqualTo(c);
                int lowest = IntStream.range(0, 128)
                        .filter(other -> !cells.get(other).isNull() && character(cells.get(other)) == c)
                        .findFirst()
                        .orElseThrow();
                assertThat(table.code(c)).as("0x%02X", code).isEqualTo(lowest);
            }
        }
        long expected = StreamSupport.stream(cells.spliterator(), false)
                .filter(cell -> !cell.isNull() && !cell.textValue().equals("ESC"))
                .map(GsmTableTest::character)
                .distinct()
                .count();
        assertThat(IntStream.rangeClosed(0, 0xFFFF).filter(c -> table.code((char) c) >= 0))
                .hasSize((int) expected);
    }

    @Test
    void duplicateCellsEncodeToTheLowerCodeAndDecodeBoth() {
        JsonNode duplicates = DATA.get("duplicateCells");
        assertThat(duplicates).hasSize(20);
        for (JsonNode duplicate : duplicates) {
            NationalLanguage language = language(duplicate.get("language").textValue());
            char c = character(duplicate.get("char"));
            int lower = Integer.decode(duplicate.get("codes").get(0).textValue());
            int upper = Integer.decode(duplicate.get("codes").get(1).textValue());
            GsmAlphabet alphabet = GsmAlphabet.of(null, language);

            assertThat(lower).isLessThan(upper);
            assertThat(GsmTable.extension(language).code(c)).isEqualTo(lower);
            assertThat(alphabet.decode(new byte[] {0x1B, (byte) lower, 0x1B, (byte) upper}))
                    .isEqualTo("" + c + c);
        }
    }

    @Test
    void decidedCellsAreTheChosenOnes() {
        JsonNode disagreements = DATA.get("agreement").get("disagreements");
        assertThat(disagreements).hasSize(24);
        for (JsonNode cell : disagreements) {
            NationalLanguage language = language(cell.get("language").textValue());
            GsmTable table = cell.get("table").textValue().equals("lock")
                    ? GsmTable.main(language)
                    : GsmTable.extension(language);
            JsonNode chosen = cell.get("chosen");
            char expected = chosen.isNull() ? GsmTable.EMPTY : character(chosen);
            assertThat(table.character(Integer.decode(cell.get("code").textValue())))
                    .as(cell.toString())
                    .isEqualTo(expected);
        }
    }

    @Test
    void theDefaultAlphabetWithItsExtensionSaysAHundredAndThirtySevenCharacters() {
        assertThat(IntStream.rangeClosed(0, 0xFFFF).filter(c -> GsmAlphabet.DEFAULT.septets((char) c) > 0))
                .hasSize(137);
        assertThat(IntStream.rangeClosed(0, 0xFFFF).filter(c -> GsmAlphabet.DEFAULT.septets((char) c) == 2))
                .hasSize(10);
    }

    @Test
    void looksDoNotMakeACharacterGsm() {
        for (char c : "\u00E7`\u00A0\u2126\u2206\u212B\u0391\u0395\u001B\u0000\u0009".toCharArray()) {
            assertThat(GsmAlphabet.DEFAULT.septets(c)).as("U+%04X", (int) c).isZero();
        }
        assertThat(GsmAlphabet.DEFAULT.septets('\u00C7')).isEqualTo(1);
        assertThat(GsmAlphabet.DEFAULT.septets('\f')).isEqualTo(2);
    }

    @Test
    void everyCapacityIsThatOfTheTable() {
        JsonNode capacities = DATA.get("capacities");
        assertThat(capacities).hasSize(9);
        for (JsonNode row : capacities) {
            SegmentPolicy policy = SegmentPolicy.GENERIC.withHeader(
                    SegmentPolicy.Header.valueOf(row.get("concat").textValue().toUpperCase(Locale.ROOT)));
            boolean alone = policy.header() == SegmentPolicy.Header.NONE;
            GsmAlphabet alphabet = switch (row.get("nationalIEs").textValue()) {
                case "none" -> GsmAlphabet.DEFAULT;
                case "one" -> GsmAlphabet.of(null, NationalLanguage.TURKISH);
                default -> GsmAlphabet.of(NationalLanguage.TURKISH, NationalLanguage.SPANISH);
            };
            Layout gsm = new Layout(policy, alphabet);
            assertThat(gsm.joined).isEqualTo(row.get("septets").intValue());
            if (alone) {
                assertThat(gsm.alone).isEqualTo(row.get("septets").intValue());
            }
            UserData written = UserData.write(
                    "a".repeat(gsm.joined),
                    alphabet,
                    policy.header(),
                    alone ? null : new UserData.Concatenation(1, 2, 1));
            int header = written.hasHeader() ? written.octets()[0] + 1 : 0;
            assertThat(header).isEqualTo(row.get("udhOctetsInclLength").intValue());
            assertThat(written.length() - gsm.joined)
                    .isEqualTo(row.get("headerSeptets").intValue());
            assertThat(written.octets()).hasSizeLessThanOrEqualTo(140);
            int fillBits = (row.get("headerSeptets").intValue() * 7) - header * 8;
            assertThat(fillBits).isEqualTo(row.get("fillBits").intValue());
            if (alphabet == GsmAlphabet.DEFAULT) {
                assertThat(new Layout(policy, null).joined)
                        .isEqualTo(row.get("ucs2Units").intValue());
            }
        }
    }

    @Test
    void anEscapeBeforeAnEmptyCellShowsTheMainCharacterAndTwoEscapesASpace() {
        assertThat(GsmAlphabet.DEFAULT.decode(new byte[] {0x1B, 'A'})).isEqualTo("A");
        assertThat(GsmAlphabet.DEFAULT.decode(new byte[] {0x1B, 0x65})).isEqualTo("\u20AC");
        assertThat(GsmAlphabet.DEFAULT.decode(new byte[] {0x1B, 0x1B})).isEqualTo(" ");
        assertThat(GsmAlphabet.DEFAULT.decode(new byte[] {'a', 0x1B})).isEqualTo("a ");
        assertThat(GsmAlphabet.of(NationalLanguage.TAMIL, null).decode(new byte[] {0x00}))
                .isEqualTo("\uFFFD");
    }

    @Test
    void theNamedLanguagesAreThoseOfTheData() {
        assertThat(languages().skip(1).map(GsmTableTest::language)).containsExactly(NationalLanguage.values());
        assertThat(Set.of(NationalLanguage.values())).hasSize(13);
    }

    static Stream<String> languages() {
        return StreamSupport.stream(DATA.get("languages").spliterator(), false)
                .map(language -> language.get("name").textValue());
    }

    private static JsonNode data(String name) {
        return StreamSupport.stream(DATA.get("languages").spliterator(), false)
                .filter(language -> language.get("name").textValue().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static @Nullable NationalLanguage language(String name) {
        return name.equals("default") ? null : NationalLanguage.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static char character(JsonNode cell) {
        return cell.textValue().equals("ESC")
                ? '\u001B'
                : (char) Integer.parseInt(cell.textValue().substring(2), 16);
    }
}
