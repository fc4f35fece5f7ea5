package io.textonce.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The files under {@code /vectors}. */
final class Vectors {
    private Vectors() {}

    static JsonNode read(String file) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + file)) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in, file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(JsonNode segmentCase) {
        JsonNode repeat = segmentCase.get("repeat");
        return repeat == null
                ? segmentCase.get("text").textValue()
                : repeat.get("unit").textValue().repeat(repeat.get("count").intValue());
    }
}
