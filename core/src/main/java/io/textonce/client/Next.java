package io.textonce.client;

import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.spi.SubmitReply;

/** What one submit's proof permits: the matrix of docs/reliability.md, for providers without idempotency keys. */
enum Next {
    /** The message has its outcome. */
    STOP,
    /** Another provider may be tried, this one not again. */
    OTHER,
    /** Another provider may be tried, and this one again after a pause. */
    SAME_OR_OTHER;

    static Next after(SubmitReply reply) {
        if (reply.outcome() != Outcome.REJECTED) {
            return STOP;
        }
        Reason reason = reply.reason().orElse(Reason.OTHER);
        return switch (reply.proof().orElse(Proof.LOCAL_POLICY)) {
            case LOCAL_POLICY -> STOP;
            case NOT_TRANSMITTED -> reason == Reason.CREDENTIAL ? OTHER : SAME_OR_OTHER;
            case PROVIDER_REFUSED ->
                switch (reason) {
                    case THROTTLED -> SAME_OR_OTHER;
                    case SENDER, ROUTE, CREDENTIAL, ACCOUNT, UNAVAILABLE -> OTHER;
                    default -> STOP;
                };
        };
    }
}
