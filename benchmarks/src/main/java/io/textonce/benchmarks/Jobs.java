package io.textonce.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts jobs, from the first that runs to the last: in a job scheduler's favour, which may poll late. */
final class Jobs {
    private final AtomicLong first = new AtomicLong();
    private volatile long last;
    private volatile CountDownLatch open = new CountDownLatch(0);

    void expect(int jobs) {
        first.set(0);
        open = new CountDownLatch(jobs);
    }

    void run() {
        long now = System.nanoTime();
        first.compareAndSet(0, now);
        last = now;
        open.countDown();
    }

    long await() throws InterruptedException {
        if (!open.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException(open.getCount() + " jobs never ran");
        }
        return last - first.get();
    }
}
