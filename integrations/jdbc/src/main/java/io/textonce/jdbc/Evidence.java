package io.textonce.jdbc;

import io.textonce.DeliveryReport;
import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.jdbc.EventTable.Counters;
import io.textonce.jdbc.MessageTable.Doomed;
import io.textonce.jdbc.MessageTable.MessageKey;
import io.textonce.jdbc.MessageTable.Named;
import io.textonce.jdbc.MessageTable.Stored;
import io.textonce.store.EventJournal.Applied;
import io.textonce.store.EventJournal.Effect;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.MessageRecord;
import io.textonce.store.OutboxRepository.Completion;
import io.textonce.store.OutboxRepository.Finished;
import io.textonce.store.OutboxRepository.RowKey;
import io.textonce.store.OutboxRow;
import io.textonce.store.Suppression;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
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
        Set<TenantId> tenants();
    }

    /** What is about one tenant. */
    sealed interface OfTenant extends Finding {
        TenantId tenant();

        @Override
        default Set<TenantId> tenants() {
            return Set.of(tenant());
        }
    }

    /** The events of one webhook. Answered with a list of {@link Applied}. */
    record Received(TenantId tenant, List<Entry> entries) implements OfTenant {}

    /** An outcome. Answered with true, or with the exception to throw. */
    record Completed(TenantId tenant, MessageId id, SendResult result, Instant now) implements OfTenant {}

    /** A choice that no event brought. Answered with true. */
    record Chosen(TenantId tenant, Suppression suppression) implements OfTenant {}

    /** A row to be created. Answered with whether its id was free. */
    record Creating(TenantId tenant, MessageRecord row) implements OfTenant {}

    /** Rows of the outbox, all or none. Answered with the ids that were taken. */
    record Enqueued(TenantId tenant, List<OutboxRow> rows) implements OfTenant {}

    /** What became of rows of the outbox. Answered with the keys of those that it counted for. */
    record Recorded(List<Completion> completions) implements Finding {
        @Override
        public Set<TenantId> tenants() {
            return completions.stream().map(each -> each.key().tenant()).collect(Collectors.toSet());
        }
    }

    /** Of a group of callers, one brought an id that is taken: each is tried by itself, so that one undoes its own rows only. */
    private static final class IdTakenException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        IdTakenException() {
            super("an id is taken");
        }
    }

    private final Connection connection;
    private final boolean careful;
    private final MessageTable messages;
    private final EventTable events;
    private final WaitingTable waitingReports;
    private final SuppressionTable suppressions;

    private Map<TenantId, Counters> counters = Map.of();
    private final Set<EventTable.Key> known = new HashSet<>();
    private final List<EventTable.Numbered> newEvents = new ArrayList<>();
    private final List<MessageRecord> inserted = new ArrayList<>();
    private final Map<MessageKey, Stored> rows = new LinkedHashMap<>();
    private final Map<TenantId, Map<ProviderKey, Set<MessageKey>>> byProvider = new HashMap<>();
    private final Set<MessageKey> changed = new LinkedHashSet<>();
    private final Map<SuppressionTable.Key, Suppression> choices = new LinkedHashMap<>();
    private final WaitingTable.Desk waiting = new WaitingTable.Desk();

    /**
     * Starts one.
     *
     * @param careful whether an id may be taken; if not, one that is ends the transaction
     */
    Evidence(Connection connection, boolean careful, Tables tables) {
        this.connection = connection;
        this.careful = careful;
        this.messages = tables.messages();
        this.events = tables.events();
        this.waitingReports = tables.waiting();
        this.suppressions = tables.suppressions();
    }

    List<Object> take(List<Finding> findings) throws SQLException {
        Map<Finding, Object> created = create(findings);
        if (created.size() == findings.size() && !waitingReports.isAwaited(connection, inserted)) {
            return findings.stream().map(created::get).toList();
        }
        Set<TenantId> tenants = new HashSet<>();
        findings.forEach(finding -> tenants.addAll(finding.tenants()));
        counters = events.lock(connection, tenants);
        load(findings);
        for (MessageRecord row : inserted) {
            // A report can't come before the submit, but it can before a row that is restored or imported.
            join(MessageKey.of(row), row.createdAt());
        }
        List<Object> answers = new ArrayList<>(findings.size());
        for (Finding finding : findings) {
            Object known = created.get(finding);
            answers.add(known != null ? known : take(finding));
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
        if (finding instanceof Recorded recorded) {
            return record(recorded.completions());
        }
        if (finding instanceof Chosen chosen) {
            choose(chosen.tenant(), chosen.suppression());
        }
        return true;
    }

    // New rows.

    /** Inserts the new rows, of several with one id the first; answers what their callers get. */
    private Map<Finding, Object> create(List<Finding> findings) throws SQLException {
        Map<MessageKey, Finding> owners = new LinkedHashMap<>();
        List<Stored> rows = new ArrayList<>();
        // By identity: two callers may bring equal rows.
        IdentityHashMap<Finding, Set<MessageId>> taken = new IdentityHashMap<>();
        for (Finding finding : findings) {
            for (Stored row : fresh(finding)) {
                taken.computeIfAbsent(finding, f -> new LinkedHashSet<>());
                if (owners.putIfAbsent(MessageKey.of(row.row()), finding) == null) {
                    rows.add(row);
                } else {
                    taken.get(finding).add(row.row().id());
                }
            }
        }
        if (rows.isEmpty()) {
            return Map.of();
        }
        Set<MessageKey> free = careful ? messages.insertSingly(connection, rows) : messages.insert(connection, rows);
        for (Stored row : rows) {
            MessageKey key = MessageKey.of(row.row());
            if (free.contains(key)) {
                inserted.add(row.row());
            } else {
                Objects.requireNonNull(taken.get(owners.get(key))).add(key.id());
            }
        }
        IdentityHashMap<Finding, Object> answers = new IdentityHashMap<>();
        taken.forEach((finding, ids) -> answers.put(finding, finding instanceof Enqueued ? ids : ids.isEmpty()));
        if (taken.entrySet().stream()
                .anyMatch(each ->
                        each.getKey() instanceof Enqueued && !each.getValue().isEmpty())) {
            if (findings.size() > 1) {
                throw new IdTakenException();
            }
            messages.delete(connection, inserted.stream().map(Doomed::of).toList());
            inserted.clear();
        }
        return answers;
    }

    private static List<Stored> fresh(Finding finding) {
        if (finding instanceof Creating creating) {
            return List.of(Stored.fresh(creating.row()));
        }
        return finding instanceof Enqueued enqueued
                ? enqueued.rows().stream().map(Stored::fresh).toList()
                : List.of();
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

    @SuppressWarnings("ReferenceEquality") // a record that stays the same is the same
    private Set<RowKey> record(List<Completion> completions) throws SQLException {
        Set<RowKey> counted = new LinkedHashSet<>();
        for (Completion completion : completions) {
            MessageKey key = key(completion);
            Stored stored = rows.get(key);
            OutboxRow row = stored == null ? null : stored.outbox();
            if (stored != null && row != null && row.admits(completion) && !isBoundElsewhere(key, completion)) {
                Instant now = counters(key.tenant()).now();
                OutboxRow next = row.completed(completion, now);
                boolean same =
                        next.message() == row.message() && next.due().equals(row.due()) && next.tries() == row.tries();
                if (!same) {
                    change(key, stored.with(next));
                }
                join(key, now);
                counted.add(completion.key());
            }
        }
        return counted;
    }

    private static MessageKey key(Completion completion) {
        return new MessageKey(completion.key().tenant(), completion.key().id());
    }

    /** Whoever records an id holds the tenant's row, so nobody else is about to bind it. */
    private boolean isBoundElsewhere(MessageKey key, Completion completion) {
        ProviderKey found = found(completion);
        return found != null
                && byProvider.getOrDefault(key.tenant(), Map.of()).getOrDefault(found, Set.of()).stream()
                        .anyMatch(other -> !other.equals(key));
    }

    /** The id that a lookup brought; null if it isn't about one. */
    private static @Nullable ProviderKey found(Completion completion) {
        return completion.step() instanceof Finished finished
                        && finished.found()
                        && finished.result() instanceof SendResult.Accepted accepted
                ? ProviderKey.of(accepted)
                : null;
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
            change(key, before.with(row));
        }
    }

    private void change(MessageKey key, Stored next) {
        Stored before = Objects.requireNonNull(rows.put(key, next), "row");
        changed.add(key);
        index(key, ProviderKey.of(before.row()), ProviderKey.of(next.row()));
    }

    private void index(MessageKey key, @Nullable ProviderKey before, @Nullable ProviderKey after) {
        if (!Objects.equals(before, after)) {
            Map<ProviderKey, Set<MessageKey>> keys = byProvider.computeIfAbsent(key.tenant(), t -> new HashMap<>());
            if (before != null) {
                keys.getOrDefault(before, new HashSet<>()).remove(key);
            }
            if (after != null) {
                keys.computeIfAbsent(after, k -> new LinkedHashSet<>()).add(key);
            }
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
        List<Named> theirs = new ArrayList<>();
        inserted.forEach(row -> named.add(MessageKey.of(row)));
        for (Finding finding : findings) {
            if (finding instanceof Received each) {
                each.entries().forEach(entry -> received.add(entry.event()));
            } else if (finding instanceof Completed each) {
                named.add(new MessageKey(each.tenant(), each.id()));
            } else if (finding instanceof Recorded each) {
                for (Completion completion : each.completions()) {
                    named.add(key(completion));
                    ProviderKey found = found(completion);
                    if (found != null) {
                        theirs.add(new Named(completion.key().tenant(), found, null));
                    }
                }
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
        for (DeliveryReport report : reports) {
            ProviderKey key = ProviderKey.of(report);
            if (key != null && !isNamed(report)) {
                theirs.add(new Named(report.tenant(), key, report.recipient().orElse(null)));
            }
        }
        if (!theirs.isEmpty()) {
            keep(messages.findByProvider(connection, theirs));
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
