package io.textonce.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

class H2FileStoreTest extends DatabaseContract {
    private final HikariDataSource database;

    H2FileStoreTest(@TempDir Path folder) {
        database = Databases.migrated(Databases.h2File(folder));
    }

    @Override
    DataSource database() {
        return database;
    }

    @AfterAll
    void close() {
        database.close();
    }
}
