package io.textonce.spi.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The one thread that bounds all calls outlives whatever its work throws. */
@Timeout(30)
class DeadlinesTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private static Exchange endingIn(long nanos) {
        long end = System.nanoTime() + nanos;
        return new Exchange(null, end, end);
    }

    /** As in a process that was frozen: the caller wakes up before the thread that ends calls does. */
    @Test
    void noRequestBeginsAfterItsDeadlineEvenIfNobodyHasEndedItYet() {
        Exchange late = endingIn(-1);
        assertThat(late.start()).isFalse();
        assertThat(late.started()).isFalse();
        assertThat(late.expired()).isTrue();
        Exchange inTime = endingIn(TimeUnit.MINUTES.toNanos(5));
        assertThat(inTime.start()).isTrue();
        assertThat(inTime.expired()).isFalse();
    }

    private static final class Failing implements Deadlines.Upkeep {
        private final Supplier<? extends RuntimeException> thrower;
        private final CountDownLatch failed = new CountDownLatch(1);

        Failing(Supplier<? extends RuntimeException> thrower) {
            this.thrower = thrower;
        }

        @Override
        public void run() {
            failed.countDown();
            throw thrower.get();
        }

        @Override
        public boolean needed() {
            return true;
        }

        @Override
        public void end() {
            failed.countDown();
        }
    }

    private static RuntimeException outOfThreads() {
        throw new OutOfMemoryError("unable to create native thread");
    }

    @Test
    void anErrorInTheUpkeepLeavesNoCallWithoutItsDeadline() throws InterruptedException {
        Failing upkeep = new Failing(DeadlinesTest::outOfThreads);
        Deadlines deadlines = new Deadlines(upkeep, MILLI);
        Exchange patient = endingIn(TimeUnit.MINUTES.toNanos(5));
        assertThat(deadlines.add(patient)).isTrue();
        assertThat(upkeep.failed.await(20, TimeUnit.SECONDS)).isTrue();

        Exchange late = endingIn(MILLI);
        assertThat(deadlines.add(late)).isTrue();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!late.expired() && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        assertThat(late.expired()).isTrue();

        deadlines.remove(patient);
        deadlines.remove(late);
        deadlines.close();
    }
}
