package io.textonce.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every Java block of the project's papers stands, character for character, in a source file that the build compiles. */
class DocumentSnippetsTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern PROOF = Pattern.compile("`([A-Z][A-Za-z]+(?:Test|Contract))`");

    @Test
    void everyJavaBlockIsCompiled() throws IOException {
        String compiled = flat(sources());
        List<String> missing = new ArrayList<>();
        int blocks = 0;
        for (Path paper : papers()) {
            Matcher block = BLOCK.matcher(Files.readString(paper, StandardCharsets.UTF_8));
            while (block.find()) {
                blocks++;
                if (!compiled.contains(flat(block.group(1)))) {
                    missing.add(ROOT.relativize(paper) + ":\n" + block.group(1));
                }
            }
        }
        assertThat(blocks).as("java blocks found").isPositive();
        assertThat(missing)
                .as("java blocks that stand in no compiled source; put them into checks/snippets")
                .isEmpty();
    }

    @Test
    void aBlockThatNobodyCompilesIsFound() throws IOException {
        assertThat(flat(sources())).doesNotContain(flat("sms.sendTwice" + "(message);"));
    }

    @Test
    void everyTestThatThePromisesNameExists() throws IOException {
        Set<String> known;
        try (Stream<Path> files = Files.walk(ROOT)) {
            known = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
        Matcher name = PROOF.matcher(Files.readString(ROOT.resolve("docs/reliability.md"), StandardCharsets.UTF_8));
        List<String> missing = new ArrayList<>();
        int named = 0;
        while (name.find()) {
            named++;
            if (!known.contains(name.group(1))) {
                missing.add(name.group(1));
            }
        }
        assertThat(named).as("tests named in docs/reliability.md").isPositive();
        assertThat(missing)
                .as("tests that docs/reliability.md names and nobody has")
                .isEmpty();
    }

    private static List<Path> papers() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT, 3)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .sorted()
                    .toList();
        }
    }

    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String place :
                List.of("build-checks/src/test/java", "examples", "integrations/spring-boot-starter/src/test/java")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(place))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    all.append(Files.readString(file, StandardCharsets.UTF_8)).append('\n');
                }
            }
        }
        return all.toString();
    }

    /** White space doesn't count, so that a paper may break lines where it reads best; everything else does. */
    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }
}
