package io.textonce.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Core's lines, covered by core's own tests and by testkit's; {@code mvn verify} writes the figures before this runs. */
class CoverageOfCoreIT {

    private static final Path FIGURES = Path.of(System.getProperty("basedir", "."), "..")
            .resolve("testkit/target/site/jacoco-aggregate/jacoco.csv")
            .normalize();
    private static final double MINIMUM = 0.92;

    @Test
    void coresLinesAreCoveredByAllTestsTogether() throws IOException {
        assumeFalse(
                Boolean.getBoolean("jacoco.skip") || Boolean.getBoolean("skipTests"),
                "nothing was measured in this run");
        assertThat(FIGURES).as("run by `mvn verify`, without jacoco.skip").isRegularFile();
        List<String> lines = Files.readAllLines(FIGURES);
        List<String> columns = Arrays.asList(lines.get(0).split(","));
        int missed = columns.indexOf("LINE_MISSED");
        int covered = columns.indexOf("LINE_COVERED");
        long all = 0;
        long hit = 0;
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",");
            if (cells[0].endsWith("textonce-core") || cells[0].endsWith("Textonce Core")) {
                hit += Long.parseLong(cells[covered]);
                all += Long.parseLong(cells[covered]) + Long.parseLong(cells[missed]);
            }
        }
        assertThat(all).as("core's lines in " + lines.get(1)).isGreaterThan(4000);
        System.out.println("core: " + hit + " of " + all + " lines covered");
        assertThat((double) hit / all).isGreaterThanOrEqualTo(MINIMUM);
    }
}
