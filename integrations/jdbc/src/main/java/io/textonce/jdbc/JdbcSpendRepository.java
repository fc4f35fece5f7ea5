package io.textonce.jdbc;

import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.TenantId;
import io.textonce.store.SpendRepository;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Caps shared by every process on one database: a row for each key, locked while amounts are judged. */
final class JdbcSpendRepository implements SpendRepository {

    private record Key(String tenant, String name) {}

    /** What one caller wants done under a key. */
    private sealed interface Request {
        Key key();

        MessageId message();
    }

    private record Reserving(Key key, MessageId message, Money amount, BigDecimal limit, Instant until, Instant now)
            implements Request {}

    /** Spent is null for what is released. */
    private record Closing(
            Key key, MessageId message, @Nullable Money spent) implements Request {}

    /** How late a caller may be and still find what counted at its instant. */
    private static final Duration GRACE = Duration.ofMinutes(1);
    /** Processes whose clocks differ forget each other's keys no earlier than this. */
    private static final Duration KEPT_AFTERWARDS = Duration.ofHours(1);

    private static final int KEYS_BETWEEN_SWEEPS = 1_000;
    private static final Decision DONE = new Decision(true, Money.of("0", "XXX"), null);

    private final Database database;
    private final Content content;
    private final GroupCommit<Request, Decision> group;
    private final String insert;
    private final String opens;
    private final AtomicInteger newKeys = new AtomicInteger();

    JdbcSpendRepository(Database database, Content content) {
        this.database = database;
        this.content = content;
        this.group = JdbcStore.group(this::serve);
        this.insert = database.dialect()
                .ignoringDuplicates("insert into textonce_spend (tenant, name, currency, until_at) values (?,?,?,?)");
        this.opens = database.dialect()
                .lookup(
                        Bind.unnest(List.of("message")),
                        "m.message_id, m.amount, m.until_at",
                        "textonce_spend_open",
                        "m.tenant = ? and m.name = ? and m.message_id = u.message");
    }

    @Override
    public Decision reserve(TenantId tenant, Budget budget, MessageId message, Money amount, Instant now) {
        check(amount, budget.limit().currency());
        return group.run(new Reserving(
                key(tenant, budget.key()),
                Objects.requireNonNull(message, "message"),
                amount,
                budget.limit().amount(),
                wholeMicros(budget.until()),
                now));
    }

    @Override
    public void settle(TenantId tenant, String key, MessageId message, Money amount) {
        group.run(new Closing(key(tenant, key), message, Objects.requireNonNull(amount, "amount")));
    }

    @Override
    public void release(TenantId tenant, String key, MessageId message) {
        group.run(new Closing(key(tenant, key), message, null));
    }

    @Override
    public Optional<Money> committed(TenantId tenant, String key, Instant now) {
        return database.read("reading what is spent", c -> committed(c, key(tenant, key), now));
    }

