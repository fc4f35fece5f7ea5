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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** One tenant's rows, found by our id, by the provider's, and by age. Writers hold the tenant's lock; readers needn't. */
final class MessageTable {

    /** A row's place, which stays while rows replace each other in it. */
    static final class Slot {
        private volatile MessageRecord row;
        private boolean settled;
        private volatile @Nullable OutboxRow outbox;
        private Schedule.@Nullable Entry filed;

        private Slot(MessageRecord row, @Nullable OutboxRow outbox) {
            this.row = row;
            this.outbox = outbox;
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

    private static final Comparator<Slot> NEWEST_FIRST = Comparator.<Slot, Instant>comparing(
                    slot -> slot.row.createdAt())
            .thenComparing(slot -> slot.row.id().value())
            .reversed();

    private final TenantId tenant;
    private final int most;
    private final Map<MessageId, Slot> byId = new ConcurrentHashMap<>();
    private final NavigableSet<Slot> byAge = new ConcurrentSkipListSet<>(NEWEST_FIRST);
    private final Map<ProviderKey, List<Slot>> byProvider = new HashMap<>();
    private final Deque<Slot> settled = new ArrayDeque<>();
    private final Map<PhoneNumber, NavigableSet<Slot>> lanes = new HashMap<>();
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
        ProviderKey key = ProviderKey.of(row);
        if (key != null) {
            byProvider.computeIfAbsent(key, k -> new ArrayList<>(1)).add(slot);
        }
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
        forget(ProviderKey.of(slot.row), slot);
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
        ProviderKey before = ProviderKey.of(slot.row);
        ProviderKey after = ProviderKey.of(row);
        slot.row = row;
        if (after != null && !after.equals(before)) {
            forget(before, slot);
            byProvider.computeIfAbsent(after, k -> new ArrayList<>(1)).add(slot);
        }
        file(slot);
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

    /** Whether an earlier message to the recipient has to be done with first. */
    boolean waitsForAnother(Slot slot) {
        NavigableSet<Slot> lane = turn(slot).equals(Instant.MIN) ? null : lanes.get(slot.row.to());
        return lane != null && !lane.isEmpty() && lane.first() != slot;
    }

    /** Whether another message has the provider's id. */
    boolean isBoundElsewhere(String provider, String providerMessageId, Slot slot) {
        List<Slot> bound = byProvider.getOrDefault(new ProviderKey(provider, providerMessageId), List.of());
        return bound.stream().anyMatch(other -> other != slot);
    }

    Collection<Slot> newestFirst() {
        return byAge;
    }

    private void forget(@Nullable ProviderKey key, Slot slot) {
        List<Slot> slots = key == null ? null : byProvider.get(key);
        if (slots != null && slots.remove(slot) && slots.isEmpty()) {
            byProvider.remove(key);
        }
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
        for (Slot slot : key == null ? List.<Slot>of() : byProvider.getOrDefault(key, List.of())) {
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
