package io.textonce;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What became of a send: {@link Accepted}, {@link Rejected} or {@link Unknown}. Frozen at three.
 *
 * <p>Guaranteed: rejected means that it is proven that no message exists; whatever isn't proven is unknown. Not
 * guaranteed: that an accepted message reaches the handset; delivery reports tell.
 *
 * <pre>{@code
 * String line = sms.send(message).fold(
 *         accepted -> "with " + accepted.provider(),
 *         rejected -> "not sent: " + rejected.explanation(),
 *         unknown -> "may have been sent; it settles by " + unknown.settlement());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public sealed interface SendResult {

    /**
     * What every result carries, whichever of the three it is.
     *
     * @return the details
     */
    Details details();

    /**
     * Our name for the message.
     *
     * @return the id that reports and events will carry
     */
    default MessageId messageId() {
        return details().messageId;
    }

    /**
     * The recipient, normalised.
     *
     * @return the number, or empty when what was given couldn't be normalised
     */
    default Optional<PhoneNumber> to() {
        return Optional.ofNullable(details().to);
    }

    /**
     * Every provider that was tried, in order, also those that weren't even asked because they are left alone or over
     * their limit: their proof is {@link Proof#NOT_TRANSMITTED}.
     *
     * @return the attempts; none when the message was refused before the first
     */
    default List<Attempt> attempts() {
        return details().attempts;
    }

    /**
     * What the message amounts to: encoding, segments, estimated cost.
     *
     * @return the quote, or empty when the message was refused before it could be counted
     */
    default Optional<Quote> quote() {
        return Optional.ofNullable(details().quote);
    }

    /**
     * Whether the outcome stands wherever the client was told to keep it.
     *
     * @return false only if a configured store failed to take the outcome; true when it did, or when there is no store
     */
    default boolean recorded() {
        return details().recorded;
    }

    /**
     * Which of the three it is.
     *
     * @return the outcome
     */
    Outcome outcome();

    /**
     * Whether a provider took the message over.
     *
     * @return true for {@link Accepted}
     */
    default boolean isAccepted() {
        return this instanceof Accepted;
    }

    /**
     * Handles each of the three, exhaustively, on Java 17 too.
     *
     * @param accepted for an accepted message
     * @param rejected for a rejected message
     * @param unknown for an unknown outcome
     * @param <T> what comes out
     * @return what the matching function returned
     */
    <T extends @Nullable Object> T fold(
            Function<Accepted, T> accepted, Function<Rejected, T> rejected, Function<Unknown, T> unknown);

    /**
     * The accepted result, or an exception that carries the other two.
     *
     * @return this, if accepted
     * @throws SmsNotAcceptedException if rejected or unknown
     */
    default Accepted orThrow() {
        if (this instanceof Accepted accepted) {
            return accepted;
        }
        throw new SmsNotAcceptedException(this);
    }

    /**
     * An accepted result, for fakes in a host's tests.
     *
     * @param provider a provider's instance name
     * @param providerMessageId the provider's id
     * @return the result
     */
    static Accepted accepted(String provider, String providerMessageId) {
        return new Accepted(Details.of(MessageId.next()), provider, providerMessageId, -1, null);
    }

    /**
     * A rejected result, for fakes in a host's tests.
     *
     * @param reason why
     * @param proof how we know
     * @param explanation one sentence for people
     * @return the result
     */
    static Rejected rejected(Reason reason, Proof proof, String explanation) {
        return new Rejected(Details.of(MessageId.next()), reason, proof, explanation, null, null, null);
    }

    /**
     * An unknown result, for fakes in a host's tests.
     *
     * @param provider the provider's instance name
     * @param settlement what may settle it
     * @return the result
     */
    static Unknown unknown(String provider, Settlement... settlement) {
        return new Unknown(Details.of(MessageId.next()), provider, Set.of(settlement), "the answer was lost", null);
    }

    /**
     * What every result carries, whichever of the three it is.
     *
     * <p>Immutable and thread-safe.
     */
    final class Details {
        private final MessageId messageId;
        private final @Nullable PhoneNumber to;
        private final List<Attempt> attempts;
        private final @Nullable Quote quote;
        private final boolean recorded;

        private Details(
                MessageId messageId,
                @Nullable PhoneNumber to,
                List<Attempt> attempts,
                @Nullable Quote quote,
                boolean recorded) {
            this.messageId = Objects.requireNonNull(messageId, "messageId");
            this.to = to;
            this.attempts = List.copyOf(attempts);
            this.quote = quote;
            this.recorded = recorded;
        }

        /**
         * Details with nothing but the id.
         *
         * @param messageId the id
         * @return the details, recorded
         */
        public static Details of(MessageId messageId) {
            return new Details(messageId, null, List.of(), null, true);
        }

        /**
         * Full details.
         *
         * @param messageId the id
         * @param to the recipient, or null if it couldn't be normalised
         * @param attempts every submit made
         * @param quote encoding, segments and cost, or null if not counted
         * @return the details, recorded
         */
        public static Details of(
                MessageId messageId, @Nullable PhoneNumber to, List<Attempt> attempts, @Nullable Quote quote) {
            return new Details(messageId, to, attempts, quote, true);
        }

        private Details notRecorded() {
            return new Details(messageId, to, attempts, quote, false);
        }
    }

    /**
     * The same result, marked as not recorded by the store.
     *
     * @return a copy whose {@link #recorded()} is false
     */
    default SendResult notRecorded() {
        return fold(
                a -> new Accepted(a.details.notRecorded(), a.provider, a.providerMessageId, a.segments, a.price),
                r -> new Rejected(
                        r.details.notRecorded(),
                        r.reason,
                        r.proof,
                        r.explanation,
                        r.provider,
                        r.providerCode,
                        r.retryAt),
                u -> new Unknown(
                        u.details.notRecorded(), u.provider, u.settlement, u.explanation, u.providerMessageId));
    }

    /** A provider took the message over. It doesn't mean delivered. Immutable and thread-safe. */
    final class Accepted implements SendResult {
        private final Details details;
        private final String provider;
        private final @Nullable String providerMessageId;
        private final int segments;
        private final @Nullable Money price;

        /**
         * An accepted result.
         *
         * @param details what every result carries
         * @param provider the provider's instance name
         * @param providerMessageId the provider's id, or null where the provider gives none
         * @param segments segments as the provider counted them, or -1 if it didn't say
         * @param price what the provider said it costs, or null
         */
        public Accepted(
                Details details,
                String provider,
                @Nullable String providerMessageId,
                int segments,
                @Nullable Money price) {
            this.details = details;
            this.provider = Objects.requireNonNull(provider, "provider");
            this.providerMessageId = providerMessageId;
            this.segments = segments;
            this.price = price;
        }

        /**
         * Who took it.
         *
         * @return the provider's instance name
         */
        public String provider() {
            return provider;
        }

        /**
         * The provider's id of the message.
         *
         * @return the id; empty for gateways that give none
         */
        public Optional<String> providerMessageId() {
            return Optional.ofNullable(providerMessageId);
        }

        /**
         * How many segments the provider counted.
         *
         * @return the number, or empty if it didn't say
         */
        public OptionalInt segments() {
            return segments < 0 ? OptionalInt.empty() : OptionalInt.of(segments);
        }

        /**
         * What the provider said it costs.
         *
         * @return the price, or empty if it didn't say yet
         */
        public Optional<Money> price() {
            return Optional.ofNullable(price);
        }

        @Override
        public Details details() {
            return details;
        }

        @Override
        public Outcome outcome() {
            return Outcome.ACCEPTED;
        }

        @Override
        public <T extends @Nullable Object> T fold(
                Function<Accepted, T> accepted, Function<Rejected, T> rejected, Function<Unknown, T> unknown) {
            return accepted.apply(this);
        }

        @Override
        public String toString() {
            return "Accepted[" + details.messageId + " by " + provider + "]";
        }
    }

    /** It is proven that no message exists. Immutable and thread-safe. */
    final class Rejected implements SendResult {
        private final Details details;
        private final Reason reason;
        private final Proof proof;
        private final String explanation;
        private final @Nullable String provider;
        private final @Nullable String providerCode;
        private final @Nullable Instant retryAt;

        /**
         * A rejected result.
         *
         * @param details what every result carries
         * @param reason why
         * @param proof how we know that nothing was created
         * @param explanation one sentence for people, free of personal data
         * @param provider the provider's instance name, or null if none was asked
         * @param providerCode the provider's own code, or null
         * @param retryAt when another try makes sense, or null
         */
        public Rejected(
                Details details,
                Reason reason,
                Proof proof,
                String explanation,
                @Nullable String provider,
                @Nullable String providerCode,
                @Nullable Instant retryAt) {
            this.details = details;
            this.reason = Objects.requireNonNull(reason, "reason");
            this.proof = Objects.requireNonNull(proof, "proof");
            this.explanation = Objects.requireNonNull(explanation, "explanation");
            this.provider = provider;
            this.providerCode = providerCode;
            this.retryAt = retryAt;
        }

        /**
         * Why.
         *
         * @return the reason
         */
        public Reason reason() {
            return reason;
        }

        /**
         * How we know that nothing was created.
         *
         * @return the proof
         */
        public Proof proof() {
            return proof;
        }

        /**
         * What happened and what to do, for people; free of personal data.
         *
         * @return one sentence or two
         */
        public String explanation() {
            return explanation;
        }

        /**
         * Which provider refused it, or couldn't be reached, last.
         *
         * @return the provider's instance name, or empty if none was asked
         */
        public Optional<String> provider() {
            return Optional.ofNullable(provider);
        }

        /**
         * The provider's own code.
         *
         * @return such as {@code 21610}, or empty
         */
        public Optional<String> providerCode() {
            return Optional.ofNullable(providerCode);
        }

        /**
         * When another try makes sense.
         *
         * @return the instant, or empty if waiting alone won't help or isn't known to
         */
        public Optional<Instant> retryAt() {
            return Optional.ofNullable(retryAt);
        }

        @Override
        public Details details() {
            return details;
        }

        @Override
        public Outcome outcome() {
            return Outcome.REJECTED;
        }

        @Override
        public <T extends @Nullable Object> T fold(
                Function<Accepted, T> accepted, Function<Rejected, T> rejected, Function<Unknown, T> unknown) {
            return rejected.apply(this);
        }

        @Override
        public String toString() {
            return "Rejected[" + details.messageId + " " + reason + " " + proof
                    + (provider == null ? "" : " by " + provider)
                    + (providerCode == null ? "" : " code " + providerCode) + ": " + explanation + "]";
        }
    }

    /** A message may or may not exist; it is never submitted again by default. Immutable and thread-safe. */
    final class Unknown implements SendResult {
        private final Details details;
        private final String provider;
        private final Set<Settlement> settlement;
        private final String explanation;
        private final @Nullable String providerMessageId;

        /**
         * An unknown result.
         *
         * @param details what every result carries
         * @param provider the provider's instance name
         * @param settlement what may settle it
         * @param explanation one sentence for people, free of personal data
         * @param providerMessageId the provider's id, if it is known all the same, or null
         */
        public Unknown(
                Details details,
                String provider,
                Set<Settlement> settlement,
                String explanation,
                @Nullable String providerMessageId) {
            this.details = details;
            this.provider = Objects.requireNonNull(provider, "provider");
            this.settlement = Set.copyOf(settlement);
            this.explanation = Objects.requireNonNull(explanation, "explanation");
            this.providerMessageId = providerMessageId;
        }

        /**
         * Who may have it.
         *
         * @return the provider's instance name
         */
        public String provider() {
            return provider;
        }

        /**
         * What may still settle it.
         *
         * @return the ways; empty if there is none but a look into the provider's console
         */
        public Set<Settlement> settlement() {
            return settlement;
        }

        /**
         * What happened, for people; free of personal data.
         *
         * @return one sentence or two
         */
        public String explanation() {
            return explanation;
        }

        /**
         * The provider's id, in the rare case that it is known all the same.
         *
         * @return the id, or empty
         */
        public Optional<String> providerMessageId() {
            return Optional.ofNullable(providerMessageId);
        }

        @Override
        public Details details() {
            return details;
        }

        @Override
        public Outcome outcome() {
            return Outcome.UNKNOWN;
        }

        @Override
        public <T extends @Nullable Object> T fold(
                Function<Accepted, T> accepted, Function<Rejected, T> rejected, Function<Unknown, T> unknown) {
            return unknown.apply(this);
        }

        @Override
        public String toString() {
            return "Unknown[" + details.messageId + " at " + provider + ", settles by " + settlement + ": "
                    + explanation + "]";
        }
    }
}
