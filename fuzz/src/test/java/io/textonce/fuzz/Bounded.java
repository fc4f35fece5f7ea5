package io.textonce.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What one input may cost: 50 ms of CPU and 8 MiB. An input that seems dearer is tried again, because the first one pays
 * for loading classes; only what is dear each time fails.
 */
final class Bounded {

    private static final long MOST_BYTES = 8 << 20;
    private static final long MOST_NANOS = 50_000_000;
    private static final int TRIES = 4;
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** While fuzzing, the code under test is instrumented and many times slower; then only memory counts. */
    private static final boolean FUZZING = "1".equals(System.getenv("JAZZER_FUZZ"));

    private Bounded() {}

    static void run(Runnable work) {
        run("", work);
    }

    static void run(String of, Runnable work) {
        long bytes = Long.MAX_VALUE;
        long nanos = Long.MAX_VALUE;
        for (int i = 0; i < TRIES && (bytes > MOST_BYTES || nanos > MOST_NANOS); i++) {
            long allocated = THREAD.getCurrentThreadAllocatedBytes();
            long began = THREAD.getCurrentThreadCpuTime();
            work.run();
            nanos = Math.min(nanos, FUZZING ? 0 : THREAD.getCurrentThreadCpuTime() - began);
            bytes = Math.min(bytes, THREAD.getCurrentThreadAllocatedBytes() - allocated);
        }
        assertThat(bytes).as("bytes allocated " + of).isLessThanOrEqualTo(MOST_BYTES);
        assertThat(nanos).as("CPU time in ns " + of).isLessThanOrEqualTo(MOST_NANOS);
    }
}
