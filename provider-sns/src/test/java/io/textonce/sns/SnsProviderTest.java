package io.textonce.sns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;

class SnsProviderTest {

    @Test
    void namesEveryProblemAtOnceAndNoSecret() {
        SnsProvider.Builder wrong = SnsProvider.builder()
                .name("Not A Name")
                .region("mars-1")
                .credentials("", "secret-key-material")
                .from(SenderId.pool("pool-1"))
                .senderFor("44", SenderId.of("Brand"))
                .option("ConfigurationSetName", "x")
                .option("AWS.SNS.SMS.SMSType", "Urgent")
                .topics("arn:aws:sns:us-east-1:12:x")
                .forwardSecrets("short")
                .signingCertificate(URI.create("https://sns.us-east-1.amazonaws.com/x.pem"), "no certificate")
                .baseUrl("http://sns.example.org/path")
                .connectTimeout(Duration.ZERO);
        assertThatIllegalArgumentException()
                .isThrownBy(wrong::build)
                .withMessageContainingAll(
                        "name is",
                        "region is",
                        "credentials are blank",
                        "POOL",
                        "senderFor prefix",
                        "ConfigurationSetName",
                        "SMSType must be Promotional or Transactional",
                        "topics holds",
                        "forwardSecrets holds (hidden, 5 characters)",
                        "signingCertificate",
                        "baseUrl",
                        "connectTimeout")
                .satisfies(thrown -> assertThat(thrown.getMessage()).doesNotContain("secret-key-material"));
    }

    @ParameterizedTest
    @CsvSource({
        "us-east-1, sns.us-east-1.amazonaws.com, sms-voice.us-east-1.amazonaws.com",
        "us-gov-west-1, sns.us-gov-west-1.amazonaws.com, sms-voice.us-gov-west-1.amazonaws.com",
        "cn-northwest-1, sns.cn-northwest-1.amazonaws.com.cn, sms-voice.cn-northwest-1.amazonaws.com.cn",
        "eusc-de-east-1, sns.eusc-de-east-1.amazonaws.eu, sms-voice.eusc-de-east-1.amazonaws.eu",
        "ap-southeast-7, sns.ap-southeast-7.amazonaws.com, sms-voice.ap-southeast-7.amazonaws.com"
    })
    void knowsTheHostsOfEachPartition(String region, String sns, String texts) {
        assertThat(Region.of(region).host("sns")).isEqualTo(sns);
        assertThat(Region.of(region).host("sms-voice")).isEqualTo(texts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "useast1",
                "us-east-1.evil.example",
                "US-EAST-1",
                "us-iso-east-1",
                "us-east-1/",
                "s3-us-west-2"
            })
    void knowsNoOtherRegions(String region) {
        assertThat(Region.of(region)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws-cn:sns:us-east-1:123456789012:x", "arn:aws:sns:cn-north-1:123456789012:x",
                        "arn:aws:sqs:us-east-1:123456789012:x",
                "arn:aws:sns:us-east-1:123456789012:", "arn:aws:sns:us-east-1:123456789012:x:y",
                        "arn:aws:sns:us-east-1:123456789012:x\n"
            })
    void takesNoTopicThatIsNotOne(String arn) {
        assertThat(TopicArn.of(arn)).isNull();
        assertThat(TopicArn.of("arn:aws:sns:us-east-1:123456789012:x.fifo")).isNotNull();
    }

    @Test
    void saysWhatEachApiCanDo() {
        SnsProvider publish = Fixtures.publish("https://x.invalid").build();
        SnsProvider texts = Fixtures.endUserMessaging("https://x.invalid").build();
        assertThat(publish.name()).isEqualTo("sns");
        assertThat(texts.kind()).isEqualTo("end-user-messaging");
        assertThat(publish.capabilities().settlement()).isEmpty();
        assertThat(texts.capabilities().settlement()).containsExactly(Settlement.DELIVERY_REPORT);
        assertThat(publish.capabilities().maxMedia()).isZero();
        assertThat(publish.capabilities().segments().maxCharacters()).isEqualTo(1600);
        assertThat(publish).hasToString("SnsProvider[sns, sns, us-east-1]");
        SnsProvider deaf =
                SnsProvider.builder().region("us-east-1").credentials("a", "b").build();
        assertThat(deaf.role(WebhookParser.class)).isEmpty();
    }

    // ---- credentials ----

    @Test
    void asksForCredentialsOnceForEachRequest() {
        int[] asked = new int[1];
        AwsCredentialsProvider rotating = () -> new AwsCredentials() {
            private final int number = ++asked[0];

            @Override
            public String accessKeyId() {
                return "AKID" + number;
            }

            @Override
            public String secretAccessKey() {
                return "secret";
            }
        };
        try (RawServer server = RawServer.start();
                SnsProvider provider =
                        Fixtures.publish(server.url("")).credentials(rotating).build()) {
            server.otherwise(RawBehaviour.reply(400));
            provider.submit(submission());
            provider.submit(submission());
            assertThat(asked[0]).isEqualTo(2);
            assertThat(server.requests().get(0).header("Authorization").orElseThrow())
                    .contains("Credential=AKID1/");
            assertThat(server.requests().get(1).header("Authorization").orElseThrow())
                    .contains("Credential=AKID2/");
        }
    }

