package io.textonce.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.WebhookRequest;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpTransport;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every vector: the request on a real socket, the answer read, the webhooks read, the signatures checked. */
class VectorsTest {

    private static final Map<String, String> SECRETS =
            Map.of("username", "user", "password", "p@ss", "apiKey", "KEY123", "apiSecret", "SECRET123");

    /** When the signed vectors were signed. */
    private static final Clock THEN = Clock.fixed(Instant.ofEpochSecond(1_775_025_232), ZoneOffset.UTC);

    @Test
    void allVectorsAreThere() {
        assertThat(Vectors.all("gateways.json")).hasSize(86);
    }

    @TestFactory
    Stream<DynamicTest> holds() {
        return Vectors.all().stream()
                .map(vector -> dynamicTest(
                        vector.get("provider").asText() + " "
                                + vector.get("kind").asText() + ": "
                                + vector.get("name").asText(),
                        () -> {
                            if (vector.get("expected").has("auth")) {
                                signature(vector);
                            } else if (vector.get("kind").asText().equals("send")) {
                                send(vector);
                            } else if (vector.get("kind").asText().equals("balance")) {
                                balance(vector);
                            } else {
                                webhook(vector);
                            }
                        }));
    }

    private static GatewayProvider.Builder provider(GatewayProfile profile, JsonNode vector, String baseUrl) {
        GatewayProvider.Builder builder =
                GatewayProvider.builder(profile).baseUrl(baseUrl).allowInsecure();
        profile.secrets().forEach(secret -> builder.secret(secret, SECRETS.get(secret)));
        vector.path("input")
                .path("settings")
                .properties()
                .forEach(each -> builder.setting(each.getKey(), each.getValue().asText()));
        if (!profile.named(Values.CALLBACK).isEmpty()) {
            // Without a secret, which the vectors' addresses don't have.
            builder.callback(URI.create("https://app.example/sms/dlr/" + profile.id()))
                    .webhookVerifier(request -> true);
        }
        return builder;
    }

    private static void send(JsonNode vector) {
        GatewayProfile profile = Vectors.profile(Vectors.profileName(vector));
        Spec spec = profile.spec();
        JsonNode input = vector.get("input");
        JsonNode expected = vector.get("request");
        URI url = URI.create(expected.get("url").asText());
        String written = spec.send().call().url().toString();
        if (!written.startsWith("{baseUrl}")) {
            assertThat(expected.get("url").asText()).startsWith(written);
        }
        try (RawServer server = RawServer.start();
                HttpTransport transport = HttpTransport.builder().build()) {
            server.next(RawBehaviour.raw(bytes(vector.get("response"))));
            String base = server.url("") + (written.equals("{baseUrl}") ? url.getPath() + "?" : "");
            GatewayProvider.Builder builder = provider(profile, vector, base);
            Settings settings = new Settings(builder, List.of());
            PreparedCall call = new PreparedCall(spec.send().call(), settings.url(), settings::known, transport);
            SubmitRequest request = new SubmitRequest(
                    spec.send(),
                    builder.callback == null ? null : builder.callback.toString(),
                    settings.callbackQuery(),
                    Set.of());
            List<String> recipients = new ArrayList<>();
            input.get("to").forEach(to -> recipients.add(to.asText()));
            String ref = input.path("ref").asText(null);
            Map<String, String> more = new LinkedHashMap<>();
            copy(input, "maxParts", more, Values.PARTS);
            copy(input, "delayMinutes", more, "extra.delayMinutes");
            copy(input, "dedupeId", more, "extra.deduplicationId");
            String text = input.get("text").asText();
            // The one thing that a batch repeats for each recipient in the vectors is the same reference.
            Values values = request.values(
                    recipients.stream()
                            .map(to -> new Values.To(request.format(PhoneNumber.of(to)), ref))
                            .toList(),
                    input.path("from").asText(null),
                    text,
                    more,
                    name -> null);
            HttpOutcome outcome = call.ready(values, request.params(text), null).send(Duration.ofSeconds(10));
            assertSent(server.requests().get(0), expected, url);
            List<SubmitReply> replies = new SubmitResponse(
                            spec.displayName(),
                            spec.send().response(),
                            new Numbers(spec.countryCode()),
                            Clock.systemUTC())
                    .read(outcome, recipients);
            assertProven(replies, vector.get("expected").get("results"));
        }
    }

