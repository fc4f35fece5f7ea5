package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FormWriterTest {

    @Test
    void writesPairsInOrderWithThePlusSignEscaped() {
        byte[] body = FormWriter.body()
                .add("To", "+12025550123")
                .add("Body", "Caf\u00e9 & co: 100% \ud83d\ude00")
                .add("Empty", "")
                .toByteArray();

        assertThat(new String(body, StandardCharsets.US_ASCII))
                .isEqualTo("To=%2B12025550123&Body=Caf%C3%A9+%26+co%3A+100%25+%F0%9F%98%80&Empty=");
    }

    @Test
    void writesASpaceInAQueryAsPercent20() {
        assertThat(FormWriter.query().add("text", "a b~*").ascii()).isEqualTo("text=a%20b%7E*");
    }

    @Test
    void replacesAnUnpairedSurrogate() {
        assertThat(FormWriter.body().add("t", "\ud83dx\ude00").toByteArray())
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("t=%EF%BF%BDx%EF%BF%BD");
    }

    @Test
    void agreesWithTheJdkEncoderOnRandomText() {
        long seed = 20260723;
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(60); n > 0; n--) {
                int point = random.nextInt(random.nextBoolean() ? 0x100 : 0x110000);
                if (point < 0xD800 || point > 0xDFFF) {
                    text.appendCodePoint(point);
                }
            }
            String written =
                    new String(FormWriter.body().add("k", text.toString()).toByteArray(), StandardCharsets.US_ASCII);

            assertThat(written)
                    .as("seed %d, case %d", seed, i)
                    .isEqualTo("k=" + URLEncoder.encode(text.toString(), StandardCharsets.UTF_8));
            assertThat(URLDecoder.decode(
                            FormWriter.query().add("k", text.toString()).ascii().substring(2), StandardCharsets.UTF_8))
                    .isEqualTo(text.toString());
        }
    }

    @Test
    void growsForLongTextAndShowsNoContent() {
        FormWriter form = FormWriter.body().add("k", "\u20ac".repeat(10_000));

        assertThat(form.toByteArray()).hasSize(2 + 9 * 10_000);
        assertThat(form).hasToString("FormWriter[90002 bytes]");
    }
}
