package io.textonce.store;

import io.textonce.MessageId;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps messages until they are sent, and sees to it that each is sent by one worker, once. Its rows are the
 * {@link MessageRepository}'s: one message, one row.
 *
 * <p>Contract: each method is one atomic step, durable when it returns; one that throws may have done its work or not,
 * but never half of it. "Now", due times and leases go by the store's own clock, never by a caller's. A row that is
 * SENDING isn't given to anybody ever again: it ends by its owner's completion, or in doubt. An event that the
 * {@link EventJournal} joins to a row that waits settles it, so that it isn't sent.
 * {@code OutboxRepositoryContract} in textonce-testkit checks an implementation.
 *
 * <p>Experimental: methods may still be added or changed. Implementations are thread-safe. Methods may block; they are
 * called on the outbox's own threads and on the host's.
 */
public interface OutboxRepository extends MessageRepository {

    /**
     * Writes rows, all or none.
     *
     * @param tenant whose messages they are
     * @param rows in state {@link MessageState#PENDING}, or settled already if the message was refused
     * @return the ids that are taken; if there is one, nothing was written
     * @throws IllegalArgumentException if a row is another tenant's
     */
    Set<MessageId> enqueue(TenantId tenant, List<OutboxRow> rows);

    /**
     * Takes rows that are PENDING and due, of all tenants, by (due, id): PENDING to CLAIMED, attempt plus one. A row
     * with a turn is passed over while one of its tenant and recipient with an earlier (turn, id) is PENDING, CLAIMED,
     * SENDING or HELD. No row is given to two callers.
     *
     * @param owner who takes them
     * @param most 1 or more
     * @param lease for how long from now
     * @return the rows as they are now
     */
    List<OutboxRow> claim(String owner, int most, Duration lease);

    /**
     * Writes ahead that these rows are about to be sent: CLAIMED to SENDING with a new lease, in one step for all. A row
     * that isn't the owner's any more, has another attempt or state, or whose lease has run out, stays as it is.
     *
     * @param owner who claimed them
     * @param starts which, and who is asked first
     * @param lease for how long from now
     * @return those that moved; only they may be sent
     */
    Set<RowKey> begin(String owner, List<Start> starts, Duration lease);

    /**
     * Writes ahead that another provider is asked than the one before, on the same terms as {@link #begin} but from
     * SENDING. The lease stays.
     *
     * @param owner who began it
     * @param start which, and who is asked now
     * @return false if it isn't the owner's any more; then nobody may be asked
     */
    boolean asking(String owner, Start start);

    /**
     * Records what became of rows, in one step for all: {@link OutboxRow#completed} where the row
     * {@link OutboxRow#admits} it, and joins the reports parked by the {@link EventJournal}. A repeated completion does
     * no harm. If the lease has run out but nobody claimed the row since, it still counts: it is the truth. A result that
     * is {@link Finished#found} is applied only if no other row of the tenant has its provider's id.
     *
     * @param completions what was found out
     * @return those that were applied
     */
    Set<RowKey> complete(Collection<Completion> completions);

    /**
     * Gives rows back that weren't begun: CLAIMED to PENDING where they are the owner's.
     *
     * @param owner who claimed them
     * @param keys which
     */
    void giveBack(String owner, Collection<RowKey> keys);

    /**
     * Ends the leases that have run out: CLAIMED to PENDING, SENDING to UNKNOWN, never to anything that is sent again.
     *
     * @param settle how long from now until the first lookup of the rows in doubt
     * @return how many of each
     */
    Expired expire(Duration settle);

    /**
     * Cancels what isn't being sent: PENDING, CLAIMED or HELD, as {@link OutboxRow#cancelled}. When it has returned
     * {@link MessageState#CANCELLED}, the message isn't sent any more. One that was sent again without proof isn't either,
     * but becomes UNKNOWN.
     *
     * @param tenant whose message it is
     * @param id our id
     * @return the state it has now; CANCELLED also if it was already; empty if there is no such row in the outbox
     */
    Optional<MessageState> cancel(TenantId tenant, MessageId id);

    /**
     * Cancels all messages of a reference, in one step.
     *
     * @param tenant whose messages
     * @param reference the host's reference
     * @return the state that each has now; empty if there is none
     */
    Map<MessageId, MessageState> cancelByReference(TenantId tenant, String reference);

    /**
     * Holds what isn't being sent: PENDING or CLAIMED to HELD. What is held with its group is held by itself from now on, so
     * that {@link #releaseGroup} doesn't let it go.
     *
     * @param tenant whose message it is
     * @param id our id
     * @return the state it has now; empty if there is no such row in the outbox
     */
    Optional<MessageState> hold(TenantId tenant, MessageId id);

