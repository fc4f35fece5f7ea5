package io.textonce.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Measures small operations in turns on one thread: each does a few milliseconds of work, again and again, so that a
 * busy machine hits all alike. Thread CPU time, not the clock.
 */
final class Turns {
    private static final int ROUNDS = 60;
    private static final long SLICE = 4_000_000;
    private static final long WARM_UP = 1_500_000_000;

    /** Results go here so that no compiler can leave work out. */
    static volatile long sink;

    /** Does an operation so many times and makes something of all results; its loop is its own, so calls inline. */
    interface Work {
        long run(int times);
    }

    /** An operation under its name. */
    record Entry(String name, Work work) {}

    /** What an operation took, compared with the first one of its group. */
    record Figures(String name, double nanos, double bytes, Quartiles ratio, double bytesRatio) {}

    private Turns() {}

    /** Measures the operations beside each other; the first is the base. */
    static List<Figures> measure(String title, Entry... entries) {
        int n = entries.length;
        int[] times = new int[n];
        for (int i = 0; i < n; i++) {
            times[i] = warmUp(entries[i].work());
        }
        double[][] nanos = new double[n][ROUNDS];
        double[][] bytes = new double[n][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < n; i++) {
                int turn = (i + round) % n;
                long allocated = Meter.ownAllocated();
                long cpu = Meter.ownCpu();
                sink = entries[turn].work().run(times[turn]);
                nanos[turn][round] = (double) (Meter.ownCpu() - cpu) / times[turn];
                bytes[turn][round] = (double) (Meter.ownAllocated() - allocated) / times[turn];
            }
        }
        List<Figures> all = IntStream.range(0, n)
                .mapToObj(i -> new Figures(
                        entries[i].name(),
                        median(nanos[i]),
                        median(bytes[i]),
                        Quartiles.ofRatios(nanos[i], nanos[0]),
                        median(bytes[i]) / median(bytes[0])))
                .toList();
        print(title, all);
        return all;
    }

    private static int warmUp(Work work) {
        // CPU time: on a busy machine a second of the clock may hold too little work for the JIT compiler.
        long end = Meter.ownCpu() + WARM_UP;
        int times = 1;
        while (Meter.ownCpu() < end) {
            long cpu = Meter.ownCpu();
            sink = work.run(times);
            long took = Math.max(1, Meter.ownCpu() - cpu);
            times = (int) Math.max(1, Math.min(2L * times, times * SLICE / took + 1));
        }
        return times;
    }

    private static double median(double[] figures) {
        return Quartiles.of(figures).median();
    }

    private static void print(String title, List<Figures> all) {
        System.out.printf(Locale.ROOT, "%n%-44s %10s %10s %22s%n", title, "ns CPU", "bytes", "ratio");
        for (Figures figures : all) {
            System.out.printf(
                    Locale.ROOT,
                    "%-44s %10.1f %10.0f %22s%n",
                    figures.name(),
                    figures.nanos(),
                    figures.bytes(),
                    figures.ratio());
        }
    }
}
