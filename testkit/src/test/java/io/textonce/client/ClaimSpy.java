package io.textonce.client;

import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.TenantId;
import io.textonce.store.IdempotencyRepository;
import java.time.Instant;
import java.util.List;

/** Takes every key and notes the payload digests that it was shown. */
record ClaimSpy(List<String> payloads) implements IdempotencyRepository {

    @Override
    public Claim claim(
            TenantId tenant, String key, String payload, MessageId messageId, Instant now, Instant expiresAt) {
        payloads.add(payload);
        return new Acquired();
    }

    @Override
    public void bind(TenantId tenant, String key, MessageId messageId, SendResult result) {}

    @Override
    public void release(TenantId tenant, String key, MessageId messageId) {}
}
