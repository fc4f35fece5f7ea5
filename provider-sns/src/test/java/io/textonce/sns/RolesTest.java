package io.textonce.sns;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.MessageId;
import io.textonce.OtherEvent;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SmsEvent;
import io.textonce.spi.OptOutQuery;
import io.textonce.spi.OptOutQuery.Standing;
import io.textonce.spi.SelfCheck;
import io.textonce.spi.Submission;
import io.textonce.spi.Validator;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.SignedSnsMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the provider does beside sending: opt-outs, dry run, self-check, confirming a subscription. */
class RolesTest {

    private static final PhoneNumber NUMBER = PhoneNumber.of("+12025550123");

    private RawServer server;
    private SnsProvider publish;
    private SnsProvider texts;

    @BeforeEach
    void start() {
        server = RawServer.start();
        publish = Fixtures.publish(server.url("")).build();
        texts = Fixtures.endUserMessaging(server.url("")).optOutList("Mine").build();
    }

    @AfterEach
    void stop() {
        publish.close();
        texts.close();
        server.close();
    }

    // ---- opt-outs ----

    @Test
    void asksSnsForOneNumber() {
        server.next(
                RawBehaviour.reply(200, checked("true")),
                RawBehaviour.reply(200, checked("false")),
                RawBehaviour.reply(200, checked("perhaps")),
                RawBehaviour.reply(200, "<html/>"),
                RawBehaviour.reply(429, Fixtures.error("Throttled", "+12025550123")),
                RawBehaviour.reply(500));
        OptOutQuery optOuts = optOuts(publish);
        assertThat(optOuts.check(NUMBER)).isEqualTo(new OptOutQuery.Answer(Standing.OPTED_OUT, ""));
        assertThat(optOuts.check(NUMBER)).isEqualTo(new OptOutQuery.Answer(Standing.NOT_OPTED_OUT, ""));
        for (int i = 0; i < 4; i++) {
            OptOutQuery.Answer answer = optOuts.check(NUMBER);
            assertThat(answer.standing()).isEqualTo(Standing.UNKNOWN);
            assertThat(answer.explanation()).isNotBlank().doesNotContain("2025550123");
        }
        assertThat(server.requests().get(0).text())
                .isEqualTo("Action=CheckIfPhoneNumberIsOptedOut&Version=2010-03-31&phoneNumber=%2B12025550123");
    }

    @Test
    void readsTheListOfSnsPageByPage() {
        server.next(
                RawBehaviour.reply(
                        200,
                        page("<phoneNumbers><member>+12025550123</member><member>+12025550124</member>"
                                + "</phoneNumbers><nextToken>a+b/c=</nextToken>")),
                RawBehaviour.reply(200, page("<phoneNumbers/>")),
                RawBehaviour.reply(200, page("<phoneNumbers><member>nonsense</member></phoneNumbers>")),
                RawBehaviour.reply(200, "<Other/>"));
        OptOutQuery optOuts = optOuts(publish);
        OptOutQuery.Page first = optOuts.list(null);
        assertThat(first.numbers()).containsExactly(NUMBER, PhoneNumber.of("+12025550124"));
        assertThat(first.next()).isEqualTo("a+b/c=");
        assertThat(first.toString()).doesNotContain("2025550123");
        OptOutQuery.Page last = optOuts.list(first.next());
        assertThat(last.numbers()).isEmpty();
        assertThat(last.next()).isNull();
        assertThat(last.explanation()).isEmpty();
        assertThat(server.requests().get(1).text())
                .isEqualTo("Action=ListPhoneNumbersOptedOut&Version=2010-03-31&nextToken=a%2Bb%2Fc%3D");
        assertThat(optOuts.list(null).explanation())
                .as("a number that can't be read")
                .isNotBlank();
        assertThat(optOuts.list(null).explanation()).as("another answer").isNotBlank();
    }

