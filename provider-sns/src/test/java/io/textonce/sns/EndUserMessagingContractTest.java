package io.textonce.sns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.WebhookRequest;
import io.textonce.spi.SmsProvider;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.ScriptedReply;
import io.textonce.testkit.SignedSnsMessage;
import io.textonce.testkit.SmsProviderContract;
import io.textonce.testkit.SnsCertificate;
import io.textonce.testkit.WebhookFixtures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** AWS End User Messaging, whose events come through an SNS topic in a signed envelope. */
class EndUserMessagingContractTest extends SmsProviderContract {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, SnsCertificate> KEYS =
            Map.of("the first key", Fixtures.CERTIFICATE, "the second key", Fixtures.NEW_CERTIFICATE);

    @Override
    protected SmsProvider provider(String baseUrl) {
        return Fixtures.endUserMessaging(baseUrl)
                .from(SenderId.of("+12025550100"))
                .option("ConfigurationSetName", "texts")
                .build();
    }

    @Override
    protected ScriptedReply accepted() {
        return new ScriptedReply(
                200, Map.of("Content-Type", "application/x-amz-json-1.0"), "{\"MessageId\":\"" + Fixtures.ID + "\"}");
    }

    @Override
    protected String acceptedId() {
        return Fixtures.ID;
    }

    @Override
    protected void assertDocumented(RawServer.Request request) {
        assertEquals("POST", request.method());
        assertEquals("/", request.target());
        assertEquals(Optional.of("PinpointSMSVoiceV2.SendTextMessage"), request.header("X-Amz-Target"));
        assertEquals(Optional.of("application/x-amz-json-1.0"), request.header("Content-Type"));
        String authorization = request.header("Authorization").orElse("");
        assertTrue(
                authorization.startsWith("AWS4-HMAC-SHA256 Credential=" + Fixtures.KEY_ID
                        + "/20261121/us-east-1/sms-voice/aws4_request, SignedHeaders="),
                authorization);
        assertTrue(authorization.contains("x-amz-target"), authorization);
        assertEquals(
                "{\"DestinationPhoneNumber\":\"+12025550123\",\"OriginationIdentity\":\"+12025550100\","
                        + "\"MessageBody\":\"Canary 7Qx: your table is ready\",\"MessageType\":\"TRANSACTIONAL\","
                        + "\"Context\":{\"textonce-id\":\"0123456789abc\"},\"ConfigurationSetName\":\"texts\"}",
                request.text());
    }

