package io.textonce.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * Measures whole sends. The contenders take turns in slices far shorter than the moods of a shared machine, so the ratio
 * within a round holds where absolute times do not.
 */
final class Race {
    private static final int WARM_UP_MESSAGES = 60_000;

    private final int rounds;
    private final long sliceNanos;

    /** What a message of a contender took, compared with the first one's. */
    record Figures(String name, Quartiles cpuRatio, double bytes, double bytesRatio) {}

    Race(int rounds, long sliceMillis) {
        this.rounds = rounds;
        this.sliceNanos = TimeUnit.MILLISECONDS.toNanos(sliceMillis);
    }

    /** Past the JIT compiler: heavy libraries need tens of thousands of calls. In turns, so that all get its attention. */
    void warmUp(List<? extends Contender> contenders) throws InterruptedException {
        long[] sent = new long[contenders.size()];
        while (Arrays.stream(sent).min().orElseThrow() < WARM_UP_MESSAGES) {
            for (int i = 0; i < sent.length; i++) {
                sent[i] += slice(contenders.get(i), 8, TimeUnit.MILLISECONDS.toNanos(250))
                        .messages();
            }
        }
    }

    /** Measures the contenders beside each other; the first is the base. */
    List<Figures> measure(String title, List<? extends Contender> contenders, int inFlight)
            throws InterruptedException {
        int n = contenders.size();
        double[][] cpu = new double[n][rounds];
        double[][] bytes = new double[n][rounds];
        double[][] rate = new double[n][rounds];
        for (int round = -3; round < rounds; round++) {
            for (int i = 0; i < n; i++) {
                int turn = Math.floorMod(i + round, n);
                Slice slice = slice(contenders.get(turn), inFlight, sliceNanos);
                if (round >= 0) {
                    cpu[turn][round] = slice.cpuPerMessage();
                    bytes[turn][round] = slice.bytesPerMessage();
                    rate[turn][round] = slice.messagesPerSecond();
                }
            }
        }
        List<Figures> all = IntStream.range(0, n)
                .mapToObj(i -> new Figures(
                        contenders.get(i).name(),
                        Quartiles.ofRatios(cpu[i], cpu[0]),
                        median(bytes[i]),
                        median(bytes[i]) / median(bytes[0])))
                .toList();
        System.out.printf(
                Locale.ROOT,
                "%n%s, %d in flight, %d rounds of %d ms%n%-40s %22s %10s %10s %10s%n",
                title,
                inFlight,
                rounds,
                TimeUnit.NANOSECONDS.toMillis(sliceNanos),
                "",
                "CPU to the first",
                "us CPU",
                "bytes",
                "a second");
        for (int i = 0; i < n; i++) {
            System.out.printf(
                    Locale.ROOT,
                    "%-40s %22s %10.1f %10.0f %10.0f%n",
                    all.get(i).name(),
                    all.get(i).cpuRatio(),
                    median(cpu[i]) / 1000,
                    all.get(i).bytes(),
                    median(rate[i]));
        }
        return all;
    }

    private static double median(double[] figures) {
        return Quartiles.of(figures).median();
    }

    private record Slice(long messages, long cpu, long bytes, long nanos) {
        double cpuPerMessage() {
            return (double) cpu / messages;
        }

        double bytesPerMessage() {
            return (double) bytes / messages;
        }

        double messagesPerSecond() {
            return messages * 1e9 / nanos;
        }
    }

    private static Slice slice(Contender contender, int mostInFlight, long nanos) throws InterruptedException {
        int inFlight = contender.threads(mostInFlight);
        ExecutorService workers = Executors.newFixedThreadPool(inFlight);
        CountDownLatch ready = new CountDownLatch(inFlight);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(inFlight);
        CountDownLatch leave = new CountDownLatch(1);
        long[] end = {0};
        long[] sent = new long[inFlight];
        AtomicReference<Exception> failure = new AtomicReference<>();
        for (int w = 0; w < inFlight; w++) {
            int worker = w;
            workers.execute(() -> {
                ready.countDown();
                try {
                    go.await();
                    long count = 0;
                    int number = worker * 7919 + (int) System.nanoTime();
                    while (System.nanoTime() < end[0]) {
                        contender.send(number++);
                        count += contender.messages();
                    }
                    sent[worker] = count;
                } catch (Exception e) {
                    failure.compareAndSet(null, e);
                }
                done.countDown();
                try {
                    // A thread's allocation counter is readable only while it lives.
                    leave.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        ready.await();
        long bytes = Meter.allocatedByAll();
        long start = System.nanoTime();
        end[0] = start + nanos;
        long cpu = Meter.processCpu();
        go.countDown();
        done.await();
        cpu = Meter.processCpu() - cpu;
        long took = System.nanoTime() - start;
        bytes = Meter.allocatedByAll() - bytes;
        leave.countDown();
        workers.shutdown();
        workers.awaitTermination(10, TimeUnit.SECONDS);
        if (failure.get() != null) {
            throw new IllegalStateException(contender.name() + " failed", failure.get());
        }
        long messages = 0;
        for (long s : sent) {
            messages += s;
        }
        return new Slice(messages, cpu, bytes, took);
    }
}
