package io.textonce.spi;

import io.textonce.Outcome;
import io.textonce.Reason;
import org.jspecify.annotations.Nullable;

/**
 * A role: a dry run. The provider checks a submission as if it were sent and creates nothing.
 *
 * <p>Contract: at most one request, marked as a trial in the provider's documented way; nothing is sent and nothing is
 * billed. A submission that the module can't express is rejected without a request. Not guaranteed: that the real submit
 * fares the same a moment later.
 *
 * <pre>{@code
 * Validator.Verdict verdict = provider.role(Validator.class).orElseThrow().validate(submission);
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
public interface Validator {

    /**
     * Checks a submission. Blocks for at most the submission's timeout.
     *
     * @param submission what would be submitted
     * @return what the provider says to it
     */
    Verdict validate(Submission submission);

    /**
     * What the provider would do.
     *
     * <p>Immutable and thread-safe.
     *
     * @param outcome {@link Outcome#ACCEPTED} if it would take the message, {@link Outcome#REJECTED} if it would refuse it,
     *     {@link Outcome#UNKNOWN} if it didn't say: throttled, out of reach, or no documented answer
     * @param reason why it would refuse; null unless rejected
     * @param providerCode the provider's own code, or null
     * @param explanation what is wrong and what to do, for people; no personal data; empty if accepted
     */
    record Verdict(
            Outcome outcome,
            @Nullable Reason reason,
            @Nullable String providerCode,
            String explanation) {}
}
