package io.textonce.store;

import io.textonce.MessageId;
import io.textonce.SendResult;
import io.textonce.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps outgoing messages and their attempts. The client writes a row before it submits and completes it afterwards.
 *
 * <p>Contract: each method is one atomic step, durable when it returns; a failure is thrown, never swallowed. No method
 * sees another tenant's rows. Unique: (tenant, id). {@code MessageRepositoryContract} in textonce-testkit checks an
 * implementation.
 *
 * <p>Implementations are thread-safe. Methods may block; they are called on the sending thread.
 */
public interface MessageRepository {

    /**
     * Writes the row before the first submit.
     *
     * @param tenant whose message it is
     * @param row in state {@link MessageState#SENDING}, with the provider that is asked first
     * @return false if the id is taken already; nothing is written then
     */
    boolean create(TenantId tenant, MessageRecord row);

    /**
     * Names who is asked next, before another provider is asked than the row names: after a crash it is the only one that
     * may have the message. Does nothing if there is no such row, or if it isn't {@link MessageState#SENDING} any more.
     *
     * @param tenant whose message it is
     * @param id our id
     * @param provider its instance name
     * @param now the present
     */
    void asking(TenantId tenant, MessageId id, String provider, Instant now);

    /**
     * Completes the row with {@link MessageRecord#completed}, and joins the reports parked by the {@link EventJournal} that
     * are about it in the same step. Completing twice does no harm.
     *
     * @param tenant whose message it is
     * @param id our id
     * @param result the outcome
     * @param now the present
     * @throws IllegalStateException if there is no such row
     */
    void complete(TenantId tenant, MessageId id, SendResult result, Instant now);

    /**
     * Reads one row.
     *
     * @param tenant whose message it is
     * @param id our id
     * @return the row, or empty
     */
    Optional<MessageRecord> find(TenantId tenant, MessageId id);

    /**
     * Reads rows, newest first by {@link MessageRecord#createdAt()}, then by id, descending.
     *
     * @param tenant whose messages
     * @param query which ones
     * @return at most {@link MessageQuery#limit()} rows
     */
    List<MessageRecord> query(TenantId tenant, MessageQuery query);
}
