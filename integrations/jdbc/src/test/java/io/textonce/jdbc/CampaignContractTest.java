package io.textonce.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.engagement.preference.PreferenceRepository;
import io.textonce.engagement.testkit.CampaignRepositoryContract;
import io.textonce.engagement.testkit.PreferenceRepositoryContract;
import io.textonce.phone.PhoneHash;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The contracts of campaigns and preferences on each database. */
class CampaignContractTest {

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class OnDatabase extends CampaignRepositoryContract {
        private final HikariDataSource database;

        OnDatabase(HikariDataSource empty) {
            this.database = Databases.migrated(empty);
        }

        JdbcStore store(HikariDataSource dataSource) {
            return JdbcStore.of(dataSource);
        }

        @Override
        protected Stores stores() {
            Databases.emptied(database);
            JdbcStore store = store(database);
            return new Stores(JdbcEngagement.on(store).campaigns(), store);
        }

        @AfterAll
        void close() {
            database.close();
        }

        @Nested
        class ItsPreferences extends PreferenceRepositoryContract {
            @Override
            protected PreferenceRepository repository() {
                Databases.emptied(database);
                return JdbcEngagement.on(store(database)).preferences();
            }
        }
    }

    @Nested
    class Postgres extends OnDatabase {
        Postgres() {
            super(Databases.postgres());
        }
    }

    @Nested
    class SealedPostgres extends OnDatabase {
        SealedPostgres() {
            super(Databases.postgres("&reWriteBatchedInserts=true"));
        }

        @Override
        JdbcStore store(HikariDataSource dataSource) {
            return JdbcStore.builder(dataSource)
                    .sealedBy(new TestCipher(), PhoneHash.withKey(new byte[16]))
                    .build();
        }
    }

    @Nested
    class H2Memory extends OnDatabase {
        H2Memory() {
            super(Databases.h2Memory());
        }
    }
}
