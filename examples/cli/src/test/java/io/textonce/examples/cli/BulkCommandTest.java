package io.textonce.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BulkCommandTest {

    private static final String THREE = "to,text\n+12025550100,Hi\n+12025550101,\"Hi, you\"\n+12025550102,Hi\n";

    private final RawServer server = RawServer.start().otherwise(Twilio.accepts());

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        server.close();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("list.csv"), text);
    }

    private Ran bulk(String... more) {
        return Ran.with(
                Twilio.ACCOUNT,
                "",
                Stream.concat(
                                Stream.of("bulk", folder.resolve("list.csv").toString(), "--provider=twilio"),
                                Stream.concat(Stream.of("--base-url=" + server.url("")), Stream.of(more)))
                        .toArray(String[]::new));
    }

    private List<List<String>> results() throws IOException {
        return read(folder.resolve("list.results.csv"));
    }

    static List<List<String>> read(Path results) throws IOException {
        List<List<String>> all = new ArrayList<>();
        try (var in = Files.newBufferedReader(results)) {
            Csv csv = new Csv(in);
            csv.read();
            for (Csv.Line line = csv.read(); line != null; line = csv.read()) {
                all.add(line.cells());
            }
        }
        return all;
    }

    private List<String> outcomes() throws IOException {
        return results().stream()
                .map(row -> row.get(0) + " " + row.get(2))
                .sorted()
                .toList();
    }

    @Test
    void sendsEachRowAndWritesItsResult() throws IOException {
        file(THREE);
        Ran ran = bulk();
        assertThat(ran.out()).startsWith("completed: 3 accepted, 0 rejected, 0 unknown, 0 not started");
        assertThat(ran.errors()).contains("3 of 3");
        assertThat(ran.code()).isZero();
        assertThat(server.settle().received()).isEqualTo(3);
        assertThat(outcomes()).containsExactly("2 accepted", "3 accepted", "4 accepted");
        assertThat(results()).allSatisfy(row -> {
            assertThat(row.get(1)).startsWith("+120255501");
            assertThat(row.get(3)).isEqualTo("twilio");
            assertThat(row.get(4)).startsWith("SM");
            assertThat(row.get(7)).isEqualTo("1");
        });
    }

    @Test
    void sendsNoRowTwiceHoweverTheFileIsSortedOrWritten() throws IOException {
        file(THREE);
        bulk();
        file("to;text\r\n+1 202-555-0102;Hi\r\n+12025550103;Hi\r\n+12025550101;\"Hi, you\"\r\n+12025550100;Hi\r\n");
        Ran again = bulk("--json");
        assertThat(again.object().get("accepted").asInt()).isEqualTo(4);
        assertThat(server.settle().received()).isEqualTo(4);
        assertThat(server.requests().get(3).text()).contains("To=%2B12025550103");
        assertThat(outcomes()).containsExactly("2 accepted", "3 accepted", "4 accepted", "5 accepted");
    }

    @Test
    void reportsDoubtsAgainAndSendsWhatWasRejected() throws IOException {
        file(THREE);
        server.next(
                RawBehaviour.drop(RawBehaviour.Ending.FIN),
                RawBehaviour.reply(400, "{\"code\":21211,\"message\":\"Invalid 'To'\",\"status\":400}"));
        Ran first = bulk("--concurrency=1", "--json");
        assertThat(first.object().get("unknown").asInt()).isOne();
        assertThat(first.object().get("rejected").asInt()).isOne();
        assertThat(first.code()).isEqualTo(4);
        Ran second = bulk();
        assertThat(second.out()).contains("2 accepted", "1 unknown", "textonce status --provider twilio");
        assertThat(second.code()).isEqualTo(4);
        assertThat(server.settle().received()).isEqualTo(4);
        assertThat(outcomes()).containsExactly("2 unknown", "3 accepted", "4 accepted");
    }

    @Test
    void aDoubtIsLookedUpByOurIdWithWhatTheLedgerKnows() throws IOException {
        file("to,text\n+12025550123,Hello\n");
        server.next(RawBehaviour.drop(RawBehaviour.Ending.FIN));
        bulk();
        server.next(RawBehaviour.reply(200, "{\"messages\":[]}"));
        Ran status = Ran.with(
                Twilio.ACCOUNT,
                "",
                "status",
                "--provider=twilio",
                "--base-url=" + server.url(""),
                "--results=" + folder.resolve("list.results.csv"),
                "--message-id=" + results().get(0).get(5));
        assertThat(server.settle().requests().get(1).target()).contains("Messages.json?To=%2B12025550123");
        assertThat(status.out()).startsWith("unknown").contains("doesn't prove");
        assertThat(status.code()).isEqualTo(4);
    }

    @Test
    void fallsBackWhenNothingWasTransmitted() throws IOException {
        file(THREE);
        server.refuse();
        assertThat(bulk("--fallback=sandbox").code()).isZero();
        assertThat(results()).allSatisfy(row -> assertThat(row.get(3)).isEqualTo("sandbox"));
    }

    @Test
    void waitsForTheRate() throws IOException {
        file(THREE);
        assertThat(bulk("--rate=2/1s").code()).isZero();
        assertThat(server.settle().received()).isEqualTo(3);
    }

    @Test
    void makesTextsOfTemplatesAndRejectsRowsWithoutAValue() throws IOException {
        Files.writeString(
                folder.resolve("reminder.properties"),
                "variables = name 20\ndefault = en\nen = Hi {{name}}\ntr = Merhaba {{name}}\n");
        file("to,template,locale,name,note\n+12025550100,reminder,,Ada,x\n+12025550101,reminder,tr-CY,Ada,\n"
                + "+12025550102,reminder,,,\n+12025550103,none,,Ada,\n");
        Ran ran = bulk("--templates=" + folder, "--concurrency=1", "--json");
        assertThat(ran.object().get("accepted").asInt()).isEqualTo(2);
        assertThat(ran.code()).isEqualTo(3);
        assertThat(server.settle().requests().get(0).text()).contains("Body=Hi+Ada");
        assertThat(server.requests().get(1).text()).contains("Body=Merhaba+Ada");
        assertThat(results().get(2).get(8)).contains("name has no value");
        assertThat(results().get(3).get(8)).contains("none doesn't exist");
    }

    @Test
    void aDryRunAddsUpAndSendsNothing() throws IOException {
        file("to,text\n+12025550100,Hi\n+12025550100,Hi\n+61491570156," + "x".repeat(161) + "\nnobody,Hi\n");
        Ran ran = bulk("--dry-run", "--price=0.01USD", "--price=+61=0.05USD", "--json");
        assertThat(ran.object().get("rows").asInt()).isEqualTo(4);
        assertThat(ran.object().get("invalid").asInt()).isOne();
        assertThat(ran.object().get("duplicates").asInt()).isOne();
        assertThat(ran.object().get("segments").asInt()).isEqualTo(4);
        assertThat(ran.object().get("cost").asText()).isEqualTo("0.12 USD");
        assertThat(ran.object().get("problems").get(1).get("row").asInt()).isEqualTo(4);
        assertThat(ran.code()).isEqualTo(3);
        assertThat(bulk("--dry-run").out()).startsWith("nothing was sent; 4 messages");
        assertThat(server.settle().connections()).isZero();
        assertThat(folder).isDirectoryNotContaining(each -> each.toString().contains("results"));
    }

    @Test
    void refusesAWrongFileBeforeAnythingIsSent() throws IOException {
        bulk().isUsageError("list.csv doesn't exist");
        file("to,text\n1,Hi\n2,Hi,you\n");
        bulk().isUsageError("list.csv, line 3", "3 cells");
        file("to\n1\n");
        bulk().isUsageError("line 1", "\"template\"");
        file("to,text,to\n1,2,3\n");
        bulk().isUsageError("two have the same name");
        Files.write(folder.resolve("list.csv"), "to,text\n1,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        bulk().isUsageError("isn't UTF-8");
        file(THREE);
        bulk("--concurrency=0").isUsageError("--concurrency: 0");
        bulk("--price=free").isUsageError("--price: \"free\"", "0.0079USD");
        bulk("--price=1USD", "--price=+61=1AUD").isUsageError("isn't in USD");
        bulk("--templates=" + folder.resolve("none")).isUsageError("is no file");
        assertThat(server.settle().connections()).isZero();
    }

    @Test
    void resultsWithoutTheirLedgerAreRefused() throws IOException {
        file(THREE);
        bulk();
        Files.delete(folder.resolve("list.results.csv.ledger.mv.db"));
        bulk().isUsageError("list.results.csv.ledger.mv.db isn't", "nobody knows what was sent");
        assertThat(server.settle().received()).isEqualTo(3);
    }

    @Test
    void aSecondRunAtTheSameTimeIsRefused() throws Exception {
        file(THREE);
        try (Ledger held = Ledger.begin(folder.resolve("list.results.csv"))) {
            assertThat(held.store().idempotencyKeys()).isNotNull();
            ProcessBuilder other = BulkProcess.builder(folder.resolve("list.csv"), server);
            Process process = other.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said).contains("another run has it");
            assertThat(process.waitFor()).isEqualTo(2);
        }
        assertThat(server.settle().connections()).isZero();
    }

    @Test
    void drawsABarOnATerminal() throws IOException {
        file(THREE);
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        Shell shell =
                new Shell(new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream(), errors, Map.of(), true);
        Main.run(new String[] {"bulk", folder.resolve("list.csv").toString(), "--provider=sandbox"}, shell);
        assertThat(errors.toString(StandardCharsets.UTF_8))
                .contains("\r[##############################] 100%  3/3  ", "3 accepted, 0 rejected, 0 unknown")
                .endsWith("\n");
    }
}
