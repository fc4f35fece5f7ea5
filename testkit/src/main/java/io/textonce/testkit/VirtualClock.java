package io.textonce.testkit;

import io.textonce.spi.TimeSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until it is told to go on, or somebody sleeps by it: then it moves at once, and nobody waits.
 *
 * <p>Threads that sleep at the same time add up their sleeps; a test of real concurrency in time needs real time.
 *
 * <pre>{@code
 * VirtualClock clock = new VirtualClock();
 * clock.advance(Duration.ofDays(365));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class VirtualClock implements TimeSource {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Instant start;
    private final AtomicLong elapsed = new AtomicLong();
    private final AtomicLong jumped = new AtomicLong();

    /** A clock that shows the beginning of 2026, UTC. */
    public VirtualClock() {
        this(START);
    }

    /**
     * A clock that shows a given time.
     *
     * @param start the present
     */
    public VirtualClock(Instant start) {
        this.start = Objects.requireNonNull(start, "start");
    }

    @Override
    public Instant now() {
        return start.plusNanos(elapsed.get()).plusNanos(jumped.get());
    }

    @Override
    public long nanoTime() {
        return elapsed.get();
    }

    /**
     * Moves the clock on and returns at once.
     *
     * @param duration how long to sleep; zero or less does nothing
     * @throws InterruptedException if the thread is interrupted
     */
    @Override
    public void sleep(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before a virtual sleep");
        }
        if (!duration.isNegative()) {
            advance(duration);
        }
    }

    /**
     * Moves the clock on as {@link #sleep} does, unless there is nothing to wait for.
     *
     * @param done what is waited for
     * @param atMost how long; zero or less does nothing
     * @return true if it is done
     * @throws InterruptedException if the thread is interrupted
     */
    @Override
    public boolean await(CountDownLatch done, Duration atMost) throws InterruptedException {
        if (done.getCount() > 0) {
            sleep(atMost);
        }
        return done.getCount() == 0;
    }

    /**
     * Moves the clock on.
     *
     * @param duration how far, zero or more
     * @throws IllegalArgumentException if it is negative; see {@link #jump}
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(
                    "advance: " + duration + " is negative; time doesn't run backwards, but jump sets the wall clock");
        }
        long nanos = duration.toNanos();
        elapsed.updateAndGet(past -> Math.addExact(past, nanos));
    }

    /**
     * Sets the wall clock without any time passing, as an operator or a time server does.
     *
     * @param by how far, in either direction
     */
    public void jump(Duration by) {
        long nanos = by.toNanos();
        jumped.updateAndGet(past -> Math.addExact(past, nanos));
    }

    /**
     * The same time as a {@link Clock}, for code that wants one.
     *
     * @return a clock in UTC that follows this one
     */
    public Clock clock() {
        return new View(ZoneOffset.UTC);
    }

    /**
     * The present.
     *
     * @return such as {@code VirtualClock[2026-01-01T00:00:00Z]}
     */
    @Override
    public String toString() {
        return "VirtualClock[" + now() + "]";
    }

    private final class View extends Clock {
        private final ZoneId zone;

        View(ZoneId zone) {
            this.zone = zone;
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            return new View(other);
        }

        @Override
        public Instant instant() {
            return now();
        }
    }
}
