package io.textonce.sns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.WebhookRequest;
import io.textonce.spi.SmsProvider;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.ScriptedReply;
import io.textonce.testkit.SmsProviderContract;
import io.textonce.testkit.WebhookFixtures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SNS Publish, whose reports are delivery logs that a forwarder posts. */
class PublishContractTest extends SmsProviderContract {

    private static final Map<String, String> XML = Map.of("Content-Type", "text/xml");

    @Override
    protected SmsProvider provider(String baseUrl) {
        return Fixtures.publish(baseUrl)
                .credentials(Fixtures.KEY_ID, Fixtures.SECRET_KEY, "a-session-token")
                .from(SenderId.of("MyBrand"))
                .forwardSecrets(Fixtures.FORWARD_SECRET, Fixtures.OLD_FORWARD_SECRET)
                .build();
    }

    @Override
    protected ScriptedReply accepted() {
        return new ScriptedReply(
                200, XML, Fixtures.json("sns_wire.json").get("successXml").asText());
    }

    @Override
    protected String acceptedId() {
        return Fixtures.ID;
    }

    @Override
    protected void assertDocumented(RawServer.Request request) {
        assertEquals("POST", request.method());
        assertEquals("/", request.target());
        assertEquals(Optional.of("20261121T120000Z"), request.header("X-Amz-Date"));
        assertEquals(Optional.of("a-session-token"), request.header("X-Amz-Security-Token"));
        assertEquals(Optional.of("application/x-www-form-urlencoded; charset=utf-8"), request.header("Content-Type"));
        String authorization = request.header("Authorization").orElse("");
        assertTrue(
                authorization.matches("AWS4-HMAC-SHA256 Credential=" + Fixtures.KEY_ID
                        + "/20261121/us-east-1/sns/aws4_request, SignedHeaders=[a-z0-9;-]*content-type;host;[a-z0-9;-]*,"
                        + " Signature=[0-9a-f]{64}"),
                authorization);
        assertEquals(
                "Action=Publish&Version=2010-03-31&PhoneNumber=%2B12025550123"
                        + "&Message=Canary+7Qx%3A+your+table+is+ready"
                        + "&MessageAttributes.entry.1.Name=AWS.SNS.SMS.SMSType"
                        + "&MessageAttributes.entry.1.Value.DataType=String"
                        + "&MessageAttributes.entry.1.Value.StringValue=Transactional"
                        + "&MessageAttributes.entry.2.Name=AWS.SNS.SMS.SenderID"
                        + "&MessageAttributes.entry.2.Value.DataType=String"
                        + "&MessageAttributes.entry.2.Value.StringValue=MyBrand",
                request.text());
    }

    @Override
    protected List<Refusal> refusals() {
        String quoting = "Invalid parameter: PhoneNumber Reason: +12025550123 is not valid to publish to";
        return List.of(
                refusal(400, "InvalidParameter", "Invalid parameter: something", Reason.REQUEST),
                refusal(400, "InvalidParameter", quoting, Reason.RECIPIENT),
                refusal(400, "InvalidParameter", "Invalid parameter: Message too long", Reason.CONTENT),
                refusal(400, "InvalidParameter", "Invalid parameter: SenderID", Reason.SENDER),
                refusal(400, "OptedOut", "+12025550123", Reason.OPTED_OUT),
                refusal(400, "Throttling", "Rate exceeded", Reason.THROTTLED),
                refusal(403, "AuthorizationError", "no", Reason.CREDENTIAL),
                refusal(403, "SignatureDoesNotMatch", "no", Reason.CREDENTIAL),
                refusal(403, "InvalidClientTokenId", "no", Reason.CREDENTIAL),
                refusal(403, "ExpiredToken", "no", Reason.CREDENTIAL),
                refusal(403, "OptInRequired", "no", Reason.ACCOUNT),
                refusal(404, "NotFound", "no", Reason.REQUEST),
                refusal(400, "SomethingNew", "+12025550123", Reason.REQUEST),
                new Refusal(
                        "403 with HTML",
                        new ScriptedReply(403, Map.of("Content-Type", "text/html"), "<html>+12025550123</html>"),
                        Reason.CREDENTIAL,
                        "403"));
    }

    private static Refusal refusal(int status, String code, String message, Reason reason) {
        return new Refusal(
                status + " " + code + " " + reason,
                new ScriptedReply(status, XML, Fixtures.error(code, message)),
                reason,
                code);
    }

    @Override
    protected Map<String, ScriptedReply> malformed() {
        Map<String, ScriptedReply> all = new LinkedHashMap<>(super.malformed());
        String body = accepted().body();
        all.put("no id", accepted().withBody(body.replace(Fixtures.ID, "")));
        all.put("an id that isn't one", accepted().withBody(body.replace(Fixtures.ID, "<b>x</b>")));
        all.put("two documents", accepted().withBody(body + body));
        all.put(
                "two ids",
                accepted().withBody(body.replace("</MessageId>", "</MessageId><MessageId>a-second-id</MessageId>")));
        all.put("a document type", accepted().withBody("<!DOCTYPE x [<!ENTITY e \"" + Fixtures.ID + "\">]>" + body));
        all.put("an error with 200", accepted().withBody(Fixtures.error("InternalError", "x")));
        all.put("the answer to another call", accepted().withBody(body.replace("Publish", "Subscribe")));
        return all;
    }

    @Override
    protected Optional<ScriptedReply> throttled() {
        return Optional.of(new ScriptedReply(
                429,
                Map.of("Content-Type", "text/xml", "Retry-After", "7"),
                Fixtures.error("Throttled", "Rate exceeded")));
    }

    @Override
    protected List<String> secrets() {
        return List.of(Fixtures.SECRET_KEY, "a-session-token", Fixtures.FORWARD_SECRET, Fixtures.OLD_FORWARD_SECRET);
    }

    @Override
    protected Optional<WebhookFixtures> webhooks() {
        return Optional.of(new WebhookFixtures() {
            @Override
            public List<String> secrets() {
                return List.of(Fixtures.FORWARD_SECRET, Fixtures.OLD_FORWARD_SECRET);
            }

            @Override
            public WebhookRequest sign(byte[] body, String secret) {
                return Fixtures.forwarded(body, secret);
            }

            @Override
            public WebhookRequest unsigned(WebhookRequest signed) {
                return WebhookRequest.builder(signed.method(), signed.url())
                        .body(signed.body())
                        .build();
            }

            @Override
            public byte[] deliveryReport() {
                return Fixtures.bytes("log-delivered.json");
            }

            /** A log has SNS's id only. */
            @Override
            public boolean echoesMessageId() {
                return false;
            }

            @Override
            public byte[] inbound() {
                return Fixtures.bytes("inbound.json");
            }

            @Override
            public byte[] unknownKind() {
                return Fixtures.bytes("other.json");
            }

            @Override
            public byte[] batch() {
                return ("[" + Fixtures.text("log-delivered.json") + "," + Fixtures.text("log-failed.json") + "]")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            }

            @Override
            public int batchSize() {
                return 2;
            }

            /** Nothing signs the body. */
            @Override
            public List<byte[]> tampered(byte[] body) {
                return List.of();
            }
        });
    }
}
