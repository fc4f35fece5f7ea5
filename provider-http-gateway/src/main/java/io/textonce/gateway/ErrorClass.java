package io.textonce.gateway;

import io.textonce.Reason;
import org.jspecify.annotations.Nullable;

/** What a profile may say of a refusal. There is no "try again": the proof alone decides that. */
enum ErrorClass {
    AUTH(Reason.CREDENTIAL, "it doesn't accept the credentials: check them, and what the account may do."),
    CREDIT(Reason.ACCOUNT, "the account has no credit left: top it up."),
    THROTTLED(Reason.THROTTLED, "too many requests, nothing was taken: send slower."),
    ROUTE(Reason.ROUTE, "it has no route to this destination: ask it for one, or use another provider."),
    INVALID_RECIPIENT(Reason.RECIPIENT, "it doesn't accept the recipient: check the number."),
    INVALID_SENDER(Reason.SENDER, "it doesn't accept the sender: register it with the gateway, or use another."),
    INVALID_REQUEST(Reason.REQUEST, "it doesn't accept the request: check the profile and its settings."),
    CONTENT(Reason.CONTENT, "it doesn't accept the text: check its length and content."),
    BLOCKED(Reason.BLOCKED, "it filtered the message."),
    OPTED_OUT(Reason.OPTED_OUT, "the recipient wants no more messages: don't send again."),
    DUPLICATE(Reason.DUPLICATE, "it takes the message for a repeated one and created none."),
    REJECTED(Reason.OTHER, "it refused the message without a reason that the profile knows."),
    OUTCOME_UNKNOWN(null, "");

    private final @Nullable Reason reason;
    private final String hint;

    ErrorClass(@Nullable Reason reason, String hint) {
        this.reason = reason;
        this.hint = hint;
    }

    /** Our word; null for an outcome that isn't known. */
    @Nullable
    Reason reason() {
        return reason;
    }

    String hint() {
        return hint;
    }
}
