package io.textonce.engagement.conversation;

import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Label;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.Standing;
import io.textonce.store.StatusFold;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was said or done with somebody: an outgoing message with what became of it, an inbound one, or something of
 * the host's own, such as a call or a note.
 *
 * <p>Guaranteed: {@link #merged} is commutative, associative and idempotent for entries of messages, so that what is known
 * about a message may come in any order and any number of times. {@link #toString()} shows neither text nor number. Not
 * guaranteed: the bytes of media in entries that were read back from a database; see {@link Media#source()}.
 *
 * <pre>{@code
 * TimelineEntry call = TimelineEntry.foreign("call", "call-17", startedAt).address(SenderId.of(number)).text("2 min").build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class TimelineEntry {

    /** Which way it went. Switch on it with a default: the set may grow. */
    public enum Direction {
        /** From them to us. */
        INBOUND,
        /** From us to them. */
        OUTBOUND,
        /** Neither, such as a note. */
        NONE
    }

    /** The {@link #kind()} of messages. */
    public static final String SMS = "sms";

    private final String key;
    private final String kind;
    private final Direction direction;
    private final Instant at;
    /** Null: the host didn't say. */
    private final @Nullable Instant updatedAt;

    private final @Nullable SenderId address;
    private final @Nullable SenderId ours;
    private final @Nullable String provider;
    private final @Nullable MessageId messageId;
    private final @Nullable String reference;
    private final String text;
    private final List<Media> media;
    private final List<Label> labels;
    private final @Nullable MessageState state;
    private final StatusFold reports;
    private final @Nullable Reason reason;
    private final @Nullable String explanation;
    private final long conversation;
    private final long seq;
    private final long rev;

    private TimelineEntry(Builder b) {
        this.key = b.key;
        this.kind = b.kind;
        this.direction = b.direction;
        this.at = b.at;
        this.updatedAt = b.updatedAt;
        this.address = b.address;
        this.ours = b.ours;
        this.provider = b.provider;
        this.messageId = b.messageId;
        this.reference = b.reference;
        this.text = b.text;
        this.media = b.media;
        this.labels = b.labels;
        this.state = b.state;
        this.reports = b.reports;
        this.reason = b.reason;
        this.explanation = b.explanation;
        this.conversation = b.conversation;
        this.seq = b.seq;
        this.rev = b.rev;
    }

    /**
     * The entry of an outgoing message as it stands.
     *
     * @param row the message
     * @return an entry that no conversation has yet
     */
    public static TimelineEntry of(MessageRecord row) {
        Builder b = new Builder("message:" + row.id(), SMS, row.createdAt()).direction(Direction.OUTBOUND);
        b.updatedAt(row.updatedAt());
        b.address = SenderId.of(row.to());
        b.ours = row.from().orElse(null);
        b.provider = row.provider().orElse(null);
        b.messageId = row.id();
        b.reference = row.reference().orElse(null);
        b.text = row.text();
        b.labels = row.labels();
        b.state = row.state();
        b.reports = row.reports();
        b.reason = row.reason().orElse(null);
        b.explanation = row.explanation().orElse(null);
        return b.build();
    }

    /**
     * The entry of an inbound message.
     *
     * @param message the message
     * @return an entry that no conversation has yet
     */
    public static TimelineEntry of(InboundMessage message) {
        Builder b = new Builder("event:" + message.provider() + ":" + message.id(), SMS, message.receivedAt())
                .direction(Direction.INBOUND);
        b.address = message.from();
        b.ours = message.to();
        b.provider = message.provider();
        b.text = message.text();
        b.media = message.media();
        return b.build();
    }

    /**
     * Starts an entry of the host's own, such as a call. A second one of the same kind and id replaces the first, unless both
     * say when they were known, by {@link Builder#updatedAt}: then the later one stands.
     *
     * @param kind the host's word, 1 to 32 characters of {@code a-z 0-9 -}, and not {@code sms}
     * @param id the host's name for it, 1 to 200 characters, unique for the kind, and for the owner if conversations have one
     * @param at where it stands in the timeline
     * @return a builder
     * @throws IllegalArgumentException if kind or id is out of range
     */
    public static Builder foreign(String kind, String id, Instant at) {
        if (!kind.matches("[a-z0-9-]{1,32}") || kind.equals(SMS)) {
            throw new IllegalArgumentException(
                    "kind: must be 1 to 32 characters of a-z, 0-9 and hyphen, such as call, and not sms");
        }
        if (id.isEmpty() || id.length() > 200) {
            throw new IllegalArgumentException("id: has " + id.length() + " characters; must have 1 to 200");
        }
        Builder b = new Builder("host:" + kind + ":" + id, kind, at);
        b.updatedAt = null;
        return b;
    }

    /**
     * Starts an entry from its parts, for stores that read them back.
     *
     * @param key the {@link #key()}
     * @param kind the {@link #kind()}
     * @param at the {@link #at()}
     * @return a builder
     */
    public static Builder builder(String key, String kind, Instant at) {
        return new Builder(key, kind, at);
    }

    /**
     * What both know together: of an outgoing message all reports and the outcome that proves more; of an entry of the
     * host's own the later one, which is the other if that doesn't say when it was known. Key, place and time stay.
     *
     * @param other an entry with the same key
     * @return this entry if the other adds nothing
     * @throws IllegalArgumentException if the keys differ
     */
    public TimelineEntry merged(TimelineEntry other) {
        if (!key.equals(other.key)) {
            throw new IllegalArgumentException("entry: " + this + " and " + other + " are two different ones");
        }
        TimelineEntry ahead = other.isAhead(this) ? other : this;
        StatusFold all = reports.encoded().isEmpty()
                ? other.reports
                : other.reports.encoded().isEmpty()
                        ? reports
                        : StatusFold.decode(reports.encoded() + "," + other.reports.encoded());
        if (all.equals(reports) && (ahead == this || ahead.repeats(this))) {
            return this;
        }
        Builder b = ahead.toBuilder();
        b.at = at;
        b.updatedAt = ahead.updatedAt == null ? updatedAt : ahead.updatedAt;
        b.reports = all;
        b.conversation = conversation;
        b.seq = seq;
        b.rev = rev;
        return b.build();
    }

    private boolean isAhead(TimelineEntry other) {
        int more = Integer.compare(certainty(state), certainty(other.state));
        return more > 0 || (more == 0 && (updatedAt == null || updatedAt.isAfter(other.updatedAt())));
    }

    /** Whether it is one that doesn't say when it was known, and says nothing that the other doesn't. */
    private boolean repeats(TimelineEntry other) {
        return updatedAt == null
                && direction == other.direction
                && text.equals(other.text)
                && Objects.equals(address, other.address)
                && Objects.equals(ours, other.ours)
                && Objects.equals(provider, other.provider)
                && labels.equals(other.labels)
                && media.equals(other.media)
                && state == other.state
                && reason == other.reason
                && Objects.equals(explanation, other.explanation);
    }

    /** A message that exists is the strongest finding, one of which nothing is known the weakest. */
    private static int certainty(@Nullable MessageState state) {
        if (state == null) {
            return 0;
        }
        return switch (state) {
            case ACCEPTED -> 3;
            case REJECTED, CANCELLED, EXPIRED -> 2;
            case UNKNOWN -> 1;
            default -> 0;
        };
    }

    /**
     * The same entry with the place that the store gave it.
     *
     * @param newConversation the {@link #conversation()}
     * @param newSeq the {@link #seq()}
     * @param newRev the {@link #rev()}
     * @return a copy
     */
    public TimelineEntry placed(long newConversation, long newSeq, long newRev) {
        Builder b = toBuilder();
        b.conversation = newConversation;
        b.seq = newSeq;
        b.rev = newRev;
        return b.build();
    }

    /**
     * The same entry under another key, for stores that shorten or hash keys.
     *
     * @param newKey the {@link #key()}
     * @return a copy
     */
    public TimelineEntry keyed(String newKey) {
        Builder b = toBuilder();
        b.key = Objects.requireNonNull(newKey, "key");
        return b.build();
    }

    /**
     * What it is an entry of, by which repeats are recognised. It may hold personal data if the host's own ids do.
     *
     * @return a text, unique for the tenant
     */
    public String key() {
        return key;
    }

    /**
     * What sort of thing it is.
     *
     * @return {@link #SMS}, or the host's word
     */
    public String kind() {
        return kind;
    }

    /**
     * Which way it went.
     *
     * @return the direction
     */
    public Direction direction() {
        return direction;
    }

    /**
     * Where it stands in the timeline: when we wrote an outgoing message or received an inbound one, or what the host said.
     *
     * @return the instant, in whole microseconds
     */
    public Instant at() {
        return at;
    }

    /**
     * When what it says about the outcome was known.
     *
     * @return the instant, in whole microseconds
     */
    public Instant updatedAt() {
        return updatedAt == null ? at : updatedAt;
    }

    /**
     * The number, or the name, at the other end. Personal data.
     *
     * @return the address; empty for what concerns a contact and none of their numbers
     */
    public Optional<SenderId> address() {
        return Optional.ofNullable(address);
    }

    /**
     * The number at the other end. Personal data.
     *
     * @return the number, or empty if there is none or it isn't a number
     */
    public Optional<PhoneNumber> number() {
        return address != null && address.kind() == SenderId.Kind.NUMBER
                ? Optional.of(PhoneNumber.of(address.value()))
                : Optional.empty();
    }

    /**
     * Our own number or name.
     *
     * @return the sender ID; empty if the provider chose it
     */
    public Optional<SenderId> ours() {
        return Optional.ofNullable(ours);
    }

    /**
     * Which provider carried it.
     *
     * @return the instance name, or empty
     */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /**
     * Our id of an outgoing message.
     *
     * @return the id, or empty
     */
    public Optional<MessageId> messageId() {
        return Optional.ofNullable(messageId);
    }

    /**
     * The host's own name for an outgoing message.
     *
     * @return the reference, or empty
     */
    public Optional<String> reference() {
        return Optional.ofNullable(reference);
    }

    /**
     * What was said. Personal data.
     *
     * @return the text, possibly empty
     */
    public String text() {
        return text;
    }

    /**
     * What came with an inbound message.
     *
     * @return the media; read back from a database, only their descriptions
     */
    public List<Media> media() {
        return media;
    }

    /**
     * The labels of an outgoing message.
     *
     * @return at most 8
     */
    public List<Label> labels() {
        return labels;
    }

    /**
     * Where an outgoing message stands.
     *
     * @return the state; empty for anything else
     */
    public Optional<MessageState> state() {
        return Optional.ofNullable(state);
    }

    /**
     * All reports on an outgoing message.
     *
     * @return the fold, possibly empty
     */
    public StatusFold reports() {
        return reports;
    }

    /**
     * How far an outgoing message has come.
     *
     * @return the folded status, or empty before the first report
     */
    public Optional<DeliveryStatus> status() {
        return reports.status();
    }

    /**
     * What became of an outgoing message, in one word for people.
     *
     * @return state and status together; empty for anything else
     */
    public Optional<Standing> standing() {
        return state().map(known -> Standing.of(known, status().orElse(null)));
    }

    /**
     * Why an outgoing message was refused.
     *
     * @return the reason, or empty
     */
    public Optional<Reason> reason() {
        return Optional.ofNullable(reason);
    }

    /**
     * What happened to it, for people.
     *
     * @return a sentence, or empty
     */
    public Optional<String> explanation() {
        return Optional.ofNullable(explanation);
    }

    /**
     * Whose timeline it stands in.
     *
     * @return the conversation's id, 0 before it has one
     */
    public long conversation() {
        return conversation;
    }

    /**
     * Its number among the tenant's entries, in the order in which they became known. It never changes.
     *
     * @return 1 or more, 0 before a store has it
     */
    public long seq() {
        return seq;
    }

    /**
     * When it last changed, in the order of the tenant's changes.
     *
     * @return {@link #seq()} or more
     */
    public long rev() {
        return rev;
    }

    /**
     * Its place in the timeline as a text, for {@link EntryQuery#before}.
     *
     * @return such as {@code 1763721000000000-17}
     */
    public String position() {
        return Position.of(at, seq);
    }

    /**
     * A builder that starts from this entry.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        Builder b = new Builder(key, kind, at);
        b.direction = direction;
        b.updatedAt = updatedAt;
        b.address = address;
        b.ours = ours;
        b.provider = provider;
        b.messageId = messageId;
        b.reference = reference;
        b.text = text;
        b.media = media;
        b.labels = labels;
        b.state = state;
        b.reports = reports;
        b.reason = reason;
        b.explanation = explanation;
        b.conversation = conversation;
        b.seq = seq;
        b.rev = rev;
        return b;
    }

    @Override
    public String toString() {
        return "TimelineEntry[" + seq + " " + kind + " " + direction
                + (state == null ? "" : " " + state)
                + status().map(s -> " " + s).orElse("") + "]";
    }

    /**
     * Collects an entry's parts.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private String key;
        private final String kind;
        private Instant at;
        private @Nullable Instant updatedAt;
        private Direction direction = Direction.NONE;
        private @Nullable SenderId address;
        private @Nullable SenderId ours;
        private @Nullable String provider;
        private @Nullable MessageId messageId;
        private @Nullable String reference;
        private String text = "";
        private List<Media> media = List.of();
        private List<Label> labels = List.of();
        private @Nullable MessageState state;
        private StatusFold reports = StatusFold.EMPTY;
        private @Nullable Reason reason;
        private @Nullable String explanation;
        private long conversation;
        private long seq;
        private long rev;

        private Builder(String key, String kind, Instant at) {
            this.key = Objects.requireNonNull(key, "key");
            this.kind = Objects.requireNonNull(kind, "kind");
            this.at = at.truncatedTo(ChronoUnit.MICROS);
            this.updatedAt = this.at;
        }

        /**
         * Sets which way it went. Default: neither.
         *
         * @param value the direction
         * @return this builder
         */
        public Builder direction(Direction value) {
            this.direction = Objects.requireNonNull(value, "direction");
            return this;
        }

        /**
         * Sets who was at the other end.
         *
         * @param value a number or a name, or null
         * @return this builder
         */
        public Builder address(@Nullable SenderId value) {
            this.address = value;
            return this;
        }

        /**
         * Sets our own number or name.
         *
         * @param value the sender ID, or null
         * @return this builder
         */
        public Builder ours(@Nullable SenderId value) {
            this.ours = value;
            return this;
        }

        /**
         * Sets the provider.
         *
         * @param value the instance name, or null
         * @return this builder
         */
        public Builder provider(@Nullable String value) {
            this.provider = value;
            return this;
        }

        /**
         * Sets what was said.
         *
         * @param value the text, possibly empty
         * @return this builder
         */
        public Builder text(String value) {
            this.text = Objects.requireNonNull(value, "text");
            return this;
        }

        /**
         * Sets what came with it.
         *
         * @param items the media
         * @return this builder
         */
        public Builder media(List<Media> items) {
            this.media = List.copyOf(items);
            return this;
        }

        /**
         * Sets the labels.
         *
         * @param items the labels
         * @return this builder
         */
        public Builder labels(List<Label> items) {
            this.labels = List.copyOf(items);
            return this;
        }

        /**
         * Sets when it was known. Of two entries of the host's own with the same id that both say so the later one stands;
         * one that doesn't replaces what is there. Default: its place in the timeline.
         *
         * @param value the instant
         * @return this builder
         */
        public Builder updatedAt(Instant value) {
            this.updatedAt = value.truncatedTo(ChronoUnit.MICROS);
            return this;
        }

        /**
         * Sets which outgoing message it is an entry of.
         *
         * @param id our id, or null
         * @param value the host's reference, or null
         * @return this builder
         */
        public Builder message(@Nullable MessageId id, @Nullable String value) {
            this.messageId = id;
            this.reference = value;
            return this;
        }

        /**
         * Sets what became of an outgoing message.
         *
         * @param now where it stands, or null
         * @param all the reports so far
         * @return this builder
         */
        public Builder outcome(@Nullable MessageState now, StatusFold all) {
            this.state = now;
            this.reports = Objects.requireNonNull(all, "reports");
            return this;
        }

        /**
         * Sets why an outgoing message was refused.
         *
         * @param why the reason, or null
         * @param sentence what happened, for people, or null
         * @return this builder
         */
        public Builder refusal(@Nullable Reason why, @Nullable String sentence) {
            this.reason = why;
            this.explanation = sentence;
            return this;
        }

        /**
         * Builds the entry.
         *
         * @return the entry
         */
        public TimelineEntry build() {
            return new TimelineEntry(this);
        }
    }
}
