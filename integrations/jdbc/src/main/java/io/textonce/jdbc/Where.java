package io.textonce.jdbc;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The conditions of a query that is put together, with their parameters. */
final class Where {

    private final StringBuilder sql = new StringBuilder(" where ");
    private final List<Object> parameters = new ArrayList<>();

    Where(String condition, Object... values) {
        sql.append(condition);
        parameters.addAll(Arrays.asList(values));
    }

    Where and(String condition, Object... values) {
        sql.append(" and ").append(condition);
        parameters.addAll(Arrays.asList(values));
        return this;
    }

    void bind(Bind bind) throws SQLException {
        for (Object value : parameters) {
            if (value instanceof Instant instant) {
                bind.instant(instant);
            } else if (value instanceof Long number) {
                bind.number(number);
            } else {
                bind.text(value);
            }
        }
    }

    /** A text as a part of a pattern of LIKE with the escape character {@code !}. */
    static String escaped(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }

    @Override
    public String toString() {
        return sql.toString();
    }
}
