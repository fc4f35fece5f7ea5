package io.textonce.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What one added dependency brings along. Each provider writes its run-time class path to
 * {@code target/runtime-classpath.txt} while it is built.
 */
class DependencyBudgetIT {
    private static final Path REPOSITORY =
            Path.of(System.getProperty("basedir", "."), "..").normalize();
    private static final long MEGABYTE = 1 << 20;

    record Weight(List<Path> jars, long bytes) {
        static Weight of(String classPath, Path own) throws IOException {
            List<Path> jars = Stream.concat(
                            Stream.of(own),
                            Stream.of(classPath.strip().split(File.pathSeparator))
                                    .filter(each -> !each.isEmpty())
                                    .map(Path::of))
                    .toList();
            long bytes = 0;
            for (Path jar : jars) {
                assertThat(jar)
                        .as("run by `mvn verify`, where every module is a jar")
                        .isRegularFile();
                bytes += Files.size(jar);
            }
            return new Weight(jars, bytes);
        }

        void mustNotExceed(int maxJars, int maxMegabytes) {
            assertThat(jars.size()).as("jars at run time: %s", jars).isLessThanOrEqualTo(maxJars);
            assertThat(bytes).as("bytes at run time: %s", jars).isLessThanOrEqualTo(maxMegabytes * MEGABYTE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "provider-twilio, 17, 7",
        "provider-smsbroadcast, 17, 7",
        "provider-http-gateway, 17, 7",
        "provider-sns, 28, 8",
        "engagement-testkit, 17, 14",
        "integrations/jdbc, 13, 4",
        "integrations/cluster, 12, 5",
        "integrations/micrometer, 18, 5",
        "integrations/spring-boot-starter, 13, 4"
    })
    void moduleAndAllItNeedsStayWithinTheBudget(String module, int maxJars, int maxMegabytes) throws IOException {
        Path target = REPOSITORY.resolve(module).resolve("target");
        Weight weight = Weight.of(Files.readString(target.resolve("runtime-classpath.txt")), ownJar(target));
        System.out.printf(
                Locale.ROOT,
                "%s: %d jars, %.2f MB at run time%n",
                module,
                weight.jars().size(),
                (double) weight.bytes() / MEGABYTE);
        weight.mustNotExceed(maxJars, maxMegabytes);
    }

    /** In the unit of the line above: 1024 times 1024 bytes. */
    @ParameterizedTest
    @CsvSource({
        "README.md, 'need: (\\d+) jars, ([0-9.]+) MB with Twilio', provider-twilio",
        "provider-sns/README.md, 'need: (\\d+) jars, ([0-9.]+) MB', provider-sns"
    })
    void thePapersSayWhatIsMeasured(String paper, String sentence, String module) throws IOException {
        Path target = REPOSITORY.resolve(module).resolve("target");
        Weight weight = Weight.of(Files.readString(target.resolve("runtime-classpath.txt")), ownJar(target));
        Matcher said = Pattern.compile(sentence).matcher(Files.readString(REPOSITORY.resolve(paper)));
        assertThat(said.find()).as("%s has: %s", paper, sentence).isTrue();
        assertThat(weight.jars()).as(paper).hasSize(Integer.parseInt(said.group(1)));
        assertThat((double) weight.bytes() / MEGABYTE)
                .as(paper)
                .isCloseTo(Double.parseDouble(said.group(2)), within(0.3));
    }

    @Test
    void aJarOrAByteTooManyFails(@TempDir Path folder) throws IOException {
        Path light = Files.write(folder.resolve("light.jar"), new byte[1]);
        Path heavy = Files.write(folder.resolve("heavy.jar"), new byte[(int) MEGABYTE]);
        Weight both = Weight.of(light.toString(), heavy);
        both.mustNotExceed(2, 2);
        assertThatThrownBy(() -> both.mustNotExceed(1, 2))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("heavy.jar");
        assertThatThrownBy(() -> both.mustNotExceed(2, 1))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("bytes at run time");
    }

    private static Path ownJar(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(
                            file -> file.getFileName().toString().matches("textonce-.*(?<!-sources|-javadoc)\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no jar in " + target));
        }
    }
}
