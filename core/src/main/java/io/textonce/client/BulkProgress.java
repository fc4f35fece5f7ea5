package io.textonce.client;

import io.textonce.internal.words.Spoken;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a bulk run is: what was started, what became of it, and when it will be over at this pace.
 *
 * <p>Guaranteed: counts of one moment, so that done is accepted, rejected and unknown together. Not guaranteed: the end;
 * it is an estimate from the average pace so far.
 *
 * <pre>{@code
 * client.bulk().onProgress(p -> log.info("{}", p)).start(messages, each);
 * // 1200 of 50000, 240.0/s: 1190 accepted, 8 rejected, 2 unknown; about 3 min 24 s left
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class BulkProgress {

    private static final double NANOS = 1e9;

    private final int size;
    private final long started;
    private final long accepted;
    private final long rejected;
    private final long unknown;
    private final Duration elapsed;
    private final Instant at;

    BulkProgress(int size, long started, long accepted, long rejected, long unknown, Duration elapsed, Instant at) {
        this.size = size;
        this.started = started;
        this.accepted = accepted;
        this.rejected = rejected;
        this.unknown = unknown;
        this.elapsed = elapsed;
        this.at = at;
    }

    /**
     * How many messages there are.
     *
     * @return the size of the list, or empty if the iterable doesn't tell
     */
    public OptionalLong total() {
        return size < 0 ? OptionalLong.empty() : OptionalLong.of(size);
    }

    /**
     * How many messages were started: those before this position of the list, all of them and no others.
     *
     * @return a count, zero or more
     */
    public long started() {
        return started;
    }

    /**
     * How many messages have a result.
     *
     * @return the sum of the three outcomes
     */
    public long done() {
        return accepted + rejected + unknown;
    }

    /**
     * How many were accepted, now or by the earlier send with the same idempotency key.
     *
     * @return a count, zero or more
     */
    public long accepted() {
        return accepted;
    }

    /**
     * How many were rejected.
     *
     * @return a count, zero or more
     */
    public long rejected() {
        return rejected;
    }

    /**
     * How many have an unknown outcome.
     *
     * @return a count, zero or more
     */
    public long unknown() {
        return unknown;
    }

    /**
     * How long the run has been going.
     *
     * @return a duration, zero or more
     */
    public Duration elapsed() {
        return elapsed;
    }

    /**
     * The average pace so far.
     *
     * @return results a second; zero while no time has passed
     */
    public double perSecond() {
        return elapsed.isZero() ? 0 : done() * NANOS / elapsed.toNanos();
    }

    /**
     * How long the rest takes at the average pace.
     *
     * @return the estimate, or empty while the size or the pace isn't known
     */
    public Optional<Duration> remaining() {
        if (size < 0 || perSecond() == 0) {
            return Optional.empty();
        }
        double seconds = Math.max(0, size - done()) / perSecond();
        return Optional.of(Duration.ofMillis((long) (seconds * 1000)));
    }

    /**
     * When the run is over at the average pace.
     *
     * @return the estimate, or empty while the size or the pace isn't known
     */
    public Optional<Instant> estimatedEnd() {
        return remaining().map(at::plus);
    }

    /** Counts and pace in one line, for people. */
    @Override
    public String toString() {
        return done() + (size < 0 ? "" : " of " + size)
                + String.format(Locale.ROOT, ", %.1f/s: ", perSecond())
                + accepted + " accepted, " + rejected + " rejected, " + unknown + " unknown"
                + remaining()
                        .map(left -> "; about " + Spoken.of(left) + " left")
                        .orElse("");
    }
}
