package io.textonce.engagement.campaign;

import io.textonce.store.MessageState;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What it came to when somebody paused, resumed or cancelled a campaign.
 *
 * <pre>{@code
 * CampaignChange change = campaigns.cancel(TenantId.DEFAULT, "spring-2027");
 * log.info("{}: {} were on their way already", change, change.inFlight());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class CampaignChange {

    private final boolean done;
    private final @Nullable CampaignState state;
    private final Map<MessageState, Integer> unsettled;

    CampaignChange(boolean done, @Nullable CampaignState state, Map<MessageState, Integer> unsettled) {
        this.done = done;
        this.state = state;
        this.unsettled = Map.copyOf(unsettled);
    }

    /**
     * Whether it is as you asked.
     *
     * @return false if the campaign is over, or isn't known
     */
    public boolean isDone() {
        return done;
    }

    /**
     * Where the campaign stands now.
     *
     * @return the state, or empty if it isn't known
     */
    public Optional<CampaignState> state() {
        return Optional.ofNullable(state);
    }

    /**
     * How many messages are being sent just now. Each of them ends as it ends; none of them is tried again while the
     * campaign is paused or cancelled.
     *
     * @return a count, zero or more
     */
    public int inFlight() {
        return unsettled.getOrDefault(MessageState.SENDING, 0);
    }

    /**
     * How many messages are in doubt: sent, or not.
     *
     * @return a count, zero or more
     */
    public int inDoubt() {
        return unsettled.getOrDefault(MessageState.UNKNOWN, 0);
    }

    @Override
    public String toString() {
        return state == null ? "NOT_FOUND" : (done ? "" : "too late: ") + state + ", " + inFlight() + " in flight";
    }
}
