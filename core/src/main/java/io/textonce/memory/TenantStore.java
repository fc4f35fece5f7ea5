package io.textonce.memory;

import io.textonce.DeliveryReport;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.store.EventJournal.Applied;
import io.textonce.store.EventJournal.Effect;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.EventRepository.Stored;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository.Completion;
import io.textonce.store.OutboxRepository.Finished;
import io.textonce.store.OutboxRow;
import io.textonce.store.Suppression;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's tables behind one lock. Whatever may be refused is checked before the first write, so that a step that
 * throws has done nothing.
 */
final class TenantStore {

    private static final Duration BESIDE = Duration.ofDays(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final MessageTable messages;
    private final EventLog events;
    private final WaitingReports waiting;
    private final SuppressionTable suppressions;

    TenantStore(
            TenantId tenant, int maxMessages, int maxEvents, int maxWaiting, int maxSuppressions, Schedule schedule) {
        this.messages = new MessageTable(tenant, maxMessages, schedule);
        this.events = new EventLog(maxEvents);
        this.waiting = new WaitingReports(tenant, maxWaiting);
        this.suppressions = new SuppressionTable(tenant, maxSuppressions);
    }

    boolean create(MessageRecord row) {
        lock.lock();
        try {
            MessageTable.Slot slot = messages.insert(row, null);
            if (slot != null) {
                join(slot, row.createdAt());
            }
            return slot != null;
        } finally {
            lock.unlock();
        }
    }

    void asking(MessageId id, String provider, Instant now) {
        lock.lock();
        try {
            MessageTable.Slot slot = messages.slot(id);
            if (slot != null && slot.row().state() == MessageState.SENDING) {
                messages.update(slot, slot.row().asking(provider, now));
            }
        } finally {
            lock.unlock();
        }
    }

    void complete(MessageId id, SendResult result, Instant now) {
        MessageTable.Slot slot = messages.slot(id);
        // Built before the lock, which all sends share, and built again if the row has changed by then.
        MessageRecord before = slot == null ? null : slot.row();
        MessageRecord after = before == null ? null : before.completed(result, now);
        lock.lock();
        try {
            slot = messages.slot(id);
            if (slot == null) {
                throw new IllegalStateException(
                        "message " + id + " was never created, or was dropped; it can't be completed");
            }
            messages.update(
                    slot,
                    after != null && slot.row() == before ? after : slot.row().completed(result, now));
            join(slot, now);
        } finally {
            lock.unlock();
        }
    }

    Optional<MessageRecord> find(MessageId id) {
        MessageTable.Slot slot = messages.slot(id);
        return slot == null ? Optional.empty() : Optional.of(slot.row());
    }

    List<MessageRecord> query(MessageQuery query) {
        return messages.query(query);
    }

    List<Applied> apply(List<Entry> entries) {
        lock.lock();
        try {
            suppressions.requireRoomFor(entries);
            List<Applied> applied = new ArrayList<>(entries.size());
            for (Entry entry : entries) {
                applied.add(apply(entry));
            }
            return List.copyOf(applied);
        } finally {
            lock.unlock();
        }
    }

    private Applied apply(Entry entry) {
        SmsEvent event = entry.event();
        if (!events.add(event)) {
            return new Applied(Effect.DUPLICATE, null);
        }
        Suppression suppression = entry.suppression();
        if (suppression != null) {
            suppressions.record(suppression);
        }
        return event instanceof DeliveryReport report ? report(report) : new Applied(Effect.STORED, null);
    }

    private Applied report(DeliveryReport report) {
        MessageTable.Slot slot = messages.match(report);
        if (slot == null) {
            waiting.add(report);
            return new Applied(Effect.PARKED, null);
        }
        messages.update(slot, slot.row().reported(report));
        join(slot, report.receivedAt());
        return new Applied(Effect.MATCHED, slot.id());
    }

    /** Each report may tell the provider's id, by which more reports are found. */
    private void join(MessageTable.Slot slot, Instant now) {
        DeliveryReport report = waiting.take(slot.row(), now);
        while (report != null) {
            messages.update(slot, slot.row().reported(report));
            report = waiting.take(slot.row(), now);
        }
    }

    Set<MessageId> enqueue(List<OutboxRow> rows) {
        lock.lock();
        try {
            Set<MessageId> taken = new LinkedHashSet<>();
            Set<MessageId> own = new HashSet<>();
            for (OutboxRow row : rows) {
                if (!own.add(row.id()) || messages.slot(row.id()) != null) {
                    taken.add(row.id());
                }
            }
            if (taken.isEmpty()) {
                messages.requireRoomFor(rows.size());
                for (OutboxRow row : rows) {
                    MessageTable.Slot slot = Objects.requireNonNull(messages.insert(row.message(), row));
                    join(slot, row.message().createdAt());
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Changes one row of the outbox, if it is there and the change makes anything of it; null otherwise. */
    @Nullable
    OutboxRow change(MessageId id, Function<OutboxRow, @Nullable OutboxRow> change) {
        lock.lock();
        try {
            MessageTable.Slot slot = messages.slot(id);
            OutboxRow row = slot == null ? null : slot.outbox();
            OutboxRow next = row == null ? null : change.apply(row);
            if (slot == null || next == null) {
                return null;
            }
            messages.update(slot, next);
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Whether an earlier message to the same recipient has to be done with first; asked inside {@link #change}. */
    boolean waitsForAnother(MessageId id) {
        MessageTable.Slot slot = messages.slot(id);
        return slot != null && messages.waitsForAnother(slot);
    }

    Stream<MessageRecord> stream() {
        return messages.newestFirst().stream().map(MessageTable.Slot::row);
    }

    boolean complete(Completion completion, Instant now) {
        lock.lock();
        try {
            MessageTable.Slot slot = messages.slot(completion.key().id());
            OutboxRow row = slot == null ? null : slot.outbox();
            if (slot == null || row == null || !row.admits(completion) || isBoundElsewhere(slot, completion)) {
                return false;
            }
            messages.update(slot, row.completed(completion, now));
            join(slot, now);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isBoundElsewhere(MessageTable.Slot slot, Completion completion) {
        return completion.step() instanceof Finished finished
                && finished.found()
                && finished.result() instanceof SendResult.Accepted accepted
                && accepted.providerMessageId().isPresent()
                && messages.isBoundElsewhere(
                        accepted.provider(), accepted.providerMessageId().get(), slot);
    }

    @Nullable
    OutboxRow outboxRow(MessageId id) {
        MessageTable.Slot slot = messages.slot(id);
        return slot == null ? null : slot.outbox();
    }

    Map<MessageId, MessageState> cancelByReference(String reference, Instant now) {
        lock.lock();
        try {
            Map<MessageId, MessageState> states = new LinkedHashMap<>();
            for (MessageTable.Slot slot : messages.newestFirst()) {
                OutboxRow row = slot.outbox();
                if (row != null && row.message().reference().equals(Optional.of(reference))) {
                    OutboxRow next = InMemoryStore.cancellable(row.state()) ? row.cancelled(now) : row;
                    messages.update(slot, next);
                    states.put(row.id(), next.state());
                }
            }
            return states;
        } finally {
            lock.unlock();
        }
    }

    /** Changes what isn't settled of a group; answers how much isn't afterwards. */
    Map<MessageState, Integer> changeGroup(String group, Function<OutboxRow, OutboxRow> change) {
        lock.lock();
        try {
            Map<MessageState, Integer> states = new EnumMap<>(MessageState.class);
            for (MessageTable.Slot slot : messages.unsettled(group)) {
                OutboxRow row = Objects.requireNonNull(slot.outbox());
                OutboxRow next = change.apply(row);
                if (next != row) {
                    messages.update(slot, next);
                }
                if (!next.state().isSettled()) {
                    states.merge(next.state(), 1, Integer::sum);
                }
            }
            return states;
        } finally {
            lock.unlock();
        }
    }

    Set<String> providerIdsBeside(OutboxRow row) {
        MessageRecord message = row.message();
        Set<String> ids = new HashSet<>();
        for (MessageTable.Slot slot : messages.newestFirst()) {
            MessageRecord other = slot.row();
            if (!other.id().equals(message.id())
                    && other.to().equals(message.to())
                    && other.provider().equals(message.provider())
                    && Duration.between(other.createdAt(), message.createdAt())
                                    .abs()
                                    .compareTo(BESIDE)
                            <= 0) {
                other.providerMessageId().ifPresent(ids::add);
            }
        }
        return Set.copyOf(ids);
    }

    int purge(Instant before, int most) {
        lock.lock();
        try {
            return messages.purge(before, most);
        } finally {
            lock.unlock();
        }
    }

    int parked(Instant now) {
        lock.lock();
        try {
            return waiting.count(now);
        } finally {
            lock.unlock();
        }
    }

    List<Stored> since(long cursor, int limit) {
        lock.lock();
        try {
            return events.since(cursor, limit);
        } finally {
            lock.unlock();
        }
    }

    void record(Suppression suppression) {
        lock.lock();
        try {
            suppressions.requireRoomFor(suppression);
            suppressions.record(suppression);
        } finally {
            lock.unlock();
        }
    }

    boolean isSuppressed(PhoneNumber number, @Nullable SenderId sender) {
        return suppressions.isSuppressed(number, sender);
    }
}
