package io.textonce.engagement.conversation;

import io.textonce.PhoneNumber;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which conversations to list: every condition that is set must hold. Those that were adopted by another one are never
 * listed.
 *
 * <pre>{@code
 * ConversationQuery.all().unread(true).limit(20);
 * }</pre>
 *
 * <p>Immutable and thread-safe. {@link #toString()} shows nothing of it.
 */
public final class ConversationQuery {

    private static final ConversationQuery ALL = new ConversationQuery();

    private @Nullable String owner;
    private @Nullable Boolean unread;
    private @Nullable PhoneNumber number;
    private @Nullable Set<String> contacts;
    private @Nullable Instant from;
    private @Nullable Instant until;
    private @Nullable Position before;
    private int limit = 50;

    private ConversationQuery() {}

    private ConversationQuery copy() {
        ConversationQuery copy = new ConversationQuery();
        copy.owner = owner;
        copy.unread = unread;
        copy.number = number;
        copy.contacts = contacts;
        copy.from = from;
        copy.until = until;
        copy.before = before;
        copy.limit = limit;
        return copy;
    }

    /**
     * All conversations of the tenant, the one with the newest entry first, at most 50.
     *
     * @return the query to narrow
     */
    public static ConversationQuery all() {
        return ALL;
    }

    /**
     * Only those of one user.
     *
     * @param value the owner; empty for those that are nobody's in particular
     * @return the narrowed query
     */
    public ConversationQuery owner(String value) {
        ConversationQuery next = copy();
        next.owner = value;
        return next;
    }

    /**
     * Only those of one user.
     *
     * @return it, or empty for any
     */
    public Optional<String> owner() {
        return Optional.ofNullable(owner);
    }

    /**
     * Only those with unread entries, or without.
     *
     * @param value true for those with unread entries
     * @return the narrowed query
     */
    public ConversationQuery unread(Boolean value) {
        ConversationQuery next = copy();
        next.unread = value;
        return next;
    }

    /**
     * Only those with unread entries, or without.
     *
     * @return it, or empty for any
     */
    public Optional<Boolean> unread() {
        return Optional.ofNullable(unread);
    }

    /**
     * Only those in which this number was at the other end of an entry.
     *
     * @param value the whole number
     * @return the narrowed query
     */
    public ConversationQuery number(PhoneNumber value) {
        ConversationQuery next = copy();
        next.number = value;
        return next;
    }

    /**
     * Only those in which this number was at the other end of an entry.
     *
     * @return it, or empty for any
     */
    public Optional<PhoneNumber> number() {
        return Optional.ofNullable(number);
    }

    /**
     * Only those with one of these contacts.
     *
     * @param value contacts' ids
     * @return the narrowed query
     */
    public ConversationQuery contacts(Set<String> value) {
        ConversationQuery next = copy();
        next.contacts = Set.copyOf(value);
        return next;
    }

    /**
     * Only those with one of these contacts.
     *
     * @return it, or empty for any
     */
    public Optional<Set<String>> contacts() {
        return Optional.ofNullable(contacts);
    }

    /**
     * The last entry is at or after.
     *
     * @param value the instant
     * @return the narrowed query
     */
    public ConversationQuery from(Instant value) {
        ConversationQuery next = copy();
        next.from = value;
        return next;
    }

    /**
     * The last entry is at or after.
     *
     * @return it, or empty for any
     */
    public Optional<Instant> from() {
        return Optional.ofNullable(from);
    }

    /**
     * The last entry is before.
     *
     * @param value the instant
     * @return the narrowed query
     */
    public ConversationQuery until(Instant value) {
        ConversationQuery next = copy();
        next.until = value;
        return next;
    }

    /**
     * The last entry is before.
     *
     * @return it, or empty for any
     */
    public Optional<Instant> until() {
        return Optional.ofNullable(until);
    }

    /**
     * Paging: those that come after this place, newest first. It need not be there any more.
     *
     * @param value the {@link Conversation#position()} of the last one of the page before
     * @return the narrowed query
     * @throws IllegalArgumentException if it isn't a position
     */
    public ConversationQuery before(String value) {
        ConversationQuery next = copy();
        next.before = Position.parse(value);
        return next;
    }

    /**
     * Paging: those that come after this place, newest first. It need not be there any more.
     *
     * @return it, or empty for any
     */
    public Optional<Position> before() {
        return Optional.ofNullable(before);
    }

    /**
     * At most how many.
     *
     * @param most 1 to 1,000; 50 unless set
     * @return the narrowed query
     * @throws IllegalArgumentException if out of range
     */
    public ConversationQuery limit(int most) {
        if (most < 1 || most > 1000) {
            throw new IllegalArgumentException("limit: " + most + " is not 1 to 1000; page with before(position)");
        }
        ConversationQuery next = copy();
        next.limit = most;
        return next;
    }

    /**
     * At most how many.
     *
     * @return 1 to 1,000
     */
    public int limit() {
        return limit;
    }

    @Override
    public String toString() {
        return "ConversationQuery[at most " + limit + "]";
    }
}