    @Test
    void asksEndUserMessagingForOneNumberOfTheList() {
        server.next(
                RawBehaviour.reply(
                        200,
                        "{\"OptOutListName\":\"Mine\",\"OptedOutNumbers\":[{\"OptedOutNumber\":"
                                + "\"+12025550123\",\"OptedOutTimestamp\":1795262400.1,\"EndUserOptedOut\":true}]}"),
                RawBehaviour.reply(
                        400,
                        "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"+12025550123\","
                                + "\"ResourceType\":\"opted-out-number\",\"ResourceId\":\"+12025550123\"}"),
                RawBehaviour.reply(
                        400,
                        "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"x\","
                                + "\"ResourceType\":\"opt-out-list\",\"ResourceId\":\"Mine\"}"),
                RawBehaviour.reply(200, "{\"OptedOutNumbers\":[]}"),
                RawBehaviour.reply(200, "{}"));
        OptOutQuery optOuts = optOuts(texts);
        assertThat(optOuts.check(NUMBER).standing()).isEqualTo(Standing.OPTED_OUT);
        assertThat(optOuts.check(NUMBER).standing()).isEqualTo(Standing.NOT_OPTED_OUT);
        assertThat(optOuts.check(NUMBER).standing()).as("no such list").isEqualTo(Standing.UNKNOWN);
        assertThat(optOuts.check(NUMBER).standing()).as("not said").isEqualTo(Standing.UNKNOWN);
        assertThat(optOuts.check(NUMBER).standing()).isEqualTo(Standing.UNKNOWN);
        RawServer.Request request = server.requests().get(0);
        assertThat(request.header("x-amz-target")).contains("PinpointSMSVoiceV2.DescribeOptedOutNumbers");
        assertThat(request.text()).isEqualTo("{\"OptOutListName\":\"Mine\",\"OptedOutNumbers\":[\"+12025550123\"]}");
    }

    @Test
    void readsTheListOfEndUserMessagingPageByPage() {
        server.next(
                RawBehaviour.reply(
                        200, "{\"OptedOutNumbers\":[{\"OptedOutNumber\":\"12025550123\"}],\"NextToken\":\"t\"}"),
                RawBehaviour.reply(200, "{\"OptedOutNumbers\":[]}"),
                RawBehaviour.reply(403, "{\"__type\":\"AccessDeniedException\"}"));
        OptOutQuery optOuts = optOuts(texts);
        assertThat(optOuts.list(null).numbers()).containsExactly(NUMBER);
        assertThat(optOuts.list("t").next()).isNull();
        assertThat(optOuts.list(null).explanation()).contains("IAM policy");
        assertThat(server.requests().get(1).text())
                .isEqualTo("{\"OptOutListName\":\"Mine\",\"MaxResults\":100,\"NextToken\":\"t\"}");
    }

    // ---- dry run ----

