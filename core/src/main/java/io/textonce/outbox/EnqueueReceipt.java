package io.textonce.outbox;

import io.textonce.MessageId;
import io.textonce.SendResult;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a message that was given to the outbox. Enqueued isn't sent: the outcome comes later, on the record and
 * to the listeners.
 *
 * <pre>{@code
 * EnqueueReceipt receipt = outbox.enqueue(message, tomorrowAtNine);
 * appointment.setReminder(receipt.orThrow().messageId());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class EnqueueReceipt {

    /** What became of it. Switch on it with a default: the set may grow. */
    public enum Status {
        /** It is stored and will be sent. */
        ENQUEUED,
        /** A message with its idempotency key was there already; nothing was stored. */
        REPEATED,
        /** It can't be sent, and never will be. */
        REFUSED
    }

    private final Status status;
    private final MessageId messageId;
    private final SendResult.@Nullable Rejected refusal;

    private EnqueueReceipt(Status status, MessageId messageId, SendResult.@Nullable Rejected refusal) {
        this.status = status;
        this.messageId = Objects.requireNonNull(messageId, "messageId");
        this.refusal = refusal;
    }

    /**
     * A receipt for a stored message; for fakes in a host's tests too.
     *
     * @param messageId its id
     * @return the receipt
     */
    public static EnqueueReceipt enqueued(MessageId messageId) {
        return new EnqueueReceipt(Status.ENQUEUED, messageId, null);
    }

    /**
     * A receipt for a message that was there already.
     *
     * @param messageId the first one's id
     * @return the receipt
     */
    public static EnqueueReceipt repeated(MessageId messageId) {
        return new EnqueueReceipt(Status.REPEATED, messageId, null);
    }

    /**
     * A receipt for a message that can't be sent.
     *
     * @param refusal why
     * @return the receipt
     */
    public static EnqueueReceipt refused(SendResult.Rejected refusal) {
        return new EnqueueReceipt(Status.REFUSED, refusal.messageId(), refusal);
    }

    /**
     * What became of it.
     *
     * @return the status
     */
    public Status status() {
        return status;
    }

    /**
     * The id by which it is found, cancelled and told.
     *
     * @return the id; of a repeated message the first one's
     */
    public MessageId messageId() {
        return messageId;
    }

    /**
     * Why it was refused.
     *
     * @return the rejection, or empty unless it is {@link Status#REFUSED}
     */
    public Optional<SendResult.Rejected> refusal() {
        return Optional.ofNullable(refusal);
    }

    /**
     * This receipt, unless the message was refused.
     *
     * @return this
     * @throws io.textonce.SmsNotAcceptedException with the refusal
     */
    public EnqueueReceipt orThrow() {
        if (refusal != null) {
            refusal.orThrow();
        }
        return this;
    }

    @Override
    public String toString() {
        return "EnqueueReceipt[" + status + " " + messageId + (refusal == null ? "" : " " + refusal.reason()) + "]";
    }
}
