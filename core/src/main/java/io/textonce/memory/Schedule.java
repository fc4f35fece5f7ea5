package io.textonce.memory;

import io.textonce.MessageId;
import io.textonce.TenantId;
import io.textonce.store.OutboxRow;
import java.time.Instant;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * When something is to be done about the outbox rows of all tenants. Each tenant files its own rows under its lock;
 * readers don't lock, so they look at the row again under the lock before they act.
 */
final class Schedule {

    /** One row's place in the list that its state puts it on. */
    record Entry(Instant at, MessageId id, TenantId tenant, Todo what) {}

    /** What is to be done. */
    enum Todo {
        SEND,
        LOOK_UP,
        END_LEASE
    }

    private static final Comparator<Entry> ORDER = Comparator.comparing(Entry::at)
            .thenComparing((Entry entry) -> entry.id().value())
            .thenComparing((Entry entry) -> entry.tenant().value());

    private final NavigableSet<Entry> sends = new ConcurrentSkipListSet<>(ORDER);
    private final NavigableSet<Entry> lookups = new ConcurrentSkipListSet<>(ORDER);
    private final NavigableSet<Entry> leases = new ConcurrentSkipListSet<>(ORDER);

    /** Files a row anew; {@code before} is what this answered the last time. */
    @Nullable
    Entry file(OutboxRow row, @Nullable Entry before) {
        Entry now = entry(row);
        if (!Objects.equals(now, before)) {
            if (before != null) {
                list(before.what()).remove(before);
            }
            if (now != null) {
                list(now.what()).add(now);
            }
        }
        return now;
    }

    private static @Nullable Entry entry(OutboxRow row) {
        TenantId tenant = row.message().tenant();
        return switch (row.state()) {
            case PENDING -> new Entry(row.due(), row.id(), tenant, Todo.SEND);
            case UNKNOWN -> new Entry(row.due(), row.id(), tenant, Todo.LOOK_UP);
            case CLAIMED, SENDING -> new Entry(row.leaseUntil().orElse(Instant.MIN), row.id(), tenant, Todo.END_LEASE);
            default -> null;
        };
    }

    /** What is to be done, soonest first. Others change it meanwhile. */
    Iterable<Entry> all(Todo what) {
        return list(what);
    }

    private NavigableSet<Entry> list(Todo what) {
        return switch (what) {
            case SEND -> sends;
            case LOOK_UP -> lookups;
            case END_LEASE -> leases;
        };
    }
}
