package io.textonce.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.phone.PhoneHash;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;

/** With a cipher, by a driver that rewrites batches and hence counts no rows, and in transactions that see less. */
class SealedPostgresStoreTest extends DatabaseContract {
    private final HikariDataSource plain = Databases.migrated(Databases.postgres("&reWriteBatchedInserts=true"));
    private final HikariDataSource database = Databases.pool(
            plain.getJdbcUrl(), 16, config -> config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ"));

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
        plain.close();
    }
}
