package io.textonce.testkit.memory;

import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.testkit.Crash;
import io.textonce.testkit.Stores;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The store in memory in the shapes that the contracts want, and open to being broken by mutants. */
final class Delegates {

    private Delegates() {}

    static Stores stores(InMemoryStore store) {
        return new Stores(store, store, store, store);
    }

    /** Each step of the store in memory is one indivisible write. */
    static Stores crashingBefore(InMemoryStore store, Crash crash) {
        Messages messages = new Messages(store) {
            @Override
            public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
                crash.beforeWrite();
                super.complete(tenant, id, result, now);
            }
        };
        Journal journal = new Journal(store) {
            @Override
            public List<Applied> apply(TenantId tenant, List<Entry> entries) {
                crash.beforeWrite();
                return super.apply(tenant, entries);
            }
        };
        return new Stores(messages, journal, store, store);
    }

    static class Messages implements MessageRepository {
        final MessageRepository inner;

        Messages(MessageRepository store) {
            this.inner = store;
        }

        @Override
        public boolean create(TenantId tenant, MessageRecord row) {
            return inner.create(tenant, row);
        }

        @Override
        public void asking(TenantId tenant, MessageId id, String provider, Instant now) {
            inner.asking(tenant, id, provider, now);
        }

        @Override
        public void complete(TenantId tenant, MessageId id, SendResult result, Instant now) {
            inner.complete(tenant, id, result, now);
        }

        @Override
        public Optional<MessageRecord> find(TenantId tenant, MessageId id) {
            return inner.find(tenant, id);
        }

        @Override
        public List<MessageRecord> query(TenantId tenant, MessageQuery query) {
            return inner.query(tenant, query);
        }
    }

    static class Journal implements EventJournal {
        final EventJournal inner;

        Journal(EventJournal store) {
            this.inner = store;
        }

        @Override
        public List<Applied> apply(TenantId tenant, List<Entry> entries) {
            return inner.apply(tenant, entries);
        }

        @Override
        public int parked(TenantId tenant, Instant now) {
            return inner.parked(tenant, now);
        }
    }
}
