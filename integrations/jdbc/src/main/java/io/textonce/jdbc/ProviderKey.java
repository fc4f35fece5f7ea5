package io.textonce.jdbc;

import io.textonce.DeliveryReport;
import io.textonce.SendResult;
import io.textonce.store.MessageRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A provider's name for a message, as its column holds it. The messages of a batch may share it. */
record ProviderKey(String provider, String messageId) {

    static @Nullable ProviderKey of(MessageRecord row) {
        return of(row.provider(), row.providerMessageId());
    }

    static @Nullable ProviderKey of(DeliveryReport report) {
        return of(Optional.of(report.provider()), report.providerMessageId());
    }

    static @Nullable ProviderKey of(SendResult.Accepted accepted) {
        return of(Optional.of(accepted.provider()), accepted.providerMessageId());
    }

    private static @Nullable ProviderKey of(Optional<String> provider, Optional<String> messageId) {
        String id = MessageTable.providerId(messageId.orElse(null));
        return provider.isPresent() && id != null ? new ProviderKey(provider.get(), id) : null;
    }

    /** Whether a report can be about a row, as far as the recipient tells. */
    static boolean fits(DeliveryReport report, MessageRecord row) {
        return report.recipient().map(to -> to.equals(row.to())).orElse(true);
    }
}
