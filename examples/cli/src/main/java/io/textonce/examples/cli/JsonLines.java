package io.textonce.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers JSON lines with JSON lines: one object for each, in order, as soon as the caller waits for it. A line that can't
 * be read gets an object with {@code error} in its place, and the rest goes on.
 */
final class JsonLines {

    private static final int BUFFER = 1 << 16;

    /** The longest text that can be sent is 39,015 characters, 6 bytes each when all are escaped. */
    private static final int LONGEST_LINE = 1 << 20;

    /** The fields of the answer to one value. */
    interface Answer {
        void write(String value, JsonGenerator json) throws IOException;
    }

    private final InputStream in;
    private final JsonGenerator json;
    private final String field;
    private final Answer answer;
    private byte[] buffer = new byte[BUFFER];
    private long number;
    private long bad;

    private JsonLines(InputStream in, JsonGenerator json, String field, Answer answer) {
        this.in = in;
        this.json = json;
        this.field = field;
        this.answer = answer;
    }

    /**
     * Answers every line until the input ends.
     *
     * @param field the name of the text that each line must hold
     * @return how many lines couldn't be read
     */
    static long answer(Shell shell, String field, Answer answer) throws IOException {
        try (JsonGenerator json = shell.generator()) {
            JsonLines lines = new JsonLines(shell.in(), json, field, answer);
            lines.run();
            return lines.bad;
        }
    }

    /** Writes a field, null as null. */
    static void field(JsonGenerator json, String name, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, wellFormed(value.toString()));
        }
    }

    /** UTF-8 has no halves of a surrogate pair. */
    static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                int[] codePoints = text.codePoints()
                        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                        .toArray();
                return new String(codePoints, 0, codePoints.length);
            }
        }
        return text;
    }

    private void run() throws IOException {
        int start = 0;
        int end = 0;
        boolean skipping = false;
        while (true) {
            int feed = lineFeed(start, end);
            if (feed >= 0) {
                line(start, feed, skipping);
                skipping = false;
                start = feed + 1;
                continue;
            }
            if (end - start >= LONGEST_LINE) {
                skipping = true;
                start = end;
            }
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
            if (end == buffer.length) {
                buffer = Arrays.copyOf(buffer, 2 * buffer.length);
            }
            json.flush(); // whoever wrote the lines so far may wait for the answers
            int read = in.read(buffer, end, buffer.length - end);
            if (read < 0) {
                break;
            }
            end += read;
        }
        if (end > 0 || skipping) {
            line(0, end, skipping);
        }
    }

    private int lineFeed(int start, int end) {
        for (int i = start; i < end; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void line(int start, int end, boolean tooLong) throws IOException {
        number++;
        String value = null;
        String problem = "\"" + field + "\" is missing or isn't a string";
        if (tooLong) {
            problem = "it is longer than " + LONGEST_LINE + " bytes";
        } else {
            try (JsonParser parser = Shell.JSON.createParser(buffer, start, end - start)) {
                if (parser.nextToken() == null) {
                    return;
                }
                value = value(parser);
            } catch (JsonProcessingException e) {
                problem = "it isn't JSON, column " + e.getLocation().getColumnNr();
            }
        }
        json.writeStartObject();
        if (value != null) {
            answer.write(value, json);
        } else {
            bad++;
            json.writeStringField(
                    "error",
                    "line " + number + ": " + problem + "; give one object a line, such as {\"" + field + "\":\"...\"}");
        }
        json.writeEndObject();
        json.writeRaw('\n');
    }

    /** The wanted field of an object that is all there is on the line; null if it isn't there. */
    private @Nullable String value(JsonParser parser) throws IOException {
        String value = null;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return null;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = field.equals(parser.currentName());
            JsonToken token = parser.nextToken();
            if (wanted) {
                value = token == JsonToken.VALUE_STRING ? parser.getText() : null;
            }
            parser.skipChildren();
        }
        return parser.nextToken() == null ? value : null;
    }
}