    private static void copy(JsonNode from, String name, Map<String, String> to, String variable) {
        if (from.has(name)) {
            to.put(variable, from.get(name).asText());
        }
    }

    private static byte[] bytes(JsonNode response) {
        byte[] body = Vectors.body(response.get("body")).getBytes(StandardCharsets.UTF_8);
        StringBuilder head =
                new StringBuilder("HTTP/1.1 " + response.get("status").asInt() + " X\r\n");
        response.get("headers")
                .properties()
                .forEach(h -> head.append(h.getKey() + ": " + h.getValue().asText() + "\r\n"));
        head.append("Content-Length: " + body.length + "\r\n\r\n");
        return (head + new String(body, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void assertSent(RawServer.Request sent, JsonNode expected, URI url) {
        assertThat(sent.method()).isEqualTo(expected.get("method").asText());
        int mark = sent.target().indexOf('?');
        assertThat(mark < 0 ? sent.target() : sent.target().substring(0, mark)).isEqualTo(url.getPath());
        assertThat(pairs(mark < 0 ? "" : sent.target().substring(mark + 1)))
                .isEqualTo(pairs(url.getRawQuery() == null ? "" : url.getRawQuery()));
        expected.get("headers")
                .properties()
                .forEach(header -> assertThat(sent.header(header.getKey()))
                        .as(header.getKey())
                        .contains(header.getValue().asText()));
        JsonNode body = expected.get("body");
        if (body.isContainerNode()) {
            assertThat(read(sent.text())).isEqualTo(body);
        } else if (body.isTextual()) {
            assertThat(pairs(sent.text())).isEqualTo(pairs(body.asText()));
        }
    }

    private static JsonNode read(String json) {
        try {
            return Vectors.JSON.readTree(json);
        } catch (java.io.IOException e) {
            throw new AssertionError(json, e);
        }
    }

    private static List<String> pairs(String encoded) {
        return Arrays.stream(encoded.split("&"))
                .map(pair -> URLDecoder.decode(pair, StandardCharsets.UTF_8))
                .toList();
    }

    private static void assertProven(List<SubmitReply> replies, JsonNode results) {
        assertThat(replies).hasSize(results.size());
        for (int i = 0; i < replies.size(); i++) {
            SubmitReply reply = replies.get(i);
            JsonNode result = results.get(i);
            String error = result.path("error").asText("");
            if (result.get("accepted").asBoolean()) {
                assertThat(reply.outcome()).as(reply.toString()).isEqualTo(Outcome.ACCEPTED);
                assertThat(reply.providerMessageId().orElse(""))
                        .isEqualTo(result.path("messageId").asText(""));
            } else if (error.equals("OUTCOME_UNKNOWN")) {
                assertThat(reply.outcome()).as(reply.toString()).isEqualTo(Outcome.UNKNOWN);
            } else {
                assertThat(reply.reason()).as(reply.toString()).contains(Vectors.reason(error));
                assertThat(reply.proof()).contains(Proof.PROVIDER_REFUSED);
            }
        }
    }

    private static void balance(JsonNode vector) {
        GatewayProfile profile = Vectors.profile(Vectors.profileName(vector));
        try (RawServer server = RawServer.start();
                GatewayProvider provider =
                        provider(profile, vector, server.url("")).build()) {
            server.next(RawBehaviour.raw(bytes(vector.get("response"))));
            var answer = provider.role(io.textonce.spi.BalanceQuery.class)
                    .orElseThrow()
                    .balance();
            assertSent(
                    server.requests().get(0),
                    vector.get("request"),
                    URI.create(vector.get("request").get("url").asText()));
            JsonNode expected = vector.get("expected");
            if (expected.has("balance")) {
                assertThat(answer.balance())
                        .isEqualTo(io.textonce.Money.of(expected.get("balance").asText(), "XXX"));
            } else {
                assertThat(answer.balance()).isNull();
                assertThat(answer.explanation()).contains(ErrorClass.AUTH.hint());
            }
        }
    }

    private static GatewayWebhooks webhooks(GatewayProfile profile) {
        Spec spec = profile.spec();
        Vouching anybody = new Vouching(List.of(), List.of(), Map.of(), List.of(), request -> true, THEN);
        return new GatewayWebhooks(spec.reports(), spec.inbound(), new Numbers(spec.countryCode()), anybody);
    }

    private static void webhook(JsonNode vector) {
        GatewayWebhooks webhooks = webhooks(Vectors.profile(Vectors.profileName(vector)));
        List<GatewayWebhooks.Found> found = webhooks.found(Vectors.webhook(vector));
        JsonNode events = vector.get("expected").get("events");
        assertThat(found).hasSize(events.size());
        for (int i = 0; i < events.size(); i++) {
            Map<String, Object> expected = new LinkedHashMap<>();
            events.get(i).properties().forEach(each -> expected.put(each.getKey(), plain(each.getValue())));
            assertSays(found.get(i), expected, vector.get("kind").asText().equals("dlr"));
        }
        assertThat(webhooks.acknowledgement().status())
                .isEqualTo(vector.get("response").get("status").asInt());
        assertThat(webhooks.acknowledgement().body())
                .isEqualTo(vector.get("response").get("body").asText());
    }

    private static Object plain(JsonNode node) {
        return node.isTextual() ? node.asText() : Vectors.JSON.convertValue(node, Object.class);
    }

    private static void assertSays(GatewayWebhooks.Found found, Map<String, Object> expected, boolean report) {
        assertThat(found.hook()).isNotNull();
        assertThat(found.hook().report()).isEqualTo(report);
        Map<String, Object> said = new LinkedHashMap<>(found.fields());
        if (report) {
            String word = found.fields().get("status");
            Spec.Word ours = found.hook().statusMap().get(word.toLowerCase(java.util.Locale.ROOT));
            said.put("rawStatus", word);
            said.put(
                    "status",
                    ProfileReader.WORDS.entrySet().stream()
                            .filter(each -> each.getValue().equals(ours))
                            .map(Map.Entry::getKey)
                            .findFirst()
                            .orElse("UNKNOWN"));
        }
        List<Map<String, String>> media = GatewayWebhooks.mediaItems(found.hook(), found.item());
        if (!media.isEmpty()) {
            said.put("media", media);
        }
        assertThat(said).containsAllEntriesOf(expected);
        // Beside what a vector expects, a shipped profile may know an event's id and our own id.
        said.keySet().removeAll(expected.keySet());
        assertThat(said.keySet()).isSubsetOf("id", "ref");
    }

    private static void signature(JsonNode vector) throws Exception {
        JsonNode auth = vector.get("expected").get("auth");
        boolean rsa = auth.get("kind").asText().equals("RSA");
        PublicKey key = rsa
                ? KeyFactory.getInstance("RSA")
                        .generatePublic(new X509EncodedKeySpec(Base64.getDecoder()
                                .decode(auth.get("publicKeyBase64X509").asText())))
                : null;
        Spec spec = Vectors.profile(Vectors.profileName(vector)).spec();
        Vouching vouching = new Vouching(
                spec.vouches(),
                rsa ? List.of() : List.of("not this one", auth.get("secret").asText()),
                rsa ? Map.of("7ca628a8-08b0-4e42-aeb8-960b37049c31", key) : Map.of(),
                List.of(),
                null,
                THEN);
        WebhookRequest genuine = Vectors.webhook(vector);
        assertThat(vouching.problem(genuine)).isNull();
        for (int i = 0; i < genuine.body().length; i++) {
            byte[] changed = genuine.body().clone();
            changed[i] ^= 1;
            assertThat(vouching.problem(copy(genuine, genuine.rawTarget(), changed)))
                    .isNotNull();
        }
        if (rsa) {
            assertThat(vouching.problem(copy(genuine, genuine.rawTarget() + "/other", genuine.body())))
                    .isNotNull();
        } else {
            Vouching later = new Vouching(
                    spec.vouches(),
                    List.of(auth.get("secret").asText()),
                    Map.of(),
                    List.of(),
                    null,
                    Clock.offset(THEN, Duration.ofSeconds(301)));
            assertThat(later.problem(genuine)).as("replayed after its time").isNotNull();
        }
    }

    private static WebhookRequest copy(WebhookRequest of, String target, byte[] body) {
        return WebhookRequest.builder(of.method(), target)
                .headers(of.headers())
                .body(body)
                .build();
    }
}
