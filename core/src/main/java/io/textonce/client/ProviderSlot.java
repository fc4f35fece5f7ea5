package io.textonce.client;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.TimeSource;
import io.textonce.text.Segmenter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A provider with what the engine knows about it: how it counts, whether it is worth asking now. */
final class ProviderSlot {

    private final SmsProvider provider;
    private final Capabilities capabilities;
    private final Segmenter segmenter;
    private final @Nullable CircuitBreaker breaker;
    private volatile Instant pausedUntil = Instant.MIN;

    ProviderSlot(SmsProvider provider, @Nullable BreakerPolicy policy, TimeSource time) {
        this.provider = provider;
        this.capabilities = provider.capabilities();
        this.segmenter = Segmenter.of(capabilities.segments());
        this.breaker = policy == null ? null : breaker(provider.name(), policy, time);
    }

    private static CircuitBreaker breaker(String name, BreakerPolicy policy, TimeSource time) {
        return CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .failureRateThreshold(policy.failurePercent())
                        .slidingWindow(
                                policy.window(),
                                Math.max(1, policy.window() / 2),
                                CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .waitDurationInOpenState(policy.open())
                        .permittedNumberOfCallsInHalfOpenState(2)
                        .recordResult(Boolean.TRUE::equals)
                        .clock(clock(time))
                        .currentTimestampFunction(unused -> time.nanoTime(), TimeUnit.NANOSECONDS)
                        .build());
    }

    private static Clock clock(TimeSource time) {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return time.now();
            }
        };
    }

    SmsProvider provider() {
        return provider;
    }

    String name() {
        return provider.name();
    }

    Capabilities capabilities() {
        return capabilities;
    }

    Segmenter segmenter() {
        return segmenter;
    }

    /** How many segments a text is billed as; 0 for an empty one. */
    int segments(String text) {
        return text.isEmpty() ? 0 : Segmenter.segments(segmenter.measure(text));
    }

    /** How long the provider asked to be left alone; zero if it may be asked. */
    Duration pause(Instant now) {
        Instant until = pausedUntil;
        return until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
    }

    /** Takes the breaker's permission to submit; {@link #leave} must follow. */
    boolean tryEnter() {
        return breaker == null || breaker.tryAcquirePermission();
    }

    String state() {
        return breaker == null ? "no breaker" : "breaker " + breaker.getState();
    }

    /**
     * Uses the breaker's permission up, or gives it back if nothing was learned. What the recipient or the text caused is
     * no failure.
     */
    void leave(@Nullable SubmitReply reply) {
        if (breaker == null) {
            return;
        }
        if (reply == null || reply.proof().orElse(null) == Proof.LOCAL_POLICY) {
            breaker.releasePermission();
            return;
        }
        Reason reason = reply.reason().orElse(null);
        boolean failed = reply.outcome() == Outcome.UNKNOWN
                || reason == Reason.TRANSPORT
                || reason == Reason.UNAVAILABLE
                || reason == Reason.CREDENTIAL;
        breaker.onResult(0, TimeUnit.NANOSECONDS, failed);
        if (reason == Reason.CREDENTIAL && breaker.getState() == CircuitBreaker.State.CLOSED) {
            breaker.transitionToOpenState();
        }
    }

    /** The latest request to wait wins; that two at once may overwrite each other does no harm. */
    void pauseUntil(Instant until) {
        if (until.isAfter(pausedUntil)) {
            pausedUntil = until;
        }
    }
}
