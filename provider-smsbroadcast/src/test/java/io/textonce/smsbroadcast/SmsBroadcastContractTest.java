package io.textonce.smsbroadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.textonce.Reason;
import io.textonce.WebhookRequest;
import io.textonce.spi.SmsProvider;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.ScriptedReply;
import io.textonce.testkit.SignedSmsBroadcastRequest;
import io.textonce.testkit.SmsProviderContract;
import io.textonce.testkit.WebhookFixtures;
import java.security.KeyPair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract with the portal's signed webhooks. */
class SmsBroadcastContractTest extends SmsProviderContract {

    @Override
    protected SmsProvider provider(String baseUrl) {
        return Fixtures.provider()
                .webhookKey(Fixtures.KEY_ID, Fixtures.base64(Fixtures.KEY))
                .webhookKey(Fixtures.OLD_KEY_ID, Fixtures.base64(Fixtures.OLD_KEY))
                .baseUrl(baseUrl)
                .build();
    }

    @Override
    protected ScriptedReply accepted() {
        return ScriptedReply.text(200, Fixtures.text("submit-accepted.txt"));
    }

    @Override
    protected String acceptedId() {
        return "1228270573";
    }

    @Override
    protected void assertDocumented(RawServer.Request request) {
        assertEquals("POST", request.method());
        assertEquals("/api-adv.php", request.target());
        assertEquals(Optional.of("application/x-www-form-urlencoded"), request.header("Content-Type"));
        assertEquals(
                "username=" + Fixtures.USERNAME + "&password=" + Fixtures.PASSWORD
                        + "&to=12025550123&message=Canary+7Qx%3A+your+table+is+ready&ref=" + MESSAGE_ID,
                request.text());
    }

    @Override
    protected List<Refusal> refusals() {
        return List.of(
                refusal("ERROR: Username or password is incorrect", Reason.CREDENTIAL, "ERROR"),
                refusal("ERROR: Insufficient credit: top up required\r\n", Reason.ACCOUNT, "ERROR"),
                refusal("error :Your account is suspended", Reason.ACCOUNT, "ERROR"),
                refusal("ERROR: Invalid sender ID", Reason.SENDER, "ERROR"),
                refusal("BAD:12025550123:Invalid Number", Reason.RECIPIENT, "BAD"),
                refusal("bad : 12025550123 : Invalid Number 12025550123", Reason.RECIPIENT, "BAD"),
                refusal("BAD:12025550123:Recipient has opted out", Reason.OPTED_OUT, "BAD"),
                refusal("BAD:12025550123:Destination blocked", Reason.BLOCKED, "BAD"),
                refusal("BAD:12025550123:Duplicate", Reason.DUPLICATE, "BAD"),
                refusal("ERROR: Message is too long", Reason.CONTENT, "ERROR"),
                refusal("ERROR: Missing parameter", Reason.REQUEST, "ERROR"),
                refusal("ERROR: Nobody has ever seen this", Reason.OTHER, "ERROR"),
                refusal("ERROR: We don't like \"" + TEXT + "\"", Reason.OTHER, "ERROR"),
                new Refusal("401", ScriptedReply.text(401, ""), Reason.CREDENTIAL, "401"),
                new Refusal("402", ScriptedReply.text(402, ""), Reason.ACCOUNT, "402"),
                new Refusal("404", ScriptedReply.text(404, "<html>"), Reason.REQUEST, "404"),
                new Refusal(
                        "403 with a sentence", ScriptedReply.text(403, "ERROR: no credit"), Reason.ACCOUNT, "ERROR"));
    }

    private static Refusal refusal(String line, Reason reason, String verdict) {
        return new Refusal(line, ScriptedReply.text(200, line), reason, verdict);
    }

    /** None is documented. */
    @Override
    protected Optional<ScriptedReply> throttled() {
        return Optional.empty();
    }

    @Override
    protected Map<String, ScriptedReply> malformed() {
        Map<String, ScriptedReply> all = new LinkedHashMap<>(super.malformed());
        // Its length is declared, so a shorter one is another answer and not a cut one.
        all.remove("all but the last character");
        for (String line : List.of(
                "OK",
                "OK:",
                "OK: 1228270573",
                "OK: 12025550123",
                "OK: 12025550123:",
                "OK: 12025550123: none",
                "OK: 12025550123: 122827 0573",
                "OK: 12025550124: 1228270573",
                "OK: 2025550123: 1228270573",
                "OK: 02025550123: 1228270573",
                "OK12025550123:1228270573",
                "OKAY: 12025550123: 1228270573",
                "BAD: Invalid Number",
                "BAD: 12025550124: Invalid Number",
                "ERROR",
                "ERROR: Unknown Error",
                "ERROR: Internal server error, try again",
                "BAD: 12025550123: Temporarily unavailable",
                "OK: 12025550123: 1228270573\nBAD: 12025550123: Invalid Number",
                "OK: 12025550123: 1228270573\nOK: 12025550123: 1228270574",
                "ERROR: Username or password is incorrect\nOK: 12025550124: 1228270573",
                "Your message was sent.")) {
            all.put(line, ScriptedReply.text(200, line));
        }
        // A refusing status is believed, unless the body says that the message was taken.
        for (int status : List.of(400, 401, 402, 403, 404)) {
            all.put("the success with " + status, accepted().withStatus(status));
        }
        return all;
    }

    @Override
    protected List<Integer> unknownStatuses() {
        return List.of(201, 202, 301, 302, 303, 307, 308, 408, 409, 418, 429, 500, 501, 502, 503, 504, 520);
    }

    @Override
    protected List<String> secrets() {
        return List.of(Fixtures.USERNAME, Fixtures.PASSWORD, Fixtures.SECRET, Fixtures.OLD_SECRET);
    }

    @Override
    protected Optional<WebhookFixtures> webhooks() {
        return Optional.of(new SignedFixtures());
    }

    /** The "secrets" are the ids of the keys that sign. */
    private static final class SignedFixtures extends Payloads {
        @Override
        public List<String> secrets() {
            return List.of(Fixtures.KEY_ID, Fixtures.OLD_KEY_ID);
        }

        @Override
        public WebhookRequest sign(byte[] body, String secret) {
            KeyPair pair = secret.equals(Fixtures.KEY_ID)
                    ? Fixtures.KEY
                    : secret.equals(Fixtures.OLD_KEY_ID) ? Fixtures.OLD_KEY : Fixtures.STRANGE_KEY;
            String id = pair == Fixtures.STRANGE_KEY ? Fixtures.KEY_ID : secret;
            return SignedSmsBroadcastRequest.json(Fixtures.HOOK + "?x=1%202", body)
                    .sign(pair.getPrivate(), id, "SHA224", Fixtures.NOW);
        }

        @Override
        public WebhookRequest unsigned(WebhookRequest signed) {
            return SignedSmsBroadcastRequest.json(signed.url(), signed.body()).plain();
        }
    }

    abstract static class Payloads implements WebhookFixtures {
        @Override
        public byte[] deliveryReport() {
            return Fixtures.bytes("dlr-delivered.json");
        }

        @Override
        public byte[] inbound() {
            return Fixtures.bytes("mo-stop.json");
        }

        @Override
        public byte[] unknownKind() {
            return Fixtures.bytes("other.json");
        }
    }
}
