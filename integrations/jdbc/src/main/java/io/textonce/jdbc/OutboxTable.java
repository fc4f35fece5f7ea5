package io.textonce.jdbc;

import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.jdbc.MessageTable.Doomed;
import io.textonce.jdbc.MessageTable.Stored;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository.Expired;
import io.textonce.store.OutboxRepository.RowKey;
import io.textonce.store.OutboxRepository.Start;
import io.textonce.store.OutboxRepository.Written;
import io.textonce.store.OutboxRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The steps of {@code textonce_message} that are no evidence: what waits is claimed, begun, held, cancelled, freed, deleted.
 * Each is an update that asks for the state it comes from and counts {@code rev} up, so that evidence which was read before
 * it meets a conflict, and is taken again. The present is the database's.
 */
final class OutboxTable {

    private static final Duration BESIDE = Duration.ofDays(1);

    private static final String IN_OUTBOX = MessageTable.IS_MESSAGE + " and m.attempt is not null";
    private static final String SETTLED = in(MessageState::isSettled);
    private static final String CANCELLABLE = "('PENDING', 'CLAIMED', 'HELD')";
    private static final String UPDATE = "update textonce_message m set rev = rev + 1, ";
    private static final String NOW = "updated_at = greatest(m.updated_at, current_timestamp)";
    private static final String UNLEASED = "lease_owner = null, lease_until = null";
    private static final String NEVER = "timestamp with time zone '9999-12-31 00:00:00+00'";

    /** As {@link OutboxRow#cancelled}: what was sent again without proof stays in doubt, for people. */
    private static final String CANCELLED =
            "state = case when m.resent then 'UNKNOWN' else 'CANCELLED' end, lookup_at ="
                    + " case when m.resent then " + NEVER + " end, explanation = case when m.resent then '"
                    + OutboxRow.CANCELLED_IN_DOUBT + "' else m.explanation end, due_at = null, held_due = null, ";

    private static final String ONE = " where m.tenant = ? and m.id = ? and " + IN_OUTBOX;

    /** One that waits for an earlier one to its recipient. */
    private static final String IN_TURN = "(m.turn is null or not exists (select 1 from textonce_message e"
            + " where e.tenant = m.tenant and e.to_number = m.to_number and e.turn is not null and e.due_at is not null"
            + " and (e.turn < m.turn or (e.turn = m.turn and e.id < m.id))"
            + " and e.state in ('PENDING', 'CLAIMED', 'SENDING', 'HELD')))";

    private static final String ENDED = "l.ends_at <= current_timestamp";
    private static final String CLAIMED_TOGETHER = " from textonce_message m where m.due_at is not null and m.form < 3"
            + " and (m.due_at, m.id) >= (l.first_due, l.first_id) and (m.due_at, m.id) <= (l.last_due, l.last_id)"
            + " and m.state in ('CLAIMED', 'SENDING')";

    private final Dialect dialect;
    private final MessageTable messages;
    private final Content content;
    private final String unsettledOfGroup;
    private final KeyedUpdate claim;
    private final KeyedUpdate postpone;
    private final KeyedUpdate begin;
    private final KeyedUpdate giveBack;

    OutboxTable(Dialect dialect, MessageTable messages, Content content) {
        this.dialect = dialect;
        this.messages = messages;
        this.content = content;
        this.unsettledOfGroup = "m.tenant = ? and m.grp = ? and " + dialect.isUnsettled() + " and " + IN_OUTBOX;
        this.claim = update(
                "state = 'CLAIMED', attempt = :attempt, lease_owner = :owner, lease_until = :until, updated_at ="
                        + " :updated",
                "m.rev = :known_rev and m.state = 'PENDING'",
                "known_rev INT",
                "attempt INT",
                "owner",
                "until TIMESTAMPTZ",
                "updated TIMESTAMPTZ");
        this.postpone = update(
                "lookup_at = :until",
                "m.rev = :known_rev and m.state = 'UNKNOWN'",
                "known_rev INT",
                "until TIMESTAMPTZ");
        this.begin = update(
                "state = 'SENDING', lease_until = :until, begun_at = :begun, provider = :asked,"
                        + " provider_message_id = null, " + NOW,
                "m.state = 'CLAIMED' and m.lease_owner = :owner and m.attempt = :known_attempt and m.lease_until >"
                        + " :begun",
                "owner",
                "known_attempt INT",
                "asked",
                "begun TIMESTAMPTZ",
                "until TIMESTAMPTZ");
        this.giveBack = update(
                "state = 'PENDING', " + UNLEASED + ", " + NOW,
                "m.state = 'CLAIMED' and m.lease_owner = :owner",
                "owner");
    }

