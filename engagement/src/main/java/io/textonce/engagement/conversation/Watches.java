package io.textonce.engagement.conversation;

import io.textonce.MessageId;
import io.textonce.TenantId;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.StatusFold;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What this process remembers about all tenants, within bounds for all of them together: who was forgotten is looked through
 * as by a process that has just begun, and filing again changes nothing.
 */
final class Watches {

    private static final int MOST_TENANTS = 10_000;
    /** Some 10 MB. */
    private static final int MOST_ROWS = 50_000;

    private record RowKey(TenantId tenant, MessageId id) {
        static RowKey of(MessageRecord row) {
            return new RowKey(row.tenant(), row.id());
        }
    }

    /** What tells one version of a message from another. */
    private record As(MessageState state, StatusFold reports, Instant updatedAt) {
        static As of(MessageRecord row) {
            return new As(row.state(), row.reports(), row.updatedAt());
        }
    }

    private final int mostTenants;
    private final int mostRows;
    private final ReentrantLock lock = new ReentrantLock();
    /** Who was asked for last stands last. */
    private final Map<TenantId, Watch> watches = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<RowKey, As> filed = new LinkedHashMap<>();

    Watches() {
        this(MOST_TENANTS, MOST_ROWS);
    }

    Watches(int mostTenants, int mostRows) {
        this.mostTenants = mostTenants;
        this.mostRows = mostRows;
    }

    Watch of(TenantId tenant) {
        lock.lock();
        try {
            Watch known = watches.get(tenant);
            if (known != null) {
                return known;
            }
            if (watches.size() >= mostTenants) {
                dropOne();
            }
            Watch begun = new Watch();
            watches.put(tenant, begun);
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** Who waits keeps its watch: there are no more of those than threads. */
    private void dropOne() {
        for (Iterator<Watch> each = watches.values().iterator(); each.hasNext(); ) {
            if (!each.next().isAwaited()) {
                each.remove();
                return;
            }
        }
    }

    /** Whether this process filed the row as it is; so that looking again and again at the newest costs a read only. */
    boolean isFiled(MessageRecord row) {
        lock.lock();
        try {
            return As.of(row).equals(filed.get(RowKey.of(row)));
        } finally {
            lock.unlock();
        }
    }

    void filed(MessageRecord row) {
        lock.lock();
        try {
            filed.put(RowKey.of(row), As.of(row));
            if (filed.size() > mostRows) {
                filed.remove(filed.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }
}
