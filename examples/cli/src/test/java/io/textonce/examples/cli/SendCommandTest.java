package io.textonce.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SendCommandTest {

    private static final String SID = "SM0123456789abcdef0123456789abcdef";
    private static final Map<String, String> TWILIO = Twilio.ACCOUNT;

    private final RawServer server = RawServer.start();

    @AfterEach
    void close() {
        server.close();
    }

    private Ran twilio(String... more) {
        String[] args = {
            "send",
            "--json",
            "--provider",
            "twilio",
            "--base-url",
            server.url(""),
            "--to",
            "+12025550123",
            "--text",
            "Hi"
        };
        String[] all = Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return Ran.with(TWILIO, "", all);
    }

    private static Ran sandbox(String to, String... more) {
        String[] args = {"send", "--json", "--provider", "sandbox", "--to", to, "--text", "Hi"};
        String[] all = Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return Ran.of(all);
    }

    @Test
    void saysAllOfAnAcceptedMessageInOneObject() {
        Ran ran = sandbox("0491 570 156", "--region", "AU");
        JsonNode answer = ran.object();
        assertThat(answer.fieldNames())
                .toIterable()
                .containsExactly(
                        "outcome",
                        "reason",
                        "proof",
                        "explanation",
                        "provider",
                        "providerMessageId",
                        "messageId",
                        "to",
                        "encoding",
                        "segments",
                        "retryAt",
                        "attempts");
        assertThat(answer.get("outcome").asText()).isEqualTo("accepted");
        assertThat(answer.get("reason").isNull()).isTrue();
        assertThat(answer.get("provider").asText()).isEqualTo("sandbox");
        assertThat(answer.get("providerMessageId").asText()).startsWith("sb-");
        assertThat(answer.get("to").asText()).isEqualTo("+61491570156");
        assertThat(answer.get("encoding").asText()).isEqualTo("GSM-7");
        assertThat(answer.get("segments").asInt()).isOne();
        assertThat(answer.get("attempts")).hasSize(1);
        assertThat(answer.get("attempts").get(0).get("provider").asText()).isEqualTo("sandbox");
        assertThat(answer.get("attempts").get(0).get("outcome").asText()).isEqualTo("accepted");
        assertThat(ran.code()).isZero();
        assertThat(ran.errors()).isEmpty();
    }

    @Test
    void sendsThroughTwilioToTheServerThatIsNamed() {
        server.next(RawBehaviour.reply(201, "{\"sid\":\"" + SID + "\",\"status\":\"queued\"}"));
        Ran ran = twilio();
        assertThat(ran.object().get("outcome").asText()).isEqualTo("accepted");
        assertThat(ran.object().get("providerMessageId").asText()).isEqualTo(SID);
        assertThat(ran.code()).isZero();
        assertThat(server.settle().received()).isOne();
        assertThat(server.requests().get(0).text()).contains("To=%2B12025550123", "From=%2B12025550100", "Body=Hi");
    }

    @Test
    void sendsFromTheSenderThatIsNamed() {
        server.next(RawBehaviour.reply(201, "{\"sid\":\"" + SID + "\",\"status\":\"queued\"}"));
        assertThat(twilio("--from", "Harbour").code()).isZero();
        assertThat(server.settle().requests().get(0).text()).contains("From=Harbour");
    }

    @Test
    void theNamedSenderIsEnoughWhereTheEnvironmentNamesNone() {
        server.next(RawBehaviour.reply(201, "{\"sid\":\"" + SID + "\",\"status\":\"queued\"}"));
        Map<String, String> environment = new HashMap<>(TWILIO);
        environment.remove("TWILIO_PHONE_NUMBER");
        environment.put("TWILIO_BASE_URL", server.url(""));
        Ran ran = Ran.with(
                environment, "", "send", "--provider=twilio", "--to=+12025550123", "--text=Hi", "--from=+12025550111");
        assertThat(ran.code()).isZero();
        assertThat(server.settle().requests().get(0).text()).contains("From=%2B12025550111");
    }

    @Test
    void aRefusalIsRejectedWithProof() {
        server.next(RawBehaviour.reply(400, "{\"code\":21211,\"message\":\"Invalid 'To'\",\"status\":400}"));
        Ran ran = twilio("--fallback", "sandbox");
        JsonNode answer = ran.object();
        assertThat(answer.get("outcome").asText()).isEqualTo("rejected");
        assertThat(answer.get("reason").asText()).isEqualTo("RECIPIENT");
        assertThat(answer.get("proof").asText()).isEqualTo("PROVIDER_REFUSED");
        assertThat(answer.get("providerMessageId").isNull()).isTrue();
        assertThat(ran.code()).isEqualTo(3);
    }

    @Test
    void aServerThatHangsUpLeavesItUnknownAndNobodyElseIsTried() {
        server.next(RawBehaviour.drop(RawBehaviour.Ending.FIN));
        Ran ran = twilio("--fallback", "sandbox");
        JsonNode answer = ran.object();
        assertThat(answer.get("outcome").asText()).isEqualTo("unknown");
        assertThat(answer.get("proof").isNull()).isTrue();
        assertThat(answer.get("attempts")).hasSize(1);
        assertThat(ran.code()).isEqualTo(4);
        assertThat(server.settle().received()).isOne();
    }

    @Test
    void theTimeoutEndsInUnknown() {
        server.next(RawBehaviour.hang());
        Ran ran = twilio("--timeout", "1");
        assertThat(ran.object().get("outcome").asText()).isEqualTo("unknown");
        assertThat(ran.code()).isEqualTo(4);
        assertThat(server.settle().received()).isOne();
    }

    @Test
    void fallsBackWhenNothingWasTransmitted() {
        server.refuse();
        Ran ran = twilio("--fallback", "sandbox");
        JsonNode attempts = ran.object().get("attempts");
        assertThat(ran.object().get("provider").asText()).isEqualTo("sandbox");
        assertThat(attempts.get(0).get("provider").asText()).isEqualTo("twilio");
        assertThat(attempts.get(0).get("outcome").asText()).isEqualTo("rejected");
        assertThat(attempts.get(0).get("proof").asText()).isEqualTo("NOT_TRANSMITTED");
        assertThat(attempts.get(0).get("explanation").asText()).isNotEmpty();
        assertThat(attempts.get(attempts.size() - 1).get("explanation").isNull())
                .isTrue();
        assertThat(attempts.get(attempts.size() - 1).get("outcome").asText()).isEqualTo("accepted");
        assertThat(ran.code()).isZero();
    }

    @Test
    void aDryRunQuotesAndSendsNothing() {
        Ran ran = twilio("--dry-run");
        JsonNode answer = ran.object();
        assertThat(answer.get("dryRun").asBoolean()).isTrue();
        assertThat(answer.get("outcome").isNull()).isTrue();
        assertThat(answer.get("provider").asText()).isEqualTo("twilio");
        assertThat(answer.get("segments").asInt()).isOne();
        assertThat(answer.get("attempts")).isEmpty();
        assertThat(ran.code()).isZero();
        assertThat(server.settle().connections()).isZero();
    }

    @Test
    void aDryRunRefusesWhatSendingWouldRefuse() {
        Ran ran = sandbox("nobody", "--dry-run");
        assertThat(ran.object().get("outcome").asText()).isEqualTo("rejected");
        assertThat(ran.object().get("reason").asText()).isEqualTo("RECIPIENT");
        assertThat(ran.object().get("proof").asText()).isEqualTo("LOCAL_POLICY");
        assertThat(ran.code()).isEqualTo(3);
    }

    @Test
    void aDryRunAsksTheProviderThatCanCheck() {
        server.next(RawBehaviour.reply(
                400, "{\"__type\":\"ConflictException\",\"Reason\":\"DESTINATION_PHONE_NUMBER_OPTED_OUT\"}"));
        Map<String, String> aws = Map.of(
                "AWS_REGION", "us-east-1",
                "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY", "none",
                "AWS_SMS_API", "end-user-messaging");
        String[] send = {"send", "--json", "--provider=sns", "--base-url", server.url(""), "--to=+12025550123"};
        String[] all = Arrays.copyOf(send, send.length + 2);
        all[send.length] = "--text=Hi";
        all[send.length + 1] = "--dry-run";
        JsonNode answer = Ran.with(aws, "", all).object();
        assertThat(server.settle().requests().get(0).text()).contains("\"DryRun\":true");
        assertThat(answer.get("outcome").asText()).isEqualTo("rejected");
        assertThat(answer.get("reason").asText()).isEqualTo("OPTED_OUT");
    }

    @Test
    void answersPeopleInWords() {
        Ran unknown = Ran.of("send", "--provider", "sandbox", "--to", "+12025550140", "--text", "Hi");
        assertThat(unknown.out()).startsWith("unknown by sandbox").contains("don't send it again");
        assertThat(unknown.code()).isEqualTo(4);
        Ran accepted = Ran.of("send", "--provider", "sandbox", "--to", "+12025550100", "--text", "Hi");
        assertThat(accepted.out()).startsWith("accepted by sandbox as sb-").contains("GSM-7, 1 segment");
    }

    @Test
    void tellsPeopleWhyAnAttemptFailed() {
        server.next(RawBehaviour.reply(400, "{\"code\":21211,\"message\":\"Invalid 'To'\",\"status\":400}"));
        Ran ran = Ran.with(
                TWILIO,
                "",
                "send",
                "--provider=twilio",
                "--base-url",
                server.url(""),
                "--to=+12025550123",
                "--text=Hi");
        String[] lines = ran.out().lines().toArray(String[]::new);
        assertThat(lines[0]).startsWith("rejected by twilio: ");
        String why = lines[0].substring("rejected by twilio: ".length());
        assertThat(why).isNotEmpty();
        assertThat(lines[lines.length - 1]).isEqualTo("attempt 1 twilio: rejected, RECIPIENT: " + why);
    }

    @Test
    void namesEveryVariableThatIsMissing() {
        Ran.of("send", "--json", "--provider", "twilio", "--to", "+12025550123", "--text", "Hi")
                .isUsageError("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER");
    }

    @Test
    void refusesWrongOptionsBeforeAnythingIsSent() {
        Ran.of("send", "--json", "--provider", "sandbox", "--text", "Hi").isUsageError("--to");
        Ran.of("send", "--json", "--provider", "pigeon", "--to", "1", "--text", "Hi")
                .isUsageError("--provider", "\"pigeon\"", "sandbox, twilio");
        sandbox("1", "--fallback", "pigeon").isUsageError("--fallback", "\"pigeon\"", "sandbox, twilio");
        sandbox("1", "--fallback", "sandbox").isUsageError("--fallback", "sandbox");
        sandbox("1", "--base-url", "https://sms.example.org").isUsageError("--base-url", "sandbox");
        sandbox("1", "--region", "QQ").isUsageError("QQ", "AU");
        sandbox("1", "--from", "a name that is too long").isUsageError("--from");
        sandbox("1", "--timeout", "0").isUsageError("--timeout", "0", "1 to 3600");
        sandbox("1", "--timeout", "soon").isUsageError("--timeout", "soon");
        sandbox("1", "--colour").isUsageError("--colour");
        twilio("--fallback", "pigeon");
        assertThat(server.settle().connections()).isZero();
    }

    @Test
    void neverShowsASecret() {
        server.next(RawBehaviour.reply(401, "{\"code\":20003,\"message\":\"Authenticate\",\"status\":401}"));
        Ran ran = twilio();
        assertThat(ran.object().get("reason").asText()).isEqualTo("CREDENTIAL");
        assertThat(ran.out() + ran.errors()).doesNotContain(TWILIO.get("TWILIO_AUTH_TOKEN"));
    }

    /** Quiet hours from so many hours before the present to so many after it, UTC. */
    private static String hours(int before, int after) {
        LocalTime now = LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES);
        return now.minusHours(before) + "-" + now.plusHours(after);
    }

    @Test
    void quietHoursHoldAMessageBackAndSayUntilWhen() {
        JsonNode answer = sandbox("+12025550123", "--quiet-hours", hours(2, 2), "--zone", "UTC")
                .object();
        assertThat(answer.get("outcome").asText()).isEqualTo("rejected");
        assertThat(answer.get("reason").asText()).isEqualTo("QUIET_HOURS");
        assertThat(answer.get("proof").asText()).isEqualTo("LOCAL_POLICY");
        assertThat(Instant.parse(answer.get("retryAt").asText()))
                .isBetween(
                        Instant.now().plus(1, ChronoUnit.HOURS), Instant.now().plus(3, ChronoUnit.HOURS));
        assertThat(answer.get("attempts")).isEmpty();
        assertThat(sandbox("+12025550123", "--quiet-hours", hours(-2, -1), "--zone", "UTC")
                        .code())
                .isZero();
    }

    @Test
    void tooManySegmentsAreRejectedAndARateIsNoObstacleToOneMessage() {
        Ran ran = Ran.of(
                "send",
                "--json",
                "--provider=sandbox",
                "--to=+12025550123",
                "--text=" + "x".repeat(161),
                "--max-segments=1");
        assertThat(ran.object().get("reason").asText()).isEqualTo("CONTENT");
        assertThat(ran.object().get("explanation").asText()).contains("2 segments", "at most 1 is allowed");
        assertThat(ran.code()).isEqualTo(3);
        assertThat(sandbox("+12025550123", "--max-segments=3", "--rate=100/1h", "--rate=10/s")
                        .code())
                .isZero();
    }

    @Test
    void policiesThatMakeNoSenseAreNamed() {
        sandbox("+12025550123", "--quiet-hours", "9pm").isUsageError("--quiet-hours: \"9pm\"", "21:00-08:00");
        sandbox("+12025550123", "--quiet-hours", "21:00-24:30").isUsageError("--quiet-hours", "23:59");
        sandbox("+12025550123", "--quiet-hours", "08:00-08:00").isUsageError("two different times");
        sandbox("+12025550123", "--zone", "Mars/Olympus").isUsageError("--zone: \"Mars/Olympus\"");
        sandbox("+12025550123", "--max-segments", "0").isUsageError("--max-segments: 0 is not 1 or more");
        sandbox("+12025550123", "--max-segments", "many").isUsageError("--max-segments");
        sandbox("+12025550123", "--rate", "100").isUsageError("--rate: \"100\"", "100/1h or 10/s");
        sandbox("+12025550123", "--rate", "0/1h").isUsageError("--rate: \"0/1h\"", "1 to 1000");
        sandbox("+12025550123", "--rate", "5/900d").isUsageError("--rate: \"5/900d\"", "366 days");
    }
}