    private KeyedUpdate update(String set, String where, String... columns) {
        return new KeyedUpdate(
                dialect,
                "rev = m.rev + 1, " + set,
                dialect.isOf(":tenant") + " and m.id = :id and " + IN_OUTBOX + " and " + where,
                Columns.of("tenant", "id").and(Columns.of(columns)));
    }

    private static String in(Predicate<MessageState> which) {
        return Arrays.stream(MessageState.values())
                .filter(which)
                .map(state -> "'" + state + "'")
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static Instant after(Instant now, Duration time) {
        return now.plus(time).truncatedTo(ChronoUnit.MICROS);
    }

    // Claims and lookups.

    List<OutboxRow> claim(Connection connection, Instant now, String owner, int most, Duration lease)
            throws SQLException {
        Instant until = after(now, lease);
        List<OutboxRow> taken = take(
                connection,
                due("PENDING", "due_at", " and " + IN_TURN, most),
                row -> row.claimed(owner, until, now),
                claim,
                (row, rev) -> Arrays.<@Nullable Object>asList(
                        row.message().tenant(),
                        row.id(),
                        rev,
                        row.attempt(),
                        owner,
                        until,
                        row.message().updatedAt()));
        if (!taken.isEmpty() && !dialect.findsByState()) {
            remember(connection, taken, until);
        }
        return taken;
    }

    List<OutboxRow> doubts(Connection connection, Instant now, int most, Duration pause) throws SQLException {
        Instant again = after(now, pause);
        return take(
                connection,
                due("UNKNOWN", "lookup_at", "", most),
                row -> row.toBuilder().due(again).build(),
                postpone,
                (row, rev) -> Arrays.<@Nullable Object>asList(row.message().tenant(), row.id(), rev, again));
    }

    /** The number stands in the text: a plan that doesn't know it reads the whole backlog. */
    String due(String state, String column, String condition, int most) {
        return "select " + MessageTable.COLUMNS + " from textonce_message m where m.state = '" + state + "' and m."
                + column + " <= current_timestamp and " + IN_OUTBOX + condition + " order by "
                + (dialect.findsByState() ? "m.state, " : "") + "m." + column + ", m.id limit " + most
                + dialect.forUpdate();
    }

    private interface Values {
        List<@Nullable Object> of(OutboxRow row, int rev);
    }

    /** Takes what a query answers and nobody else took since. Where all was taken, others are done with it: asks again. */
    private List<OutboxRow> take(
            Connection connection, String query, UnaryOperator<OutboxRow> change, KeyedUpdate update, Values values)
            throws SQLException {
        List<Stored> found = new ArrayList<>();
        List<Stored> taken;
        do {
            found.clear();
            try (PreparedStatement statement = connection.prepareStatement(query);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Stored stored = messages.stored(rows);
                    OutboxRow row = stored.outbox();
                    if (row != null) {
                        found.add(stored.with(change.apply(row)));
                    }
                }
            }
            taken = found.isEmpty()
                    ? List.of()
                    : update.run(connection, found, next -> values.of(row(next), next.rev()));
        } while (taken.isEmpty() && !found.isEmpty());
        return taken.stream().map(OutboxTable::row).toList();
    }

