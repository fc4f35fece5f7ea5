package io.textonce.spi;

import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one request to a provider has to carry: normalised, rendered, checked. {@link #toString()} shows neither text nor
 * number.
 *
 * <pre>{@code
 * Submission.builder(MessageId.next(), PhoneNumber.of("+61491570156"), "Hello").build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Submission {

    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);

    private final MessageId messageId;
    private final TenantId tenant;
    private final PhoneNumber to;
    private final @Nullable SenderId from;
    private final String text;
    private final int segments;
    private final List<URI> media;
    private final Category category;
    private final Map<String, String> extra;
    private final @Nullable Duration validity;
    private final Duration timeout;

    private Submission(Builder b) {
        this.messageId = b.messageId;
        this.tenant = b.tenant;
        this.to = b.to;
        this.from = b.from;
        this.text = b.text;
        this.segments = b.segments;
        this.media = b.media;
        this.category = b.category;
        this.extra = b.extra;
        this.validity = b.validity;
        this.timeout = b.timeout;
    }

    /**
     * Starts a submission; for the engine and for providers' tests.
     *
     * @param messageId our id, which goes on the wire where the provider has room for it
     * @param to the recipient
     * @param text the text; empty if the message consists of media or provider options alone
     * @return a builder
     */
    public static Builder builder(MessageId messageId, PhoneNumber to, String text) {
        return new Builder(messageId, to, text);
    }

    /**
     * Our id, the only name of ours that goes on the wire.
     *
     * @return the id
     */
    public MessageId messageId() {
        return messageId;
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
     * The recipient. Personal data.
     *
     * @return the number
     */
    public PhoneNumber to() {
        return to;
    }

    /**
     * The sender to use, already checked against {@link Capabilities#owns}.
     *
     * @return the sender ID, or empty for the provider's default
     */
    public Optional<SenderId> from() {
        return Optional.ofNullable(from);
    }

    /**
     * The text. Personal data.
     *
     * @return the text, possibly empty
     */
    public String text() {
        return text;
    }

    /**
     * How many segments the text has by the provider's policy.
     *
     * @return 0 for no text
     */
    public int segments() {
        return segments;
    }

    /**
     * Media that the provider fetches itself.
     *
     * @return https addresses, possibly none
     */
    public List<URI> media() {
        return media;
    }

    /**
     * What the message is for.
     *
     * @return the category
     */
    public Category category() {
        return category;
    }

    /**
     * The options that the message has for this provider alone.
     *
     * @return the provider's names to values, possibly none
     */
    public Map<String, String> extra() {
        return extra;
    }

    /**
     * How long the message stays of use, counted from now, for the provider's validity period.
     *
     * @return a positive duration, or empty for no limit
     */
    public Optional<Duration> validity() {
        return Optional.ofNullable(validity);
    }

    /**
     * How long this request may take, everything included.
     *
     * @return a positive duration
     */
    public Duration timeout() {
        return timeout;
    }

    @Override
    public String toString() {
        return "Submission[" + messageId + " to=" + to + ", segments=" + segments + "]";
    }

    /**
     * Collects what a request has to carry.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final MessageId messageId;
        private final PhoneNumber to;
        private final String text;
        private TenantId tenant = TenantId.DEFAULT;
        private @Nullable SenderId from;
        private int segments = 1;
        private List<URI> media = List.of();
        private Category category = Category.TRANSACTIONAL;
        private Map<String, String> extra = Map.of();
        private @Nullable Duration validity;
        private Duration timeout = USUAL_TIMEOUT;

        private Builder(MessageId messageId, PhoneNumber to, String text) {
            this.messageId = Objects.requireNonNull(messageId, "messageId");
            this.to = Objects.requireNonNull(to, "to");
            this.text = Objects.requireNonNull(text, "text");
        }

        /**
         * Sets whose message it is. Default: {@link TenantId#DEFAULT}.
         *
         * @param value the tenant
         * @return this builder
         */
        public Builder tenant(TenantId value) {
            this.tenant = value;
            return this;
        }

        /**
         * Sets the sender.
         *
         * @param value the sender ID, or null for the provider's default
         * @return this builder
         */
        public Builder from(@Nullable SenderId value) {
            this.from = value;
            return this;
        }

        /**
         * Sets the number of segments. Default 1.
         *
         * @param value 0 or more
         * @return this builder
         */
        public Builder segments(int value) {
            this.segments = value;
            return this;
        }

        /**
         * Sets the media.
         *
         * @param addresses https addresses
         * @return this builder
         */
        public Builder media(List<URI> addresses) {
            this.media = List.copyOf(addresses);
            return this;
        }

        /**
         * Sets what the message is for. Default: transactional.
         *
         * @param value the category
         * @return this builder
         */
        public Builder category(Category value) {
            this.category = value;
            return this;
        }

        /**
         * Sets the options for this provider alone.
         *
         * @param options the provider's names to values
         * @return this builder
         */
        public Builder extra(Map<String, String> options) {
            this.extra = Map.copyOf(options);
            return this;
        }

        /**
         * Sets how long the message stays of use.
         *
         * @param value a positive duration, or null for no limit
         * @return this builder
         */
        public Builder validity(@Nullable Duration value) {
            this.validity = value;
            return this;
        }

        /**
         * Sets the validity from the instant it ends at.
         *
         * @param notAfter the message's last instant, or null for no limit
         * @param now the present
         * @return this builder
         */
        public Builder validUntil(@Nullable Instant notAfter, Instant now) {
            this.validity = notAfter == null ? null : Duration.between(now, notAfter);
            return this;
        }

        /**
         * Sets how long the request may take. Default 30 s.
         *
         * @param value a positive duration
         * @return this builder
         */
        public Builder timeout(Duration value) {
            this.timeout = value;
            return this;
        }

        /**
         * Builds the submission.
         *
         * @return the submission
         */
        public Submission build() {
            return new Submission(this);
        }
    }
}
