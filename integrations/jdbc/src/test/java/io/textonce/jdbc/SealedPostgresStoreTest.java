package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.ConversationRepository;
import io.textonce.engagement.reporting.Dimension;
import io.textonce.engagement.reporting.ReportQuery;
import io.textonce.engagement.testkit.ConversationRepositoryContract;
import io.textonce.engagement.testkit.ReportRepositoryContract;
import io.textonce.phone.PhoneHash;
import io.textonce.store.IdempotencyRepository;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRepository;
import io.textonce.store.SpendRepository;
import io.textonce.testkit.Crash;
import io.textonce.testkit.EventJournalContract;
import io.textonce.testkit.IdempotencyRepositoryContract;
import io.textonce.testkit.MessageRepositoryContract;
import io.textonce.testkit.SpendRepositoryContract;
import io.textonce.testkit.Stores;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** With a cipher, by a driver that rewrites batches and hence counts no rows, in transactions of another isolation. */
@Tag("once")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SealedPostgresStoreTest {
    private final HikariDataSource plain = Databases.migrated(Databases.postgres("&reWriteBatchedInserts=true"));
    private final HikariDataSource database = Databases.pool(
            plain.getJdbcUrl(), 16, config -> config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ"));

    private final JdbcStore sound = sealed(database);

    private static JdbcStore sealed(DataSource dataSource) {
        return JdbcStore.builder(dataSource)
                .sealedBy(new TestCipher(), PhoneHash.withKey(new byte[16]))
                .build();
    }

    private Stores stores(Crash crash) {
        Databases.emptied(database);
        JdbcStore store = crash == null ? sound : sealed(DatabaseContract.crashing(database, crash));
        return new Stores(store, store, store, store);
    }

    @Nested
    class Messages extends MessageRepositoryContract {
        @Override
        protected MessageRepository repository() {
            return stores(null).messages();
        }
    }

    @Nested
    class Journal extends EventJournalContract {
        @Override
        protected Stores open(Crash crash) {
            return stores(crash);
        }
    }

    @Nested
    class Keys extends IdempotencyRepositoryContract {
        @Override
        protected IdempotencyRepository repository() {
            Databases.emptied(database);
            return sound.idempotencyKeys();
        }
    }

    @Nested
    class Conversations extends ConversationRepositoryContract {
        @Override
        protected ConversationRepository repository() {
            Databases.emptied(database);
            return JdbcEngagement.on(sound).conversations();
        }
    }

    @Nested
    class Spending extends SpendRepositoryContract {
        @Override
        protected SpendRepository repository() {
            Databases.emptied(database);
            return sound.spending();
        }
    }

    @Nested
    class Reports extends ReportRepositoryContract {
        @Override
        protected Subject subject() {
            Databases.emptied(database);
            return new Subject(sound, sound, JdbcEngagement.on(sound).reports());
        }

        @Override
        protected boolean tellsCountries() {
            return false;
        }

        @Test
        void saysThatItCannotTellCountries() {
            ReportQuery query =
                    ReportQuery.of(TenantId.DEFAULT, MessageQuery.all()).by(Dimension.COUNTRY);
            assertThatThrownBy(() -> subject().reports().aggregate(query))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("as a label");
        }
    }

    @AfterAll
    void close() {
        database.close();
        plain.close();
    }
}
