package io.textonce.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Kannel of Debian's packages {@code kannel} and {@code kannel-extras}, with its fake SMSC as the carrier. */
final class Kannel implements AutoCloseable {

    static final String USER = "tester";
    static final String PASSWORD = "foobar";

    private final int smsc = free();
    private final int sendsms = free();
    private final Deque<Tool> running = new ArrayDeque<>();

    Kannel(Path directory, String inboundUrl) throws IOException {
        int box = free();
        Path configuration = Files.writeString(
                directory.resolve("kannel.conf"),
                """
                group = core
                admin-port = %d
                admin-password = bar
                smsbox-port = %d
                box-allow-ip = 127.0.0.1
                dlr-storage = internal

                group = smsc
                smsc = fake
                smsc-id = FAKE
                port = %d
                connect-allow-ip = 127.0.0.1

                group = smsbox
                bearerbox-host = 127.0.0.1
                sendsms-port = %d

                group = sendsms-user
                username = %s
                password = %s
                concatenation = true
                max-messages = 10

                group = sms-service
                keyword = default
                get-url = "%s"
                max-messages = 0
                catch-all = true
                """.formatted(free(), box, smsc, sendsms, USER, PASSWORD, inboundUrl),
                StandardCharsets.US_ASCII);
        start("bearerbox", configuration.toString()).await("entering mainloop");
        start("smsbox", configuration.toString()).await("Connected to bearerbox");
    }

    String baseUrl() {
        return "http://127.0.0.1:" + sendsms;
    }

    /** A carrier that only takes messages over; {@link Tool#await} tells them as it prints them. */
    Tool carrier() throws IOException {
        Tool carrier = start("fakesmsc", "-H", "127.0.0.1", "-r", "" + smsc, "-m", "0", "1 2 text unused");
        carrier.await("Connecting to");
        return carrier;
    }

    /** Has a handset send one message. */
    void handsetSends(String message) throws IOException {
        start("fakesmsc", "-H", "127.0.0.1", "-r", "" + smsc, "-i", "0.01", "-m", "1", message);
    }

    private Tool start(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(find(name).toString());
        command.addAll(List.of(arguments));
        Tool tool = new Tool(
                name, new ProcessBuilder(command).redirectErrorStream(true).start());
        running.push(tool);
        return tool;
    }

    private static Path find(String name) {
        for (String directory : List.of("/usr/sbin", "/usr/bin", "/usr/lib/kannel/test", "/usr/local/sbin")) {
            Path tool = Path.of(directory, name);
            if (Files.isExecutable(tool)) {
                return tool;
            }
        }
        throw new AssertionError(name + " isn't installed; the profile kannel needs Debian's packages kannel and"
                + " kannel-extras: apt-get install kannel kannel-extras");
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        running.forEach(Tool::stop);
    }

    /** A process of Kannel's, and what it prints. */
    static final class Tool {
        private final String name;
        private final Process process;
        private final BufferedReader output;

        Tool(String name, Process process) {
            this.name = name;
            this.process = process;
            this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next line with this in it. Blocks; the test's own timeout bounds it. */
        String await(String part) throws IOException {
            List<String> seen = new ArrayList<>();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.contains(part)) {
                    return line;
                }
                seen.add(line);
            }
            throw new AssertionError(name + " ended without \"" + part + "\":\n" + String.join("\n", seen));
        }

        void stop() {
            process.destroy();
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
