package io.textonce.engagement.campaign;

import io.textonce.TenantId;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where a campaign's recipients come from, a page at a time: what a host implements over its own directory.
 *
 * <p>Contract: {@link #after} answers the recipients of a tenant and an audience that follow a place, always in the same
 * order. A recipient that comes again, by its key or number, is counted as a duplicate and gets nothing. One that is put
 * before a place which was passed already is missed.
 *
 * <p>Called by one thread at a time, between two chunks of a campaign; may block. What it throws stops this round, and is
 * asked again in the next one.
 */
public interface RecipientSource {

    /**
     * Reads on.
     *
     * @param tenant whose recipients
     * @param audience who is wanted
     * @param place of the last one that was taken; null at the beginning
     * @param most 1 or more
     * @return the next ones, at most so many; none at the end
     */
    List<Placed> after(TenantId tenant, Audience audience, @Nullable String place, int most);

    /**
     * How many there are, for progress and its estimated end.
     *
     * @param tenant whose recipients
     * @param audience who is wanted
     * @return the number, roughly; empty if nobody knows
     */
    default OptionalLong size(TenantId tenant, Audience audience) {
        return OptionalLong.empty();
    }

    /**
     * A recipient and its place.
     *
     * <p>Immutable and thread-safe.
     *
     * @param recipient the recipient
     * @param place by which the source finds what comes after it, such as its key; 1 to 200 characters
     */
    record Placed(Recipient recipient, String place) {
        /**
         * Checks the place.
         *
         * @throws IllegalArgumentException if it is empty or longer than 200 characters
         */
        public Placed {
            Objects.requireNonNull(recipient, "recipient");
            if (place.isEmpty() || place.length() > 200) {
                throw new IllegalArgumentException(
                        "recipient source: a place has " + place.length() + " characters, not 1 to 200");
            }
        }
    }

    /**
     * Recipients from anything that can be walked through again in the same order. Only those of the page are held. After
     * a restart, what was taken is skipped by counting.
     *
     * @param recipients of whatever tenant the campaign is
     * @return a source whose places are positions
     */
    static RecipientSource of(Iterable<Recipient> recipients) {
        return new Walk(Objects.requireNonNull(recipients, "recipients"));
    }
}
