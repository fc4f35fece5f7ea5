package io.textonce.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An update of rows of {@code textonce_message}, each with values of its own: a single statement on PostgreSQL, a batch on
 * H2, which knows no such statement. Rows are locked in the order of their ids, so that two updates that share some of them
 * don't wait for each other.
 */
final class KeyedUpdate {

    private static final Pattern NAME = Pattern.compile(":([a-z_]+)");

    private final boolean single;
    private final Columns columns;
    private final String sql;
    private final int id;
    /** Which column each parameter of a batch is. */
    private final int[] order;

    /**
     * Prepares one.
     *
     * @param set what follows {@code set}, in which {@code :name} stands for a value
     * @param where the same; the row is {@code m}
     * @param columns the values' names; {@code id} is among them
     */
    KeyedUpdate(Dialect dialect, String set, String where, Columns columns) {
        this.single = dialect.takesArrays();
        this.columns = columns;
        List<String> names = columns.all().stream().map(Columns.Column::name).toList();
        this.id = names.indexOf("id");
        String update = "update textonce_message m set " + set;
        if (single) {
            this.order = new int[0];
            this.sql = NAME.matcher(update + " from " + columns.unnest() + " where " + where + " returning u.place")
                    .replaceAll("u.$1");
        } else {
            Matcher matcher = NAME.matcher(update + " where " + where);
            this.order = matcher.results()
                    .mapToInt(found -> names.indexOf(found.group(1)))
                    .toArray();
            this.sql = matcher.replaceAll("?");
        }
    }

    private record Target<T>(T row, int place, List<@Nullable Object> values) {}

    /** Answers the rows that were there to be updated, in their order. */
    <T> List<T> run(Connection connection, List<T> rows, Function<T, List<@Nullable Object>> values)
            throws SQLException {
        List<Target<T>> targets = new ArrayList<>(rows.size());
        for (T row : rows) {
            targets.add(new Target<>(row, targets.size(), values.apply(row)));
        }
        targets.sort(Comparator.comparing(target -> Objects.toString(target.values.get(id))));
        List<Target<T>> updated = new ArrayList<>(rows.size());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (single) {
                runSingle(statement, targets, updated);
            } else {
                runBatch(statement, targets, updated);
            }
        }
        updated.sort(Comparator.comparingInt(Target::place));
        return updated.stream().map(Target::row).toList();
    }

    private <T> void runSingle(PreparedStatement statement, List<Target<T>> targets, List<Target<T>> updated)
            throws SQLException {
        columns.bindArrays(statement, targets, Target::values);
        try (ResultSet places = statement.executeQuery()) {
            while (places.next()) {
                updated.add(targets.get(places.getInt(1) - 1));
            }
        }
    }

    private <T> void runBatch(PreparedStatement statement, List<Target<T>> targets, List<Target<T>> updated)
            throws SQLException {
        Bind bind = new Bind(statement);
        for (Target<T> target : targets) {
            for (int column : order) {
                columns.bind(bind, column, target.values.get(column));
            }
            bind.add();
        }
        int[] counts = statement.executeBatch();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                updated.add(targets.get(i));
            }
        }
    }
}
