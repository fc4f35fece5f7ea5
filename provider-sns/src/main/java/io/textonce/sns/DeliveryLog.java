package io.textonce.sns;

import io.textonce.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The texts by which a delivery log of SNS explains a failure, in our words (EVIDENCE.md, section 5). */
final class DeliveryLog {

    /**
     * Why a message didn't arrive.
     *
     * @param stem lower case, as it stands in AWS's text
     * @param reason our word for it
     */
    record Cause(String stem, Reason reason) {}

    /** In this order: the first stem that the text holds decides. */
    private static final List<Cause> CAUSES = List.of(
            new Cause("opted out", Reason.OPTED_OUT),
            new Cause("blocked as spam", Reason.BLOCKED),
            new Cause("carrier has blocked", Reason.BLOCKED),
            new Cause("blocked list", Reason.BLOCKED),
            new Cause("blacklisted", Reason.BLOCKED),
            new Cause("phone has blocked", Reason.BLOCKED),
            new Cause("invalid phone number", Reason.RECIPIENT),
            new Cause("message body is invalid", Reason.CONTENT),
            new Cause("exceed max price", Reason.BUDGET),
            new Cause("no quota left", Reason.ACCOUNT),
            new Cause("carrier is currently unreachable", Reason.UNAVAILABLE),
            new Cause("phone is currently unreachable", Reason.OTHER),
            new Cause("unknown error", Reason.OTHER));

    private DeliveryLog() {}

    /** The cause that a text names; empty for one that isn't listed. */
    static Optional<Cause> cause(String providerResponse) {
        String lower = providerResponse.toLowerCase(Locale.ROOT);
        return CAUSES.stream().filter(cause -> lower.contains(cause.stem())).findFirst();
    }
}
