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
import java.util.Map;
import java.util.Optional;
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

    SuppressionTable(Dialect dialect, Content content) {
        this.dialect = dialect;
        this.content = content;
        this.insert = dialect.ignoringDuplicates("insert into textonce_suppression"
                + " (tenant, number, scope, opted_out, chosen_at, source, sealed_number) values (?,?,?,?,?,?,?)");
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

    boolean isSuppressed(Connection connection, TenantId tenant, PhoneNumber number, @Nullable SenderId sender)
            throws SQLException {
        String sql = "select scope, opted_out, chosen_at from textonce_suppression"
                + " where tenant = ? and number = ? and (scope = ? or scope = ?)";
        boolean tenantOut = false;
        boolean senderOut = false;
        Instant tenantAt = Instant.MIN;
        Instant senderAt = Instant.MIN;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Bind(statement)
                    .text(tenant)
                    .text(content.number(number))
                    .text(ALL)
                    .text(scope(sender));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (rows.getString("scope").isEmpty()) {
                        tenantOut = rows.getBoolean("opted_out");
                        tenantAt = Bind.requiredInstant(rows, "chosen_at");
                    } else {
                        senderOut = rows.getBoolean("opted_out");
                        senderAt = Bind.requiredInstant(rows, "chosen_at");
                    }
                }
            }
        }
        // An opt-in to the tenant lifts the opt-outs of single senders before it.
        return tenantOut || (senderOut && !tenantAt.isAfter(senderAt));
    }
}
