package io.textonce.phone;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.PhoneNumber;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the text: an answer, one that holds together, and not a word too much. */
class PhoneFuzzTest {
    private static final String NUMBERLIKE = "00112345678990++  --..()/[]~x#;,=";
    private static final String NASTY =
            "\u202E\u202A\u200F\u0000\n\r\t\uFEFF\uFF0B\u0660\u0966\uFF11\uD835\uDFCE\uD800\uDC00\u20E3abcext\u0130\u00B2";
    private static final String EXAMPLE = "such as +61 491 570 156";

    @Test
    void everyTextGetsAConsistentAnswer() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("PhoneFuzzTest seed " + seed);
        Random random = new Random(seed);
        List<PhoneNumbers> readers = List.of(
                PhoneNumbers.international(),
                PhoneNumbers.region("AU"),
                PhoneNumbers.region("IN"),
                PhoneNumbers.region("ET"),
                PhoneNumbers.region("US"),
                PhoneNumbers.region("DE"),
                PhoneNumbers.region("AR"));
        int numbers = 0;
        for (int i = 0; i < 30_000; i++) {
            String raw = text(random);
            PhoneCheck check = readers.get(i % readers.size()).check(raw);
            if (check.possible()) {
                numbers++;
                PhoneNumber number = check.number().orElseThrow();
                assertThat(check.problem()).isEmpty();
                assertThat(readers.get(0).normalize(number.e164()))
                        .as("read again")
                        .contains(number);
                assertThat(check.warning().isEmpty()).isEqualTo(check.mobile());
                assertThat(check.valid() || !check.mobile()).isTrue();
                assertHides(check.warning().orElse(""), raw);
            } else {
                assertThat(check.number()).isEmpty();
                assertThat(check.valid()).isFalse();
                assertHides(check.problem().orElseThrow(), raw);
            }
            assertHides(check.toString(), raw);
        }
        assertThat(numbers).isGreaterThan(1_000);
    }

    /** No five characters of the text that hold a digit stand in the answer. */
    private static void assertHides(String answer, String raw) {
        String said = answer.replace(EXAMPLE, "");
        assertThat(said.chars().noneMatch(c -> Character.isISOControl(c) || c == '\u202E'))
                .isTrue();
        for (int i = 0; i + 5 <= raw.length(); i++) {
            String part = raw.substring(i, i + 5);
            if (part.chars().anyMatch(Character::isDigit)) {
                assertThat(said).doesNotContain(part);
            }
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int nasty = random.nextInt(4);
        for (int length = random.nextInt(random.nextInt(10) == 0 ? 100 : 18); length > 0; length--) {
            int kind = random.nextInt(40);
            if (kind == 0 && nasty == 0) {
                text.append((char) random.nextInt(0x10000));
            } else if (kind < 4 && nasty == 0) {
                text.append(NASTY.charAt(random.nextInt(NASTY.length())));
            } else if (kind < 10 && nasty < 2) {
                text.append(NUMBERLIKE.charAt(random.nextInt(NUMBERLIKE.length())));
            } else {
                text.append((char) ('0' + random.nextInt(10)));
            }
        }
        return random.nextInt(3) == 0 ? "+" + text : text.toString();
    }
}
