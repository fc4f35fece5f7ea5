package io.textonce.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.textonce.Origin;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.spi.ParsedWebhook;
import io.textonce.testkit.SignedTwilioRequest;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SignatureTest {

    private static final String TOKEN = Fixtures.TOKEN;
    private static final List<String> ALPHABET = List.of(
            "a", "b", "Z", "0", " ", "+", "&", "=", "%", "'", "@", ":", "/", "?", "#", "~", "*", "ñ", "€", "😀", "\n",
            "\u0000");

    @TestFactory
    Stream<DynamicTest> agreesWithEachPublishedVector() throws IOException {
        JsonNode vectors = new ObjectMapper()
                .readTree(Fixtures.bytes("twilio_signatures.json"))
                .get("vectors");
        assertThat(vectors.size()).isEqualTo(30);
        List<DynamicTest> tests = new ArrayList<>();
        vectors.forEach(vector -> tests.add(DynamicTest.dynamicTest(
                vector.get("name").asText(),
                () -> assertThat(accepts(vector)).isEqualTo(vector.get("valid").asBoolean()))));
        return tests.stream();
    }

    private static boolean accepts(JsonNode vector) {
        StringBuilder form = new StringBuilder();
        vector.get("params")
                .forEach(pair -> form.append(form.length() == 0 ? "" : "&")
                        .append(URLEncoder.encode(pair.get(0).asText(), StandardCharsets.UTF_8))
                        .append('=')
                        .append(URLEncoder.encode(pair.get(1).asText(), StandardCharsets.UTF_8)));
        boolean json = vector.has("body");
        WebhookRequest request = WebhookRequest.builder(
                        "POST", vector.get("url").asText())
                .header("X-Twilio-Signature", vector.get("signature").asText())
                .header("Content-Type", json ? "application/json" : "application/x-www-form-urlencoded")
                .body((json ? vector.get("body").asText() : form.toString()).getBytes(StandardCharsets.UTF_8))
                .build();
        return parse(request, vector.get("authToken").asText()).refusal().isEmpty();
    }

    @Test
    void agreesWithAPlainImplementationOnTenThousandRequestsAndTheirMutations() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("signature property test, seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            SignedTwilioRequest plain = SignedTwilioRequest.post("https://sms.example.org/h?q=" + i);
            for (int n = random.nextInt(12); n > 0; n--) {
                plain.param(word(random, 3), word(random, 8));
            }
            WebhookRequest genuine = plain.sign(TOKEN);
            assertThat(parse(genuine, TOKEN).refusal())
                    .as("seed %d, case %d", seed, i)
                    .isEmpty();
            WebhookRequest changed = mutate(random, genuine);
            boolean same = signedContent(changed).equals(signedContent(genuine));
            assertThat(parse(changed, TOKEN).refusal().isEmpty())
                    .as("seed %d, case %d, mutated", seed, i)
                    .isEqualTo(same);
        }
    }

    /** One byte of body, URL or signature, or the order of the pairs, which isn't signed. */
    private static WebhookRequest mutate(Random random, WebhookRequest genuine) {
        String url = genuine.url();
        String signature = genuine.header("X-Twilio-Signature").orElseThrow();
        String body = new String(genuine.body(), StandardCharsets.US_ASCII);
        switch (random.nextInt(4)) {
            case 0 -> url = replaceOne(random, url, 25);
            case 1 -> signature = replaceOne(random, signature, 0);
            case 2 -> body = body.isEmpty() ? "x=1" : replaceOne(random, body, 0);
            default -> {
                List<String> pairs = new ArrayList<>(List.of(body.split("&")));
                java.util.Collections.shuffle(pairs, random);
                if (random.nextBoolean() && !body.isEmpty()) {
                    pairs.add(pairs.get(random.nextInt(pairs.size())));
                }
                body = String.join("&", pairs);
            }
        }
        return WebhookRequest.builder("POST", url)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Twilio-Signature", signature)
                .body(body.getBytes(StandardCharsets.US_ASCII))
                .build();
    }

    private static String replaceOne(Random random, String text, int from) {
        int at = from + random.nextInt(text.length() - from);
        char other = "abcXYZ019".charAt(random.nextInt(9));
        return text.substring(0, at) + other + text.substring(at + 1);
    }

    /** What a signature covers, by plain means, with the signature itself. */
    private static String signedContent(WebhookRequest request) {
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        for (String pair : new String(request.body(), StandardCharsets.US_ASCII).split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                pairs.add(Map.entry(
                        decode(equals < 0 ? pair : pair.substring(0, equals)),
                        decode(equals < 0 ? "" : pair.substring(equals + 1))));
            }
        }
        return SignedTwilioRequest.signature(request.url(), pairs, TOKEN)
                + request.header("X-Twilio-Signature").orElseThrow();
    }

    private static String decode(String text) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && text.substring(i + 1).matches("(?s)[0-9a-fA-F]{2}.*")) {
                bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(c == '+' ? ' ' : c);
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static String word(Random random, int longest) {
        StringBuilder word = new StringBuilder();
        for (int n = random.nextInt(longest) + 1; n > 0; n--) {
            word.append(ALPHABET.get(random.nextInt(ALPHABET.size())));
        }
        return word.toString();
    }

    @Test
    void triesAtMostEightSpellingsOfAnUrl() {
        String quotes = "https://h.example.org:8443/a'b?x='%27'%27";
        assertThat(Signature.spellings(quotes)).hasSizeLessThanOrEqualTo(Signature.MOST_SPELLINGS);
        assertThat(Signature.spellings("https://[::1]/p?x=a"))
                .containsExactly("https://[::1]/p?x=a", "https://[::1]:443/p?x=a");
        assertThat(Signature.spellings("https://u:p@h.example.org/p"))
                .containsExactly("https://u:p@h.example.org/p", "https://u:p@h.example.org:443/p");
        assertThat(Signature.spellings("https://h.example.org?x=1")).contains("https://h.example.org:443?x=1");
    }

    @Test
    void keepsTheEscapesOfAQueryWhenItRemovesThePort() {
        assertThat(Signature.spellings("https://h.example.org:443/p?x=client%3AA+b%20c"))
                .contains("https://h.example.org/p?x=client%3AA+b%20c");
    }

    @Test
    void refusesASignatureThatIsNotBase64OfTwentyBytes() {
        Signature signature = new Signature(List.of(TOKEN));
        for (String header :
                List.of("", "x", "!".repeat(28), "A".repeat(28), "RSOYDt4T1cUTdK1PDd93/VVr8B8", "é".repeat(28))) {
            assertThat(signature.matches("https://h.example.org/", null, header))
                    .as(header)
                    .isFalse();
        }
    }

    private static ParsedWebhook parse(WebhookRequest request, String token) {
        TwilioWebhooks webhooks = new TwilioWebhooks(List.of(token), (source, most) -> {
            throw new IOException("not used");
        });
        return webhooks.parse(request, new Origin(TenantId.DEFAULT, "twilio", "sms", Instant.EPOCH));
    }
}
