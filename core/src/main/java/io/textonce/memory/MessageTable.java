package io.textonce.memory;

import io.textonce.DeliveryReport;
import io.textonce.MessageId;
import io.textonce.TenantId;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
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
        /** Where {@link #byProvider} has it, and its neighbours there: those of a batch share a provider's name. */
        private @Nullable ProviderKey key;

        private @Nullable Slot previous;
        private @Nullable Slot next;

        private Slot(MessageRecord row) {
            this.row = row;
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
    }

    private final TenantId tenant;
    private final int most;
    private final Map<MessageId, Slot> byId = new ConcurrentHashMap<>();
    private final NavigableSet<Slot> byAge = new ConcurrentSkipListSet<>();
    private final Map<ProviderKey, Slot> byProvider = new HashMap<>();
    private final Deque<Slot> settled = new ArrayDeque<>();

    MessageTable(TenantId tenant, int most) {
        this.tenant = tenant;
        this.most = most;
    }

    /** The new row's slot, or null if the id is taken. */
    @Nullable
    Slot insert(MessageRecord row) {
        if (byId.containsKey(row.id())) {
            return null;
        }
        if (byId.size() >= most) {
            dropOne();
        }
        Slot slot = new Slot(row);
        byId.put(row.id(), slot);
        byAge.add(slot);
        index(slot);
        noteSettled(slot);
        return slot;
    }

    private void dropOne() {
        Slot oldest = settled.poll();
        if (oldest == null) {
            throw new IllegalStateException("in-memory store: tenant " + tenant + " has " + most
                    + " messages that are being sent or unknown, and none of them may be dropped;"
                    + " settle them, raise messages(), or use a database");
        }
        byId.remove(oldest.id());
        byAge.remove(oldest);
        unindex(oldest);
    }

    void update(Slot slot, MessageRecord row) {
        slot.row = row;
        ProviderKey key = slot.key;
        if (key == null || !key.names(row)) {
            index(slot);
        }
        noteSettled(slot);
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

    private void noteSettled(Slot slot) {
        MessageState state = slot.row.state();
        if (!slot.settled && (state == MessageState.ACCEPTED || state == MessageState.REJECTED)) {
            slot.settled = true;
            settled.add(slot);
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