    @Test
    void triesAMessageWithoutSendingIt() {
        server.next(
                RawBehaviour.reply(200, "{\"MessageId\":\"" + Fixtures.ID + "\"}"),
                RawBehaviour.reply(
                        400, "{\"__type\":\"ConflictException\",\"Reason\":\"DESTINATION_PHONE_NUMBER_OPTED_OUT\"}"),
                RawBehaviour.reply(400, "{\"__type\":\"ThrottlingException\"}"),
                RawBehaviour.reply(500));
        Validator dryRun = texts.role(Validator.class).orElseThrow();
        assertThat(dryRun.validate(submission("hi")))
                .isEqualTo(new Validator.Verdict(Outcome.ACCEPTED, null, null, ""));
        Validator.Verdict refused = dryRun.validate(submission("hi"));
        assertThat(refused.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(refused.reason()).isEqualTo(Reason.OPTED_OUT);
        assertThat(dryRun.validate(submission("hi")).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(dryRun.validate(submission("hi")).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(dryRun.validate(submission("")).reason()).isEqualTo(Reason.CONTENT);
        assertThat(server.received()).isEqualTo(4);
        assertThat(server.requests()).allMatch(request -> request.text().contains("\"DryRun\":true"));
        texts.submit(submission("hi"));
        assertThat(server.requests().get(4).text()).doesNotContain("DryRun");
        assertThat(publish.role(Validator.class)).isEmpty();
    }

    @Test
    void learnsNothingFromAnApiThatIsOutOfReach() {
        server.refuse();
        assertThat(texts.role(Validator.class)
                        .orElseThrow()
                        .validate(submission("hi"))
                        .outcome())
                .isEqualTo(Outcome.UNKNOWN);
    }

    // ---- self-check ----

    @Test
    void saysThatTheAccountIsInTheSandbox() {
        server.next(
                RawBehaviour.reply(200, sandbox("true")),
                RawBehaviour.reply(200, sandbox("false")),
                RawBehaviour.reply(403, Fixtures.error("SignatureDoesNotMatch", "x")));
        SelfCheck check = publish.role(SelfCheck.class).orElseThrow();
        assertThat(account(check)).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(SelfCheck.Level.WARNING);
            assertThat(finding.detail()).contains("sandbox");
        });
        assertThat(account(check).level()).isEqualTo(SelfCheck.Level.OK);
        assertThat(account(check).detail()).contains("SignatureDoesNotMatch");
        assertThat(check.check().toString()).doesNotContain(Fixtures.SECRET_KEY);
    }

    @Test
    void saysWhatTextsMayCost() {
        server.otherwise(RawBehaviour.reply(
                200,
                "{\"SpendLimits\":[{\"Name\":\"TEXT_MESSAGE_MONTHLY_SPEND_LIMIT\","
                        + "\"EnforcedLimit\":1,\"MaxLimit\":1,\"Overridden\":false}]}"));
        assertThat(account(texts.role(SelfCheck.class).orElseThrow()).detail()).contains("1 USD a month");
    }

    // ---- subscriptions ----

    @Test
    void confirmsASubscriptionOnlyWhenItIsTold() {
        server.otherwise(RawBehaviour.reply(
                200,
                "<ConfirmSubscriptionResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><ConfirmSubscriptionResult>"
                        + "<SubscriptionArn>" + Fixtures.TOPIC + ":s1</SubscriptionArn></ConfirmSubscriptionResult>"
                        + "</ConfirmSubscriptionResponse>"));
        OtherEvent event = announced(SignedSnsMessage.subscriptionConfirmation(Fixtures.TOPIC, "t0k&n"));
        assertThat(event.kind()).isEqualTo("SubscriptionConfirmation");
        assertThat(server.received()).as("nothing is fetched by itself").isZero();
        assertThat(texts.confirmSubscription(event))
                .isEqualTo(new SnsProvider.Confirmation(Fixtures.TOPIC + ":s1", ""));
        RawServer.Request request = server.requests().get(0);
        assertThat(request.text())
                .isEqualTo(
                        "Action=ConfirmSubscription&Version=2010-03-31&TopicArn="
                                + "arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3Atexts&Token=t0k%26n&AuthenticateOnUnsubscribe=true");
        assertThat(request.header("Authorization").orElseThrow()).contains("/us-east-1/sns/aws4_request");
    }

    @Test
    void confirmsNothingThatAwsDidNotSign() {
        OtherEvent genuine = announced(SignedSnsMessage.subscriptionConfirmation(Fixtures.TOPIC, "token"));
        OtherEvent ended = announced(SignedSnsMessage.unsubscribeConfirmation(Fixtures.TOPIC, "token"));
        OtherEvent forged = OtherEvent.of(
                Fixtures.origin(), "x", genuine.kind(), genuine.raw().replace("\"token\"", "\"tokem\""));
        OtherEvent stranger = OtherEvent.of(
                Fixtures.origin(),
                "x",
                genuine.kind(),
                SignedSnsMessage.subscriptionConfirmation("arn:aws:sns:us-east-1:999999999999:evil", "token")
                        .json(Fixtures.CERTIFICATE));
        for (OtherEvent event : List.of(ended, forged, stranger, OtherEvent.of(Fixtures.origin(), "x", "x", "{}"))) {
            SnsProvider.Confirmation confirmation = texts.confirmSubscription(event);
            assertThat(confirmation.subscriptionArn()).isNull();
            assertThat(confirmation.explanation()).isNotBlank();
        }
        assertThat(server.received()).isZero();
        server.otherwise(RawBehaviour.reply(403, Fixtures.error("AuthorizationError", "x")));
        assertThat(texts.confirmSubscription(genuine).explanation()).contains("IAM policy");
    }

    private OtherEvent announced(SignedSnsMessage message) {
        List<SmsEvent> events = Fixtures.parser(texts)
                .parse(message.timestamp(Fixtures.NOW).sign(Fixtures.CERTIFICATE), Fixtures.origin())
                .events();
        return (OtherEvent) events.get(0);
    }

    private static OptOutQuery optOuts(SnsProvider provider) {
        return provider.role(OptOutQuery.class).orElseThrow();
    }

    private static SelfCheck.Finding account(SelfCheck check) {
        return check.check().stream()
                .filter(finding -> finding.subject().equals("account"))
                .findFirst()
                .orElseThrow();
    }

    private static Submission submission(String text) {
        return Submission.builder(MessageId.of("0123456789abc"), NUMBER, text)
                .timeout(Duration.ofSeconds(5))
                .extra(Map.of())
                .build();
    }

    private static String checked(String word) {
        return "<CheckIfPhoneNumberIsOptedOutResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">"
                + "<CheckIfPhoneNumberIsOptedOutResult><isOptedOut>" + word
                + "</isOptedOut></CheckIfPhoneNumberIsOptedOutResult></CheckIfPhoneNumberIsOptedOutResponse>";
    }

    private static String page(String content) {
        return "<?xml version=\"1.0\"?>\n<ListPhoneNumbersOptedOutResponse><ListPhoneNumbersOptedOutResult>" + content
                + "</ListPhoneNumbersOptedOutResult></ListPhoneNumbersOptedOutResponse>\n";
    }

    private static String sandbox(String word) {
        return "<GetSMSSandboxAccountStatusResponse><GetSMSSandboxAccountStatusResult><IsInSandbox>" + word
                + "</IsInSandbox></GetSMSSandboxAccountStatusResult></GetSMSSandboxAccountStatusResponse>";
    }
}
