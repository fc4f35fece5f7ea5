package io.textonce.jdbc;

import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.engagement.conversation.TimelineEntry.Direction;
import io.textonce.store.MessageState;
import io.textonce.store.StatusFold;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code textonce_entry}. */
final class EntryTable {

    /** What an entry can be read from. */
    static final String COLUMNS = "m.seq, m.conversation, m.rev, m.entry_key, m.kind, m.direction, m.at, m.updated_at,"
            + " m.provider, m.message_id, m.reference, m.state, m.reports, m.reason, m.text, m.body";

    private static final String INSERT = "insert into textonce_entry (tenant, seq, conversation, rev, entry_key, kind,"
            + " at, unread, message_id, reference, direction, number, updated_at, provider, state, status, reports, reason,"
            + " text, body) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

    private static final String UPDATE = "update textonce_entry set rev = ?, direction = ?, number = ?, updated_at = ?,"
            + " provider = ?, state = ?, status = ?, reports = ?, reason = ?, text = ?, body = ?"
            + " where tenant = ? and seq = ?";

    private static final String OPEN = "('PENDING', 'CLAIMED', 'HELD', 'SENDING', 'UNKNOWN')";

    private static final String OLD =
            "m.at < ? and m.updated_at < ? and (m.state is null or m.state not in " + OPEN + ")";

    private final Content content;
    private final String byKey;

    EntryTable(Dialect dialect, Content content) {
        this.content = content;
        this.byKey = dialect.lookup(
                Bind.unnest(List.of("tenant", "entry_key")),
                COLUMNS,
                "textonce_entry",
                "m.tenant = u.tenant and m.entry_key = u.entry_key");
    }

    /** What an entry is recognised by. */
    String key(TimelineEntry entry) {
        return content.key(entry.key());
    }

