package io.textonce.outbox;

import io.textonce.SendResult;
import io.textonce.store.OutboxRow;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message as the outbox would store it, and hasn't: for whoever stores it in one step with something of its own.
 *
 * <pre>{@code
 * List<Draft> drafts = outbox.draft(messages, tomorrowAtNine);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Draft {

    private final @Nullable OutboxRow row;
    private final SendResult.@Nullable Rejected refusal;
    private final boolean own;

    private Draft(@Nullable OutboxRow row, SendResult.@Nullable Rejected refusal, boolean own) {
        this.row = row;
        this.refusal = refusal;
        this.own = own;
    }

    static Draft of(OutboxRow row) {
        return new Draft(Objects.requireNonNull(row, "row"), null, false);
    }

    static Draft refused(SendResult.Rejected refusal, boolean own) {
        return new Draft(null, Objects.requireNonNull(refusal, "refusal"), own);
    }

    /**
     * What {@link io.textonce.store.OutboxRepository#enqueue} takes.
     *
     * @return a pending row with number, text, segments and estimated cost; empty if the message was refused
     */
    public Optional<OutboxRow> row() {
        return Optional.ofNullable(row);
    }

    /**
     * Why it can't be sent.
     *
     * @return the rejection, or empty
     */
    public Optional<SendResult.Rejected> refusal() {
        return Optional.ofNullable(refusal);
    }

    /**
     * Whether the refusal lies in this message alone: its number, its text, or the values of its template.
     *
     * @return false if it lies in what many messages share, such as template, sender, route or time, or if it isn't refused
     */
    public boolean isUnfitItself() {
        return own;
    }

    @Override
    public String toString() {
        return "Draft[" + (row == null ? refusal : row) + "]";
    }
}
