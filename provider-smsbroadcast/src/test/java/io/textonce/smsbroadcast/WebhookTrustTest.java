package io.textonce.smsbroadcast;

import static io.textonce.testkit.SignedSmsBroadcastRequest.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.DeliveryReport;
import io.textonce.InboundMessage;
import io.textonce.SmsEvent;
import io.textonce.WebhookRequest;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.SignedSmsBroadcastRequest;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who is believed: forged, replayed, rotated and re-encoded requests in each scheme. */
class WebhookTrustTest {

    private static final byte[] REPORT = Fixtures.bytes("dlr-delivered.json");
    private static final String PATH = "/hooks/clinic?x=1%202";
    private static final String URL = "https://sms.example.org" + PATH;
    private static final PrivateKey KEY = Fixtures.KEY.getPrivate();

    private final SmsBroadcastProvider secrets = Fixtures.provider()
            .webhookSecrets(Fixtures.SECRET, Fixtures.OLD_SECRET)
            .webhookHeader("X-Clinic-Secret")
            .build();
    private final SmsBroadcastProvider keys = Fixtures.provider()
            .webhookKey(Fixtures.KEY_ID, Fixtures.base64(Fixtures.KEY))
            .webhookKey(Fixtures.OLD_KEY_ID, Fixtures.base64(Fixtures.OLD_KEY))
            .build();
    private final SmsBroadcastProvider both = Fixtures.provider()
            .webhookSecrets(Fixtures.SECRET)
            .webhookKey(Fixtures.KEY_ID, Fixtures.base64(Fixtures.KEY))
            .build();

    @AfterEach
    void close() {
        secrets.close();
        keys.close();
        both.close();
    }

