package io.textonce.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What a cluster needs of its database. */
final class Postgres {

    private Postgres() {}

    static void require(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            String product = connection.getMetaData().getDatabaseProductName();
            if (!product.equals("PostgreSQL")) {
                throw new IllegalArgumentException("textonce-cluster needs PostgreSQL, and this is " + product
                        + "; one process needs none of it: JdbcStore.limits() and SmsOutbox.start() do");
            }
        }
    }
}
