package io.textonce.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;

class PostgresStoreTest extends DatabaseContract {
    private final HikariDataSource database = Databases.migrated(Databases.postgres());

    @Override
    DataSource database() {
        return database;
    }

    @AfterAll
    void close() {
        database.close();
    }
}
