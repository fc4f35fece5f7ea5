package io.textonce.jdbc;

import io.textonce.DeliveryReport;
import io.textonce.MessageId;
import io.textonce.TenantId;
import io.textonce.jdbc.EventTable.Counters;
import io.textonce.jdbc.MessageTable.MessageKey;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code textonce_waiting}: reports whose message isn't known yet. */
final class WaitingTable {

    private record Place(TenantId tenant, long seq) {}

    /** A report that waits, in the table already or only in this transaction. */
    private record Waiting(long seq, DeliveryReport report, boolean stored) {}

    private record TheirKey(TenantId tenant, ProviderKey key) {}

    /** What one transaction knows of the waiting reports, and changes about them. */
    static final class Desk {
        private final Map<TenantId, Map<Long, Waiting>> waiting = new HashMap<>();
        private final List<Place> taken = new ArrayList<>();
        private final Set<MessageKey> loaded = new HashSet<>();
        private final Set<TheirKey> loadedTheirs = new HashSet<>();

        void park(long seq, DeliveryReport report) {
            add(new Waiting(seq, report, false));
        }

        private void add(Waiting each) {
            waiting.computeIfAbsent(each.report.tenant(), t -> new TreeMap<>()).putIfAbsent(each.seq, each);
        }

        /** Takes one report about a row out, by our id before theirs, or answers null. */
        @Nullable
        DeliveryReport take(MessageRecord row, Instant now) {
            Map<Long, Waiting> candidates = waiting.getOrDefault(row.tenant(), Map.of());
            if (candidates.isEmpty()) {
                return null;
            }
            Instant oldest = now.minus(EventJournal.PARKED_FOR);
            ProviderKey theirs = ProviderKey.of(row);
            Waiting found = null;
            for (Waiting each : candidates.values()) {
                DeliveryReport report = each.report;
                boolean alive = !report.receivedAt().isBefore(oldest);
                if (alive && ProviderKey.fits(report, row)) {
                    if (report.messageId().filter(row.id()::equals).isPresent()) {
                        found = each;
                        break;
                    }
                    if (found == null && theirs != null && theirs.equals(ProviderKey.of(report))) {
                        found = each;
                    }
                }
            }
            if (found == null) {
                return null;
            }
            candidates.remove(found.seq);
            if (found.stored) {
                taken.add(new Place(row.tenant(), found.seq));
            }
            return found.report;
        }
    }

    private final EventTable events;
    private final String byMessage;
    private final String byProvider;
    private final String bySeq;

    WaitingTable(Dialect dialect, EventTable events) {
        this.events = events;
        this.byMessage = dialect.lookup(
                Bind.unnest(List.of("tenant", "id")),
                "m.tenant, m.seq",
                "textonce_waiting",
                "m.tenant = u.tenant and m.message_id = u.id");
        this.byProvider = dialect.lookup(
                Bind.unnest(List.of("tenant", "provider", "pid")),
                "m.tenant, m.seq",
                "textonce_waiting",
                "m.tenant = u.tenant and m.provider = u.provider and m.provider_message_id = u.pid");
        this.bySeq = dialect.lookup(
                Bind.unnest(List.of("tenant", "seq")),
                "m.*",
                "textonce_event",
                "m.tenant = u.tenant and m.seq = cast(u.seq as bigint)");
    }

    /** Reads what waits for these rows, by either name, unless it was read already. */
    void load(Connection connection, Desk desk, Map<TenantId, Counters> counters, List<MessageRecord> rows)
            throws SQLException {
        List<MessageKey> ours = new ArrayList<>();
        List<TheirKey> theirs = new ArrayList<>();
        for (MessageRecord row : rows) {
            Counters known = counters.get(row.tenant());
            if (known != null && known.nobodyWaits()) {
                continue;
            }
            MessageKey key = MessageKey.of(row);
            if (desk.loaded.add(key)) {
                ours.add(key);
            }
            ProviderKey provider = ProviderKey.of(row);
            if (provider != null && desk.loadedTheirs.add(new TheirKey(row.tenant(), provider))) {
                theirs.add(new TheirKey(row.tenant(), provider));
            }
        }
        Map<Place, Place> places = new LinkedHashMap<>();
        if (!ours.isEmpty()) {
            try (PreparedStatement statement = connection.prepareStatement(byMessage)) {
                new Bind(statement).texts(ours, MessageKey::tenant).texts(ours, MessageKey::id);
                readPlaces(statement, places);
            }
        }
        if (!theirs.isEmpty()) {
            try (PreparedStatement statement = connection.prepareStatement(byProvider)) {
                new Bind(statement)
                        .texts(theirs, TheirKey::tenant)
                        .texts(theirs, each -> each.key().provider())
                        .texts(theirs, each -> each.key().messageId());
                readPlaces(statement, places);
            }
        }
        places.keySet().removeAll(desk.taken);
        if (!places.isEmpty()) {
            readReports(connection, desk, places.keySet());
        }
    }

