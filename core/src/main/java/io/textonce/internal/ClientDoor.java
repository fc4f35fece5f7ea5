package io.textonce.internal;

import io.textonce.Attempt;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.Quote;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.TimeSource;
import io.textonce.store.IdempotencyRepository.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The outbox's entrance to a client: its admission and its engine, apart from each other and without its own record of
 * messages, because the outbox keeps that itself.
 */
public interface ClientDoor {

    /** Asked immediately before each submit whether it may still be made. */
    interface Fence {
        /**
         * Whether a provider may be asked now.
         *
         * @param provider its instance name
         * @return false if the message isn't ours to send any more
         * @throws io.textonce.SmsStoreException if the store failed; the provider isn't asked
         */
        boolean mayAsk(String provider);
    }

    /** What admission came to. */
    sealed interface Verdict {}

    /**
     * A message that can be submitted.
     *
     * @param prepared the engine's own view of it
     * @param to the recipient
     * @param text the text as it will be submitted
     * @param quote what it amounts to
     * @param provider who is asked first
     */
    record Ready(Object prepared, PhoneNumber to, String text, Quote quote, String provider) implements Verdict {

        /** Without the text. */
        @Override
        public String toString() {
            return "Ready[" + to + ", " + provider + "]";
        }
    }

    /**
     * A message that can't.
     *
     * @param result why
     * @param text the text, as far as there is one
     * @param own whether it lies in its recipient, their choice, text or values, not in what many messages share
     */
    record Refused(SendResult.Rejected result, String text, boolean own) implements Verdict {

        /** Without the text. */
        @Override
        public String toString() {
            return "Refused[" + result + "]";
        }
    }

    /**
     * Normalises, renders, counts and routes. What is ready keeps the tenant's providers open until {@link #leave}.
     *
     * @param message what to send
     * @param id its id
     * @return whether it can be submitted
     */
    Verdict admit(SmsMessage message, MessageId id);

    /**
     * The same, but leaves it to somebody else to ask what the person chose: to {@link #deliver}, or to whoever wrote the
     * message.
     *
     * @param message what to send
     * @param id its id
     * @return whether it can be submitted
     */
    Verdict admitUnasked(SmsMessage message, MessageId id);

    /**
     * Lets the providers of a ready message go, once.
     *
     * @param ready what admission let in
     */
    void leave(Ready ready);

    /**
     * Submits until there is an outcome. Policy is asked before every submit, as always, and before the first one also what
     * the person chose. Throws only if nothing was submitted.
     *
     * @param ready what admission let in
     * @param id its id
     * @param before what was tried earlier
     * @param doubted whether one of those may have created a message that is paid as well
     * @param fence asked before each submit
     * @return the outcome, which nobody has recorded or told yet
     */
    SendResult deliver(Ready ready, MessageId id, List<Attempt> before, boolean doubted, Fence fence);

    /**
     * Settles what was reserved of the budget for a message in doubt.
     *
     * @param message the message
     * @param to its recipient
     * @param result what was found out about it
     */
    void settle(SmsMessage message, PhoneNumber to, SendResult result);

    /**
     * Takes an idempotency key for a message that will be sent later.
     *
     * @param ready what admission let in
     * @param id who takes it
     * @param key the key
     * @param until the message's own time, from which the retention counts
     * @return what became of it
     */
    Claim claim(Ready ready, MessageId id, String key, Instant until);

    /**
     * Gives a key back, because no message was created.
     *
     * @param tenant whose key
     * @param key the key
     * @param id who took it
     */
    void release(TenantId tenant, String key, MessageId id);

    /**
     * Binds the outcome to the key, or gives it back if the message was rejected.
     *
     * @param tenant whose key
     * @param key the key
     * @param id who took it
     * @param result the outcome
     */
    void settle(TenantId tenant, String key, MessageId id, SendResult result);

    /**
     * Tells the client's listeners.
     *
     * @param message what was sent
     * @param result what became of it
     */
    void tell(SmsMessage message, SendResult result);

    /**
     * Mints an id.
     *
     * @return the id
     */
    MessageId nextId();

    /**
     * The client's source of time.
     *
     * @return the source
     */
    TimeSource time();

    /**
     * How long one request may take.
     *
     * @return the timeout
     */
    Duration attemptTimeout();

    /**
     * How long idempotency keys are kept.
     *
     * @return the retention
     */
    Duration idempotencyRetention();

    /**
     * Whether the client was closed.
     *
     * @return true if so
     */
    boolean isClosed();

    /**
     * Runs one send on the client's threads.
     *
     * @param send the send
     * @throws java.util.concurrent.RejectedExecutionException if there is no room
     */
    void execute(Runnable send);

    /**
     * Threads of the kind that the client uses.
     *
     * @param prefix how their names begin
     * @return a factory
     */
    ThreadFactory threads(String prefix);

    /**
     * Asks the tenant's provider what became of a message, and keeps it open meanwhile. A provider, or a source of
     * providers, that throws proves nothing.
     *
     * @param tenant whose message
     * @param provider the instance name of who has it, or may have it
     * @param query makes the question, if it can be asked; what it throws comes through
     * @return the answer; empty if the tenant has no such provider now, or none that can be asked
     */
    Optional<StatusLookup.Answer> lookUp(TenantId tenant, String provider, Supplier<StatusLookup.Query> query);

    /** Where the client's class leaves the way in, once, when it is loaded. */
    final class Key {
        private static volatile @Nullable Function<Object, ClientDoor> opener;

        private Key() {}

        /**
         * Called by the client's class.
         *
         * @param value from a client to its door
         */
        public static void cut(Function<Object, ClientDoor> value) {
            opener = value;
        }

        /**
         * Opens a client's door.
         *
         * @param client a client; so its class has been loaded
         * @return its door
         */
        public static ClientDoor open(Object client) {
            Function<Object, ClientDoor> known = opener;
            if (known == null) {
                throw new IllegalStateException("no client's class was loaded");
            }
            return known.apply(client);
        }
    }
}
