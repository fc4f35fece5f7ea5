package io.textonce.jdbc;

import io.textonce.DeliveryStatus;
import io.textonce.Money;
import io.textonce.PhoneNumber;
import io.textonce.TenantId;
import io.textonce.engagement.reporting.Dimension;
import io.textonce.engagement.reporting.ReportQuery;
import io.textonce.engagement.reporting.ReportQuery.Slice;
import io.textonce.engagement.reporting.ReportRepository;
import io.textonce.engagement.reporting.ReportRow;
import io.textonce.engagement.reporting.ReportTally;
import io.textonce.phone.PhoneNumbers;
import io.textonce.store.MessageState;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reports as the message table is now. The database sums up what is alike in every respect that a report looks at; what
 * that amounts to is {@link ReportTally}'s to say.
 */
final class JdbcReportRepository implements ReportRepository {

    private static final Duration ALERTS_KEPT = Duration.ofDays(400);
    private static final String CLAIM = "update textonce_alert set claimed_until = ?"
            + " where tenant = ? and name = ? and period_at = ? and not raised and claimed_until <= ?";

    private final Database database;
    private final Content content;
    private final MessageTable messages;
    private final PhoneNumbers numbers = PhoneNumbers.international();
    private final String insertAlert;

    JdbcReportRepository(Database database, Content content, MessageTable messages) {
        this.database = database;
        this.content = content;
        this.messages = messages;
        this.insertAlert = database.dialect()
                .ignoringDuplicates("insert into textonce_alert (claimed_until, tenant, name, period_at, raised)"
                        + " values (?,?,?,?,false)");
    }

    @Override
    public List<ReportRow> aggregate(ReportQuery query) {
        if (content.seals() && query.dimensions().contains(Dimension.COUNTRY)) {
            throw new IllegalArgumentException("by country: the store seals its numbers, so the database can't tell;"
                    + " put the country on messages as a label, and ask by that");
        }
        Statement statement = new Statement(query, database.dialect(), messages);
        return database.read("summing up messages", connection -> read(connection, statement, query));
    }

