package io.textonce.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleCommandTest {

    private static final String SID = "SM0123456789abcdef0123456789abcdef";

    private final RawServer server = RawServer.start();

    @AfterEach
    void close() {
        server.close();
    }

    private Ran twilio(String command, String... more) {
        return Ran.with(
                Twilio.ACCOUNT,
                "",
                Stream.concat(Stream.of(command, "--provider=twilio", "--base-url=" + server.url("")), Stream.of(more))
                        .toArray(String[]::new));
    }

    @Test
    void tellsTheBalance() {
        server.next(RawBehaviour.reply(200, "{\"currency\":\"USD\",\"balance\":\"12.34\"}"));
        JsonNode answer = twilio("balance", "--json").object();
        assertThat(answer.get("balance").asText()).isEqualTo("12.34");
        assertThat(answer.get("currency").asText()).isEqualTo("USD");
        assertThat(server.settle().requests().get(0).target()).endsWith("/Balance.json");
    }

    @Test
    void tellsWhyABalanceIsNotKnown() {
        server.next(RawBehaviour.reply(401, "{\"code\":20003,\"message\":\"Authenticate\",\"status\":401}"));
        Ran ran = twilio("balance");
        assertThat(ran.out()).startsWith("not known: ").doesNotContain(Twilio.ACCOUNT.get("TWILIO_AUTH_TOKEN"));
        assertThat(ran.code()).isEqualTo(3);
    }

    @Test
    void findsAMessageByTheProvidersId() {
        server.next(RawBehaviour.reply(
                200,
                "{\"sid\":\"" + SID + "\",\"status\":\"delivered\",\"num_segments\":\"2\",\"price\":\"-0.0158\","
                        + "\"price_unit\":\"USD\"}"));
        Ran ran = twilio("status", "--id=" + SID);
        assertThat(ran.out()).isEqualTo("found     DELIVERED as " + SID + ", segments: 2, 0.0158 USD\n");
        assertThat(ran.code()).isZero();
    }

    @Test
    void whatALookupCannotProveStaysUnknown() {
        server.next(RawBehaviour.reply(200, "{\"messages\":[]}"));
        Ran ran = twilio("status", "--json", "--to=+12025550123", "--text=Hi", "--at=2026-03-01T09:30:00Z");
        assertThat(ran.object().get("answer").asText()).isEqualTo("inconclusive");
        assertThat(ran.object().get("explanation").asText()).contains("doesn't prove");
        assertThat(ran.code()).isEqualTo(4);
    }

    @Test
    void tellsWhetherANumberOptedOutAtTheProvider() {
        server.next(RawBehaviour.reply(
                200,
                "<CheckIfPhoneNumberIsOptedOutResponse><CheckIfPhoneNumberIsOptedOutResult><isOptedOut>true</isOptedOut>"
                        + "</CheckIfPhoneNumberIsOptedOutResult></CheckIfPhoneNumberIsOptedOutResponse>"));
        Map<String, String> aws =
                Map.of("AWS_REGION", "us-east-1", "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY", "none");
        Ran ran = Ran.with(aws, "", "opted-out", "--provider=sns", "--base-url=" + server.url(""), "+12025550123");
        assertThat(ran.out()).isEqualTo("+12025550123  opted out\n");
        assertThat(ran.code()).isZero();
    }

    @Test
    void fetchesNoMediumFromElsewhere(@TempDir Path folder) {
        Path output = folder.resolve("picture");
        Ran ran = twilio("media", "https://sms.example.org/picture", "--output=" + output);
        assertThat(ran.errors()).contains("isn't fetched");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(server.settle().connections()).isZero();
    }

    @Test
    void refusesWhatCannotBeAsked() {
        twilio("status").isUsageError("--id: missing", "--to, --text and --at");
        twilio("status", "--to=12", "--text=Hi", "--at=2026-03-01T09:30:00Z").isUsageError("--to: \"12\"");
        twilio("status", "--to=+12025550123", "--text=Hi", "--at=noon").isUsageError("--at: \"noon\"");
        twilio("status", "--results=none.csv", "--message-id=0123456789abc").isUsageError("none.csv.ledger.mv.db");
        Ran.of("status", "--provider=sandbox", "--id=x").isUsageError("--provider", "sandbox");
        Ran.of("balance", "--provider=pigeon").isUsageError("--provider", "pigeon");
        assertThat(server.settle().connections()).isZero();
    }
}
