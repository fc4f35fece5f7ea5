package io.textonce.store;

import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.SmsMessage;
import io.textonce.store.OutboxRepository.Again;
import io.textonce.store.OutboxRepository.Completion;
import io.textonce.store.OutboxRepository.Finished;
import io.textonce.store.OutboxRepository.LookLater;
import io.textonce.store.OutboxRepository.RowKey;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message in the outbox: its {@link MessageRecord}, which is the same row, and what it takes to send it later.
 *
 * <p>Guaranteed: the transitions are pure, so that every store makes the same of them. {@link #toString()} shows neither
 * text nor number. Experimental, as {@link OutboxRepository} is.
 *
 * <pre>{@code
 * OutboxRow row = OutboxRow.builder(record, message, due).build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class OutboxRow {

    /** A time that never comes: what is due then waits for evidence or for people. */
    public static final Instant NEVER = Instant.parse("9999-12-31T00:00:00Z");

    /** What explains a row that was cancelled and is in doubt all the same. */
    public static final String CANCELLED_IN_DOUBT =
            "it was cancelled before it was sent again; what became of an earlier try is not known";

    private final MessageRecord message;
    private final SmsMessage content;
    private final Instant due;
    private final @Nullable Instant turn;
    private final int attempt;
    private final int tries;
    private final boolean resent;
    private final @Nullable String owner;
    private final @Nullable Instant leaseUntil;
    private final @Nullable Instant begunAt;
    private final @Nullable String group;
    private final @Nullable MessageState stopped;

    private OutboxRow(Builder b) {
        this.message = b.message;
        this.content = b.content;
        this.due = b.due;
        this.turn = b.turn;
        this.attempt = b.attempt;
        this.tries = b.tries;
        this.resent = b.resent;
        this.owner = b.owner;
        this.leaseUntil = b.leaseUntil;
        this.begunAt = b.begunAt;
        this.group = b.group;
        this.stopped = b.stopped;
    }

    /**
     * Starts a row.
     *
     * @param message the record, in any state
     * @param content what is sent: recipient and text as in the record, the text being rendered
     * @param due when to send
     * @return a builder of a row that was never claimed
     */
    public static Builder builder(MessageRecord message, SmsMessage content, Instant due) {
        return new Builder(message, content, due);
    }

    /**
     * The record: identity, state, outcome, reports.
     *
     * @return the record
     */
    public MessageRecord message() {
        return message;
    }

    /**
     * What to send: recipient in E.164, rendered text, and the options that the record doesn't keep (media, extras,
     * whether the sender is required, notAfter, idempotency key, time zone). Personal data.
     *
     * @return the message to send
     */
    public SmsMessage content() {
        return content;
    }

    /**
     * Tenant and id.
     *
     * @return the row's key
     */
    public RowKey key() {
        return new RowKey(message.tenant(), message.id());
    }

    /**
     * Our id.
     *
     * @return the id
     */
    public MessageId id() {
        return message.id();
    }

    /**
     * Where it stands.
     *
     * @return the record's state
     */
    public MessageState state() {
        return message.state();
    }

    /**
     * When something is to be done: sending if it is pending, a lookup if it is unknown.
     *
     * @return the instant; {@link #NEVER} for an unknown row that no lookup can settle
     */
    public Instant due() {
        return due;
    }

    /**
     * Its place among the messages to its recipient that are sent one after the other.
     *
     * @return the place, or empty if it needn't wait for others
     */
    public Optional<Instant> turn() {
        return Optional.ofNullable(turn);
    }

    /**
     * How often it was claimed. With the owner it tells the present holder from all earlier ones.
     *
     * @return 0 or more
     */
    public int attempt() {
        return attempt;
    }

    /**
     * How many tries in a row were in vain and count: failed sends of a pending row, fruitless lookups of an unknown one.
     *
     * @return 0 or more
     */
    public int tries() {
        return tries;
    }

    /**
     * Whether it was sent again without proof, as the host allowed for once.
     *
     * @return true if so
     */
    public boolean resent() {
        return resent;
    }

    /**
     * Who claimed it last and hasn't given it back. Kept when it is in doubt, for the late true result.
     *
     * @return the owner, or empty
     */
    public Optional<String> owner() {
        return Optional.ofNullable(owner);
    }

    /**
     * Until when it is the owner's, by the store's clock.
     *
     * @return the instant, or empty
     */
    public Optional<Instant> leaseUntil() {
        return Optional.ofNullable(leaseUntil);
    }

    /**
     * When the last sending began, by the store's clock.
     *
     * @return the instant, or empty
     */
    public Optional<Instant> begunAt() {
        return Optional.ofNullable(begunAt);
    }

    /**
     * What it is held, released and cancelled together with.
     *
     * @return the group's name, or empty
     */
    public Optional<String> group() {
        return Optional.ofNullable(group);
    }

    /**
     * Where it goes instead of waiting for another try, because its group was held or cancelled.
     *
     * @return HELD, CANCELLED, or empty
     */
    public Optional<MessageState> stopped() {
        return Optional.ofNullable(stopped);
    }

    /**
     * The row with another record, for stores that keep the two apart.
     *
     * @param record the record
     * @return a changed copy
     */
    public OutboxRow with(MessageRecord record) {
        return record == message ? this : toBuilder().message(record).build();
    }

    private Builder to(MessageState state, Instant now) {
        return toBuilder().message(at(state, now).build());
    }

    private MessageRecord.Builder at(MessageState state, Instant now) {
        return message.toBuilder().state(state).updatedAt(later(now));
    }

    private Instant later(Instant now) {
        return now.isAfter(message.updatedAt()) ? now : message.updatedAt();
    }

    /**
     * PENDING to CLAIMED.
     *
     * @param by who claims it
     * @param until the end of the lease
     * @param now the present, by the store's clock
     * @return the new row
     */
    public OutboxRow claimed(String by, Instant until, Instant now) {
        return to(MessageState.CLAIMED, now)
                .attempt(attempt + 1)
                .lease(by, until)
                .build();
    }

    /**
     * CLAIMED to SENDING.
     *
     * @param provider who is asked first, or null if nobody will be
     * @param until the end of the lease
     * @param now the present, by the store's clock
     * @return the new row
     */
    public OutboxRow begun(@Nullable String provider, Instant until, Instant now) {
        return toBuilder()
                .message(at(MessageState.SENDING, now).provider(provider, null).build())
                .lease(owner, until)
                .begunAt(now)
                .build();
    }

    /**
     * SENDING, with another provider being asked.
     *
     * @param provider who is asked now
     * @param now the present, by the store's clock
     * @return the new row
     */
    public OutboxRow asking(String provider, Instant now) {
        return toBuilder()
                .message(at(MessageState.SENDING, now).provider(provider, null).build())
                .build();
    }

    /**
     * CLAIMED or HELD to PENDING, as if nobody had touched it.
     *
     * @param now the present, by the store's clock
     * @return the new row
     */
    public OutboxRow released(Instant now) {
        return to(MessageState.PENDING, now).lease(null, null).stopped(null).build();
    }

    /**
     * PENDING or CLAIMED to HELD. One that is held with its group is held by itself from now on.
     *
     * @param now the present, by the store's clock
     * @return the new row
     */
    public OutboxRow held(Instant now) {
        return to(MessageState.HELD, now).lease(null, null).stopped(null).build();
    }

    /**
     * PENDING, CLAIMED or HELD to CANCELLED; to UNKNOWN, for people to settle, if it was sent again without proof: nothing
     * is sent any more, but its first try may have arrived.
     *
     * @param now the present, by the store's clock
     * @return the new row
     */
    public OutboxRow cancelled(Instant now) {
        return resent
                ? toBuilder()
                        .message(at(MessageState.UNKNOWN, now)
                                .explanation(CANCELLED_IN_DOUBT)
                                .build())
                        .due(NEVER)
                        .lease(null, null)
                        .build()
                : to(MessageState.CANCELLED, now).lease(null, null).build();
    }

    /**
     * As its group is held or cancelled: what isn't being sent is so at once, and what is being sent or in doubt becomes so
     * instead of waiting for another try. What was held by itself stays that. A doubt is never cancelled away, as
     * {@link #cancelled} says.
     *
     * @param to HELD or CANCELLED
     * @param now the present, by the store's clock
     * @return the new row; this one if it is settled or stopped like that already
     */
    public OutboxRow stopped(MessageState to, Instant now) {
        MessageState state = state();
        boolean holds = to == MessageState.HELD;
        if (state.isSettled() || (holds && (stopped != null || state == MessageState.HELD))) {
            return this;
        }
        OutboxRow next = state == MessageState.SENDING || state == MessageState.UNKNOWN
                ? this
                : holds ? held(now) : cancelled(now);
        return next.toBuilder().stopped(to).build();
    }

    /**
     * As its group is released: undoes what {@link #stopped(MessageState, Instant)} did to hold it.
     *
     * @param now the present, by the store's clock
     * @return the new row; this one if its group wasn't held
     */
    public OutboxRow resumed(Instant now) {
        if (stopped != MessageState.HELD) {
            return this;
        }
        return state() == MessageState.HELD
                ? released(now)
                : toBuilder().stopped(null).build();
    }

    /**
     * SENDING to UNKNOWN, because the lease ran out: what the owner did isn't known.
     *
     * @param lookup when to ask the provider
     * @param now the present, by the store's clock
     * @return the new row; owner and attempt stay, for the late true result
     */
    public OutboxRow doubted(Instant lookup, Instant now) {
        return toBuilder()
                .message(at(MessageState.UNKNOWN, now)
                        .explanation("its worker died, hung or lost the store while sending")
                        .build())
                .due(lookup)
                .tries(0)
                .build();
    }

    /**
     * Whether a completion is about this row as it stands: same owner, same attempt, and a state that its step can follow.
     * Evidence about the attempt is welcome as long as nobody claimed the row since; another try isn't, once it is settled.
     *
     * @param completion what somebody found out
     * @return true if {@link #completed} may be applied
     */
    public boolean admits(Completion completion) {
        if (attempt != completion.attempt() || !completion.owner().equals(owner)) {
            return false;
        }
        MessageState state = state();
        if (completion.step() instanceof Finished) {
            return state == MessageState.SENDING
                    || state == MessageState.UNKNOWN
                    || state == MessageState.ACCEPTED
                    || state == MessageState.REJECTED
                    || state == MessageState.EXPIRED;
        }
        return state == MessageState.UNKNOWN || (state == MessageState.SENDING && completion.step() instanceof Again);
    }

    /**
     * The row after a completion that it {@link #admits}. What its host would have sent again without proof stays in doubt if
     * it is stopped.
     *
     * @param completion what somebody found out
     * @param now the present, by the store's clock
     * @return the new row
     */
    public OutboxRow completed(Completion completion, Instant now) {
        if (completion.step() instanceof Finished finished) {
            boolean doubt = finished.result().outcome() == Outcome.UNKNOWN;
            Builder next = toBuilder().message(message.completed(finished.result(), now));
            return doubt && state() == MessageState.SENDING
                    ? next.due(finished.lookup()).tries(0).build()
                    : next.build();
        }
        if (completion.step() instanceof LookLater later) {
            return toBuilder().due(later.lookup()).tries(later.tries()).build();
        }
        Again again = (Again) completion.step();
        if (again.withoutProof() && stopped != null) {
            return toBuilder()
                    .message(at(MessageState.UNKNOWN, now).build())
                    .due(again.due())
                    .build();
        }
        if (stopped == MessageState.CANCELLED && resent) {
            return cancelled(now);
        }
        MessageRecord.Builder record =
                at(stopped == null ? MessageState.PENDING : stopped, now).outcome(null);
        again.why()
                .ifPresent(why -> record.refusal(
                                why.reason(), why.proof(), why.providerCode().orElse(null))
                        .explanation(why.explanation())
                        .provider(why.provider().orElse(null), null)
                        .attempts(why.attempts().isEmpty() ? message.attempts() : why.attempts()));
        return toBuilder()
                .message(record.build())
                .due(again.due())
                .tries(again.tries())
                .resent(resent || again.withoutProof())
                .lease(null, null)
                .build();
    }

    /**
     * A builder that starts from this row, for stores that read rows back.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        return new Builder(message, content, due)
                .turn(turn)
                .attempt(attempt)
                .tries(tries)
                .resent(resent)
                .lease(owner, leaseUntil)
                .begunAt(begunAt)
                .group(group)
                .stopped(stopped);
    }

    @Override
    public String toString() {
        return "OutboxRow[" + message.id() + " " + state() + " due " + due + " attempt " + attempt + "]";
    }

    /**
     * Collects a row's columns.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private MessageRecord message;
        private final SmsMessage content;
        private Instant due;
        private @Nullable Instant turn;
        private int attempt;
        private int tries;
        private boolean resent;
        private @Nullable String owner;
        private @Nullable Instant leaseUntil;
        private @Nullable Instant begunAt;
        private @Nullable String group;
        private @Nullable MessageState stopped;

        private Builder(MessageRecord message, SmsMessage content, Instant due) {
            this.message = Objects.requireNonNull(message, "message");
            this.content = Objects.requireNonNull(content, "content");
            this.due = Objects.requireNonNull(due, "due");
        }

        /**
         * Sets the record.
         *
         * @param value the record
         * @return this builder
         */
        public Builder message(MessageRecord value) {
            this.message = Objects.requireNonNull(value, "message");
            return this;
        }

        /**
         * Sets when something is to be done.
         *
         * @param value the instant
         * @return this builder
         */
        public Builder due(Instant value) {
            this.due = Objects.requireNonNull(value, "due");
            return this;
        }

        /**
         * Sets the place among the messages to the recipient.
         *
         * @param value the place, or null for none
         * @return this builder
         */
        public Builder turn(@Nullable Instant value) {
            this.turn = value;
            return this;
        }

        /**
         * Sets how often it was claimed.
         *
         * @param value 0 or more
         * @return this builder
         */
        public Builder attempt(int value) {
            this.attempt = value;
            return this;
        }

        /**
         * Sets how many tries were in vain.
         *
         * @param value 0 or more
         * @return this builder
         */
        public Builder tries(int value) {
            this.tries = value;
            return this;
        }

        /**
         * Sets whether it was sent again without proof.
         *
         * @param value true if so
         * @return this builder
         */
        public Builder resent(boolean value) {
            this.resent = value;
            return this;
        }

        /**
         * Sets who has it, and until when.
         *
         * @param by the owner, or null
         * @param until the end of the lease by the store's clock, or null
         * @return this builder
         */
        public Builder lease(@Nullable String by, @Nullable Instant until) {
            this.owner = by;
            this.leaseUntil = until;
            return this;
        }

        /**
         * Sets when the last sending began.
         *
         * @param value the instant by the store's clock, or null
         * @return this builder
         */
        public Builder begunAt(@Nullable Instant value) {
            this.begunAt = value;
            return this;
        }

        /**
         * Sets what it is held, released and cancelled together with.
         *
         * @param value 1 to 64 characters, or null for none
         * @return this builder
         */
        public Builder group(@Nullable String value) {
            this.group = value;
            return this;
        }

        /**
         * Sets where it goes instead of waiting for another try.
         *
         * @param value HELD, CANCELLED, or null
         * @return this builder
         */
        public Builder stopped(@Nullable MessageState value) {
            this.stopped = value;
            return this;
        }

        /**
         * Builds the row.
         *
         * @return the row
         */
        public OutboxRow build() {
            return new OutboxRow(this);
        }
    }
}
