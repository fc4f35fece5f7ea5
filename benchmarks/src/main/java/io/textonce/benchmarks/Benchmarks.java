package io.textonce.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures and says which target is met. Arguments: {@code send}, {@code tls}, {@code parts}, {@code first} (the first send
 * of a fresh JVM), {@code webhooks} (verdicts beside twilio-java's), {@code sns}, {@code gateway}, {@code batch}, {@code outbox}, or nothing
 * for all of them; {@code rounds=30} and
 * {@code slice=200} (milliseconds) change how long it takes; {@code alone} leaves db-scheduler and JobRunr out; with {@code gate} a missed target ends it with an error,
 * as a verdict without a known reason always does.
 */
public final class Benchmarks {

    private Benchmarks() {}

    /**
     * Runs the benches.
     *
     * @param args which, and for how long
     * @throws Exception if a contender fails
     */
    public static void main(String... args) throws Exception {
        Set<String> wanted = Set.of(args);
        int rounds = number(args, "rounds=", 30);
        int slice = number(args, "slice=", 200);
        boolean all = Stream.of("send", "tls", "parts", "first", "webhooks", "sns", "gateway", "batch", "outbox")
                .noneMatch(wanted::contains);
        System.out.printf(
                Locale.ROOT,
                "Java %s, %d processors, load %.1f%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        Race race = new Race(rounds, slice);
        Verdicts verdicts = new Verdicts();
        if (all || wanted.contains("parts")) {
            new PartBenches(verdicts).run();
        }
        if (all || wanted.contains("webhooks")) {
            WebhookVerdicts.compare(verdicts);
        }
        if (all || wanted.contains("first")) {
            FirstSend.measure(verdicts);
        }
        if (all || wanted.contains("send")) {
            new SendBench(verdicts, race).run(false);
        }
        if (all || wanted.contains("tls")) {
            new SendBench(verdicts, race).run(true);
        }
        if (all || wanted.contains("sns")) {
            new SnsBenches(verdicts, race).run();
        }
        if (all || wanted.contains("gateway")) {
            new SmsBroadcastBenches(verdicts, race).gateway();
        }
        if (all || wanted.contains("batch")) {
            new SmsBroadcastBenches(verdicts, race).batch();
        }
        if (all || wanted.contains("outbox")) {
            new OutboxBenches(verdicts, rounds, !wanted.contains("alone")).run();
        }
        verdicts.print();
        if (verdicts.wrong() || (verdicts.missed() > 0 && wanted.contains("gate"))) {
            System.exit(1);
        }
    }

    private static int number(String[] args, String key, int otherwise) {
        for (String arg : args) {
            if (arg.startsWith(key)) {
                return Integer.parseInt(arg.substring(key.length()));
            }
        }
        return otherwise;
    }
}