    private List<ReportRow> read(Connection connection, Statement wanted, ReportQuery query) throws SQLException {
        ReportTally tally = new ReportTally(query);
        try (PreparedStatement statement = connection.prepareStatement(wanted.sql)) {
            wanted.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tally.add(cell(rows, wanted));
                }
            }
        }
        return tally.rows();
    }

    private ReportTally.Cell cell(ResultSet row, Statement wanted) throws SQLException {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < wanted.dimensions.size(); i++) {
            String column = "k" + i;
            values.add(
                    switch (wanted.dimensions.get(i).kind()) {
                        case DAY, MONTH -> wanted.slices.get(row.getInt(column)).name();
                        case COUNTRY -> country(row.getString("example"));
                        default -> Objects.requireNonNullElse(row.getString(column), "");
                    });
        }
        return new ReportTally.Cell(
                values,
                MessageState.valueOf(row.getString("state")),
                Bind.as(row, "status", DeliveryStatus::valueOf),
                row.getInt("latency"),
                money(row, "estimated"),
                money(row, "billed"),
                row.getLong("messages"),
                row.getLong("segments"));
    }

    /** Empty for a row that was sealed, or that nobody can read. */
    private String country(String number) {
        return number.startsWith("+") ? numbers.regionOf(PhoneNumber.of(number)).orElse("") : "";
    }

    private static @Nullable Money money(ResultSet row, String column) throws SQLException {
        String currency = row.getString(column + "_currency");
        BigDecimal amount = row.getBigDecimal(column);
        return currency == null || amount == null ? null : new Money(amount, Currency.getInstance(currency));
    }

    @Override
    public boolean claimAlert(AlertKey alert, Instant now, Instant until) {
        return database.write("claiming an alert", connection -> {
            try (PreparedStatement insert = connection.prepareStatement(insertAlert)) {
                key(new Bind(insert).instant(until), alert);
                if (insert.executeUpdate() > 0) {
                    return true;
                }
            } catch (SQLException e) {
                if (database.dialect() != Dialect.H2 || !database.dialect().isDuplicate(e)) {
                    throw e;
                }
            }
            try (PreparedStatement update = connection.prepareStatement(CLAIM)) {
                key(new Bind(update).instant(until), alert).instant(now);
                return update.executeUpdate() > 0;
            }
        });
    }

    @Override
    public void alertRaised(AlertKey alert) {
        database.write("noting an alert", connection -> {
            String raise = "update textonce_alert set raised = true where tenant = ? and name = ? and period_at = ?";
            try (PreparedStatement update = connection.prepareStatement(raise)) {
                key(new Bind(update), alert);
                update.executeUpdate();
            }
            String forget = "delete from textonce_alert where period_at < ?";
            try (PreparedStatement delete = connection.prepareStatement(forget)) {
                new Bind(delete).instant(alert.period().minus(ALERTS_KEPT));
                return delete.executeUpdate();
            }
        });
    }

    private static Bind key(Bind bind, AlertKey alert) throws SQLException {
        TenantId tenant = alert.tenant();
        return bind.text(tenant == null ? "" : tenant.value())
                .text(alert.name())
                .instant(alert.period());
    }

    /** A query as the database is asked: the values told apart are k0, k1, ... */
    private static final class Statement {
        private final List<Dimension> dimensions;
        private final List<Slice> slices;
        private final Dialect dialect;
        private final List<Object> values = new ArrayList<>();
        private final String sql;

        Statement(ReportQuery query, Dialect dialect, MessageTable messages) {
            this.dimensions = query.dimensions();
            this.slices = query.slices();
            this.dialect = dialect;
            StringBuilder keys = new StringBuilder();
            StringBuilder columns = new StringBuilder();
            for (int i = 0; i < dimensions.size(); i++) {
                keys.append('k').append(i).append(", ");
                columns.append(expression(dimensions.get(i)))
                        .append(" k")
                        .append(i)
                        .append(", ");
            }
            StringBuilder from = new StringBuilder(dialect.inSlices("textonce_message", slices.size()));
            from.append(" where ").append(MessageTable.IS_MESSAGE);
            query.tenant().ifPresent(tenant -> {
                from.append(" and m.tenant = ?");
                values.add(tenant);
            });
            messages.where(from, values, query.where());
            String alike = keys + "state, status, latency, estimated_currency, billed_currency";
            // One number of each place tells its country.
            String example = dimensions.contains(Dimension.COUNTRY) ? "min(recipient) example, " : "";
            this.sql = "select " + alike + ", " + example + "count(*) messages, sum(segments) segments,"
                    + " sum(estimated) estimated, sum(billed) billed from (select " + columns
                    + "m.state, m.status, " + latency() + " latency, m.estimated_currency, m.billed_currency,"
                    + " m.to_number recipient, coalesce(m.provider_segments, m.segments, 0) segments, m.estimated, m.billed"
                    + " from " + from + ") each_one group by " + alike;
        }

        private String expression(Dimension dimension) {
            return switch (dimension.kind()) {
                case DAY, MONTH -> dialect.slice();
                case TENANT -> "m.tenant";
                case PROVIDER -> "m.provider";
                case CATEGORY -> "m.category";
                // Enough digits to tell those apart who share a country code, such as Jersey and Great Britain.
                case COUNTRY -> "substring(m.to_number from 1 for 8)";
                case STATE -> "m.state";
                case STATUS -> "m.status";
                case TEMPLATE -> "m.template_id";
                case LABEL -> label(dimension.name());
            };
        }

        /** Of the lines name=value, the value. The name has no quotes: its characters are a-z 0-9 _ . - only. */
        private static String label(String name) {
            String lines = "(chr(10) || m.labels)";
            String begin = "(chr(10) || '" + name + "=')";
            String rest = "substring(" + lines + " from position(" + begin + " in " + lines + ") + "
                    + (name.length() + 2) + ")";
            return "case when position(" + begin + " in " + lines + ") > 0 then substring(" + rest
                    + " from 1 for position(chr(10) in " + rest + ") - 1) end";
        }

        private static String latency() {
            StringBuilder out = new StringBuilder("case when m.status is null or m.status <> 'DELIVERED' then -1");
            List<Duration> bounds = ReportTally.LATENCIES;
            for (int i = 0; i < bounds.size(); i++) {
                out.append(" when m.updated_at <= coalesce(m.begun_at, m.created_at) + ")
                        .append(interval(bounds.get(i)))
                        .append(" then ")
                        .append(i);
            }
            return out.append(" else ").append(bounds.size()).append(" end").toString();
        }

        /** In two digits, all that standard SQL has for an interval's first field. */
        private static String interval(Duration bound) {
            return bound.toSeconds() < 100
                    ? "interval '" + bound.toSeconds() + "' second"
                    : bound.toMinutes() < 100
                            ? "interval '" + bound.toMinutes() + "' minute"
                            : "interval '" + bound.toHours() + "' hour";
        }

        /** What stands first in the text: the slices, then the conditions. */
        void bind(PreparedStatement statement) throws SQLException {
            Bind bind = new Bind(statement);
            if (!slices.isEmpty()) {
                dialect.bindSlices(bind, slices.stream().map(Slice::from).toList());
            }
            bind.all(values);
        }
    }
}
