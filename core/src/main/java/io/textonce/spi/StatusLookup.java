package io.textonce.spi;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.PhoneNumber;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A role: asks the provider what became of a message, also of one whose answer was lost and that has no provider id.
 *
 * <p>Contract: {@link Found} and {@link Absent} only on proof; a search that may have overlooked the message, and any
 * failure of provider or network, is {@link Inconclusive}. It is a read: it may be repeated freely.
 *
 * <pre>{@code
 * Answer answer = lookup.find(Query.of(id, to, submittedAt, text, null));
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
public interface StatusLookup {

    /**
     * Asks for one message.
     *
     * @param query what is known of it
     * @return what the provider knows
     */
    Answer find(Query query);

    /**
     * What is known of the message. {@link #toString()} shows neither text nor number.
     *
     * <p>Immutable and thread-safe.
     */
    final class Query {
        private final MessageId messageId;
        private final PhoneNumber to;
        private final Instant submittedAt;
        private final String text;
        private final @Nullable String providerMessageId;
        private final Set<String> others;

        private Query(
                MessageId messageId,
                PhoneNumber to,
                Instant submittedAt,
                String text,
                @Nullable String providerMessageId,
                Set<String> others) {
            this.messageId = Objects.requireNonNull(messageId, "messageId");
            this.to = Objects.requireNonNull(to, "to");
            this.submittedAt = Objects.requireNonNull(submittedAt, "submittedAt");
            this.text = Objects.requireNonNull(text, "text");
            this.providerMessageId = providerMessageId;
            this.others = Set.copyOf(others);
        }

        /**
         * A query.
         *
         * @param messageId our id
         * @param to the recipient
         * @param submittedAt when the submit started
         * @param text the text as submitted
         * @param providerMessageId the provider's id, or null if it is lost
         * @return the query
         */
        public static Query of(
                MessageId messageId,
                PhoneNumber to,
                Instant submittedAt,
                String text,
                @Nullable String providerMessageId) {
            return new Query(messageId, to, submittedAt, text, providerMessageId, Set.of());
        }

        /**
         * This query, with ids that are known to belong to other messages. A provider that recognises a message by its
         * text alone takes another one with the same text for it, unless it is named here: name those of the messages to
         * this recipient at about that time.
         *
         * @param providerMessageIds the provider's ids of other messages
         * @return a changed copy
         */
        public Query besides(Collection<String> providerMessageIds) {
            return new Query(messageId, to, submittedAt, text, providerMessageId, Set.copyOf(providerMessageIds));
        }

        /**
         * Whether a message is known to be another one.
         *
         * @param id a provider's id
         * @return true if {@link #besides} named it
         */
        public boolean isOfAnother(String id) {
            return others.contains(id);
        }

        /**
         * Our id.
         *
         * @return the id
         */
        public MessageId messageId() {
            return messageId;
        }

        /**
         * The recipient.
         *
         * @return the number
         */
        public PhoneNumber to() {
            return to;
        }

        /**
         * When the submit started.
         *
         * @return the instant
         */
        public Instant submittedAt() {
            return submittedAt;
        }

        /**
         * The text as submitted.
         *
         * @return the text
         */
        public String text() {
            return text;
        }

        /**
         * The provider's id.
         *
         * @return the id, or empty if it is lost
         */
        public Optional<String> providerMessageId() {
            return Optional.ofNullable(providerMessageId);
        }

        @Override
        public String toString() {
            return "Query[" + messageId + " to=" + to + "]";
        }
    }

    /** What the provider knows. Frozen at three. */
    sealed interface Answer {}

    /**
     * The message exists.
     *
     * <p>Immutable and thread-safe.
     */
    final class Found implements Answer {
        private final String providerMessageId;
        private final DeliveryStatus status;
        private final int segments;
        private final @Nullable Money price;

        /**
         * The message exists.
         *
         * @param providerMessageId the provider's id
         * @param status how far it has come
         * @param segments the provider's count, or -1
         * @param price as billed, or null
         */
        public Found(String providerMessageId, DeliveryStatus status, int segments, @Nullable Money price) {
            this.providerMessageId = Objects.requireNonNull(providerMessageId, "providerMessageId");
            this.status = Objects.requireNonNull(status, "status");
            this.segments = segments;
            this.price = price;
        }

        /**
         * The provider's id.
         *
         * @return the id
         */
        public String providerMessageId() {
            return providerMessageId;
        }

        /**
         * How far it has come.
         *
         * @return the status
         */
        public DeliveryStatus status() {
            return status;
        }

        /**
         * The provider's count.
         *
         * @return segments, or empty
         */
        public OptionalInt segments() {
            return segments < 0 ? OptionalInt.empty() : OptionalInt.of(segments);
        }

        /**
         * What it cost.
         *
         * @return the price as billed, or empty
         */
        public Optional<Money> price() {
            return Optional.ofNullable(price);
        }

        /**
         * The answer as a delivery report, for an {@code EventJournal} to join to its message: status,
         * segments and price. The same answer makes the same event, which a journal takes once.
         *
         * @param origin whose message it is, the provider that was asked, and when it answered
         * @param messageId the message that was asked for
         * @return the report
         */
        public DeliveryReport report(Origin origin, MessageId messageId) {
            String id = "lookup " + messageId + " " + status + " " + segments + " " + price;
            return DeliveryReport.builder(origin, id, status)
                    .messageId(messageId)
                    .providerMessageId(providerMessageId)
                    .segments(segments)
                    .price(price)
                    .build();
        }

        @Override
        public String toString() {
            return "Found[" + status + "]";
        }
    }

    /**
     * It is proven that the message doesn't exist, because the provider finds messages by our id.
     *
     * <p>Immutable and thread-safe.
     */
    final class Absent implements Answer {
        /** The message doesn't exist. */
        public Absent() {}

        @Override
        public String toString() {
            return "Absent";
        }
    }

    /**
     * Nothing is proven.
     *
     * <p>Immutable and thread-safe.
     *
     * @param explanation why, for people; no personal data
     */
    record Inconclusive(String explanation) implements Answer {}
}
