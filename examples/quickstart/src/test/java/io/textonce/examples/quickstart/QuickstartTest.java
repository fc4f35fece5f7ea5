package io.textonce.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {

    private static final Map<String, String> TWILIO = Map.of(
            "TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef",
            "TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef",
            "TWILIO_PHONE_NUMBER", "+12025550100");

    @TempDir
    private Path folder;

    private static String run(Map<String, String> environment, boolean terminal, String... args)
            throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Screen screen = new Screen(new PrintStream(out, true, UTF_8), terminal, environment);
        Quickstart.run(Options.parse(args, environment), screen);
        return out.toString(UTF_8);
    }

    private static List<String> section(String printed, String heading) {
        List<String> lines = printed.lines().toList();
        int start = lines.indexOf(heading) + 1;
        assertThat(start).as(heading).isPositive();
        int end = start;
        while (end < lines.size() && !lines.get(end).isEmpty()) {
            end++;
        }
        return lines.subList(start, end);
    }

    @Test
    void showsAMessagePricedSentDeliveredAndAnswered() throws Exception {
        String printed = run(Map.of(), false);

        List<String> sent = section(printed, "Sending 13 messages through sandbox");
        assertThat(sent.get(sent.size() - 1)).startsWith("      not sent: phone number ***: has letters in it");
        assertThat(sent.subList(0, sent.size() - 1))
                .containsExactlyElementsOf("""
                              to              encoding  segments        cost  outcome   text
                           1  +61491570156    GSM-7            1  0.0515 USD  accepted  Harbour Clinic: your check-up is ...
                           2  +61491570157    GSM-7            2  0.1030 USD  accepted  Harbour Clinic: please eat nothin...
                           3  +919876543210   UCS-2            1  0.0832 USD  accepted  \uD83C\uDFE5 Booked! \uD83D\uDCC5 12 May \uD83D\uDD52 10:30 Please...
                           4  +919876543210   GSM-7            1  0.0832 USD  accepted  Your visit moved from Tue 12 May,...
                           5  +251911234567   GSM-7            1  0.2240 USD  accepted  Case 4021 is now yours: meter rea...
                           6  +251911234567   GSM-7            1  0.2240 USD  accepted  Case 4021 was escalated to the re...
                           7  +905321234567   UCS-2            2  0.0620 USD  accepted  De\u011Ferlendirmeniz haz\u0131r. Sonu\u00E7lar\u0131...
                           8  +905321234567   UCS-2            1  0.0310 USD  accepted  Do\u011Frulama kodunuz 482913. Kimseyl...
                           9  +12025550160    GSM-7            1  0.0083 USD  accepted  Your order is ready to collect un...
                          10  +12025550161    GSM-7            1  0.0083 USD  accepted  Members save 20% this week. Reply...
                          11  +12025550103    GSM-7            1  0.0083 USD  accepted  Your password was changed. If it ...
                          12  +12025550140    GSM-7            1  0.0083 USD  unknown   Your table is booked for Friday a...
                              may have been sent, and isn't sent again: the connection was lost before the answer
                          13  ask at desk     -                -           -  rejected  We tried to call you. Please ring...
                        """.lines().toList());

        assertThat(section(printed, "Delivery reports and replies arriving"))
                .contains(
                        "   1  +61491570156    delivered",
                        "   8  +905321234567   delivered",
                        "  11  +12025550103    undelivered: RECIPIENT",
                        "  12  +12025550140    delivered, so the doubt is settled: it was sent",
                        "      +12025550160    answers \"Thank you\"",
                        "      +12025550161    answers \"STOP\": opted out")
                .hasSize(14);

        assertThat(section(printed, "Sending once more to who said STOP"))
                .element(1)
                .asString()
                .startsWith("  14  +12025550161 ")
                .contains("rejected");

        assertThat(section(printed, "Summary"))
                .containsExactly(
                        "14 messages: 11 accepted, 2 rejected, 1 unknown",
                        "13 segments accepted, about 0.8868 USD (made-up prices)",
                        "reported: 1 undelivered, 11 delivered; 2 replies");
    }

    @Test
    void sendsEachMessageOnceThroughTwilioAtTheServerThatIsNamed() throws Exception {
        try (RawServer server = RawServer.start()) {
            server.otherwise(
                    RawBehaviour.reply(201, "{\"sid\":\"SM0123456789abcdef0123456789abcdef\",\"status\":\"queued\"}"));
            String printed = run(TWILIO, false, "--base-url", server.url(""));
            assertThat(server.settle().received()).isEqualTo(12);
            assertThat(printed).contains("Sending 13 messages through twilio", "12 accepted, 1 rejected");
            assertThat(server.requests().get(2).text()).contains("To=%2B919876543210", "%F0%9F%8F%A5");
        }
    }

    @Test
    void neverSendsTheShippedNumbersThroughTwilioItself() {
        assertThatThrownBy(() -> Options.parse(new String[0], TWILIO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "Nothing was sent", "--file", "To see the sandbox instead, unset the TWILIO_ variables.");
        assertThat(Options.parse(new String[] {"--file", "my.csv"}, TWILIO).twilio())
                .isTrue();
    }

    @Test
    void aStrayVariableOfTwiliosStillShowsTheSandbox() throws Exception {
        Map<String, String> stray = Map.of("TWILIO_REGION", "au1", "TWILIO_BASE_URL", "http://127.0.0.1:1");
        assertThat(run(stray, false)).contains("Sending 13 messages through sandbox");
        assertThat(run(Map.of("TWILIO_ACCOUNT_SID", ""), false)).contains("through sandbox");
    }

    @Test
    void aBaseUrlWithoutAnAccountIsNotIgnored() {
        assertThatThrownBy(() -> Options.parse(new String[] {"--base-url", "http://127.0.0.1:1"}, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("--base-url", "TWILIO_ACCOUNT_SID");
    }

    @Test
    void helpIsShownAndNothingIsSent() throws Exception {
        assertThat(run(TWILIO, false, "--help")).isEqualToNormalizingNewlines(Options.HELP);
    }

    @Test
    void oneMessageIsNoPlural() throws Exception {
        Path file = Files.writeString(folder.resolve("one.csv"), "country,to,text\nUS,202-555-0100,Hi\n");
        String printed = run(Map.of(), false, "--file", file.toString());
        assertThat(printed).contains("Sending 1 message through sandbox");
        assertThat(section(printed, "Summary"))
                .containsExactly(
                        "1 message: 1 accepted",
                        "1 segment accepted, about 0.0083 USD (made-up prices)",
                        "reported: 1 delivered; 0 replies");
    }

    @Test
    void saysThatAFileIsMissingOrNone() {
        assertThatThrownBy(() -> run(Map.of(), false, "--file", "nope.csv"))
                .isInstanceOf(IOException.class)
                .hasMessage("--file: nope.csv doesn't exist");
    }

    @Test
    void namesWhatIsMissingForTwilio() {
        Map<String, String> incomplete = new HashMap<>(TWILIO);
        incomplete.remove("TWILIO_PHONE_NUMBER");
        assertThatThrownBy(() -> run(incomplete, false, "--base-url", "http://127.0.0.1:1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TWILIO_PHONE_NUMBER");
    }

    @Test
    void showsProgressAndOnlyWhatWentWrongInALongFile() throws Exception {
        StringBuilder csv = new StringBuilder("country,to,text\r\n");
        for (int i = 0; i < 2_500; i++) {
            csv.append(i == 1_700 ? "US,nobody,x\r\n" : "US,202-555-0100,\"Hello, " + i + "\"\r\n");
        }
        Path file = Files.writeString(folder.resolve("long.csv"), csv);
        String printed = run(Map.of(), false, "--file", file.toString());
        assertThat(printed.lines().filter(line -> line.contains(" sent, ")))
                .extracting(line -> line.substring(0, line.indexOf(" sent")))
                .containsExactly("1,000 of 2,500", "2,000 of 2,500", "2,500 of 2,500");
        assertThat(printed).contains("1701  nobody ").doesNotContain("1700  ");
        assertThat(section(printed, "Summary"))
                .containsExactly(
                        "2500 messages: 2499 accepted, 1 rejected",
                        "2499 segments accepted, about 20.7417 USD (made-up prices)",
                        "reported: 2499 delivered; 0 replies");
    }

    @Test
    void sendsNothingFromAFileThatIsBroken() throws Exception {
        Path file = Files.writeString(folder.resolve("broken.csv"), "country,to,text\nUS,202-555-0100,Hi\nUS,1\n");
        assertThatThrownBy(() -> run(Map.of(), false, "--file", file.toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("row 2", "2 fields", "country,to,text");
    }

    @Test
    void coloursOnlyATerminalThatWantsIt() throws Exception {
        assertThat(run(Map.of(), false)).doesNotContain("\u001B");
        assertThat(run(Map.of(), true)).contains("\u001B[32maccepted", "\u001B[31mrejected", "\u001B[33munknown");
        assertThat(run(Map.of("NO_COLOR", "1"), true)).doesNotContain("\u001B[3");
    }

    @Test
    void refusesOptionsThatItDoesNotKnow() {
        assertThatThrownBy(() -> Options.parse(new String[] {"--fast"}, Map.of()))
                .hasMessageContainingAll("\"--fast\"", "--file", "--base-url");
        assertThatThrownBy(() -> Options.parse(new String[] {"--file"}, Map.of()))
                .hasMessageContaining("--file needs a value");
    }
}
