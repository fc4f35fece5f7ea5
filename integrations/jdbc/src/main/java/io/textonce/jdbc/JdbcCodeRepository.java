package io.textonce.jdbc;

import io.textonce.TenantId;
import io.textonce.engagement.verification.CodeRepository;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One-time codes shared by every process on one database. A guess is taken off by one update of one row. */
final class JdbcCodeRepository implements CodeRepository {

    private static final int PUTS_BETWEEN_SWEEPS = 1_000;
    /** Conversion is asked for a day back. */
    private static final Duration COUNTED_FOR = Duration.ofHours(49);
    /** Processes whose clocks differ forget each other's codes no earlier than this. */
    private static final Duration KEPT_AFTERWARDS = Duration.ofHours(1);

    private static final String REPLACE = "update textonce_code set mac = ?, salt = ?, expires_at = ?, guesses_left = ?"
            + " where tenant = ? and name = ?";
    private static final String SPEND = "update textonce_code set guesses_left = guesses_left - 1"
            + " where tenant = ? and name = ? and expires_at > ? and guesses_left > 0";
    private static final String COUNT = "update textonce_code_count set sent = sent + ?, verified = verified + ?"
            + " where tenant = ? and prefix = ? and hour_at = ?";

    private final Database database;
    private final Content content;
    private final String insert;
    private final String insertCount;
    private final AtomicInteger puts = new AtomicInteger();

    JdbcCodeRepository(Database database, Content content) {
        this.database = database;
        this.content = content;
        this.insert = database.dialect()
                .ignoringDuplicates("insert into textonce_code (mac, salt, expires_at, guesses_left, tenant, name)"
                        + " values (?,?,?,?,?,?)");
        this.insertCount = database.dialect()
                .ignoringDuplicates("insert into textonce_code_count (sent, verified, tenant, prefix, hour_at)"
                        + " values (?,?,?,?,?)");
    }

    /** Binds the same values for the update and for the insert. */
    private interface Values {
        void bind(Bind bind) throws SQLException;
    }

    @Override
    public void put(TenantId tenant, String key, Code code) {
        Objects.requireNonNull(code, "code");
        String name = content.key(key);
        database.write(
                "keeping a one-time code",
                c -> upsert(
                        c,
                        REPLACE,
                        insert,
                        bind -> bind.text(code.mac())
                                .text(code.salt())
                                .instant(code.expiresAt())
                                .number(code.guessesLeft())
                                .text(tenant)
                                .text(name)));
        if (puts.getAndIncrement() % PUTS_BETWEEN_SWEEPS == 0) {
            forgetTheDead(code.expiresAt());
        }
    }

    /** Updates the row, or inserts it; whoever finds that another was faster updates that one's. */
    private boolean upsert(Connection connection, String update, String insertion, Values values) throws SQLException {
        while (true) {
            if (run(connection, update, values) || run(connection, insertion, values)) {
                return true;
            }
        }
    }

    private boolean run(Connection connection, String sql, Values values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            values.bind(new Bind(statement));
            return statement.executeUpdate() > 0;
        } catch (SQLException e) {
            if (database.dialect() == Dialect.H2 && database.dialect().isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    /** A code lives ten minutes at most, so what expired long before a new one expires is dead. */
    private void forgetTheDead(Instant expiry) {
        database.write("forgetting dead codes", connection -> {
            run(
                    connection,
                    "delete from textonce_code where expires_at < ?",
                    bind -> bind.instant(expiry.minus(KEPT_AFTERWARDS)));
            return run(
                    connection,
                    "delete from textonce_code_count where hour_at < ?",
                    bind -> bind.instant(expiry.minus(COUNTED_FOR)));
        });
    }

    @Override
    public Optional<Code> spendGuess(TenantId tenant, String key, Instant now) {
        String name = content.key(key);
        return database.write("taking a guess", connection -> {
            boolean spent =
                    run(connection, SPEND, bind -> bind.text(tenant).text(name).instant(now));
            return spent ? Optional.of(find(connection, tenant, name)) : Optional.empty();
        });
    }

    /** The row that this transaction has just changed, and nobody else can before it ends. */
    private static Code find(Connection connection, TenantId tenant, String name) throws SQLException {
        String sql = "select mac, salt, expires_at, guesses_left from textonce_code where tenant = ? and name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement).text(tenant).text(name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("a code vanished under its lock", "40001");
                }
                return new Code(
                        row.getString(1), row.getString(2), Bind.requiredInstant(row, "expires_at"), row.getInt(4));
            }
        }
    }

    @Override
    public boolean remove(TenantId tenant, String key, String mac) {
        String name = content.key(key);
        return database.write(
                "removing a one-time code",
                c -> run(
                        c,
                        "delete from textonce_code where tenant = ? and name = ? and mac = ?",
                        bind -> bind.text(tenant).text(name).text(mac)));
    }

    @Override
    public void count(TenantId tenant, String prefix, Event what, Instant now) {
        boolean sent = what == Event.SENT;
        database.write(
                "counting a one-time code",
                c -> upsert(
                        c,
                        COUNT,
                        insertCount,
                        bind -> bind.number(sent ? 1 : 0)
                                .number(sent ? 0 : 1)
                                .text(tenant)
                                .text(prefix)
                                .instant(now.truncatedTo(ChronoUnit.HOURS))));
    }

    @Override
    public Conversion conversion(TenantId tenant, String prefix, Instant since) {
        String sql = "select coalesce(sum(sent), 0), coalesce(sum(verified), 0) from textonce_code_count"
                + " where tenant = ? and prefix = ? and hour_at >= ?";
        return database.read("counting one-time codes", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                new Bind(statement).text(tenant).text(prefix).instant(since.truncatedTo(ChronoUnit.HOURS));
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return new Conversion(row.getLong(1), row.getLong(2));
                }
            }
        });
    }
}
