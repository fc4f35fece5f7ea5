package io.textonce.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** CPU time and allocated bytes, of the process or of this thread. */
final class Meter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private Meter() {}

    /** All threads, those of the JVM included, in nanoseconds. */
    static long processCpu() {
        return PROCESS.getProcessCpuTime();
    }

    /** Summed over the threads that live now; a thread that ended in between is missing. */
    static long allocatedByAll() {
        long sum = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    static long ownCpu() {
        return THREADS.getCurrentThreadCpuTime();
    }

    static long ownAllocated() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