    private static OutboxRow row(Stored stored) {
        return Objects.requireNonNull(stored.outbox(), "outbox");
    }

    /** So that the ends of these leases are found. */
    private static void remember(Connection connection, List<OutboxRow> taken, Instant until) throws SQLException {
        OutboxRow first = taken.get(0);
        OutboxRow last = taken.get(taken.size() - 1);
        update(
                connection,
                "insert into textonce_lease (ends_at, first_due, first_id, last_due, last_id) values (?,?,?,?,?)",
                bind -> bind.instant(until)
                        .instant(first.due())
                        .text(first.id())
                        .instant(last.due())
                        .text(last.id()));
    }

    // Starts.

    Set<RowKey> begin(Connection connection, Instant now, String owner, List<Start> starts, Duration lease)
            throws SQLException {
        Instant until = after(now, lease);
        List<Start> begun = begin.run(
                connection,
                starts,
                start -> Arrays.<@Nullable Object>asList(
                        start.key().tenant(), start.key().id(), owner, start.attempt(), start.provider(), now, until));
        return begun.stream().map(Start::key).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    boolean asking(Connection connection, String owner, Start start) throws SQLException {
        return update(
                        connection,
                        UPDATE + "provider = ?, provider_message_id = null, " + NOW + ONE
                                + " and m.state = 'SENDING' and m.lease_owner = ? and m.attempt = ?"
                                + " and m.lease_until > current_timestamp",
                        bind -> bind.text(start.provider())
                                .text(start.key().tenant())
                                .text(start.key().id())
                                .text(owner)
                                .number(start.attempt()))
                > 0;
    }

    int giveBack(Connection connection, String owner, Collection<RowKey> keys) throws SQLException {
        return giveBack.run(
                        connection,
                        List.copyOf(keys),
                        key -> Arrays.<@Nullable Object>asList(key.tenant(), key.id(), owner))
                .size();
    }

    // Ends of leases. A row keeps the due time by which it was claimed, so what is leased stands where it was claimed.

    Expired expire(Connection connection, Instant now, Duration settle) throws SQLException {
        if (dialect.findsByState()) {
            return expire(connection, "", now, settle);
        }
        if (!anyEnded(connection)) {
            return new Expired(0, 0);
        }
        // Lease by lease, whatever PostgreSQL thinks of the tables' sizes. A row that moves meanwhile is found next
        // time.
        Expired expired = expire(
                connection,
                " and m.ctid = any (array(select k.place from textonce_lease l cross join lateral (select m.ctid as"
                        + " place"
                        + CLAIMED_TOGETHER + " offset 0) k where " + ENDED + "))",
                now,
                settle);
        // A start gave some of them a new lease.
        update(
                connection,
                "update textonce_lease l set ends_at = (select coalesce(min(m.lease_until), timestamptz 'infinity')"
                        + CLAIMED_TOGETHER + ") where " + ENDED,
                bind -> bind);
        update(connection, "delete from textonce_lease where ends_at = timestamptz 'infinity'", bind -> bind);
        return expired;
    }

    private static boolean anyEnded(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("select 1 from textonce_lease l where " + ENDED + " limit 1");
                ResultSet rows = statement.executeQuery()) {
            return rows.next();
        }
    }

    private static Expired expire(Connection connection, String among, Instant now, Duration settle)
            throws SQLException {
        String where = " where m.state = ? and " + IN_OUTBOX + " and m.lease_until <= ?" + among;
        int freed = update(
                connection,
                UPDATE + "state = 'PENDING', " + UNLEASED + ", " + NOW + where,
                bind -> bind.text(MessageState.CLAIMED).instant(now));
        int doubted = update(
                connection,
                UPDATE + "state = 'UNKNOWN', explanation = ?, due_at = null, lookup_at = ?, tries = 0, " + NOW + where,
                bind -> bind.text("its worker died, hung or lost the store while sending")
                        .instant(after(now, settle))
                        .text(MessageState.SENDING)
                        .instant(now));
        return new Expired(freed, doubted);
    }

