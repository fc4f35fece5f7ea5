package io.textonce.store;

import io.textonce.Attempt;
import io.textonce.Category;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.Label;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Quote;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.TenantId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing message as a store keeps it: what was sent, what each submit proved, and what the reports say since.
 *
 * <p>Guaranteed: the two transitions, {@link #completed} and {@link #reported}, are pure and may come in any order, and any
 * number of times, with the same end. A report is the stronger evidence: once there is one the message exists, whatever
 * the send made of it. {@link #toString()} shows neither text nor number. Not guaranteed: which {@link #provider()} and
 * {@link #providerMessageId()} stand when reports disagree about them; what an accepted send said always wins.
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
    private final @Nullable Outcome outcome;
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
    private final int providerSegments;
    private final @Nullable Money estimated;
    private final @Nullable Money billed;
    private final StatusFold reports;
    private final Instant createdAt;
    private final Instant updatedAt;

    private MessageRecord(Builder b) {
        this.id = b.id;
        this.tenant = b.tenant;
        this.state = b.state;
        this.outcome = b.outcome;
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
        this.providerSegments = b.providerSegments;
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
     * The row with another provider being asked, of which nothing is known yet.
     *
     * @param name its instance name
     * @param now the present
     * @return the new row
     */
    public MessageRecord asking(String name, Instant now) {
        return toBuilder().provider(name, null).updatedAt(later(now)).build();
    }

    /** Prices in one currency by amount; of several currencies always the same one. */
    private static final Comparator<Money> DEAREST = Comparator.comparing(
                    (Money price) -> price.currency().getCurrencyCode())
            .thenComparing(Money::amount);

    /**
     * The row after the send's outcome is known. A report that came first has already proved that the message exists, so
     * no outcome undoes it. Completing again with the same outcome changes nothing; an unknown outcome may still be
     * settled, and an accepted one stands for good.
     *
     * @param result the outcome
     * @param now the present
     * @return the new row, or this one if it knows better already
     */
    public MessageRecord completed(SendResult result, Instant now) {
        if (outcome != null && strength(outcome) >= strength(result.outcome())) {
            return this;
        }
        Builder next = toBuilder();
        boolean proven = reports.status().isPresent();
        next.outcome = result.outcome();
        next.state = proven ? MessageState.ACCEPTED : MessageState.of(result);
        next.updatedAt = later(now);
        next.attempts = result.attempts().isEmpty() ? attempts : result.attempts();
        Quote quote = result.quote().orElse(null);
        if (quote != null) {
            next.segments = segments < 0 ? quote.segments() : segments;
            next.estimated = quote.cost().orElse(estimated);
        }
        // Not by fold: what its functions capture would be made anew for each message.
        if (result instanceof SendResult.Accepted accepted) {
            next.carriedBy(accepted.provider());
            next.providerMessageId = accepted.providerMessageId().orElse(next.providerMessageId);
            next.providerSegments =
                    Math.max(providerSegments, accepted.segments().orElse(-1));
            next.billed = dearer(billed, accepted.price().orElse(null));
            next.reason = null;
            next.proof = null;
            next.providerCode = null;
            next.explanation = null;
        } else if (result instanceof SendResult.Rejected rejected) {
            if (!proven) {
                next.carriedBy(rejected.provider().orElse(null));
            }
            next.reason = rejected.reason();
            next.proof = rejected.proof();
            next.providerCode = rejected.providerCode().orElse(null);
            next.explanation = rejected.explanation();
        } else if (result instanceof SendResult.Unknown unknown) {
            if (!proven) {
                next.carriedBy(unknown.provider());
            }
            if (unknown.provider().equals(next.provider) && next.providerMessageId == null) {
                next.providerMessageId = unknown.providerMessageId().orElse(null);
            }
            next.explanation = unknown.explanation();
        }
        return next.build();
    }

    private static int strength(Outcome outcome) {
        return outcome == Outcome.ACCEPTED ? 2 : outcome == Outcome.REJECTED ? 1 : 0;
    }

    /**
     * The row after a report. A report proves that the message exists, so the state becomes ACCEPTED, also from REJECTED:
     * the refusal stays readable, as what the send was told. Of several prices the highest stands.
     *
     * @param report a verified report that was matched to this message
     * @return the new row
     */
    public MessageRecord reported(DeliveryReport report) {
        Builder next = toBuilder();
        next.updatedAt = later(report.receivedAt());
        next.reports = reports.with(report);
        if (outcome != Outcome.ACCEPTED && reports.status().isEmpty()) {
            next.carriedBy(report.provider());
        }
        next.state = MessageState.ACCEPTED;
        if (next.providerMessageId == null && report.provider().equals(next.provider)) {
            next.providerMessageId = report.providerMessageId().orElse(null);
        }
        next.providerSegments = Math.max(providerSegments, report.segments().orElse(-1));
        next.billed = dearer(billed, report.price().orElse(null));
        return next.build();
    }

    private static @Nullable Money dearer(@Nullable Money a, @Nullable Money b) {
        return a == null ? b : b == null || DEAREST.compare(a, b) >= 0 ? a : b;
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
     * What the send itself found out; {@link #state()} also counts what came to light since.
     *
     * @return the outcome, or empty while the send runs, and for good if its process died
     */
    public Optional<Outcome> outcome() {
        return Optional.ofNullable(outcome);
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
     * Why the send was refused. It stays readable when a report proved the refusal wrong.
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
        int best = providerSegments < 0 ? segments : providerSegments;
        return best < 0 ? OptionalInt.empty() : OptionalInt.of(best);
    }

    /**
     * How many segments the provider counted; of several counts the highest.
     *
     * @return segments, or empty if it didn't say
     */
    public OptionalInt providerSegments() {
        return providerSegments < 0 ? OptionalInt.empty() : OptionalInt.of(providerSegments);
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
     * State and status in one word, for people.
     *
     * @return the word
     */
    public Standing standing() {
        return Standing.of(state, status().orElse(null));
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
        b.outcome = outcome;
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
        b.providerSegments = providerSegments;
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
        private @Nullable Outcome outcome;
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
        private int providerSegments = -1;
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

        /** An id belongs to the provider that gave it. */
        private void carriedBy(@Nullable String name) {
            if (!Objects.equals(provider, name)) {
                provider = name;
                providerMessageId = null;
            }
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
         * Sets what the send itself found out.
         *
         * @param value the outcome, or null
         * @return this builder
         */
        public Builder outcome(@Nullable Outcome value) {
            this.outcome = value;
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
         * Sets our count of segments.
         *
         * @param value 0 or more, or -1 for not counted
         * @return this builder
         */
        public Builder segments(int value) {
            this.segments = value;
            return this;
        }

        /**
         * Sets the provider's count of segments.
         *
         * @param value 0 or more, or -1 for not told
         * @return this builder
         */
        public Builder providerSegments(int value) {
            this.providerSegments = value;
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
