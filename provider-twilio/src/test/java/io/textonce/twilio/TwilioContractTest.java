package io.textonce.twilio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.WebhookRequest;
import io.textonce.spi.SmsProvider;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.ScriptedReply;
import io.textonce.testkit.SignedTwilioRequest;
import io.textonce.testkit.SmsProviderContract;
import io.textonce.testkit.WebhookFixtures;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap.SimpleEntry;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class TwilioContractTest extends SmsProviderContract {

    private static final String BASIC = Base64.getEncoder()
            .encodeToString((Fixtures.ACCOUNT + ":" + Fixtures.TOKEN).getBytes(StandardCharsets.US_ASCII));

    @Override
    protected SmsProvider provider(String baseUrl) {
        return TwilioProvider.builder()
                .accountSid(Fixtures.ACCOUNT)
                .authToken(Fixtures.TOKEN)
                .webhookAuthTokens(Fixtures.OLD_TOKEN)
                .from(SenderId.of("+12025550100"))
                .statusCallback(URI.create(Fixtures.HOOK))
                .baseUrl(baseUrl)
                .build();
    }

    @Override
    protected ScriptedReply accepted() {
        return ScriptedReply.json(201, Fixtures.text("submit-accepted.json"));
    }

    @Override
    protected String acceptedId() {
        return Fixtures.SID;
    }

    @Override
    protected void assertDocumented(RawServer.Request request) {
        assertEquals("POST", request.method());
        assertEquals("/2010-04-01/Accounts/" + Fixtures.ACCOUNT + "/Messages.json", request.target());
        assertEquals(Optional.of("Basic " + BASIC), request.header("Authorization"));
        assertEquals(Optional.of("application/x-www-form-urlencoded"), request.header("Content-Type"));
        assertEquals(
                "To=%2B12025550123&From=%2B12025550100&Body=Canary+7Qx%3A+your+table+is+ready"
                        + "&StatusCallback=https%3A%2F%2Fsms.example.org%2Fhooks%2Ftwilio%3Ftextonce-id%3D"
                        + MESSAGE_ID,
                request.text());
    }

    @Override
    protected List<Refusal> refusals() {
        return List.of(
                refusal(400, 21211, Reason.RECIPIENT),
                refusal(400, 21610, Reason.OPTED_OUT),
                refusal(400, 21618, Reason.BLOCKED),
                refusal(400, 21617, Reason.CONTENT),
                refusal(400, 21656, Reason.TEMPLATE),
                refusal(400, 21606, Reason.SENDER),
                refusal(400, 21609, Reason.REQUEST),
                refusal(400, 21608, Reason.ACCOUNT),
                refusal(400, 21408, Reason.ROUTE),
                refusal(400, 21612, Reason.ROUTE),
                refusal(400, 30036, Reason.EXPIRED),
                refusal(400, 30010, Reason.BUDGET),
                refusal(429, 21611, Reason.THROTTLED),
                refusal(401, 20003, Reason.CREDENTIAL),
                refusal(403, 20005, Reason.ACCOUNT),
                refusal(404, 20404, Reason.REQUEST),
                refusal(400, 99999, Reason.REQUEST),
                new Refusal(
                        "403 with HTML",
                        new ScriptedReply(403, Map.of("Content-Type", "text/html"), "<html>+12025550123</html>"),
                        Reason.CREDENTIAL,
                        "403"),
                new Refusal("402, empty", ScriptedReply.json(402, ""), Reason.ACCOUNT, "402"));
    }

    private static Refusal refusal(int status, int code, Reason reason) {
        return new Refusal(
                status + " with code " + code,
                ScriptedReply.json(status, Fixtures.error(code)),
                reason,
                Integer.toString(code));
    }

    @Override
    protected Optional<ScriptedReply> throttled() {
        return Optional.of(new ScriptedReply(
                429, Map.of("Content-Type", "text/html", "Retry-After", "7"), "<html>Too many requests</html>"));
    }

    @Override
    protected List<String> secrets() {
        return List.of(Fixtures.TOKEN, Fixtures.OLD_TOKEN, BASIC);
    }

    @Override
    protected Optional<WebhookFixtures> webhooks() {
        return Optional.of(new WebhookFixtures() {
            @Override
            public List<String> secrets() {
                return List.of(Fixtures.TOKEN, Fixtures.OLD_TOKEN);
            }

            @Override
            public WebhookRequest sign(byte[] body, String secret) {
                String url = Fixtures.HOOK + "?textonce-id=" + MESSAGE_ID;
                List<Map.Entry<String, String>> pairs = Arrays.stream(
                                new String(body, StandardCharsets.ISO_8859_1).split("&", -1))
                        .map(TwilioContractTest::pair)
                        .toList();
                return WebhookRequest.builder("POST", url)
                        .header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
                        .header("X-Twilio-Signature", SignedTwilioRequest.signature(url, pairs, secret))
                        .body(body)
                        .build();
            }

            @Override
            public WebhookRequest unsigned(WebhookRequest signed) {
                return WebhookRequest.builder(signed.method(), signed.url())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .body(signed.body())
                        .build();
            }

            @Override
            public byte[] deliveryReport() {
                return Fixtures.bytes("dlr-delivered.form");
            }

            @Override
            public byte[] inbound() {
                return Fixtures.bytes("mo-stop.form");
            }

            @Override
            public byte[] unknownKind() {
                return Fixtures.bytes("other.form");
            }
        });
    }

    /** Garbage may escape nothing; then any signature does, because it need not be genuine. */
    private static Map.Entry<String, String> pair(String pair) {
        int equals = pair.indexOf('=');
        try {
            return new SimpleEntry<>(
                    URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8),
                    equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notEscaped) {
            return Map.entry("", "");
        }
    }
}