    // What people want.

    Optional<MessageState> cancel(Connection connection, TenantId tenant, MessageId id) throws SQLException {
        return change(connection, CANCELLED + UNLEASED, CANCELLABLE, tenant, id);
    }

    Optional<MessageState> hold(Connection connection, TenantId tenant, MessageId id) throws SQLException {
        return change(
                connection,
                "state = 'HELD', held_due = " + when("m.state = 'HELD'", "m.held_due", "m.due_at") + ", due_at = "
                        + NEVER + ", stopped = null, " + UNLEASED,
                "('PENDING', 'CLAIMED', 'HELD')",
                tenant,
                id);
    }

    Optional<MessageState> release(Connection connection, TenantId tenant, MessageId id) throws SQLException {
        return change(
                connection,
                "state = 'PENDING', due_at = held_due, held_due = null, stopped = null, " + UNLEASED,
                "('HELD')",
                tenant,
                id);
    }

    private static Optional<MessageState> change(
            Connection connection, String assignments, String from, TenantId tenant, MessageId id) throws SQLException {
        update(
                connection,
                UPDATE + assignments + ", " + NOW + ONE + " and m.state in " + from,
                bind -> bind.text(tenant).text(id));
        return states(connection, "m.id = ?", tenant, id).values().stream().findFirst();
    }

    Map<MessageId, MessageState> cancelByReference(Connection connection, TenantId tenant, String reference)
            throws SQLException {
        update(
                connection,
                UPDATE + CANCELLED + UNLEASED + ", " + NOW + " where m.tenant = ? and m.reference = ? and " + IN_OUTBOX
                        + " and m.state in " + CANCELLABLE,
                bind -> bind.text(tenant).text(reference));
        return states(connection, "m.reference = ?", tenant, reference);
    }

    // What people want of a group: all that isn't settled is visited, also what others are about to make wait again.

    Map<MessageState, Integer> cancelGroup(Connection connection, TenantId tenant, String group) throws SQLException {
        String from = "m.state in " + CANCELLABLE;
        String doubt = from + " and m.resent";
        return changeGroup(
                connection,
                "state = case when " + doubt + " then 'UNKNOWN' when " + from
                        + " then 'CANCELLED' else m.state end, due_at = "
                        + when(from, "null", "m.due_at") + ", lookup_at = " + when(doubt, NEVER, "m.lookup_at")
                        + ", explanation = "
                        + when(doubt, "'" + OutboxRow.CANCELLED_IN_DOUBT + "'", "m.explanation") + ", held_due = null, "
                        + unleased(from) + ", stopped = 'CANCELLED'",
                "1 = 1",
                tenant,
                group);
    }

    Map<MessageState, Integer> holdGroup(Connection connection, TenantId tenant, String group) throws SQLException {
        String from = "m.state in ('PENDING', 'CLAIMED')";
        return changeGroup(
                connection,
                "state = " + when(from, "'HELD'", "m.state") + ", held_due = " + when(from, "m.due_at", "null")
                        + ", due_at = "
                        + when(from, NEVER, "m.due_at") + ", "
                        + unleased(from) + ", stopped = 'HELD'",
                "m.stopped is null and m.state <> 'HELD'",
                tenant,
                group);
    }

    Map<MessageState, Integer> releaseGroup(Connection connection, TenantId tenant, String group) throws SQLException {
        String from = "m.state = 'HELD'";
        return changeGroup(
                connection,
                "state = " + when(from, "'PENDING'", "m.state") + ", due_at = " + when(from, "m.held_due", "m.due_at")
                        + ", held_due = null, stopped = null",
                "m.stopped = 'HELD'",
                tenant,
                group);
    }

    private static String when(String condition, String then, String otherwise) {
        return "case when " + condition + " then " + then + " else " + otherwise + " end";
    }

