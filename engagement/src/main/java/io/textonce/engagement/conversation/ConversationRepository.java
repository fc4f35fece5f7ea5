package io.textonce.engagement.conversation;

import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps conversations and their entries.
 *
 * <p>Contract: each method is one atomic step over all threads and processes that share the store, durable when it returns;
 * a failure is thrown, never swallowed. No method sees another tenant's rows. Each tenant has one counter: what changes
 * takes the next number in the step that changes it, and the numbers become visible in ascending order, so that whoever has
 * seen one has seen all below. {@code ConversationRepositoryContract} in textonce-engagement-testkit checks an
 * implementation.
 *
 * <p>Implementations are thread-safe. Methods may block; they are called on the threads that read an inbox or tell of an
 * event.
 */
public interface ConversationRepository {

    /**
     * Files entries. One whose key is new goes into its party's conversation, which is begun if there is none; its
     * {@link TimelineEntry#seq()} and {@link TimelineEntry#rev()} are the next number, and if it is inbound it is unread. One
     * whose key is known stays where it is: it becomes {@link TimelineEntry#merged} with it, which takes a new rev if it
     * says anything new, and nothing if it doesn't. Either way the conversation takes a new rev as well.
     *
     * @param tenant whose entries
     * @param entries the entries; of one key several are allowed
     * @param reached what was read to get them, kept in the same step; it never goes back. A store with a clock of its own
     *     keeps no instant that is later than its present. Null for no change.
     */
    void file(TenantId tenant, List<Filed> entries, @Nullable Progress reached);

    /**
     * How far the reading of events and messages has come.
     *
     * @param tenant whose
     * @return the furthest that was filed, or {@link Progress#NONE}
     */
    Progress progress(TenantId tenant);

    /**
     * Moves all entries of one party's conversation into another's, each with a new rev, read or unread as they are. The
     * emptied conversation stays, says where its entries went, and gets no entries any more: its party's next entry begins a
     * new one.
     *
     * @param tenant whose conversations
     * @param from whose entries move; if there is no such conversation nothing happens
     * @param into where to; begun if there is none
     */
    void adopt(TenantId tenant, Party from, Party into);

    /**
     * Marks inbound entries as read.
     *
     * @param tenant whose conversation
     * @param conversation its id
     * @param upTo the {@link TimelineEntry#seq()} up to which everything was read
     */
    void markRead(TenantId tenant, long conversation, long upTo);

    /**
     * Reads one conversation, also one that was adopted.
     *
     * @param tenant whose conversation
     * @param id its id
     * @return the conversation, or empty
     */
    Optional<Conversation> find(TenantId tenant, long id);

    /**
     * Reads one party's conversation.
     *
     * @param tenant whose conversation
     * @param party the party
     * @return the conversation, or empty
     */
    Optional<Conversation> find(TenantId tenant, Party party);

    /**
     * Lists conversations, by their last entry's (at), then by id, descending.
     *
     * @param tenant whose conversations
     * @param query which
     * @return at most as many as the query says
     */
    List<Conversation> conversations(TenantId tenant, ConversationQuery query);

    /**
     * Reads entries by (at, seq), descending; ascending if the query is to read on {@link EntryQuery#after} a place.
     *
     * @param tenant whose entries
     * @param query which
     * @return at most as many as the query says
     * @throws UnsupportedOperationException if the query asks for a text and {@link #searchesText()} is false
     */
    List<TimelineEntry> entries(TenantId tenant, EntryQuery query);

    /**
     * What changed after a number.
     *
     * @param tenant whose
     * @param owner whose conversations, or null for all
     * @param rev the last number seen, 0 for the beginning
     * @param most at most how many entries and how many conversations, 1 or more
     * @return what changed, in the order of the numbers
     */
    Changes changesSince(TenantId tenant, @Nullable String owner, long rev, int most);

    /**
     * The number of the last change.
     *
     * @param tenant whose
     * @return 0 before there is one
     */
    long lastRev(TenantId tenant);

    /**
     * Outgoing messages of which nothing is settled, so that they are worth another look.
     *
     * @param tenant whose messages
     * @param after the {@link TimelineEntry#seq()} of the last one looked at, 0 for the beginning
     * @param most at most how many, 1 or more
     * @return entries by ascending seq whose state isn't {@link io.textonce.store.MessageState#isSettled()}
     */
    List<TimelineEntry> open(TenantId tenant, long after, int most);

    /**
     * Deletes entries of all tenants that are older than an instant and haven't changed since, the oldest of a tenant first.
     * Outgoing messages that aren't settled stay. A conversation that loses entries takes a new rev, and its last entry and
     * its unread ones are those that it has left; one that has none left is deleted, with those that it adopted. What is
     * deleted isn't among the {@link Changes}. Atomic for each tenant.
     *
     * @param before the instant
     * @param most at most how many entries, 1 or more
     * @return how many were deleted; fewer than {@code most} if there are no more
     */
    int purge(Instant before, int most);

    /**
     * Deletes entries with one number at the other end, whatever their age, kind and state, as {@link #purge} does; also
     * those that name no number but are in a conversation with this one, such as notes. Nothing that is left shows the number.
     *
     * @param tenant whose entries
     * @param number the number
     * @param most at most how many entries, 1 or more
     * @return how many were deleted; fewer than {@code most} if there are no more
     */
    int erase(TenantId tenant, PhoneNumber number, int most);

    /**
     * Whether entries are found by their text.
     *
     * @return false if texts are sealed
     */
    boolean searchesText();

    /**
     * An entry and where it belongs.
     *
     * <p>Immutable and thread-safe.
     *
     * @param party whose conversation, if the entry is new
     * @param entry the entry
     */
    record Filed(Party party, TimelineEntry entry) {
        /** Checks for nulls. */
        public Filed {
            Objects.requireNonNull(party, "party");
            Objects.requireNonNull(entry, "entry");
        }
    }

    /**
     * How far the sources were read.
     *
     * <p>Immutable and thread-safe.
     *
     * @param events the last {@link io.textonce.store.EventRepository.Stored#seq()}
     * @param messages up to when outgoing messages were looked through
     */
    record Progress(long events, Instant messages) {

        /** The beginning. */
        public static final Progress NONE = new Progress(0, Instant.EPOCH);

        /** Checks for nulls. */
        public Progress {
            Objects.requireNonNull(messages, "messages");
        }

        /**
         * The further of two, each source by itself.
         *
         * @param other another progress
         * @return the progress that has come at least as far as either
         */
        public Progress orFurther(Progress other) {
            return new Progress(
                    Math.max(events, other.events), messages.isAfter(other.messages) ? messages : other.messages);
        }
    }
}