    static Stream<Arguments> secretsThatPass() {
        return Stream.of(
                vector("query", json(URL, REPORT).withSecret(Fixtures.SECRET)),
                vector("query, the other secret", json(URL, REPORT).withSecret(Fixtures.OLD_SECRET)),
                vector(
                        "query, second of two",
                        json(URL + "&secret=wrong", REPORT).withSecret(Fixtures.SECRET)),
                vector(
                        "path",
                        json("https://sms.example.org/hooks/" + Fixtures.SECRET, REPORT)
                                .plain()),
                vector(
                        "path, in the middle",
                        json("https://sms.example.org/" + Fixtures.OLD_SECRET + "/dlr?x=1", REPORT)
                                .plain()),
                vector("path, as the server saw it", plain("POST", "/hooks/" + Fixtures.SECRET)),
                vector("header", json(URL, REPORT).withHeader("X-Clinic-Secret", Fixtures.SECRET)),
                vector("header in another case", json(URL, REPORT).withHeader("x-clinic-secret", Fixtures.OLD_SECRET)),
                vector("PUT", plain("PUT", "/hooks/" + Fixtures.SECRET)),
                vector(
                        "a signature that nobody can check beside a secret",
                        json(URL, REPORT)
                                .param("secret", Fixtures.SECRET)
                                .sign(KEY, Fixtures.KEY_ID, "SHA256", Fixtures.NOW)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("secretsThatPass")
    void believesASecret(String name, WebhookRequest request) {
        assertThat(only(secrets, request)).as(name).isInstanceOf(DeliveryReport.class);
    }

    static Stream<Arguments> secretsThatFail() {
        String secret = Fixtures.SECRET;
        String host = "https://sms.example.org/";
        return Stream.of(
                vector("none", json(URL, REPORT).plain()),
                vector("wrong", json(URL, REPORT).withSecret("a-long-random-secret-2")),
                vector("empty", json(URL, REPORT).withSecret("")),
                vector("a beginning", json(URL, REPORT).withSecret(secret.substring(0, secret.length() - 1))),
                vector("one character more", json(URL, REPORT).withSecret(secret + "1")),
                vector("in capitals", json(URL, REPORT).withSecret(secret.toUpperCase(java.util.Locale.ROOT))),
                vector("both in one", json(URL, REPORT).withSecret(secret + Fixtures.OLD_SECRET)),
                vector(
                        "another parameter",
                        json(URL + "&token=" + secret, REPORT).plain()),
                vector(
                        "a parameter with a longer name",
                        json(URL + "&xsecret=" + secret, REPORT).plain()),
                vector(
                        "in capital letters, the parameter",
                        json(URL + "&SECRET=" + secret, REPORT).plain()),
                vector(
                        "in the fragment",
                        json(URL + "#secret=" + secret, REPORT).plain()),
                vector(
                        "in the host's name",
                        json("https://" + secret + "/hooks", REPORT).plain()),
                vector(
                        "part of a segment",
                        json(host + "x" + secret + "/dlr", REPORT).plain()),
                vector("another header", json(URL, REPORT).withHeader("X-Webhook-Secret", secret)),
                vector(
                        "in the body",
                        json(
                                        URL,
                                        ("{\"secret\":\"" + secret + "\",\"status\":\"delivered\",\"msgref\":\"1\"}")
                                                .getBytes(StandardCharsets.UTF_8))
                                .plain()),
                vector(
                        "in a form",
                        SignedSmsBroadcastRequest.post(URL)
                                .param("secret", secret)
                                .param("status", "delivered")
                                .plain()),
                vector("with the method DELETE", plain("DELETE", "/hooks/" + secret)),
                vector(
                        "after too many",
                        json(host + "?" + "secret=x&".repeat(40) + "secret=" + secret, REPORT)
                                .plain()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("secretsThatFail")
    void doesNotBelieve(String name, WebhookRequest request) {
        assertRefused(secrets, request, name);
    }

    @Test
    void comparesWholeDigests() {
        byte[] wanted = Verifier.digest(Fixtures.SECRET);
        String alike = IntStream.range(0, 1_000_000)
                .mapToObj(i -> "another-secret-" + i)
                .filter(candidate -> Arrays.equals(Verifier.digest(candidate), 0, 2, wanted, 0, 2))
                .findFirst()
                .orElseThrow();
        assertRefused(secrets, json(URL, REPORT).withSecret(alike), "a secret whose digest begins alike");
    }

    static Stream<Arguments> signaturesThatPass() {
        return Stream.of(
                vector("SHA224", signed("SHA224", Fixtures.NOW)),
                vector("SHA-224", signed("SHA-224", Fixtures.NOW)),
                vector("SHA256", signed("SHA256", Fixtures.NOW)),
                vector("SHA-512", signed("SHA-512", Fixtures.NOW)),
                vector("five minutes old", signed("SHA256", Fixtures.NOW.minus(Duration.ofMinutes(5)))),
                vector("from a clock that is ahead", signed("SHA256", Fixtures.NOW.plus(Duration.ofMinutes(5)))),
                vector(
                        "the key that is being replaced",
                        json(URL, REPORT)
                                .sign(Fixtures.OLD_KEY.getPrivate(), Fixtures.OLD_KEY_ID, "SHA256", Fixtures.NOW)),
                vector(
                        "a key's id in capitals",
                        json(URL, REPORT)
                                .sign(KEY, Fixtures.KEY_ID.toUpperCase(java.util.Locale.ROOT), "SHA256", Fixtures.NOW)),
                vector("no key's id", without(signed("SHA256", Fixtures.NOW), "X-MessageMedia-Key-Id")),
                vector("no cipher", without(signed("SHA256", Fixtures.NOW), "X-MessageMedia-Cipher-Type")),
                vector("as the server saw it, behind a prefix", behindAPrefix()),
                vector(
                        "GET",
                        SignedSmsBroadcastRequest.get("https://sms.example.org/dlr")
                                .param("status", "Delivered")
                                .param("smsref", "2942263")
                                .sign(KEY, Fixtures.KEY_ID, "SHA224", Fixtures.NOW)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("signaturesThatPass")
    void believesASignature(String name, WebhookRequest request) {
        assertThat(only(keys, request)).as(name).isInstanceOf(DeliveryReport.class);
    }

    static Stream<Arguments> signaturesThatFail() {
        WebhookRequest good = signed("SHA256", Fixtures.NOW);
        String signature = good.header("X-MessageMedia-Signature").orElseThrow();
        return Stream.of(
                vector("none", json(URL, REPORT).plain()),
                vector("a secret instead", json(URL, REPORT).withSecret(Fixtures.SECRET)),
                vector("replayed after five minutes", signed("SHA256", Fixtures.NOW.minusSeconds(301))),
                vector("from the future", signed("SHA256", Fixtures.NOW.plusSeconds(301))),
                vector(
                        "replayed with a new date",
                        with(signed("SHA256", Fixtures.NOW.minusSeconds(900)), "Date", date(good))),
                vector("no date", without(good, "Date")),
                vector("a date that is none", with(good, "Date", "now")),
                vector("another path", target(good, "https://sms.example.org/hooks/other?x=1%202")),
                vector("another query", target(good, URL.replace("x=1", "x=2"))),
                vector("a query in another spelling", target(good, URL.replace("%20", "+"))),
                vector("another method", method(good, "PUT")),
                vector("another body", body(good, "{\"status\":\"delivered\",\"msgref\":\"2\"}")),
                vector("a body that was written again", body(good, new String(REPORT, StandardCharsets.UTF_8) + " ")),
                vector("no body", body(good, "")),
                vector("another digest's name", with(good, "X-MessageMedia-Digest-Type", "SHA512")),
                vector("MD5", with(good, "X-MessageMedia-Digest-Type", "MD5")),
                vector("no digest", without(good, "X-MessageMedia-Digest-Type")),
                vector("another cipher", with(good, "X-MessageMedia-Cipher-Type", "HMAC")),
                vector("the other key's id", with(good, "X-MessageMedia-Key-Id", Fixtures.OLD_KEY_ID)),
                vector("an unknown key's id", with(good, "X-MessageMedia-Key-Id", "nobody")),
                vector(
                        "a key of somebody else's",
                        json(URL, REPORT)
                                .sign(Fixtures.STRANGE_KEY.getPrivate(), Fixtures.KEY_ID, "SHA256", Fixtures.NOW)),
                vector("an empty signature", with(good, "X-MessageMedia-Signature", "")),
                vector("half of the signature", with(good, "X-MessageMedia-Signature", signature.substring(0, 100))),
                vector("a signature that isn't Base64", with(good, "X-MessageMedia-Signature", "!" + signature)),
                vector("the signature twice", with(good, "X-MessageMedia-Signature", signature + signature)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("signaturesThatFail")
    void doesNotBelieveASignature(String name, WebhookRequest request) {
        assertRefused(keys, request, name);
    }

    @Test
    void judgesASignedRequestByItsSignatureEvenBesideASecret() {
        WebhookRequest forged = body(signed("SHA256", Fixtures.NOW), "{\"status\":\"failed\",\"msgref\":\"1\"}");
        assertRefused(both, target(forged, URL + "&secret=" + Fixtures.SECRET), "secret beside a bad signature");
        assertThat(only(both, json(URL, REPORT).withSecret(Fixtures.SECRET))).isInstanceOf(DeliveryReport.class);
        assertThat(only(both, signed("SHA256", Fixtures.NOW))).isInstanceOf(DeliveryReport.class);
    }

    @Test
    void knowsARepeatByItsEvent() {
        WebhookRequest report = json(URL, REPORT).withSecret(Fixtures.SECRET);
        assertThat(only(secrets, report).id()).isEqualTo(only(secrets, report).id());
    }

    @Test
    void keepsTheSecretOutOfWhatIsStored() {
        WebhookRequest other = SignedSmsBroadcastRequest.get(URL)
                .param("secret", Fixtures.SECRET)
                .param("event", "number-released")
                .plain();
        SmsEvent event = only(secrets, other);
        assertThat(event).isInstanceOf(io.textonce.OtherEvent.class);
        assertThat(((io.textonce.OtherEvent) event).raw())
                .contains("number-released")
                .doesNotContain(Fixtures.SECRET);
        InboundMessage message = (InboundMessage) only(
                secrets,
                SignedSmsBroadcastRequest.get(URL)
                        .param("from", "61491570156")
                        .param("message", "Hi")
                        .withSecret(Fixtures.SECRET));
        assertThat(message.toString() + message.id()).doesNotContain(Fixtures.SECRET);
    }

    @Test
    void hasNoParserWithoutAnythingToVerifyWith() {
        try (SmsBroadcastProvider none = Fixtures.provider().build()) {
            assertThat(none.role(WebhookParser.class)).isEmpty();
        }
    }

    private static WebhookRequest signed(String digest, Instant at) {
        return json(URL, REPORT).sign(KEY, Fixtures.KEY_ID, digest, at);
    }

    private static String date(WebhookRequest request) {
        return request.header("Date").orElseThrow();
    }

    /** The vendor called /sms + PATH; the proxy cut /sms off, and the host knows its public base. */
    private static WebhookRequest behindAPrefix() {
        WebhookRequest seenOutside =
                json("https://sms.example.org/sms" + PATH, REPORT).sign(KEY, Fixtures.KEY_ID, "SHA256", Fixtures.NOW);
        return target(seenOutside, PATH).withPublicBaseUrl("https://sms.example.org/sms/");
    }

    private static WebhookRequest plain(String method, String target) {
        return WebhookRequest.builder(method, target).body(REPORT).build();
    }

    private static WebhookRequest with(WebhookRequest request, String header, String value) {
        return copy(request.method(), request.rawTarget(), request, header, value, request.body());
    }

    private static WebhookRequest without(WebhookRequest request, String header) {
        return copy(request.method(), request.rawTarget(), request, header, "", request.body());
    }

    private static WebhookRequest target(WebhookRequest request, String target) {
        return copy(request.method(), target, request, "", "", request.body());
    }

    private static WebhookRequest method(WebhookRequest request, String method) {
        return copy(method, request.rawTarget(), request, "", "", request.body());
    }

    private static WebhookRequest body(WebhookRequest request, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return copy(request.method(), request.rawTarget(), request, "", "", bytes);
    }

    private static WebhookRequest copy(
            String method, String target, WebhookRequest request, String header, String value, byte[] body) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(request.headers());
        headers.remove(header);
        return WebhookRequest.builder(method, target)
                .headers(headers)
                .header(header.isEmpty() || value.isEmpty() ? "X-Nothing" : header, value)
                .body(body)
                .build();
    }

    private static Arguments vector(String name, WebhookRequest request) {
        return Arguments.of(name, request);
    }

    private static SmsEvent only(SmsBroadcastProvider provider, WebhookRequest request) {
        ParsedWebhook parsed = parse(provider, request);
        assertThat(parsed.refusal()).isEmpty();
        assertThat(parsed.events()).hasSize(1);
        return parsed.events().get(0);
    }

    private static void assertRefused(SmsBroadcastProvider provider, WebhookRequest request, String name) {
        ParsedWebhook parsed = parse(provider, request);
        assertThat(parsed.events()).as(name).isEmpty();
        assertThat(parsed.refusal()).as(name).hasValueSatisfying(refusal -> {
            assertThat(refusal.status()).isBetween(400, 499);
            assertThat(refusal.explanation()).doesNotContain(Fixtures.SECRET, Fixtures.OLD_SECRET);
        });
    }

    private static ParsedWebhook parse(SmsBroadcastProvider provider, WebhookRequest request) {
        return provider.role(WebhookParser.class).orElseThrow().parse(request, Fixtures.origin());
    }
}
