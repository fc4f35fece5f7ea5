package io.textonce.spi;

import io.textonce.PhoneNumber;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A role: tells which numbers the provider itself won't send to, because their owners opted out there. A read: nothing is
 * changed at the provider or here.
 *
 * <p>Contract: {@link Standing#OPTED_OUT} and {@link Standing#NOT_OPTED_OUT} only on the provider's word; any failure of
 * provider or network is {@link Standing#UNKNOWN}. A number that isn't on the provider's list may still be on the host's.
 *
 * <pre>{@code
 * OptOutQuery.Page page = optOuts.list(null);
 * page.numbers().forEach(number -> remember(number, "opted out at " + provider.name()));
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
public interface OptOutQuery {

    /**
     * Asks for one number. It may be slow and limited in rate: for a screen or a check now and then, not for every send.
     *
     * @param number whose standing to ask for
     * @return what the provider knows
     */
    Answer check(PhoneNumber number);

    /**
     * Reads the list page by page.
     *
     * @param after the {@link Page#next} of the page before, or null for the first page
     * @return the page, or why there is none
     */
    Page list(@Nullable String after);

    /** Whether a number is on the provider's list. Switch on it with a default: the set may grow. */
    enum Standing {
        /** On the list: the provider won't send. */
        OPTED_OUT,
        /** Not on the list. */
        NOT_OPTED_OUT,
        /** The provider didn't say. */
        UNKNOWN
    }

    /**
     * A number's standing.
     *
     * <p>Immutable and thread-safe.
     *
     * @param standing whether it is on the list
     * @param explanation why it isn't known, for people; empty if it is
     */
    record Answer(Standing standing, String explanation) {}

    /**
     * Some numbers of the list. {@link #toString()} masks them.
     *
     * <p>Immutable and thread-safe.
     *
     * @param numbers opted-out numbers, possibly none even if more pages follow. Personal data
     * @param next what to ask the following page with; null at the end of the list, and if it couldn't be read
     * @param explanation why the page couldn't be read, for people; empty if it was. The list is complete only after a page
     *     with neither next nor explanation
     */
    record Page(List<PhoneNumber> numbers, @Nullable String next, String explanation) {

        /** Copies the numbers. */
        public Page {
            numbers = List.copyOf(numbers);
        }
    }
}
