package io.textonce.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.textonce.WebhookRequest;
import io.textonce.gateway.Spec.Source;
import io.textonce.gateway.Spec.VouchKind;
import io.textonce.spi.SmsProvider;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.ScriptedReply;
import io.textonce.testkit.SignedGatewayRequest;
import io.textonce.testkit.SmsProviderContract;
import io.textonce.testkit.WebhookFixtures;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The provider contract, run by every shipped profile; the fixtures are the vectors, about the contract's message. */
@Tag("once")
class ShippedProfilesTest {

    private static final String HOOK = "https://sms.example.org/hooks/gateway";
    private static final long NOW = 1_775_025_232;

    @Test
    void everyShippedProfileIsAmongThem() {
        List<String> tested = Stream.of(ShippedProfilesTest.class.getDeclaredClasses())
                .filter(type -> type.isAnnotationPresent(Nested.class))
                .map(type -> type.getSimpleName()
                        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                        .toLowerCase(java.util.Locale.ROOT))
                .sorted()
                .toList();
        assertEquals(GatewayProfile.shipped(), tested);
    }

    @Nested
    class Kannel extends Contract {}

    @Nested
    class Jasmin extends Contract {}

    @Nested
    class Bulksms extends Contract {}

    @Nested
    class Africastalking extends Contract {}

    @Nested
    class Infobip extends Contract {
        @Override
        protected Optional<ScriptedReply> throttled() {
            return Optional.of(new ScriptedReply(
                    429, Map.of("Content-Type", "application/json", "Retry-After", "7"), "{\"error\":\"slow down\"}"));
        }
    }

    @Nested
    class SinchEngage extends Contract {}

    @Nested
    class Smsgate extends Contract {}

    @Nested
    class Smseagle extends Contract {
        @Override
        protected Map<String, ScriptedReply> malformed() {
            return withoutCutIds();
        }
    }

    @Nested
    class Playsms extends Contract {}

    @Nested
    class Geezsms extends Contract {}

    @Nested
    class Afromessage extends Contract {}

    @Nested
    class ClickatellPlatform extends Contract {}

    @Nested
    class Vonage extends Contract {}

    @Nested
    class BaseUrl extends Contract {
        /** Nothing but the status proves anything at a gateway that nobody has described. */
        @Override
        protected Map<String, ScriptedReply> malformed() {
            return Map.of("HTML", super.malformed().get("HTML"));
        }
    }

    /** What is the same for all of them. */
    abstract static class Contract extends SmsProviderContract {

        private static final String NEW_SECRET = "hook-secret-new";
        private static final String OLD_SECRET = "hook-secret-old";

        private final GatewayProfile profile = GatewayProfile.shipped(getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(java.util.Locale.ROOT));

        private final List<JsonNode> vectors = Vectors.all().stream()
                .filter(vector -> Vectors.profileName(vector).equals(profile.id()))
                .filter(vector -> !vector.get("expected").has("auth"))
                .toList();

        @Override
        protected SmsProvider provider(String baseUrl) {
            GatewayProvider.Builder builder = GatewayProvider.builder(profile)
                    .baseUrl(baseUrl)
                    .clock(Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC));
            profile.secrets().forEach(secret -> builder.secret(secret, "s3cret-" + secret));
            if (hasWebhooks()) {
                builder.webhookSecrets(NEW_SECRET, OLD_SECRET);
            }
            if (!profile.named(Values.CALLBACK).isEmpty()) {
                builder.callback(URI.create(HOOK));
            }
            return builder.build();
        }

        private boolean hasWebhooks() {
            return profile.spec().reports() != null || profile.spec().inbound() != null;
        }

        /** Fixtures about our recipient, with our id where the vector has a reference. */
        private String ours(JsonNode vector) {
            return ours(vector, Vectors.body(vector.get("response").get("body")));
        }

