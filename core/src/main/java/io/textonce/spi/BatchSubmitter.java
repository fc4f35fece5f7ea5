package io.textonce.spi;

import java.util.List;

/**
 * A role: submits one text to many recipients in one request, with a verdict for each of them. A provider that answers
 * for the batch as a whole doesn't play it, because one bad number would then put all others in doubt.
 *
 * <p>Contract: as for {@link SmsProvider#submit}: at most one request, no retry, nothing thrown for what the provider or
 * the network did. A recipient of whom the reply says nothing is unknown, and only that one.
 *
 * <pre>{@code
 * List<SubmitReply> verdicts = batch.submit(submissions);
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
public interface BatchSubmitter {

    /**
     * How many recipients one request takes.
     *
     * @return 2 or more
     */
    int maxRecipients();

    /**
     * Makes one request for all submissions. Called by the engine on a sending thread, concurrently.
     *
     * @param batch 1 to {@link #maxRecipients} submissions, each with an id of its own, no recipient twice; they differ in
     *     id and recipient only
     * @return one reply for each submission, in their order
     */
    List<SubmitReply> submit(List<Submission> batch);
}
