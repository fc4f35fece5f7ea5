package io.textonce.spi;

import io.textonce.SmsEvent;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook request amounts to: verified, with its events, or refused, with none.
 *
 * <pre>{@code
 * parsed.refusal().ifPresentOrElse(r -> log.warn(r.explanation()), () -> parsed.events().forEach(this::handle));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class ParsedWebhook {

    /**
     * Why a request isn't believed.
     *
     * <p>Immutable and thread-safe.
     *
     * @param status the HTTP status to answer with: 401 or 403 for a signature, 400 for a malformed body, 413 for size;
     *     503 if it can't be verified at the moment, so that the provider calls again
     * @param explanation what is wrong and what to do, for the host's log; no personal data, no secret
     */
    public record Refusal(int status, String explanation) {}

    private final @Nullable Refusal refusal;
    private final List<SmsEvent> events;

    private ParsedWebhook(@Nullable Refusal refusal, List<SmsEvent> events) {
        this.refusal = refusal;
        this.events = List.copyOf(events);
    }

    /**
     * The request is the provider's.
     *
     * @param events what it says; possibly nothing
     * @return the verdict
     */
    public static ParsedWebhook verified(List<? extends SmsEvent> events) {
        return new ParsedWebhook(null, List.copyOf(events));
    }

    /**
     * The request isn't believed.
     *
     * @param status the HTTP status to answer with, 400 to 499, or 503 if verifying needs what can't be had at the moment
     * @param explanation what is wrong and what to do; no personal data, no secret
     * @return the verdict
     */
    public static ParsedWebhook refused(int status, String explanation) {
        return new ParsedWebhook(new Refusal(status, Objects.requireNonNull(explanation, "explanation")), List.of());
    }

    /**
     * Why it isn't believed.
     *
     * @return the refusal, or empty if it is
     */
    public Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    /**
     * What it says.
     *
     * @return the events; none if it was refused
     */
    public List<SmsEvent> events() {
        return events;
    }
}
