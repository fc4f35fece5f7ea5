package io.textonce.examples.cli;

import io.textonce.testkit.RawServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A bulk run in a process of its own, to be killed. */
final class BulkProcess {

    private BulkProcess() {}

    static ProcessBuilder builder(Path file, RawServer server, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "bulk",
                file.toString(),
                "--provider=twilio",
                "--base-url=" + server.url("")));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(Twilio.ACCOUNT);
        return builder;
    }

    static Process start(Path file, RawServer server, Path output, String... more) throws IOException {
        return builder(file, server, more)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
    }

    /** Waits until the server has received so much, and tells whether the process was still at work then. */
    static boolean atWork(Process process, RawServer server, int received) throws InterruptedException {
        while (server.received() < received && !process.waitFor(2, TimeUnit.MILLISECONDS)) {}
        return process.isAlive();
    }
}
