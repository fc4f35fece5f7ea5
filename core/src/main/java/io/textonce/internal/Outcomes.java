package io.textonce.internal;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.StatusLookup.Found;
import io.textonce.store.MessageRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What is asked about a stored message, and what its row and a provider's answer prove: the same for the outbox and for
 * what was sent without it.
 */
public final class Outcomes {

    private Outcomes() {}

    /**
     * The question about a message. A text that isn't stored as it was sent can't be recognised by anybody.
     *
     * @param row the message
     * @param submittedAt when its last submit began
     * @return the question, without the ids of other messages
     */
    public static StatusLookup.Query question(MessageRecord row, Instant submittedAt) {
        return StatusLookup.Query.of(
                row.id(),
                row.to(),
                submittedAt,
                row.category() == Category.OTP ? "" : row.text(),
                row.providerMessageId().orElse(null));
    }

    /**
     * What a provider that found the message proves.
     *
     * @param row the message, with the provider that was asked
     * @param submittedAt when its last submit began
     * @param found the answer
     * @return accepted
     */
    public static SendResult.Accepted found(MessageRecord row, Instant submittedAt, Found found) {
        return new SendResult.Accepted(
                details(row, submittedAt),
                row.provider().orElseThrow(),
                found.providerMessageId(),
                found.segments().orElse(-1),
                found.price().orElse(null));
    }

    /**
     * What a provider proves that knows our ids, and not this one.
     *
     * @param row the message, with the provider that was asked
     * @param submittedAt when its last submit began
     * @return rejected
     */
    public static SendResult.Rejected absent(MessageRecord row, Instant submittedAt) {
        return new SendResult.Rejected(
                details(row, submittedAt),
                Reason.TRANSPORT,
                Proof.NOT_TRANSMITTED,
                "the provider finds messages by our id and has none of this id",
                row.provider().orElse(null),
                null,
                null);
    }

    private static SendResult.Details details(MessageRecord row, Instant submittedAt) {
        List<Attempt> attempts = row.attempts();
        if (attempts.isEmpty() && row.provider().isPresent()) {
            attempts = List.of(Attempt.builder(1, row.provider().get(), Outcome.UNKNOWN)
                    .at(submittedAt, Duration.ZERO)
                    .explanation("its outcome was lost")
                    .build());
        }
        return SendResult.Details.of(row.id(), row.to(), attempts, null);
    }

    /**
     * What a row says became of its message.
     *
     * @param row a message that is settled or in doubt
     * @return the outcome, without a quote; of a doubt, without what may settle it
     * @throws IllegalArgumentException if the message still waits or is being sent
     */
    public static SendResult of(MessageRecord row) {
        SendResult.Details details = SendResult.Details.of(row.id(), row.to(), row.attempts(), null);
        String explanation = row.explanation().orElse("");
        return switch (row.state()) {
            case ACCEPTED ->
                new SendResult.Accepted(
                        details,
                        row.provider().orElse(""),
                        row.providerMessageId().orElse(null),
                        row.providerSegments().orElse(-1),
                        row.billed().orElse(null));
            case UNKNOWN ->
                new SendResult.Unknown(
                        details,
                        row.provider().orElse(""),
                        Set.of(),
                        explanation,
                        row.providerMessageId().orElse(null));
            case CANCELLED ->
                new SendResult.Rejected(
                        details, Reason.OTHER, Proof.LOCAL_POLICY, "it was cancelled", null, null, null);
            case REJECTED, EXPIRED ->
                new SendResult.Rejected(
                        details,
                        row.reason().orElse(Reason.OTHER),
                        row.proof().orElse(Proof.LOCAL_POLICY),
                        explanation,
                        row.provider().orElse(null),
                        row.providerCode().orElse(null),
                        null);
            default -> throw new IllegalArgumentException("message " + row.id() + " is " + row.state());
        };
    }
}
