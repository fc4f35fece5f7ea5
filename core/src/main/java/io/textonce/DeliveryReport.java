package io.textonce;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A provider's word on how far one message, or one part of it, has come.
 *
 * <p>Guaranteed: it names the message by our id, the provider's id, or both. Not guaranteed: order or uniqueness; the
 * receiver folds reports so that neither matters.
 *
 * <pre>{@code
 * DeliveryReport.builder(origin, eventId, DeliveryStatus.DELIVERED).providerMessageId("SM01").build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class DeliveryReport implements SmsEvent {

    private final Origin origin;
    private final String id;
    private final DeliveryStatus status;
    private final String providerStatus;
    private final @Nullable MessageId messageId;
    private final @Nullable String providerMessageId;
    private final @Nullable PhoneNumber recipient;
    private final @Nullable Reason reason;
    private final @Nullable String providerCode;
    private final int part;
    private final int segments;
    private final @Nullable Money price;
    private final @Nullable Instant occurredAt;

    private DeliveryReport(Builder b) {
        this.origin = b.origin;
        this.id = b.id;
        this.status = b.status;
        this.providerStatus = b.providerStatus;
        this.messageId = b.messageId;
        this.providerMessageId = b.providerMessageId;
        this.recipient = b.recipient;
        this.reason = b.reason;
        this.providerCode = b.providerCode;
        this.part = b.part;
        this.segments = b.segments;
        this.price = b.price;
        this.occurredAt = b.occurredAt;
    }

    /**
     * Starts a report; for parsers and fakes.
     *
     * @param origin where it came from
     * @param id its identity, from verified content
     * @param status how far the message has come
     * @return a builder
     */
    public static Builder builder(Origin origin, String id, DeliveryStatus status) {
        return new Builder(origin, id, status);
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public String id() {
        return id;
    }

    /**
     * How far the message has come.
     *
     * @return the status
     */
    public DeliveryStatus status() {
        return status;
    }

    /**
     * The provider's own word, such as {@code failed} or {@code read}.
     *
     * @return the word; empty if the provider has none
     */
    public String providerStatus() {
        return providerStatus;
    }

    /**
     * Our id, as the provider echoed it in verified content.
     *
     * @return the id, or empty
     */
    public Optional<MessageId> messageId() {
        return Optional.ofNullable(messageId);
    }

    /**
     * The provider's id.
     *
     * @return the id, or empty
     */
    public Optional<String> providerMessageId() {
        return Optional.ofNullable(providerMessageId);
    }

    /**
     * The recipient, which tells messages of a batch apart.
     *
     * @return the number, or empty
     */
    public Optional<PhoneNumber> recipient() {
        return Optional.ofNullable(recipient);
    }

    /**
     * Why the message won't arrive.
     *
     * @return the reason, or empty
     */
    public Optional<Reason> reason() {
        return Optional.ofNullable(reason);
    }

    /**
     * The provider's own code.
     *
     * @return such as {@code 30003}, or empty
     */
    public Optional<String> providerCode() {
        return Optional.ofNullable(providerCode);
    }

    /**
     * The part of a long message that the report is about.
     *
     * @return 1 for the first part; empty if the report is about the whole message
     */
    public OptionalInt part() {
        return part < 0 ? OptionalInt.empty() : OptionalInt.of(part);
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
     * What the message cost.
     *
     * @return the price as billed, or empty
     */
    public Optional<Money> price() {
        return Optional.ofNullable(price);
    }

    /**
     * When it happened, by the provider's clock.
     *
     * @return the instant, or empty if the provider doesn't say
     */
    public Optional<Instant> occurredAt() {
        return Optional.ofNullable(occurredAt);
    }

    @Override
    public String toString() {
        return "DeliveryReport[" + origin.provider() + " " + status + (messageId == null ? "" : " " + messageId)
                + (providerCode == null ? "" : " code " + Printable.of(providerCode)) + "]";
    }

    /**
     * Collects a report's facts.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final Origin origin;
        private final String id;
        private final DeliveryStatus status;
        private String providerStatus = "";
        private @Nullable MessageId messageId;
        private @Nullable String providerMessageId;
        private @Nullable PhoneNumber recipient;
        private @Nullable Reason reason;
        private @Nullable String providerCode;
        private int part = -1;
        private int segments = -1;
        private @Nullable Money price;
        private @Nullable Instant occurredAt;

        private Builder(Origin origin, String id, DeliveryStatus status) {
            this.origin = Objects.requireNonNull(origin, "origin");
            this.id = Objects.requireNonNull(id, "id");
            this.status = Objects.requireNonNull(status, "status");
        }

        /**
         * Sets the provider's own word.
         *
         * @param value the word
         * @return this builder
         */
        public Builder providerStatus(String value) {
            this.providerStatus = value;
            return this;
        }

        /**
         * Sets our id.
         *
         * @param value the id, or null
         * @return this builder
         */
        public Builder messageId(@Nullable MessageId value) {
            this.messageId = value;
            return this;
        }

        /**
         * Sets the provider's id.
         *
         * @param value the id, or null
         * @return this builder
         */
        public Builder providerMessageId(@Nullable String value) {
            this.providerMessageId = value;
            return this;
        }

        /**
         * Sets the recipient.
         *
         * @param value the number, or null
         * @return this builder
         */
        public Builder recipient(@Nullable PhoneNumber value) {
            this.recipient = value;
            return this;
        }

        /**
         * Sets why it won't arrive.
         *
         * @param why the reason, or null
         * @param code the provider's code, or null
         * @return this builder
         */
        public Builder reason(@Nullable Reason why, @Nullable String code) {
            this.reason = why;
            this.providerCode = code;
            return this;
        }

        /**
         * Sets the part that the report is about.
         *
         * @param number 1 or more
         * @return this builder
         */
        public Builder part(int number) {
            this.part = number;
            return this;
        }

        /**
         * Sets the provider's count of segments.
         *
         * @param number 0 or more
         * @return this builder
         */
        public Builder segments(int number) {
            this.segments = number;
            return this;
        }

        /**
         * Sets the price as billed.
         *
         * @param value the price, or null
         * @return this builder
         */
        public Builder price(@Nullable Money value) {
            this.price = value;
            return this;
        }

        /**
         * Sets when it happened.
         *
         * @param value the instant by the provider's clock, or null
         * @return this builder
         */
        public Builder occurredAt(@Nullable Instant value) {
            this.occurredAt = value;
            return this;
        }

        /**
         * Builds the report.
         *
         * @return the report
         * @throws IllegalArgumentException if it names the message neither by our id nor by the provider's
         */
        public DeliveryReport build() {
            if (messageId == null && providerMessageId == null) {
                throw new IllegalArgumentException(
                        "delivery report: neither messageId nor providerMessageId is set; nothing can be matched");
            }
            return new DeliveryReport(this);
        }
    }
}
