package io.textonce.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/systems.md leaves out nothing that the five systems did, and each file and test that it names is there. */
class SystemsPageTest {

    private static final Path DOCS =
            Path.of("").toAbsolutePath().getParent().resolve("docs").normalize();
    /** How many things each system did. */
    private static final int[] ITEMS = {38, 30, 18, 26, 18};

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d\\.\\d+) \\|([^|]+)\\|([^|]+)\\|([^|]+)\\|$");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)[^)]*\\)");
    private static final Pattern METHOD = Pattern.compile("`(\\w+)\\.(\\w+)`");

    private record Row(String item, String where, String shownBy) {

        boolean isLeftOut() {
            return shownBy.contains("left to the host: ") || shownBy.contains("not built: ");
        }
    }

    @Test
    void everythingTheSystemsDidHasARow() throws IOException {
        Set<String> expected = new LinkedHashSet<>();
        for (int system = 0; system < ITEMS.length; system++) {
            for (int item = 1; item <= ITEMS[system]; item++) {
                expected.add(system + "." + item);
            }
        }
        assertThat(rows().stream().map(Row::item).distinct()).containsExactlyElementsOf(expected);
    }

    @Test
    void everyRowNamesItsFilesAndTheTestThatShowsIt() throws IOException {
        Map<String, String> tests = tests();
        List<String> wrong = new ArrayList<>();
        for (Row row : rows()) {
            Matcher link = LINK.matcher(row.where);
            int links = 0;
            while (link.find()) {
                links++;
                if (!Files.exists(DOCS.resolve(link.group(1)))) {
                    wrong.add(row.item + ": no file " + link.group(1));
                }
            }
            Matcher method = METHOD.matcher(row.shownBy);
            int methods = 0;
            while (method.find()) {
                methods++;
                String source = tests.getOrDefault(method.group(1), "");
                if (!source.contains("void " + method.group(2) + "(")) {
                    wrong.add(row.item + ": no test " + method.group());
                }
            }
            if ((links == 0 || methods == 0) && !row.isLeftOut()) {
                wrong.add(row.item + ": names no file or no test, and doesn't say why");
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        Matcher row = ROW.matcher(Files.readString(DOCS.resolve("systems.md"), StandardCharsets.UTF_8));
        while (row.find()) {
            rows.add(new Row(row.group(1), row.group(3), row.group(4)));
        }
        return rows;
    }

    /** Each test's source by its name; those of one name together. Contracts stand in main code. */
    private static Map<String, String> tests() throws IOException {
        Map<String, String> tests = new HashMap<>();
        try (Stream<Path> files = Files.walk(DOCS.getParent())) {
            for (Path file : files.filter(each -> each.toString().matches(".*(Test|IT|Contract|Proof)\\.java"))
                    .toList()) {
                tests.merge(
                        file.getFileName().toString().replace(".java", ""),
                        Files.readString(file, StandardCharsets.UTF_8),
                        String::concat);
            }
        }
        return tests;
    }
}
