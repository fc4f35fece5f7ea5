package io.textonce.sns;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmitRequestTest {

    private static final Settings PUBLISH = new Settings(Fixtures.publish("https://x.invalid"), List.of());
    private static final Settings TEXTS = new Settings(Fixtures.endUserMessaging("https://x.invalid"), List.of());

    @Test
    void namesAttributesByTheirNumbers() {
        String form = form(submission("hi").from(SenderId.of("+12025550100")).category(Category.MARKETING), PUBLISH);
        assertThat(form)
                .contains("MessageAttributes.entry.1.Value.StringValue=Promotional")
                .contains("MessageAttributes.entry.2.Name=AWS.MM.SMS.OriginationNumber")
                .contains("MessageAttributes.entry.2.Value.StringValue=%2B12025550100")
                .doesNotContain("entry.3");
    }

    @Test
    void sendsWithoutASenderWhereNoneIsNamed() {
        assertThat(form(submission("hi"), PUBLISH)).doesNotContain("SenderID").doesNotContain("OriginationNumber");
        assertThat(form(submission("hi"), TEXTS)).doesNotContain("OriginationIdentity");
    }

    @Test
    void prefersTheLongestPrefixAndTheMessagesOwnSender() {
        Settings settings = new Settings(
                Fixtures.endUserMessaging("https://x.invalid")
                        .from(SenderId.of("Default"))
                        .senderFor("+1", SenderId.of("+12025550100"))
                        .senderFor("+1202", SenderId.of("12345")),
                List.of());
        assertThat(form(submission("hi"), settings)).contains("\"OriginationIdentity\":\"12345\"");
        assertThat(form(submission("hi").from(SenderId.of("Mine")), settings)).contains("\"Mine\"");
    }

    @Test
    void lettingAMessageReplaceAnOptionOfTheInstance() {
        Settings settings =
                new Settings(Fixtures.publish("https://x.invalid").option("AWS.SNS.SMS.MaxPrice", "0.05"), List.of());
        String form = form(submission("hi").extra(Map.of("AWS.SNS.SMS.MaxPrice", "0.07")), settings);
        assertThat(form)
                .contains("StringValue=0.07")
                .doesNotContain("0.05")
                .contains("MessageAttributes.entry.2.Value.DataType=Number");
        assertThat(form(submission("hi").extra(Map.of("AWS.SNS.SMS.SMSType", "Promotional")), PUBLISH))
                .contains("Promotional")
                .doesNotContain("Transactional");
    }

    @Test
    void writesAnUnpairedSurrogateAsTheReplacementCharacter() {
        assertThat(form(submission("a\ud800b😀"), TEXTS)).contains("a\ufffdb");
        assertThat(form(submission("a\ud800b"), PUBLISH)).contains("Message=a%EF%BF%BDb");
    }

    @Test
    void refusesWhatAwsCannotExpress() {
        assertRefused(submission("hi").media(List.of(URI.create("https://example.org/a.png"))), Reason.CONTENT);
        assertRefused(submission(" \n"), Reason.CONTENT);
        assertRefused(submission("😀".repeat(1601)), Reason.CONTENT);
        assertThat(SubmitRequest.of(submission("😀".repeat(1600)).build(), PUBLISH, false)
                        .refusal())
                .isNull();
        assertRefused(submission("hi").extra(Map.of("Nonsense", "x")), Reason.REQUEST);
        assertRefused(submission("hi").extra(Map.of("DryRun", "true")), Reason.REQUEST);
    }

    @Test
    void refusesALifeThatIsTooShortWhereAwsHasOne() {
        Submission.Builder dying = submission("hi").validity(Duration.ofSeconds(4));
        SubmitReply refusal = SubmitRequest.of(dying.build(), TEXTS, false).refusal();
        assertThat(refusal.reason()).contains(Reason.EXPIRED);
        assertThat(refusal.proof()).contains(Proof.LOCAL_POLICY);
        assertThat(SubmitRequest.of(dying.build(), PUBLISH, false).refusal()).isNull();
        assertThat(form(submission("hi").validity(Duration.ofSeconds(5)), TEXTS))
                .contains("\"TimeToLive\":5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Me", "My Brand", "A&B", "My_Brand", "12345a.b"})
    void refusesSenderNamesThatSnsDoesNotTake(String name) {
        SubmitReply refusal = SubmitRequest.of(
                        submission("hi").from(SenderId.of(name)).build(), PUBLISH, false)
                .refusal();
        assertThat(refusal.reason()).contains(Reason.SENDER);
    }

    @Test
    void refusesAPoolWhereThereAreNone() {
        SubmitReply refusal = SubmitRequest.of(
                        submission("hi").from(SenderId.pool("pool-1")).build(), PUBLISH, false)
                .refusal();
        assertThat(refusal.reason()).contains(Reason.SENDER);
        assertThat(form(submission("hi").from(SenderId.pool("pool-1")), TEXTS)).contains("pool-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "0.123456", "USD 1", "-1"})
    void refusesPricesThatAwsCannotRead(String price) {
        assertThat(Extra.problem(Flavour.END_USER_MESSAGING, "MaxPrice", price)).contains("must be");
    }

    private static Submission.Builder submission(String text) {
        return Submission.builder(MessageId.of("0123456789abc"), PhoneNumber.of("+12025550123"), text);
    }

    private static String form(Submission.Builder submission, Settings settings) {
        return new String(SubmitRequest.of(submission.build(), settings, false).body(), StandardCharsets.UTF_8);
    }

    private static void assertRefused(Submission.Builder submission, Reason reason) {
        for (Settings settings : List.of(PUBLISH, TEXTS)) {
            SubmitReply refusal =
                    SubmitRequest.of(submission.build(), settings, false).refusal();
            assertThat(refusal.reason()).contains(reason);
            assertThat(refusal.proof()).contains(Proof.LOCAL_POLICY);
        }
    }
}