    /**
     * Lets go what was held: HELD to PENDING, due as before.
     *
     * @param tenant whose message it is
     * @param id our id
     * @return the state it has now; empty if there is no such row in the outbox
     */
    Optional<MessageState> release(TenantId tenant, MessageId id);

    /**
     * Cancels a group, in one step: what is PENDING, CLAIMED or HELD is cancelled as by {@link #cancel}, and what is SENDING
     * or in doubt becomes so instead of waiting for another try; it stays in doubt if that try had no proof. When it has returned, none of the rows that were there begins to be sent. Takes
     * as long as it has rows that aren't settled, however many are.
     *
     * @param tenant whose messages
     * @param group as in {@link OutboxRow#group}
     * @return how many of the group's rows aren't settled now, by state: those that were too far
     */
    Map<MessageState, Integer> cancelGroup(TenantId tenant, String group);

    /**
     * Holds a group, in one step: as {@link #cancelGroup}, but to HELD. What was held by itself stays that.
     *
     * @param tenant whose messages
     * @param group as in {@link OutboxRow#group}
     * @return how many of the group's rows aren't settled now, by state
     */
    Map<MessageState, Integer> holdGroup(TenantId tenant, String group);

    /**
     * Lets go what {@link #holdGroup} held, in one step, due as before.
     *
     * @param tenant whose messages
     * @param group as in {@link OutboxRow#group}
     * @return how many of the group's rows aren't settled now, by state
     */
    Map<MessageState, Integer> releaseGroup(TenantId tenant, String group);

    /**
     * Counts what isn't settled of a group, as quickly as {@link #cancelGroup}.
     *
     * @param tenant whose messages
     * @param group as in {@link OutboxRow#group}
     * @return how many rows, by state; no state with 0
     */
    Map<MessageState, Integer> unsettled(TenantId tenant, String group);

    /**
     * Reads one row of the outbox.
     *
     * @param tenant whose message it is
     * @param id our id
     * @return the row; empty if there is none, or if the message was never in the outbox
     */
    Optional<OutboxRow> row(TenantId tenant, MessageId id);

    /**
     * Takes rows that are UNKNOWN and due for a lookup, of all tenants, by (due, id), and puts the due time off, so that
     * others leave them alone for a while.
     *
     * @param most 1 or more
     * @param pause until others may take them, from now
     * @return the rows as they are now
     */
    List<OutboxRow> doubts(int most, Duration pause);

    /**
     * The providers' ids of the other messages to a message's recipient, of its tenant, created at most a day before or
     * after it.
     *
     * @param row the message
     * @return the ids of its provider, possibly none
     */
    Set<String> providerIdsBeside(OutboxRow row);

    /**
     * Deletes messages that are settled and last changed before an instant, of all tenants, also those that were never
     * in the outbox. What waits, is held or in doubt stays.
     *
     * @param before the instant
     * @param most how many at once, 1 or more
     * @return how many were deleted; fewer than {@code most} if there are no more
     */
    int purge(Instant before, int most);

    /**
     * Reads messages that another application wrote into the store and that nobody has checked yet. The other methods
     * don't see them before they are adopted.
     *
     * @param most 1 or more
     * @return the oldest ones; none in stores that others don't write into
     */
    default List<Written> written(int most) {
        return List.of();
    }

    /**
     * Takes a written message over as a checked row, if it is still as it was written.
     *
     * @param row the checked row, with the id of what was written
     * @return false if somebody else did, or it is gone; nothing was changed then
     */
    default boolean adopt(OutboxRow row) {
        return false;
    }

    /**
     * Marks a written message as REJECTED whose recipient isn't even a number, if it is still as it was written. It can't
     * be read as a {@link MessageRecord}; whoever wrote it sees state, reason and explanation where it wrote.
     *
     * @param key which
     * @param reason why
     * @param explanation one sentence for people, free of personal data
     * @return false if somebody else did, or it is gone
     */
    default boolean refuse(RowKey key, Reason reason, String explanation) {
        return false;
    }

    /**
     * Names a row.
     *
     * <p>Immutable and thread-safe.
     *
     * @param tenant whose it is
     * @param id our id
     */
    record RowKey(TenantId tenant, MessageId id) {
        /** Checks for nulls. */
        public RowKey {
            Objects.requireNonNull(tenant, "tenant");
            Objects.requireNonNull(id, "id");
        }
    }

