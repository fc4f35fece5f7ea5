package io.textonce.jdbc;

import io.textonce.Origin;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.store.EventRepository;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads and writes {@code textonce_event}, and {@code textonce_tenant} that numbers them. */
final class EventTable {

    /** What makes an event a repeat of another. */
    record Key(TenantId tenant, String provider, String id) {
        private static final int LONGEST = 200;

        static Key of(SmsEvent event) {
            return new Key(event.tenant(), event.provider(), Content.fit(event.id(), LONGEST));
        }
    }

    /** An event and its number. */
    record Numbered(long seq, SmsEvent event) {}

    /** A locked tenant's counters. Whoever holds the lock changes them, and writes them back at the end. */
    static final class Counters {
        private final long seqBefore;
        private final long waitingBefore;
        private final Instant now;
        private long seq;
        private long waiting;

        private Counters(long seq, long waiting, Instant now) {
            this.now = now;
            this.seqBefore = seq;
            this.waitingBefore = waiting;
            this.seq = seq;
            this.waiting = waiting;
        }

        long nextSeq() {
            return ++seq;
        }

        /** The present by the database's clock. */
        Instant now() {
            return now;
        }

        boolean nobodyWaits() {
            return waiting == 0;
        }

        void waiting(long more) {
            waiting += more;
        }

        private boolean changed() {
            return seq != seqBefore || waiting != waitingBefore;
        }
    }

    private static final Comparator<TenantId> BY_NAME = Comparator.comparing(TenantId::value);

    private final Content content;
    private final String lock;
    private final String lockForHost;
    private final String enter;
    private final String known;

    EventTable(Dialect dialect, Content content) {
        this.content = content;
        // Locked in the order of the result, which is the same for everybody.
        String lock = "select tenant, last_seq, waiting, current_timestamp as store_now%s from textonce_tenant"
                + " where tenant = any(?) order by tenant for update";
        this.lock = String.format(Locale.ROOT, lock, dialect.steady());
        this.lockForHost = String.format(Locale.ROOT, lock, "");
        this.enter = dialect.ignoringDuplicates("insert into textonce_tenant (tenant, last_seq) values (?, 0)");
        this.known = dialect.lookup(
                Bind.unnest(List.of("tenant", "provider", "event_key")),
                "m.tenant, m.provider, m.event_key",
                "textonce_event",
                "m.tenant = u.tenant and m.provider = u.provider and m.event_key = u.event_key");
    }

    /**
     * Waits until no other transaction has evidence about these tenants; answers the counters of each.
     *
     * @param joined whether the transaction is the host's, whose settings aren't ours
     */
    Map<TenantId, Counters> lock(Connection connection, boolean joined, Collection<TenantId> tenants)
            throws SQLException {
        Set<TenantId> wanted = new TreeSet<>(BY_NAME);
        wanted.addAll(tenants);
        String sql = joined ? lockForHost : lock;
        Map<TenantId, Counters> locked = lockKnown(connection, sql, wanted);
        if (locked.size() < wanted.size()) {
            enter(connection, wanted);
            locked = lockKnown(connection, sql, wanted);
        }
        return locked;
    }

    private Map<TenantId, Counters> lockKnown(Connection connection, String sql, Set<TenantId> tenants)
            throws SQLException {
        Map<TenantId, Counters> locked = new TreeMap<>(BY_NAME);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).texts(tenants, tenant -> tenant);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    locked.put(
                            TenantId.of(rows.getString(1)),
                            new Counters(rows.getLong(2), rows.getLong(3), Bind.requiredInstant(rows, "store_now")));
                }
            }
        }
        return locked;
    }

    private void enter(Connection connection, Set<TenantId> tenants) throws SQLException {
        for (TenantId tenant : tenants) {
            try (PreparedStatement statement = connection.prepareStatement(enter)) {
                new Bind(statement).text(tenant);
                statement.executeUpdate();
            } catch (SQLException e) {
                if (!Dialect.H2.isDuplicate(e)) {
                    throw e;
                }
            }
        }
    }

    Set<Key> known(Connection connection, Collection<SmsEvent> events) throws SQLException {
        Set<Key> wanted = new HashSet<>();
        events.forEach(event -> wanted.add(Key.of(event)));
        Set<Key> found = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(known)) {
            new Bind(statement)
                    .texts(wanted, Key::tenant)
                    .texts(wanted, Key::provider)
                    .texts(wanted, Key::id);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(new Key(TenantId.of(rows.getString(1)), rows.getString(2), rows.getString(3)));
                }
            }
        }
        return found;
    }

    void insert(Connection connection, List<Numbered> events) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        String sql = "insert into textonce_event (tenant, seq, provider, event_key, endpoint, received_at, kind, form,"
                + " body) values (?,?,?,?,?,?,?,?,?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement);
            for (Numbered each : events) {
                SmsEvent event = each.event();
                Content.Written body = content.write(
                        event.tenant(), Codec.event(event, Key.of(event).id()));
                bind.text(event.tenant())
                        .number(each.seq())
                        .text(event.provider())
                        .text(Key.of(event).id())
                        .text(event.origin().endpoint())
                        .instant(event.receivedAt())
                        .text(Codec.kind(event))
                        .number(body.form())
                        .text(body.text())
                        .add();
            }
            statement.executeBatch();
        }
    }

    void store(Connection connection, Map<TenantId, Counters> counters) throws SQLException {
        if (counters.values().stream().noneMatch(Counters::changed)) {
            return;
        }
        String sql = "update textonce_tenant set last_seq = ?, waiting = ? where tenant = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement);
            for (Map.Entry<TenantId, Counters> each : counters.entrySet()) {
                if (each.getValue().changed()) {
                    bind.number(each.getValue().seq)
                            .number(each.getValue().waiting)
                            .text(each.getKey())
                            .add();
                }
            }
            statement.executeBatch();
        }
    }

    List<EventRepository.Stored> since(Connection connection, TenantId tenant, long cursor, int limit)
            throws SQLException {
        String sql = "select m.* from textonce_event m where tenant = ? and seq > ? order by seq limit ?";
        List<EventRepository.Stored> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(tenant).number(cursor).number(limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(new EventRepository.Stored(rows.getLong("seq"), read(rows)));
                }
            }
        }
        return List.copyOf(found);
    }

    SmsEvent read(ResultSet row) throws SQLException {
        TenantId tenant = TenantId.of(row.getString("tenant"));
        Origin origin = new Origin(
                tenant, row.getString("provider"), row.getString("endpoint"), Bind.requiredInstant(row, "received_at"));
        return Codec.event(
                origin,
                row.getString("event_key"),
                row.getString("kind"),
                content.read(tenant, row.getInt("form"), row.getString("body")));
    }
}