    /** The entries with these keys, by the keys as stored. */
    Map<String, TimelineEntry> find(Connection connection, TenantId tenant, Collection<String> keys)
            throws SQLException {
        Map<String, TimelineEntry> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(byKey)) {
            new Bind(statement).texts(keys, key -> tenant).texts(keys, key -> key);
            for (TimelineEntry entry : read(statement, tenant)) {
                found.put(entry.key(), entry);
            }
        }
        return found;
    }

    void insert(Connection connection, TenantId tenant, List<TimelineEntry> entries) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            Bind bind = new Bind(statement);
            for (TimelineEntry entry : entries) {
                bind.text(tenant)
                        .number(entry.seq())
                        .number(entry.conversation())
                        .number(entry.rev())
                        .text(key(entry))
                        .text(entry.kind())
                        .instant(entry.at())
                        .bool(entry.direction() == Direction.INBOUND)
                        .text(entry.messageId().orElse(null))
                        .text(entry.reference().orElse(null));
                bindChangeable(bind, tenant, entry);
                bind.add();
            }
            statement.executeBatch();
        }
    }

    void update(Connection connection, TenantId tenant, Collection<TimelineEntry> entries) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(UPDATE)) {
            Bind bind = new Bind(statement);
            for (TimelineEntry entry : entries) {
                bind.number(entry.rev());
                bindChangeable(bind, tenant, entry);
                bind.text(tenant).number(entry.seq()).add();
            }
            statement.executeBatch();
        }
    }

    private void bindChangeable(Bind bind, TenantId tenant, TimelineEntry entry) throws SQLException {
        // What a text column can't hold as it is stands in the body as well.
        boolean whole = !content.seals() && entry.text().indexOf('\0') < 0;
        bind.text(entry.direction())
                .text(entry.number().map(content::number).orElse(null))
                .instant(entry.updatedAt())
                .text(entry.provider().orElse(null))
                .text(entry.state().orElse(null))
                .text(entry.status().orElse(null))
                .text(
                        entry.reports().encoded().isEmpty()
                                ? null
                                : entry.reports().encoded())
                .text(entry.reason().orElse(null))
                .text(content.seals() ? null : entry.text())
                .text(content.extra(tenant, body(entry, whole)));
    }

    private static String body(TimelineEntry entry, boolean textElsewhere) {
        Fields.Writer out = new Fields.Writer()
                .add(Codec.sender(entry.address().orElse(null)))
                .add(Codec.sender(entry.ours().orElse(null)))
                .add(entry.explanation().orElse(null))
                .add(textElsewhere ? null : entry.text())
                .add(MessageTable.labels(entry.labels()))
                .endRecord();
        for (Media media : entry.media()) {
            Codec.media(out, media);
            out.endRecord();
        }
        return out.toString();
    }

    /** Gives all of a conversation's entries to another one; answers the last number used. */
    long move(Connection connection, TenantId tenant, long from, long into, long lastRev) throws SQLException {
        List<Long> seqs = new ArrayList<>();
        String select = "select seq from textonce_entry where tenant = ? and conversation = ? order by seq";
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).text(tenant).number(from);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    seqs.add(rows.getLong(1));
                }
            }
        }
        long rev = lastRev;
        String sql = "update textonce_entry set conversation = ?, rev = ? where tenant = ? and seq = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement);
            for (long seq : seqs) {
                bind.number(into).number(++rev).text(tenant).number(seq).add();
            }
            statement.executeBatch();
        }
        return rev;
    }

    boolean hasUnread(Connection connection, TenantId tenant, long conversation, long upTo) throws SQLException {
        String sql =
                "select 1 from textonce_entry where tenant = ? and conversation = ? and unread and seq <= ? limit 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(tenant).number(conversation).number(upTo);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    int markRead(Connection connection, TenantId tenant, long conversation, long upTo) throws SQLException {
        String sql = "update textonce_entry set unread = false"
                + " where tenant = ? and conversation = ? and unread and seq <= ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(tenant).number(conversation).number(upTo);
            return statement.executeUpdate();
        }
    }

    List<TimelineEntry> query(Connection connection, TenantId tenant, EntryQuery query) throws SQLException {
        Set<Long> wanted = query.conversations().orElse(null);
        if (wanted == null) {
            return query(connection, tenant, query, List.of(where(tenant, query)));
        }
        List<Where> each = new ArrayList<>();
        for (long conversation : wanted) {
            each.add(where(tenant, query).and("m.conversation = ?", conversation));
        }
        return each.isEmpty() ? List.of() : query(connection, tenant, query, each);
    }

    private Where where(TenantId tenant, EntryQuery query) {
        Where where = new Where("m.tenant = ?", tenant);
        query.owner().ifPresent(owner -> where.and("c.owner = ?", owner));
        query.number().ifPresent(number -> where.and("m.number = ?", content.number(number)));
        query.text()
                .ifPresent(
                        text -> where.and("lower(m.text) like lower(?) escape '!'", "%" + Where.escaped(text) + "%"));
        query.direction().ifPresent(value -> where.and("m.direction = ?", value.name()));
        query.kind().ifPresent(value -> where.and("m.kind = ?", value));
        query.state().ifPresent(value -> where.and("m.state = ?", value.name()));
        query.status().ifPresent(value -> where.and("m.status = ?", value.name()));
        query.from().ifPresent(value -> where.and("m.at >= ?", value));
        query.until().ifPresent(value -> where.and("m.at < ?", value));
        query.before()
                .ifPresent(before -> where.and("m.at <= ?", before.at())
                        .and("(m.at < ? or m.seq < ?)", before.at(), before.number()));
        query.after()
                .ifPresent(after ->
                        where.and("m.at >= ?", after.at()).and("(m.at > ? or m.seq > ?)", after.at(), after.number()));
        return where;
    }

    /** Each part reads a page of its own from the index that has its order; the page of all is taken from these. */
    private List<TimelineEntry> query(Connection connection, TenantId tenant, EntryQuery query, List<Where> parts)
            throws SQLException {
        String way = query.after().isPresent() ? "" : " desc";
        String byTime = "m.at" + way + ", m.seq" + way + " limit " + query.limit();
        String group = query.conversations().isPresent()
                ? "m.conversation, "
                : query.number().isPresent() ? "m.number, " : "";
        String owned = query.owner().isPresent()
                ? " join textonce_conversation c on c.tenant = m.tenant and c.id = m.conversation"
                : "";
        String select = "select " + COLUMNS + " from textonce_entry m" + owned;
        String end = " order by m.tenant, " + group + byTime;
        String sql = parts.size() == 1
                ? select + parts.get(0) + end
                : parts.stream()
                        .map(part -> "(" + select + part + end + ")")
                        .collect(Collectors.joining(" union all ", "select m.* from (", ") m order by " + byTime));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement);
            for (Where part : parts) {
                part.bind(bind);
            }
            return read(statement, tenant);
        }
    }

    /** Changed after one number and up to another. */
    List<TimelineEntry> changed(
            Connection connection, TenantId tenant, @Nullable String owner, long after, long upTo, int most)
            throws SQLException {
        String sql = "select " + COLUMNS + " from textonce_entry m"
                + (owner == null
                        ? ""
                        : " join textonce_conversation c on c.tenant = m.tenant and c.id = m.conversation and c.owner = ?")
                + " where m.tenant = ? and m.rev > ? and m.rev <= ? order by m.tenant, m.rev limit " + most;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement);
            if (owner != null) {
                bind.text(owner);
            }
            bind.text(tenant).number(after).number(upTo);
            return read(statement, tenant);
        }
    }

    List<TimelineEntry> open(Connection connection, TenantId tenant, long after, int most) throws SQLException {
        String sql = "select " + COLUMNS + " from textonce_entry m where m.tenant = ? and m.state in " + OPEN
                + " and m.seq > ? order by m.tenant, m.seq limit " + most;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(tenant).number(after);
            return read(statement, tenant);
        }
    }

    /** Older than an instant and unchanged since, and nothing is still to come. */
    Where old(TenantId tenant, Instant before) {
        return new Where("m.tenant = ?", tenant).and(OLD, before, before);
    }

    /** The next tenant that has anything old: one question, however many tenants there are. */
    Optional<TenantId> tenantWithOld(Connection connection, Instant before, String after) throws SQLException {
        Where where = new Where("i.tenant > ?", after)
                .and(
                        "exists (select 1 from textonce_entry m where m.tenant = i.tenant and " + OLD + ")",
                        before,
                        before);
        String sql = "select i.tenant from textonce_inbox i" + where + " order by i.tenant limit 1";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            where.bind(new Bind(statement));
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(TenantId.of(rows.getString(1))) : Optional.empty();
            }
        }
    }

    /** With a number, or in one of some conversations. */
    Where with(TenantId tenant, PhoneNumber number, List<Long> conversations) {
        List<Object> values = new ArrayList<>(List.of(content.number(number)));
        values.addAll(conversations);
        return new Where("m.tenant = ?", tenant)
                .and("(m.number = ?" + " or m.conversation = ?".repeat(conversations.size()) + ")", values.toArray());
    }

    /** By seq, whose entry each is. */
    Map<Long, Long> doomed(Connection connection, Where which, int most) throws SQLException {
        String sql = "select m.seq, m.conversation from textonce_entry m" + which
                + " order by m.tenant, m.at, m.seq limit " + most;
        Map<Long, Long> found = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            which.bind(new Bind(statement));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.put(rows.getLong(1), rows.getLong(2));
                }
            }
        }
        return found;
    }

    void delete(Connection connection, TenantId tenant, Collection<Long> seqs) throws SQLException {
        String sql = "delete from textonce_entry where tenant = ? and seq = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement);
            for (long seq : seqs) {
                bind.text(tenant).number(seq).add();
            }
            statement.executeBatch();
        }
    }

    private List<TimelineEntry> read(PreparedStatement statement, TenantId tenant) throws SQLException {
        List<TimelineEntry> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(read(rows, tenant));
            }
        }
        return List.copyOf(found);
    }

    TimelineEntry read(ResultSet row, TenantId tenant) throws SQLException {
        List<Fields.Reader> records = Fields.read(content.readExtra(tenant, row.getString("body")));
        Fields.Reader in = records.get(0);
        TimelineEntry.Builder entry = TimelineEntry.builder(
                        row.getString("entry_key"), row.getString("kind"), Bind.requiredInstant(row, "at"))
                .direction(Direction.valueOf(row.getString("direction")))
                .updatedAt(Bind.requiredInstant(row, "updated_at"))
                .provider(row.getString("provider"))
                .message(Bind.as(row, "message_id", MessageId::of), row.getString("reference"))
                .address(Codec.sender(in.text()))
                .ours(Codec.sender(in.text()));
        StatusFold reports = Bind.as(row, "reports", StatusFold::decode);
        entry.outcome(Bind.as(row, "state", MessageState::valueOf), reports == null ? StatusFold.EMPTY : reports)
                .refusal(Bind.as(row, "reason", Reason::valueOf), in.text());
        String text = in.text();
        return entry.text(text == null ? row.getString("text") : text)
                .labels(MessageTable.labels(in.text()))
                .media(records.stream().skip(1).map(Codec::media).collect(Collectors.toList()))
                .build()
                .placed(row.getLong("conversation"), row.getLong("seq"), row.getLong("rev"));
    }
}
