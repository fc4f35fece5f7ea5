package io.textonce.jdbc;

import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.Conversation;
import io.textonce.engagement.conversation.ConversationQuery;
import io.textonce.engagement.conversation.ConversationRepository.Progress;
import io.textonce.engagement.conversation.Party;
import io.textonce.engagement.conversation.Position;
import io.textonce.engagement.conversation.TimelineEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code textonce_conversation}, and {@code textonce_inbox} that numbers the changes. */
final class ConversationTable {

    /** A tenant's row, locked until the transaction ends. */
    static final class Counter {
        private long rev;
        private Progress progress;

        private Counter(long rev, Progress progress) {
            this.rev = rev;
            this.progress = progress;
        }

        long next() {
            return ++rev;
        }

        long last() {
            return rev;
        }

        void last(long value) {
            rev = value;
        }

        void reached(Progress further) {
            progress = progress.orFurther(further);
        }
    }

    /** A conversation's row as it is about to be. */
    static final class Row {
        final long id;
        final String owner;
        final String party;
        /** Null if the row is there already. */
        final @Nullable Party begun;

        private @Nullable Instant lastAt;
        private long lastSeq;
        private int unread;
        private long rev;
        private boolean changed;

        Row(long id, String owner, String party, @Nullable Party begun) {
            this.id = id;
            this.owner = owner;
            this.party = party;
            this.begun = begun;
        }

        void changed(long newRev) {
            rev = newRev;
            changed = true;
        }

        void add(TimelineEntry entry, boolean isUnread) {
            stand(entry.at(), entry.seq());
            unread += isUnread ? 1 : 0;
        }

        void read(int entries) {
            unread -= entries;
        }

        /** Takes over what another one shows. */
        void adopt(Row other) {
            if (other.lastAt != null) {
                stand(other.lastAt, other.lastSeq);
            }
            unread += other.unread;
        }

        private void stand(Instant at, long seq) {
            if (lastAt == null || new Position(at, seq).compareTo(new Position(lastAt, lastSeq)) > 0) {
                lastAt = at;
                lastSeq = seq;
            }
        }
    }

    private static final String COLUMNS = "c.id, c.owner, c.party, c.contact_id, c.address, c.last_at, c.last_seq,"
            + " c.unread as unread_entries, c.rev as changed, c.merged_into";

    private static final String SHOWN = "select " + COLUMNS + ", " + EntryTable.COLUMNS
            + " from textonce_conversation c left join textonce_entry m on m.tenant = c.tenant and m.seq = c.last_seq";

    private final Content content;
    private final EntryTable entries;
    private final String enter;
    private final String byParty;
    private final String byId;

    ConversationTable(Dialect dialect, Content content, EntryTable entries) {
        this.content = content;
        this.entries = entries;
        this.enter = dialect.ignoringDuplicates("insert into textonce_inbox (tenant) values (?)");
        String all = "m.id, m.owner, m.party, m.last_at, m.last_seq, m.unread, m.rev";
        this.byParty = dialect.lookup(
                Bind.unnest(List.of("tenant", "owner", "party")),
                all,
                "textonce_conversation",
                "m.tenant = u.tenant and m.owner = u.owner and m.party = u.party");
        this.byId = dialect.lookup(
                Bind.unnest(List.of("tenant", "id")),
                all,
                "textonce_conversation",
                "m.tenant = u.tenant and m.id = cast(u.id as bigint)");
    }

    // The tenant's row.

    /** Waits until nobody else changes this tenant's conversations. */
    Counter lock(Connection connection, TenantId tenant) throws SQLException {
        Counter counter = counter(connection, tenant, " for update");
        if (counter == null) {
            try (PreparedStatement statement = connection.prepareStatement(enter)) {
                new Bind(statement).text(tenant);
                statement.executeUpdate();
            } catch (SQLException e) {
                if (!Dialect.H2.isDuplicate(e)) {
                    throw e;
                }
            }
            counter = counter(connection, tenant, " for update");
        }
        return Objects.requireNonNull(counter, "the tenant's row");
    }