    /**
     * A row about to be sent.
     *
     * <p>Immutable and thread-safe.
     *
     * @param key which
     * @param attempt its attempt, as claimed
     * @param provider who is asked, or null if it turned out that nobody will be
     */
    record Start(RowKey key, int attempt, @Nullable String provider) {
        /** Checks for nulls. */
        public Start {
            Objects.requireNonNull(key, "key");
        }
    }

    /**
     * What somebody found out about an attempt.
     *
     * <p>Immutable and thread-safe.
     *
     * @param key which row
     * @param owner who made the attempt
     * @param attempt its number, as claimed
     * @param step what follows
     */
    record Completion(RowKey key, String owner, int attempt, Step step) {
        /** Checks for nulls. */
        public Completion {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(owner, "owner");
            Objects.requireNonNull(step, "step");
        }
    }

    /** What follows from what was found out. Frozen at three. */
    sealed interface Step {}

    /**
     * The attempt has its outcome, or a doubt was settled.
     *
     * <p>Immutable and thread-safe.
     *
     * @param result the outcome
     * @param lookup when to ask the provider, if it is unknown
     * @param found whether a lookup told it, so that it counts only if no other message has the provider's id
     */
    record Finished(SendResult result, Instant lookup, boolean found) implements Step {
        /** Checks for nulls. */
        public Finished {
            Objects.requireNonNull(result, "result");
            Objects.requireNonNull(lookup, "lookup");
        }
    }

    /**
     * Nothing was created, or the host takes the risk: PENDING again.
     *
     * <p>Immutable and thread-safe.
     */
    final class Again implements Step {
        private final Instant due;
        private final int tries;
        private final SendResult.@Nullable Rejected why;
        private final boolean withoutProof;

        private Again(Instant due, int tries, SendResult.@Nullable Rejected why, boolean withoutProof) {
            this.due = Objects.requireNonNull(due, "due");
            this.tries = tries;
            this.why = why;
            this.withoutProof = withoutProof;
        }

        /**
         * Another try, because it is proven that this one created nothing.
         *
         * @param due when
         * @param tries the number of tries that count against the most allowed
         * @param why what stood in the way, or null if the attempt never began
         * @return the step
         */
        public static Again at(Instant due, int tries, SendResult.@Nullable Rejected why) {
            return new Again(due, tries, why, false);
        }

        /**
         * The one try that a host may allow in spite of a doubt.
         *
         * @param due when
         * @return the step
         */
        public static Again withoutProof(Instant due) {
            return new Again(due, 0, null, true);
        }

        /**
         * When to try.
         *
         * @return the instant
         */
        public Instant due() {
            return due;
        }

        /**
         * The tries that count.
         *
         * @return 0 or more
         */
        public int tries() {
            return tries;
        }

        /**
         * What stood in the way.
         *
         * @return the rejection, or empty
         */
        public Optional<SendResult.Rejected> why() {
            return Optional.ofNullable(why);
        }

        /**
         * Whether the message may exist already.
         *
         * @return true for the one try that a host allowed
         */
        public boolean withoutProof() {
            return withoutProof;
        }

        @Override
        public String toString() {
            return "Again[" + due + (withoutProof ? ", without proof" : "") + "]";
        }
    }

    /**
     * A lookup told nothing: UNKNOWN still.
     *
     * <p>Immutable and thread-safe.
     *
     * @param lookup when to ask again
     * @param tries how many lookups told nothing so far
     */
    record LookLater(Instant lookup, int tries) implements Step {
        /** Checks for nulls. */
        public LookLater {
            Objects.requireNonNull(lookup, "lookup");
        }
    }

    /**
     * Leases that ran out.
     *
     * <p>Immutable and thread-safe.
     *
     * @param freed rows that are PENDING again
     * @param doubted rows that are UNKNOWN now
     */
    record Expired(int freed, int doubted) {}

    /**
     * A message as another application wrote it.
     *
     * <p>Immutable and thread-safe.
     *
     * @param key the tenant and id it has got
     * @param message what it says, unchecked; null if it can't even be read
     * @param problem why it can't be read, for people, free of personal data; null if it can
     * @param due when to send it
     */
    record Written(
            RowKey key,
            @Nullable SmsMessage message,
            @Nullable String problem,
            Instant due) {
        /** Checks for nulls. */
        public Written {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(due, "due");
            if ((message == null) == (problem == null)) {
                throw new IllegalArgumentException("written message " + key.id() + ": set message or problem");
            }
        }
    }
}
