package io.textonce.engagement.conversation;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.TimelineEntry.Direction;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The conversations that one user, or one tenant, may see. Reading catches up first, at most once a second in a process.
 *
 * <p>Guaranteed: nothing of another tenant, and of another owner if it has one, is shown, changed or confirmed to exist; an
 * id that isn't there and an id of somebody else's are the same to it.
 *
 * <pre>{@code
 * for (Conversation each : inbox.conversations(ConversationQuery.all().limit(20))) { ... }
 * List<TimelineEntry> newest = inbox.entries(EntryQuery.all().conversation(id));
 * Changes changes = inbox.changesSince(rev, Duration.ofSeconds(25));
 * SendResult result = sms.send(inbox.reply(id).text("See you at 10:30").build());
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Inbox {

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final int MOST_CHANGES = 500;
    private static final int MOST_PEOPLE = 500;

    private final Conversations all;
    private final ConversationRepository repository;
    private final TenantId tenant;
    private final @Nullable String owner;

    Inbox(Conversations all, TenantId tenant, @Nullable String owner) {
        this.all = all;
        this.repository = all.repository();
        this.tenant = tenant;
        this.owner = owner;
    }

    /**
     * Lists conversations, the one with the newest entry first.
     *
     * @param query which; its owner is this inbox's, if that has one
     * @return at most as many as the query says; for the next page {@link ConversationQuery#before} the last one's
     *     {@link Conversation#position()}
     */
    public List<Conversation> conversations(ConversationQuery query) {
        all.catchUp(tenant);
        return withContacts(repository.conversations(tenant, owner == null ? query : query.owner(owner)));
    }

    /**
     * Finds conversations by what somebody typed: a number as people write it, or a part of a person's name. Texts are
     * searched by {@link #entries}.
     *
     * @param words what was typed
     * @param most at most how many, 1 to 1,000
     * @return conversations with that number, and those of contacts whom the directory found
     * @throws IllegalArgumentException if {@code most} is out of range
     */
    public List<Conversation> find(String words, int most) {
        all.catchUp(tenant);
        ConversationQuery query = ConversationQuery.all().limit(most);
        Map<Long, Conversation> found = new LinkedHashMap<>();
        all.numbers()
                .normalize(words)
                .ifPresent(number -> conversations(query.number(number)).forEach(each -> found.put(each.id(), each)));
        // Nothing may have been said yet with most of those who have the name.
        List<Contact> named = owner == null
                ? all.directory().search(tenant, words, MOST_PEOPLE)
                : all.directory().search(tenant, owner, words, MOST_PEOPLE);
        Set<String> people =
                named.stream().limit(MOST_PEOPLE).map(Contact::id).collect(Collectors.toCollection(LinkedHashSet::new));
        if (!people.isEmpty()) {
            conversations(query.contacts(people)).forEach(each -> found.put(each.id(), each));
        }
        return found.values().stream().limit(most).toList();
    }

    /**
     * One conversation. The id of one that was adopted leads to where its entries are.
     *
     * @param id its id
     * @return the conversation; empty if there is none that may be seen
     */
    public Optional<Conversation> conversation(long id) {
        all.catchUp(tenant);
        return seen(id).map(this::withContact);
    }

    /**
     * A contact's conversation. What was said by their numbers alone, before they were known, is adopted now.
     *
     * @param contactId the contact's id
     * @return the conversation; empty if nothing was said yet, or there is no such contact
     * @throws IllegalStateException if this inbox is of all owners
     */
    public Optional<Conversation> conversationWith(String contactId) {
        all.catchUp(tenant);
        String whose = ownOwner();
        Party party = Party.contact(whose, contactId);
        for (Contact contact : all.directory().byId(tenant, List.of(contactId))) {
            for (Contact.Line line : contact.lines()) {
                SenderId address = SenderId.of(line.number());
                if (all.party(tenant, whose, address).equals(party)) {
                    repository.adopt(tenant, Party.address(whose, address), party);
                }
            }
        }
        return repository.find(tenant, party).map(this::withContact);
    }

    /**
     * Reads entries, newest first, or oldest first {@link EntryQuery#after} a place: a conversation's page, or a search.
     *
     * @param query which; its owner is this inbox's, if that has one
     * @return at most as many as the query says; for the next page {@link EntryQuery#before} the last one's
     *     {@link TimelineEntry#position()}
     * @throws UnsupportedOperationException if the query asks for a text and texts are sealed
     */
    public List<TimelineEntry> entries(EntryQuery query) {
        all.catchUp(tenant);
        EntryQuery own = owner == null ? query : query.owner(owner);
        Set<Long> wanted = own.conversations().orElse(Set.of());
        if (wanted.size() != 1) {
            return repository.entries(tenant, own);
        }
        return seen(wanted.iterator().next())
                .map(found -> repository.entries(tenant, own.conversation(found.id())))
                .orElse(List.of());
    }

    /**
     * What is new or has changed.
     *
     * @param rev the {@link Changes#rev()} of the last answer; for whoever begins, that of {@link #now()}
     * @return the changes, at most 500 entries at once
     */
    public Changes changesSince(long rev) {
        all.catchUp(tenant);
        Changes changes = repository.changesSince(tenant, owner, rev, MOST_CHANGES);
        return new Changes(changes.entries(), withContacts(changes.conversations()), changes.rev(), changes.more());
    }

    /**
     * What is new or has changed, waiting for it. What happened in this process is told at once, what happened in others
     * within about a second.
     *
     * @param rev as in {@link #changesSince(long)}
     * @param most for how long to wait
     * @return the changes; empty if nothing happened
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public Changes changesSince(long rev, Duration most) throws InterruptedException {
        long until = all.time().nanoTime() + most.toNanos();
        long reached = rev;
        while (true) {
            Watch watch = all.watch(tenant);
            long count = watch.count();
            Changes changes = changesSince(reached);
            long left = until - all.time().nanoTime();
            if (!changes.isEmpty() || left <= 0) {
                return changes;
            }
            reached = changes.rev();
            if (!changes.more()) {
                watch.await(count, Math.min(left, POLL.toNanos()));
            }
        }
    }

    /**
     * The number of the last change, to be asked before the first page is read: what {@link #changesSince} tells from there
     * on is everything that the page may not show.
     *
     * @return 0 or more
     */
    public long now() {
        all.catchUp(tenant);
        return repository.lastRev(tenant);
    }

    /**
     * How many inbound entries wait to be read.
     *
     * @return the sum over the hundred newest unread conversations
     */
    public int unread() {
        return conversations(ConversationQuery.all().unread(true).limit(100)).stream()
                .mapToInt(Conversation::unread)
                .sum();
    }

    /**
     * One entry of a conversation, such as the one whose picture is asked for.
     *
     * @param conversation its id
     * @param position the entry's {@link TimelineEntry#position()}
     * @return the entry; empty if there is none that may be seen
     * @throws IllegalArgumentException if it isn't a position
     */
    public Optional<TimelineEntry> entry(long conversation, String position) {
        Position place = Position.parse(position);
        EntryQuery there = EntryQuery.all()
                .conversation(conversation)
                .from(place.at())
                .until(place.at().plus(1, ChronoUnit.MICROS));
        return entries(there).stream()
                .filter(entry -> entry.position().equals(position))
                .findFirst();
    }

    /**
     * Marks inbound entries as read.
     *
     * @param conversation its id; nothing happens if there is none that may be seen
     * @param upTo the {@link TimelineEntry#seq()} of the last entry that was shown
     */
    public void markRead(long conversation, long upTo) {
        seen(conversation).ifPresent(found -> {
            repository.markRead(tenant, found.id(), upTo);
            all.watch(tenant).wake();
        });
    }

    /**
     * Starts a reply: to the number that they last wrote from, from our number that they wrote to, which only a provider
     * that owns it may carry: list each provider's senders, because one without a list is taken to own them all. Where they
     * never wrote, to the number that was last written to, from the same of ours; else to the contact's first number.
     *
     * @param conversation its id
     * @return a message that lacks the text; send it by the client or enqueue it
     * @throws NoSuchElementException if there is no such conversation that may be seen
     * @throws IllegalStateException if there is no number to reply to
     */
    public SmsMessage.Builder reply(long conversation) {
        Conversation found = required(conversation);
        Optional<TimelineEntry> last =
                newest(found, Direction.INBOUND, null).or(() -> newest(found, Direction.OUTBOUND, null));
        PhoneNumber number = last.flatMap(TimelineEntry::number)
                .or(() -> withContact(found).contact().stream()
                        .flatMap(contact -> contact.lines().stream())
                        .map(Contact.Line::number)
                        .findFirst())
                .or(() -> found.party().address().flatMap(Inbox::number))
                .orElseThrow(() -> new IllegalStateException("conversation " + conversation
                        + ": there is no number to reply to; short codes and names take no replies"));
        return reply(found, number);
    }

    /**
     * Starts a message to one of a contact's numbers, from our number that they last wrote to from there, or that last
     * wrote to them.
     *
     * @param conversation its id
     * @param to which number
     * @return a message that lacks the text; send it by the client or enqueue it
     * @throws NoSuchElementException if there is no such conversation that may be seen
     */
    public SmsMessage.Builder reply(long conversation, PhoneNumber to) {
        return reply(required(conversation), to);
    }

    private SmsMessage.Builder reply(Conversation found, PhoneNumber to) {
        SmsMessage.Builder message = SmsMessage.to(to).tenant(tenant);
        Optional<SenderId> theyWroteTo = newest(found, Direction.INBOUND, to)
                .flatMap(TimelineEntry::ours)
                .filter(ours -> ours.kind() != SenderId.Kind.OTHER);
        if (theyWroteTo.isPresent()) {
            message.from(theyWroteTo.get()).senderRequired();
        } else {
            newest(found, Direction.OUTBOUND, to).flatMap(TimelineEntry::ours).ifPresent(message::from);
        }
        String whose = found.party().owner();
        if (!whose.isEmpty()) {
            all.ownerLabel().ifPresent(label -> message.label(label, whose));
        }
        return message;
    }

    private Optional<TimelineEntry> newest(Conversation in, Direction direction, @Nullable PhoneNumber number) {
        EntryQuery query = EntryQuery.all()
                .conversation(in.id())
                .kind(TimelineEntry.SMS)
                .direction(direction)
                .limit(1);
        return repository.entries(tenant, number == null ? query : query.number(number)).stream()
                .filter(entry -> number != null || entry.number().isPresent())
                .findFirst();
    }

    private static Optional<PhoneNumber> number(SenderId address) {
        return address.kind() == SenderId.Kind.NUMBER ? Optional.of(PhoneNumber.of(address.value())) : Optional.empty();
    }

    /**
     * Adds an entry of the host's own to whoever has its address: a call with a number, say. Adding one of the same kind and
     * id again replaces it, where it stands, as {@link TimelineEntry#foreign} says. Two owners' entries are two.
     *
     * @param entry made by {@link TimelineEntry#foreign}, with an address
     * @throws IllegalArgumentException if it has no address
     * @throws IllegalStateException if this inbox is of all owners
     */
    public void add(TimelineEntry entry) {
        all.fileForeign(tenant, all.party(tenant, ownOwner(), entry), entry);
    }

    /**
     * Adds an entry of the host's own to one conversation, such as a note.
     *
     * @param conversation its id
     * @param entry made by {@link TimelineEntry#foreign}
     * @throws NoSuchElementException if there is no such conversation that may be seen
     */
    public void add(long conversation, TimelineEntry entry) {
        all.fileForeign(tenant, required(conversation).party(), entry);
    }

    private String ownOwner() {
        if (owner == null && all.ownerLabel().isPresent()) {
            throw new IllegalStateException(
                    "inbox: it is of all owners, so it can't be told whose conversation is meant; use inbox(tenant, owner)");
        }
        return owner == null ? "" : owner;
    }

    private Conversation required(long id) {
        return seen(id).orElseThrow(() -> new NoSuchElementException("there is no conversation " + id));
    }

    /** By one step only: what adopts is a contact's, and is never adopted itself. */
    private Optional<Conversation> seen(long id) {
        Optional<Conversation> found = repository.find(tenant, id);
        OptionalLong next = found.map(Conversation::mergedInto).orElse(OptionalLong.empty());
        return (next.isPresent() ? repository.find(tenant, next.getAsLong()) : found)
                .filter(each -> owner == null || owner.equals(each.party().owner()));
    }

    private Conversation withContact(Conversation conversation) {
        return withContacts(List.of(conversation)).get(0);
    }

    private List<Conversation> withContacts(List<Conversation> conversations) {
        Collection<String> ids = conversations.stream()
                .flatMap(each -> each.party().contactId().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (ids.isEmpty()) {
            return conversations;
        }
        Map<String, Contact> contacts = new HashMap<>();
        all.directory().byId(tenant, ids).forEach(contact -> contacts.put(contact.id(), contact));
        return conversations.stream()
                .map(each ->
                        each.with(each.party().contactId().map(contacts::get).orElse(null)))
                .toList();
    }
}
