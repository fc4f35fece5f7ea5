package io.textonce.memory;

import io.textonce.DeliveryReport;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRow;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** One tenant's rows, found by our id, by the provider's, and by age. Writers hold the tenant's lock; readers needn't. */
final class MessageTable {

    /** A row's place, which stays while rows replace each other in it. */
    static final class Slot implements Comparable<Slot> {
        private volatile MessageRecord row;
        private final Instant createdAt;
        private final String id;
        private boolean settled;
        private volatile @Nullable OutboxRow outbox;
        private Schedule.@Nullable Entry filed;
        /** Where {@link #byProvider} has it, and its neighbours there: those of a batch share a provider's name. */
        private @Nullable ProviderKey key;

        private @Nullable Slot previous;
        private @Nullable Slot next;

        private Slot(MessageRecord row, @Nullable OutboxRow outbox) {
            this.row = row;
            this.outbox = outbox;
            this.createdAt = row.createdAt();
            this.id = row.id().value();
        }

        /** Newest first. */
        @Override
        public int compareTo(Slot other) {
            int age = other.createdAt.compareTo(createdAt);
            return age != 0 ? age : other.id.compareTo(id);
        }

        MessageRecord row() {
            return row;
        }

        MessageId id() {
            return row.id();
        }

        /** What the outbox knows beside the record; null if the message was never in it. */
        @Nullable
        OutboxRow outbox() {
            OutboxRow known = outbox;
            return known == null ? null : known.with(row);
        }
    }

    private static final Comparator<Slot> BY_TURN = Comparator.comparing(MessageTable::turn)
            .thenComparing(slot -> slot.row.id().value());

    private static Instant turn(Slot slot) {
        OutboxRow row = slot.outbox;
        return row == null ? Instant.MIN : row.turn().orElse(Instant.MIN);
    }

    private final TenantId tenant;
    private final int most;
    private final Map<MessageId, Slot> byId = new ConcurrentHashMap<>();
    private final NavigableSet<Slot> byAge = new ConcurrentSkipListSet<>();
    private final Map<ProviderKey, Slot> byProvider = new HashMap<>();
    private final Deque<Slot> settled = new ArrayDeque<>();
    private final Map<PhoneNumber, NavigableSet<Slot>> lanes = new HashMap<>();
    private final Map<String, Set<Slot>> groups = new HashMap<>();
    private final Schedule schedule;

    MessageTable(TenantId tenant, int most, Schedule schedule) {
        this.tenant = tenant;
        this.most = most;
        this.schedule = schedule;
    }

    /** Throws unless that many more rows fit. */
    void requireRoomFor(int rows) {
        if (rows > most - byId.size() + settled.size()) {
            throw full();
        }
    }

    /** The new row's slot, or null if the id is taken. */
    @Nullable
    Slot insert(MessageRecord row, @Nullable OutboxRow outbox) {
        if (byId.containsKey(row.id())) {
            return null;
        }
        if (byId.size() >= most) {
            dropOne();
        }
        Slot slot = new Slot(row, outbox);
        byId.put(row.id(), slot);
        byAge.add(slot);
        index(slot);
        file(slot);
        return slot;
    }

    private void dropOne() {
        Slot oldest = settled.poll();
        if (oldest == null) {
            throw full();
        }
        drop(oldest);
    }

    private IllegalStateException full() {
        return new IllegalStateException("in-memory store: tenant " + tenant + " has " + most
                + " messages that wait, are being sent or unknown, and none of them may be dropped;"
                + " settle them, raise messages(), or use a database");
    }

    private void drop(Slot slot) {
        byId.remove(slot.id());
        byAge.remove(slot);
        unindex(slot);
    }

    /** Drops what is settled and last changed before an instant. */
    int purge(Instant before, int limit) {
        int dropped = 0;
        for (Iterator<Slot> all = settled.iterator(); all.hasNext() && dropped < limit; ) {
            Slot slot = all.next();
            if (slot.row.state().isSettled() && slot.row.updatedAt().isBefore(before)) {
                all.remove();
                drop(slot);
                dropped++;
            }
        }
        return dropped;
    }

    void update(Slot slot, OutboxRow row) {
        slot.outbox = row;
        update(slot, row.message());
    }

    void update(Slot slot, MessageRecord row) {
        slot.row = row;
        ProviderKey key = slot.key;
        if (key == null || !key.names(row)) {
            index(slot);
        }
        file(slot);
    }

