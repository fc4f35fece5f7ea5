package io.textonce;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One try of one provider, with what it proved; at most one request. A result lists every attempt, those of failed-over
 * providers included.
 *
 * <pre>{@code
 * for (Attempt attempt : result.attempts()) {
 *     log.info("{} {} in {}", attempt.provider(), attempt.outcome(), attempt.duration());
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Attempt {

    private final int number;
    private final String provider;
    private final Outcome outcome;
    private final @Nullable Reason reason;
    private final @Nullable Proof proof;
    private final @Nullable String providerCode;
    private final @Nullable String providerMessageId;
    private final @Nullable String explanation;
    private final Instant startedAt;
    private final Duration duration;

    private Attempt(Builder b) {
        this.number = b.number;
        this.provider = b.provider;
        this.outcome = b.outcome;
        this.reason = b.reason;
        this.proof = b.proof;
        this.providerCode = b.providerCode;
        this.providerMessageId = b.providerMessageId;
        this.explanation = b.explanation;
        this.startedAt = b.startedAt;
        this.duration = b.duration;
    }

    /**
     * Starts an attempt's record; for the engine, stores and fakes.
     *
     * @param number 1 for the first attempt of a message
     * @param provider the provider's instance name
     * @param outcome what the attempt proved
     * @return a builder
     */
    public static Builder builder(int number, String provider, Outcome outcome) {
        return new Builder(number, provider, outcome);
    }

    /**
     * The attempt's place among those of the message.
     *
     * @return 1 for the first
     */
    public int number() {
        return number;
    }

    /**
     * The provider's instance name.
     *
     * @return such as {@code twilio}
     */
    public String provider() {
        return provider;
    }

    /**
     * What the attempt proved.
     *
     * @return the outcome of this one submit
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
     * Why we are sure that nothing was created.
     *
     * @return the proof, present if rejected
     */
    public Optional<Proof> proof() {
        return Optional.ofNullable(proof);
    }

    /**
     * The provider's own code, such as {@code 21610}.
     *
     * @return the code, or empty
     */
    public Optional<String> providerCode() {
        return Optional.ofNullable(providerCode);
    }

    /**
     * The provider's id of the message it created.
     *
     * @return the id, or empty
     */
    public Optional<String> providerMessageId() {
        return Optional.ofNullable(providerMessageId);
    }

    /**
     * What happened, for people; free of personal data.
     *
     * @return one sentence, or empty when there is nothing to explain
     */
    public Optional<String> explanation() {
        return Optional.ofNullable(explanation);
    }

    /**
     * When the attempt started, by the client's clock.
     *
     * @return the instant
     */
    public Instant startedAt() {
        return startedAt;
    }

    /**
     * How long it took.
     *
     * @return the time from start to outcome
     */
    public Duration duration() {
        return duration;
    }

    @Override
    public String toString() {
        return "Attempt[" + number + " " + provider + " " + outcome + (reason == null ? "" : " " + reason)
                + (providerCode == null ? "" : " " + providerCode) + "]";
    }

    /**
     * Collects an attempt's facts.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final int number;
        private final String provider;
        private final Outcome outcome;
        private @Nullable Reason reason;
        private @Nullable Proof proof;
        private @Nullable String providerCode;
        private @Nullable String providerMessageId;
        private @Nullable String explanation;
        private Instant startedAt = Instant.EPOCH;
        private Duration duration = Duration.ZERO;

        private Builder(int number, String provider, Outcome outcome) {
            this.number = number;
            this.provider = Objects.requireNonNull(provider, "provider");
            this.outcome = Objects.requireNonNull(outcome, "outcome");
        }

        /**
         * Sets why it was rejected, and how we know.
         *
         * @param why the reason
         * @param how the proof
         * @return this builder
         */
        public Builder rejected(Reason why, Proof how) {
            this.reason = why;
            this.proof = how;
            return this;
        }

        /**
         * Sets the provider's code.
         *
         * @param value the code, or null
         * @return this builder
         */
        public Builder providerCode(@Nullable String value) {
            this.providerCode = value;
            return this;
        }

        /**
         * Sets the provider's message id.
         *
         * @param value the id, or null
         * @return this builder
         */
        public Builder providerMessageId(@Nullable String value) {
            this.providerMessageId = value;
            return this;
        }

        /**
         * Sets the explanation for people.
         *
         * @param value one sentence without personal data, or null
         * @return this builder
         */
        public Builder explanation(@Nullable String value) {
            this.explanation = value;
            return this;
        }

        /**
         * Sets when the attempt was made and how long it took.
         *
         * @param start when it started
         * @param taken how long it took
         * @return this builder
         */
        public Builder at(Instant start, Duration taken) {
            this.startedAt = start;
            this.duration = taken;
            return this;
        }

        /**
         * Builds the attempt.
         *
         * @return the attempt
         */
        public Attempt build() {
            return new Attempt(this);
        }
    }
}
