package io.textonce.jdbc;

import io.textonce.TenantId;
import io.textonce.store.LimitStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Limits shared by every process on one database: a row for each key, locked while it is judged. */
final class JdbcLimitStore implements LimitStore {

    private record Key(String tenant, String name) {}

    /** One caller; taking or giving back. */
    private record Request(Key key, List<Limit> limits, int permits, long at, boolean takes) {}

    private static final int KEYS_BETWEEN_SWEEPS = 1_000;

    private final Database database;
    private final Content content;
    private final GroupCommit<Request, Duration> group;
    private final String insert;
    private final AtomicInteger newKeys = new AtomicInteger();

    JdbcLimitStore(Database database, Content content) {
        this.database = database;
        this.content = content;
        this.group = JdbcStore.group(requests -> database.write("taking permits", c -> serve(c, requests)));
        this.insert = database.dialect()
                .ignoringDuplicates("insert into textonce_limit (tenant, name, state, whole_at) values (?,?,?,?)");
    }

    @Override
    public Duration take(TenantId tenant, String key, List<Limit> limits, int permits, Instant now) {
        if (permits < 1) {
            throw new IllegalArgumentException("permits: " + permits + " is not 1 or more");
        }
        for (Limit limit : limits) {
            if (permits > limit.capacity()) {
                throw new IllegalArgumentException("permits: " + permits + " is more than " + limit
                        + " can ever allow at once; ask for fewer, or raise the limit");
            }
        }
        return group.run(new Request(key(tenant, key), List.copyOf(limits), permits, nanos(now), true));
    }

    @Override
    public void giveBack(TenantId tenant, String key, List<Limit> limits, int permits, Instant takenAt) {
        group.run(new Request(key(tenant, key), List.copyOf(limits), permits, nanos(takenAt), false));
    }

    private Key key(TenantId tenant, String name) {
        return new Key(tenant.value(), content.key(name));
    }

    /** Good until the year 2262. */
    private static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }

    /** Key by key in one order for all processes, so that nobody waits in a circle. */
    private List<Duration> serve(Connection connection, List<Request> requests) throws SQLException {
        Map<Key, List<Integer>> byKey =
                new TreeMap<>(Comparator.comparing(Key::tenant).thenComparing(Key::name));
        List<Duration> answers = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            byKey.computeIfAbsent(requests.get(i).key(), k -> new ArrayList<>()).add(i);
            answers.add(Duration.ZERO);
        }
        for (Map.Entry<Key, List<Integer>> each : byKey.entrySet()) {
            serve(connection, each.getKey(), each.getValue(), requests, answers);
        }
        return answers;
    }

    private void serve(
            Connection connection, Key key, List<Integer> callers, List<Request> requests, List<Duration> answers)
            throws SQLException {
        LimitState known = lock(connection, key);
        while (true) {
            LimitState state = known == null ? LimitState.empty() : known;
            boolean changed = false;
            for (int caller : callers) {
                Request request = requests.get(caller);
                if (request.takes()) {
                    long wait = state.take(request.limits(), request.permits(), request.at());
                    answers.set(caller, wait == 0 ? Duration.ZERO : Duration.ofNanos(wait));
                    changed |= wait == 0;
                } else {
                    state.giveBack(request.limits(), request.permits(), request.at());
                    changed |= known != null;
                }
            }
            if (!changed) {
                return;
            }
            if (known != null) {
                update(connection, key, state);
                return;
            }
            if (insert(connection, key, state)) {
                if (newKeys.incrementAndGet() % KEYS_BETWEEN_SWEEPS == 0) {
                    forgetWhole(connection, requests.get(callers.get(0)).at());
                }
                return;
            }
            known = lock(connection, key);
        }
    }

    private static @Nullable LimitState lock(Connection connection, Key key) throws SQLException {
        String sql = "select state from textonce_limit where tenant = ? and name = ? for update";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(key.tenant()).text(key.name());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? LimitState.decode(rows.getBytes(1)) : null;
            }
        }
    }

    private static void update(Connection connection, Key key, LimitState state) throws SQLException {
        String sql = "update textonce_limit set state = ?, whole_at = ? where tenant = ? and name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement)
                    .bytes(state.encode())
                    .instant(instant(state.wholeAt()))
                    .text(key.tenant())
                    .text(key.name());
            statement.executeUpdate();
        }
    }

    private boolean insert(Connection connection, Key key, LimitState state) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            new Bind(statement)
                    .text(key.tenant())
                    .text(key.name())
                    .bytes(state.encode())
                    .instant(instant(state.wholeAt()));
            return statement.executeUpdate() > 0;
        } catch (SQLException e) {
            if (database.dialect() == Dialect.H2 && database.dialect().isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    private static void forgetWhole(Connection connection, long now) throws SQLException {
        String sql = "delete from textonce_limit where whole_at < ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).instant(instant(now));
            statement.executeUpdate();
        }
    }
}
