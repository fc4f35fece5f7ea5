package io.textonce.sns;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Strict JSON, small: texts are String, numbers BigDecimal, truth is Boolean, objects Map, lists List. A key that stands
 * twice in one object is an error, because two readers would see two values.
 */
final class Json {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxStringLength(512 * 1024)
                    .maxNameLength(256)
                    .maxNumberLength(64)
                    .maxDocumentLength(8L << 20)
                    .build())
            .build();

    /** BigDecimal would happily expand 1E999999999 when it is turned into an integer. */
    private static final int LARGEST_EXPONENT = 30;

    /** Writes the fields of one object. */
    interface Fields {
        void write(JsonGenerator to) throws IOException;
    }

    private Json() {}

    static byte[] write(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator to = FACTORY.createGenerator(bytes)) {
            to.writeStartObject();
            fields.write(to);
            to.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** One whole value and nothing after it; anything else is an IOException whose text shows no content. */
    static @Nullable Object read(byte[] bytes) throws IOException {
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            return whole(parser);
        }
    }

    static @Nullable Object read(String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return whole(parser);
        }
    }

    /** One whole object. */
    static Map<String, @Nullable Object> object(byte[] bytes) throws IOException {
        Map<String, @Nullable Object> object = asObject(read(bytes));
        if (object == null) {
            throw new IOException("not a JSON object");
        }
        return object;
    }

    @SuppressWarnings("unchecked") // value() makes no other maps
    static @Nullable Map<String, @Nullable Object> asObject(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : null;
    }

    static List<?> asList(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** A text; empty for anything else. */
    static String text(@Nullable Map<String, @Nullable Object> object, String name) {
        return object != null && object.get(name) instanceof String text ? text : "";
    }

    static @Nullable BigDecimal number(@Nullable Map<String, @Nullable Object> object, String name) {
        return object != null
                        && object.get(name) instanceof BigDecimal number
                        && Math.abs(number.scale()) <= LARGEST_EXPONENT
                ? number
                : null;
    }

    /** A whole number of at most nine digits; -1 for anything else. */
    static int whole(@Nullable Map<String, @Nullable Object> object, String name) {
        BigDecimal number = number(object, name);
        return number == null || number.signum() < 0 || number.compareTo(BigDecimal.valueOf(999_999_999)) > 0
                ? -1
                : number.intValue();
    }

    static boolean isTrue(@Nullable Map<String, @Nullable Object> object, String name) {
        return object != null && Boolean.TRUE.equals(object.get(name));
    }

    private static @Nullable Object whole(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new IOException("no JSON");
        }
        Object value = value(parser);
        if (parser.nextToken() != null) {
            throw new IOException("something follows the JSON value");
        }
        return value;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> fields(parser);
            case START_ARRAY -> items(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> decimal(parser.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("a JSON value is missing");
        };
    }

    private static BigDecimal decimal(String text) throws IOException {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException exponentTooLarge) {
            throw new IOException("a JSON number is out of range", exponentTooLarge);
        }
    }

    private static Map<String, @Nullable Object> fields(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (object.containsKey(name)) {
                throw new IOException("a JSON key stands twice in one object");
            }
            parser.nextToken();
            object.put(name, value(parser));
        }
        return object;
    }

    private static List<@Nullable Object> items(JsonParser parser) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser));
        }
        return list;
    }
}
