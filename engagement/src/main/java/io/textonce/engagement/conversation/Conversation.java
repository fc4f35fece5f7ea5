package io.textonce.engagement.conversation;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an inbox shows of one conversation: who, what was last said, and how much of it nobody has read.
 *
 * <pre>{@code
 * String title = conversation.contact().map(Contact::name).orElse("unknown number");
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Conversation {

    private final long id;
    private final Party party;
    private final @Nullable TimelineEntry last;
    private final int unread;
    private final long rev;
    private final long mergedInto;
    private final @Nullable Contact contact;

    private Conversation(
            long id,
            Party party,
            @Nullable TimelineEntry last,
            int unread,
            long rev,
            long mergedInto,
            @Nullable Contact contact) {
        this.id = id;
        this.party = Objects.requireNonNull(party, "party");
        this.last = last;
        this.unread = unread;
        this.rev = rev;
        this.mergedInto = mergedInto;
        this.contact = contact;
    }

    /**
     * A conversation as a store keeps it.
     *
     * @param id its number for the tenant
     * @param party who is at the other end
     * @param last the last entry; null only once it was adopted by another one
     * @param unread how many inbound entries nobody has read
     * @param rev when it last changed
     * @param mergedInto the conversation that adopted it, or 0
     * @return the conversation
     */
    public static Conversation of(
            long id, Party party, @Nullable TimelineEntry last, int unread, long rev, long mergedInto) {
        return new Conversation(id, party, last, unread, rev, mergedInto, null);
    }

    /**
     * The same with what the directory says.
     *
     * @param value the contact, or null
     * @return a copy
     */
    Conversation with(@Nullable Contact value) {
        return new Conversation(id, party, last, unread, rev, mergedInto, value);
    }

    /**
     * Its number. It never changes, and it holds nothing personal.
     *
     * @return 1 or more
     */
    public long id() {
        return id;
    }

    /**
     * Who is at the other end.
     *
     * @return the party
     */
    public Party party() {
        return party;
    }

    /**
     * Who that is, as the directory says now.
     *
     * @return the contact; empty for a number that is nobody's, or a contact that is gone
     */
    public Optional<Contact> contact() {
        return Optional.ofNullable(contact);
    }

    /**
     * The entry that stands last in the timeline.
     *
     * @return the entry; empty only if this was adopted by another conversation
     */
    public Optional<TimelineEntry> last() {
        return Optional.ofNullable(last);
    }

    /**
     * How many inbound entries nobody has read.
     *
     * @return 0 or more
     */
    public int unread() {
        return unread;
    }

    /**
     * When it last changed, in the order of the tenant's changes.
     *
     * @return 1 or more
     */
    public long rev() {
        return rev;
    }

    /**
     * The conversation that has its entries now, because its number turned out to be a contact's.
     *
     * @return that conversation's id, or empty
     */
    public OptionalLong mergedInto() {
        return mergedInto == 0 ? OptionalLong.empty() : OptionalLong.of(mergedInto);
    }

    /**
     * Its place in the list as a text, for {@link ConversationQuery#before}.
     *
     * @return such as {@code 1763721000000000-17}; empty if it was adopted
     */
    public String position() {
        return last == null ? "" : Position.of(last.at(), id);
    }

    @Override
    public String toString() {
        return "Conversation[" + id + " " + party + ", " + unread + " unread]";
    }
}