    private static @Nullable Counter counter(Connection connection, TenantId tenant, String end) throws SQLException {
        String sql = "select last_rev, events_read, messages_read from textonce_inbox where tenant = ?" + end;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(tenant);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? new Counter(
                                rows.getLong(1),
                                new Progress(rows.getLong(2), Bind.requiredInstant(rows, "messages_read")))
                        : null;
            }
        }
    }

    Progress progress(Connection connection, TenantId tenant) throws SQLException {
        Counter counter = counter(connection, tenant, "");
        return counter == null ? Progress.NONE : counter.progress;
    }

    long lastRev(Connection connection, TenantId tenant) throws SQLException {
        Counter counter = counter(connection, tenant, "");
        return counter == null ? 0 : counter.rev;
    }

    void store(Connection connection, TenantId tenant, Counter counter) throws SQLException {
        // The database's clock bounds the processes' clocks: one that is ahead would hide the others' messages.
        String sql = "update textonce_inbox set last_rev = ?, events_read = ?,"
                + " messages_read = least(?, current_timestamp) where tenant = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement)
                    .number(counter.rev)
                    .number(counter.progress.events())
                    .instant(counter.progress.messages())
                    .text(tenant);
            statement.executeUpdate();
        }
    }

    // Conversations to change.

    /** What a party is found by. */
    String key(Party party) {
        return party.contactId()
                .map(id -> "c:" + id)
                .orElseGet(() -> content.key("a:" + Codec.sender(party.address().orElseThrow())));
    }

    List<Row> rows(Connection connection, TenantId tenant, Collection<Party> parties) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(byParty)) {
            new Bind(statement)
                    .texts(parties, party -> tenant)
                    .texts(parties, Party::owner)
                    .texts(parties, this::key);
            return rows(statement);
        }
    }

    List<Row> rowsById(Connection connection, TenantId tenant, Set<Long> ids) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(byId)) {
            new Bind(statement).texts(ids, id -> tenant).texts(ids, id -> id);
            return rows(statement);
        }
    }

    private static List<Row> rows(PreparedStatement statement) throws SQLException {
        List<Row> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                Row row = new Row(rows.getLong("id"), rows.getString("owner"), rows.getString("party"), null);
                row.lastAt = Bind.instant(rows, "last_at");
                row.lastSeq = rows.getLong("last_seq");
                row.unread = rows.getInt("unread");
                row.rev = rows.getLong("rev");
                found.add(row);
            }
        }
        return found;
    }

    void store(Connection connection, TenantId tenant, Collection<Row> rows) throws SQLException {
        String insert = "insert into textonce_conversation (last_at, last_seq, unread, rev, tenant, id, owner, party,"
                + " contact_id, address) values (?,?,?,?,?,?,?,?,?,?)";
        String update = "update textonce_conversation set last_at = ?, last_seq = ?, unread = ?, rev = ?"
                + " where tenant = ? and id = ?";
        try (PreparedStatement inserts = connection.prepareStatement(insert);
                PreparedStatement updates = connection.prepareStatement(update)) {
            boolean begun = false;
            boolean changed = false;
            for (Row row : rows) {
                Party party = row.begun;
                if (party != null) {
                    begun = true;
                    bind(new Bind(inserts), tenant, row)
                            .text(row.owner)
                            .text(row.party)
                            .text(party.contactId().orElse(null))
                            .text(content.extra(
                                    tenant, Codec.sender(party.address().orElse(null))))
                            .add();
                } else if (row.changed) {
                    changed = true;
                    bind(new Bind(updates), tenant, row).add();
                }
            }
            if (begun) {
                inserts.executeBatch();
            }
            if (changed) {
                updates.executeBatch();
            }
        }
    }

    private static Bind bind(Bind bind, TenantId tenant, Row row) throws SQLException {
        return bind.instant(row.lastAt)
                .number(row.lastSeq)
                .number(row.unread)
                .number(row.rev)
                .text(tenant)
                .number(row.id);
    }

    /** Leaves the row as a sign to where its entries went, without its address; its party is free for a new one. */
    void emptied(Connection connection, TenantId tenant, Row row, long into, Party adopter) throws SQLException {
        String sql = "update textonce_conversation set party = ?, last_at = null, last_seq = null, unread = 0, rev = ?,"
                + " merged_into = ?, contact_id = ?, address = ? where tenant = ? and id = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement)
                    .text("m:" + row.id)
                    .number(row.rev)
                    .number(into)
                    .text(adopter.contactId().orElse(null))
                    .text(content.extra(tenant, Codec.sender(adopter.address().orElse(null))))
                    .text(tenant)
                    .number(row.id);
            statement.executeUpdate();
        }
    }

    /** Makes conversations show what they have left, and deletes those that have nothing left, with those that they adopted. */
    void shrunk(Connection connection, TenantId tenant, Counter counter, SortedSet<Long> ids) throws SQLException {
        String left = " from textonce_entry e where e.tenant = ? and e.conversation = ?";
        String newest = left + " order by e.tenant desc, e.conversation desc, e.at desc, e.seq desc limit 1";
        String update = "update textonce_conversation set last_at = (select e.at" + newest
                + "), last_seq = (select e.seq" + newest + "), unread = (select count(*)" + left
                + " and e.unread), rev = ? where tenant = ? and id = ?";
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            Bind bind = new Bind(statement);
            for (long id : ids) {
                bind.text(tenant)
                        .number(id)
                        .text(tenant)
                        .number(id)
                        .text(tenant)
                        .number(id);
                bind.number(counter.next()).text(tenant).number(id).add();
            }
            statement.executeBatch();
        }
        List<Long> gone = new ArrayList<>();
        String empty = "delete from textonce_conversation where tenant = ? and id = ? and last_at is null";
        try (PreparedStatement statement = connection.prepareStatement(empty)) {
            Bind bind = new Bind(statement);
            for (long id : ids) {
                bind.text(tenant).number(id).add();
            }
            int[] counts = statement.executeBatch();
            Iterator<Long> each = ids.iterator();
            for (int count : counts) {
                long id = each.next();
                if (count > 0) {
                    gone.add(id);
                }
            }
        }
        while (!gone.isEmpty()) {
            gone = deleteLeadingTo(connection, tenant, gone);
        }
    }

    private static List<Long> deleteLeadingTo(Connection connection, TenantId tenant, List<Long> gone)
            throws SQLException {
        Where where = new Where("tenant = ?", tenant)
                .and("merged_into in (" + "?, ".repeat(gone.size() - 1) + "?)", gone.toArray());
        List<Long> leading = ids(connection, where);
        if (!leading.isEmpty()) {
            try (PreparedStatement statement =
                    connection.prepareStatement("delete from textonce_conversation" + where)) {
                where.bind(new Bind(statement));
                statement.executeUpdate();
            }
        }
        return leading;
    }

    // Conversations to show.

    List<Conversation> find(Connection connection, TenantId tenant, Where where) throws SQLException {
        return shown(connection, tenant, SHOWN + where, where);
    }

    /** The conversations with an address, one for each owner that has any. */
    List<Long> idsOf(Connection connection, TenantId tenant, SenderId address) throws SQLException {
        Where where = new Where("tenant = ?", tenant).and("party = ?", key(Party.address("", address)));
        return ids(connection, where);
    }

    private static List<Long> ids(Connection connection, Where where) throws SQLException {
        List<Long> found = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select id from textonce_conversation" + where)) {
            where.bind(new Bind(statement));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getLong(1));
                }
            }
        }
        return found;
    }

    Where byId(TenantId tenant, long id) {
        return new Where("c.tenant = ?", tenant).and("c.id = ?", id);
    }

    Where byParty(TenantId tenant, Party party) {
        return new Where("c.tenant = ?", tenant)
                .and("c.owner = ?", party.owner())
                .and("c.party = ?", key(party));
    }

    List<Conversation> query(Connection connection, TenantId tenant, ConversationQuery query) throws SQLException {
        Where where = new Where("c.tenant = ?", tenant).and("c.last_at is not null");
        query.owner().ifPresent(owner -> where.and("c.owner = ?", owner));
        query.unread().ifPresent(any -> where.and(any ? "c.unread > 0" : "c.unread = 0"));
        query.contacts().ifPresent(ids -> {
            List<Object> parties = new ArrayList<>();
            ids.forEach(id -> parties.add("c:" + id));
            where.and(
                    ids.isEmpty() ? "false" : "c.party in (" + "?, ".repeat(ids.size() - 1) + "?)", parties.toArray());
        });
        query.number()
                .ifPresent(number -> where.and(
                        "c.id in (select e.conversation from textonce_entry e where e.tenant = ? and e.number = ?)",
                        tenant,
                        content.number(number)));
        query.from().ifPresent(value -> where.and("c.last_at >= ?", value));
        query.until().ifPresent(value -> where.and("c.last_at < ?", value));
        if (query.before().isPresent()) {
            Position before = query.before().get();
            where.and("c.last_at <= ?", before.at()).and("(c.last_at < ? or c.id < ?)", before.at(), before.number());
        }
        String order = query.owner().isPresent() ? "c.tenant, c.owner, " : "c.tenant, ";
        return shown(
                connection,
                tenant,
                SHOWN + where + " order by " + order + "c.last_at desc, c.id desc limit " + query.limit(),
                where);
    }

    List<Conversation> changed(
            Connection connection, TenantId tenant, @Nullable String owner, long after, long upTo, int most)
            throws SQLException {
        Where where = new Where("c.tenant = ?", tenant).and("c.rev > ?", after).and("c.rev <= ?", upTo);
        if (owner != null) {
            where.and("c.owner = ?", owner);
        }
        return shown(connection, tenant, SHOWN + where + " order by c.tenant, c.rev limit " + most, where);
    }

    private List<Conversation> shown(Connection connection, TenantId tenant, String sql, Where where)
            throws SQLException {
        List<Conversation> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            where.bind(new Bind(statement));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(shown(rows, tenant));
                }
            }
        }
        return List.copyOf(found);
    }

    private Conversation shown(ResultSet row, TenantId tenant) throws SQLException {
        String contact = row.getString("contact_id");
        Party party = contact != null
                ? Party.contact(row.getString("owner"), contact)
                : Party.address(row.getString("owner"), address(tenant, row.getString("address")));
        return Conversation.of(
                row.getLong("id"),
                party,
                row.getString("body") == null ? null : entries.read(row, tenant),
                row.getInt("unread_entries"),
                row.getLong("changed"),
                row.getLong("merged_into"));
    }

    private SenderId address(TenantId tenant, String written) {
        return Objects.requireNonNull(Codec.sender(content.readExtra(tenant, written)), "a conversation's address");
    }
}
