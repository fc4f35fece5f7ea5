package io.textonce.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.store.MessageRepository;
import io.textonce.store.SuppressionRepository;
import io.textonce.testkit.Crash;
import io.textonce.testkit.EventJournalContract;
import io.textonce.testkit.EventRepositoryContract;
import io.textonce.testkit.MessageRepositoryContract;
import io.textonce.testkit.Stores;
import io.textonce.testkit.SuppressionRepositoryContract;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** A host's own tables keep the same contracts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SampleHostStoreTest {
    private final HikariDataSource database = Databases.h2Memory();

    SampleHostStoreTest() {
        Databases.run(database, SampleHostStore.TABLES);
    }

    private Stores stores(Crash crash) {
        Databases.run(
                database,
                "delete from clinic_sms; delete from clinic_news; delete from clinic_do_not_text;"
                        + " delete from clinic_lock; insert into clinic_lock values (1)");
        DataSource watched = crash == null ? database : DatabaseContract.crashing(database, crash);
        SampleHostStore store = new SampleHostStore(watched);
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
    class Events extends EventRepositoryContract {
        @Override
        protected Stores open() {
            return stores(null);
        }
    }

    @Nested
    class Suppressions extends SuppressionRepositoryContract {
        @Override
        protected SuppressionRepository repository() {
            return stores(null).suppressions();
        }
    }

    @AfterAll
    void close() {
        database.close();
    }
}