        private static String ours(JsonNode vector, String text) {
            String mine = text;
            JsonNode to = vector.path("input").path("to").path(0);
            if (!to.isMissingNode()) {
                mine = mine.replace(to.asText().substring(1), RECIPIENT.digits());
            }
            String ref = vector.path("input").path("ref").asText("");
            for (JsonNode event : vector.path("expected").path("events")) {
                ref = event.path("ref").asText(ref);
            }
            if (profile(vector).equals("smsgate") || profile(vector).equals("infobip")) {
                ref = vector.path("expected")
                        .path("events")
                        .path(0)
                        .path("messageId")
                        .asText(ref);
            }
            return ref.isEmpty() ? mine : mine.replace(ref, MESSAGE_ID.value());
        }

        private static String profile(JsonNode vector) {
            return Vectors.profileName(vector);
        }

        private JsonNode first(Predicate<JsonNode> which) {
            return vectors.stream().filter(which).findFirst().orElseThrow();
        }

        private static boolean isAccepted(JsonNode vector) {
            JsonNode results = vector.get("expected").path("results");
            return results.size() == 1 && results.get(0).get("accepted").asBoolean();
        }

        private JsonNode acceptedVector() {
            return vectors.stream()
                    .filter(Contract::isAccepted)
                    .findFirst()
                    .orElseGet(() -> first(v -> v.path("expected")
                            .path("results")
                            .path(0)
                            .path("accepted")
                            .asBoolean()));
        }

        @Override
        protected ScriptedReply accepted() {
            JsonNode vector = acceptedVector();
            return reply(vector, ours(vector));
        }

        private static ScriptedReply reply(JsonNode vector, String body) {
            Map<String, String> headers = new LinkedHashMap<>();
            vector.get("response")
                    .get("headers")
                    .properties()
                    .forEach(h -> headers.put(h.getKey(), h.getValue().asText()));
            return new ScriptedReply(vector.get("response").get("status").asInt(), headers, body);
        }

        @Override
        protected String acceptedId() {
            JsonNode vector = acceptedVector();
            String id = vector.get("expected")
                    .get("results")
                    .get(0)
                    .path("messageId")
                    .asText(null);
            return id == null ? null : ours(vector, id);
        }

        @Override
        protected void assertDocumented(RawServer.Request request) {
            JsonNode expected = acceptedVector().get("request");
            assertEquals(expected.get("method").asText(), request.method());
            String path = URI.create(expected.get("url").asText()).getPath();
            assertTrue(request.target().startsWith(profile.id().equals("base-url") ? "/" : path), request::target);
            String all = request.target() + " " + request.text();
            String plain = all + URLDecoder.decode(all.replaceAll("%(?![0-9A-F]{2})", "%25"), StandardCharsets.UTF_8);
            assertTrue(plain.contains(RECIPIENT.digits().substring(1)), "the recipient is in it");
            assertTrue(plain.contains(TEXT), "the text is in it");
        }

        @Override
        protected List<Refusal> refusals() {
            List<Refusal> all = new ArrayList<>();
            for (JsonNode vector : vectors) {
                JsonNode results = vector.get("expected").path("results");
                String error = results.path(0).path("error").asText("OUTCOME_UNKNOWN");
                if (results.size() == 1 && !error.equals("OUTCOME_UNKNOWN")) {
                    all.add(new Refusal(
                            vector.get("name").asText(), reply(vector, ours(vector)), Vectors.reason(error), null));
                }
            }
            return all;
        }

        @Override
        protected Optional<ScriptedReply> throttled() {
            return Optional.empty();
        }

        @Override
        protected List<String> secrets() {
            List<String> all = new ArrayList<>(List.of(NEW_SECRET, OLD_SECRET));
            profile.secrets().forEach(secret -> all.add("s3cret-" + secret));
            return all;
        }

        /** Without the case that no text gateway can tell: an id that lost its last character. */
        protected Map<String, ScriptedReply> withoutCutIds() {
            return super.malformed().entrySet().stream()
                    .filter(each -> !each.getKey().equals("all but the last character"))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        }

        @Override
        protected Optional<WebhookFixtures> webhooks() {
            return hasWebhooks() ? Optional.of(new Hooks()) : Optional.empty();
        }

