package io.textonce.client;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.TenantId;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SelfCheck.Finding;
import io.textonce.spi.SelfCheck.Level;
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

    /** The breaker lets nobody try in the very instant in which its time is over. */
    private static final Duration LATER = Duration.ofMillis(1);

    private final SmsProvider provider;
    private final Capabilities capabilities;
    private final @Nullable BatchSubmitter batch;
    private final Segmenter segmenter;
    private final TenantId owner;
    private final String limitKey;
    private final TimeSource time;
    private final @Nullable CircuitBreaker breaker;
    private final long openNanos;
    private final @Nullable Drift drift;
    private volatile long openUntil;
    private volatile Instant pausedUntil = Instant.MIN;

    /**
     * Takes a provider in.
     *
     * @param owner the tenant whose credentials it has; null for the client's own
     * @param slowAfter from when on an answer counts against its weight; null if no weighted routing names it
     */
    ProviderSlot(
            SmsProvider provider,
            @Nullable TenantId owner,
            @Nullable BreakerPolicy policy,
            @Nullable Duration slowAfter,
            TimeSource time) {
        this.provider = provider;
        this.capabilities = provider.capabilities();
        this.batch = provider.role(BatchSubmitter.class).orElse(null);
        this.segmenter = Segmenter.of(capabilities.segments());
        this.owner = owner == null ? TenantId.DEFAULT : owner;
        this.limitKey = (owner == null ? "provider:" : "own provider:") + provider.name();
        this.time = time;
        this.breaker = policy == null ? null : breaker(provider.name(), policy, time);
        this.openNanos = policy == null ? 0 : policy.open().plus(LATER).toNanos();
        this.drift = slowAfter == null ? null : new Drift(time, slowAfter);
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
                return Instant.ofEpochSecond(0, time.nanoTime()); // setting the wall clock opens and closes nothing
            }
        };
    }

    SmsProvider provider() {
        return provider;
    }

    String name() {
        return provider.name();
    }

    @Nullable
    BatchSubmitter batch() {
        return batch;
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

    /** Whose limits count its submits: the tenant's whose credentials it has. */
    TenantId owner() {
        return owner;
    }

    /** By which key limits count its submits. */
    String limitKey() {
        return limitKey;
    }

    /** What its latest answers left of its weight, from a tenth to 1. */
    double weightLeft() {
        return drift == null ? 1 : drift.left();
    }

    /** How long the breaker still keeps everybody away; zero if it lets somebody try. */
    Duration openFor() {
        if (breaker == null || breaker.getState() != CircuitBreaker.State.OPEN) {
            return Duration.ZERO;
        }
        return Duration.ofNanos(Math.max(0, openUntil - time.nanoTime()));
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

    Finding health() {
        CircuitBreaker.State state = breaker == null ? CircuitBreaker.State.DISABLED : breaker.getState();
        long kept = Math.round(weightLeft() * 100);
        boolean open = state == CircuitBreaker.State.OPEN || state == CircuitBreaker.State.HALF_OPEN;
        return new Finding(
                open || kept < 50 ? Level.WARNING : Level.OK,
                name(),
                (breaker == null ? "no breaker" : "breaker " + state)
                        + (drift == null ? "" : ", keeps " + kept + " % of its weight"),
                open
                        ? "it failed repeatedly; see the attempts of recent results"
                        : kept < 50 ? "it fails or is slow; see the attempts of recent results" : "");
    }

    /**
     * Uses the breaker's permission up, or gives it back if nothing was learned. What the recipient or the text caused is
     * no failure.
     *
     * @param began when the submit began, by {@link TimeSource#nanoTime}
     */
    void leave(@Nullable SubmitReply reply, long began) {
        if (reply == null || reply.proof().orElse(null) == Proof.LOCAL_POLICY) {
            if (breaker != null) {
                breaker.releasePermission();
            }
            return;
        }
        Reason reason = reply.reason().orElse(null);
        boolean failed = reply.outcome() == Outcome.UNKNOWN
                || reason == Reason.TRANSPORT
                || reason == Reason.UNAVAILABLE
                || reason == Reason.CREDENTIAL;
        if (drift != null) {
            drift.answered(failed, began);
        }
        if (breaker != null) {
            tell(breaker, failed, reason == Reason.CREDENTIAL);
        }
    }

    private void tell(CircuitBreaker told, boolean failed, boolean openNow) {
        boolean open = told.getState() == CircuitBreaker.State.OPEN;
        told.onResult(0, TimeUnit.NANOSECONDS, failed);
        if (openNow && told.getState() == CircuitBreaker.State.CLOSED) {
            told.transitionToOpenState();
        }
        if (!open && told.getState() == CircuitBreaker.State.OPEN) {
            openUntil = time.nanoTime() + openNanos;
        }
    }

    /** The latest request to wait wins; that two at once may overwrite each other does no harm. */
    void pauseUntil(Instant until) {
        if (until.isAfter(pausedUntil)) {
            pausedUntil = until;
        }
    }
}
