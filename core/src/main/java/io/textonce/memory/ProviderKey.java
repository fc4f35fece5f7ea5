package io.textonce.memory;

import io.textonce.DeliveryReport;
import io.textonce.store.MessageRecord;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A provider's name for a message. The messages of a batch may share it, and are told apart by the recipient. */
record ProviderKey(String provider, String messageId) {

    static @Nullable ProviderKey of(MessageRecord row) {
        return of(row.provider(), row.providerMessageId());
    }

    static @Nullable ProviderKey of(DeliveryReport report) {
        return of(Optional.of(report.provider()), report.providerMessageId());
    }

    private static @Nullable ProviderKey of(Optional<String> provider, Optional<String> messageId) {
        return provider.isPresent() && messageId.isPresent() ? new ProviderKey(provider.get(), messageId.get()) : null;
    }

    /** Whether this is the name of a row. */
    boolean names(MessageRecord row) {
        return messageId.equals(row.providerMessageId().orElse(null))
                && provider.equals(row.provider().orElse(null));
    }

    /** Whether a report can be about a row, as far as the recipient tells. */
    static boolean fits(DeliveryReport report, MessageRecord row) {
        return report.recipient().map(to -> Objects.equals(to, row.to())).orElse(true);
    }
}