    @Test
    void transmitsNothingWithoutCredentialsAndSaysWhatIsMissing() {
        Map<RuntimeException, String> failures = Map.of(
                new IllegalStateException(
                        "Unable to load credentials: [WebIdentityTokenCredentialsProvider(): To use web"
                                + " identity tokens, the 'sts' service module must be on the class path., secret-in-a-path]"),
                "software.amazon.awssdk:sts",
                new IllegalStateException("To use SSO, the 'sso' service module must be on the class path."),
                "sso",
                new IllegalStateException("secret-in-a-path"),
                "AWS_ACCESS_KEY_ID");
        failures.forEach((failure, hint) -> {
            try (RawServer server = RawServer.start();
                    SnsProvider provider = Fixtures.publish(server.url(""))
                            .credentials(failing(CompletableFuture.failedFuture(failure)))
                            .build()) {
                SubmitReply reply = provider.submit(submission());
                assertThat(reply.proof()).contains(Proof.NOT_TRANSMITTED);
                assertThat(reply.reason()).contains(Reason.CREDENTIAL);
                assertThat(reply.explanation()).contains(hint).doesNotContain("secret-in-a-path");
                assertThat(server.received()).isZero();
            }
        });
    }

    @Test
    void waitsForCredentialsNoLongerThanTheRequestMayTake() {
        try (SnsProvider provider = Fixtures.publish("https://x.invalid")
                .credentials(failing(new CompletableFuture<>()))
                .build()) {
            SubmitReply reply = provider.submit(
                    Submission.builder(MessageId.of("0123456789abc"), PhoneNumber.of("+12025550123"), "hi")
                            .timeout(Duration.ofMillis(50))
                            .build());
            assertThat(reply.proof()).contains(Proof.NOT_TRANSMITTED);
            assertThat(reply.explanation()).contains("within");
        }
    }

    @Test
    void usesTheDefaultChainWhereItIsOnThePath() {
        SnsProvider provider = SnsProvider.builder().region("us-east-1").build();
        assertThat(Credentials.defaultChain().source()).contains("default chain");
        provider.close();
    }

    private static IdentityProvider<AwsCredentialsIdentity> failing(CompletableFuture<AwsCredentialsIdentity> answer) {
        return new IdentityProvider<>() {
            @Override
            public Class<AwsCredentialsIdentity> identityType() {
                return AwsCredentialsIdentity.class;
            }

            @Override
            public CompletableFuture<AwsCredentialsIdentity> resolveIdentity(ResolveIdentityRequest request) {
                return answer;
            }
        };
    }

    // ---- environment ----

    @Test
    void readsTheVariablesOfTheSeed() {
        SnsProvider provider = SnsProvider.fromEnvironment(
                Map.of("AWS_ACCESS_KEY_ID", "AKID", "AWS_SECRET_ACCESS_KEY", "secret", "AWS_REGION", "eu-west-1"));
        assertThat(provider.kind()).isEqualTo("sns");
        assertThat(provider.toString()).contains("eu-west-1").doesNotContain("secret");
    }

    @Test
    void readsEverythingElseFromTheEnvironment() {
        Map<String, String> all = new HashMap<>();
        all.put("AWS_DEFAULT_REGION", "us-west-2");
        all.put("AWS_ACCESS_KEY_ID", "AKID");
        all.put("AWS_SECRET_ACCESS_KEY", "secret");
        all.put("AWS_SESSION_TOKEN", "token");
        all.put("AWS_SMS_API", "end-user-messaging");
        all.put("AWS_SMS_SENDER", "pool-0123456789abcdef");
        all.put("AWS_SMS_CONFIGURATION_SET", "texts");
        all.put("AWS_SNS_TOPIC_ARNS", Fixtures.TOPIC + ", " + Fixtures.TOPIC + "2");
        all.put("AWS_SMS_FORWARD_SECRETS", Fixtures.FORWARD_SECRET);
        try (RawServer server = RawServer.start()) {
            all.put("AWS_SMS_BASE_URL", server.url(""));
            server.otherwise(RawBehaviour.reply(200, "{\"MessageId\":\"" + Fixtures.ID + "\"}"));
            try (SnsProvider provider = SnsProvider.fromEnvironment(all)) {
                assertThat(provider.submit(submission()).outcome()).isEqualTo(Outcome.ACCEPTED);
                assertThat(provider.role(WebhookParser.class)).isPresent();
            }
            RawServer.Request request = server.requests().get(0);
            assertThat(request.text()).contains("pool-0123456789abcdef", "\"ConfigurationSetName\":\"texts\"");
            assertThat(request.header("x-amz-security-token")).contains("token");
        }
    }

    @Test
    void namesEveryVariableThatIsMissingOrWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SnsProvider.fromEnvironment(Map.of(
                        "AWS_ACCESS_KEY_ID", "AKID", "AWS_SMS_API", "fax", "AWS_SMS_SENDER", "much too long a name")))
                .withMessageContainingAll("AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SMS_API", "AWS_SMS_SENDER");
    }

    @Test
    void tellsHowFarTheClocksAreApart() {
        try (RawServer server = RawServer.start();
                SnsProvider provider = Fixtures.publish(server.url("")).build()) {
            server.next(RawBehaviour.reply(
                    403,
                    Map.of("Date", "Sat, 21 Nov 2026 12:20:00 GMT"),
                    Fixtures.error("SignatureDoesNotMatch", "Signature expired: 20261121T120000Z is now earlier")));
            SubmitReply reply = provider.submit(submission());
            assertThat(reply.reason()).contains(Reason.CREDENTIAL);
            assertThat(reply.explanation()).contains("1200 s later");
        }
    }

    private static Submission submission() {
        return Submission.builder(MessageId.of("0123456789abc"), PhoneNumber.of("+12025550123"), "hi")
                .timeout(Duration.ofSeconds(5))
                .build();
    }
}
