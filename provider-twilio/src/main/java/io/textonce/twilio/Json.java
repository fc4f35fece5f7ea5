package io.textonce.twilio;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Streams through one JSON object of Twilio's and hands its plain fields over; no tree, and tight limits. */
final class Json {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxStringLength(64 * 1024)
                    .maxNameLength(256)
                    .maxNumberLength(64)
                    .maxDocumentLength(4L << 20)
                    .build())
            .build();

    /** Takes the fields of one object. */
    interface Fields {
        /**
         * Called at the value of each field; an object or array that isn't read is skipped.
         *
         * @param name the field's name
         * @param value stands on the value
         */
        void field(String name, JsonParser value) throws IOException;
    }

    private Json() {}

    /** Reads exactly one object; anything else, what follows it, and a cut are IOExceptions. */
    static void read(byte[] bytes, Fields fields) throws IOException {
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object");
            }
            object(parser, fields);
            if (parser.nextToken() != null) {
                throw new IOException("something follows the JSON object");
            }
        }
    }

    /** Reads the object that the parser stands on. */
    static void object(JsonParser parser, Fields fields) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            fields.field(name, parser);
            parser.skipChildren();
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("the JSON object is cut");
        }
    }

    /** A text, or a number as written; null for anything else. */
    static @Nullable String text(JsonParser value) throws IOException {
        JsonToken token = value.currentToken();
        return token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT ? value.getText() : null;
    }

    /** A small number, also one in quotes as Twilio writes them; -1 for anything else. */
    static int number(JsonParser value) throws IOException {
        return Sid.digits(text(value));
    }
}
