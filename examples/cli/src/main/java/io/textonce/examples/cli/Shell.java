package io.textonce.examples.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a command talks to: the standard streams and the environment, or a test's. Everything is UTF-8. */
final class Shell {

    static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private final InputStream in;
    private final OutputStream out;
    private final PrintStream lines;
    private final PrintStream errors;
    private final Map<String, String> environment;
    private final boolean terminal;

    /**
     * The streams and variables of one run.
     *
     * @param terminal whether somebody sees the errors on a terminal
     */
    Shell(InputStream in, OutputStream out, OutputStream errors, Map<String, String> environment, boolean terminal) {
        this.in = in;
        this.out = out;
        this.lines = new PrintStream(out, true, StandardCharsets.UTF_8);
        this.errors = new PrintStream(errors, true, StandardCharsets.UTF_8);
        this.environment = Map.copyOf(environment);
        this.terminal = terminal;
    }

    InputStream in() {
        return in;
    }

    /** For answers. */
    OutputStream out() {
        return out;
    }

    /** For answers that people read. */
    PrintStream lines() {
        return lines;
    }

    /** For everything that isn't an answer. */
    PrintStream errors() {
        return errors;
    }

    Map<String, String> environment() {
        return environment;
    }

    boolean isTerminal() {
        return terminal;
    }

    /** Writes JSON to the answers; objects are separated by what the caller writes between them. */
    JsonGenerator generator() throws IOException {
        return JSON.createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .setRootValueSeparator(null);
    }

    /** Answers with one JSON object on a line. */
    void print(Fields fields) throws IOException {
        try (JsonGenerator json = generator()) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    /** The fields of one object. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }
}
