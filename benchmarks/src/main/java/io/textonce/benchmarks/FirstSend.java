package io.textonce.benchmarks;

import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.twilio.TwilioProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How much longer the first send of a fresh JVM takes than its second, after {@code build()} warmed up what it could.
 * As a program it does that once and prints build, first and second send in microseconds, then the CPU of both sends.
 */
final class FirstSend {
    private static final int RUNS = 7;

    private FirstSend() {}

    public static void main(String... args) {
        long start = System.nanoTime();
        try (SmsClient client = SmsClient.builder()
                .provider(TwilioProvider.builder()
                        .accountSid(Samples.ACCOUNT)
                        .authToken(Samples.TOKEN)
                        .from(SenderId.of(Samples.FROM))
                        .baseUrl(args[0])
                        .build())
                .defaultRegion("US")
                .build()) {
            long built = System.nanoTime();
            long cpu = Meter.ownCpu();
            send(client, "+12025550101");
            long firstCpu = Meter.ownCpu();
            long first = System.nanoTime();
            send(client, "+12025550102");
            long second = System.nanoTime();
            long secondCpu = Meter.ownCpu();
            System.out.printf(
                    Locale.ROOT,
                    "%d %d %d %d %d%n",
                    (built - start) / 1000,
                    (first - built) / 1000,
                    (second - first) / 1000,
                    (firstCpu - cpu) / 1000,
                    (secondCpu - firstCpu) / 1000);
        }
    }

    private static void send(SmsClient client, String to) {
        if (!client.send(SmsMessage.to(to).text(Samples.TEXT).build()).isAccepted()) {
            throw new IllegalStateException("not accepted");
        }
    }

    static void measure(Verdicts verdicts) throws IOException, InterruptedException {
        double[][] figures = new double[5][RUNS];
        try (ServerProcess server = ServerProcess.start(FixedServer.Api.TWILIO, false)) {
            for (int run = 0; run < RUNS; run++) {
                Process process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                FirstSend.class.getName(),
                                server.url())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                try (BufferedReader out = new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
                    String line = out.readLine();
                    if (process.waitFor() != 0 || line == null) {
                        throw new IOException("a fresh JVM could not send");
                    }
                    String[] fields = line.split(" ", -1);
                    for (int i = 0; i < figures.length; i++) {
                        figures[i][run] = Double.parseDouble(fields[i]) / 1000;
                    }
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%na fresh JVM, %d times: ms by the clock %26s build(), %s first send, %s second; CPU %s and %s%n",
                RUNS,
                Quartiles.of(figures[0]),
                Quartiles.of(figures[1]),
                Quartiles.of(figures[2]),
                Quartiles.of(figures[3]),
                Quartiles.of(figures[4]));
        verdicts.atMost(
                "first send after build(): ms of CPU more than the second",
                Quartiles.of(figures[3]).median() - Quartiles.of(figures[4]).median(),
                50);
        verdicts.reported(
                "first send after build(): ms by the clock more than the second",
                Quartiles.of(figures[1]).median() - Quartiles.of(figures[2]).median(),
                50);
    }
}
