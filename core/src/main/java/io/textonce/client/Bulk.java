package io.textonce.client;

import io.textonce.SendResult;
import io.textonce.SmsMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends many messages, several at a time: options first, then {@link #check} to know what is in the list, then
 * {@link #start}.
 *
 * <p>Guaranteed: messages are taken one after the other, and never more of them are held than are under way at once, so
 * a list of any length needs constant memory; every message that is started gets exactly one result; a wrong number, an
 * opt-out or a refusal is a result and stops nothing. Not guaranteed: order. Every message goes through the client's
 * policies, limits and retries like any other.
 *
 * <pre>{@code
 * BulkRun run = client.bulk().concurrency(16).idempotencyPrefix("march").start(messages, (message, result) -> {
 *     if (!result.isAccepted()) {
 *         log.info("{}: {}", message.reference().orElse("?"), result);
 *     }
 * });
 * System.out.println(run.await().orThrow());
 * }</pre>
 *
 * <p>Not thread-safe; what it starts is.
 */
public final class Bulk {

    private static final int MOST_CONCURRENT = 1_000;
    private static final int LONGEST_PREFIX = 150;

    /** So many are looked through with one question for opt-outs. */
    private static final int PAGE = 500;

    private final SmsClient client;
    private int concurrency = 16;
    private @Nullable String prefix;
    private @Nullable Function<? super SmsMessage, String> keys;
    private Consumer<? super BulkProgress> progress = unused -> {};
    private boolean choicesKnown;

    Bulk(SmsClient client) {
        this.client = client;
    }

    /**
     * Sets how many messages are under way at once. Default: 16.
     *
     * @param value 1 to 1,000
     * @return this
     * @throws IllegalArgumentException if out of range
     */
    public Bulk concurrency(int value) {
        if (value < 1 || value > MOST_CONCURRENT) {
            throw new IllegalArgumentException("concurrency: " + value + " is not 1 to " + MOST_CONCURRENT);
        }
        this.concurrency = value;
        return this;
    }

    /**
     * Gives each message without an idempotency key one made of this prefix and its position, such as {@code march-0}, so
     * that a second run over the same list skips what was accepted or is unknown (its result is the stored one) and tries
     * what was rejected. A list that has changed meanwhile is safe but not resumed: where another message stands at a
     * position, its result is rejected as {@link io.textonce.Reason#DUPLICATE}. For such lists give {@link #idempotencyKeys}.
     *
     * <p>Keys are kept by the client's idempotency repository, not by the run: in memory they take room and end with the
     * process.
     *
     * @param value 1 to 150 characters without control characters, another one for each list
     * @return this
     * @throws IllegalArgumentException if out of range
     */
    public Bulk idempotencyPrefix(String value) {
        Objects.requireNonNull(value, "idempotencyPrefix");
        if (value.isEmpty() || value.length() > LONGEST_PREFIX || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("idempotencyPrefix: " + value.length() + " characters given; 1 to "
                    + LONGEST_PREFIX + " without control characters are allowed");
        }
        this.prefix = value;
        return this;
    }

    /**
     * Gives each message without an idempotency key the one that the host makes for it; goes before
     * {@link #idempotencyPrefix}.
     *
     * @param value from a message to 1 to 200 characters without control characters, such as campaign and customer; called
     *     by one thread at a time. What it throws, or a key out of range, ends the run
     * @return this
     */
    public Bulk idempotencyKeys(Function<? super SmsMessage, String> value) {
        this.keys = Objects.requireNonNull(value, "idempotencyKeys");
        return this;
    }

    /**
     * Doesn't ask the client's {@link PreferenceSource} in {@link #check}: for a caller that has asked for many people at
     * once, and gives only what they want. A run asks all the same.
     *
     * @return this
     */
    public Bulk choicesKnown() {
        this.choicesKnown = true;
        return this;
    }

    /**
     * Has somebody told how far the run is: about once a second while results come in, and once at the end.
     *
     * @param value called by one thread at a time, never while {@code each} is, the last time by
     *     whoever ends the run; what it throws is logged and dropped
     * @return this
     */
    public Bulk onProgress(Consumer<? super BulkProgress> value) {
        this.progress = Objects.requireNonNull(value, "onProgress");
        return this;
    }

    /**
     * Starts sending now and returns at once. Where a provider takes many recipients in one request and answers for each
     * (SMS Broadcast, several gateways), workers that have the same text for it share a request, so that the concurrency is
     * also the size of a batch; everything else, results included, is as for single messages. Workers are the client's own threads, virtual where the runtime has them,
     * or tasks on the host's executor ({@link SmsClient.Builder#executor}) that last as long as the run; an executor that
     * takes fewer of them makes the run slower, and one that runs them in the caller makes this method the whole run.
     *
     * <p>What the iterable or {@code each} throws, a null message, a store that fails before a submit, and closing the
     * client end the run: nothing further starts, what is under way finishes and is reported, and
     * {@link BulkRun#await} tells the failure.
     *
     * @param messages what to send, taken by one thread at a time, while the run goes on; its size, if it is a
     *     {@link Collection}, serves to estimate the end
     * @param each told every result exactly once, by one thread at a time; it should be quick, because the others wait for
     *     it, and must not wait for the run
     * @return the run
     * @throws IllegalStateException if the client is closed
     * @throws RejectedExecutionException if the host's executor takes no worker at all; nothing was sent
     */
    public BulkRun start(
            Iterable<? extends SmsMessage> messages, BiConsumer<? super SmsMessage, ? super SendResult> each) {
        Objects.requireNonNull(messages, "messages");
        Objects.requireNonNull(each, "each");
        if (client.isClosed()) {
            throw SmsClient.closedAlready();
        }
        int size = messages instanceof Collection<?> collection ? collection.size() : -1;
        BulkRun run = new BulkRun(client, messages.iterator(), size, key(), each, progress);
        ThreadFactory factory = SendThreads.factory("textonce-bulk-");
        for (int worker = 0; worker < concurrency; worker++) {
            try {
                client.threads().start(run::work, factory);
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                // no room for another thread; those that run are enough
                if (worker == 0) {
                    throw e;
                }
                break;
            }
        }
        return run;
    }

    private BulkRun.Keys key() {
        Function<? super SmsMessage, String> own = keys;
        String start = prefix;
        if (own != null) {
            return (message, position) -> own.apply(message);
        }
        return start == null ? (message, position) -> null : (message, position) -> start + "-" + position;
    }

    /**
     * Looks through a list without sending, recording or counting against any limit: which recipients are wrong, opted out
     * or there twice, and what it would cost. Runs on the calling thread. What a run meets later, such as rate limits and
     * new opt-outs, isn't foreseen.
     *
     * <p>Memory: at most 24 MiB while it runs, for the first 1,048,576 distinct numbers; see {@link BulkCheck#duplicatesComplete()}.
     *
     * @param messages what would be sent; read once
     * @return what was found
     * @throws io.textonce.SmsStoreException if the opt-outs can't be read
     */
    public BulkCheck check(Iterable<? extends SmsMessage> messages) {
        BulkCheck.Counter counter = new BulkCheck.Counter();
        List<SmsMessage> page = new ArrayList<>(PAGE);
        for (SmsMessage message : messages) {
            page.add(Objects.requireNonNull(message, "the iterable gave a null message"));
            if (page.size() == PAGE) {
                client.check(page, choicesKnown, counter);
                page.clear();
            }
        }
        client.check(page, choicesKnown, counter);
        return counter.result();
    }
}
