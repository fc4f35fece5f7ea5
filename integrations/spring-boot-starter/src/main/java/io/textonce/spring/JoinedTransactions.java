package io.textonce.spring;

import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.store.OutboxRepository;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The store as the caller's transaction sees it: what is enqueued inside one is committed or rolled back with it. */
final class JoinedTransactions {

    private final JdbcStore store;
    private final DataSource dataSource;
    private final ObjectProvider<SmsOutbox> outbox;

    JoinedTransactions(JdbcStore store, ObjectProvider<SmsOutbox> outbox) {
        this.store = store;
        this.dataSource = target(store.dataSource());
        this.outbox = outbox;
    }

    /** Transactions are bound to what such a proxy stands for, and the store commits by itself. */
    static DataSource target(DataSource given) {
        return given instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null
                ? proxy.getTargetDataSource()
                : given;
    }

    /** The store itself outside of a transaction. */
    OutboxRepository view() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            return store;
        }
        if (!(TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder holder)) {
            throw new IllegalStateException(
                    "a transaction is open, but not on the DataSource of the store: its rollback couldn't take back what"
                            + " is enqueued. Enqueue outside of it, or set textonce.outbox.join-transactions=false");
        }
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    outbox.ifAvailable(SmsOutbox::wake);
                }
            });
        }
        return store.in(holder.getConnection());
    }
}
