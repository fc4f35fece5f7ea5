package io.textonce.spi;

import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.text.SegmentPolicy;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * What a provider instance can take: limits only, no behaviour. What it can do beside submitting are roles.
 *
 * <pre>{@code
 * Capabilities.builder(SegmentPolicy.TWILIO).maxMedia(10).settlement(Settlement.DELIVERY_REPORT).build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Capabilities {

    private final SegmentPolicy segments;
    private final int maxMedia;
    private final Set<SenderId.Kind> senderKinds;
    private final Set<SenderId> senders;
    private final Set<Settlement> settlement;

    private Capabilities(Builder b) {
        this.segments = b.segments;
        this.maxMedia = b.maxMedia;
        this.senderKinds = Set.copyOf(b.senderKinds);
        this.senders = Set.copyOf(b.senders);
        this.settlement = Set.copyOf(b.settlement);
    }

    /**
     * Starts capabilities.
     *
     * @param segments how the provider cuts and counts text, with its own limits
     * @return a builder: no media, numbers, short codes and names as senders, nothing that settles an unknown
     */
    public static Builder builder(SegmentPolicy segments) {
        return new Builder(segments);
    }

    /**
     * How text is cut and counted.
     *
     * @return the policy
     */
    public SegmentPolicy segments() {
        return segments;
    }

    /**
     * How many media a message may have.
     *
     * @return 0 for a provider without MMS
     */
    public int maxMedia() {
        return maxMedia;
    }

    /**
     * The sorts of sender that a message may name.
     *
     * @return the kinds
     */
    public Set<SenderId.Kind> senderKinds() {
        return senderKinds;
    }

    /**
     * The senders that this instance is configured to own.
     *
     * @return the senders; empty if the host listed none, which leaves every sender of a supported kind to the provider
     */
    public Set<SenderId> senders() {
        return senders;
    }

    /**
     * Whether a message's wanted sender is used here. An instance with a list owns what is on it; one without owns every
     * sender of a kind it supports.
     *
     * @param sender the wanted sender
     * @return true if it is used; false if the instance falls back to its own default
     */
    public boolean owns(SenderId sender) {
        return senders.isEmpty() ? senderKinds.contains(sender.kind()) : senders.contains(sender);
    }

    /**
     * What may settle an unknown outcome at this provider.
     *
     * @return the ways, possibly none
     */
    public Set<Settlement> settlement() {
        return settlement;
    }

    /**
     * Collects limits.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final SegmentPolicy segments;
        private int maxMedia;
        private Set<SenderId.Kind> senderKinds =
                EnumSet.of(SenderId.Kind.NUMBER, SenderId.Kind.SHORT_CODE, SenderId.Kind.ALPHANUMERIC);
        private Set<SenderId> senders = Set.of();
        private final Set<Settlement> settlement = EnumSet.noneOf(Settlement.class);

        private Builder(SegmentPolicy segments) {
            this.segments = Objects.requireNonNull(segments, "segments");
        }

        /**
         * Sets how many media a message may have. Default 0.
         *
         * @param most 0 or more
         * @return this builder
         */
        public Builder maxMedia(int most) {
            this.maxMedia = most;
            return this;
        }

        /**
         * Sets the sorts of sender.
         *
         * @param kinds the kinds
         * @return this builder
         */
        public Builder senderKinds(Set<SenderId.Kind> kinds) {
            this.senderKinds = kinds;
            return this;
        }

        /**
         * Sets the senders that the host listed for this instance.
         *
         * @param owned the senders; empty for no list
         * @return this builder
         */
        public Builder senders(Set<SenderId> owned) {
            this.senders = owned;
            return this;
        }

        /**
         * Adds a way to settle an unknown outcome.
         *
         * @param way the way
         * @return this builder
         */
        public Builder settlement(Settlement way) {
            this.settlement.add(way);
            return this;
        }

        /**
         * Builds the capabilities.
         *
         * @return the capabilities
         */
        public Capabilities build() {
            return new Capabilities(this);
        }
    }
}
