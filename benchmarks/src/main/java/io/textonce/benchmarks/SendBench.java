package io.textonce.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whole sends against a server in another process. The contenders take turns in slices far shorter than the moods of a
 * shared machine, so the ratio within a round holds where absolute times do not.
 */
final class SendBench {
    private static final String OURS = "Textonce";
    private static final int WARM_UP_MESSAGES = 60_000;

    private final Verdicts verdicts;
    private final int rounds;
    private final long sliceNanos;

    SendBench(Verdicts verdicts, int rounds, long sliceMillis) {
        this.verdicts = verdicts;
        this.rounds = rounds;
        this.sliceNanos = TimeUnit.MILLISECONDS.toNanos(sliceMillis);
    }

    void run(boolean tls) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(tls)) {
            contenders.add(new TwilioJavaContender(server.url()));
            contenders.add(new OkHttpContender(server.url()));
            contenders.add(TextonceContender.over(server.url(), OURS, Samples::repeated));
            contenders.add(TextonceContender.over(server.url(), OURS + ", distinct recipients", Samples::distinct));
            String wire = tls ? "TLS" : "plain";
            warmUp(contenders);
            measure(contenders, wire, 1, tls ? 1.1 : 1.0);
            measure(contenders, wire, 16, tls ? 0.7 : 0.65);
            measure(contenders, wire, 64, tls ? 0.85 : 0.65);
        } finally {
            for (Contender contender : contenders) {
                contender.close();
            }
        }
    }

    /** Past the JIT compiler: heavy libraries need tens of thousands of calls. In turns, so that all get its attention. */
    private void warmUp(List<Contender> contenders) throws InterruptedException {
        long[] sent = new long[contenders.size()];
        while (Arrays.stream(sent).min().orElseThrow() < WARM_UP_MESSAGES) {
            for (int i = 0; i < sent.length; i++) {
                sent[i] += slice(contenders.get(i), 8, TimeUnit.MILLISECONDS.toNanos(250))
                        .messages();
            }
        }
    }

    private void measure(List<Contender> contenders, String wire, int inFlight, double target)
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
        System.out.printf(
                Locale.ROOT,
                "%n%s, %d in flight, %d rounds of %d ms%n%-34s %22s %10s %10s %10s%n",
                wire,
                inFlight,
                rounds,
                TimeUnit.NANOSECONDS.toMillis(sliceNanos),
                "",
                "CPU to twilio-java",
                "us CPU",
                "bytes",
                "a second");
        for (int i = 0; i < n; i++) {
            String name = contenders.get(i).name();
            Quartiles ratio = Quartiles.ofRatios(cpu[i], cpu[0]);
            double allocated = median(bytes[i]);
            System.out.printf(
                    Locale.ROOT,
                    "%-34s %22s %10.1f %10.0f %10.0f%n",
                    name,
                    ratio,
                    median(cpu[i]) / 1000,
                    allocated,
                    median(rate[i]));
            if (name.equals(OURS)) {
                String where = "send, " + wire + ", " + inFlight + " in flight";
                verdicts.atMost(where + ": CPU to twilio-java", ratio, target);
                verdicts.atMost(where + ": KB allocated", allocated / 1000, 12);
            }
        }
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

    private static Slice slice(Contender contender, int inFlight, long nanos) throws InterruptedException {
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
                        count++;
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
