package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A campaign in a process with 128 MB that is killed again and again: everybody gets one message, but for those in whose
 * middle it was killed, who are in doubt. {@code -Dproof=long} takes a million recipients, or
 * {@code -Dproof.recipients}, and compares what a message costs.
 */
@Tag("once")
class CampaignKillTest {

    private static final boolean LONG = "long".equals(System.getProperty("proof"));
    private static final int SIZE = Integer.getInteger("proof.recipients", LONG ? 1_000_000 : 3_000);
    private static final int KILLS = LONG ? 5 : 1;
    private static final int MOST_IN_FLIGHT = 2 * 64;
    private static final Pattern FIGURE = Pattern.compile("(\\w+)=(\\d+)");

    @Test
    void nobodyGetsTwoAndNobodyIsLostHoweverOftenItIsKilled(@TempDir Path folder) throws Exception {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            Path arrived = Files.createFile(folder.resolve("arrived"));
            for (int kill = 1; kill <= KILLS; kill++) {
                Process process = start(database, arrived, folder, SIZE);
                long until = (long) SIZE * kill / (KILLS + 2) * 6;
                while (Files.size(arrived) < until) {
                    assertThat(process.waitFor(5, TimeUnit.MILLISECONDS))
                            .as("it has still something to do")
                            .isFalse();
                }
                process.destroyForcibly().waitFor();
                System.out.println("killed after " + lines(arrived).size() + " messages");
            }
            Process last = start(database, arrived, folder, SIZE);
            assertThat(last.waitFor(LONG ? 60 : 2, TimeUnit.MINUTES)).isTrue();
            String output = Files.readString(folder.resolve("output"));
            System.out.print(output);
            assertThat(last.exitValue()).as(output).isZero();

            List<String> texts = lines(arrived);
            Set<String> reached = new HashSet<>(texts);
            assertThat(texts).as("messages that arrived twice").hasSameSizeAs(reached);
            Set<String> inDoubt = inDoubt(JdbcStore.of(database));
            System.out.println(texts.size() + " arrived, " + inDoubt.size() + " in doubt");
            assertThat(inDoubt.size()).isLessThanOrEqualTo(KILLS * MOST_IN_FLIGHT);
            reached.addAll(inDoubt);
            assertThat(reached).as("reached, or in doubt").hasSize(SIZE);
        }
    }

    @Test
    void aMessageCostsTheSameHoweverManyThereAre(@TempDir Path folder) throws Exception {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            List<Map<String, Long>> runs = new ArrayList<>();
            for (int size : LONG ? new int[] {SIZE / 100, SIZE / 10, SIZE} : new int[] {500, 1_500, 4_500}) {
                Path arrived = Files.createFile(folder.resolve("arrived-" + size));
                Process process = start(database, arrived, folder, size);
                assertThat(process.waitFor(LONG ? 60 : 2, TimeUnit.MINUTES)).isTrue();
                String output = Files.readString(folder.resolve("output"));
                System.out.print(output);
                assertThat(process.exitValue()).as(output).isZero();
                assertThat(new HashSet<>(lines(arrived))).hasSize(size);
                runs.add(FIGURE.matcher(output.lines()
                                .filter(line -> line.startsWith("size="))
                                .findFirst()
                                .orElseThrow())
                        .results()
                        .collect(Collectors.toMap(
                                (MatchResult each) -> each.group(1), each -> Long.valueOf(each.group(2)))));
            }
            Map<String, Long> first = runs.get(1);
            Map<String, Long> last = runs.get(2);
            assertThat(last.get("bytes")).isLessThan(first.get("bytes") * 5 / 4);
            assertThat(last.get("cpuMicros")).isLessThan(first.get("cpuMicros") * 3 / 2);
        }
    }

    private static Process start(HikariDataSource database, Path arrived, Path folder, int size) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CampaignRun.class.getName(),
                        database.getJdbcUrl(),
                        arrived.toString(),
                        Integer.toString(size)))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file, StandardCharsets.US_ASCII);
    }

    private static Set<String> inDoubt(JdbcStore store) {
        return store
                .query(
                        Load.TENANT,
                        MessageQuery.all().state(MessageState.UNKNOWN).limit(1_000))
                .stream()
                .map(MessageRecord::text)
                .collect(Collectors.toSet());
    }
}