    @Override
    protected List<Refusal> refusals() {
        return List.of(
                refusal("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", Reason.OPTED_OUT),
                refusal("ConflictException", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED", Reason.ACCOUNT),
                refusal("ConflictException", "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION", Reason.BLOCKED),
                refusal("ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND", Reason.SENDER),
                refusal("ConflictException", "SOMETHING_NEW", Reason.REQUEST),
                refusal("ValidationException", "COUNTRY_NOT_ENABLED", Reason.ROUTE),
                refusal("ValidationException", "SENDER_ID_NOT_REGISTERED", Reason.SENDER),
                refusal("ValidationException", "PRICE_OVER_THRESHOLD", Reason.BUDGET),
                refusal("ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", Reason.ACCOUNT),
                refusal("AccessDeniedException", "ACCOUNT_DISABLED", Reason.ACCOUNT),
                new Refusal(
                        "a field that isn't valid",
                        error(
                                400,
                                "{\"__type\":\"ValidationException\",\"Message\":\"+12025550123\","
                                        + "\"Reason\":\"FIELD_VALIDATION_FAILED\",\"Fields\":[{\"Name\":"
                                        + "\"DestinationPhoneNumber\",\"Message\":\"+12025550123\"}]}"),
                        Reason.RECIPIENT,
                        "ValidationException/FIELD_VALIDATION_FAILED"),
                new Refusal(
                        "a signature of another time",
                        error(
                                403,
                                "{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature expired:"
                                        + " 20261121T120000Z is now earlier than 20261121T130000Z\"}"),
                        Reason.CREDENTIAL,
                        "RequestTimeTooSkewed"),
                new Refusal(
                        "the type in a header",
                        new ScriptedReply(400, Map.of("x-amzn-ErrorType", "ThrottlingException:http://x/"), "{}"),
                        Reason.THROTTLED,
                        "ThrottlingException"),
                new Refusal(
                        "a conflict with 409",
                        error(
                                409,
                                "{\"__type\":\"ConflictException\",\"Reason\":"
                                        + "\"DESTINATION_PHONE_NUMBER_OPTED_OUT\"}"),
                        Reason.OPTED_OUT,
                        "ConflictException/DESTINATION_PHONE_NUMBER_OPTED_OUT"));
    }

    private static Refusal refusal(String type, String why, Reason reason) {
        return new Refusal(
                type + " " + why,
                error(
                        400,
                        "{\"__type\":\"com.amazonaws.pinpointsmsvoicev2#" + type
                                + "\",\"Message\":\"+12025550123\",\"Reason\":\"" + why + "\"}"),
                reason,
                type + "/" + why);
    }

    private static ScriptedReply error(int status, String body) {
        return new ScriptedReply(status, Map.of("Content-Type", "application/x-amz-json-1.0"), body);
    }

    @Override
    protected Optional<ScriptedReply> throttled() {
        return Optional.of(new ScriptedReply(
                400, Map.of("Retry-After", "7"), "{\"__type\":\"ThrottlingException\",\"Message\":\"Rate exceeded\"}"));
    }

    @Override
    protected List<String> secrets() {
        return List.of(Fixtures.SECRET_KEY);
    }

    @Override
    protected Optional<WebhookFixtures> webhooks() {
        return Optional.of(new WebhookFixtures() {
            @Override
            public List<String> secrets() {
                return List.of("the first key", "the second key");
            }

            @Override
            public WebhookRequest sign(byte[] body, String secret) {
                return request(resigned(body, secret));
            }

            @Override
            public WebhookRequest unsigned(WebhookRequest signed) {
                try {
                    ObjectNode envelope = (ObjectNode) JSON.readTree(signed.body());
                    envelope.remove("Signature");
                    return request(JSON.writeValueAsBytes(envelope));
                } catch (IOException impossible) {
                    throw new AssertionError(impossible);
                }
            }

            @Override
            public byte[] deliveryReport() {
                return envelope("event-delivered.json");
            }

            @Override
            public byte[] inbound() {
                return envelope("inbound.json");
            }

            @Override
            public byte[] unknownKind() {
                return envelope("other.json");
            }

            @Override
            public List<byte[]> tampered(byte[] body) {
                return changed(new String(body, StandardCharsets.UTF_8));
            }
        });
    }

    private static WebhookRequest request(byte[] body) {
        return WebhookRequest.builder("POST", "/hooks/sns")
                .header("Content-Type", "text/plain; charset=UTF-8")
                .body(body)
                .build();
    }

    private static byte[] envelope(String file) {
        return SignedSnsMessage.notification(Fixtures.TOPIC, Fixtures.text(file))
                .timestamp(Fixtures.NOW)
                .json(Fixtures.CERTIFICATE)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Signed anew with a key; with one that isn't known, under the address of one that is. Garbage stays as it is. */
    private static byte[] resigned(byte[] body, String secret) {
        try {
            JsonNode envelope = JSON.readTree(body);
            String json = SignedSnsMessage.notification(
                            envelope.required("TopicArn").asText(),
                            envelope.required("Message").asText())
                    .messageId(envelope.required("MessageId").asText())
                    .timestamp(Instant.parse(envelope.required("Timestamp").asText()))
                    .json(KEYS.getOrDefault(secret, Fixtures.STRANGER));
            return json.replace(
                            Fixtures.STRANGER.address("us-east-1").toString(),
                            Fixtures.CERTIFICATE.address("us-east-1").toString())
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IOException | RuntimeException garbage) {
            return body;
        }
    }

    /** Each byte of each value that the signature covers, and of the signature and what says how to check it. */
    private static List<byte[]> changed(String envelope) {
        List<byte[]> all = new ArrayList<>();
        for (String name : List.of(
                "Type",
                "MessageId",
                "TopicArn",
                "Message",
                "Timestamp",
                "SignatureVersion",
                "Signature",
                "SigningCertURL")) {
            int from = envelope.indexOf("\"" + name + "\" : \"") + name.length() + 6;
            int to = envelope.indexOf("\",\n", from) < 0
                    ? envelope.indexOf("\"\n}", from)
                    : envelope.indexOf("\",\n", from);
            for (int i = from; i < to; i++) {
                if (name.equals("SigningCertURL") && i >= to - 36 && i < to - 4) {
                    continue; // a certificate that has to be fetched first: EnvelopeVerifierTest
                }
                byte[] copy = envelope.getBytes(StandardCharsets.UTF_8);
                copy[i] ^= 1;
                all.add(copy);
            }
        }
        assertTrue(all.size() > 500, "bytes changed");
        return all;
    }
}
