package io.textonce.client;

import java.time.Duration;

/**
 * When a provider that keeps failing is left alone for a while, so that failover costs nothing.
 *
 * <p>Guaranteed: unknown outcomes, failed connections and refused credentials count as failures; what a recipient or a
 * text caused never does. A provider that refuses our credentials is left alone at once. Being left alone counts as not
 * transmitted, so another provider may be tried.
 *
 * <pre>{@code
 * SmsClient.builder().breaker(BreakerPolicy.of(50, 20, Duration.ofSeconds(30)));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class BreakerPolicy {

    private final int failurePercent;
    private final int window;
    private final Duration open;

    private BreakerPolicy(int failurePercent, int window, Duration open) {
        this.failurePercent = failurePercent;
        this.window = window;
        this.open = open;
    }

    /**
     * Opens on a share of failures.
     *
     * @param failurePercent the share of failures at which it opens, 1 to 100
     * @param window over how many of the last submits, 1 to 1,000; it doesn't open before half of them were made
     * @param open for how long the provider is then left alone, at least 1 s; after it, two submits try
     * @return the policy
     * @throws IllegalArgumentException if a value is out of range
     */
    public static BreakerPolicy of(int failurePercent, int window, Duration open) {
        if (failurePercent < 1 || failurePercent > 100 || window < 1 || window > 1000 || open.toMillis() < 1000) {
            throw new IllegalArgumentException("breaker: failurePercent " + failurePercent + " (1 to 100), window "
                    + window + " (1 to 1000), open " + open + " (at least 1 s)");
        }
        return new BreakerPolicy(failurePercent, window, open);
    }

    int failurePercent() {
        return failurePercent;
    }

    int window() {
        return window;
    }

    Duration open() {
        return open;
    }

    @Override
    public String toString() {
        return "BreakerPolicy[" + failurePercent + "% of " + window + ", open " + open + "]";
    }
}
