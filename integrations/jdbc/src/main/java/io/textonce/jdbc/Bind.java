package io.textonce.jdbc;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sets the parameters of a statement one after the other, and reads columns back. */
final class Bind {

    /** Later than any plan, and early enough for every database. Also: held, nothing to be done by itself. */
    static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final PreparedStatement statement;
    private int next = 1;

    Bind(PreparedStatement statement) {
        this.statement = statement;
    }

    Bind text(@Nullable Object value) throws SQLException {
        statement.setString(next++, value == null ? null : value.toString().replace('\0', '\uFFFD'));
        return this;
    }

    /** In whole microseconds, which all databases keep. */
    Bind instant(@Nullable Instant value) throws SQLException {
        if (value == null) {
            statement.setNull(next++, Types.TIMESTAMP_WITH_TIMEZONE);
        } else {
            statement.setObject(next++, OffsetDateTime.ofInstant(kept(value), ZoneOffset.UTC));
        }
        return this;
    }

    /** A value as an array holds it. */
    static @Nullable String written(@Nullable Object value) {
        if (value instanceof Instant instant) {
            return kept(instant).toString();
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        return value == null ? null : value.toString().replace('\0', '\uFFFD');
    }

    private static Instant kept(Instant value) {
        return value.isAfter(LATEST) ? LATEST : value.truncatedTo(ChronoUnit.MICROS);
    }

    Bind number(long value) throws SQLException {
        statement.setLong(next++, value);
        return this;
    }

    /** Null for what is negative. */
    Bind count(int value) throws SQLException {
        if (value < 0) {
            statement.setNull(next++, Types.INTEGER);
        } else {
            statement.setInt(next++, value);
        }
        return this;
    }

    Bind bool(boolean value) throws SQLException {
        statement.setBoolean(next++, value);
        return this;
    }

    Bind decimal(@Nullable BigDecimal value) throws SQLException {
        statement.setBigDecimal(next++, value);
        return this;
    }

    Bind bytes(byte[] value) throws SQLException {
        statement.setBytes(next++, value);
        return this;
    }

    /** Instants, and what is written as text. */
    Bind all(Collection<?> values) throws SQLException {
        for (Object value : values) {
            if (value instanceof Instant instant) {
                instant(instant);
            } else {
                text(value);
            }
        }
        return this;
    }

    /** One column of an unnest. */
    <T> Bind texts(Collection<T> rows, Function<T, @Nullable Object> column) throws SQLException {
        Array array = statement
                .getConnection()
                .createArrayOf(
                        "varchar",
                        rows.stream().map(row -> written(column.apply(row))).toArray());
        statement.setArray(next++, array);
        return this;
    }

    /** Ends one row of a batch. */
    void add() throws SQLException {
        statement.addBatch();
        next = 1;
    }

    /** How many columns an unnest has, by their names. */
    static String unnest(List<String> columns) {
        String parameters = String.join(
                ", ", columns.stream().map(column -> "cast(? as varchar array)").toList());
        return "unnest(" + parameters + ") u (" + String.join(", ", columns) + ")";
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    static Instant requiredInstant(ResultSet row, String column) throws SQLException {
        Instant value = instant(row, column);
        if (value == null) {
            throw new SQLException("column " + column + " is null", "22004");
        }
        return value;
    }

    /** -1 for null. */
    static int count(ResultSet row, String column) throws SQLException {
        int value = row.getInt(column);
        return row.wasNull() ? -1 : value;
    }

    static <T> @Nullable T as(ResultSet row, String column, Function<String, T> parse) throws SQLException {
        String text = row.getString(column);
        return text == null ? null : parse.apply(text);
    }
}
