package io.textonce.jdbc;

import io.textonce.Money;
import io.textonce.Reason;
import io.textonce.TenantId;
import io.textonce.engagement.campaign.Campaign;
import io.textonce.engagement.campaign.CampaignRepository;
import io.textonce.engagement.campaign.CampaignState;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRow;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps {@code textonce_campaign} and its recipients, and changes the messages with them. */
final class JdbcCampaignRepository implements CampaignRepository {

    private static final String COLUMNS = "tenant, id, version, state, place, exhausted, enqueued, duplicates, invalid,"
            + " unwanted, segments, committed, reserved, reserved_currency, next_due, since, settled_before, problem";

    private static final String UPDATE = "update textonce_campaign set version = version + 1, state = ?, place = ?,"
            + " exhausted = ?, enqueued = ?, duplicates = ?, invalid = ?, unwanted = ?, segments = ?, committed = ?,"
            + " reserved = ?, reserved_currency = ?, next_due = ?, since = ?, settled_before = ?,"
            + " problem = ?"
            + " where tenant = ? and id = ? and version = ?";

    /** Undoes the step. */
    private static final class IdTakenException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        IdTakenException() {
            super("an id is taken");
        }
    }

    private final Database database;
    private final Content content;
    private final Tables tables;
    private final String seen;

    JdbcCampaignRepository(Database database, Content content, Tables tables) {
        this.database = database;
        this.content = content;
        this.tables = tables;
        this.seen = database.dialect()
                .lookup(
                        Bind.unnest(List.of("recipient")),
                        "m.recipient",
                        "textonce_campaign_recipient",
                        "m.tenant = ? and m.campaign = ? and m.recipient = u.recipient");
    }

    @Override
    public Row open(Row fresh) {
        return database.write("opening a campaign", c -> {
            Optional<Row> known = row(c, fresh.tenant(), fresh.id());
            if (known.isPresent()) {
                return known.get();
            }
            insert(c, fresh);
            return row(c, fresh.tenant(), fresh.id()).orElse(fresh);
        });
    }

    private void insert(Connection connection, Row row) throws SQLException {
        String insert =
                "insert into textonce_campaign (state, place, exhausted, enqueued, duplicates, invalid, unwanted,"
                        + " segments, committed, reserved, reserved_currency, next_due, since, settled_before, problem,"
                        + " tenant, id, version) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            bind(new Bind(statement), row);
            statement.executeUpdate();
        } catch (SQLException e) {
            // Somebody else opened it meanwhile; the step is taken again.
            throw database.dialect().isDuplicate(e) ? new SQLException("a campaign changed meanwhile", "40001", e) : e;
        }
    }

    private static void bind(Bind bind, Row row) throws SQLException {
        Money reserved = row.reserved();
        Counts counts = row.counts();
        bind.text(row.state())
                .text(row.place())
                .bool(row.exhausted())
                .number(counts.enqueued())
                .number(counts.duplicates())
                .number(counts.invalid())
                .number(counts.unwanted())
                .number(counts.segments())
                .number(row.committed())
                .decimal(reserved == null ? null : reserved.amount())
                .text(reserved == null ? null : reserved.currency())
                .instant(row.nextDue())
                .instant(row.since())
                .number(row.settledBefore())
                .text(row.problem())
                .text(row.tenant())
                .text(row.id())
                .number(row.version());
    }

    private static Optional<Row> row(Connection connection, TenantId tenant, String id) throws SQLException {
        String select = "select " + COLUMNS + " from textonce_campaign where tenant = ? and id = ?";
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).text(tenant).text(id);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(read(rows)) : Optional.empty();
            }
        }
    }

    private static Row read(ResultSet row) throws SQLException {
        return new Row(
                TenantId.of(row.getString("tenant")),
                row.getString("id"),
                row.getLong("version"),
                CampaignState.valueOf(row.getString("state")),
                row.getString("place"),
                row.getBoolean("exhausted"),
                new Counts(
                        row.getLong("enqueued"),
                        row.getLong("duplicates"),
                        row.getLong("invalid"),
                        row.getLong("unwanted"),
                        row.getLong("segments")),
                row.getLong("committed"),
                money(row.getBigDecimal("reserved"), row.getString("reserved_currency")),
                Bind.requiredInstant(row, "next_due"),
                Bind.requiredInstant(row, "since"),
                row.getLong("settled_before"),
                row.getString("problem"));
    }

    private static @Nullable Money money(@Nullable BigDecimal amount, @Nullable String currency) {
        return amount == null || currency == null ? null : Money.of(amount.toPlainString(), currency);
    }

    @Override
    public Optional<Standing> find(TenantId tenant, String id) {
        return database.read("finding a campaign", c -> find(c, tenant, id));
    }

    /** One statement, so that both are of one instant. */
    private Optional<Standing> find(Connection connection, TenantId tenant, String id) throws SQLException {
        String select = "select c.*, u.message_state, u.messages from textonce_campaign c left join (select m.state as"
                + " message_state, count(*) as messages from textonce_message m where "
                + tables.outbox().unsettledOfGroup()
                + " group by m.state) u on 1 = 1 where c.tenant = ? and c.id = ?";
        Row found = null;
        Map<MessageState, Integer> unsettled = new EnumMap<>(MessageState.class);
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).text(tenant).text(Row.group(id)).text(tenant).text(id);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found = found == null ? read(rows) : found;
                    MessageState state = Bind.as(rows, "message_state", MessageState::valueOf);
                    if (state != null) {
                        unsettled.put(state, rows.getInt("messages"));
                    }
                }
            }
        }
        return Optional.ofNullable(found).map(row -> new Standing(row, unsettled));
    }

    @Override
    public Set<String> seen(TenantId tenant, String id, Collection<String> keys) {
        return keys.isEmpty() ? Set.of() : database.read("looking for recipients", c -> seen(c, tenant, id, keys));
    }

    private Set<String> seen(Connection connection, TenantId tenant, String id, Collection<String> keys)
            throws SQLException {
        Map<String, String> byKept = new HashMap<>();
        keys.forEach(key -> byKept.put(content.key(key), key));
        Set<String> known = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(seen)) {
            new Bind(statement)
                    .texts(byKept.keySet(), kept -> kept)
                    .text(tenant)
                    .text(id);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    known.add(byKept.get(rows.getString(1)));
                }
            }
        }
        return known;
    }

    @Override
    public boolean advance(Row next, Collection<String> keys, List<OutboxRow> messages) {
        try {
            return database.write("going on with a campaign", c -> {
                if (!replace(c, next)) {
                    return false;
                }
                remember(c, next, keys);
                Evidence.Enqueued enqueued = new Evidence.Enqueued(next.tenant(), List.copyOf(messages));
                if (!messages.isEmpty() && !enqueue(c, enqueued)) {
                    throw new IdTakenException();
                }
                return true;
            });
        } catch (IdTakenException e) {
            return false;
        }
    }

    private boolean enqueue(Connection connection, Evidence.Enqueued messages) throws SQLException {
        try {
            return new Evidence(connection, false, tables)
                    .take(List.of(messages))
                    .equals(List.of(Set.of()));
        } catch (SQLException e) {
            if (database.dialect().isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    private static boolean replace(Connection connection, Row next) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UPDATE)) {
            bind(new Bind(statement), next);
            return statement.executeUpdate() > 0;
        }
    }

    private void remember(Connection connection, Row row, Collection<String> keys) throws SQLException {
        if (keys.isEmpty()) {
            return;
        }
        String insert = "insert into textonce_campaign_recipient (tenant, campaign, recipient)"
                + " select cast(? as varchar(64)), cast(? as varchar(50)), u.recipient from "
                + Bind.unnest(List.of("recipient"));
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            new Bind(statement).text(row.tenant()).text(row.id()).texts(keys, content::key);
            statement.executeUpdate();
        }
    }

    @Override
    public Optional<Map<MessageState, Integer>> move(Row next) {
        return database.write("stopping or resuming a campaign", c -> {
            if (!replace(c, next)) {
                return Optional.<Map<MessageState, Integer>>empty();
            }
            TenantId tenant = next.tenant();
            String group = next.group();
            return Optional.of(
                    switch (next.state()) {
                        case PAUSED -> tables.outbox().holdGroup(c, tenant, group);
                        case RUNNING -> tables.outbox().releaseGroup(c, tenant, group);
                        case CANCELLED -> tables.outbox().cancelGroup(c, tenant, group);
                        default -> tables.outbox().unsettled(c, tenant, group);
                    });
        });
    }

    @Override
    public boolean forget(TenantId tenant, String id) {
        return database.write("forgetting a campaign", c -> {
            Optional<Row> row = row(c, tenant, id);
            if (row.filter(known -> known.state().isOver()).isEmpty()) {
                return false;
            }
            try (PreparedStatement statement =
                    c.prepareStatement("delete from textonce_campaign_recipient where tenant = ? and campaign = ?")) {
                new Bind(statement).text(tenant).text(id);
                statement.executeUpdate();
            }
            return true;
        });
    }

    @Override
    public List<Outcome> outcomes(TenantId tenant, String id) {
        return database.read("adding up a campaign", c -> outcomes(c, tenant, id));
    }

    /** Its messages differ in no other label than the variant. */
    private static List<Outcome> outcomes(Connection connection, TenantId tenant, String id) throws SQLException {
        String select =
                "select m.labels, m.state, case when m.state = 'REJECTED' then m.reason end as why, count(*) as n,"
                        + " sum(coalesce(m.provider_segments, m.segments, 0)) as segments, sum(case when m.billed is not"
                        + " null and m.billed_currency = coalesce(m.estimated_currency, m.billed_currency) then m.billed"
                        + " else m.estimated end) as cost, coalesce(m.estimated_currency, m.billed_currency) as currency"
                        + " from textonce_label l join textonce_message m on m.tenant = l.tenant and m.id = l.message_id"
                        + " where l.tenant = ? and l.name = '" + Campaign.LABEL + "' and l.val = ? and m.grp = ? and "
                        + MessageTable.IS_MESSAGE
                        + " group by m.labels, m.state, case when m.state = 'REJECTED' then m.reason end,"
                        + " coalesce(m.estimated_currency, m.billed_currency)";
        List<Outcome> all = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).text(tenant).text(id).text(Row.group(id));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.add(new Outcome(
                            MessageTable.labels(rows.getString("labels")).stream()
                                    .filter(label -> label.name().equals(Campaign.VARIANT_LABEL))
                                    .map(label -> label.value())
                                    .findFirst()
                                    .orElse(""),
                            MessageState.valueOf(rows.getString("state")),
                            Bind.as(rows, "why", Reason::valueOf),
                            rows.getLong("n"),
                            rows.getLong("segments"),
                            money(rows.getBigDecimal("cost"), rows.getString("currency"))));
                }
            }
        }
        return all;
    }
}
