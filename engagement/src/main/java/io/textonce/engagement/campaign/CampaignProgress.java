package io.textonce.engagement.campaign;

import io.textonce.Money;
import io.textonce.engagement.campaign.CampaignRepository.Standing;
import io.textonce.store.MessageState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far a campaign is. Counts of recipients that were taken: each is either enqueued, a duplicate, invalid or unwanted.
 *
 * <pre>{@code
 * campaigns.progress(TenantId.DEFAULT, "spring-2027").ifPresent(System.out::println);
 * // RUNNING: 41200 of 100000 taken, 41000 enqueued (38950 settled, 2050 waiting), 200 duplicates, ...
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class CampaignProgress {

    private final Standing standing;
    private final @Nullable Long size;
    private final Instant now;
    private final @Nullable Duration step;

    CampaignProgress(Standing standing, @Nullable Long size, Instant now, @Nullable Duration step) {
        this.standing = standing;
        this.size = size;
        this.now = now;
        this.step = step;
    }

    /**
     * Where it stands.
     *
     * @return the state
     */
    public CampaignState state() {
        return standing.row().state();
    }

    /**
     * Why it can't go on.
     *
     * @return what to mend; empty unless it is {@link CampaignState#STUCK}
     */
    public Optional<String> problem() {
        return Optional.ofNullable(standing.row().problem());
    }

    /**
     * How many recipients there are.
     *
     * @return the number; empty if the source doesn't say, or the campaign wasn't launched in this process
     */
    public OptionalLong size() {
        return standing.row().exhausted()
                ? OptionalLong.of(taken())
                : size == null ? OptionalLong.empty() : OptionalLong.of(size);
    }

    /**
     * How many recipients were taken.
     *
     * @return a count, zero or more
     */
    public long taken() {
        return standing.row().counts().taken();
    }

    /**
     * How many of them got a message, whatever became of it.
     *
     * @return a count, zero or more
     */
    public long enqueued() {
        return standing.row().counts().enqueued();
    }

    /**
     * How many were there before, by key or number.
     *
     * @return a count, zero or more
     */
    public long duplicates() {
        return standing.row().counts().duplicates();
    }

    /**
     * How many can't get a message: for their number, for the text, for a value that the template misses, or for a missing
     * rate where there is a cap on cost.
     *
     * @return a count, zero or more
     */
    public long invalid() {
        return standing.row().counts().invalid();
    }

    /**
     * How many chose not to have messages of this kind. Who sent STOP is counted when the message is due, as
     * {@link CampaignReport#optedOut()}.
     *
     * @return a count, zero or more
     */
    public long unwanted() {
        return standing.row().counts().unwanted();
    }

    /**
     * How many messages wait, are held or are being sent.
     *
     * @return a count, zero or more
     */
    public long waiting() {
        return standing.waiting();
    }

    /**
     * How many messages are being sent just now.
     *
     * @return a count, zero or more
     */
    public long inFlight() {
        return standing.in(MessageState.SENDING);
    }

    /**
     * How many messages are in doubt.
     *
     * @return a count, zero or more
     */
    public long inDoubt() {
        return standing.in(MessageState.UNKNOWN);
    }

    /**
     * How many messages are done with, those in doubt included.
     *
     * @return a count, zero or more
     */
    public long settled() {
        return standing.settled();
    }

    /**
     * The segments of the messages that were enqueued.
     *
     * @return a count, zero or more
     */
    public long segments() {
        return standing.row().counts().segments();
    }

    /**
     * What counts against the cap: the estimates of the messages so far, less what came back. {@link CampaignReport#spent()}
     * says what was spent.
     *
     * @return the sum, or empty if nothing has a price
     */
    public Optional<Money> reserved() {
        return Optional.ofNullable(standing.row().reserved());
    }

    /**
     * When it will be done, at the pace since it began or was last resumed, and no faster than its throttle.
     *
     * @return the time; empty if it doesn't run, if nothing is done yet, or if nobody knows how many recipients there are
     */
    public Optional<Instant> estimatedEnd() {
        OptionalLong all = size();
        long done = settled() - standing.row().settledBefore();
        if (state() != CampaignState.RUNNING || all.isEmpty() || done < 1) {
            return Optional.empty();
        }
        double share = taken() == 0 ? 1 : (double) enqueued() / taken();
        long left = Math.round((all.getAsLong() - taken()) * share);
        Duration each = Duration.between(standing.row().since(), now).dividedBy(done);
        Duration pace = step != null && step.compareTo(each) > 0 ? step : each;
        return Optional.of(now.plus(pace.multipliedBy(Math.max(0, left) + waiting())));
    }

    @Override
    public String toString() {
        return state() + ": " + taken() + (size().isEmpty() ? "" : " of " + size().getAsLong()) + " taken, "
                + enqueued()
                + " enqueued (" + settled() + " settled, " + waiting() + " waiting), " + duplicates() + " duplicates, "
                + invalid() + " invalid, " + unwanted() + " unwanted"
                + reserved().map(money -> "; " + money + " reserved").orElse("")
                + problem().map(problem -> "; " + problem).orElse("")
                + estimatedEnd().map(end -> "; ends about " + end).orElse("");
    }
}
