package io.textonce.jdbc;

import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.store.SpendRepository.Decision;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One key of caps, read while its row is locked: the sums by the instant at which they stop counting, and what is open of
 * the messages in question. It notes what changes, and writes that back.
 */
final class SpendAccount {

    private record Held(BigDecimal amount, Instant until) {}

    private final String tenant;
    private final String name;
    private final NavigableMap<Instant, BigDecimal> sums = new TreeMap<>();
    private final Set<Instant> storedSums = new HashSet<>();
    private final Set<Instant> changedSums = new HashSet<>();
    private final Map<MessageId, Held> open = new HashMap<>();
    private final Set<MessageId> storedOpen = new HashSet<>();
    private final Set<MessageId> changedOpen = new HashSet<>();
    private Currency currency;
    private Instant last;
    private boolean changed;

    SpendAccount(String tenant, String name, Currency currency, Instant last) {
        this.tenant = tenant;
        this.name = name;
        this.currency = currency;
        this.last = last;
    }

    /** Reads the sums, and forgets those that stopped counting before an instant, unless that is null. */
    void read(Connection connection, @Nullable Instant forgotten) throws SQLException {
        String sql = "select until_at, amount from textonce_spend_sum where tenant = ? and name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            key(statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Instant until = Bind.requiredInstant(rows, "until_at");
                    sums.put(until, rows.getBigDecimal("amount"));
                    storedSums.add(until);
                }
            }
        }
        if (forgotten != null && !sums.headMap(forgotten, true).isEmpty()) {
            storedSums.removeAll(sums.headMap(forgotten, true).keySet());
            sums.headMap(forgotten, true).clear();
            for (String table : List.of("textonce_spend_sum", "textonce_spend_open")) {
                String delete = "delete from " + table + " where tenant = ? and name = ? and until_at <= ?";
                try (PreparedStatement statement = connection.prepareStatement(delete)) {
                    key(statement).instant(forgotten);
                    statement.executeUpdate();
                }
            }
        }
    }

    void readOpen(Connection connection, String select, List<MessageId> messages) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            new Bind(statement).texts(messages, id -> id).text(tenant).text(name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    MessageId id = MessageId.of(rows.getString("message_id"));
                    open.put(id, new Held(rows.getBigDecimal("amount"), Bind.requiredInstant(rows, "until_at")));
                    storedOpen.add(id);
                }
            }
        }
    }

    Decision reserve(MessageId message, Money wanted, BigDecimal limit, Instant until, Instant now) {
        requireCurrency(wanted.currency());
        Held held = open.get(message);
        BigDecimal counting = counting(now);
        BigDecimal own = held == null || !held.until().isAfter(now) ? BigDecimal.ZERO : held.amount();
        BigDecimal then = counting.subtract(own).add(wanted.amount());
        BigDecimal excess = then.subtract(limit);
        if (excess.signum() > 0) {
            boolean never = wanted.amount().compareTo(limit) > 0;
            return new Decision(false, new Money(counting, currency), never ? null : whenFree(excess, now));
        }
        if (held != null) {
            add(held.until(), held.amount().negate());
        }
        open.put(message, new Held(wanted.amount(), until));
        changedOpen.add(message);
        add(until, wanted.amount());
        return new Decision(true, new Money(then, currency), null);
    }

    /** Spent is null for what is released. */
    void close(MessageId message, @Nullable Money spent) {
        Held held = open.get(message);
        if (held == null) {
            return;
        }
        BigDecimal amount = BigDecimal.ZERO;
        if (spent != null) {
            if (!spent.currency().equals(currency) || spent.amount().signum() < 0) {
                throw new IllegalArgumentException(
                        "spend: " + spent + " must be zero or more, in " + currency.getCurrencyCode());
            }
            amount = spent.amount();
        }
        open.remove(message);
        changedOpen.add(message);
        add(held.until(), amount.subtract(held.amount()));
    }

    private void requireCurrency(Currency wanted) {
        if (!wanted.equals(currency)) {
            if (!sums.isEmpty()) {
                throw new IllegalArgumentException(
                        "budget " + name + ": is in " + currency + " and can't be asked in " + wanted);
            }
            currency = wanted;
            changed = true;
        }
    }

    private BigDecimal counting(Instant now) {
        return sums.tailMap(now, false).values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** When the sum, from which the oldest fall away, leaves room; null if never. */
    private @Nullable Instant whenFree(BigDecimal excess, Instant now) {
        BigDecimal gone = BigDecimal.ZERO;
        for (Map.Entry<Instant, BigDecimal> each : sums.tailMap(now, false).entrySet()) {
            gone = gone.add(each.getValue());
            if (gone.compareTo(excess) >= 0) {
                return each.getKey();
            }
        }
        return null;
    }

    private void add(Instant until, BigDecimal amount) {
        sums.merge(until, amount, BigDecimal::add);
        changedSums.add(until);
        if (until.isAfter(last)) {
            last = until;
            changed = true;
        }
    }

    void write(Connection connection) throws SQLException {
        if (changed) {
            String sql = "update textonce_spend set currency = ?, until_at = ? where tenant = ? and name = ?";
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                new Bind(statement).text(currency).instant(last).text(tenant).text(name);
                statement.executeUpdate();
            }
        }
        writeSums(connection);
        writeOpen(connection);
    }

    private void writeSums(Connection connection) throws SQLException {
        try (Writes inserts = new Writes(
                        connection,
                        "insert into textonce_spend_sum (amount, tenant, name, until_at) values (?,?,?,?)");
                Writes updates = new Writes(
                        connection,
                        "update textonce_spend_sum set amount = ? where tenant = ? and name = ? and until_at = ?")) {
            for (Instant until : changedSums) {
                Writes writes = storedSums.contains(until) ? updates : inserts;
                writes.bind()
                        .decimal(sums.get(until))
                        .text(tenant)
                        .text(name)
                        .instant(until)
                        .add();
            }
            inserts.run();
            updates.run();
        }
    }

    private void writeOpen(Connection connection) throws SQLException {
        try (Writes deletes = new Writes(
                        connection,
                        "delete from textonce_spend_open where tenant = ? and name = ? and message_id = ?");
                Writes inserts = new Writes(
                        connection,
                        "insert into textonce_spend_open (tenant, name, message_id, amount, until_at)"
                                + " values (?,?,?,?,?)")) {
            for (MessageId id : changedOpen) {
                if (storedOpen.contains(id)) {
                    deletes.bind().text(tenant).text(name).text(id).add();
                }
                Held held = open.get(id);
                if (held != null) {
                    inserts.bind()
                            .text(tenant)
                            .text(name)
                            .text(id)
                            .decimal(held.amount())
                            .instant(held.until())
                            .add();
                }
            }
            deletes.run();
            inserts.run();
        }
    }

    private Bind key(PreparedStatement statement) throws SQLException {
        return new Bind(statement).text(tenant).text(name);
    }

    /** A batch that is prepared only if there is something in it. */
    private static final class Writes implements AutoCloseable {
        private final Connection connection;
        private final String sql;
        private @Nullable PreparedStatement statement;
        private @Nullable Bind bind;

        Writes(Connection connection, String sql) {
            this.connection = connection;
            this.sql = sql;
        }

        Bind bind() throws SQLException {
            Bind known = bind;
            if (known == null) {
                PreparedStatement prepared = connection.prepareStatement(sql);
                statement = prepared;
                known = new Bind(prepared);
                bind = known;
            }
            return known;
        }

        void run() throws SQLException {
            if (statement != null) {
                statement.executeBatch();
            }
        }

        @Override
        public void close() throws SQLException {
            if (statement != null) {
                statement.close();
            }
        }
    }
}
