package io.textonce.jdbc;

import io.textonce.jdbc.JdbcStoreException.Problem;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;

/**
 * Whether an H2 database stays open between two calls. Without a pool or DB_CLOSE_DELAY it is closed with each connection:
 * that takes ten times as long, lets another process in between, and one in memory is gone.
 */
final class KeptOpen {

    private static final String SEEN = """
            select s.session_start, current_timestamp(9), (select count(*) from information_schema.sessions),
                   coalesce((select max(setting_value) from information_schema.settings
                             where setting_name = 'DB_CLOSE_DELAY'), '0')
            from information_schema.sessions s where s.session_id = session_id()""";

    private record Seen(OffsetDateTime began, OffsetDateTime now, int sessions, boolean delayed) {}

    private KeptOpen() {}

    static void require(Database database) {
        if (database.dialect() != Dialect.H2) {
            return;
        }
        Seen first = database.read("reading sessions", KeptOpen::seen);
        if (first.delayed() || first.sessions() > 1) {
            return;
        }
        Seen second = database.read("reading sessions", KeptOpen::seen);
        if (second.sessions() == 1 && second.began().isAfter(first.now())) {
            throw new JdbcStoreException(
                    Problem.UNSUITABLE_DATABASE,
                    "H2 would close the database after every call, which is slow, and loses one that is in memory; add"
                            + " ;DB_CLOSE_DELAY=-1 to its URL, or use a pool",
                    null);
        }
    }

    private static Seen seen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SEEN)) {
            rows.next();
            return new Seen(
                    rows.getObject(1, OffsetDateTime.class),
                    rows.getObject(2, OffsetDateTime.class),
                    rows.getInt(3),
                    !rows.getString(4).equals("0"));
        }
    }
}
