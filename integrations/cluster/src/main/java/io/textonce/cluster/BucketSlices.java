package io.textonce.cluster;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.textonce.TenantId;
import io.textonce.spi.TimeSource;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Slices of buckets that Bucket4j keeps somewhere. A bucket is as large as the head of a quiet line, and may be overdrawn by
 * what lies ahead: what it then says one would have to sleep is the place of the last slot.
 */
final class BucketSlices implements SliceSource {

    private final ProxyManager<String> buckets;
    private final TimeSource time;

    BucketSlices(ProxyManager<String> buckets, TimeSource time) {
        this.buckets = buckets;
        this.time = time;
    }

    @Override
    public Slice take(TenantId tenant, String name, Rate rate, int most) throws SQLException {
        long capacity = rate.head() / rate.step() + 1;
        // In the name, since a bucket keeps the size that it was made with.
        BucketProxy bucket = buckets.getProxy(
                "textonce:" + tenant.value() + ':' + name + ':' + rate.step() + ':' + capacity,
                () -> BucketConfiguration.builder()
                        .addLimit(limit -> limit.capacity(capacity)
                                .refillGreedy(1, Duration.ofNanos(rate.step()))
                                .initialTokens(capacity))
                        .build());
        for (int count = most; count > 0; count /= 4) {
            long[] sleep = {0};
            long before = time.nanoTime();
            if (reserve(bucket, count, rate.ahead(), sleep)) {
                long after = time.nanoTime();
                // Without a sleep, the last slot may lie as far back as the bucket is large.
                long last = sleep[0] > 0 ? sleep[0] : (count - 1 - capacity) * rate.step();
                long first = before + last - (count - 1) * rate.step();
                return new Slice(first, after - before, count, 0);
            }
        }
        return Slice.none(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill() - rate.ahead());
    }

    private static boolean reserve(BucketProxy bucket, int count, long ahead, long[] sleep) {
        try {
            return bucket.asBlocking().tryConsume(count, Math.max(1, ahead), nanos -> sleep[0] = nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nothing sleeps here", e);
        }
    }

    @Override
    public void probe() {
        buckets.getProxyConfiguration("textonce:probe");
    }
}