    /** Enters a row under the provider's name for it, in place of an earlier one; a row without a name stays put. */
    private void index(Slot slot) {
        ProviderKey key = ProviderKey.of(slot.row);
        if (key == null) {
            return;
        }
        unindex(slot);
        slot.key = key;
        Slot next = byProvider.put(key, slot);
        slot.next = next;
        if (next != null) {
            next.previous = slot;
        }
    }

    private void unindex(Slot slot) {
        ProviderKey key = slot.key;
        if (key == null) {
            return;
        }
        Slot previous = slot.previous;
        Slot next = slot.next;
        if (previous != null) {
            previous.next = next;
        } else if (next != null) {
            byProvider.put(key, next);
        } else {
            byProvider.remove(key);
        }
        if (next != null) {
            next.previous = previous;
        }
        slot.key = null;
        slot.previous = null;
        slot.next = null;
    }

    private void file(Slot slot) {
        if (!slot.settled && slot.row.state().isSettled()) {
            slot.settled = true;
            settled.add(slot);
        }
        OutboxRow row = slot.outbox();
        if (row != null) {
            slot.filed = schedule.file(row, slot.filed);
            if (row.turn().isPresent()) {
                fileLane(slot, row);
            }
            if (row.group().isPresent()) {
                fileGroup(slot, row, row.group().get());
            }
        }
    }

    private void fileLane(Slot slot, OutboxRow row) {
        PhoneNumber to = row.message().to();
        if (row.state().isSettled() || row.state() == MessageState.UNKNOWN) {
            NavigableSet<Slot> lane = lanes.get(to);
            if (lane != null && lane.remove(slot) && lane.isEmpty()) {
                lanes.remove(to);
            }
        } else {
            lanes.computeIfAbsent(to, k -> new TreeSet<>(BY_TURN)).add(slot);
        }
    }

    private void fileGroup(Slot slot, OutboxRow row, String name) {
        if (row.state().isSettled()) {
            Set<Slot> group = groups.get(name);
            if (group != null && group.remove(slot) && group.isEmpty()) {
                groups.remove(name);
            }
        } else {
            groups.computeIfAbsent(name, k -> new HashSet<>()).add(slot);
        }
    }

    /** What isn't settled of a group, as it is now. */
    List<Slot> unsettled(String group) {
        return List.copyOf(groups.getOrDefault(group, Set.of()));
    }

    /** Whether an earlier message to the recipient has to be done with first. */
    boolean waitsForAnother(Slot slot) {
        NavigableSet<Slot> lane = turn(slot).equals(Instant.MIN) ? null : lanes.get(slot.row.to());
        return lane != null && !lane.isEmpty() && lane.first() != slot;
    }

    /** Whether another message has the provider's id. */
    boolean isBoundElsewhere(String provider, String providerMessageId, Slot slot) {
        Slot first = byProvider.get(new ProviderKey(provider, providerMessageId));
        return first != null && (first != slot || first.next != null);
    }

    Collection<Slot> newestFirst() {
        return byAge;
    }

    @Nullable
    Slot slot(MessageId id) {
        return byId.get(id);
    }

    /** The one message that a report is about; null if there is none, or if it can't be told which. */
    @Nullable
    Slot match(DeliveryReport report) {
        Optional<MessageId> id = report.messageId();
        Slot named = id.isEmpty() ? null : byId.get(id.get());
        if (named != null && ProviderKey.fits(report, named.row)) {
            return named;
        }
        ProviderKey key = ProviderKey.of(report);
        Slot found = null;
        for (Slot slot = key == null ? null : byProvider.get(key); slot != null; slot = slot.next) {
            if (ProviderKey.fits(report, slot.row)) {
                if (found != null) {
                    return null;
                }
                found = slot;
            }
        }
        return found;
    }

    List<MessageRecord> query(MessageQuery query) {
        Collection<Slot> slots = byAge;
        if (query.before().isPresent()) {
            Slot last = byId.get(query.before().get());
            slots = last == null ? List.of() : byAge.tailSet(last, false);
        }
        List<MessageRecord> found = new ArrayList<>();
        for (Slot slot : slots) {
            MessageRecord row = slot.row;
            if (query.matches(row)) {
                found.add(row);
                if (found.size() == query.limit()) {
                    break;
                }
            }
        }
        return List.copyOf(found);
    }
}
