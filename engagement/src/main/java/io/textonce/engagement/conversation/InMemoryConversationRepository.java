package io.textonce.engagement.conversation;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.TimelineEntry.Direction;
import io.textonce.store.MessageState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Conversations in this process's memory: for one JVM, for tests and trials, and lost on exit.
 *
 * <p>Guaranteed: what {@link ConversationRepository} says. Not guaranteed: that memory is bounded. Nothing is dropped by
 * itself, so what is kept is limited by the heap; a host with real conversations gives a database.
 *
 * <pre>{@code
 * ConversationRepository repository = new InMemoryConversationRepository();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class InMemoryConversationRepository implements ConversationRepository {

    private final Map<TenantId, Shelf> tenants = new ConcurrentHashMap<>();

    /** An empty repository. */
    public InMemoryConversationRepository() {}

    private Shelf of(TenantId tenant) {
        return tenants.computeIfAbsent(tenant, t -> new Shelf());
    }

    @Override
    public void file(TenantId tenant, List<Filed> entries, @Nullable Progress reached) {
        of(tenant).file(List.copyOf(entries), reached);
    }

    @Override
    public Progress progress(TenantId tenant) {
        return of(tenant).progress();
    }

    @Override
    public void adopt(TenantId tenant, Party from, Party into) {
        of(tenant).adopt(from, into);
    }

    @Override
    public void markRead(TenantId tenant, long conversation, long upTo) {
        of(tenant).markRead(conversation, upTo);
    }

    @Override
    public Optional<Conversation> find(TenantId tenant, long id) {
        return of(tenant).find(id);
    }

    @Override
    public Optional<Conversation> find(TenantId tenant, Party party) {
        return of(tenant).find(party);
    }

    @Override
    public List<Conversation> conversations(TenantId tenant, ConversationQuery query) {
        return of(tenant).conversations(query);
    }

    @Override
    public List<TimelineEntry> entries(TenantId tenant, EntryQuery query) {
        return of(tenant).entries(query);
    }

    @Override
    public Changes changesSince(TenantId tenant, @Nullable String owner, long rev, int most) {
        return of(tenant).changesSince(owner, rev, most);
    }

    @Override
    public long lastRev(TenantId tenant) {
        return of(tenant).lastRev();
    }

    @Override
    public List<TimelineEntry> open(TenantId tenant, long after, int most) {
        return of(tenant).open(after, most);
    }

    @Override
    public int purge(Instant before, int most) {
        positive(most);
        int deleted = 0;
        for (Shelf shelf : tenants.values()) {
            deleted += deleted == most ? 0 : shelf.purge(before, most - deleted);
        }
        return deleted;
    }

    @Override
    public int erase(TenantId tenant, PhoneNumber number, int most) {
        positive(most);
        return of(tenant).erase(number, most);
    }

    @Override
    public boolean searchesText() {
        return true;
    }

    private static void positive(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("most: " + most + " is not 1 or more");
        }
    }

    /** One conversation's state. */
    private static final class Desk {
        final long id;
        final Party party;
        final NavigableMap<Position, Long> timeline = new TreeMap<>();
        final Set<Long> unread = new HashSet<>();
        long rev;
        long mergedInto;

        Desk(long id, Party party) {
            this.id = id;
            this.party = party;
        }

        Position place() {
            return new Position(timeline.lastKey().at(), id);
        }
    }

    /** One tenant's conversations behind one lock. */
    private static final class Shelf {
        private final ReentrantLock lock = new ReentrantLock();
        private final NavigableMap<Long, TimelineEntry> bySeq = new TreeMap<>();
        private final NavigableMap<Position, Long> byTime = new TreeMap<>();
        private final NavigableMap<Long, Long> byRev = new TreeMap<>();
        private final Map<String, Long> byKey = new HashMap<>();
        private final Map<Long, Desk> desks = new HashMap<>();
        private final NavigableMap<Long, Long> desksByRev = new TreeMap<>();
        private final Map<Party, Desk> parties = new HashMap<>();
        private Progress progress = Progress.NONE;
        private long last;

        Progress progress() {
            lock.lock();
            try {
                return progress;
            } finally {
                lock.unlock();
            }
        }

        void file(List<Filed> entries, @Nullable Progress reached) {
            lock.lock();
            try {
                for (Filed filed : entries) {
                    Long known = byKey.get(filed.entry().key());
                    if (known == null) {
                        add(filed);
                    } else {
                        merge(entry(known), filed.entry());
                    }
                }
                progress = reached == null ? progress : progress.orFurther(reached);
            } finally {
                lock.unlock();
            }
        }

        private void add(Filed filed) {
            Desk desk = desk(filed.party());
            long seq = ++last;
            TimelineEntry entry = filed.entry().placed(desk.id, seq, seq);
            byKey.put(entry.key(), seq);
            bySeq.put(seq, entry);
            byRev.put(seq, seq);
            byTime.put(place(entry), seq);
            desk.timeline.put(place(entry), seq);
            if (entry.direction() == Direction.INBOUND) {
                desk.unread.add(seq);
            }
            touch(desk, seq);
        }

        @SuppressWarnings("ReferenceEquality") // an entry that stays the same is the same
        private void merge(TimelineEntry before, TimelineEntry other) {
            TimelineEntry merged = before.merged(other);
            if (merged != before) {
                long rev = ++last;
                byRev.remove(before.rev());
                byRev.put(rev, before.seq());
                bySeq.put(before.seq(), merged.placed(before.conversation(), before.seq(), rev));
                touch(desk(before.conversation()), rev);
            }
        }

        private Desk desk(Party party) {
            Desk known = parties.get(party);
            if (known != null) {
                return known;
            }
            Desk desk = new Desk(++last, party);
            parties.put(party, desk);
            desks.put(desk.id, desk);
            touch(desk, desk.id);
            return desk;
        }

        private Desk desk(long id) {
            return Objects.requireNonNull(desks.get(id), "a conversation that has entries");
        }

        private TimelineEntry entry(long seq) {
            return Objects.requireNonNull(bySeq.get(seq), "an entry that is indexed");
        }

        private void touch(Desk desk, long rev) {
            desksByRev.remove(desk.rev);
            desk.rev = rev;
            desksByRev.put(rev, desk.id);
        }

        private static Position place(TimelineEntry entry) {
            return new Position(entry.at(), entry.seq());
        }

        void adopt(Party from, Party into) {
            lock.lock();
            try {
                Desk source = parties.get(from);
                if (source == null || from.equals(into)) {
                    return;
                }
                Desk target = desk(into);
                for (long seq : List.copyOf(source.timeline.values())) {
                    TimelineEntry entry = entry(seq);
                    long rev = ++last;
                    byRev.remove(entry.rev());
                    byRev.put(rev, seq);
                    bySeq.put(seq, entry.placed(target.id, seq, rev));
                }
                target.timeline.putAll(source.timeline);
                target.unread.addAll(source.unread);
                source.timeline.clear();
                source.unread.clear();
                source.mergedInto = target.id;
                parties.remove(from);
                touch(source, ++last);
                touch(target, ++last);
            } finally {
                lock.unlock();
            }
        }

        void markRead(long conversation, long upTo) {
            lock.lock();
            try {
                Desk desk = desks.get(conversation);
                if (desk != null && desk.unread.removeIf(seq -> seq <= upTo)) {
                    touch(desk, ++last);
                }
            } finally {
                lock.unlock();
            }
        }

        Optional<Conversation> find(long id) {
            lock.lock();
            try {
                return Optional.ofNullable(desks.get(id)).map(this::shown);
            } finally {
                lock.unlock();
            }
        }

        Optional<Conversation> find(Party party) {
            lock.lock();
            try {
                return Optional.ofNullable(parties.get(party)).map(this::shown);
            } finally {
                lock.unlock();
            }
        }

        private Conversation shown(Desk desk) {
            TimelineEntry newest = desk.timeline.isEmpty()
                    ? null
                    : entry(desk.timeline.lastEntry().getValue());
            Desk adopter = desks.get(desk.mergedInto);
            Party party = adopter == null ? desk.party : adopter.party;
            return Conversation.of(desk.id, party, newest, desk.unread.size(), desk.rev, desk.mergedInto);
        }

        List<Conversation> conversations(ConversationQuery query) {
            lock.lock();
            try {
                return desks.values().stream()
                        .filter(desk -> !desk.timeline.isEmpty() && matches(query, desk))
                        .sorted(Comparator.comparing(Desk::place).reversed())
                        .limit(query.limit())
                        .map(this::shown)
                        .toList();
            } finally {
                lock.unlock();
            }
        }

        private boolean matches(ConversationQuery query, Desk desk) {
            Position place = desk.place();
            return query.owner().map(desk.party.owner()::equals).orElse(true)
                    && query.unread().map(any -> any != desk.unread.isEmpty()).orElse(true)
                    && query.contacts()
                            .map(ids ->
                                    desk.party.contactId().map(ids::contains).orElse(false))
                            .orElse(true)
                    && query.from().map(from -> !place.at().isBefore(from)).orElse(true)
                    && query.until().map(until -> place.at().isBefore(until)).orElse(true)
                    && query.before().map(before -> place.compareTo(before) < 0).orElse(true)
                    && query.number()
                            .map(number -> desk.timeline.values().stream()
                                    .anyMatch(seq -> entry(seq).number().equals(Optional.of(number))))
                            .orElse(true);
        }

        List<TimelineEntry> entries(EntryQuery query) {
            lock.lock();
            try {
                NavigableMap<Position, Long> places = byTime;
                Set<Long> wanted = query.conversations().orElse(Set.of());
                if (wanted.size() == 1) {
                    Desk desk = desks.get(wanted.iterator().next());
                    places = desk == null ? new TreeMap<>() : desk.timeline;
                }
                if (query.before().isPresent()) {
                    places = places.headMap(query.before().get(), false);
                }
                Position after = query.after().orElse(null);
                places = after == null ? places.descendingMap() : places.tailMap(after, false);
                List<TimelineEntry> found = new ArrayList<>();
                for (long seq : places.values()) {
                    TimelineEntry entry = entry(seq);
                    if (query.matches(entry) && isOwned(entry, query.owner().orElse(null))) {
                        found.add(entry);
                        if (found.size() == query.limit()) {
                            break;
                        }
                    }
                }
                return List.copyOf(found);
            } finally {
                lock.unlock();
            }
        }

        private boolean isOwned(TimelineEntry entry, @Nullable String owner) {
            return owner == null || desk(entry.conversation()).party.owner().equals(owner);
        }

        Changes changesSince(@Nullable String owner, long rev, int most) {
            positive(most);
            lock.lock();
            try {
                List<TimelineEntry> entries = new ArrayList<>();
                List<Conversation> conversations = new ArrayList<>();
                long reached = last;
                for (long seq : byRev.tailMap(rev, false).values()) {
                    TimelineEntry entry = entry(seq);
                    if (isOwned(entry, owner)) {
                        if (entries.size() == most) {
                            reached = entries.get(most - 1).rev();
                            break;
                        }
                        entries.add(entry);
                    }
                }
                for (long id : desksByRev.tailMap(rev, false).values()) {
                    Desk desk = desk(id);
                    if (desk.rev <= reached
                            && (owner == null || desk.party.owner().equals(owner))) {
                        if (conversations.size() == most) {
                            reached = conversations.get(most - 1).rev();
                            break;
                        }
                        conversations.add(shown(desk));
                    }
                }
                long upTo = reached;
                entries.removeIf(entry -> entry.rev() > upTo);
                return new Changes(entries, conversations, Math.max(rev, reached), reached < last);
            } finally {
                lock.unlock();
            }
        }

        long lastRev() {
            lock.lock();
            try {
                return last;
            } finally {
                lock.unlock();
            }
        }

        List<TimelineEntry> open(long after, int most) {
            positive(most);
            lock.lock();
            try {
                return bySeq.tailMap(after, false).values().stream()
                        .filter(entry ->
                                entry.state().map(state -> !state.isSettled()).orElse(false))
                        .limit(most)
                        .toList();
            } finally {
                lock.unlock();
            }
        }

        int purge(Instant before, int most) {
            lock.lock();
            try {
                return delete(
                        byTime.headMap(new Position(before, Long.MIN_VALUE), false)
                                .values(),
                        entry -> entry.updatedAt().isBefore(before)
                                && entry.state().map(MessageState::isSettled).orElse(true),
                        most);
            } finally {
                lock.unlock();
            }
        }

        int erase(PhoneNumber number, int most) {
            lock.lock();
            try {
                SenderId address = SenderId.of(number);
                return delete(
                        bySeq.keySet(),
                        entry -> entry.number().equals(Optional.of(number))
                                || desk(entry.conversation()).party.address().equals(Optional.of(address)),
                        most);
            } finally {
                lock.unlock();
            }
        }

        private int delete(Collection<Long> from, Predicate<TimelineEntry> which, int most) {
            List<TimelineEntry> doomed =
                    from.stream().map(this::entry).filter(which).limit(most).toList();
            Set<Desk> touched = new LinkedHashSet<>();
            for (TimelineEntry entry : doomed) {
                Desk desk = desk(entry.conversation());
                desk.timeline.remove(place(entry));
                desk.unread.remove(entry.seq());
                byTime.remove(place(entry));
                byRev.remove(entry.rev());
                byKey.remove(entry.key());
                bySeq.remove(entry.seq());
                touched.add(desk);
            }
            for (Desk desk : touched) {
                if (desk.timeline.isEmpty()) {
                    parties.remove(desk.party);
                    drop(desk);
                } else {
                    touch(desk, ++last);
                }
            }
            return doomed.size();
        }

        /** With those that lead to it. */
        private void drop(Desk desk) {
            desks.remove(desk.id);
            desksByRev.remove(desk.rev);
            List.copyOf(desks.values()).stream()
                    .filter(each -> each.mergedInto == desk.id)
                    .forEach(this::drop);
        }
    }
}
