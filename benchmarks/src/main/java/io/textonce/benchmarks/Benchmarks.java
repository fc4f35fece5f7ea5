package io.textonce.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Set;

/**
 * Measures and says which target is met. Arguments: {@code send}, {@code tls}, {@code parts}, or nothing for all of them;
 * {@code rounds=30} and {@code slice=200} (milliseconds) change how long it takes.
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
        boolean all = !wanted.contains("send") && !wanted.contains("tls") && !wanted.contains("parts");
        System.out.printf(
                Locale.ROOT,
                "Java %s, %d processors, load %.1f%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        Verdicts verdicts = new Verdicts();
        if (all || wanted.contains("parts")) {
            new PartBenches(verdicts).run();
        }
        if (all || wanted.contains("send")) {
            new SendBench(verdicts, rounds, slice).run(false);
        }
        if (all || wanted.contains("tls")) {
            new SendBench(verdicts, rounds, slice).run(true);
        }
        verdicts.print();
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
