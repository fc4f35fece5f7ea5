package io.textonce.engagement.campaign;

import io.textonce.Money;
import io.textonce.Reason;
import io.textonce.engagement.campaign.CampaignRepository.Outcome;
import io.textonce.store.MessageState;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What became of a campaign's messages, added up by variant, state and reason.
 *
 * <pre>{@code
 * CampaignReport report = campaigns.report(TenantId.DEFAULT, "spring-2027");
 * System.out.println(report.accepted() + " accepted for " + report.spent().orElseThrow());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class CampaignReport {

    private final List<Outcome> outcomes;

    CampaignReport(List<Outcome> outcomes) {
        this.outcomes = List.copyOf(outcomes);
    }

    /**
     * The sums.
     *
     * @return one for each variant, state and reason that there is
     */
    public List<Outcome> outcomes() {
        return outcomes;
    }

    /**
     * How many messages providers took over.
     *
     * @return a count, zero or more
     */
    public long accepted() {
        return count(each -> each.state() == MessageState.ACCEPTED);
    }

    /**
     * How many messages weren't sent because the recipient had asked for no more.
     *
     * @return a count, zero or more
     */
    public long optedOut() {
        return count(each -> each.reason() == Reason.OPTED_OUT);
    }

    private long count(Predicate<Outcome> which) {
        return outcomes.stream().filter(which).mapToLong(Outcome::messages).sum();
    }

    /**
     * What was spent: on messages that were accepted, as billed where the provider told, and on those in doubt.
     *
     * @return the sum, or empty if nothing has a price
     */
    public Optional<Money> spent() {
        Money sum = null;
        for (Outcome each : outcomes) {
            if (each.state() == MessageState.ACCEPTED || each.state() == MessageState.UNKNOWN) {
                sum = Expansion.sum(sum, each.cost());
            }
        }
        return Optional.ofNullable(sum);
    }

    @Override
    public String toString() {
        return "CampaignReport" + outcomes;
    }
}
