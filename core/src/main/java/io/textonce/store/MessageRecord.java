package io.textonce.store;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing message as a store keeps it: what was sent, what each submit proved, and what the reports say since.
 *
 * <p>Guaranteed: the two transitions, {@link #completed} and {@link #reported}, are pure and may come in either order with
 * the same end. {@link #toString()} shows neither text nor number.
 *
 * <pre>{@code
 * MessageRecord row = MessageRecord.sending(id, tenant, now).to(number).text("Hello").build();
 * row = row.completed(result, now).reported(report);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class MessageRecord {

    private final MessageId id;
    private final TenantId tenant;
    private final MessageState state;
    private final Category category;
    private final PhoneNumber to;
    private final @Nullable SenderId from;
    private final String text;
    private final @Nullable String templateId;
    private final @Nullable String reference;
    private final List<Label> labels;
    private final @Nullable String provider;
    private final @Nullable String providerMessageId;
    private final @Nullable Reason reason;
    private final @Nullable Proof proof;
    private final @Nullable String providerCode;
    private final @Nullable String explanation;
    private final List<Attempt> attempts;
    private final int segments;
    private final @Nullable Money estimated;
    private final @Nullable Money billed;
    private final StatusFold reports;
    private final Instant createdAt;
    private final Instant updatedAt;

    private MessageRecord(Builder b) {
        this.id = b.id;
        this.tenant = b.tenant;
        this.state = b.state;
        this.category = b.category;
        this.to = Objects.requireNonNull(b.to, "to");
        this.from = b.from;
        this.text = b.text;
        this.templateId = b.templateId;
        this.reference = b.reference;
        this.labels = b.labels;
        this.provider = b.provider;
        this.providerMessageId = b.providerMessageId;
        this.reason = b.reason;
        this.proof = b.proof;
        this.providerCode = b.providerCode;
        this.explanation = b.explanation;
        this.attempts = b.attempts;
        this.segments = b.segments;
        this.estimated = b.estimated;
        this.billed = b.billed;
        this.reports = b.reports;
        this.createdAt = b.createdAt;
        this.updatedAt = b.updatedAt;
    }

    /**
     * Starts the row that is written before the first submit.
     *
     * @param id our id
     * @param tenant whose message it is
     * @param now the present
     * @return a builder in state {@link MessageState#SENDING}
     */
    public static Builder sending(MessageId id, TenantId tenant, Instant now) {
        return new Builder(id, tenant, now);
    }

    /**
     * The row after the send's outcome is known. A report that came first has already proved that the message exists, so
     * an unknown outcome doesn't undo it.
     *
     * @param result the outcome
     * @param now the present
     * @return the new row
     */
    public MessageRecord completed(SendResult result, Instant now) {
        Builder next = toBuilder();
        next.updatedAt = later(now);
        next.attempts = result.attempts();
        result.quote().ifPresent(quote -> {
            next.segments = next.segments < 0 ? quote.segments() : next.segments;
            next.estimated = quote.cost().orElse(null);
        });
        boolean proven = state == MessageState.ACCEPTED;
        return result.<MessageRecord>fold(
                accepted -> {
                    next.state = MessageState.ACCEPTED;
                    next.provider = accepted.provider();
                    next.providerMessageId = accepted.providerMessageId().orElse(next.providerMessageId);
                    next.segments = accepted.segments().orElse(next.segments);
                    next.billed =
                            next.billed != null ? next.billed : accepted.price().orElse(null);
                    return next.build();
                },
                rejected -> {
                    next.state = proven ? MessageState.ACCEPTED : MessageState.REJECTED;
                    next.provider = next.provider != null
                            ? next.provider
                            : rejected.provider().orElse(null);
                    next.reason = rejected.reason();
                    next.proof = rejected.proof();
                    next.providerCode = rejected.providerCode().orElse(null);
                    next.explanation = rejected.explanation();
                    return next.build();
                },
                unknown -> {
                    next.state = proven ? MessageState.ACCEPTED : MessageState.UNKNOWN;
                    next.provider = unknown.provider();
                    next.explanation = unknown.explanation();
                    return next.build();
                });
    }

    /**
     * The row after a report. A report proves that the message exists: SENDING and UNKNOWN become ACCEPTED.
     *
     * @param report a verified report that was matched to this message
     * @return the new row
     */
    public MessageRecord reported(DeliveryReport report) {
        Builder next = toBuilder();
        next.updatedAt = later(report.receivedAt());
        next.reports = reports.with(report);
        if (state == MessageState.SENDING || state == MessageState.UNKNOWN) {
            next.state = MessageState.ACCEPTED;
            next.provider = report.provider();
        }
        if (next.providerMessageId == null) {
            next.providerMessageId = report.providerMessageId().orElse(null);
        }
        report.segments().ifPresent(n -> next.segments = n);
        report.price().ifPresent(price -> next.billed = price);
        return next.build();
    }

    private Instant later(Instant other) {
        return other.isAfter(updatedAt) ? other : updatedAt;
    }

    /**
     * Our id.
     *
     * @return the id
     */
    public MessageId id() {
        return id;
    }

    /**
     * Whose message it is.
     *
     * @return the tenant
     */
    public TenantId tenant() {
        return tenant;
    }

    /**
     * Where it stands.
     *
     * @return the state
     */
    public MessageState state() {
        return state;
    }

    /**
     * What it is for.
     *
     * @return the category
     */
    public Category category() {
        return category;
    }

    /**
     * The recipient. Personal data.
     *
     * @return the number
     */
    public PhoneNumber to() {
        return to;
    }

    /**
     * The sender that the host asked for.
     *
     * @return the sender ID, or empty
     */
    public Optional<SenderId> from() {
        return Optional.ofNullable(from);
    }

    /**
     * The text as sent. Personal data. Masked for one-time codes.
     *
     * @return the text, possibly empty
     */
    public String text() {
        return text;
    }

    /**
     * The template that made the text.
     *
     * @return its id, or empty
     */
    public Optional<String> templateId() {
        return Optional.ofNullable(templateId);
    }

    /**
     * The host's own name for it.
     *
     * @return the reference, or empty
     */
    public Optional<String> reference() {
        return Optional.ofNullable(reference);
    }

    /**
     * The labels.
     *
     * @return at most 8
     */
    public List<Label> labels() {
        return labels;
    }

    /**
     * Who has it, or may have it, or refused it last.
     *
     * @return the provider's instance name, or empty
     */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
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
     * Why it was rejected.
     *
     * @return the reason, or empty
     */
    public Optional<Reason> reason() {
        return Optional.ofNullable(reason);
    }

    /**
     * How we know that nothing was created.
     *
     * @return the proof, or empty
     */
    public Optional<Proof> proof() {
        return Optional.ofNullable(proof);
    }

    /**
     * The provider's own code for the refusal.
     *
     * @return the code, or empty
     */
    public Optional<String> providerCode() {
        return Optional.ofNullable(providerCode);
    }

    /**
     * What happened, for people.
     *
     * @return a sentence, or empty
     */
    public Optional<String> explanation() {
        return Optional.ofNullable(explanation);
    }

    /**
     * Every submit made.
     *
     * @return the attempts, in order
     */
    public List<Attempt> attempts() {
        return attempts;
    }

    /**
     * How many segments: the provider's count if it gave one, else ours.
     *
     * @return segments, or empty before the message was counted
     */
    public OptionalInt segments() {
        return segments < 0 ? OptionalInt.empty() : OptionalInt.of(segments);
    }

    /**
     * What we expected it to cost.
     *
     * @return the estimate, or empty
     */
    public Optional<Money> estimated() {
        return Optional.ofNullable(estimated);
    }

    /**
     * What the provider says it cost.
     *
     * @return the price, or empty
     */
    public Optional<Money> billed() {
        return Optional.ofNullable(billed);
    }

    /**
     * The fold of all reports so far.
     *
     * @return the fold, possibly empty
     */
    public StatusFold reports() {
        return reports;
    }

    /**
     * How far it has come.
     *
     * @return the folded status, or empty before the first report
     */
    public Optional<DeliveryStatus> status() {
        return reports.status();
    }

    /**
     * When the row was written.
     *
     * @return the instant
     */
    public Instant createdAt() {
        return createdAt;
    }

    /**
     * When the row last changed.
     *
     * @return the instant
     */
    public Instant updatedAt() {
        return updatedAt;
    }

    /**
     * A builder that starts from this row, for stores that read rows back.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        Builder b = new Builder(id, tenant, createdAt);
        b.state = state;
        b.category = category;
        b.to = to;
        b.from = from;
        b.text = text;
        b.templateId = templateId;
        b.reference = reference;
        b.labels = labels;
        b.provider = provider;
        b.providerMessageId = providerMessageId;
        b.reason = reason;
        b.proof = proof;
        b.providerCode = providerCode;
        b.explanation = explanation;
        b.attempts = attempts;
        b.segments = segments;
        b.estimated = estimated;
        b.billed = billed;
        b.reports = reports;
        b.updatedAt = updatedAt;
        return b;
    }

    @Override
    public String toString() {
        return "MessageRecord[" + id + " " + state + status().map(s -> " " + s).orElse("") + "]";
    }

    /**
     * Collects a row's columns.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final MessageId id;
        private final TenantId tenant;
        private final Instant createdAt;
        private MessageState state = MessageState.SENDING;
        private Category category = Category.TRANSACTIONAL;
        private @Nullable PhoneNumber to;
        private @Nullable SenderId from;
        private String text = "";
        private @Nullable String templateId;
        private @Nullable String reference;
        private List<Label> labels = List.of();
        private @Nullable String provider;
        private @Nullable String providerMessageId;
        private @Nullable Reason reason;
        private @Nullable Proof proof;
        private @Nullable String providerCode;
        private @Nullable String explanation;
        private List<Attempt> attempts = List.of();
        private int segments = -1;
        private @Nullable Money estimated;
        private @Nullable Money billed;
        private StatusFold reports = StatusFold.EMPTY;
        private Instant updatedAt;

        private Builder(MessageId id, TenantId tenant, Instant createdAt) {
            this.id = Objects.requireNonNull(id, "id");
            this.tenant = Objects.requireNonNull(tenant, "tenant");
            this.createdAt = Objects.requireNonNull(createdAt, "createdAt");
            this.updatedAt = createdAt;
        }

        /**
         * Sets the state.
         *
         * @param value the state
         * @return this builder
         */
        public Builder state(MessageState value) {
            this.state = value;
            return this;
        }

        /**
         * Sets the category.
         *
         * @param value the category
         * @return this builder
         */
        public Builder category(Category value) {
            this.category = value;
            return this;
        }

        /**
         * Sets the recipient, which every row has.
         *
         * @param value the number
         * @return this builder
         */
        public Builder to(PhoneNumber value) {
            this.to = value;
            return this;
        }

        /**
         * Sets the wanted sender.
         *
         * @param value the sender ID, or null
         * @return this builder
         */
        public Builder from(@Nullable SenderId value) {
            this.from = value;
            return this;
        }

        /**
         * Sets the text.
         *
         * @param value the text, masked for one-time codes
         * @return this builder
         */
        public Builder text(String value) {
            this.text = value;
            return this;
        }

        /**
         * Sets the template's id.
         *
         * @param value the id, or null
         * @return this builder
         */
        public Builder templateId(@Nullable String value) {
            this.templateId = value;
            return this;
        }

        /**
         * Sets the host's reference.
         *
         * @param value the reference, or null
         * @return this builder
         */
        public Builder reference(@Nullable String value) {
            this.reference = value;
            return this;
        }

        /**
         * Sets the labels.
         *
         * @param values at most 8
         * @return this builder
         */
        public Builder labels(List<Label> values) {
            this.labels = List.copyOf(values);
            return this;
        }

        /**
         * Sets the provider.
         *
         * @param name its instance name, or null
         * @param messageId its id of the message, or null
         * @return this builder
         */
        public Builder provider(@Nullable String name, @Nullable String messageId) {
            this.provider = name;
            this.providerMessageId = messageId;
            return this;
        }

        /**
         * Sets the refusal.
         *
         * @param why the reason, or null
         * @param how the proof, or null
         * @param code the provider's code, or null
         * @return this builder
         */
        public Builder refusal(@Nullable Reason why, @Nullable Proof how, @Nullable String code) {
            this.reason = why;
            this.proof = how;
            this.providerCode = code;
            return this;
        }

        /**
         * Sets the explanation.
         *
         * @param value a sentence, or null
         * @return this builder
         */
        public Builder explanation(@Nullable String value) {
            this.explanation = value;
            return this;
        }

        /**
         * Sets the attempts.
         *
         * @param values the attempts, in order
         * @return this builder
         */
        public Builder attempts(List<Attempt> values) {
            this.attempts = List.copyOf(values);
            return this;
        }

        /**
         * Sets the number of segments.
         *
         * @param value 0 or more, or -1 for not counted
         * @return this builder
         */
        public Builder segments(int value) {
            this.segments = value;
            return this;
        }

        /**
         * Sets the costs.
         *
         * @param estimate what we expected, or null
         * @param bill what the provider says, or null
         * @return this builder
         */
        public Builder cost(@Nullable Money estimate, @Nullable Money bill) {
            this.estimated = estimate;
            this.billed = bill;
            return this;
        }

        /**
         * Sets the fold of the reports.
         *
         * @param value the fold
         * @return this builder
         */
        public Builder reports(StatusFold value) {
            this.reports = value;
            return this;
        }

        /**
         * Sets when the row last changed.
         *
         * @param value the instant
         * @return this builder
         */
        public Builder updatedAt(Instant value) {
            this.updatedAt = value;
            return this;
        }

        /**
         * Builds the row.
         *
         * @return the row
         * @throws NullPointerException if the recipient isn't set
         */
        public MessageRecord build() {
            return new MessageRecord(this);
        }
    }
}