    private static void readPlaces(PreparedStatement statement, Map<Place, Place> places) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                Place place = new Place(TenantId.of(rows.getString(1)), rows.getLong(2));
                places.put(place, place);
            }
        }
    }

    private void readReports(Connection connection, Desk desk, Set<Place> places) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(bySeq)) {
            new Bind(statement).texts(places, Place::tenant).texts(places, Place::seq);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (events.read(rows) instanceof DeliveryReport report) {
                        desk.add(new Waiting(rows.getLong("seq"), report, true));
                    }
                }
            }
        }
    }

    /** Writes down who waits now and strikes out who was found; whoever waited too long goes when others come. */
    void store(Connection connection, Desk desk, Map<TenantId, Counters> counters) throws SQLException {
        delete(connection, desk.taken);
        desk.taken.forEach(place -> of(counters, place.tenant()).waiting(-1));
        String sql =
                "insert into textonce_waiting (tenant, seq, message_id, provider, provider_message_id, received_at)"
                        + " values (?,?,?,?,?,?)";
        Map<TenantId, Instant> newest = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement);
            for (Map<Long, Waiting> ofTenant : desk.waiting.values()) {
                for (Waiting each : ofTenant.values()) {
                    if (!each.stored) {
                        DeliveryReport report = each.report;
                        bind.text(report.tenant())
                                .number(each.seq)
                                .text(report.messageId().map(MessageId::value).orElse(null))
                                .text(report.provider())
                                .text(MessageTable.providerId(
                                        report.providerMessageId().orElse(null)))
                                .instant(report.receivedAt())
                                .add();
                        of(counters, report.tenant()).waiting(1);
                        newest.merge(report.tenant(), report.receivedAt(), (a, b) -> a.isAfter(b) ? a : b);
                    }
                }
            }
            if (!newest.isEmpty()) {
                statement.executeBatch();
                forgetOlder(connection, newest, counters);
            }
        }
    }

    private static Counters of(Map<TenantId, Counters> counters, TenantId tenant) {
        return Objects.requireNonNull(counters.get(tenant), "the tenant is locked");
    }

    private static void delete(Connection connection, List<Place> places) throws SQLException {
        if (places.isEmpty()) {
            return;
        }
        String sql = "delete from textonce_waiting where tenant = ? and seq = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement);
            for (Place place : places) {
                bind.text(place.tenant()).number(place.seq()).add();
            }
            statement.executeBatch();
        }
    }

    private static void forgetOlder(
            Connection connection, Map<TenantId, Instant> newest, Map<TenantId, Counters> counters)
            throws SQLException {
        String sql = "delete from textonce_waiting where tenant = ? and received_at < ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Map.Entry<TenantId, Instant> each : newest.entrySet()) {
                new Bind(statement).text(each.getKey()).instant(each.getValue().minus(EventJournal.PARKED_FOR));
                of(counters, each.getKey()).waiting(-statement.executeUpdate());
            }
        }
    }

    int count(Connection connection, TenantId tenant, Instant now) throws SQLException {
        String sql = "select count(*) from textonce_waiting where tenant = ? and received_at >= ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(tenant).instant(now.minus(EventJournal.PARKED_FOR));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    /** Whether some report names one of these rows. */
    boolean isAwaited(Connection connection, Collection<MessageRecord> rows) throws SQLException {
        if (!anybodyWaits(connection, rows)) {
            return false;
        }
        Map<Place, Place> places = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(byMessage)) {
            new Bind(statement).texts(rows, MessageRecord::tenant).texts(rows, MessageRecord::id);
            readPlaces(statement, places);
        }
        return !places.isEmpty();
    }

    /** Mostly nobody, which is sooner asked than for each row. */
    private static boolean anybodyWaits(Connection connection, Collection<MessageRecord> rows) throws SQLException {
        Set<TenantId> tenants = new HashSet<>();
        rows.forEach(row -> tenants.add(row.tenant()));
        String select = "select 1 from textonce_waiting m where m.tenant = ? limit 1";
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            for (TenantId tenant : tenants) {
                new Bind(statement).text(tenant);
                try (ResultSet found = statement.executeQuery()) {
                    if (found.next()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
