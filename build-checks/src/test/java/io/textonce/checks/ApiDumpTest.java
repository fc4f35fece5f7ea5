package io.textonce.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.textonce.checks.fixtures.Shape;
import java.io.IOException;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ApiDumpTest {
    private static final Path COMMITTED =
            Path.of(System.getProperty("basedir", "."), "..", "docs", "api").normalize();

    @Test
    void publicSignaturesAreTheCommittedOnes() throws IOException {
        Map<String, String> actual = OurModules.all().stream()
                .collect(Collectors.toMap(ApiDumpTest::fileName, ApiDump::of, (a, b) -> a, TreeMap::new));
        if (Boolean.getBoolean("api.update")) {
            write(actual);
            return;
        }
        Map<String, String> committed = read();
        List<String> changes = new ArrayList<>();
        for (String file : Stream.concat(actual.keySet().stream(), committed.keySet().stream())
                .distinct()
                .toList()) {
            changes.addAll(changes(file, committed.getOrDefault(file, ""), actual.getOrDefault(file, "")));
        }
        if (!changes.isEmpty()) {
            fail("""
                The public API differs from docs/api (- committed, + built):

                %s

                If that is meant, write the files anew and commit them with the change:
                  mvn test -pl build-checks -am -Dtest=ApiDumpTest -Dsurefire.failIfNoSpecifiedTests=false -Dapi.update
                A line that goes or changes breaks users, and so does an abstract method added to an interface that \
                they implement: say so in CHANGELOG.md.
                """, String.join("\n", changes));
        }
    }

    @Test
    void everyModuleOfOursIsFound() {
        assertThat(OurModules.all())
                .extracting(module -> module.descriptor().name())
                .containsExactly(
                        "io.textonce",
                        "io.textonce.cluster",
                        "io.textonce.engagement",
                        "io.textonce.engagement.testkit",
                        "io.textonce.gateway",
                        "io.textonce.jdbc",
                        "io.textonce.micrometer",
                        "io.textonce.smsbroadcast",
                        "io.textonce.sns",
                        "io.textonce.testkit",
                        "io.textonce.twilio");
    }

    @Test
    void writesWhatUsersCanSeeAndNothingElse() {
        assertThat(Stream.of(Shape.class, Shape.Round.class, Shape.Kind.class, Shape.Open.class)
                        .flatMap(type -> ApiDump.of(type).stream())
                        .filter(line -> !line.isEmpty())
                        .map(line -> line.replace(Shape.class.getPackageName() + ".", "")))
                .containsExactly(
                        "public sealed interface Shape extends java.lang.Runnable permits Shape$Round",
                        "  public static final int SIDES",
                        "  default public java.util.List<java.lang.String?> names()",
                        "  public abstract R apply<T extends java.lang.Number & java.io.Serializable, R>"
                                + "(java.util.function.Function<* super T, * extends R>, byte[][])",
                        "  public abstract java.lang.String? find(java.lang.String[])",
                        "public static final record Shape$Round(java.lang.String? name, int size) implements Shape",
                        "  public R apply<T extends java.lang.Number & java.io.Serializable, R>"
                                + "(java.util.function.Function<* super T, * extends R>, byte[][])",
                        "  public final boolean equals(java.lang.Object)",
                        "  public final int hashCode()",
                        "  public final java.lang.String toString()",
                        "  public int size()",
                        "  public java.lang.String? find(java.lang.String[])",
                        "  public java.lang.String? name()",
                        "  public void run()",
                        "public static enum Shape$Kind",
                        "  constants FLAT, ROUND",
                        "public abstract static class Shape$Open",
                        "  protected new()",
                        "  protected final int reach()",
                        "  public int inherited() throws java.io.IOException");
    }

    @Test
    void tellsWhichLineOfWhichTypeChanged() {
        String before = "module m\n\nclass A\n  public void a()\n\nclass B\n  public void a()\n";
        String after = "module m\n\nclass A\n  public int a()\n\nclass B\n  public void a()\n";
        assertThat(changes("m.txt", before, before)).isEmpty();
        assertThat(changes("m.txt", before, after))
                .containsExactly("- class A :: public void a()   (m.txt)", "+ class A :: public int a()   (m.txt)");
    }

    private static List<String> changes(String file, String committed, String actual) {
        List<String> before = committed.lines().toList();
        List<String> after = actual.lines().toList();
        Function<String, String> inFile = line -> line + "   (" + file + ")";
        return Stream.concat(
                        minus(qualified(before), qualified(after)).map(line -> "- " + inFile.apply(line)),
                        minus(qualified(after), qualified(before)).map(line -> "+ " + inFile.apply(line)))
                .toList();
    }

    private static Stream<String> minus(List<String> some, List<String> others) {
        return some.stream().filter(line -> !others.contains(line));
    }

    /** Members repeat from type to type, so each is told apart by its type's line. */
    private static List<String> qualified(List<String> lines) {
        List<String> result = new ArrayList<>();
        String type = "";
        for (String line : lines) {
            if (line.startsWith("  ")) {
                result.add(type + " :: " + line.strip());
            } else if (!line.isEmpty()) {
                type = line;
                result.add(line);
            }
        }
        return result;
    }

    private static String fileName(ModuleReference module) {
        return module.descriptor().name() + ".txt";
    }

    private static Map<String, String> read() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        for (Path file : files()) {
            texts.put(file.getFileName().toString(), Files.readString(file).replace("\r\n", "\n"));
        }
        return texts;
    }

    private static void write(Map<String, String> texts) throws IOException {
        Files.createDirectories(COMMITTED);
        for (Path file : files()) {
            if (!texts.containsKey(file.getFileName().toString())) {
                Files.delete(file);
            }
        }
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Files.writeString(COMMITTED.resolve(text.getKey()), text.getValue());
        }
    }

    private static List<Path> files() throws IOException {
        if (!Files.isDirectory(COMMITTED)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(COMMITTED)) {
            return files.filter(file -> file.toString().endsWith(".txt")).toList();
        }
    }
}
