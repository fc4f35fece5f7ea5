package io.textonce.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A bulk run in a JVM of its own, too small to hold what it sends. */
@Tag("once")
class MillionMessagesTest {

    private static final Pattern FIGURE = Pattern.compile("(\\w+)=(\\d+)");

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void aMillionMessagesPassThroughSixtyFourMegabytesAtAFlatCost() throws Exception {
        List<Map<String, Long>> runs = run("10000", "10000", "1000000");

        assertThat(runs).hasSize(3);
        for (Map<String, Long> run : runs) {
            assertThat(run.get("accepted")).isEqualTo(run.get("size"));
            assertThat(run.get("submitted")).isEqualTo(run.get("size"));
            assertThat(run.get("reported")).isEqualTo(run.get("size"));
        }
        Map<String, Long> warm = runs.get(1);
        Map<String, Long> million = runs.get(2);
        assertThat(million.get("bytes")).isLessThan(warm.get("bytes") * 5 / 4);
        assertThat(million.get("cpuNanos")).isLessThan(warm.get("cpuNanos") * 3 / 2);
    }

    private static List<Map<String, Long>> run(String... sizes) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                MillionMessages.class.getName()));
        command.addAll(List.of(sizes));
        Process jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        System.out.print(output);
        assertThat(jvm.waitFor()).as(output).isZero();
        return output.lines()
                .filter(line -> line.startsWith("size="))
                .map(MillionMessagesTest::figures)
                .toList();
    }

    private static Map<String, Long> figures(String line) {
        return FIGURE.matcher(line)
                .results()
                .collect(Collectors.toMap(each -> each.group(1), each -> Long.valueOf(each.group(2))));
    }
}
