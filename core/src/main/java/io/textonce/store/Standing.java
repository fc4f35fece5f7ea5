package io.textonce.store;

import io.textonce.DeliveryStatus;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of an outgoing message, in one word for people: its {@link MessageState} and its delivery reports together.
 *
 * <p>Guaranteed: what reports say goes before the state, as they know more. What a provider reports in a word of its own
 * changes nothing. Switch on it with a default: the set may grow.
 *
 * <pre>{@code
 * List<MessageRecord> doubts = store.query(tenant, MessageQuery.all().standing(Standing.UNSURE));
 * }</pre>
 */
public enum Standing {
    /** It waits for its time, for another try, or for somebody to release it. */
    WAITING,
    /** It is being submitted. If the process dies now, it becomes {@link #UNSURE}. */
    SENDING,
    /** A provider or a carrier has it. Where there are no receipts this is the last word. */
    SENT,
    /** The handset has it. */
    DELIVERED,
    /** It was sent, and didn't arrive as a whole. */
    UNDELIVERED,
    /** It is proven that nothing was sent: refused, or too late. */
    FAILED,
    /** Somebody cancelled it before it was sent. */
    CANCELLED,
    /** It may or may not have been sent. Sending it again may send it twice. */
    UNSURE;

    /**
     * The word for a state and a status.
     *
     * @param state the state of the row
     * @param status the folded status, or null before the first report
     * @return the word
     */
    public static Standing of(MessageState state, @Nullable DeliveryStatus status) {
        return status == null || status == DeliveryStatus.OTHER ? of(state) : of(status);
    }

    private static Standing of(MessageState state) {
        return switch (state) {
            case PENDING, CLAIMED, HELD -> WAITING;
            case SENDING -> SENDING;
            case ACCEPTED -> SENT;
            case REJECTED, EXPIRED -> FAILED;
            case CANCELLED -> CANCELLED;
            case UNKNOWN -> UNSURE;
        };
    }

    private static Standing of(DeliveryStatus status) {
        return switch (status) {
            case DELIVERED -> DELIVERED;
            case UNDELIVERED, EXPIRED, PARTIAL, CANCELLED -> UNDELIVERED;
            default -> SENT;
        };
    }

    /**
     * The statuses by which a row stands so, for stores that ask their database.
     *
     * @return the statuses, possibly none; none of them is {@link DeliveryStatus#OTHER}
     */
    public List<DeliveryStatus> statuses() {
        return Arrays.stream(DeliveryStatus.values())
                .filter(status -> status != DeliveryStatus.OTHER && of(status) == this)
                .toList();
    }

    /**
     * The states by which a row stands so as long as nothing, or only {@link DeliveryStatus#OTHER}, is reported.
     *
     * @return the states, possibly none
     */
    public List<MessageState> states() {
        return Arrays.stream(MessageState.values())
                .filter(state -> of(state) == this)
                .toList();
    }
}
