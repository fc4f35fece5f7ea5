package io.textonce.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain values: {@code Map<String, Object>}, {@code List<Object>}, {@code String}, {@link Num}, {@code Boolean}
 * and {@link #NULL}. A small tree instead of Jackson's, which would add a second, larger jar to every host.
 */
final class Json {

    /** A number as it was written: gateways' ids and codes must not change on the way. */
    record Num(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    /** JSON's null. */
    static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    private static final int DEEPEST = 16;

    private final JsonFactory factory;

    /** What gateways send: a reply or a webhook. */
    static final Json REPLIES = new Json(64 * 1024, false);

    /** Webhooks with media inside. */
    static final Json MEDIA = new Json(4 << 20, false);

    /** What people write: a member given twice is a mistake. */
    static final Json PROFILES = new Json(64 * 1024, true);

    private Json(int longestString, boolean strict) {
        this.factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST)
                        .maxStringLength(longestString)
                        .maxNameLength(256)
                        .maxNumberLength(64)
                        .maxDocumentLength(8L << 20)
                        .build())
                .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, strict)
                .build();
    }

    /** Reads exactly one value; anything else, what follows it, and a cut are IOExceptions. */
    Object read(byte[] bytes) throws IOException {
        try (JsonParser parser = factory.createParser(bytes)) {
            if (parser.nextToken() == null) {
                throw new IOException("nothing to read");
            }
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new IOException("something follows the JSON value");
            }
            return value;
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Num(parser.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> NULL;
            default -> throw new IOException("not a JSON value");
        };
    }

    private static Map<String, Object> object(JsonParser parser) throws IOException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("the JSON object is cut");
        }
        return members;
    }

    private static List<Object> array(JsonParser parser) throws IOException {
        List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == null) {
                throw new IOException("the JSON array is cut");
            }
            elements.add(value(parser));
        }
        return elements;
    }

    /** The value as compact UTF-8. */
    static byte[] bytes(Object value) {
        return written(value, false).toByteArray();
    }

    /** The value as indented text. */
    static String pretty(Object value) {
        return written(value, true).toString(StandardCharsets.UTF_8);
    }

    private static ByteArrayOutputStream written(Object value, boolean pretty) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out = REPLIES.factory.createGenerator(bytes)) {
            if (pretty) {
                out.setPrettyPrinter(new DefaultPrettyPrinter());
            }
            write(out, value);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes;
    }

    private static void write(JsonGenerator out, Object value) throws IOException {
        if (value instanceof Map<?, ?> members) {
            out.writeStartObject();
            for (Map.Entry<?, ?> member : members.entrySet()) {
                out.writeFieldName(String.valueOf(member.getKey()));
                write(out, member.getValue());
            }
            out.writeEndObject();
        } else if (value instanceof List<?> elements) {
            out.writeStartArray();
            for (Object element : elements) {
                write(out, element);
            }
            out.writeEndArray();
        } else if (value instanceof Num number) {
            out.writeNumber(number.text());
        } else if (value instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (value == NULL) {
            out.writeNull();
        } else {
            out.writeString(value.toString());
        }
    }

    /** A text, number or truth value as text; null for an object, an array, JSON's null or nothing. */
    static @Nullable String scalar(@Nullable Object value) {
        return value instanceof String || value instanceof Num || value instanceof Boolean ? value.toString() : null;
    }

    /** The elements of an array, or the value itself. */
    static List<?> elements(Object value) {
        return value instanceof List<?> list ? list : List.of(value);
    }
}
