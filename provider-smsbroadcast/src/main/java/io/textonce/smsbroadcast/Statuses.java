package io.textonce.smsbroadcast;

import io.textonce.DeliveryStatus;
import io.textonce.Reason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The status words and codes of both generations of reports in our words (EVIDENCE.md, sections 6 and 7). */
final class Statuses {

    private static final String CANCELLED = "405";

    private Statuses() {}

    /**
     * Our word for one of theirs.
     *
     * @param word such as {@code Delivered} or {@code enroute}; anything may come
     * @param code the code beside it, or null
     */
    static DeliveryStatus of(String word, @Nullable String code) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "enroute" -> DeliveryStatus.QUEUED;
            case "submitted" -> DeliveryStatus.SENT;
            case "delivered" -> DeliveryStatus.DELIVERED;
            case "expired" -> DeliveryStatus.EXPIRED;
            case "failed", "rejected" -> CANCELLED.equals(code) ? DeliveryStatus.CANCELLED : DeliveryStatus.UNDELIVERED;
            default -> DeliveryStatus.OTHER;
        };
    }

    /** Why a message won't arrive; null if it may. */
    static @Nullable Reason reason(DeliveryStatus status, @Nullable String code) {
        return switch (status) {
            case EXPIRED -> Reason.EXPIRED;
            case UNDELIVERED -> code == null ? Reason.OTHER : reason(code);
            default -> null;
        };
    }

    private static Reason reason(String code) {
        return switch (code) {
            case "301" -> Reason.ACCOUNT;
            // Blocked by whom isn't said, so it's no opt-out that we would record.
            case "302", "304", "412" -> Reason.BLOCKED;
            case "303", "333", "410" -> Reason.SENDER;
            case "305" -> Reason.DUPLICATE;
            case "411", "413" -> Reason.RECIPIENT;
            case "330" -> Reason.UNAVAILABLE;
            case "332" -> Reason.ROUTE;
            default -> Reason.OTHER;
        };
    }
}
