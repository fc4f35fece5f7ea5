package io.textonce.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static final List<String> TEXTS = List.of(
            "",
            "a".repeat(160),
            "a".repeat(459),
            "[a]".repeat(120),
            "a".repeat(299) + "\u2019",
            "\u0416\uD83D\uDE00".repeat(100),
            "\u0915\u094D\u0937\u093F".repeat(40));

    private long sink;

    @Test
    void countingAllocatesNothing() {
        for (SegmentPolicy policy : List.of(SegmentPolicy.GENERIC, SegmentPolicy.TWILIO)) {
            Segmenter segmenter = Segmenter.of(policy);
            SegmentCounter counter = segmenter.newCounter();
            assertThat(allocated(segmenter::measure)).as("measure").isZero();
            assertThat(allocated(segmenter::count)).as("count").isZero();
            assertThat(allocated(counter::count)).as("counter").isZero();
        }
        assertThat(allocated(text -> text.toCharArray().length))
                .as("the measure itself")
                .isPositive();
        assertThat(sink).isPositive();
    }

    private long allocated(ToLongFunction<String> count) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        // The least of several runs: compilation may put allocations of its own into one.
        for (int run = 0; run < 5; run++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 2000; i++) {
                for (int t = 0; t < TEXTS.size(); t++) {
                    sink += count.applyAsLong(TEXTS.get(t));
                }
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        return least;
    }
}
