package io.textonce.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** One run of the command line within this process. */
record Ran(int code, String out, String errors) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    static Ran with(Map<String, String> environment, String input, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int code = Main.run(
                args, new Shell(new ByteArrayInputStream(input.getBytes(UTF_8)), out, errors, environment, false));
        return new Ran(code, out.toString(UTF_8), errors.toString(UTF_8));
    }

    static Ran of(String... args) {
        return with(Map.of(), "", args);
    }

    List<JsonNode> objects() {
        return out.lines().map(Ran::parse).toList();
    }

    /** The one object that was printed. */
    JsonNode object() {
        assertThat(objects()).as("lines of standard output").hasSize(1);
        return objects().get(0);
    }

    /** Bad usage says so on standard error and prints no answer. */
    void isUsageError(String... saying) {
        assertThat(errors).contains(saying);
        assertThat(out).isEmpty();
        assertThat(code).isEqualTo(2);
    }

    private static JsonNode parse(String line) {
        try {
            JsonNode node = MAPPER.readTree(line);
            assertThat(node.isObject()).as(line).isTrue();
            return node;
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
    }
}
