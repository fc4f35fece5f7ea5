package io.textonce.jdbc;

import io.textonce.DeliveryReport;
import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.jdbc.EventTable.Counters;
import io.textonce.jdbc.MessageTable.MessageKey;
import io.textonce.jdbc.MessageTable.Stored;
import io.textonce.store.EventJournal.Applied;
import io.textonce.store.EventJournal.Effect;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.MessageRecord;
import io.textonce.store.Suppression;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One transaction that takes in new messages and what became known: outcomes, events, choices. Reads what a whole group of callers is about,
 * decides in memory in the order of the callers, and writes what changed, each in a few statements however many they are.
 *
 * <p>Whoever records more than new messages holds the tenant's row. So a report can't be parked while another transaction, which doesn't see it
 * yet, records the outcome that it belongs to; and the numbers of events are committed in ascending order, by any number of
 * processes: whoever reads up to one number has seen all below. Tenants are locked in one order, hence no deadlock.
 */
final class Evidence {

    /** What a caller brings. */
    sealed interface Finding {
        TenantId tenant();
    }

    /** The events of one webhook. Answered with a list of {@link Applied}. */
    record Received(TenantId tenant, List<Entry> entries) implements Finding {}

    /** An outcome. Answered with true, or with the exception to throw. */
    record Completed(TenantId tenant, MessageId id, SendResult result, Instant now) implements Finding {}

    /** A choice that no event brought. Answered with true. */
    record Chosen(TenantId tenant, Suppression suppression) implements Finding {}

    /** A row to be created. Answered with whether its id was free. */
    record Creating(TenantId tenant, MessageRecord row) implements Finding {}

    private final Connection connection;
    private final MessageTable messages;
    private final EventTable events;
    private final WaitingTable waitingReports;
    private final SuppressionTable suppressions;

    private Map<TenantId, Counters> counters = Map.of();
    private final Set<EventTable.Key> known = new HashSet<>();
    private final List<EventTable.Numbered> newEvents = new ArrayList<>();
    private final Map<MessageKey, Stored> rows = new LinkedHashMap<>();
    private final Map<TenantId, Map<ProviderKey, Set<MessageKey>>> byProvider = new HashMap<>();
    private final Set<MessageKey> changed = new LinkedHashSet<>();
    private final Map<SuppressionTable.Key, Suppression> choices = new LinkedHashMap<>();
    private final WaitingTable.Desk waiting = new WaitingTable.Desk();

    Evidence(Connection connection, Tables tables) {
        this.connection = connection;
        this.messages = tables.messages();
        this.events = tables.events();
        this.waitingReports = tables.waiting();
        this.suppressions = tables.suppressions();
    }

    List<Object> take(List<Finding> findings) throws SQLException {
        Map<MessageKey, Creating> created = create(findings);
        boolean onlyCreates = created.size() == findings.size();
        if (onlyCreates
                && !waitingReports.isAwaited(
                        connection, created.values().stream().map(Creating::row).toList())) {
            return findings.stream()
                    .<Object>map(finding -> isCreated(created, finding))
                    .toList();
        }
        counters =
                events.lock(connection, findings.stream().map(Finding::tenant).toList());
        load(findings);
        List<Object> answers = new ArrayList<>(findings.size());
        for (Finding finding : findings) {
            answers.add(finding instanceof Creating each ? created(each, isCreated(created, each)) : take(finding));
        }
        flush();
        return answers;
    }

    private Object take(Finding finding) throws SQLException {
        if (finding instanceof Received received) {
            List<Applied> applied = new ArrayList<>(received.entries().size());
            for (Entry entry : received.entries()) {
                applied.add(apply(received.tenant(), entry));
            }
            return List.copyOf(applied);
        }
        if (finding instanceof Completed completed) {
            return complete(completed);
        }
        if (finding instanceof Chosen chosen) {
            choose(chosen.tenant(), chosen.suppression());
        }
        return true;
    }

    // New rows.

    /** Inserts the new rows, of several with one id the first; answers those whose id was free. */
    private Map<MessageKey, Creating> create(List<Finding> findings) throws SQLException {
        Map<MessageKey, Creating> wanted = new LinkedHashMap<>();
        for (Finding finding : findings) {
            if (finding instanceof Creating creating) {
                wanted.putIfAbsent(MessageKey.of(creating.row()), creating);
            }
        }
        if (!wanted.isEmpty()) {
            List<MessageRecord> inserted =
                    wanted.values().stream().map(Creating::row).toList();
            wanted.keySet().retainAll(messages.insert(connection, inserted));
        }
        return wanted;
    }

    /** The very one: two callers may bring one and the same row. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isCreated(Map<MessageKey, Creating> created, Finding finding) {
        return finding instanceof Creating creating && created.get(MessageKey.of(creating.row())) == creating;
    }

    /** A report can't come before the submit, but it can before a row that is restored or imported. */
    private boolean created(Creating creating, boolean isNew) throws SQLException {
        if (isNew) {
            join(MessageKey.of(creating.row()), creating.row().createdAt());
        }
        return isNew;
    }

    // Events.

    private Applied apply(TenantId tenant, Entry entry) throws SQLException {
        SmsEvent event = entry.event();
        if (!known.add(EventTable.Key.of(event))) {
            return new Applied(Effect.DUPLICATE, null);
        }
        long seq = counters(tenant).nextSeq();
        newEvents.add(new EventTable.Numbered(seq, event));
        Suppression suppression = entry.suppression();
        if (suppression != null) {
            choose(tenant, suppression);
        }
        return event instanceof DeliveryReport report ? report(seq, report) : new Applied(Effect.STORED, null);
    }

