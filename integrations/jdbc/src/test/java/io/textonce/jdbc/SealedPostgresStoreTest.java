package io.textonce.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.phone.PhoneHash;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;

/** With a cipher, by a driver that rewrites batches and hence counts no rows, and in transactions that see less. */
class SealedPostgresStoreTest extends DatabaseContract {
    private final HikariDataSource database = Databases.postgres("&reWriteBatchedInserts=true");

    SealedPostgresStoreTest() {
        database.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        Databases.migrated(database);
    }

    @Override
    DataSource database() {
        return database;
    }

    @Override
    JdbcStore store(DataSource dataSource) {
        return JdbcStore.builder(dataSource)
                .sealedBy(new TestCipher(), PhoneHash.withKey(new byte[16]))
                .build();
    }

    @AfterAll
    void close() {
        database.close();
    }
}