    private static Optional<Money> committed(Connection connection, Key key, Instant now) throws SQLException {
        String sql = "select s.currency, m.amount from textonce_spend s"
                + " join textonce_spend_sum m on m.tenant = s.tenant and m.name = s.name"
                + " where s.tenant = ? and s.name = ? and m.until_at > ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bindKey(new Bind(statement), key).instant(now);
            Money sum = null;
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Money each = new Money(rows.getBigDecimal(2), Currency.getInstance(rows.getString(1)));
                    sum = sum == null ? each : sum.plus(each);
                }
            }
            return Optional.ofNullable(sum);
        }
    }

    private Key key(TenantId tenant, String name) {
        return new Key(tenant.value(), content.key(name));
    }

    private static void check(Money amount, Currency currency) {
        if (!amount.currency().equals(currency) || amount.amount().signum() < 0) {
            throw new IllegalArgumentException(
                    "spend: " + amount + " must be zero or more, in " + currency.getCurrencyCode());
        }
    }

    /** Never earlier than asked: an amount must not stop counting too soon. */
    private static Instant wholeMicros(Instant until) {
        Instant floor = until.truncatedTo(ChronoUnit.MICROS);
        return floor.equals(until) ? floor : floor.plus(1, ChronoUnit.MICROS);
    }

    private List<Decision> serve(List<Request> requests) {
        AtomicInteger created = new AtomicInteger();
        List<Decision> answers = database.write("counting what is spent", c -> {
            created.set(0);
            return serve(c, requests, created);
        });
        int before = newKeys.getAndAdd(created.get());
        if (before / KEYS_BETWEEN_SWEEPS != newKeys.get() / KEYS_BETWEEN_SWEEPS || (before == 0 && created.get() > 0)) {
            forgetDeadKeys(requests);
        }
        return answers;
    }

    /** Key by key in one order for all processes, so that nobody waits in a circle. */
    private List<Decision> serve(Connection connection, List<Request> requests, AtomicInteger created)
            throws SQLException {
        Map<Key, List<Integer>> byKey =
                new TreeMap<>(Comparator.comparing(Key::tenant).thenComparing(Key::name));
        List<Decision> answers = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            byKey.computeIfAbsent(requests.get(i).key(), k -> new ArrayList<>()).add(i);
            answers.add(DONE);
        }
        for (Map.Entry<Key, List<Integer>> each : byKey.entrySet()) {
            List<Request> own = each.getValue().stream().map(requests::get).toList();
            SpendAccount account = account(connection, each.getKey(), own, created);
            if (account != null) {
                for (int i = 0; i < own.size(); i++) {
                    answers.set(each.getValue().get(i), serve(account, own.get(i)));
                }
                account.write(connection);
            }
        }
        return answers;
    }

    private static Decision serve(SpendAccount account, Request request) {
        if (request instanceof Reserving asked) {
            return account.reserve(asked.message(), asked.amount(), asked.limit(), asked.until(), asked.now());
        }
        if (request instanceof Closing closing) {
            account.close(closing.message(), closing.spent());
        }
        return DONE;
    }

    /** The key's account, locked; null if there is none and none is needed. */
    private @Nullable SpendAccount account(
            Connection connection, Key key, List<Request> requests, AtomicInteger created) throws SQLException {
        Reserving first = requests.stream()
                .flatMap(request -> request instanceof Reserving asked ? Stream.of(asked) : Stream.empty())
                .findFirst()
                .orElse(null);
        SpendAccount account = lock(connection, key);
        while (account == null) {
            if (first == null) {
                return null;
            }
            if (insert(connection, key, first)) {
                created.incrementAndGet();
            }
            account = lock(connection, key);
        }
        account.read(connection, first == null ? null : first.now().minus(GRACE));
        account.readOpen(
                connection, opens, requests.stream().map(Request::message).toList());
        return account;
    }

    private static @Nullable SpendAccount lock(Connection connection, Key key) throws SQLException {
        String sql = "select currency, until_at from textonce_spend where tenant = ? and name = ? for update";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(key.tenant()).text(key.name());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? new SpendAccount(
                                key.tenant(),
                                key.name(),
                                Currency.getInstance(rows.getString(1)),
                                Bind.requiredInstant(rows, "until_at"))
                        : null;
            }
        }
    }

    private boolean insert(Connection connection, Key key, Reserving first) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            new Bind(statement)
                    .text(key.tenant())
                    .text(key.name())
                    .text(first.amount().currency())
                    .instant(first.until());
            return statement.executeUpdate() > 0;
        } catch (SQLException e) {
            if (database.dialect() == Dialect.H2 && database.dialect().isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    /** With a transaction of its own: it may meet keys in any order. */
    private void forgetDeadKeys(List<Request> requests) {
        for (Request request : requests) {
            if (request instanceof Reserving asked) {
                Instant dead = asked.now().minus(KEPT_AFTERWARDS);
                database.write("forgetting what was spent", connection -> forget(connection, dead));
                return;
            }
        }
    }

    private static int forget(Connection connection, Instant dead) throws SQLException {
        for (String table : List.of("textonce_spend_open", "textonce_spend_sum")) {
            String sql = "delete from " + table + " m where m.until_at < ? and exists (select 1 from textonce_spend s"
                    + " where s.tenant = m.tenant and s.name = m.name and s.until_at < ?)";
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                new Bind(statement).instant(dead).instant(dead);
                statement.executeUpdate();
            }
        }
        try (PreparedStatement statement =
                connection.prepareStatement("delete from textonce_spend where until_at < ?")) {
            new Bind(statement).instant(dead);
            return statement.executeUpdate();
        }
    }

    private static Bind bindKey(Bind bind, Key key) throws SQLException {
        return bind.text(key.tenant()).text(key.name());
    }
}
