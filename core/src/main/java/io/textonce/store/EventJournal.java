package io.textonce.store;

import io.textonce.MessageId;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes webhook events with all that they cause, in one atomic step: dedupe, status, inbound, opt-out.
 *
 * <p>Contract: when {@link #apply} returns, everything is durable; when it throws, nothing happened. A repeated event
 * causes nothing. A report finds its message by our id, else by (provider, provider's id), and where a recipient is named
 * only if it is the message's. A report whose message isn't known yet is parked for {@link #PARKED_FOR}, counted, and
 * joined in the step that makes the message known. It stays readable as an event in any case.
 *
 * <p>Implementations are thread-safe.
 */
public interface EventJournal {

    /** How long a report waits for its message. */
    Duration PARKED_FOR = Duration.ofDays(3);

    /**
     * Takes the events of one webhook request.
     *
     * @param tenant whose events they are
     * @param entries each event with the opt-out it causes
     * @return what became of each, in the same order
     * @throws IllegalArgumentException if an event is another tenant's
     */
    List<Applied> apply(TenantId tenant, List<Entry> entries);

    /**
     * How many reports wait for their message.
     *
     * @param tenant whose reports
     * @param now the present
     * @return the number, 0 or more
     */
    int parked(TenantId tenant, Instant now);

    /**
     * One event and what it causes beside itself.
     *
     * <p>Immutable and thread-safe.
     *
     * @param event the event; its {@link SmsEvent#id()} is the dedupe key, with tenant and provider
     * @param suppression the opt-out or opt-in it causes, or null
     */
    record Entry(SmsEvent event, @Nullable Suppression suppression) {
        /** Checks for nulls. */
        public Entry {
            Objects.requireNonNull(event, "event");
        }
    }

    /**
     * What became of one event.
     *
     * <p>Immutable and thread-safe.
     *
     * @param effect what it did
     * @param messageId the outgoing message that a report was joined to, or null
     */
    record Applied(Effect effect, @Nullable MessageId messageId) {}

    /** What an event did. Switch on it with a default: the set may grow. */
    enum Effect {
        /** It was there already; nothing was done. */
        DUPLICATE,
        /** A report was joined to its message. */
        MATCHED,
        /** A report's message isn't known; it waits for it. */
        PARKED,
        /** An event that belongs to no outgoing message was stored. */
        STORED
    }
}
