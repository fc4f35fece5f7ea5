package io.textonce.spi;

import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What one request proved. It is about the request; {@link io.textonce.SendResult} is about the message. A provider can
 * express neither "try again" nor "try elsewhere": the engine alone decides that, from the proof.
 *
 * <p>Contract: accepted only on documented success; refused only on a documented refusal; not transmitted only if the
 * request headers never left; everything else is unknown.
 *
 * <pre>{@code
 * return SubmitReply.accepted("SM01").segments(2);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SubmitReply {

    private final Outcome outcome;
    private final @Nullable Reason reason;
    private final @Nullable Proof proof;
    private final @Nullable String providerMessageId;
    private final @Nullable String providerCode;
    private final String explanation;
    private final @Nullable Duration retryAfter;
    private final int segments;
    private final @Nullable Money price;

    private SubmitReply(
            Outcome outcome,
            @Nullable Reason reason,
            @Nullable Proof proof,
            @Nullable String providerMessageId,
            @Nullable String providerCode,
            String explanation,
            @Nullable Duration retryAfter,
            int segments,
            @Nullable Money price) {
        this.outcome = outcome;
        this.reason = reason;
        this.proof = proof;
        this.providerMessageId = providerMessageId;
        this.providerCode = providerCode;
        this.explanation = Objects.requireNonNull(explanation, "explanation");
        this.retryAfter = retryAfter;
        this.segments = segments;
        this.price = price;
    }

    private static SubmitReply rejected(
            Reason reason, Proof proof, @Nullable String code, String explanation, @Nullable Duration retryAfter) {
        return new SubmitReply(
                Outcome.REJECTED,
                Objects.requireNonNull(reason, "reason"),
                proof,
                null,
                code,
                explanation,
                retryAfter,
                -1,
                null);
    }

    /**
     * The provider documented success.
     *
     * @param providerMessageId its id of the message, or null for gateways that give none
     * @return the reply
     */
    public static SubmitReply accepted(@Nullable String providerMessageId) {
        return new SubmitReply(Outcome.ACCEPTED, null, null, providerMessageId, null, "", null, -1, null);
    }

    /**
     * The provider documented a refusal: no message was created.
     *
     * @param reason why
     * @param providerCode its own code, or null
     * @param hint what to do, for people; no personal data
     * @return the reply
     */
    public static SubmitReply refused(Reason reason, @Nullable String providerCode, String hint) {
        return rejected(reason, Proof.PROVIDER_REFUSED, providerCode, hint, null);
    }

    /**
     * The provider documented that it is over its limit and created nothing.
     *
     * @param retryAfter how long it asks to wait, or null if it doesn't say
     * @param providerCode its own code, or null
     * @param hint what to do, for people; no personal data
     * @return the reply
     */
    public static SubmitReply throttled(@Nullable Duration retryAfter, @Nullable String providerCode, String hint) {
        return rejected(Reason.THROTTLED, Proof.PROVIDER_REFUSED, providerCode, hint, retryAfter);
    }

    /**
     * The request headers never left, and the same provider may well work in a moment.
     *
     * @param hint what failed, for people; no personal data
     * @return the reply
     */
    public static SubmitReply notTransmitted(String hint) {
        return rejected(Reason.TRANSPORT, Proof.NOT_TRANSMITTED, null, hint, null);
    }

    /**
     * The request headers never left, for a named cause. {@link Reason#CREDENTIAL} (a certificate that isn't trusted, a
     * proxy that refuses) rules this provider out for the message; after any other it may be asked again.
     *
     * @param reason why
     * @param hint what failed, for people; no personal data
     * @return the reply
     */
    public static SubmitReply notTransmitted(Reason reason, String hint) {
        return rejected(reason, Proof.NOT_TRANSMITTED, null, hint, null);
    }

    /**
     * The provider module refused the message before any request, because it can't express it.
     *
     * @param reason such as {@link Reason#SENDER} or {@link Reason#REQUEST}
     * @param hint what to do, for people; no personal data
     * @return the reply
     */
    public static SubmitReply invalid(Reason reason, String hint) {
        return rejected(reason, Proof.LOCAL_POLICY, null, hint, null);
    }

    /**
     * A message may or may not exist.
     *
     * @param providerCode the provider's own code or HTTP status, or null
     * @param hint what happened, for people; no personal data
     * @return the reply
     */
    public static SubmitReply unknown(@Nullable String providerCode, String hint) {
        return new SubmitReply(Outcome.UNKNOWN, null, null, null, providerCode, hint, null, -1, null);
    }

    /**
     * Adds how long to wait before another try makes sense.
     *
     * @param wait zero or more
     * @return a copy
     */
    public SubmitReply retryAfter(Duration wait) {
        return new SubmitReply(
                outcome, reason, proof, providerMessageId, providerCode, explanation, wait, segments, price);
    }

    /**
     * Adds the provider's own count.
     *
     * @param number segments, 0 or more
     * @return a copy
     */
    public SubmitReply segments(int number) {
        return new SubmitReply(
                outcome, reason, proof, providerMessageId, providerCode, explanation, retryAfter, number, price);
    }

    /**
     * Adds the provider's own price.
     *
     * @param amount what it costs, zero or more
     * @return a copy
     */
    public SubmitReply price(Money amount) {
        return new SubmitReply(
                outcome, reason, proof, providerMessageId, providerCode, explanation, retryAfter, segments, amount);
    }

    /**
     * Which of the three it is.
     *
     * @return the outcome
     */
    public Outcome outcome() {
        return outcome;
    }

    /**
     * Why it was rejected.
     *
     * @return the reason, present if rejected
     */
    public Optional<Reason> reason() {
        return Optional.ofNullable(reason);
    }

    /**
     * How we know that nothing was created.
     *
     * @return the proof, present if rejected
     */
    public Optional<Proof> proof() {
        return Optional.ofNullable(proof);
    }

    /**
     * The provider's id of the message.
     *
     * @return the id, or empty
     */
    public Optional<String> providerMessageId() {
        return Optional.ofNullable(providerMessageId);
    }

    /**
     * The provider's own code.
     *
     * @return the code, or empty
     */
    public Optional<String> providerCode() {
        return Optional.ofNullable(providerCode);
    }

    /**
     * What happened and what to do, for people.
     *
     * @return a sentence without personal data; empty if accepted
     */
    public String explanation() {
        return explanation;
    }

    /**
     * How long the provider asks to wait.
     *
     * @return the duration, or empty
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /**
     * How many segments the provider counted.
     *
     * @return the number, or empty
     */
    public OptionalInt segments() {
        return segments < 0 ? OptionalInt.empty() : OptionalInt.of(segments);
    }

    /**
     * What the provider said it costs.
     *
     * @return the price, or empty
     */
    public Optional<Money> price() {
        return Optional.ofNullable(price);
    }

    @Override
    public String toString() {
        return "SubmitReply[" + outcome + (reason == null ? "" : " " + reason + " " + proof)
                + (providerCode == null ? "" : " code " + providerCode)
                + (explanation.isEmpty() ? "" : ": " + explanation) + "]";
    }
}
