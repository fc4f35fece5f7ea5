package io.textonce.client;

import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.internal.Trace;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bulk run that was started: wait for it, watch it, stop it.
 *
 * <p>Guaranteed: what was started finishes and is reported, however the run ends. Not guaranteed: anything after a crash
 * of the process; a second run with the same idempotency prefix then goes on where keys are kept in a database.
 *
 * <pre>{@code
 * BulkRun run = client.bulk().start(messages, each);
 * stopButton.onClick(run::cancel);
 * BulkSummary summary = run.await();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class BulkRun {

    /** Which idempotency key a message without one gets; null for none. */
    @FunctionalInterface
    interface Keys {
        @Nullable
        String of(SmsMessage message, long position);
    }

    private record Item(SmsMessage message, @Nullable String key) {}

    private static final Logger log = LoggerFactory.getLogger(SmsClient.class);
    private static final long TOLD_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int LONGEST_KEY = 200;

    private final SmsClient client;
    private final Iterator<? extends SmsMessage> messages;
    private final int size;
    private final Keys keys;
    private final BiConsumer<? super SmsMessage, ? super SendResult> each;
    private final Consumer<? super BulkProgress> progress;
    private final long began;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Gathering gathering = new Gathering();

    // Lock order: source, telling, gate. Nothing of the host's is called under gate, so cancel() never waits for it.
    private final ReentrantLock source = new ReentrantLock();
    private final ReentrantLock telling = new ReentrantLock();
    private final ReentrantLock gate = new ReentrantLock();

    private long lastTold; // under telling

    // under gate
    private long started;
    private int open;
    private long accepted;
    private long rejected;
    private long unknown;
    private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    private BulkSummary.@Nullable End end;
    private @Nullable Throwable failure;
    private @Nullable BulkSummary summary;

    BulkRun(
            SmsClient client,
            Iterator<? extends SmsMessage> messages,
            int size,
            Keys keys,
            BiConsumer<? super SmsMessage, ? super SendResult> each,
            Consumer<? super BulkProgress> progress) {
        this.client = client;
        this.messages = messages;
        this.size = size;
        this.keys = keys;
        this.each = each;
        this.progress = progress;
        this.began = client.time().nanoTime();
        this.lastTold = began;
    }

    /**
     * Stops the run: once this has returned, no further message is started. Those under way finish and are reported as
     * usual; a message that the iterator is just handing out isn't started. Doesn't wait, may be called from anywhere,
     * {@code each} included, and does nothing if the run has ended.
     */
    public void cancel() {
        end(BulkSummary.End.CANCELLED, null);
    }

    /**
     * Waits until all that was started has been reported. If the waiting thread is interrupted, the run goes on.
     *
     * @return how it went; see {@link BulkSummary#orThrow()}
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public BulkSummary await() throws InterruptedException {
        over.await();
        gate.lock();
        try {
            return Objects.requireNonNull(summary);
        } finally {
            gate.unlock();
        }
    }

    /**
     * Whether all that was started has been reported, and nothing more will be.
     *
     * @return true if {@link #await()} wouldn't wait
     */
    public boolean isDone() {
        return over.getCount() == 0;
    }

    /**
     * How far the run is.
     *
     * @return the counts of one moment
     */
    public BulkProgress progress() {
        gate.lock();
        try {
            return summary != null ? summary.progress() : snapshot();
        } finally {
            gate.unlock();
        }
    }

    /** A worker: takes, sends, reports, until there is nothing to take. */
    void work() {
        gathering.join();
        try {
            for (Item item = take(); item != null; item = take()) {
                report(item.message(), send(item));
            }
        } finally {
            gathering.leave();
        }
    }

    /** The next message, already counted as started; null once the run has ended. */
    private @Nullable Item take() {
        source.lock();
        try {
            if (hasEnded()) {
                return null;
            }
            if (client.isClosed()) {
                throw SmsClient.closedAlready();
            }
            if (Thread.currentThread().isInterrupted()) {
                cancel(); // a host's executor that is shut down now
                return null;
            }
            if (!messages.hasNext()) {
                end(BulkSummary.End.COMPLETED, null);
                return null;
            }
            SmsMessage message = messages.next();
            if (message == null) {
                throw new NullPointerException("the iterable gave a null message");
            }
            Item item = new Item(message, key(message));
            return begin() ? item : null;
        } catch (Throwable e) {
            end(BulkSummary.End.FAILED, e);
            return null;
        } finally {
            source.unlock();
        }
    }

    /** {@code started} changes only by the holder of {@code source}, so it is the position of this message. */
    private @Nullable String key(SmsMessage message) {
        if (message.idempotencyKey().isPresent()) {
            return null;
        }
        String key = keys.of(message, started);
        if (key != null
                && (key.isEmpty() || key.length() > LONGEST_KEY || key.chars().anyMatch(Character::isISOControl))) {
            throw new IllegalArgumentException("idempotencyKeys: a key of " + key.length() + " characters; 1 to "
                    + LONGEST_KEY + " without control characters are allowed");
        }
        return key;
    }

    private boolean hasEnded() {
        gate.lock();
        try {
            return end != null;
        } finally {
            gate.unlock();
        }
    }

    private boolean begin() {
        gate.lock();
        try {
            if (end != null) {
                return false;
            }
            started++;
            open++;
            return true;
        } finally {
            gate.unlock();
        }
    }

    private SendResult send(Item item) {
        try {
            return client.deliver(item.message(), item.key(), gathering);
        } catch (RuntimeException e) {
            // the engine throws only before anything was submitted
            end(BulkSummary.End.FAILED, e);
            return new SendResult.Rejected(
                            details(item.message()),
                            Reason.UNAVAILABLE,
                            Proof.LOCAL_POLICY,
                            e.getClass().getName() + " was thrown before anything was submitted",
                            null,
                            null,
                            null)
                    .notRecorded();
        } catch (Throwable e) {
            end(BulkSummary.End.FAILED, e);
            return new SendResult.Unknown(
                            details(item.message()),
                            "not known",
                            Set.of(),
                            "the send threw " + e.getClass().getName() + "; nobody knows how far it had come",
                            null)
                    .notRecorded();
        }
    }

    private static SendResult.Details details(SmsMessage message) {
        return SendResult.Details.of(MessageId.next(), message.number().orElse(null), List.of(), null);
    }

    private void report(SmsMessage message, SendResult result) {
        telling.lock();
        try {
            count(result);
            try {
                each.accept(message, result);
                if (client.time().nanoTime() - lastTold >= TOLD_EVERY_NANOS) {
                    tell(progress());
                }
            } catch (Throwable e) {
                end(BulkSummary.End.FAILED, e);
            }
        } finally {
            telling.unlock();
        }
        release();
    }

    private void count(SendResult result) {
        gate.lock();
        try {
            if (result.outcome() == Outcome.ACCEPTED) {
                accepted++;
            } else if (result instanceof SendResult.Rejected refusal) {
                rejected++;
                reasons.merge(refusal.reason(), 1L, Long::sum);
            } else {
                unknown++;
            }
        } finally {
            gate.unlock();
        }
    }

    private void release() {
        boolean last;
        gate.lock();
        try {
            open--;
            last = end != null && open == 0;
        } finally {
            gate.unlock();
        }
        if (last) {
            finish();
        }
    }

    /** Lets nothing more start. The first end stands, but a failure beats the others and further failures join it. */
    private void end(BulkSummary.End how, @Nullable Throwable cause) {
        boolean last;
        gate.lock();
        try {
            if (summary != null) {
                return;
            }
            last = end == null && open == 0;
            if (end == null || cause != null) {
                end = how;
            }
            if (failure == null) {
                failure = cause;
            } else if (cause != null && cause != failure) {
                failure.addSuppressed(cause);
            }
        } finally {
            gate.unlock();
        }
        if (last) {
            finish();
        }
    }

    /** Called once, by whoever ended the run or reported its last result. */
    private void finish() {
        BulkSummary whole;
        gate.lock();
        try {
            whole = new BulkSummary(snapshot(), reasons, Objects.requireNonNull(end), failure);
            summary = whole;
        } finally {
            gate.unlock();
        }
        whole.failure()
                .ifPresent(cause -> log.error(
                        "bulk run ended at position {}; what was started is reported: {}",
                        whole.progress().started(),
                        Trace.of(cause)));
        telling.lock();
        try {
            tell(whole.progress());
        } finally {
            telling.unlock();
            over.countDown();
        }
    }

    private void tell(BulkProgress now) {
        lastTold = client.time().nanoTime();
        try {
            progress.accept(now);
        } catch (Throwable e) {
            log.warn("onProgress threw; nothing else is affected: {}", Trace.of(e));
        }
    }

    private BulkProgress snapshot() {
        Duration elapsed = Duration.ofNanos(Math.max(0, client.time().nanoTime() - began));
        return new BulkProgress(
                size,
                started,
                accepted,
                rejected,
                unknown,
                elapsed,
                client.time().now());
    }

    /** How far the run is. */
    @Override
    public String toString() {
        return "BulkRun[" + progress() + "]";
    }
}
