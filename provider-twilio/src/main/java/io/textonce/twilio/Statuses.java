package io.textonce.twilio;

import io.textonce.DeliveryStatus;
import io.textonce.Reason;
import org.jspecify.annotations.Nullable;

/** Twilio's status words in ours. The order in which Twilio passes them is in EVIDENCE.md, section 5. */
final class Statuses {

    /** Its validity ended before delivery; Twilio reports it as undelivered or failed. */
    private static final int VALIDITY_EXPIRED = 30036;

    private Statuses() {}

    /**
     * Our word for one of Twilio's.
     *
     * @param word such as {@code delivered}; anything may come
     * @param errorCode the code beside it, or -1
     */
    static DeliveryStatus of(String word, int errorCode) {
        return switch (word) {
            case "accepted", "scheduled", "queued", "sending" -> DeliveryStatus.QUEUED;
            case "sent" -> DeliveryStatus.SENT;
            case "delivered", "read" -> DeliveryStatus.DELIVERED;
            case "undelivered", "failed" ->
                errorCode == VALIDITY_EXPIRED ? DeliveryStatus.EXPIRED : DeliveryStatus.UNDELIVERED;
            case "canceled" -> DeliveryStatus.CANCELLED;
            // partially_delivered too: it isn't explained for SMS, and our PARTIAL is made from reports of parts.
            default -> DeliveryStatus.OTHER;
        };
    }

    /** Why a message won't arrive; null if it may. */
    static @Nullable Reason reason(DeliveryStatus status, int errorCode) {
        return switch (status) {
            case EXPIRED -> Reason.EXPIRED;
            case UNDELIVERED ->
                ErrorCodes.find(errorCode).map(ErrorCodes.Meaning::reason).orElse(Reason.OTHER);
            default -> null;
        };
    }
}
