package io.textonce.spi;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The time, and the way to wait for it: everything in Textonce that looks at a clock or sleeps does so through this, so
 * that a test can run years in a moment.
 *
 * <pre>{@code
 * SmsClient.builder().time(new VirtualClock(start));   // textonce-testkit
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
public interface TimeSource {

    /**
     * The present.
     *
     * @return the instant, by the wall clock
     */
    Instant now();

    /**
     * A monotonic reading, for durations.
     *
     * @return nanoseconds since an arbitrary origin
     */
    long nanoTime();

    /**
     * Waits.
     *
     * @param duration how long; zero or less returns at once
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    void sleep(Duration duration) throws InterruptedException;

    /**
     * Waits for something, but no longer than for a time. Here the time is the system's, whatever {@link #now()} shows; a
     * source whose time runs otherwise waits by that.
     *
     * @param done what is waited for
     * @param atMost how long; zero or less only looks
     * @return true if it is done
     * @throws InterruptedException if the thread is interrupted while waiting
     */
    default boolean await(CountDownLatch done, Duration atMost) throws InterruptedException {
        return done.await(TimeUnit.NANOSECONDS.convert(atMost), TimeUnit.NANOSECONDS);
    }

    /**
     * The system's time.
     *
     * @return a source that really waits
     */
    static TimeSource system() {
        return of(Clock.systemUTC());
    }

    /**
     * Another clock's time, with real waiting.
     *
     * @param clock tells the present
     * @return a source that really waits
     */
    static TimeSource of(Clock clock) {
        return new TimeSource() {
            @Override
            public Instant now() {
                return clock.instant();
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(duration.toNanos());
            }
        };
    }
}
