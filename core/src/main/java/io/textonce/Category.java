package io.textonce;

/**
 * What a message is for; it selects policy (limits, quiet hours, what to do with an unknown outcome), not a route.
 *
 * <p>Finer distinctions ("appointment reminder", "welcome") are labels: {@link SmsMessage.Builder#label(String, String)}.
 * Switch on it with a default: the set may grow.
 */
public enum Category {
    /** A one-time code: urgent, useless when late. Its text is never stored. */
    OTP,
    /** What the recipient asked for or needs: reminders, confirmations, alerts. The default. */
    TRANSACTIONAL,
    /** What the sender wants to say: bound to consent and sending hours. */
    MARKETING
}
