package io.textonce.client;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.store.Suppression;
import io.textonce.store.SuppressionRepository;

/** A store that is down. */
final class FailingSuppressions implements SuppressionRepository {

    @Override
    public void record(TenantId tenant, Suppression suppression) {
        throw new IllegalStateException("the database is down");
    }

    @Override
    public boolean isSuppressed(TenantId tenant, PhoneNumber number, SenderId sender) {
        throw new IllegalStateException("the database is down");
    }
}
