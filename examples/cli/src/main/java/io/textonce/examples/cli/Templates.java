package io.textonce.examples.cli;

import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.template.Template;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Templates in files, one each, as Java's properties in UTF-8: a text for each language tag; {@code variables}, with the most
 * characters that a value may have; and {@code default}, the language where none fits. The id is the file's name.
 */
final class Templates {

    private static final String SUFFIX = ".properties";

    private Templates() {}

    /**
     * Those of a file or a folder.
     *
     * @param path null for none
     * @throws IllegalArgumentException naming the file and all that is wrong with it
     */
    static InMemoryTemplateRepository repository(@Nullable Path path) throws IOException {
        InMemoryTemplateRepository all = new InMemoryTemplateRepository();
        if (path != null && Files.isDirectory(path)) {
            try (Stream<Path> files = Files.list(path)) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(SUFFIX)).toList()) {
                    all.put(read(file));
                }
            }
        } else if (path != null) {
            all.put(read(path));
        }
        return all;
    }

    /**
     * That of a file.
     *
     * @throws IllegalArgumentException naming the file and all that is wrong with it
     */
    static Template read(Path file) throws IOException {
        Properties entries = new Properties();
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + " is no file");
        }
        try (Reader in = Files.newBufferedReader(file)) {
            entries.load(in);
        }
        String name = String.valueOf(file.getFileName());
        Template.Builder template =
                Template.builder(name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name);
        for (String key : new TreeSet<>(entries.stringPropertyNames())) {
            String value = entries.getProperty(key).strip();
            switch (key) {
                case "variables" -> declare(template, file, value);
                case "default" -> template.defaultLocale(Locale.forLanguageTag(value));
                default -> template.text(Locale.forLanguageTag(key), value);
            }
        }
        try {
            return template.build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static void declare(Template.Builder template, Path file, String variables) {
        for (String variable : variables.isEmpty() ? List.<String>of() : List.of(variables.split(" *, *", -1))) {
            String[] parts = variable.split(" +", 2);
            if (parts.length == 1) {
                template.variable(variable);
            } else if (parts[1].matches("[0-9]{1,4}")) {
                template.variable(parts[0], Integer.parseInt(parts[1]));
            } else {
                throw new IllegalArgumentException(
                        file + ": \"" + variable + "\" is not a variable's name and perhaps a length, such as name 40");
            }
        }
    }
}
