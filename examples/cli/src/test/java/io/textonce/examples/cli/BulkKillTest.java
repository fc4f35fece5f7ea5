package io.textonce.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process is killed in the middle; the server counts what arrived. */
@Tag("once")
class BulkKillTest {

    private static final int ROWS = 300;
    private static final int AT_ONCE = 8;
    private static final Pattern TEXT = Pattern.compile("Body=Row\\+([0-9]+)");

    private final RawServer server = RawServer.start();

    @TempDir
    private Path folder;

    private Path file;
    private Path output;

    @BeforeEach
    void write() throws Exception {
        output = folder.resolve("output.txt");
        file = Files.writeString(
                folder.resolve("list.csv"),
                IntStream.range(2, ROWS + 2)
                        .mapToObj(line ->
                                "+120255501" + String.valueOf(100 + line % 100).substring(1) + ",Row " + line)
                        .collect(Collectors.joining("\n", "to,text\n", "\n")));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private List<String> arrived() {
        return server.settle().requests().stream()
                .map(request -> {
                    Matcher text = TEXT.matcher(request.text());
                    assertThat(text.find()).as(request.text()).isTrue();
                    return text.group(1);
                })
                .toList();
    }

    private Ran rest() {
        return Ran.with(
                Twilio.ACCOUNT,
                "",
                "bulk",
                file.toString(),
                "--provider=twilio",
                "--base-url=" + server.url(""),
                "--json");
    }

    private Map<String, List<String>> linesByOutcome() throws Exception {
        return BulkCommandTest.read(folder.resolve("list.results.csv")).stream()
                .collect(Collectors.groupingBy(
                        row -> row.get(2), Collectors.mapping(row -> row.get(0), Collectors.toList())));
    }

    @Test
    void noRowIsSentTwiceWhenItIsKilledAndTheNextRunCompletes() throws Exception {
        RawBehaviour accepts = Twilio.accepts();
        server.next(Collections.nCopies(60, accepts).toArray(RawBehaviour[]::new))
                .otherwise(RawBehaviour.hang());
        Process first = BulkProcess.start(file, server, output, "--concurrency=" + AT_ONCE);
        assertThat(BulkProcess.atWork(first, server, 60 + AT_ONCE))
                .as(Files.readString(output))
                .isTrue();
        first.destroyForcibly().waitFor(); // each worker has a request that isn't answered
        server.otherwise(accepts);
        Process second = BulkProcess.start(file, server, output, "--concurrency=" + AT_ONCE);
        assertThat(BulkProcess.atWork(second, server, 120))
                .as(Files.readString(output))
                .isTrue();
        second.destroyForcibly().waitFor(); // anywhere
        int before = arrived().size();

        Ran ran = rest();

        assertThat(ran.code()).as(ran.errors()).isEqualTo(4);
        assertThat(arrived()).as("what arrived").doesNotHaveDuplicates().hasSizeGreaterThan(before);
        Map<String, List<String>> lines = linesByOutcome();
        assertThat(lines.keySet()).containsExactlyInAnyOrder("accepted", "unknown");
        assertThat(lines.get("accepted").size() + lines.get("unknown").size()).isEqualTo(ROWS);
        assertThat(lines.get("unknown")).as("in doubt").hasSizeBetween(AT_ONCE, 2 * AT_ONCE);
        assertThat(arrived()).as("what is accepted").containsAll(lines.get("accepted"));
        assertThat(arrived().subList(60, 60 + AT_ONCE)).as("what hung").isSubsetOf(lines.get("unknown"));

        int all = arrived().size();
        assertThat(rest().object().get("unknown").asInt())
                .isEqualTo(lines.get("unknown").size());
        assertThat(arrived()).as("a further run sends nothing").hasSize(all);
    }

    @Test
    void stopsInOrderAndLeavesNoDoubtWhereItOnlyWaited() throws Exception {
        server.otherwise(Twilio.accepts());
        Process process = BulkProcess.start(file, server, output, "--rate=20/1h");
        assertThat(BulkProcess.atWork(process, server, 20))
                .as(Files.readString(output))
                .isTrue();
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS))
                .as(Files.readString(output))
                .isTrue();
        assertThat(Files.readString(output))
                .contains("stopping: ", "cancelled: 20 accepted", "0 unknown", "Run the same");
        assertThat(process.exitValue()).isEqualTo(143);

        Ran ran = rest();

        assertThat(ran.object().get("accepted").asInt()).isEqualTo(ROWS);
        assertThat(ran.code()).isZero();
        assertThat(arrived()).doesNotHaveDuplicates().hasSize(ROWS);
    }
}
