package io.textonce.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.textonce.Reason;
import io.textonce.WebhookRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The vectors of gateways.json and more-vectors.json. */
final class Vectors {

    static final ObjectMapper JSON = new ObjectMapper();

    /** What the vectors call the profiles that ship under another name. */
    private static final Map<String, String> NAMES =
            Map.of("infobip-v3", "infobip", "smseagle-v1", "smseagle", "seed-crm-get", "base-url");

    private Vectors() {}

    static List<JsonNode> all(String file) {
        try (InputStream in = Vectors.class.getResourceAsStream(file)) {
            List<JsonNode> all = new ArrayList<>();
            JSON.readTree(Objects.requireNonNull(in, file)).forEach(all::add);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> all() {
        List<JsonNode> all = new ArrayList<>(all("gateways.json"));
        all.addAll(all("more-vectors.json"));
        return all;
    }

    static String text(String file) {
        try (InputStream in = Vectors.class.getResourceAsStream(file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String profileName(JsonNode vector) {
        String name = vector.get("provider").asText();
        return NAMES.getOrDefault(name, name);
    }

    static GatewayProfile profile(String name) {
        return GatewayProfile.shipped().contains(name)
                ? GatewayProfile.shipped(name)
                : GatewayProfile.fromJson(text(name + ".json"));
    }

    /** A body as it was on the wire. */
    static String body(JsonNode body) {
        return body.isNull() ? "" : body.isTextual() ? body.asText() : body.toString();
    }

    static WebhookRequest webhook(JsonNode vector) {
        JsonNode request = vector.get("request");
        WebhookRequest.Builder builder = WebhookRequest.builder(
                request.get("method").asText(), request.get("url").asText());
        request.get("headers")
                .properties()
                .forEach(h -> builder.header(h.getKey(), h.getValue().asText()));
        return builder.body(body(request.get("body")).getBytes(StandardCharsets.UTF_8))
                .build();
    }

    /** Our word for a vector's; null for an outcome that isn't known. */
    static Reason reason(String word) {
        return ErrorClass.valueOf(word.equals("RATE_LIMITED") ? "THROTTLED" : word)
                .reason();
    }
}
