package io.textonce.sns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.SignedSnsMessage;
import io.textonce.testkit.VirtualClock;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.messagemanager.sns.SnsMessageManager;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;

/** What AWS's own SDK writes and believes, beside what we do. */
class AwsSecondOpinionTest {

    private static final Pattern ATTRIBUTE = Pattern.compile("MessageAttributes\\.entry\\.([0-9]+)\\.(.*)");
    private static final Pattern AUTHORIZATION =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/([0-9]{8})/([a-z0-9-]+)/([a-z-]+)/aws4_request,"
                    + " ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})");

    @Test
    void writesTheFormThatAwsSdkWrites() throws Exception {
        List<String> texts = List.of(
                "hi there",
                "a+b&c=d%e/~*'()",
                "ñ€😀 line\nbreak\ttab",
                "x".repeat(1600),
                "Zażółć gęślą jaźń",
                "{\"a\":1}");
        for (String text : texts) {
            try (RawServer server = RawServer.start()) {
                server.otherwise(RawBehaviour.reply(
                        200,
                        Map.of("Content-Type", "text/xml"),
                        Fixtures.json("sns_wire.json").get("successXml").asText()));
                String theirId = sendByTheSdk(server, text);
                SubmitReply ours = send(server, text);
                assertThat(ours.outcome()).isEqualTo(Outcome.ACCEPTED);
                assertThat(ours.providerMessageId()).contains(theirId);
                RawServer.Request sdk = server.requests().get(0);
                RawServer.Request textonce = server.requests().get(1);
                assertThat(content(textonce)).isEqualTo(content(sdk));
                assertThat(textonce.method() + textonce.target()).isEqualTo(sdk.method() + sdk.target());
                assertThat(textonce.header("content-type").orElseThrow().toLowerCase(java.util.Locale.ROOT))
                        .isEqualTo(sdk.header("content-type").orElseThrow().toLowerCase(java.util.Locale.ROOT));
                assertThat(scope(textonce)).isEqualTo(scope(sdk));
                assertThat(signed(sdk)).contains("content-type", "host", "x-amz-date");
                assertThat(signed(textonce)).contains("content-type", "host", "x-amz-date");
            }
        }
    }

    /** An implementation of Signature Version 4 by its description confirms both on the bytes that arrived. */
    @Test
    void signsTheBytesThatArrive() throws Exception {
        try (RawServer server = RawServer.start()) {
            server.otherwise(RawBehaviour.reply(
                    200, Fixtures.json("sns_wire.json").get("successXml").asText()));
            sendByTheSdk(server, "confirms the check itself");
            send(server, "a+b&c=d ñ€😀");
            try (SnsProvider provider =
                    Fixtures.endUserMessaging(server.url("")).build()) {
                provider.submit(submission("ñ€😀 \"quoted\""));
            }
            for (RawServer.Request request : server.requests()) {
                Matcher authorization = authorization(request);
                assertThat(signature(request, authorization, request.body())).isEqualTo(authorization.group(6));
                byte[] other = request.body().clone();
                other[other.length - 1] ^= 1;
                assertThat(signature(request, authorization, other)).isNotEqualTo(authorization.group(6));
            }
            assertThat(server.received()).isEqualTo(3);
        }
    }

    @Test
    void believesNoEnvelopeWhoseSignatureAwsRefuses() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        System.out.println("SNS second opinion, seed " + seed);
        Random random = new Random(seed);
        Instant now = Instant.parse("2026-11-21T12:00:00.000Z");
        int believed = 0;
        int refused = 0;
        try (SnsMessageManager aws = SnsMessageManager.builder()
                .region(Region.US_EAST_1)
                .httpClient(serving(Fixtures.CERTIFICATE.pem()))
                .build()) {
            SnsWebhooks ours = webhooks(now);
            for (int i = 0; i < 400; i++) {
                SignedSnsMessage message = i % 5 == 0
                        ? SignedSnsMessage.subscriptionConfirmation(Fixtures.TOPIC, "token" + i)
                        : SignedSnsMessage.notification(Fixtures.TOPIC, words(random));
                if (i % 5 != 0 && random.nextBoolean()) {
                    message.subject("Subject " + i);
                }
                String envelope = message.messageId("id-" + i)
                        .timestamp(now)
                        .signatureVersion(random.nextBoolean() ? "1" : "2")
                        .json(Fixtures.CERTIFICATE);
                assertThat(ours(ours, envelope)).as("seed %d, case %d", seed, i).isTrue();
                assertThat(aws(aws, envelope)).as("seed %d, case %d", seed, i).isTrue();
                String changed = change(random, envelope);
                boolean weBelieve = ours(ours, changed);
                if (weBelieve) {
                    assertThat(aws(aws, changed))
                            .as("seed %d, case %d: %s", seed, i, changed)
                            .isTrue();
                    believed++;
                } else {
                    refused++;
                }
            }
        }
        assertThat(believed).as("changes that matter to nobody").isPositive();
        assertThat(refused).isGreaterThan(200);
    }

    // ---- sending ----

    private static String sendByTheSdk(RawServer server, String text) {
        try (SnsClient sdk = SnsClient.builder()
                .endpointOverride(URI.create(server.url("")))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(Fixtures.KEY_ID, Fixtures.SECRET_KEY)))
                .build()) {
            return sdk.publish(publish -> publish.phoneNumber("+12025550123")
                            .message(text)
                            .messageAttributes(Map.of(
                                    "AWS.SNS.SMS.SMSType", attribute("String", "Transactional"),
                                    "AWS.SNS.SMS.SenderID", attribute("String", "MyBrand"),
                                    "AWS.SNS.SMS.MaxPrice", attribute("Number", "0.05"),
                                    "AWS.MM.SMS.EntityId", attribute("String", "1101"))))
                    .messageId();
        }
    }

    private static MessageAttributeValue attribute(String type, String value) {
        return MessageAttributeValue.builder().dataType(type).stringValue(value).build();
    }

    private static SubmitReply send(RawServer server, String text) {
        try (SnsProvider provider = Fixtures.publish(server.url(""))
                .credentials(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(Fixtures.KEY_ID, Fixtures.SECRET_KEY)))
                .option("AWS.SNS.SMS.MaxPrice", "0.05")
                .option("AWS.MM.SMS.EntityId", "1101")
                .from(SenderId.of("MyBrand"))
                .time(io.textonce.spi.TimeSource.system())
                .build()) {
            return provider.submit(submission(text));
        }
    }

    private static Submission submission(String text) {
        return Submission.builder(MessageId.of("0123456789abc"), PhoneNumber.of("+12025550123"), text)
                .build();
    }

    /** Names to values, with the attributes by their names: their order means nothing. */
    private static Map<String, String> content(RawServer.Request request) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : request.text().split("&")) {
            int equals = pair.indexOf('=');
            pairs.put(
                    URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        Map<String, String> content = new TreeMap<>();
        pairs.forEach((name, value) -> {
            Matcher attribute = ATTRIBUTE.matcher(name);
            content.put(
                    attribute.matches()
                            ? pairs.get("MessageAttributes.entry." + attribute.group(1) + ".Name") + " "
                                    + attribute.group(2)
                            : name,
                    value);
        });
        return content;
    }

    private static Matcher authorization(RawServer.Request request) {
        String header = request.header("Authorization").orElseThrow();
        Matcher matcher = AUTHORIZATION.matcher(header);
        assertThat(matcher.matches()).as(header).isTrue();
        return matcher;
    }

    private static String scope(RawServer.Request request) {
        Matcher authorization = authorization(request);
        return authorization.group(1) + " " + authorization.group(3) + " " + authorization.group(4);
    }

    private static List<String> signed(RawServer.Request request) {
        return List.of(authorization(request).group(5).split(";"));
    }

    private static String signature(RawServer.Request request, Matcher authorization, byte[] body) throws Exception {
        StringBuilder canonical = new StringBuilder("POST\n/\n\n");
        for (String name : authorization.group(5).split(";")) {
            canonical
                    .append(name)
                    .append(':')
                    .append(request.header(name).orElseThrow().strip())
                    .append('\n');
        }
        canonical.append('\n').append(authorization.group(5)).append('\n').append(sha256(body));
        String scope =
                authorization.group(2) + "/" + authorization.group(3) + "/" + authorization.group(4) + "/aws4_request";
        String text = "AWS4-HMAC-SHA256\n" + request.header("x-amz-date").orElseThrow() + "\n" + scope + "\n"
                + sha256(canonical.toString().getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + Fixtures.SECRET_KEY).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/")) {
            key = hmac(key, part);
        }
        return HexFormat.of().formatHex(hmac(key, text));
    }

    private static byte[] hmac(byte[] key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    // ---- verifying ----

    private static SnsWebhooks webhooks(Instant now) {
        TopicArn topic = TopicArn.of(Fixtures.TOPIC);
        VirtualClock clock = new VirtualClock(now);
        return new SnsWebhooks(
                new EnvelopeVerifier(
                        Map.of(topic.text(), topic),
                        false,
                        new Certificates(
                                url -> {
                                    throw new IllegalStateException("no network");
                                },
                                Map.of(
                                        Fixtures.CERTIFICATE
                                                .address("us-east-1")
                                                .toString(),
                                        new SigningCertificate(Fixtures.CERTIFICATE.x509())),
                                clock),
                        clock),
                true,
                List.of());
    }

    private static boolean ours(SnsWebhooks webhooks, String envelope) {
        return webhooks.parse(Fixtures.post(envelope), Fixtures.origin())
                .refusal()
                .isEmpty();
    }

    private static boolean aws(SnsMessageManager manager, String envelope) {
        try {
            manager.parseMessage(envelope);
            return true;
        } catch (SdkException refused) {
            return false;
        }
    }

    /** A client that answers every request with the certificate. */
    private static SdkHttpClient serving(String pem) {
        return new SdkHttpClient() {
            @Override
            public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
                return new ExecutableHttpRequest() {
                    @Override
                    public HttpExecuteResponse call() {
                        return HttpExecuteResponse.builder()
                                .response(SdkHttpResponse.builder()
                                        .statusCode(200)
                                        .build())
                                .responseBody(AbortableInputStream.create(
                                        new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))))
                                .build();
                    }

                    @Override
                    public void abort() {}
                };
            }

            @Override
            public void close() {}
        };
    }

    private static String change(Random random, String envelope) {
        try {
            ObjectNode fields = (ObjectNode) new ObjectMapper().readTree(envelope);
            List<String> names = new java.util.ArrayList<>();
            fields.fieldNames().forEachRemaining(names::add);
            names.remove("UnsubscribeURL"); // unsigned; AWS's reader wants a well-formed address there
            String name = names.get(random.nextInt(names.size()));
            String value = fields.get(name).asText();
            switch (random.nextInt(4)) {
                case 0 -> fields.remove(name);
                case 1 -> fields.put(name, value + " ");
                case 2 -> fields.put(names.get(random.nextInt(names.size())), value);
                default -> {
                    char[] chars = value.toCharArray();
                    chars[random.nextInt(chars.length)] ^= 1;
                    fields.put(name, new String(chars));
                }
            }
            return fields.toString();
        } catch (java.io.IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String words(Random random) {
        StringBuilder text = new StringBuilder("m");
        List<String> alphabet = List.of("a", "Z", " ", "\n", "\"", "\\", "ñ", "€", "😀", "&", "\u0001", "MessageId\n");
        for (int n = random.nextInt(40); n > 0; n--) {
            text.append(alphabet.get(random.nextInt(alphabet.size())));
        }
        return text.toString();
    }
}