    private static String unleased(String from) {
        return "lease_owner = " + when(from, "null", "m.lease_owner") + ", lease_until = "
                + when(from, "null", "m.lease_until");
    }

    private Map<MessageState, Integer> changeGroup(
            Connection connection, String assignments, String which, TenantId tenant, String group)
            throws SQLException {
        lockGroup(connection, tenant, group);
        update(
                connection,
                UPDATE + assignments + ", " + NOW + " where " + unsettledOfGroup + " and " + which,
                bind -> bind.text(tenant).text(group));
        return unsettled(connection, tenant, group);
    }

    /** In the order of a {@link KeyedUpdate}, so that none of them and this wait for each other. */
    private void lockGroup(Connection connection, TenantId tenant, String group) throws SQLException {
        String lock = "select m.id from textonce_message m where " + unsettledOfGroup + " order by m.id for update";
        try (PreparedStatement statement = connection.prepareStatement(lock)) {
            new Bind(statement).text(tenant).text(group);
            statement.executeQuery().close();
        }
    }

    /** Which rows {@link #unsettled} counts; they take a tenant and a group. */
    String unsettledOfGroup() {
        return unsettledOfGroup;
    }

    Map<MessageState, Integer> unsettled(Connection connection, TenantId tenant, String group) throws SQLException {
        String select =
                "select m.state, count(*) from textonce_message m where " + unsettledOfGroup + " group by m.state";
        Map<MessageState, Integer> states = new EnumMap<>(MessageState.class);
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).text(tenant).text(group);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    states.put(MessageState.valueOf(rows.getString(1)), rows.getInt(2));
                }
            }
        }
        return states;
    }

    private static Map<MessageId, MessageState> states(
            Connection connection, String condition, TenantId tenant, Object value) throws SQLException {
        String select = "select m.id, m.state from textonce_message m where m.tenant = ? and " + condition + " and "
                + IN_OUTBOX + " order by m.id";
        Map<MessageId, MessageState> states = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).text(tenant).text(value);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    states.put(MessageId.of(rows.getString(1)), MessageState.valueOf(rows.getString(2)));
                }
            }
        }
        return states;
    }

    Set<String> providerIdsBeside(Connection connection, MessageRecord row) throws SQLException {
        String select = "select m.provider_message_id from textonce_message m where m.tenant = ? and m.to_number = ?"
                + " and m.provider = ? and m.id <> ? and m.created_at between ? and ?"
                + " and m.provider_message_id is not null and " + MessageTable.IS_MESSAGE;
        Set<String> ids = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement)
                    .text(row.tenant())
                    .text(content.number(row.to()))
                    .text(row.provider().orElse(null))
                    .text(row.id())
                    .instant(row.createdAt().minus(BESIDE))
                    .instant(row.createdAt().plus(BESIDE));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
        }
        return Set.copyOf(ids);
    }

    // What is over.

    /** Tenant by tenant, so that the index by age finds what is old. */
    int purge(Connection connection, Instant before, int most) throws SQLException {
        int purged = 0;
        String tenant = nextTenant(connection, "");
        while (tenant != null && purged < most) {
            List<Doomed> rows = doomed(connection, tenant, before, most - purged);
            purged += rows.isEmpty() ? 0 : messages.delete(connection, rows);
            tenant = nextTenant(connection, tenant);
        }
        return purged;
    }

    private static @Nullable String nextTenant(Connection connection, String after) throws SQLException {
        String select = "select m.tenant from textonce_message m where m.tenant > ? order by m.tenant limit 1";
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).text(after);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    private static List<Doomed> doomed(Connection connection, String tenant, Instant before, int most)
            throws SQLException {
        String select = "select m.id, m.rev, m.created_at, m.labels, m.form from textonce_message m where m.tenant = ?"
                + " and m.created_at < ? and m.updated_at < ? and m.state in " + SETTLED
                + " order by m.created_at limit " + most;
        List<Doomed> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).text(tenant).instant(before).instant(before);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    // What was refused as it was written has no rows in textonce_label.
                    boolean labelled = found.getInt("form") != Content.REFUSED;
                    rows.add(new Doomed(
                            tenant,
                            found.getString("id"),
                            found.getLong("rev"),
                            Bind.requiredInstant(found, "created_at"),
                            labelled ? MessageTable.labels(found.getString("labels")) : List.of()));
                }
            }
        }
        return rows;
    }

    // What other applications wrote.

    /** The oldest ones. What can't even be named is refused at once. */
    List<Written> written(Connection connection, int most) throws SQLException {
        String select = "select m.tenant, m.id, m.created_at, m.to_number, m.sender, m.text, m.category, m.reference,"
                + " m.labels, m.not_after, m.due_at from textonce_message m where m.form = 3 and m.state = 'WRITTEN'"
                + " order by m.created_at limit " + most;
        List<Written> all = new ArrayList<>();
        List<String[]> nameless = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String tenant = rows.getString("tenant");
                String id = rows.getString("id");
                RowKey key = key(tenant, id);
                if (key == null) {
                    nameless.add(new String[] {tenant, id});
                } else {
                    all.add(written(rows, key));
                }
            }
        }
        for (String[] each : nameless) {
            refuse(
                    connection,
                    each[0],
                    each[1],
                    Reason.REQUEST,
                    "tenant or id: it has another form than Textonce's; leave the id out, the table makes one");
        }
        return List.copyOf(all);
    }

    private static @Nullable RowKey key(String tenant, String id) {
        try {
            return new RowKey(TenantId.of(tenant), MessageId.of(id));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Written written(ResultSet row, RowKey key) throws SQLException {
        Instant dueAt = Bind.instant(row, "due_at");
        Instant due = dueAt == null ? Bind.requiredInstant(row, "created_at") : dueAt;
        String column = "category";
        try {
            SmsMessage.Builder message = SmsMessage.to(row.getString("to_number"))
                    .tenant(key.tenant())
                    .category(Category.valueOf(row.getString("category")))
                    .text(row.getString("text"));
            column = "sender";
            SenderId sender = Codec.sender(row.getString("sender"));
            if (sender != null) {
                message.from(sender);
            }
            column = "labels";
            MessageTable.labels(row.getString("labels")).forEach(label -> message.label(label.name(), label.value()));
            column = "reference";
            String reference = row.getString("reference");
            if (reference != null) {
                message.reference(reference);
            }
            Instant notAfter = Bind.instant(row, "not_after");
            if (notAfter != null) {
                message.notAfter(notAfter);
            }
            return new Written(key, message.build(), null, due);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return new Written(key, null, column + ": what stands there can't be read; see the schema", due);
        }
    }

    /** Makes room for the checked row. False if somebody else has it, or it is gone. */
    boolean removeWritten(Connection connection, RowKey key) throws SQLException {
        return update(
                        connection,
                        "delete from textonce_message m where m.tenant = ? and m.id = ? and m.form = 3",
                        bind -> bind.text(key.tenant()).text(key.id()))
                > 0;
    }

    boolean refuse(Connection connection, String tenant, String id, Reason reason, String explanation)
            throws SQLException {
        return update(
                        connection,
                        UPDATE + "form = 4, state = 'REJECTED', due_at = null, outcome = ?, reason = ?, proof = ?,"
                                + " explanation = ?, " + NOW + " where m.tenant = ? and m.id = ? and m.form = 3",
                        bind -> bind.text(Outcome.REJECTED)
                                .text(reason)
                                .text(Proof.LOCAL_POLICY)
                                .text(explanation)
                                .text(tenant)
                                .text(id))
                > 0;
    }

    private interface Parameters {
        Bind set(Bind bind) throws SQLException;
    }

    private static int update(Connection connection, String sql, Parameters parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            parameters.set(new Bind(statement));
            return statement.executeUpdate();
        }
    }
}