    private Applied report(long seq, DeliveryReport report) throws SQLException {
        MessageKey key = match(report);
        if (key == null) {
            waiting.park(seq, report);
            return new Applied(Effect.PARKED, null);
        }
        report(key, report);
        join(key, report.receivedAt());
        return new Applied(Effect.MATCHED, key.id());
    }

    /** The one message that a report is about; null if there is none, or if it can't be told which. */
    private @Nullable MessageKey match(DeliveryReport report) {
        MessageKey named = report.messageId()
                .map(id -> new MessageKey(report.tenant(), id))
                .orElse(null);
        Stored byId = named == null ? null : rows.get(named);
        if (byId != null && ProviderKey.fits(report, byId.row())) {
            return named;
        }
        ProviderKey theirs = ProviderKey.of(report);
        MessageKey found = null;
        for (MessageKey key : theirs == null
                ? Set.<MessageKey>of()
                : byProvider.getOrDefault(report.tenant(), Map.of()).getOrDefault(theirs, Set.of())) {
            if (ProviderKey.fits(report, row(key))) {
                if (found != null) {
                    return null;
                }
                found = key;
            }
        }
        return found;
    }

    private void report(MessageKey key, DeliveryReport report) {
        change(key, row(key).reported(report));
    }

    /** Each report may tell the provider's id, by which more reports are found. */
    private void join(MessageKey key, Instant now) throws SQLException {
        while (true) {
            MessageRecord row = row(key);
            waitingReports.load(connection, waiting, counters, List.of(row));
            DeliveryReport report = waiting.take(row, now);
            if (report == null) {
                return;
            }
            report(key, report);
        }
    }

    // Outcomes and choices.

    private Object complete(Completed completed) throws SQLException {
        MessageKey key = new MessageKey(completed.tenant(), completed.id());
        if (!rows.containsKey(key)) {
            return new IllegalStateException(
                    "message " + key.id() + " was never created, or was purged; it can't be completed");
        }
        change(key, row(key).completed(completed.result(), completed.now()));
        join(key, completed.now());
        return true;
    }

    private void choose(TenantId tenant, Suppression choice) {
        choices.merge(suppressions.key(tenant, choice), choice, SuppressionTable::later);
    }

    // The rows at hand.

    private Counters counters(TenantId tenant) {
        return Objects.requireNonNull(counters.get(tenant), "the tenant is locked");
    }

    private MessageRecord row(MessageKey key) {
        return Objects.requireNonNull(rows.get(key), "row").row();
    }

    private void change(MessageKey key, MessageRecord row) {
        Stored before = Objects.requireNonNull(rows.get(key), "row");
        if (before.row() != row) {
            rows.put(key, new Stored(row, before.rev()));
            changed.add(key);
            index(key, ProviderKey.of(before.row()), ProviderKey.of(row));
        }
    }

    private void index(MessageKey key, @Nullable ProviderKey before, @Nullable ProviderKey after) {
        if (after != null && !after.equals(before)) {
            Map<ProviderKey, Set<MessageKey>> keys = byProvider.computeIfAbsent(key.tenant(), t -> new HashMap<>());
            if (before != null) {
                keys.getOrDefault(before, new HashSet<>()).remove(key);
            }
            keys.computeIfAbsent(after, k -> new LinkedHashSet<>()).add(key);
        }
    }

    private void keep(Collection<Stored> found) {
        for (Stored stored : found) {
            MessageKey key = MessageKey.of(stored.row());
            if (rows.putIfAbsent(key, stored) == null) {
                index(key, null, ProviderKey.of(stored.row()));
            }
        }
    }

    // Reading beforehand and writing afterwards.

    private void load(List<Finding> findings) throws SQLException {
        List<SmsEvent> received = new ArrayList<>();
        Set<MessageKey> named = new LinkedHashSet<>();
        for (Finding finding : findings) {
            if (finding instanceof Received each) {
                each.entries().forEach(entry -> received.add(entry.event()));
            } else if (finding instanceof Completed each) {
                named.add(new MessageKey(each.tenant(), each.id()));
            } else if (finding instanceof Creating each) {
                named.add(MessageKey.of(each.row()));
            }
        }
        if (!received.isEmpty()) {
            known.addAll(events.known(connection, received));
        }
        List<DeliveryReport> reports = new ArrayList<>();
        for (SmsEvent event : received) {
            if (event instanceof DeliveryReport report && !known.contains(EventTable.Key.of(event))) {
                reports.add(report);
                report.messageId().ifPresent(id -> named.add(new MessageKey(report.tenant(), id)));
            }
        }
        if (!named.isEmpty()) {
            keep(messages.find(connection, named));
        }
        reports.removeIf(report -> ProviderKey.of(report) == null || isNamed(report));
        if (!reports.isEmpty()) {
            keep(messages.findByProvider(connection, reports));
        }
        waitingReports.load(
                connection,
                waiting,
                counters,
                rows.values().stream().map(Stored::row).toList());
    }

    private boolean isNamed(DeliveryReport report) {
        MessageKey key = report.messageId()
                .map(id -> new MessageKey(report.tenant(), id))
                .orElse(null);
        return key != null && rows.containsKey(key) && ProviderKey.fits(report, row(key));
    }

    private void flush() throws SQLException {
        events.insert(connection, newEvents);
        messages.update(
                connection,
                changed.stream()
                        .map(key -> Objects.requireNonNull(rows.get(key), "row"))
                        .toList());
        waitingReports.store(connection, waiting, counters);
        suppressions.store(connection, choices);
        events.store(connection, counters);
    }
}
