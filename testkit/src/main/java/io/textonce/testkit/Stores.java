package io.textonce.testkit;

import io.textonce.store.EventJournal;
import io.textonce.store.EventRepository;
import io.textonce.store.MessageRepository;
import io.textonce.store.SuppressionRepository;
import java.util.Objects;

/**
 * The repositories that one webhook changes in one step; often one object.
 *
 * <p>Immutable and thread-safe.
 *
 * @param messages the messages that reports are joined to
 * @param journal takes the events
 * @param events reads them back
 * @param suppressions knows who opted out
 */
public record Stores(
        MessageRepository messages, EventJournal journal, EventRepository events, SuppressionRepository suppressions) {

    /** Checks for nulls. */
    public Stores {
        Objects.requireNonNull(messages, "messages");
        Objects.requireNonNull(journal, "journal");
        Objects.requireNonNull(events, "events");
        Objects.requireNonNull(suppressions, "suppressions");
    }
}
