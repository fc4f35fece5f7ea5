package io.textonce.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A disk that really fills up: a small one in memory, in a mount namespace of its own, which ends with its process. What else
 * can be wrong with a database is shown by {@code FailureTest} in textonce-jdbc.
 */
class FullDiskProof {

    @Test
    void aDiskThatFillsUpIsSaidToBeFullAndNoMessageChangesItsState() throws IOException, InterruptedException {
        Path folder = Report.FOLDER.resolve("full_disk");
        Path disk = Files.createDirectories(folder.resolve("disk"));
        List<String> onSmallDisk = new ArrayList<>(List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=8m tmpfs \"$0\" && exec \"$@\""));
        onSmallDisk.add(disk.toString());
        List<String> probe = new ArrayList<>(onSmallDisk);
        probe.add("true");
        if (!succeeds(probe)) {
            String why = "this machine has no mount namespaces for its users";
            Report.row("disk full (H2)", "not shown: %s", why);
            abort(why);
        }

        onSmallDisk.addAll(Child.command(FullDisk.class, List.of("-Xmx96m"), disk));
        try (Child host = Child.run(onSmallDisk, folder.resolve("host.err"))) {
            String problem = host.await("PROBLEM");
            String result = host.await("RESULT");
            Report.row("disk full (H2)", "%s; after room was made: %s", problem, result);
            assertThat(problem).contains("disk").containsIgnoringCase("make room");
            long acknowledged = Long.parseLong(result.replaceAll(".*acknowledged=(\\d+).*", "$1"));
            assertThat(acknowledged).isPositive();
            assertThat(result).contains("missing=0", "claimed=" + acknowledged);
        }
    }

    private static boolean succeeds(List<String> command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}
