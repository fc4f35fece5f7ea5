package io.textonce.engagement.campaign;

import io.textonce.Money;
import io.textonce.Reason;
import io.textonce.TenantId;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRow;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps how far campaigns are, in the same place as the outbox's messages: a chunk of a campaign and its messages are
 * written together or not at all.
 *
 * <p>Contract: each method is one atomic step, durable when it returns. A row is replaced only by who knows its
 * {@link Row#version()}, so of several that go on with a campaign at once, one does. No method sees another tenant's
 * campaigns. {@code CampaignRepositoryContract} in textonce-engagement-testkit checks an implementation.
 *
 * <p>Implementations are thread-safe. Methods may block; they are called on the campaigns' own thread and on the host's.
 */
public interface CampaignRepository {

    /**
     * Writes a campaign that isn't known yet.
     *
     * @param fresh a row of version 0
     * @return the row as it is now: that one, or what was there
     */
    Row open(Row fresh);

    /**
     * Reads a campaign, and what of its messages isn't settled.
     *
     * @param tenant whose campaign
     * @param id its id
     * @return how it stands; empty if it isn't known
     */
    Optional<Standing> find(TenantId tenant, String id);

    /**
     * Which keys a campaign has been expanded to.
     *
     * @param tenant whose campaign
     * @param id its id
     * @param keys some keys, each a host's key or a number in E.164
     * @return those of them
     */
    Set<String> seen(TenantId tenant, String id, Collection<String> keys);

    /**
     * Goes on: replaces the row, remembers keys, and enqueues messages, if the campaign's version is still the row's.
     *
     * @param next what it becomes; its version is the present one, and is counted up
     * @param keys not seen before
     * @param messages pending rows of the campaign's group
     * @return false if somebody else changed it meanwhile, or a message's id is taken; nothing was done then
     */
    boolean advance(Row next, Collection<String> keys, List<OutboxRow> messages);

    /**
     * Changes the state, if the campaign's version is still the row's, and in the same step that of its messages: PAUSED
     * holds them, RUNNING releases them, CANCELLED cancels them, as {@link io.textonce.store.OutboxRepository#holdGroup} and
     * the like.
     *
     * @param next what it becomes; its version is the present one, and is counted up
     * @return what isn't settled of its messages now, by state; empty if somebody else changed it meanwhile
     */
    Optional<Map<MessageState, Integer>> move(Row next);

    /**
     * Adds up a campaign's messages: those of its group that are still there. Reads all of them: seconds for a million.
     *
     * @param tenant whose campaign
     * @param id its id
     * @return the sums, none of 0 messages
     */
    List<Outcome> outcomes(TenantId tenant, String id);

    /**
     * Forgets who got a message of a campaign that is CANCELLED or COMPLETED. That it was run stays known, so that launching
     * it again does nothing.
     *
     * @param tenant whose campaign
     * @param id its id
     * @return false if it isn't over, or isn't known; nothing was done then
     */
    boolean forget(TenantId tenant, String id);

    /**
     * How far a campaign is.
     *
     * <p>Immutable and thread-safe.
     *
     * @param tenant whose it is
     * @param id its id
     * @param version counts its changes
     * @param state where it stands
     * @param place of the last recipient that was taken; null before the first
     * @param exhausted whether there are no more recipients
     * @param counts what became of the recipients so far
     * @param committed how many messages count against a cap
     * @param reserved how much counts against a cap, estimated; null if nothing has a price
     * @param nextDue from when on the next message may be sent
     * @param since when it began, or was last resumed
     * @param settledBefore how many messages were settled then
     * @param problem what keeps it from going on, at most 1,000 characters; null unless it is STUCK
     */
    record Row(
            TenantId tenant,
            String id,
            long version,
            CampaignState state,
            @Nullable String place,
            boolean exhausted,
            Counts counts,
            long committed,
            @Nullable Money reserved,
            Instant nextDue,
            Instant since,
            long settledBefore,
            @Nullable String problem) {
        /** Checks for nulls. */
        public Row {
            Objects.requireNonNull(tenant, "tenant");
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(counts, "counts");
            Objects.requireNonNull(nextDue, "nextDue");
            Objects.requireNonNull(since, "since");
        }

        /**
         * A campaign at its beginning.
         *
         * @param tenant whose it is
         * @param id its id
         * @param start when its first message may be sent
         * @return a row of version 0
         */
        public static Row fresh(TenantId tenant, String id, Instant start) {
            return new Row(
                    tenant, id, 0, CampaignState.RUNNING, null, false, Counts.NONE, 0, null, start, start, 0, null);
        }

        /**
         * The outbox's name for what is held, released and cancelled together.
         *
         * @return the group of its messages
         */
        public String group() {
            return group(id);
        }

        /**
         * The outbox's name for what is held, released and cancelled together.
         *
         * @param id of a campaign
         * @return the group of its messages
         */
        public static String group(String id) {
            return "campaign:" + id;
        }

        /**
         * The row as an implementation keeps it once it has written it.
         *
         * @return a copy with its version counted up
         */
        public Row next() {
            return new Row(
                    tenant,
                    id,
                    version + 1,
                    state,
                    place,
                    exhausted,
                    counts,
                    committed,
                    reserved,
                    nextDue,
                    since,
                    settledBefore,
                    problem);
        }

        Row in(CampaignState next) {
            return with(next, committed, reserved, since, settledBefore, null);
        }

        Row stuck(String why) {
            return with(CampaignState.STUCK, committed, reserved, since, settledBefore, why);
        }

        Row resumed(Instant now, long settled) {
            return with(CampaignState.RUNNING, committed, reserved, now, settled, null);
        }

        Row settled(long messages, @Nullable Money cost) {
            return with(state, messages, cost, since, settledBefore, problem);
        }

        private Row with(
                CampaignState next,
                long messages,
                @Nullable Money cost,
                Instant from,
                long settled,
                @Nullable String why) {
            return new Row(
                    tenant, id, version, next, place, exhausted, counts, messages, cost, nextDue, from, settled, why);
        }
    }

    /**
     * What became of the recipients that were taken. Each counts once.
     *
     * <p>Immutable and thread-safe.
     *
     * @param enqueued got a message
     * @param duplicates had one before
     * @param invalid can't get one: number, text, values, or no price where there is a cap
     * @param unwanted chose not to have messages of this kind
     * @param segments of all messages
     */
    record Counts(long enqueued, long duplicates, long invalid, long unwanted, long segments) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0);

        /**
         * All of them.
         *
         * @return how many recipients were taken
         */
        public long taken() {
            return enqueued + duplicates + invalid + unwanted;
        }

        Counts plus(Counts other) {
            return new Counts(
                    enqueued + other.enqueued,
                    duplicates + other.duplicates,
                    invalid + other.invalid,
                    unwanted + other.unwanted,
                    segments + other.segments);
        }
    }

    /**
     * A campaign and its messages at one instant.
     *
     * <p>Immutable and thread-safe.
     *
     * @param row the campaign
     * @param unsettled how many of its messages aren't settled, by state
     */
    record Standing(Row row, Map<MessageState, Integer> unsettled) {
        /** Copies the map. */
        public Standing {
            Objects.requireNonNull(row, "row");
            unsettled = Map.copyOf(unsettled);
        }

        int in(MessageState... states) {
            int sum = 0;
            for (MessageState state : states) {
                sum += unsettled.getOrDefault(state, 0);
            }
            return sum;
        }

        /** In doubt isn't waiting: nothing more may ever come of it. */
        int waiting() {
            return in(MessageState.PENDING, MessageState.CLAIMED, MessageState.SENDING, MessageState.HELD);
        }

        long settled() {
            return row.counts().enqueued() - waiting();
        }
    }

    /**
     * A sum over a campaign's messages.
     *
     * <p>Immutable and thread-safe.
     *
     * @param variant its name; empty without variants
     * @param state where they stand
     * @param reason why they were rejected, if they were
     * @param messages how many
     * @param segments of all of them
     * @param cost what they cost: billed where a provider told the price in the currency of the estimate, else estimated;
     *     null if none has a price
     */
    record Outcome(
            String variant,
            MessageState state,
            @Nullable Reason reason,
            long messages,
            long segments,
            @Nullable Money cost) {
        /** Checks for nulls. */
        public Outcome {
            Objects.requireNonNull(variant, "variant");
            Objects.requireNonNull(state, "state");
        }

        /** Whether what was reserved for them stays so: they were sent, may have been, or still may be. */
        boolean counts() {
            return switch (state) {
                case REJECTED, CANCELLED, EXPIRED -> false;
                default -> true;
            };
        }
    }
}
