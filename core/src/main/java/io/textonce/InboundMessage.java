package io.textonce;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A message that somebody sent to one of our numbers.
 *
 * <p>Guaranteed: consent keywords are recognised, and the event is told all the same. {@link #toString()} shows neither
 * text nor number. Not guaranteed: that the sender is a number, or that the text is harmless.
 *
 * <pre>{@code
 * if (event instanceof InboundMessage in && in.keyword().isEmpty()) {
 *     sms.send(in.reply("Thanks, we'll call you back").build());
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class InboundMessage implements SmsEvent {

    private final Origin origin;
    private final String id;
    private final @Nullable String providerMessageId;
    private final @Nullable MessageId inReplyTo;
    private final @Nullable String inReplyToProviderId;
    private final SenderId from;
    private final SenderId to;
    private final String text;
    private final List<Media> media;
    private final int segments;
    private final @Nullable Keyword keyword;

    private InboundMessage(Builder b, @Nullable Keyword keyword) {
        this.origin = b.origin;
        this.id = b.id;
        this.providerMessageId = b.providerMessageId;
        this.inReplyTo = b.inReplyTo;
        this.inReplyToProviderId = b.inReplyToProviderId;
        this.from = b.from;
        this.to = b.to;
        this.text = b.text;
        this.media = List.copyOf(b.media);
        this.segments = b.segments;
        this.keyword = keyword;
    }

    /**
     * Starts an inbound message; for parsers and fakes.
     *
     * @param origin where it came from
     * @param id its identity, from verified content
     * @param from who sent it
     * @param to which of our numbers it was sent to
     * @param text the text, possibly empty
     * @return a builder
     */
    public static Builder builder(Origin origin, String id, SenderId from, SenderId to, String text) {
        return new Builder(origin, id, from, to, text);
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
     * The provider's id of the message.
     *
     * @return the id, or empty
     */
    public Optional<String> providerMessageId() {
        return Optional.ofNullable(providerMessageId);
    }

    /**
     * Our id of the message that this one answers, where the provider tells.
     *
     * @return the id as the provider echoed it, which need not be of a message that is known; or empty
     */
    public Optional<MessageId> inReplyTo() {
        return Optional.ofNullable(inReplyTo);
    }

    /**
     * The provider's id of the message that this one answers, where the provider tells.
     *
     * @return the id, or empty
     */
    public Optional<String> inReplyToProviderId() {
        return Optional.ofNullable(inReplyToProviderId);
    }

    /**
     * Who sent it. Personal data. It may be a short code or a name.
     *
     * @return the sender
     */
    public SenderId from() {
        return from;
    }

    /**
     * Who sent it, if that is a number that can be replied to.
     *
     * @return the number, or empty
     */
    public Optional<PhoneNumber> fromNumber() {
        return from.kind() == SenderId.Kind.NUMBER ? Optional.of(PhoneNumber.of(from.value())) : Optional.empty();
    }

    /**
     * Which of our numbers it was sent to.
     *
     * @return our sender ID
     */
    public SenderId to() {
        return to;
    }

    /**
     * What it says. Personal data.
     *
     * @return the text, possibly empty
     */
    public String text() {
        return text;
    }

    /**
     * Pictures and files.
     *
     * @return the media, possibly none
     */
    public List<Media> media() {
        return media;
    }

    /**
     * How many segments it had.
     *
     * @return the number, or empty if the provider doesn't say
     */
    public OptionalInt segments() {
        return segments < 0 ? OptionalInt.empty() : OptionalInt.of(segments);
    }

    /**
     * What the message means for consent: the provider's own tag, else the receiver's keyword list.
     *
     * @return the keyword, or empty for an ordinary message
     */
    public Optional<Keyword> keyword() {
        return Optional.ofNullable(keyword);
    }

    /**
     * The same message with a keyword recognised by the receiver.
     *
     * @param value the keyword
     * @return a copy
     */
    public InboundMessage withKeyword(Keyword value) {
        Builder copy = new Builder(origin, id, from, to, text);
        copy.providerMessageId = providerMessageId;
        copy.inReplyTo = inReplyTo;
        copy.inReplyToProviderId = inReplyToProviderId;
        copy.media = media;
        copy.segments = segments;
        return new InboundMessage(copy, Objects.requireNonNull(value, "keyword"));
    }

    /**
     * Starts an answer: to the sender, from our number that was written to, for the same tenant.
     *
     * @param answer the text
     * @return a builder to add to and build
     * @throws IllegalStateException if the sender isn't a number and can't be replied to
     */
    public SmsMessage.Builder reply(String answer) {
        PhoneNumber number = fromNumber()
                .orElseThrow(() -> new IllegalStateException(
                        "inbound message: the sender is a " + from.kind() + ", which can't be replied to"));
        return SmsMessage.to(number).tenant(origin.tenant()).from(to).text(answer);
    }

    @Override
    public String toString() {
        return "InboundMessage[" + origin.provider() + " from=" + from + ", media=" + media.size()
                + (keyword == null ? "" : ", " + keyword) + "]";
    }

    /**
     * Collects a message's facts.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final Origin origin;
        private final String id;
        private final SenderId from;
        private final SenderId to;
        private final String text;
        private @Nullable String providerMessageId;
        private @Nullable MessageId inReplyTo;
        private @Nullable String inReplyToProviderId;
        private List<Media> media = List.of();
        private int segments = -1;
        private @Nullable Keyword keyword;

        private Builder(Origin origin, String id, SenderId from, SenderId to, String text) {
            this.origin = Objects.requireNonNull(origin, "origin");
            this.id = Objects.requireNonNull(id, "id");
            this.from = Objects.requireNonNull(from, "from");
            this.to = Objects.requireNonNull(to, "to");
            this.text = Objects.requireNonNull(text, "text");
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
         * Sets which message it answers.
         *
         * @param ours our id, or null
         * @param theirs the provider's id, or null
         * @return this builder
         */
        public Builder inReplyTo(@Nullable MessageId ours, @Nullable String theirs) {
            this.inReplyTo = ours;
            this.inReplyToProviderId = theirs;
            return this;
        }

        /**
         * Sets the media.
         *
         * @param items pictures and files
         * @return this builder
         */
        public Builder media(List<Media> items) {
            this.media = items;
            return this;
        }

        /**
         * Sets the number of segments.
         *
         * @param number 0 or more
         * @return this builder
         */
        public Builder segments(int number) {
            this.segments = number;
            return this;
        }

        /**
         * Sets the provider's own consent tag.
         *
         * @param value the keyword, or null
         * @return this builder
         */
        public Builder keyword(@Nullable Keyword value) {
            this.keyword = value;
            return this;
        }

        /**
         * Builds the message.
         *
         * @return the message
         */
        public InboundMessage build() {
            return new InboundMessage(this, keyword);
        }
    }
}
