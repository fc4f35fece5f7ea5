package io.textonce.smsbroadcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubmitResponseTest {

    private static final String ANN = "+61491570156";
    private static final String BOB = "+61491570157";
    private static final String EVE = "+61491570158";

    private final SubmitResponse response = new SubmitResponse(new Settings(Fixtures.provider(), List.of()));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OK:61491570156:2942263",
                "OK: 61491570156:2942263",
                "OK: 61491570156: 2942263\n",
                "OK : 61491570156 : 2942263\r\n\r\n",
                "\r\rok:+61491570156:2942263\r",
                "  Ok\t:\t61491570156\t:\t2942263\t\n",
                "OK:0491570156:2942263",
                "OK:491570156:2942263",
                "<br>\nOK:61491570156:2942263\nOK:61491570156:2942263"
            })
    void readsEverySpacingSeen(String text) {
        assertThat(verdicts(text, ANN).get(0).providerMessageId()).contains("2942263");
    }

    @Test
    void givesEachRecipientItsOwnVerdictInAnyOrder() {
        List<SubmitReply> replies = verdicts(
                "OK:61491570158:3\nBAD: 0491570157: Invalid Number: really\nOK:61491570156:1\n", ANN, BOB, EVE);
        assertThat(replies.get(0).providerMessageId()).contains("1");
        assertThat(replies.get(1).reason()).contains(Reason.RECIPIENT);
        assertThat(replies.get(1).proof()).contains(Proof.PROVIDER_REFUSED);
        assertThat(replies.get(1).explanation()).contains("Invalid Number: really");
        assertThat(replies.get(2).providerMessageId()).contains("3");
    }

    @Test
    void leavesOnlyTheRecipientWithoutALineInDoubt() {
        List<SubmitReply> replies = verdicts("OK:61491570156:1\nOK:61491570158:3", ANN, BOB, EVE);
        assertThat(replies)
                .extracting(SubmitReply::outcome)
                .containsExactly(Outcome.ACCEPTED, Outcome.UNKNOWN, Outcome.ACCEPTED);
        assertThat(replies.get(1).explanation()).contains("no readable line");
    }

    @Test
    void neverGivesALineToSomebodyElse() {
        assertThat(verdicts("OK:61491570157:1", ANN).get(0).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(verdicts("OK:0061491570156:1", ANN).get(0).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(verdicts("OK:61 491 570 156:1", ANN).get(0).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(verdicts("BAD:0491570157:Invalid Number", ANN).get(0).outcome())
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(verdicts("OK:07700900123:1", "+447700900123").get(0).outcome())
                .isEqualTo(Outcome.UNKNOWN);
        // A German number that looks like the Australian one at home: nobody can tell whose line it is.
        List<SubmitReply> twins = verdicts("OK:491570156:1", "+491570156", ANN);
        assertThat(twins).extracting(SubmitReply::outcome).containsOnly(Outcome.UNKNOWN);
        assertThat(verdicts("OK:491570156:1\nOK:61491570156:2", "+491570156")
                        .get(0)
                        .providerMessageId())
                .contains("1");
    }

    @Test
    void appliesAnErrorToAllRecipientsOnlyWhenItStandsAlone() {
        assertThat(verdicts("ERROR: Username or password is incorrect", ANN, BOB))
                .allSatisfy(reply -> assertThat(reply.reason()).contains(Reason.CREDENTIAL));
        List<SubmitReply> mixed = verdicts("OK:61491570156:1\nERROR: Insufficient credit", ANN, BOB);
        assertThat(mixed.get(0).outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(mixed.get(1).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void doubtsContradictions() {
        assertThat(verdicts("OK:61491570156:1\nOK:61491570156:2\nOK:61491570156:1", ANN)
                        .get(0)
                        .outcome())
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(verdicts("BAD:61491570156:Invalid Number\nOK:0491570156:2", ANN)
                        .get(0)
                        .outcome())
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(verdicts("BAD:61491570156:Invalid Number\nBAD:0491570156:Invalid Number", ANN)
                        .get(0)
                        .reason())
                .contains(Reason.RECIPIENT);
    }

    @Test
    void promisesAReportOnlyWhereOneCouldBeBelieved() {
        SubmitResponse believing =
                new SubmitResponse(new Settings(Fixtures.provider().webhookSecrets(Fixtures.SECRET), List.of()));
        for (int status : new int[] {200, 302, 500}) {
            assertThat(response.verdicts(status, "", Fixtures.batch("Hi", ANN))
                            .get(0)
                            .explanation())
                    .contains("the dashboard will tell")
                    .doesNotContain("report");
            assertThat(believing
                            .verdicts(status, "", Fixtures.batch("Hi", ANN))
                            .get(0)
                            .explanation())
                    .contains("a report or the dashboard will tell");
        }
    }

    @Test
    void doubtsANumberedFormThatContradictsTheManual() {
        assertThat(verdicts("BAD: 1: Invalid Number", ANN).get(0).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(verdicts("ERROR: 2: Insufficient credits", ANN).get(0).reason())
                .contains(Reason.ACCOUNT);
    }

    @ParameterizedTest
    @CsvSource({"421", "425"})
    void takesMisdirectedAndTooEarlyForNotTransmitted(int status) {
        assertThat(response.verdicts(status, "", Fixtures.batch("Hi", ANN))
                        .get(0)
                        .proof())
                .contains(Proof.NOT_TRANSMITTED);
    }

    @Test
    void believesNoLineThatMayBeCut() {
        try (RawServer server = RawServer.start();
                SmsBroadcastProvider provider =
                        Fixtures.provider().baseUrl(server.url("")).build()) {
            server.next(
                    untilTheEnd("OK:61491570156:29422"),
                    untilTheEnd("OK:61491570156:2942263\n"),
                    untilTheEnd("ERROR: Username or pass"));
            assertThat(provider.submit(Fixtures.submission(ANN, "Hi")).outcome())
                    .isEqualTo(Outcome.UNKNOWN);
            assertThat(provider.submit(Fixtures.submission(ANN, "Hi")).providerMessageId())
                    .contains("2942263");
            assertThat(provider.submit(Fixtures.submission(ANN, "Hi")).outcome())
                    .isEqualTo(Outcome.UNKNOWN);
        }
    }

    /** Without a length and without chunks, only the end of the connection ends the reply. */
    private static RawBehaviour untilTheEnd(String body) {
        return RawBehaviour.replyThenEnd(
                ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII),
                RawBehaviour.Ending.FIN);
    }

    /** An answer's meaning is each recipient's own line, whatever else it holds and however it is ordered. */
    @Test
    void readsRandomAnswersAsTheyWereMade() {
        long seed = Long.getLong("textonce.seed", 20_261_121L);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<Submission> batch = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            List<Outcome> expected = new ArrayList<>();
            int size = 1 + random.nextInt(30);
            for (int i = 0; i < size; i++) {
                String digits = "614915" + (70_000 + i);
                batch.add(Fixtures.submission("+" + digits, "Hi"));
                String echoed = random.nextBoolean() ? digits : "0" + digits.substring(2);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        lines.add("BAD:" + echoed + ":Invalid Number");
                        expected.add(Outcome.REJECTED);
                    }
                    case 1 -> {
                        lines.add(random.nextBoolean() ? "noise " + echoed : "OK:" + echoed + ":");
                        expected.add(Outcome.UNKNOWN);
                    }
                    default -> {
                        lines.add("OK: " + echoed + ":" + (1000 + i));
                        expected.add(Outcome.ACCEPTED);
                    }
                }
            }
            Collections.shuffle(lines, random);
            String text = String.join(random.nextBoolean() ? "\r\n" : "\n", lines);
            assertThat(response.verdicts(200, text, batch))
                    .as("seed %d, round %d", seed, round)
                    .extracting(SubmitReply::outcome)
                    .containsExactlyElementsOf(expected);
        }
    }

    private List<SubmitReply> verdicts(String text, String... to) {
        return response.verdicts(200, text, Fixtures.batch("Hi", to));
    }
}
