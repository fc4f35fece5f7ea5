package io.textonce.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.SelfCheck;
import io.textonce.spi.SelfCheck.Level;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.StatusLookup.Found;
import io.textonce.spi.StatusLookup.Inconclusive;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageLookupTest {

    private static final String TEXT = "Canary 7Qx: your table is ready";
    private static final Instant SUBMITTED = Instant.parse("2023-08-24T05:01:40Z");
    private static final String PATH = "/2010-04-01/Accounts/" + Fixtures.ACCOUNT;

    private final RawServer server = RawServer.start();
    private final TwilioProvider twilio =
            TwilioProviderTest.provider().baseUrl(server.url("")).build();
    private final StatusLookup lookup = twilio.role(StatusLookup.class).orElseThrow();

    @AfterEach
    void close() {
        twilio.close();
        server.close();
    }

    @Test
    void findsAMessageByItsSid() {
        server.next(RawBehaviour.reply(
                200,
                message(Fixtures.SID, TEXT, "Thu, 24 Aug 2023 05:01:45 +0000")
                        .replace(
                                "\"price\":null,\"price_unit\":null", "\"price\":\"-0.0079\",\"price_unit\":\"USD\"")));

        Found found = (Found) lookup.find(query(Fixtures.SID));

        assertThat(found.status()).isEqualTo(DeliveryStatus.DELIVERED);
        assertThat(found.price()).hasValue(Money.of("0.0079", "USD"));
        assertThat(found.segments()).hasValue(1);
        RawServer.Request request = server.requests().get(0);
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.target()).isEqualTo(PATH + "/Messages/" + Fixtures.SID + ".json");
        assertThat(request.header("Authorization"))
                .hasValueSatisfying(value -> assertThat(value).startsWith("Basic "));
    }

    @Test
    void provesNothingByASidThatIsGoneOrAnswersForAnother() {
        server.next(
                RawBehaviour.reply(404, Fixtures.error(20404)),
                RawBehaviour.reply(200, message("SM1123456789abcdef0123456789abcdef", TEXT, "x")),
                RawBehaviour.reply(200, "{\"sid\""));
        for (int i = 0; i < 3; i++) {
            assertInconclusive(lookup.find(query(Fixtures.SID)));
        }
        assertInconclusive(lookup.find(query("../Balance")));
        assertThat(server.received()).isEqualTo(3);
    }

    @Test
    void findsAMessageWithoutSidOnALaterPage() {
        server.next(
                RawBehaviour.reply(
                        200,
                        page(
                                "\"" + PATH + "/Messages.json?To=%2B1&Page=1&PageToken=PA1\"",
                                message(
                                        "SM0000000000000000000000000000000a",
                                        "another text",
                                        "Thu, 24 Aug 2023 05:01:45 +0000"))),
                RawBehaviour.reply(200, page("null", message(Fixtures.SID, TEXT, "Thu, 24 Aug 2023 05:01:45 +0000"))));

        Found found = (Found) lookup.find(query(null));

        assertThat(found.providerMessageId()).isEqualTo(Fixtures.SID);
        assertThat(server.requests().get(0).target())
                .isEqualTo(PATH + "/Messages.json?To=%2B12025550123&DateSent%3E=2023-08-24&PageSize=200");
        assertThat(server.requests().get(1).target()).isEqualTo(PATH + "/Messages.json?To=%2B1&Page=1&PageToken=PA1");
    }

    @Test
    void findsTheTextBehindTheNoteOfATrialAccount() {
        server.next(RawBehaviour.reply(
                200,
                page(
                        "null",
                        message(
                                Fixtures.SID,
                                "Sent from your Twilio trial account - " + TEXT,
                                "Thu, 24 Aug 2023 05:01:45 +0000"))));
        assertThat(lookup.find(query(null))).isInstanceOf(Found.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Canary 7Qx: your table is ready!|Thu, 24 Aug 2023 05:01:45 +0000|outbound-api|+12025550123",
                "Canary 7Qx: your table is ready|Thu, 24 Aug 2023 05:00:39 +0000|outbound-api|+12025550123",
                "Canary 7Qx: your table is ready|Thu, 24 Aug 2023 05:11:41 +0000|outbound-api|+12025550123",
                "Canary 7Qx: your table is ready|yesterday|outbound-api|+12025550123",
                "Canary 7Qx: your table is ready|Thu, 24 Aug 2023 05:01:45 +0000|inbound|+12025550123",
                "Canary 7Qx: your table is ready|Thu, 24 Aug 2023 05:01:45 +0000|outbound-api|+12025550124"
            })
    void takesNoOtherMessageForIt(String text, String created, String direction, String to) {
        server.next(RawBehaviour.reply(
                200,
                page(
                        "null",
                        message(Fixtures.SID, text, created)
                                .replace("outbound-api", direction)
                                .replace("+12025550123", to))));
        assertInconclusive(lookup.find(query(null)));
    }

    @Test
    void provesNeitherAbsenceNorOneOfTwo() {
        String one = message(Fixtures.SID, TEXT, "Thu, 24 Aug 2023 05:01:45 +0000");
        String two = message("SM0000000000000000000000000000000a", TEXT, "Thu, 24 Aug 2023 05:01:50 +0000");
        server.next(RawBehaviour.reply(200, page("null", "")), RawBehaviour.reply(200, page("null", one + "," + two)));
        assertInconclusive(lookup.find(query(null)));
        assertInconclusive(lookup.find(query(null)));
    }

    @Test
    void takesNoMessageThatIsKnownToBeAnotherOneWithTheSameText() {
        String other = "SM0000000000000000000000000000000a";
        String theirs = message(other, TEXT, "Thu, 24 Aug 2023 05:01:50 +0000");
        String ours = message(Fixtures.SID, TEXT, "Thu, 24 Aug 2023 05:01:45 +0000");
        server.next(
                RawBehaviour.reply(200, page("null", theirs)),
                RawBehaviour.reply(200, page("null", theirs + "," + ours)));
        StatusLookup.Query query = query(null).besides(List.of(other));
        assertInconclusive(lookup.find(query));
        assertThat(((Found) lookup.find(query)).providerMessageId()).isEqualTo(Fixtures.SID);
    }

    @Test
    void countsAMessageThatMovedToTheNextPageOnce() {
        String page = message(Fixtures.SID, TEXT, "Thu, 24 Aug 2023 05:01:45 +0000");
        server.next(
                RawBehaviour.reply(200, page("\"" + PATH + "/Messages.json?Page=1\"", page)),
                RawBehaviour.reply(200, page("null", page)));
        assertThat(lookup.find(query(null))).isInstanceOf(Found.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"https://evil.example.org/2010-04-01/x\"",
                "\"//evil.example.org/x\"",
                "\"@evil.example.org/x\"",
                "\"/2010-04-01/Accounts/AC00000000000000000000000000000002/Messages.json?Page=1\""
            })
    void followsNoPageToAnotherPlace(String next) {
        server.next(
                RawBehaviour.reply(200, page(next, message(Fixtures.SID, TEXT, "Thu, 24 Aug 2023 05:01:45 +0000"))));
        assertInconclusive(lookup.find(query(null)));
        assertThat(server.received()).isEqualTo(1);
    }

    @Test
    void givesUpOnAListWithoutEnd() {
        server.otherwise(RawBehaviour.reply(200, page("\"" + PATH + "/Messages.json?Page=1\"", "")));
        assertInconclusive(lookup.find(query(null)));
        assertThat(server.received()).isEqualTo(10);
    }

    @Test
    void provesNothingWhenItFails() {
        server.next(
                RawBehaviour.reply(401, Fixtures.error(20003)),
                RawBehaviour.reply(500, "<html>+12025550123</html>"),
                RawBehaviour.reply(200, "{\"messages\":[{\"body\":\"" + TEXT + "\""),
                RawBehaviour.drop(RawBehaviour.Ending.RST));
        for (int i = 0; i < 4; i++) {
            assertInconclusive(lookup.find(query(null)));
        }
    }

    @Test
    void tellsTheBalanceOrWhyThereIsNone() {
        BalanceQuery balance = twilio.role(BalanceQuery.class).orElseThrow();
        server.next(
                RawBehaviour.reply(200, "{\"account_sid\":\"AC\",\"balance\":\"-0.05\",\"currency\":\"USD\"}"),
                RawBehaviour.reply(200, "{\"balance\":null}"),
                RawBehaviour.reply(401, Fixtures.error(20003)));
        assertThat(balance.balance().balance()).isEqualTo(Money.of("-0.05", "USD"));
        assertThat(balance.balance().explanation()).contains("subaccount");
        assertThat(balance.balance().explanation()).contains("authToken").doesNotContain("+1202");
    }

    @Test
    void checksItselfWithoutShowingASecret() {
        try (TwilioProvider configured = TwilioProviderTest.provider()
                .baseUrl(server.url(""))
                .statusCallback(URI.create("http://user:word@localhost/x?token=hidden"))
                .webhookAuthTokens("not-hexadecimal")
                .build()) {
            server.next(RawBehaviour.reply(401, Fixtures.error(20003)));
            List<SelfCheck.Finding> findings =
                    configured.role(SelfCheck.class).orElseThrow().check();
            assertThat(findings)
                    .filteredOn(finding -> finding.level() != Level.OK)
                    .extracting(SelfCheck.Finding::subject)
                    .containsExactly("webhooks", "statusCallback", "account");
            assertThat(findings.toString())
                    .doesNotContain(Fixtures.TOKEN, "not-hexadecimal", "hidden=", "user:word", "token=");
        }
        server.next(RawBehaviour.reply(200, "{\"balance\":\"5\",\"currency\":\"USD\"}"));
        assertThat(twilio.role(SelfCheck.class).orElseThrow().check())
                .filteredOn(finding -> finding.level() != Level.OK)
                .extracting(SelfCheck.Finding::subject)
                .containsExactly("statusCallback");
    }

    private static void assertInconclusive(StatusLookup.Answer answer) {
        assertThat(answer).isInstanceOf(Inconclusive.class);
        assertThat(((Inconclusive) answer).explanation()).isNotBlank().doesNotContain("+12025550123", TEXT);
    }

    private static StatusLookup.Query query(String sid) {
        return StatusLookup.Query.of(
                MessageId.of("0123456789abc"), PhoneNumber.of("+12025550123"), SUBMITTED, TEXT, sid);
    }

    private static String page(String next, String messages) {
        return "{\"end\":1,\"next_page_uri\":" + next + ",\"messages\":[" + messages + "],\"page\":0}";
    }

    private static String message(String sid, String text, String created) {
        return "{\"sid\":\"" + sid
                + "\",\"status\":\"delivered\",\"to\":\"+12025550123\",\"direction\":\"outbound-api\","
                + "\"body\":\"" + text + "\",\"date_created\":\"" + created + "\",\"num_segments\":\"1\","
                + "\"price\":null,\"price_unit\":null,\"subresource_uris\":{\"media\":\"/x\"}}";
    }
}
