package io.textonce.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An update of rows of {@code textonce_message}, each with values of its own: a single statement on PostgreSQL, a batch on
 * H2, which knows no such statement.
 */
final class KeyedUpdate {

    private static final Pattern NAME = Pattern.compile(":([a-z_]+)");

    private final boolean single;
    private final Columns columns;
    private final String sql;
    /** Which column each parameter of a batch is. */
    private final int[] order;

    /**
     * Prepares one.
     *
     * @param set what follows {@code set}, in which {@code :name} stands for a value
     * @param where the same; the row is {@code m}
     */
    KeyedUpdate(Dialect dialect, String set, String where, Columns columns) {
        this.single = dialect.takesArrays();
        this.columns = columns;
        String update = "update textonce_message m set " + set;
        if (single) {
            this.order = new int[0];
            this.sql = NAME.matcher(update + " from " + columns.unnest() + " where " + where + " returning u.place")
                    .replaceAll("u.$1");
        } else {
            List<String> names =
                    columns.all().stream().map(Columns.Column::name).toList();
            Matcher matcher = NAME.matcher(update + " where " + where);
            this.order = matcher.results()
                    .mapToInt(found -> names.indexOf(found.group(1)))
                    .toArray();
            this.sql = matcher.replaceAll("?");
        }
    }

    /** Answers the rows that were there to be updated, in their order. */
    <T> List<T> run(Connection connection, List<T> rows, Function<T, List<@Nullable Object>> values)
            throws SQLException {
        boolean[] updated;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            updated = single ? runSingle(statement, rows, values) : runBatch(statement, rows, values);
        }
        List<T> done = new ArrayList<>(rows.size());
        for (int i = 0; i < updated.length; i++) {
            if (updated[i]) {
                done.add(rows.get(i));
            }
        }
        return done;
    }

    private <T> boolean[] runSingle(
            PreparedStatement statement, List<T> rows, Function<T, List<@Nullable Object>> values) throws SQLException {
        boolean[] updated = new boolean[rows.size()];
        columns.bindArrays(statement, rows, values);
        try (ResultSet places = statement.executeQuery()) {
            while (places.next()) {
                updated[places.getInt(1) - 1] = true;
            }
        }
        return updated;
    }

    private <T> boolean[] runBatch(
            PreparedStatement statement, List<T> rows, Function<T, List<@Nullable Object>> values) throws SQLException {
        Bind bind = new Bind(statement);
        for (T row : rows) {
            List<@Nullable Object> all = values.apply(row);
            for (int column : order) {
                columns.bind(bind, column, all.get(column));
            }
            bind.add();
        }
        int[] counts = statement.executeBatch();
        boolean[] updated = new boolean[counts.length];
        for (int i = 0; i < counts.length; i++) {
            updated[i] = counts[i] > 0;
        }
        return updated;
    }
}
