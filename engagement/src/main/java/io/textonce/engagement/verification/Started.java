package io.textonce.engagement.verification;

import io.textonce.Outcome;
import io.textonce.Reason;
import io.textonce.SendResult;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a code went out. For the host's own eyes and logs: show strangers the same sentence in every case, or they learn
 * which numbers are known here.
 *
 * <pre>{@code
 * Started started = codes.start(subject, Locale.ENGLISH, request.remoteAddress());
 * log.info("code for {}: {}", subject, started);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Started {

    private final @Nullable SendResult result;
    private final Reason reason;
    private final String explanation;
    private final @Nullable Instant retryAt;

    private Started(@Nullable SendResult result, Reason reason, String explanation, @Nullable Instant retryAt) {
        this.result = result;
        this.reason = reason;
        this.explanation = explanation;
        this.retryAt = retryAt;
    }

    static Started of(SendResult result) {
        return result instanceof SendResult.Rejected rejected
                ? new Started(
                        result,
                        rejected.reason(),
                        rejected.explanation(),
                        rejected.retryAt().orElse(null))
                : new Started(Objects.requireNonNull(result), Reason.OTHER, "", null);
    }

    static Started refused(Reason reason, String explanation, @Nullable Instant retryAt) {
        return new Started(null, reason, explanation, retryAt);
    }

    /**
     * Whether a code may be on its way: the message was accepted, or nobody knows. It is worth asking for it.
     *
     * @return false if nothing was sent, and no code is valid
     */
    public boolean isOut() {
        return result != null && result.outcome() != Outcome.REJECTED;
    }

    /**
     * What became of the message.
     *
     * @return the result; empty if a limit or a guard refused before anything was tried
     */
    public Optional<SendResult> result() {
        return Optional.ofNullable(result);
    }

    /**
     * Why nothing was sent.
     *
     * @return {@link Reason#RATE_LIMITED} for a limit, {@link Reason#BLOCKED} for a prefix from which no codes come back,
     *     or the message's own reason; empty if it is out
     */
    public Optional<Reason> refusal() {
        return isOut() ? Optional.empty() : Optional.of(reason);
    }

    /**
     * When another try makes sense.
     *
     * @return the time, or empty if unknown or not needed
     */
    public Optional<Instant> retryAt() {
        return Optional.ofNullable(retryAt);
    }

    @Override
    public String toString() {
        return isOut()
                ? "Started[" + result + "]"
                : "Started[not sent: " + reason + ", " + explanation + (retryAt == null ? "" : ", until " + retryAt)
                        + "]";
    }
}
