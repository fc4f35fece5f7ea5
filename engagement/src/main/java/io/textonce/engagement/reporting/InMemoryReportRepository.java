package io.textonce.engagement.reporting;

import io.textonce.DeliveryStatus;
import io.textonce.Label;
import io.textonce.TenantId;
import io.textonce.engagement.reporting.ReportQuery.Slice;
import io.textonce.memory.InMemoryStore;
import io.textonce.phone.PhoneNumbers;
import io.textonce.store.MessageRecord;
import io.textonce.store.OutboxRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reports on an {@link InMemoryStore}: on the messages that are still in it, of one JVM, lost on exit. After a restart an
 * alert may be raised again.
 *
 * <p>Guaranteed: bounded; the 10,000 alerts of the latest periods are remembered.
 *
 * <pre>{@code
 * ReportRepository reports = new InMemoryReportRepository(store);
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class InMemoryReportRepository implements ReportRepository {

    private static final int MOST_ALERTS = 10_000;

    private final InMemoryStore store;
    private final PhoneNumbers numbers = PhoneNumbers.international();
    private final ReentrantLock lock = new ReentrantLock();
    /** Until when the alert is claimed; {@link Instant#MAX} once it was raised. */
    private final Map<AlertKey, Instant> alerts = new HashMap<>();

    /**
     * Reports on a store.
     *
     * @param store the messages
     */
    public InMemoryReportRepository(InMemoryStore store) {
        this.store = Objects.requireNonNull(store, "store");
    }

    @Override
    public List<ReportRow> aggregate(ReportQuery query) {
        NavigableMap<Instant, String> slices = new TreeMap<>();
        for (Slice slice : query.slices()) {
            slices.put(slice.from(), slice.name());
        }
        ReportTally tally = new ReportTally(query);
        Set<TenantId> tenants = query.tenant().map(Set::of).orElseGet(store::tenants);
        for (TenantId tenant : tenants) {
            store.stream(tenant, query.where()).forEach(row -> tally.add(cell(query, slices, row)));
        }
        return tally.rows();
    }

    private ReportTally.Cell cell(ReportQuery query, NavigableMap<Instant, String> slices, MessageRecord row) {
        List<String> values = new ArrayList<>(query.dimensions().size());
        for (Dimension dimension : query.dimensions()) {
            values.add(value(dimension, slices, row));
        }
        DeliveryStatus status = row.status().orElse(null);
        return new ReportTally.Cell(
                values,
                row.state(),
                status,
                status == DeliveryStatus.DELIVERED ? latency(row) : -1,
                row.estimated().orElse(null),
                row.billed().orElse(null),
                1,
                row.segments().orElse(0));
    }

    private int latency(MessageRecord row) {
        Instant begun =
                store.row(row.tenant(), row.id()).flatMap(OutboxRow::begunAt).orElse(row.createdAt());
        return ReportTally.latency(Duration.between(begun, row.updatedAt()));
    }

    private String value(Dimension dimension, NavigableMap<Instant, String> slices, MessageRecord row) {
        return switch (dimension.kind()) {
            case DAY, MONTH -> slices.floorEntry(row.createdAt()).getValue();
            case TENANT -> row.tenant().value();
            case PROVIDER -> row.provider().orElse("");
            case CATEGORY -> row.category().name();
            case COUNTRY -> numbers.regionOf(row.to()).orElse("");
            case STATE -> row.state().name();
            case STATUS -> row.status().map(DeliveryStatus::name).orElse("");
            case TEMPLATE -> row.templateId().orElse("");
            case LABEL ->
                row.labels().stream()
                        .filter(label -> label.name().equals(dimension.name()))
                        .map(Label::value)
                        .findFirst()
                        .orElse("");
        };
    }

    @Override
    public boolean claimAlert(AlertKey alert, Instant now, Instant until) {
        Objects.requireNonNull(alert, "alert");
        lock.lock();
        try {
            Instant claimed = alerts.get(alert);
            if (claimed != null && claimed.isAfter(now)) {
                return false;
            }
            alerts.put(alert, until);
            if (alerts.size() > MOST_ALERTS) {
                alerts.keySet().stream()
                        .min(Comparator.comparing(AlertKey::period))
                        .ifPresent(alerts::remove);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void alertRaised(AlertKey alert) {
        lock.lock();
        try {
            alerts.put(alert, Instant.MAX);
        } finally {
            lock.unlock();
        }
    }
}