        private final class Hooks implements WebhookFixtures {
            private final boolean query = profile.spec().reports().source() == Source.QUERY;
            private final boolean json = List.of(Source.JSON, Source.ANY)
                    .contains(profile.spec().reports().source());
            private final VouchKind kind = profile.spec().vouches().stream()
                    .map(Spec.Vouch::kind)
                    .filter(each -> each != VouchKind.RSA)
                    .findFirst()
                    .orElseThrow();

            @Override
            public List<String> secrets() {
                return List.of(NEW_SECRET, OLD_SECRET);
            }

            @Override
            public WebhookRequest sign(byte[] body, String secret) {
                SignedGatewayRequest request = request(body);
                return switch (kind) {
                    case HMAC -> request.hmac("X-Signature", "X-Timestamp", NOW, secret);
                    case HEADER_SECRET -> request.headerSecret("X-Textonce-Secret", secret);
                    default -> request.querySecret("secret", secret);
                };
            }

            private SignedGatewayRequest request(byte[] body) {
                // What the gateway got as callback URL, our id in it.
                String url = HOOK + (profile.named(Values.CALLBACK).isEmpty() ? "" : "?ref=" + MESSAGE_ID);
                if (query) {
                    return SignedGatewayRequest.get(HOOK + "?" + new String(body, StandardCharsets.ISO_8859_1));
                }
                return json ? SignedGatewayRequest.json(url, body) : SignedGatewayRequest.form(url, body);
            }

            @Override
            public WebhookRequest unsigned(WebhookRequest signed) {
                WebhookRequest.Builder copy = WebhookRequest.builder(
                        signed.method(), signed.rawTarget().replaceAll("[?&]secret=[^&]*", ""));
                signed.headers().forEach((name, values) -> {
                    if (!name.equalsIgnoreCase("X-Signature") && !name.equalsIgnoreCase("X-Textonce-Secret")) {
                        copy.header(name, values.get(0));
                    }
                });
                return copy.body(signed.body()).build();
            }

            private byte[] payload(JsonNode vector) {
                JsonNode request = vector.get("request");
                String body = query
                        ? URI.create(request.get("url").asText()).getRawQuery()
                        : Vectors.body(request.get("body"));
                String one = body.startsWith("[") ? firstOf(body) : body;
                return ours(vector, one).getBytes(StandardCharsets.UTF_8);
            }

            private String firstOf(String array) {
                try {
                    return "[" + Vectors.JSON.readTree(array).get(0) + "]";
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public byte[] deliveryReport() {
                byte[] payload = payload(first(v -> v.get("kind").asText().equals("dlr")
                        && v.get("expected")
                                .get("events")
                                .path(0)
                                .path("status")
                                .asText()
                                .equals("DELIVERED")));
                return profile.id().equals("infobip") ? onlyResult(payload) : payload;
            }

            private byte[] onlyResult(byte[] payload) {
                try {
                    return ("{\"results\":["
                                    + Vectors.JSON
                                            .readTree(payload)
                                            .get("results")
                                            .get(0) + "]}")
                            .getBytes(StandardCharsets.UTF_8);
                } catch (java.io.IOException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public boolean echoesMessageId() {
                return profile.spec().reports().fields().containsKey("ref");
            }

            @Override
            public byte[] inbound() {
                return vectors.stream()
                        .filter(v -> v.get("kind").asText().equals("inbound"))
                        .findFirst()
                        .map(this::payload)
                        .orElseGet(
                                () -> ("{\"results\":[{\"messageId\":\"i1\",\"from\":\"254711000111\",\"to\":\"24453\","
                                                + "\"text\":\"YES\"}]}")
                                        .getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public byte[] unknownKind() {
                String unknown = json ? "{\"hello\":\"world\"}" : "hello=world";
                return unknown.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public List<byte[]> tampered(byte[] body) {
                return kind == VouchKind.HMAC ? WebhookFixtures.super.tampered(body) : List.of();
            }
        }
    }
}
