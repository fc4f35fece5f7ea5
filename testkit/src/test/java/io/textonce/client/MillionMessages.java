package io.textonce.client;

import com.sun.management.ThreadMXBean;
import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.memory.InMemoryStore;
import java.lang.management.ManagementFactory;
import java.util.Iterator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** The main class of the JVM that {@link MillionMessagesTest} starts: bulk runs of the sizes given, one line of figures each. */
final class MillionMessages {

    private static final int WORKERS = 4;

    private MillionMessages() {}

    public static void main(String[] sizes) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ExecutorService pool = Executors.newFixedThreadPool(WORKERS);
        for (String size : sizes) {
            run(Integer.parseInt(size), pool, threads);
        }
        pool.shutdown();
    }

    private static void run(int size, ExecutorService pool, ThreadMXBean threads) throws Exception {
        CountingProvider provider = new CountingProvider();
        AtomicLong reported = new AtomicLong();
        long cpu = cpu(threads);
        long bytes = bytes(threads);
        long began = System.nanoTime();
        try (SmsClient client = SmsClient.builder()
                .provider(provider)
                .messages(InMemoryStore.builder().messages(10_000).build())
                .executor(pool)
                .build()) {
            BulkSummary summary = client.bulk()
                    .concurrency(WORKERS)
                    .start(messages(size), (message, result) -> reported.incrementAndGet())
                    .await();
            summary.orThrow();
            System.out.println(
                    "size=" + size + " accepted=" + summary.progress().accepted() + " submitted="
                            + provider.submitted.get() + " reported=" + reported.get() + " cpuNanos="
                            + (cpu(threads) - cpu) / size + " nanos=" + (System.nanoTime() - began) / size + " bytes="
                            + (bytes(threads) - bytes) / size);
        }
    }

    private static Iterable<SmsMessage> messages(int size) {
        return () -> new Iterator<>() {
            private int given;

            @Override
            public boolean hasNext() {
                return given < size;
            }

            @Override
            public SmsMessage next() {
                PhoneNumber to = PhoneNumber.of(CountingProvider.number(given++));
                return SmsMessage.to(to).text("Your parcel is on its way.").build();
            }
        };
    }

    private static long bytes(ThreadMXBean threads) {
        long sum = 0;
        for (long each : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, each);
        }
        return sum;
    }

    private static long cpu(ThreadMXBean threads) {
        long sum = 0;
        for (long each : threads.getThreadCpuTime(threads.getAllThreadIds())) {
            sum += Math.max(0, each);
        }
        return sum;
    }
}
