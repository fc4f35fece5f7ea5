package io.textonce.memory;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.local.LocalBucketBuilder;
import io.github.bucket4j.local.SynchronizationStrategy;
import io.textonce.store.LimitStore.Limit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is left of the limits of one key. Not thread-safe: its stripe's lock is held. */
final class KeyLimits {

    private final List<Limit> limits;
    /** One for each limit: a log, or null where {@link #buckets} has a bucket. */
    private final @Nullable PermitLog[] logs;

    private final @Nullable Bucket[] buckets;

    private KeyLimits(List<Limit> limits) {
        this.limits = List.copyOf(limits);
        this.logs = new PermitLog[limits.size()];
        this.buckets = new Bucket[limits.size()];
    }

    /** Limits that stay the same keep their state. */
    static KeyLimits of(List<Limit> limits, @Nullable KeyLimits before, TimeMeter time) {
        KeyLimits state = new KeyLimits(limits);
        for (int i = 0; i < limits.size(); i++) {
            Limit limit = limits.get(i);
            int known = before == null ? -1 : before.limits.indexOf(limit);
            if (limit.burst() == 0) {
                state.logs[i] = before == null || known < 0 ? new PermitLog(limit) : before.logs[known];
            } else {
                state.buckets[i] = before == null || known < 0 ? bucket(limit, time) : before.buckets[known];
            }
        }
        return state;
    }

    private static Bucket bucket(Limit limit, TimeMeter time) {
        LocalBucketBuilder builder = Bucket.builder()
                .withCustomTimePrecision(time)
                .withSynchronizationStrategy(SynchronizationStrategy.NONE);
        return builder.addLimit(Bandwidth.builder()
                        .capacity(limit.burst())
                        .refillGreedy(limit.permits(), limit.window())
                        .build())
                .build();
    }

    boolean isFor(List<Limit> others) {
        return limits == others || limits.equals(others);
    }

    /** Asks all before it takes from any. */
    long take(int permits, long now) {
        long wait = 0;
        for (int i = 0; i < logs.length; i++) {
            PermitLog log = logs[i];
            Bucket bucket = buckets[i];
            if (log != null) {
                wait = Math.max(wait, log.waitFor(permits, now));
            } else if (bucket != null && bucket.getAvailableTokens() < permits) {
                wait = Math.max(wait, bucket.estimateAbilityToConsume(permits).getNanosToWaitForRefill());
            }
        }
        if (wait == 0) {
            for (int i = 0; i < logs.length; i++) {
                PermitLog log = logs[i];
                Bucket bucket = buckets[i];
                if (log != null) {
                    log.add(permits, now);
                } else if (bucket != null && !bucket.tryConsume(permits)) {
                    throw new IllegalStateException("token bucket: what it had a moment ago is gone");
                }
            }
        }
        return wait;
    }

    void giveBack(List<Limit> taken, int permits, long takenAt) {
        for (int i = 0; i < logs.length; i++) {
            PermitLog log = logs[i];
            Bucket bucket = buckets[i];
            if (!taken.contains(limits.get(i))) {
                continue;
            }
            if (log != null) {
                log.remove(permits, takenAt);
            } else if (bucket != null) {
                bucket.addTokens(permits);
            }
        }
    }

    /** When nothing will be left to remember. */
    long wholeAt(long now) {
        long wholeAt = Long.MIN_VALUE;
        for (int i = 0; i < logs.length; i++) {
            PermitLog log = logs[i];
            Bucket bucket = buckets[i];
            if (log != null) {
                wholeAt = Math.max(wholeAt, log.wholeAt());
            } else if (bucket != null) {
                wholeAt = Math.max(
                        wholeAt,
                        now
                                + bucket.estimateAbilityToConsume(limits.get(i).burst())
                                        .getNanosToWaitForRefill());
            }
        }
        return wholeAt;
    }
}
