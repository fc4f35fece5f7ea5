package io.textonce.client;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often one provider is asked again after it is proven that nothing was created, and how long to wait in between.
 *
 * <p>Guaranteed: only a proof permits another try (docs/reliability.md); this policy can't widen that. The waits grow
 * exponentially and are drawn evenly from zero to the present length (full jitter), but are never shorter than what the
 * provider asked for. Other providers are tried before the same one is tried again. A provider whose breaker stays open for longer
 * than the longest wait isn't waited for.
 *
 * <pre>{@code
 * SmsClient.builder().retry(RetryPolicy.backoff(3, Duration.ofMillis(200), Duration.ofSeconds(5)));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class RetryPolicy {

    private final int maxAttempts;
    private final IntervalFunction intervals;
    private final Duration longest;

    private RetryPolicy(int maxAttempts, IntervalFunction intervals, Duration longest) {
        this.maxAttempts = maxAttempts;
        this.intervals = intervals;
        this.longest = longest;
    }

    /**
     * Asks each provider once.
     *
     * @return the policy
     */
    public static RetryPolicy none() {
        return new RetryPolicy(1, IntervalFunction.of(1), Duration.ZERO);
    }

    /**
     * Asks each provider several times.
     *
     * @param maxAttempts at most how often, the first included, 1 to 10
     * @param first the longest first wait, 1 ms or more
     * @param max the longest wait of all, not shorter than {@code first}
     * @return the policy
     * @throws IllegalArgumentException if a value is out of range
     */
    public static RetryPolicy backoff(int maxAttempts, Duration first, Duration max) {
        if (maxAttempts < 1 || maxAttempts > 10) {
            throw new IllegalArgumentException("maxAttempts: " + maxAttempts + " is not 1 to 10");
        }
        if (first.toMillis() < 1 || first.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    "backoff: first " + first + " and max " + max + " must be at least 1 ms, and first not above max");
        }
        return new RetryPolicy(maxAttempts, IntervalFunction.ofExponentialBackoff(first, 2.0, max), max);
    }

    int maxAttempts() {
        return maxAttempts;
    }

    /** What the host is ready to wait where the provider itself asked for nothing. */
    Duration longest() {
        return longest;
    }

    /** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/. */
    Duration pause(int round) {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(intervals.apply(round) + 1));
    }

    @Override
    public String toString() {
        return "RetryPolicy[maxAttempts=" + maxAttempts + "]";
    }
}
