package io.textonce.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The schema that editors use and the reader that decides say the same. */
class SchemaTest {

    private static final JsonNode SCHEMA = read(Vectors.text("profile.schema.json"));

    @Test
    void bothKnowTheSameMembers() {
        Members.OF.forEach((kind, members) -> {
            List<String> inSchema = new ArrayList<>();
            SCHEMA.at("/$defs/" + kind + "/properties").fieldNames().forEachRemaining(inSchema::add);
            assertThat(inSchema).as(kind).containsExactlyInAnyOrderElementsOf(members);
            assertThat(SCHEMA.at("/$defs/" + kind + "/additionalProperties").asBoolean(true))
                    .as(kind)
                    .isFalse();
        });
    }

    @Test
    void bothKnowTheSameWords() {
        words("send/properties/method", ProfileReader.METHODS);
        words("send/properties/senderFormat", ProfileReader.SENDER_FORMATS);
        words("send/properties/recipientFormat/anyOf/0", ProfileReader.FORMATS);
        words("auth/properties/kind", ProfileReader.AUTH_KINDS);
        words("body/properties/kind", Spec.BodyKind.values());
        words("body/properties/contentType", TextBody.TYPES);
        words("encoded/properties/textAs", Spec.TextAs.values());
        words("response/properties/format", Spec.Format.values());
        words("error/properties/class", ErrorClass.values());
        words("webhook/properties/source", Spec.Source.values());
        words("webhook/properties/statusMap/additionalProperties", ProfileReader.names());
        words("textDecode/properties/as", Spec.DecodeAs.values());
        words("timeValue/anyOf/0", ProfileReader.TIMES);
        words("webhookAuth/properties/kind", Spec.VouchKind.values());
        words("webhookAuth/properties/algorithm", ProfileReader.HMAC_ALGORITHMS);
    }

    private static void words(String place, Object[] ours) {
        words(place, Stream.of(ours).map(Object::toString).toList());
    }

    private static void words(String place, List<String> ours) {
        TreeSet<String> theirs = new TreeSet<>();
        SCHEMA.at("/$defs/" + place + "/enum").forEach(word -> theirs.add(word.asText()));
        assertThat(theirs).as(place).containsExactlyInAnyOrderElementsOf(ours);
    }

    @Test
    void everyProfileThatTheReaderTakesFitsTheSchema() {
        Stream.concat(GatewayProfile.shipped().stream(), Stream.of("smsbroadcast", "clickatell-classic"))
                .forEach(id -> assertThat(problems(read(Vectors.profile(id).toJson())))
                        .as(id)
                        .isEmpty());
    }

    @Test
    void whatTheSchemaRefusesTheReaderRefuses() {
        Map<String, String> broken = Map.of(
                "/send", "{\"url\":\"https://x.example\",\"response\":{\"format\":\"JSON\",\"accepted\":{}},\"x\":1}",
                "/send/method", "\"DELETE\"",
                "/send/maxParts", "\"two\"",
                "/send/response/format", "\"XML\"",
                "/send/response/okStatus", "[200, \"5xx\"]",
                "/send/response/errors", "[{\"when\":{\"status\":1},\"class\":\"TRANSIENT\"}]",
                "/send/response/errors/0/when", "{\"anyOf\":[{\"status\":\"5xx\"}]}",
                "/webhookAuth", "[{\"kind\":\"TRUST\"}]",
                "/dlr/statusMap", "{\"1\":\"FINE\"}",
                "/dlr/ack/status", "\"ok\"");
        broken.forEach((pointer, value) -> {
            ObjectNode profile =
                    (ObjectNode) read(GatewayProfile.shipped("kannel").toJson());
            int slash = pointer.lastIndexOf('/');
            ((ObjectNode) profile.at(pointer.substring(0, slash))).set(pointer.substring(slash + 1), read(value));
            assertThat(problems(profile)).as(pointer).isNotEmpty();
            assertThatThrownBy(() -> GatewayProfile.fromJson(profile.toString()))
                    .as(pointer)
                    .isInstanceOf(IllegalArgumentException.class);
        });
    }

    private static List<String> problems(JsonNode profile) {
        List<String> problems = new ArrayList<>();
        check(profile, SCHEMA.at("/$defs/profile"), "$", problems);
        return problems;
    }

    /** The part of JSON Schema that our schema uses; anything else fails. */
    private static void check(JsonNode value, JsonNode schema, String at, List<String> problems) {
        schema.properties().forEach(rule -> {
            JsonNode says = rule.getValue();
            switch (rule.getKey()) {
                case "$ref" -> check(value, SCHEMA.at(says.asText().substring(1)), at, problems);
                case "anyOf" -> {
                    boolean any = false;
                    for (JsonNode one : says) {
                        List<String> found = new ArrayList<>();
                        check(value, one, at, found);
                        any |= found.isEmpty();
                    }
                    if (!any) {
                        problems.add(at + " fits none");
                    }
                }
                case "enum" -> {
                    boolean in = false;
                    for (JsonNode one : says) {
                        in |= one.equals(value);
                    }
                    if (!in) {
                        problems.add(at + " is none of " + says);
                    }
                }
                case "type" -> {
                    boolean fits = false;
                    for (JsonNode type : says.isArray()
                            ? says
                            : Vectors.JSON.createArrayNode().add(says)) {
                        fits |= isOf(value, type.asText());
                    }
                    if (!fits) {
                        problems.add(at + " isn't " + says);
                    }
                }
                case "pattern" -> {
                    if (value.isTextual() && !value.asText().matches(says.asText())) {
                        problems.add(at + " doesn't match");
                    }
                }
                case "properties" ->
                    value.properties().forEach(member -> {
                        if (says.has(member.getKey())) {
                            check(member.getValue(), says.get(member.getKey()), at + "." + member.getKey(), problems);
                        }
                    });
                case "additionalProperties" ->
                    value.properties().forEach(member -> {
                        if (schema.path("properties").has(member.getKey())) {
                            return;
                        }
                        if (says.isBoolean()) {
                            problems.add(at + "." + member.getKey() + " isn't known");
                        } else {
                            check(member.getValue(), says, at + "." + member.getKey(), problems);
                        }
                    });
                case "required" ->
                    says.forEach(name -> {
                        if (!value.has(name.asText())) {
                            problems.add(at + "." + name.asText() + " is missing");
                        }
                    });
                case "items" -> value.forEach(each -> check(each, says, at + "[]", problems));
                case "description" -> {}
                default -> throw new AssertionError("the schema uses " + rule.getKey());
            }
        });
    }

    private static boolean isOf(JsonNode value, String type) {
        return switch (type) {
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> throw new AssertionError(type);
        };
    }

    private static JsonNode read(String json) {
        try {
            return Vectors.JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
