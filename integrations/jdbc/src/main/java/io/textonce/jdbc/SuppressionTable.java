package io.textonce.jdbc;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.store.Suppression;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code textonce_suppression}. */
final class SuppressionTable {

    /** Whose choice about what, as the columns say it. */
    record Key(TenantId tenant, String number, String scope) {}

    /** The scope of choices about every sender. */
    private static final String ALL = "";

    private final Dialect dialect;
    private final Content content;
    private final String insert;
    private final String byNumber;

    SuppressionTable(Dialect dialect, Content content) {
        this.dialect = dialect;
        this.content = content;
        this.insert = dialect.ignoringDuplicates("insert into textonce_suppression"
                + " (tenant, number, scope, opted_out, chosen_at, source, sealed_number) values (?,?,?,?,?,?,?)");
        this.byNumber = dialect.lookup(
                Bind.unnest(List.of("number")),
                "m.number, m.scope, m.opted_out, m.chosen_at",
                "textonce_suppression",
                "m.tenant = ? and m.number = u.number and (m.scope = ? or m.scope = ?)");
    }

    Key key(TenantId tenant, Suppression choice) {
        return new Key(tenant, content.number(choice.number()), scope(choice.scope()));
    }

    private static String scope(@Nullable SenderId sender) {
        return Optional.ofNullable(Codec.sender(sender)).orElse(ALL);
    }

    /** The later choice; at one instant, as the column keeps it, the way out. */
    static Suppression later(Suppression a, Suppression b) {
        int order = at(a).compareTo(at(b));
        return order > 0 || (order == 0 && isOut(a)) ? a : b;
    }

    private static Instant at(Suppression choice) {
        return choice.at().truncatedTo(ChronoUnit.MICROS);
    }

    private static boolean isOut(Suppression choice) {
        return choice.choice() == Suppression.Choice.OPT_OUT;
    }

    void store(Connection connection, Map<Key, Suppression> choices) throws SQLException {
        for (Map.Entry<Key, Suppression> each : choices.entrySet()) {
            if (!update(connection, each.getKey(), each.getValue())) {
                insert(connection, each.getKey(), each.getValue());
            }
        }
    }

    /** True if an older choice was replaced. */
    private static boolean update(Connection connection, Key key, Suppression choice) throws SQLException {
        String sql = "update textonce_suppression set opted_out = ?, chosen_at = ?, source = ?"
                + " where tenant = ? and number = ? and scope = ? and (chosen_at < ? or (chosen_at = ? and ?))";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement)
                    .bool(isOut(choice))
                    .instant(choice.at())
                    .text(choice.source())
                    .text(key.tenant())
                    .text(key.number())
                    .text(key.scope())
                    .instant(choice.at())
                    .instant(choice.at())
                    .bool(isOut(choice));
            return statement.executeUpdate() > 0;
        }
    }

    /** Nothing if there is a later choice. */
    private void insert(Connection connection, Key key, Suppression choice) throws SQLException {
        String sealed = content.seals()
                ? content.write(key.tenant(), choice.number().e164()).text()
                : null;
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            new Bind(statement)
                    .text(key.tenant())
                    .text(key.number())
                    .text(key.scope())
                    .bool(isOut(choice))
                    .instant(choice.at())
                    .text(choice.source())
                    .text(sealed);
            statement.executeUpdate();
        } catch (SQLException e) {
            if (dialect != Dialect.H2 || !dialect.isDuplicate(e)) {
                throw e;
            }
        }
    }

    /** Which of some numbers opted out of the tenant or of the sender. */
    Set<PhoneNumber> suppressed(
            Connection connection, TenantId tenant, Collection<PhoneNumber> numbers, @Nullable SenderId sender)
            throws SQLException {
        Map<String, PhoneNumber> byColumn = new HashMap<>();
        numbers.forEach(number -> byColumn.put(content.number(number), number));
        Map<String, Standing> standing = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(byNumber)) {
            new Bind(statement)
                    .texts(byColumn.keySet(), number -> number)
                    .text(tenant)
                    .text(ALL)
                    .text(scope(sender));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    standing.computeIfAbsent(rows.getString("number"), number -> new Standing())
                            .read(rows);
                }
            }
        }
        Set<PhoneNumber> suppressed = new HashSet<>();
        standing.forEach((number, choices) -> {
            if (choices.isOut()) {
                suppressed.add(Objects.requireNonNull(byColumn.get(number), "a number that was asked for"));
            }
        });
        return suppressed;
    }

    boolean isSuppressed(Connection connection, TenantId tenant, PhoneNumber number, @Nullable SenderId sender)
            throws SQLException {
        String sql = "select scope, opted_out, chosen_at from textonce_suppression"
                + " where tenant = ? and number = ? and (scope = ? or scope = ?)";
        Standing standing = new Standing();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement)
                    .text(tenant)
                    .text(content.number(number))
                    .text(ALL)
                    .text(scope(sender));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    standing.read(rows);
                }
            }
        }
        return standing.isOut();
    }

    /** One number's choices about the tenant and about one sender. */
    private static final class Standing {
        private boolean tenantOut;
        private boolean senderOut;
        private Instant tenantAt = Instant.MIN;
        private Instant senderAt = Instant.MIN;

        void read(ResultSet row) throws SQLException {
            if (row.getString("scope").isEmpty()) {
                tenantOut = row.getBoolean("opted_out");
                tenantAt = Bind.requiredInstant(row, "chosen_at");
            } else {
                senderOut = row.getBoolean("opted_out");
                senderAt = Bind.requiredInstant(row, "chosen_at");
            }
        }

        /** An opt-in to the tenant lifts the opt-outs of single senders before it. */
        boolean isOut() {
            return tenantOut || (senderOut && !tenantAt.isAfter(senderAt));
        }
    }
}
