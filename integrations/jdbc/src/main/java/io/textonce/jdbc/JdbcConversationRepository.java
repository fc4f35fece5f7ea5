package io.textonce.jdbc;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.Changes;
import io.textonce.engagement.conversation.Conversation;
import io.textonce.engagement.conversation.ConversationQuery;
import io.textonce.engagement.conversation.ConversationRepository;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.Party;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.engagement.conversation.TimelineEntry.Direction;
import io.textonce.jdbc.ConversationTable.Counter;
import io.textonce.jdbc.ConversationTable.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Conversations on the database. Whoever changes one holds its tenant's row of {@code textonce_inbox}; readers hold nothing,
 * and read the tenant's last number before they read what changed up to it.
 */
final class JdbcConversationRepository implements ConversationRepository {

    private final Database database;
    private final Content content;
    private final EntryTable entries;
    private final ConversationTable conversations;

    JdbcConversationRepository(Database database, Content content) {
        this.database = database;
        this.content = content;
        this.entries = new EntryTable(database.dialect(), content);
        this.conversations = new ConversationTable(database.dialect(), content, entries);
    }

    @Override
    public void file(TenantId tenant, List<Filed> filed, @Nullable Progress reached) {
        List<Filed> all = List.copyOf(filed);
        database.write("filing entries", c -> {
            Counter counter = conversations.lock(c, tenant);
            new Filing(c, tenant, counter).file(all);
            if (reached != null) {
                counter.reached(reached);
            }
            conversations.store(c, tenant, counter);
            return true;
        });
    }

    /** One transaction: reads what it is about, decides in memory, and writes what changed, each in a few statements. */
    private final class Filing {
        private final Connection connection;
        private final TenantId tenant;
        private final Counter counter;
        private final Map<List<String>, Row> byParty = new HashMap<>();
        private final Map<Long, Row> byId = new LinkedHashMap<>();
        private final Map<String, TimelineEntry> known = new HashMap<>();
        private final Map<String, TimelineEntry> inserted = new LinkedHashMap<>();
        private final Map<String, TimelineEntry> updated = new LinkedHashMap<>();

        Filing(Connection connection, TenantId tenant, Counter counter) {
            this.connection = connection;
            this.tenant = tenant;
            this.counter = counter;
        }

        void file(List<Filed> filed) throws SQLException {
            load(filed);
            for (Filed each : filed) {
                String key = entries.key(each.entry());
                TimelineEntry before = known.get(key);
                if (before == null) {
                    add(each, key);
                } else {
                    merge(before, each.entry(), key);
                }
            }
            conversations.store(connection, tenant, byId.values());
            entries.insert(connection, tenant, List.copyOf(inserted.values()));
            entries.update(connection, tenant, updated.values());
        }

        private void load(List<Filed> filed) throws SQLException {
            Set<String> keys = new LinkedHashSet<>();
            filed.forEach(each -> keys.add(entries.key(each.entry())));
            if (!keys.isEmpty()) {
                known.putAll(entries.find(connection, tenant, keys));
            }
            Set<Party> parties = new LinkedHashSet<>();
            Set<Long> ids = new LinkedHashSet<>();
            for (Filed each : filed) {
                TimelineEntry before = known.get(entries.key(each.entry()));
                if (before == null) {
                    parties.add(each.party());
                } else {
                    ids.add(before.conversation());
                }
            }
            if (!parties.isEmpty()) {
                conversations.rows(connection, tenant, parties).forEach(this::keep);
            }
            ids.removeAll(byId.keySet());
            if (!ids.isEmpty()) {
                conversations.rowsById(connection, tenant, ids).forEach(this::keep);
            }
        }

        private void keep(Row row) {
            byId.put(row.id, row);
            byParty.put(List.of(row.owner, row.party), row);
        }

        private Row row(Party party) {
            String key = conversations.key(party);
            Row row = byParty.get(List.of(party.owner(), key));
            if (row == null) {
                row = new Row(counter.next(), party.owner(), key, party);
                row.changed(row.id);
                keep(row);
            }
            return row;
        }

        private void add(Filed filed, String key) {
            Row row = row(filed.party());
            long seq = counter.next();
            TimelineEntry entry = filed.entry().placed(row.id, seq, seq);
            known.put(key, entry);
            inserted.put(key, entry);
            row.add(entry, entry.direction() == Direction.INBOUND);
            row.changed(seq);
        }

        @SuppressWarnings("ReferenceEquality") // an entry that stays the same is the same
        private void merge(TimelineEntry before, TimelineEntry other, String key) {
            TimelineEntry merged = before.merged(other.keyed(before.key()));
            if (merged == before) {
                return;
            }
            long rev = counter.next();
            TimelineEntry next = merged.placed(before.conversation(), before.seq(), rev);
            known.put(key, next);
            if (inserted.containsKey(key)) {
                inserted.put(key, next);
            } else {
                updated.put(key, next);
            }
            Objects.requireNonNull(byId.get(before.conversation()), "an entry's conversation")
                    .changed(rev);
        }
    }

    @Override
    public Progress progress(TenantId tenant) {
        return database.read("reading how far conversations are", c -> conversations.progress(c, tenant));
    }

    @Override
    public void adopt(TenantId tenant, Party from, Party into) {
        // Asked for each entry of a contact, and there is hardly ever anything to adopt.
        if (from.equals(into) || find(tenant, from).isEmpty()) {
            return;
        }
        database.write("adopting a conversation", c -> {
            Counter counter = conversations.lock(c, tenant);
            List<Row> source = conversations.rows(c, tenant, List.of(from));
            if (!source.isEmpty()) {
                adopt(c, tenant, counter, source.get(0), into);
                conversations.store(c, tenant, counter);
            }
            return true;
        });
    }

