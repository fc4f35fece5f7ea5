package io.textonce.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.spi.Submission;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SubmitRequestTest {

    private static final String SERVICE = "MG00000000000000000000000000000001";

    /** A valid value for each option that a message may carry. */
    private static final Map<String, String> OPTIONS = Map.ofEntries(
            Map.entry("AddressRetention", "obfuscate"),
            Map.entry("ApplicationSid", "AP00000000000000000000000000000001"),
            Map.entry("Attempt", "2"),
            Map.entry("ContentRetention", "discard"),
            Map.entry("ContentSid", "HX00000000000000000000000000000001"),
            Map.entry("ContentVariables", "{\"1\":\"x\"}"),
            Map.entry("FallbackFrom", "+12025550101"),
            Map.entry("ForceDelivery", "false"),
            Map.entry("MessagingServiceSid", SERVICE),
            Map.entry("PersistentAction", "geo:1,2"),
            Map.entry("ProvideFeedback", "true"),
            Map.entry("RiskCheck", "disable"),
            Map.entry("SendAsMms", "true"),
            Map.entry("ShortenUrls", "true"),
            Map.entry("SmartEncoded", "false"),
            Map.entry("TrafficType", "free"));

    @Test
    void sendsOnlyKeysEnumValuesAndPatternsOfTwiliosContract() throws IOException {
        JsonNode contract = new ObjectMapper().readTree(Fixtures.bytes("twilio_messages_openapi.json"));
        JsonNode keys =
                contract.at("/paths/~12010-04-01~1Accounts~1{AccountSid}~1Messages.json/post/requestBody/content"
                        + "/application~1x-www-form-urlencoded/schema/properties");
        assertThat(keys.size()).isGreaterThan(20);
        Set<String> sent = new TreeSet<>();
        for (Map<String, List<String>> form : List.of(
                form(
                        submission()
                                .extra(OPTIONS)
                                .media(List.of(URI.create("https://m.example.org/a.png")))
                                .validity(Duration.ofMinutes(5)),
                        full()),
                form(submission().from(SenderId.pool(SERVICE)), full().smartEncoded(true)))) {
            form.forEach((key, values) -> values.forEach(value -> assertAllowed(contract, keys, key, value)));
            sent.addAll(form.keySet());
        }
        Set<String> possible = new TreeSet<>(OPTIONS.keySet());
        possible.addAll(List.of("To", "From", "Body", "MediaUrl", "StatusCallback", "ValidityPeriod"));
        assertThat(sent).isEqualTo(possible);
    }

    private static void assertAllowed(JsonNode contract, JsonNode keys, String key, String value) {
        JsonNode schema = keys.get(key);
        assertThat(schema).as("%s isn't in the contract", key).isNotNull();
        if (schema.has("$ref")) {
            schema = contract.at(schema.get("$ref").asText().substring(1));
        }
        if (schema.has("items")) {
            schema = schema.get("items");
        }
        if (schema.has("pattern")) {
            assertThat(value).matches(schema.get("pattern").asText());
        }
        if (schema.has("enum")) {
            List<String> allowed = new ArrayList<>();
            schema.get("enum").forEach(word -> allowed.add(word.asText()));
            assertThat(allowed).contains(value);
        }
        switch (schema.get("type").asText()) {
            case "boolean" -> assertThat(value).isIn("true", "false");
            case "integer" -> assertThat(value).matches("[0-9]+");
            default -> assertThat(value).isNotEmpty();
        }
    }

    @Test
    void takesNoOptionThatTheContractDoesNotKnowAndKnowsEachOfIts() throws IOException {
        JsonNode keys = new ObjectMapper()
                .readTree(Fixtures.bytes("twilio_messages_openapi.json"))
                .at("/paths/~12010-04-01~1Accounts~1{AccountSid}~1Messages.json/post/requestBody/content"
                        + "/application~1x-www-form-urlencoded/schema/properties");
        keys.fieldNames().forEachRemaining(key -> {
            String problem = Extra.problem(key, OPTIONS.getOrDefault(key, "x"));
            if (OPTIONS.containsKey(key)) {
                assertThat(problem).as(key).isNull();
            } else {
                assertThat(problem).as(key).startsWith("extra " + key + " isn't taken: ");
            }
        });
        assertThat(Extra.problem("Tags", "{}")).contains("isn't an option").contains("ContentSid");
        assertThat(Extra.problem("Bad\u202Ekey", "x")).doesNotContain("\u202E");
    }

    @Test
    void refusesAWrongValueOfAnOptionWithoutShowingIt() {
        for (String key : OPTIONS.keySet()) {
            String problem = Extra.problem(
                    key, key.equals("FallbackFrom") ? "not one word" : key.equals("PersistentAction") ? "  " : "wrong");
            assertThat(problem).as(key).startsWith("extra " + key + " must be ").doesNotContain("wrong");
        }
    }

    @Test
    void repeatsTheKeyForEachMediumInTheirOrder() {
        Map<String, List<String>> form = form(
                submission()
                        .media(List.of(URI.create("https://m.example.org/1"), URI.create("https://m.example.org/ä"))),
                full());
        assertThat(form.get("MediaUrl")).containsExactly("https://m.example.org/1", "https://m.example.org/%C3%A4");
    }

    @Test
    void namesAPoolAsMessagingService() {
        Map<String, List<String>> form = form(submission().from(SenderId.pool(SERVICE)), full());
        assertThat(form).containsEntry("MessagingServiceSid", List.of(SERVICE)).doesNotContainKey("From");
    }

    @Test
    void choosesTheSenderOfTheLongestPrefixUnlessTheMessageNamesOne() {
        TwilioProvider.Builder provider =
                full().senderFor("+44", SenderId.of("Clinic")).senderFor("+4477", SenderId.of("Mobile"));
        assertThat(sender("+447700900123", provider)).isEqualTo("Mobile");
        assertThat(sender("+441632960123", provider)).isEqualTo("Clinic");
        assertThat(sender("+12025550123", provider)).isEqualTo("+12025550100");
        assertThat(form(submission().from(SenderId.of("12345")), provider).get("From"))
                .containsExactly("12345");
    }

    @Test
    void sendsAValidityBetweenOneSecondAndTenHours() {
        assertThat(validity(Duration.ofMillis(1999))).containsExactly("1");
        assertThat(validity(Duration.ofHours(10))).containsExactly("36000");
        assertThat(validity(Duration.ofDays(3))).containsExactly("36000");
        for (Duration late : List.of(Duration.ofMillis(999), Duration.ZERO, Duration.ofSeconds(-5))) {
            SubmitRequest request = request(submission().validity(late), full());
            assertThat(request.refusal().reason()).hasValue(Reason.EXPIRED);
            assertThat(request.refusal().proof()).hasValue(Proof.LOCAL_POLICY);
        }
    }

    @Test
    void leavesTheTextToTwilioByteForByte() {
        String text = " + & = % \n 😀 ñ € \u00a0end";
        Submission.Builder odd =
                Submission.builder(MessageId.of("0123456789abc"), PhoneNumber.of("+12025550123"), text);
        assertThat(form(odd, full()).get("Body")).containsExactly(text);
    }

    @Test
    void refusesWhatTwilioCannotExpress() {
        assertThat(refusal(submission().extra(Map.of("Foo", "x")))).isEqualTo(Reason.REQUEST);
        assertThat(refusal(submission().extra(Map.of("ContentVariables", "{}"))))
                .isEqualTo(Reason.REQUEST);
        assertThat(refusal(submission().extra(Map.of("ShortenUrls", "true")))).isEqualTo(Reason.SENDER);
        assertThat(refusal(submission().from(SenderId.pool("pool-1")))).isEqualTo(Reason.SENDER);
        assertThat(refusal(submission().from(SenderId.pool(SERVICE)).extra(Map.of("MessagingServiceSid", SERVICE))))
                .isEqualTo(Reason.SENDER);
        assertThat(refusal(submission().from(new SenderId(SenderId.Kind.OTHER, "?"))))
                .isEqualTo(Reason.SENDER);
        assertThat(refusal(submission().media(Collections.nCopies(11, URI.create("https://m.example.org/1")))))
                .isEqualTo(Reason.CONTENT);
        assertThat(refusal(submission().media(List.of(URI.create("file:///etc/passwd")))))
                .isEqualTo(Reason.CONTENT);
        Submission.Builder empty =
                Submission.builder(MessageId.of("0123456789abc"), PhoneNumber.of("+12025550123"), "");
        assertThat(refusal(empty)).isEqualTo(Reason.CONTENT);
        assertThat(form(empty.extra(Map.of("ContentSid", OPTIONS.get("ContentSid"))), full()))
                .doesNotContainKey("Body");
        TwilioProvider.Builder listed = TwilioProviderTest.provider();
        listed.from = null;
        listed.senders(List.of(SenderId.of("12345")));
        assertThat(request(submission(), listed).refusal().reason()).hasValue(Reason.SENDER);
    }

    @Test
    void putsOurIdIntoTheCallbackWhateverItsQuery() {
        assertThat(callback("https://h.example.org")).isEqualTo("https://h.example.org?textonce-id=0123456789abc");
        assertThat(callback("https://h.example.org/p?")).isEqualTo("https://h.example.org/p?textonce-id=0123456789abc");
        assertThat(callback("https://h.example.org/p?a=b%20c#ct=2000"))
                .isEqualTo("https://h.example.org/p?a=b%20c&textonce-id=0123456789abc#ct=2000");
    }

    private static String callback(String base) {
        return form(submission(), TwilioProviderTest.provider().statusCallback(URI.create(base)))
                .get("StatusCallback")
                .get(0);
    }

    private static List<String> validity(Duration validity) {
        return form(submission().validity(validity), full()).get("ValidityPeriod");
    }

    private static String sender(String to, TwilioProvider.Builder provider) {
        return form(Submission.builder(MessageId.of("0123456789abc"), PhoneNumber.of(to), "x"), provider)
                .get("From")
                .get(0);
    }

    private static Reason refusal(Submission.Builder submission) {
        return request(submission, full()).refusal().reason().orElseThrow();
    }

    private static Map<String, List<String>> form(Submission.Builder submission, TwilioProvider.Builder provider) {
        Map<String, List<String>> form = new HashMap<>();
        for (String pair :
                new String(request(submission, provider).form().toByteArray(), StandardCharsets.US_ASCII).split("&")) {
            String[] parts = pair.split("=", 2);
            form.computeIfAbsent(parts[0], key -> new ArrayList<>())
                    .add(URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return form;
    }

    private static SubmitRequest request(Submission.Builder submission, TwilioProvider.Builder provider) {
        return SubmitRequest.of(submission.build(), new Settings(provider, List.of()));
    }

    private static Submission.Builder submission() {
        return TwilioProviderTest.submission();
    }

    private static TwilioProvider.Builder full() {
        return TwilioProviderTest.provider().statusCallback(URI.create(Fixtures.HOOK));
    }
}
