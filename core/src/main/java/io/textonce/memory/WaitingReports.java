package io.textonce.memory;

import io.textonce.DeliveryReport;
import io.textonce.MessageId;
import io.textonce.TenantId;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One tenant's reports whose message isn't known yet, found by either name that they give it. */
final class WaitingReports {

    private static final Logger LOG = LoggerFactory.getLogger(InMemoryStore.class);

    /** A report with its place in the order of arrival, which tells reports of one instant apart. */
    private record Waiting(long number, DeliveryReport report) {
        Instant since() {
            return report.receivedAt();
        }
    }

    private final TenantId tenant;
    private final int most;
    private final Map<MessageId, List<Waiting>> byMessage = new HashMap<>();
    private final Map<ProviderKey, List<Waiting>> byProvider = new HashMap<>();
    private final NavigableSet<Waiting> byAge =
            new TreeSet<>(Comparator.comparing(Waiting::since).thenComparing(Waiting::number));
    private long lastNumber;
    private boolean warned;

    WaitingReports(TenantId tenant, int most) {
        this.tenant = tenant;
        this.most = most;
    }

    void add(DeliveryReport report) {
        expire(report.receivedAt());
        if (byAge.size() >= most) {
            remove(byAge.first());
            if (!warned) {
                warned = true;
                LOG.warn(
                        "In-memory store: more than {} delivery reports of tenant {} wait for a message that isn't known;"
                                + " the oldest are dropped. Does another system send by the same account?",
                        most,
                        tenant);
            }
        }
        Waiting waiting = new Waiting(++lastNumber, report);
        byAge.add(waiting);
        report.messageId()
                .ifPresent(id ->
                        byMessage.computeIfAbsent(id, k -> new ArrayList<>(1)).add(waiting));
        ProviderKey key = ProviderKey.of(report);
        if (key != null) {
            byProvider.computeIfAbsent(key, k -> new ArrayList<>(1)).add(waiting);
        }
    }

    /** Takes one report about a row out, or answers null. */
    @Nullable
    DeliveryReport take(MessageRecord row, Instant now) {
        if (byAge.isEmpty()) {
            return null;
        }
        expire(now);
        Waiting found = first(byMessage.get(row.id()), row);
        ProviderKey key = ProviderKey.of(row);
        if (found == null && key != null) {
            found = first(byProvider.get(key), row);
        }
        if (found == null) {
            return null;
        }
        remove(found);
        return found.report();
    }

    private static @Nullable Waiting first(@Nullable List<Waiting> candidates, MessageRecord row) {
        for (Waiting waiting : candidates == null ? List.<Waiting>of() : candidates) {
            if (ProviderKey.fits(waiting.report(), row)) {
                return waiting;
            }
        }
        return null;
    }

    int count(Instant now) {
        expire(now);
        return byAge.size();
    }

    private void expire(Instant now) {
        Instant oldest = now.minus(EventJournal.PARKED_FOR);
        while (!byAge.isEmpty() && byAge.first().since().isBefore(oldest)) {
            remove(byAge.first());
        }
    }

    private void remove(Waiting waiting) {
        byAge.remove(waiting);
        waiting.report().messageId().ifPresent(id -> removeFrom(byMessage, id, waiting));
        ProviderKey key = ProviderKey.of(waiting.report());
        if (key != null) {
            removeFrom(byProvider, key, waiting);
        }
    }

    private static <K> void removeFrom(Map<K, List<Waiting>> index, K key, Waiting waiting) {
        List<Waiting> all = index.get(key);
        if (all != null && all.remove(waiting) && all.isEmpty()) {
            index.remove(key);
        }
    }
}
