package io.textonce.client;

import io.textonce.Reason;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a bulk run ended: what became of the messages that were started, and whether all were.
 *
 * <p>Guaranteed: every message that was started is counted once. Rejected messages are not a failure of the run.
 *
 * <pre>{@code
 * BulkSummary summary = run.await();
 * summary.orThrow();                                  // if the list couldn't be read to its end
 * summary.rejections().get(Reason.OPTED_OUT);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class BulkSummary {

    /** How a run ends. Frozen at three. */
    public enum End {
        /** The whole list was started. */
        COMPLETED,
        /** Somebody cancelled it, or interrupted a worker. */
        CANCELLED,
        /** The iterable, {@code each} or a store failed, or the client was closed. */
        FAILED
    }

    private final BulkProgress progress;
    private final Map<Reason, Long> rejections;
    private final End end;
    private final @Nullable Throwable failure;

    BulkSummary(BulkProgress progress, Map<Reason, Long> rejections, End end, @Nullable Throwable failure) {
        this.progress = progress;
        EnumMap<Reason, Long> copy = new EnumMap<>(Reason.class);
        copy.putAll(rejections);
        this.rejections = Collections.unmodifiableMap(copy);
        this.end = end;
        this.failure = failure;
    }

    /**
     * The counts at the end, and how long it took.
     *
     * @return the last progress; everything that was started is done
     */
    public BulkProgress progress() {
        return progress;
    }

    /**
     * Why messages were rejected.
     *
     * @return reason to count, without the reasons that didn't occur
     */
    public Map<Reason, Long> rejections() {
        return rejections;
    }

    /**
     * How the run ended.
     *
     * @return one of three
     */
    public End end() {
        return end;
    }

    /**
     * What ended the run before the list did.
     *
     * @return what was thrown first, with what was thrown later suppressed in it; empty unless {@link End#FAILED}
     */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * The summary, unless the run failed.
     *
     * @return this, if completed or cancelled
     * @throws IllegalStateException with the failure as its cause
     */
    public BulkSummary orThrow() {
        if (failure != null) {
            throw new IllegalStateException(
                    "the bulk run failed at position " + progress.started()
                            + "; what was started is reported. Repeat it with the same idempotency prefix to send the rest",
                    failure);
        }
        return this;
    }

    /** End and counts in one line, for people. */
    @Override
    public String toString() {
        return end + " in " + progress.elapsed() + ": " + progress + (rejections.isEmpty() ? "" : "; " + rejections);
    }
}