    private void adopt(Connection connection, TenantId tenant, Counter counter, Row source, Party into)
            throws SQLException {
        Row target = conversations.rows(connection, tenant, List.of(into)).stream()
                .findFirst()
                .orElseGet(() -> new Row(counter.next(), into.owner(), conversations.key(into), into));
        counter.last(entries.move(connection, tenant, source.id, target.id, counter.last()));
        target.adopt(source);
        source.changed(counter.next());
        target.changed(counter.next());
        conversations.emptied(connection, tenant, source, target.id, into);
        conversations.store(connection, tenant, List.of(target));
    }

    @Override
    public void markRead(TenantId tenant, long conversation, long upTo) {
        boolean any =
                database.read("looking for unread entries", c -> entries.hasUnread(c, tenant, conversation, upTo));
        if (any) {
            database.write("marking entries as read", c -> {
                Counter counter = conversations.lock(c, tenant);
                int read = entries.markRead(c, tenant, conversation, upTo);
                for (Row row : read == 0 ? List.<Row>of() : conversations.rowsById(c, tenant, Set.of(conversation))) {
                    row.read(read);
                    row.changed(counter.next());
                    conversations.store(c, tenant, List.of(row));
                    conversations.store(c, tenant, counter);
                }
                return true;
            });
        }
    }

    @Override
    public Optional<Conversation> find(TenantId tenant, long id) {
        return database
                .read("finding a conversation", c -> conversations.find(c, tenant, conversations.byId(tenant, id)))
                .stream()
                .findFirst();
    }

    @Override
    public Optional<Conversation> find(TenantId tenant, Party party) {
        return database
                .read(
                        "finding a conversation",
                        c -> conversations.find(c, tenant, conversations.byParty(tenant, party)))
                .stream()
                .findFirst();
    }

    @Override
    public List<Conversation> conversations(TenantId tenant, ConversationQuery query) {
        return database.read("listing conversations", c -> conversations.query(c, tenant, query));
    }

    @Override
    public List<TimelineEntry> entries(TenantId tenant, EntryQuery query) {
        if (query.text().isPresent() && !searchesText()) {
            throw new UnsupportedOperationException("entries can't be searched by text: texts are sealed by the cipher"
                    + " given in sealedBy(..); search by number or person instead");
        }
        return database.read("reading entries", c -> entries.query(c, tenant, query));
    }

    @Override
    public Changes changesSince(TenantId tenant, @Nullable String owner, long rev, int most) {
        positive(most);
        return database.read("reading changes", c -> {
            // What changes from now on takes a higher number: it is told next time, if it was told now or not.
            long last = conversations.lastRev(c, tenant);
            if (last <= rev) {
                return new Changes(List.of(), List.of(), rev, false);
            }
            long reached = last;
            List<TimelineEntry> changed = new ArrayList<>(entries.changed(c, tenant, owner, rev, reached, most + 1));
            if (changed.size() > most) {
                reached = changed.get(most - 1).rev();
            }
            List<Conversation> others =
                    new ArrayList<>(conversations.changed(c, tenant, owner, rev, reached, most + 1));
            if (others.size() > most) {
                reached = others.get(most - 1).rev();
            }
            long upTo = reached;
            changed.removeIf(entry -> entry.rev() > upTo);
            others.removeIf(conversation -> conversation.rev() > upTo);
            return new Changes(changed, others, upTo, upTo < last);
        });
    }

    @Override
    public long lastRev(TenantId tenant) {
        return database.read("reading the last change", c -> conversations.lastRev(c, tenant));
    }

    @Override
    public List<TimelineEntry> open(TenantId tenant, long after, int most) {
        positive(most);
        return database.read("reading open entries", c -> entries.open(c, tenant, after, most));
    }

    /** Tenant by tenant, so that the index by time finds what is old, and nobody waits for another tenant's. */
    @Override
    public int purge(Instant before, int most) {
        positive(most);
        int deleted = 0;
        Optional<TenantId> tenant = tenantWithOld(before, "");
        while (tenant.isPresent()) {
            deleted += delete(tenant.get(), entries.old(tenant.get(), before), most - deleted);
            tenant = deleted < most ? tenantWithOld(before, tenant.get().value()) : Optional.empty();
        }
        return deleted;
    }

    @Override
    public int erase(TenantId tenant, PhoneNumber number, int most) {
        positive(most);
        List<Long> own = database.read(
                "finding a number's conversations", c -> conversations.idsOf(c, tenant, SenderId.of(number)));
        return delete(tenant, entries.with(tenant, number, own), most);
    }

    private Optional<TenantId> tenantWithOld(Instant before, String after) {
        return database.read("looking for what is old", c -> entries.tenantWithOld(c, before, after));
    }

    /** Whoever files waits for what is being deleted, so it is looked up before anybody waits. */
    private int delete(TenantId tenant, Where which, int most) {
        boolean any = database.read(
                "looking for entries to delete",
                c -> !entries.doomed(c, which, 1).isEmpty());
        return any
                ? database.write("deleting entries", c -> {
                    Counter counter = conversations.lock(c, tenant);
                    Map<Long, Long> doomed = entries.doomed(c, which, most);
                    entries.delete(c, tenant, doomed.keySet());
                    conversations.shrunk(c, tenant, counter, new TreeSet<>(doomed.values()));
                    conversations.store(c, tenant, counter);
                    return doomed.size();
                })
                : 0;
    }

    private static void positive(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("most: " + most + " is not 1 or more");
        }
    }

    @Override
    public boolean searchesText() {
        return !content.seals();
    }
}
