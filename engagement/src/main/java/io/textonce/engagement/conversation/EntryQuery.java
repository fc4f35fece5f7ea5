package io.textonce.engagement.conversation;

import io.textonce.DeliveryStatus;
import io.textonce.PhoneNumber;
import io.textonce.engagement.conversation.TimelineEntry.Direction;
import io.textonce.store.MessageState;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which entries to read: every condition that is set must hold. One conversation's page by page, or a search through all.
 *
 * <pre>{@code
 * EntryQuery.all().conversation(17).before(oldestShown.position()).limit(50);
 * EntryQuery.all().text("invoice").direction(Direction.INBOUND);
 * }</pre>
 *
 * <p>Immutable and thread-safe. {@link #toString()} shows nothing of it.
 */
public final class EntryQuery {

    private static final int MOST_CONVERSATIONS = 100;
    private static final EntryQuery ALL = new EntryQuery();

    private @Nullable String owner;
    private @Nullable Set<Long> conversations;
    private @Nullable String text;
    private @Nullable PhoneNumber number;
    private @Nullable Direction direction;
    private @Nullable String kind;
    private @Nullable MessageState state;
    private @Nullable DeliveryStatus status;
    private @Nullable Instant from;
    private @Nullable Instant until;
    private @Nullable Position before;
    private @Nullable Position after;
    private int limit = 50;

    private EntryQuery() {}

    private EntryQuery copy() {
        EntryQuery copy = new EntryQuery();
        copy.owner = owner;
        copy.conversations = conversations;
        copy.text = text;
        copy.number = number;
        copy.direction = direction;
        copy.kind = kind;
        copy.state = state;
        copy.status = status;
        copy.from = from;
        copy.until = until;
        copy.before = before;
        copy.after = after;
        copy.limit = limit;
        return copy;
    }

    /**
     * All entries of the tenant, newest first, at most 50.
     *
     * @return the query to narrow
     */
    public static EntryQuery all() {
        return ALL;
    }

    /**
     * Only in conversations of one user.
     *
     * @param value the owner; empty for conversations that are nobody's in particular
     * @return the narrowed query
     */
    public EntryQuery owner(String value) {
        EntryQuery next = copy();
        next.owner = value;
        return next;
    }

    /**
     * Only in conversations of one user.
     *
     * @return it, or empty for any
     */
    public Optional<String> owner() {
        return Optional.ofNullable(owner);
    }

    /**
     * Only in one conversation.
     *
     * @param value the conversation's id
     * @return the narrowed query
     */
    public EntryQuery conversation(Long value) {
        return conversations(Set.of(value));
    }

    /**
     * Only in some conversations: one page through all of them.
     *
     * @param values the conversations' ids, at most 100; none finds nothing. One that was adopted has no entries of its own
     * @return the narrowed query
     * @throws IllegalArgumentException if there are more
     */
    public EntryQuery conversations(Collection<Long> values) {
        Set<Long> some = Set.copyOf(values);
        if (some.size() > MOST_CONVERSATIONS) {
            throw new IllegalArgumentException(
                    "conversations: " + some.size() + " are given; at most " + MOST_CONVERSATIONS + " are allowed");
        }
        EntryQuery next = copy();
        next.conversations = some;
        return next;
    }

    /**
     * Only in some conversations.
     *
     * @return their ids, or empty for any
     */
    public Optional<Set<Long>> conversations() {
        return Optional.ofNullable(conversations);
    }

    /**
     * Only entries whose text has this somewhere, upper and lower case being the same.
     *
     * @param value what to look for, as it is
     * @return the narrowed query
     */
    public EntryQuery text(String value) {
        EntryQuery next = copy();
        next.text = value;
        return next;
    }

    /**
     * Only entries whose text has this somewhere, upper and lower case being the same.
     *
     * @return it, or empty for any
     */
    public Optional<String> text() {
        return Optional.ofNullable(text);
    }

    /**
     * Only with this number at the other end.
     *
     * @param value the whole number
     * @return the narrowed query
     */
    public EntryQuery number(PhoneNumber value) {
        EntryQuery next = copy();
        next.number = value;
        return next;
    }

    /**
     * Only with this number at the other end.
     *
     * @return it, or empty for any
     */
    public Optional<PhoneNumber> number() {
        return Optional.ofNullable(number);
    }

    /**
     * Only in one direction.
     *
     * @param value the direction
     * @return the narrowed query
     */
    public EntryQuery direction(Direction value) {
        EntryQuery next = copy();
        next.direction = value;
        return next;
    }

    /**
     * Only in one direction.
     *
     * @return it, or empty for any
     */
    public Optional<Direction> direction() {
        return Optional.ofNullable(direction);
    }

    /**
     * Only of one kind.
     *
     * @param value {@link TimelineEntry#SMS}, or the host's word
     * @return the narrowed query
     */
    public EntryQuery kind(String value) {
        EntryQuery next = copy();
        next.kind = value;
        return next;
    }

    /**
     * Only of one kind.
     *
     * @return it, or empty for any
     */
    public Optional<String> kind() {
        return Optional.ofNullable(kind);
    }

    /**
     * Only outgoing messages in a state.
     *
     * @param value the state
     * @return the narrowed query
     */
    public EntryQuery state(MessageState value) {
        EntryQuery next = copy();
        next.state = value;
        return next;
    }

    /**
     * Only outgoing messages in a state.
     *
     * @return it, or empty for any
     */
    public Optional<MessageState> state() {
        return Optional.ofNullable(state);
    }

    /**
     * Only outgoing messages that have come so far.
     *
     * @param value the folded status
     * @return the narrowed query
     */
    public EntryQuery status(DeliveryStatus value) {
        EntryQuery next = copy();
        next.status = value;
        return next;
    }

    /**
     * Only outgoing messages that have come so far.
     *
     * @return it, or empty for any
     */
    public Optional<DeliveryStatus> status() {
        return Optional.ofNullable(status);
    }

    /**
     * At or after.
     *
     * @param value the instant
     * @return the narrowed query
     */
    public EntryQuery from(Instant value) {
        EntryQuery next = copy();
        next.from = value;
        return next;
    }

    /**
     * At or after.
     *
     * @return it, or empty for any
     */
    public Optional<Instant> from() {
        return Optional.ofNullable(from);
    }

    /**
     * Before.
     *
     * @param value the instant
     * @return the narrowed query
     */
    public EntryQuery until(Instant value) {
        EntryQuery next = copy();
        next.until = value;
        return next;
    }

    /**
     * Before.
     *
     * @return it, or empty for any
     */
    public Optional<Instant> until() {
        return Optional.ofNullable(until);
    }

    /**
     * Paging: those that come after this place, newest first. It need not be there any more.
     *
     * @param value the {@link TimelineEntry#position()} of the last one of the page before
     * @return the narrowed query
     * @throws IllegalArgumentException if it isn't a position
     */
    public EntryQuery before(String value) {
        EntryQuery next = copy();
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
     * Reading on: those that stand after this place, oldest first. It need not be there any more. An entry may still come to
     * stand before it, so that what is new is told by {@link Inbox#changesSince}, not by this.
     *
     * @param value the {@link TimelineEntry#position()} of the last one that was read
     * @return the narrowed query
     * @throws IllegalArgumentException if it isn't a position
     */
    public EntryQuery after(String value) {
        EntryQuery next = copy();
        next.after = Position.parse(value);
        return next;
    }

    /**
     * Reading on: those that stand after this place, oldest first.
     *
     * @return it, or empty for newest first
     */
    public Optional<Position> after() {
        return Optional.ofNullable(after);
    }

    /**
     * At most how many.
     *
     * @param most 1 to 1,000; 50 unless set
     * @return the narrowed query
     * @throws IllegalArgumentException if out of range
     */
    public EntryQuery limit(int most) {
        if (most < 1 || most > 1000) {
            throw new IllegalArgumentException("limit: " + most + " is not 1 to 1000; page with before(position)");
        }
        EntryQuery next = copy();
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

    /**
     * Whether an entry meets every condition; the owner, paging and the limit aside.
     *
     * @param entry an entry of the tenant's
     * @return true if it does
     */
    public boolean matches(TimelineEntry entry) {
        return (conversations == null || conversations.contains(entry.conversation()))
                && (text == null || entry.text().toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)))
                && same(number, entry.number())
                && (direction == null || direction == entry.direction())
                && (kind == null || kind.equals(entry.kind()))
                && same(state, entry.state())
                && same(status, entry.status())
                && (from == null || !entry.at().isBefore(from))
                && (until == null || entry.at().isBefore(until));
    }

    private static <T> boolean same(@Nullable T wanted, Optional<T> value) {
        return wanted == null || (value.isPresent() && wanted.equals(value.get()));
    }

    @Override
    public String toString() {
        return "EntryQuery[at most " + limit + "]";
    }
}
