package io.textonce.engagement.campaign;

import io.textonce.Money;
import io.textonce.Reason;
import io.textonce.engagement.campaign.CampaignRepository.Outcome;
import io.textonce.store.MessageState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What became of a campaign's messages, added up by variant, state and reason.
 *
 * <pre>{@code
 * CampaignReport report = campaigns.report(TenantId.DEFAULT, "spring-2027");
 * System.out.println(report.accepted() + " accepted for " + report.spent());
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
     * @return an amount for each currency, by its code; possibly none
     */
    public List<Money> spent() {
        Map<String, Money> sums = new TreeMap<>();
        for (Outcome each : outcomes) {
            Money cost = each.cost();
            if (cost != null && (each.state() == MessageState.ACCEPTED || each.state() == MessageState.UNKNOWN)) {
                sums.merge(cost.currency().getCurrencyCode(), cost, Money::plus);
            }
        }
        return List.copyOf(sums.values());
    }

    @Override
    public String toString() {
        return "CampaignReport" + outcomes;
    }
}
