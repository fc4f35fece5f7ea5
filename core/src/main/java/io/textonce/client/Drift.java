package io.textonce.client;

import io.textonce.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of its weight a provider keeps, by its latest answers; {@link Routing#weighted} says how. Share and time stand
 * in one word, so that threads may race without a lock and without garbage.
 */
final class Drift {

    /** How much of the share the latest answer makes. */
    private static final double LATEST = 0.1;

    private static final double LEAST = 0.1;
    private static final double LOSS = 2;

    /** What is smaller has no influence, and is taken as zero so that it needs no clock. */
    private static final double NOTHING = 0.001;

    /** 2^26 ns are 67 ms; as many as an int holds are 4 years. */
    private static final int TICK_BITS = 26;

    private static final double HALF_LIFE =
            Math.scalb((double) Duration.ofMinutes(1).toNanos(), -TICK_BITS);

    private final TimeSource time;
    private final long born;
    private final long slow;

    /** The share of bad answers as a float's bits, then the tick at which it was that. */
    private final AtomicLong state = new AtomicLong();

    Drift(TimeSource time, Duration slowAfter) {
        this.time = time;
        this.born = time.nanoTime();
        this.slow = slowAfter.toNanos();
    }

    /** The provider answered the submit that began at a time. */
    void answered(boolean failed, long began) {
        long now = time.nanoTime();
        boolean bad = failed || now - began > slow;
        int tick = tick(now);
        while (true) {
            long before = state.get();
            double share = share(before, tick);
            if (!bad && share == 0) {
                return;
            }
            share += LATEST * ((bad ? 1 : 0) - share);
            long after = ((long) Float.floatToRawIntBits((float) share) << Integer.SIZE) | (tick & 0xFFFF_FFFFL);
            if (state.compareAndSet(before, after)) {
                return;
            }
        }
    }

    /** What is left of the weight, from a tenth to 1. */
    double left() {
        long now = state.get();
        return now >>> Integer.SIZE == 0 ? 1 : Math.max(LEAST, 1 - LOSS * share(now, tick(time.nanoTime())));
    }

    private static double share(long state, int tick) {
        float then = Float.intBitsToFloat((int) (state >>> Integer.SIZE));
        if (then == 0) {
            return 0;
        }
        double now = then * Math.pow(0.5, Math.max(0, tick - (int) state) / HALF_LIFE);
        return now < NOTHING ? 0 : now;
    }

    private int tick(long now) {
        return (int) ((now - born) >> TICK_BITS);
    }
}
