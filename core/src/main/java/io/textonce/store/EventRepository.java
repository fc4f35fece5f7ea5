package io.textonce.store;

import io.textonce.SmsEvent;
import io.textonce.TenantId;
import java.util.List;

/**
 * Reads events back, in the order in which they were stored: the way for business reactions, at least once.
 *
 * <pre>{@code
 * for (EventRepository.Stored stored : events.since(tenant, cursor, 100)) {
 *     handle(stored.event());
 *     cursor = stored.seq();
 * }
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
public interface EventRepository {

    /**
     * Events after a cursor.
     *
     * @param tenant whose events
     * @param cursor the last {@link Stored#seq()} handled, 0 for the beginning
     * @param limit at most how many, 1 or more
     * @return the next events by ascending {@link Stored#seq()}, with no gap that could fill later
     */
    List<Stored> since(TenantId tenant, long cursor, int limit);

    /**
     * A stored event.
     *
     * <p>Immutable and thread-safe.
     *
     * @param seq its place, ascending for each tenant
     * @param event the event
     */
    record Stored(long seq, SmsEvent event) {}
}
