package io.textonce.jdbc;

import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.SendResult;
import io.textonce.TenantId;
import io.textonce.store.IdempotencyRepository;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Idempotency keys shared by every process on one database. */
final class JdbcIdempotencyRepository implements IdempotencyRepository {

    private record Key(TenantId tenant, String name) {}

    /** What one caller wants done with a key. */
    private sealed interface Request {
        Key key();

        MessageId messageId();
    }

    private record Taking(Key key, MessageId messageId, String payload, Instant now, Instant expiresAt)
            implements Request {}

    private record Binding(Key key, MessageId messageId, SendResult result) implements Request {}

    private record Releasing(Key key, MessageId messageId) implements Request {}

    private static final int KEYS_BETWEEN_SWEEPS = 1_000;

    private final Database database;
    private final Content content;
    private final GroupCommit<Request, Claim> group;
    private final String insert;
    private final AtomicInteger newKeys = new AtomicInteger();

    JdbcIdempotencyRepository(Database database, Content content) {
        this.database = database;
        this.content = content;
        this.group = JdbcStore.group(requests -> database.write("keeping idempotency keys", c -> serve(c, requests)));
        this.insert = database.dialect()
                .ignoringDuplicates("insert into textonce_idempotency (tenant, name, payload, message_id, expires_at)"
                        + " values (?,?,?,?,?)");
    }

    @Override
    public Claim claim(
            TenantId tenant, String key, String payload, MessageId messageId, Instant now, Instant expiresAt) {
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(messageId, "messageId");
        return group.run(new Taking(key(tenant, key), messageId, payload, now, expiresAt));
    }

    @Override
    public void bind(TenantId tenant, String key, MessageId messageId, SendResult result) {
        if (result.outcome() == Outcome.REJECTED) {
            throw new IllegalArgumentException("idempotency key: a rejected outcome releases the key, it isn't bound");
        }
        group.run(new Binding(key(tenant, key), messageId, result));
    }

    @Override
    public void release(TenantId tenant, String key, MessageId messageId) {
        group.run(new Releasing(key(tenant, key), messageId));
    }

    private Key key(TenantId tenant, String name) {
        return new Key(tenant, content.key(name));
    }

    /** Key by key in one order for all processes, so that nobody waits in a circle. */
    private List<Claim> serve(Connection connection, List<Request> requests) throws SQLException {
        Comparator<Integer> byKey = Comparator.<Integer, String>comparing(
                        i -> requests.get(i).key().tenant().value())
                .thenComparing(i -> requests.get(i).key().name());
        Claim[] answers = new Claim[requests.size()];
        for (int i : IntStream.range(0, requests.size()).boxed().sorted(byKey).toList()) {
            answers[i] = serve(connection, requests.get(i));
        }
        return List.of(answers);
    }

    private Claim serve(Connection connection, Request request) throws SQLException {
        if (request instanceof Taking taking) {
            Claim claim = take(connection, taking);
            while (claim == null) {
                claim = take(connection, taking);
            }
            return claim;
        }
        if (request instanceof Binding binding) {
            bind(connection, binding);
        } else {
            release(connection, request);
        }
        return new Acquired();
    }

    /** Null if the key changed hands meanwhile. */
    private @Nullable Claim take(Connection connection, Taking wanted) throws SQLException {
        if (insert(connection, wanted)) {
            if (newKeys.incrementAndGet() % KEYS_BETWEEN_SWEEPS == 0) {
                forgetExpired(connection, wanted.now());
            }
            return new Acquired();
        }
        String sql = "select payload, message_id, expires_at, form, result from textonce_idempotency"
                + " where tenant = ? and name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bindKey(new Bind(statement), wanted.key());
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return null;
                }
                MessageId holder = MessageId.of(rows.getString("message_id"));
                Instant expiresAt = Bind.requiredInstant(rows, "expires_at");
                if (!expiresAt.isAfter(wanted.now())) {
                    return takeOver(connection, wanted, holder, expiresAt) ? new Acquired() : null;
                }
                if (!wanted.payload().equals(rows.getString("payload"))) {
                    return new Conflict(holder);
                }
                String result = rows.getString("result");
                if (result != null) {
                    TenantId tenant = wanted.key().tenant();
                    return new Bound(Codec.result(content.read(tenant, rows.getInt("form"), result)));
                }
                return holder.equals(wanted.messageId()) ? new Acquired() : new Held(holder);
            }
        }
    }

    private boolean insert(Connection connection, Taking wanted) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            bindKey(new Bind(statement), wanted.key())
                    .text(wanted.payload())
                    .text(wanted.messageId())
                    .instant(wanted.expiresAt());
            return statement.executeUpdate() > 0;
        } catch (SQLException e) {
            if (database.dialect() == Dialect.H2 && database.dialect().isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    private static boolean takeOver(Connection connection, Taking wanted, MessageId holder, Instant expired)
            throws SQLException {
        String sql = "update textonce_idempotency set payload = ?, message_id = ?, expires_at = ?, accepted = false,"
                + " form = 0, result = null where tenant = ? and name = ? and message_id = ? and expires_at = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement)
                    .text(wanted.payload())
                    .text(wanted.messageId())
                    .instant(wanted.expiresAt());
            bindKey(bind, wanted.key()).text(holder).instant(expired.truncatedTo(ChronoUnit.MICROS));
            return statement.executeUpdate() > 0;
        }
    }

    private void bind(Connection connection, Binding binding) throws SQLException {
        Content.Written result = content.write(binding.key().tenant(), Codec.result(binding.result()));
        String sql = "update textonce_idempotency set accepted = ?, form = ?, result = ?"
                + " where tenant = ? and name = ? and message_id = ? and not accepted";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Bind bind = new Bind(statement)
                    .bool(binding.result().isAccepted())
                    .number(result.form())
                    .text(result.text());
            bindKey(bind, binding.key()).text(binding.messageId());
            statement.executeUpdate();
        }
    }

    private static void release(Connection connection, Request request) throws SQLException {
        String sql = "delete from textonce_idempotency"
                + " where tenant = ? and name = ? and message_id = ? and not accepted";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bindKey(new Bind(statement), request.key()).text(request.messageId());
            statement.executeUpdate();
        }
    }

    private static void forgetExpired(Connection connection, Instant now) throws SQLException {
        String sql = "delete from textonce_idempotency where expires_at <= ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).instant(now);
            statement.executeUpdate();
        }
    }

    private static Bind bindKey(Bind bind, Key key) throws SQLException {
        return bind.text(key.tenant()).text(key.name());
    }
}
