package io.textonce.jdbc;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Columns by name and type, in an order; the values of a row come in the same order. */
record Columns(List<Column> all) {

    /** The column's type, as PostgreSQL calls it. */
    enum Type {
        VARCHAR,
        TIMESTAMPTZ,
        INT,
        BOOLEAN,
        NUMERIC
    }

    record Column(String name, Type type) {}

    Columns {
        all = List.copyOf(all);
    }

    /** A name stands for a text; another type follows it after a blank. */
    static Columns of(String... specs) {
        List<Column> all = new ArrayList<>();
        for (String spec : specs) {
            int blank = spec.indexOf(' ');
            all.add(
                    blank < 0
                            ? new Column(spec, Type.VARCHAR)
                            : new Column(spec.substring(0, blank), Type.valueOf(spec.substring(blank + 1))));
        }
        return new Columns(all);
    }

    Columns and(Columns more) {
        List<Column> both = new ArrayList<>(all);
        both.addAll(more.all);
        return new Columns(both);
    }

    /** Those that any of the rows has a value for, and one more; as places in these columns. */
    List<Integer> filled(List<List<@Nullable Object>> rows, String always) {
        return IntStream.range(0, all.size())
                .filter(i -> all.get(i).name.equals(always) || rows.stream().anyMatch(row -> row.get(i) != null))
                .boxed()
                .toList();
    }

    Columns only(List<Integer> places) {
        return new Columns(places.stream().map(all::get).toList());
    }

    String names() {
        return all.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    /** {@code name = :name} for each. */
    String assignments() {
        return all.stream().map(column -> column.name + " = :" + column.name).collect(Collectors.joining(", "));
    }

    /**
     * One array a column, as rows u; a row's place is counted from 1. Each array stands in a query of its own, so that the
     * planner doesn't see how long it is: while it knows nothing of a young table, it would rather compare all its rows with
     * a long array than look each key up.
     */
    String unnest() {
        String arrays = all.stream()
                .map(column -> "(select cast(? as " + column.type + " array))")
                .collect(Collectors.joining(", "));
        return "unnest(" + arrays + ") with ordinality u (" + names() + ", place)";
    }

    <T> void bindArrays(PreparedStatement statement, List<T> rows, Function<T, List<@Nullable Object>> values)
            throws SQLException {
        List<List<@Nullable Object>> all = new ArrayList<>(rows.size());
        rows.forEach(row -> all.add(values.apply(row)));
        for (int column = 0; column < this.all.size(); column++) {
            @Nullable String[] array = new @Nullable String[all.size()];
            for (int row = 0; row < array.length; row++) {
                array[row] = Bind.written(all.get(row).get(column));
            }
            String type = this.all.get(column).type.name().toLowerCase(Locale.ROOT);
            statement.setArray(column + 1, statement.getConnection().createArrayOf(type, array));
        }
    }

    void bind(Bind bind, int column, @Nullable Object value) throws SQLException {
        switch (all.get(column).type) {
            case TIMESTAMPTZ -> bind.instant((Instant) value);
            case INT -> bind.count(value == null ? -1 : (Integer) value);
            case BOOLEAN -> bind.bool(Boolean.TRUE.equals(value));
            case NUMERIC -> bind.decimal((BigDecimal) value);
            default -> bind.text(value);
        }
    }
}
