package io.textonce.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateCommandTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("reminder.properties");
        Files.writeString(
                file,
                "variables = name 40, time\ndefault = en\nen = Hi {{name}}, see you at {{time}}\n"
                        + "tr = Merhaba {{name}}, saat {{time}} i\u00e7in bekliyoruz, g\u00f6r\u00fc\u015fmek \u00fczere\n");
    }

    private Ran template(String... more) {
        return Ran.of(Stream.concat(Stream.of("template", file.toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void makesTheTextAndTellsWhatEachLanguageCosts() {
        Ran ran = template("--locale=tr-CY", "--set=name=Ada", "--set=time=10:30", "--price=0.0079USD");
        assertThat(ran.out().lines())
                .containsExactly(
                        "tr: Merhaba Ada, saat 10:30 i\u00e7in bekliyoruz, g\u00f6r\u00fc\u015fmek \u00fczere",
                        "en        GSM-7  1 segment, 0.0079 USD",
                        "tr        UCS-2  1 segment, 0.0079 USD, for \u00e7\u015f");
        assertThat(ran.code()).isZero();
    }

    @Test
    void namesWhatIsMissingAndStillCountsWhereALengthIsDeclared() {
        Ran ran = template("--json", "--set=time=10:30");
        JsonNode answer = ran.object();
        assertThat(answer.get("text").isNull()).isTrue();
        assertThat(answer.get("missing").get(0).asText()).isEqualTo("name");
        assertThat(answer.get("problem").asText()).contains("name has no value");
        assertThat(answer.get("locales")).hasSize(2);
        assertThat(answer.get("locales").get(1).get("segments").asInt()).isEqualTo(2);
        assertThat(ran.code()).isEqualTo(2);
    }

    @Test
    void namesWhatIsWrongWithAFile() throws IOException {
        template("--policy=carrier").isUsageError("--policy: \"carrier\"");
        template("--price=+61=1AUD").isUsageError("--price", "leave +61= out");
        Files.writeString(file, "variables = name x\nen = Hi {{name}}\n");
        template().isUsageError("reminder.properties", "\"name x\"");
        Files.writeString(file, "en = Hi {{name}}\ntr = Merhaba\n");
        template().isUsageError("reminder.properties", "name, which is not declared", "defaultLocale");
        Ran.of("template", folder.resolve("none").toString()).isUsageError("is no file");
    }
}
