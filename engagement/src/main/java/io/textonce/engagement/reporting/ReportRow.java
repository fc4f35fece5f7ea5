package io.textonce.engagement.reporting;

import io.textonce.DeliveryStatus;
import io.textonce.Money;
import io.textonce.store.MessageState;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Currency;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sums of one row of a report.
 *
 * <p>Guaranteed: amounts are exact, one for each currency, never converted. A message that certainly doesn't exist costs
 * nothing; one in doubt costs its estimate. Not guaranteed: that estimates are what the provider bills; {@link #billed()}
 * is what it says it billed.
 *
 * <pre>{@code
 * System.out.println(row.value(Dimension.PROVIDER).orElse("none") + ": " + row.messages() + ", " + row.cost());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class ReportRow {

    private final List<Dimension> dimensions;
    private final List<String> values;
    private final Sum sum;

    ReportRow(List<Dimension> dimensions, List<String> values, Sum sum) {
        this.dimensions = dimensions;
        this.values = values;
        this.sum = sum;
    }

    /**
     * What the row's messages have in common.
     *
     * @param dimension one of the query's
     * @return the value, or empty if the messages have none, or their country isn't known
     * @throws IllegalArgumentException if the query didn't tell it apart
     */
    public Optional<String> value(Dimension dimension) {
        int column = dimensions.indexOf(dimension);
        if (column < 0) {
            throw new IllegalArgumentException(
                    "report: " + dimension + " isn't among " + dimensions + "; name it in by(..)");
        }
        return Optional.of(values.get(column)).filter(value -> !value.isEmpty());
    }

    /**
     * The columns that {@link #value} knows.
     *
     * @return the query's dimensions
     */
    public List<Dimension> dimensions() {
        return dimensions;
    }

    /**
     * How many messages.
     *
     * @return 0 or more
     */
    public long messages() {
        return sum.messages;
    }

    /**
     * How many messages stand there.
     *
     * @param state a state
     * @return 0 or more
     */
    public long inState(MessageState state) {
        return sum.states.getOrDefault(state, 0L);
    }

    /**
     * How many messages have come that far.
     *
     * @param status a status
     * @return 0 or more
     */
    public long withStatus(DeliveryStatus status) {
        return sum.statuses.getOrDefault(status, 0L);
    }

    /**
     * How many messages a provider took over.
     *
     * @return 0 or more
     */
    public long accepted() {
        return inState(MessageState.ACCEPTED);
    }

    /**
     * How many messages arrived, all parts of them, by their reports.
     *
     * @return 0 or more
     */
    public long delivered() {
        return withStatus(DeliveryStatus.DELIVERED);
    }

    /**
     * How many messages certainly failed: rejected, expired before they were sent, or accepted and then undelivered, expired
     * or cancelled by the provider. Not those that you cancelled, nor those in doubt, nor those of which a part arrived.
     *
     * @return 0 or more
     */
    public long failed() {
        return sum.failed;
    }

    /**
     * Of the messages whose end is known by a report, the share that arrived.
     *
     * @return 0 to 1, or empty while no end is known; many routes send no reports
     */
    public OptionalDouble deliveryRate() {
        return share(delivered(), sum.ended);
    }

    /**
     * Of the messages whose outcome is known, the share that a provider took over.
     *
     * @return 0 to 1, or empty while no outcome is known
     */
    public OptionalDouble acceptanceRate() {
        return share(accepted(), accepted() + inState(MessageState.REJECTED) + inState(MessageState.EXPIRED));
    }

    private static OptionalDouble share(long part, long all) {
        return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / all);
    }

    /**
     * Within what time so many of the delivered messages arrived, from the beginning of sending to the arrival of the last
     * report. 50 gives the median.
     *
     * @param percent 1 to 100
     * @return one of {@link ReportTally#LATENCIES}, hence a little more than it was; {@link ChronoUnit#FOREVER}'s duration
     *     if it was longer than all of them; empty if nothing was delivered
     * @throws IllegalArgumentException if out of range
     */
    public Optional<Duration> deliveredWithin(int percent) {
        if (percent < 1 || percent > 100) {
            throw new IllegalArgumentException("percent: " + percent + " is not 1 to 100");
        }
        long all = 0;
        for (long each : sum.latencies) {
            all += each;
        }
        if (all == 0) {
            return Optional.empty();
        }
        long so = 0;
        for (int i = 0; i < ReportTally.LATENCIES.size(); i++) {
            so += sum.latencies[i];
            if (so * 100 >= all * percent) {
                return Optional.of(ReportTally.LATENCIES.get(i));
            }
        }
        return Optional.of(ChronoUnit.FOREVER.getDuration());
    }

    /**
     * How many segments: the providers' counts where they gave one, else ours; refused messages included.
     *
     * @return 0 or more
     */
    public long segments() {
        return sum.segments;
    }

    /**
     * What the messages that exist, or may, were expected to cost.
     *
     * @return an amount for each currency, by its code; possibly none
     */
    public List<Money> estimated() {
        return amounts(sum.estimated);
    }

    /**
     * What providers say that messages cost.
     *
     * @return an amount for each currency, by its code; possibly none
     */
    public List<Money> billed() {
        return amounts(sum.billed);
    }

    /**
     * What it costs as far as is known: of each message the price that was billed, else its estimate.
     *
     * @return an amount for each currency, by its code; possibly none
     */
    public List<Money> cost() {
        return amounts(sum.cost);
    }

    /**
     * What it costs in one currency, as far as is known.
     *
     * @param currency the currency
     * @return the amount, zero if there is none
     */
    public Money cost(Currency currency) {
        return new Money(sum.cost.getOrDefault(currency, BigDecimal.ZERO), currency);
    }

    private static List<Money> amounts(Map<Currency, BigDecimal> byCurrency) {
        return byCurrency.entrySet().stream()
                .map(each -> new Money(each.getValue(), each.getKey()))
                .toList();
    }

    /**
     * What is in it; neither numbers nor texts.
     *
     * @return such as {@code ReportRow[provider=twilio, 42 messages, [0.3318 USD]]}
     */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("ReportRow[");
        for (int i = 0; i < values.size(); i++) {
            out.append(dimensions.get(i)).append('=').append(values.get(i)).append(", ");
        }
        return out + (messages() + " messages, " + cost() + "]");
    }

    /** Grows while a tally is made, and never afterwards. */
    static final class Sum {
        private final Map<MessageState, Long> states = new EnumMap<>(MessageState.class);
        private final Map<DeliveryStatus, Long> statuses = new EnumMap<>(DeliveryStatus.class);
        private final long[] latencies = new long[ReportTally.LATENCIES.size() + 1];
        private final Map<Currency, BigDecimal> estimated = byCode();
        private final Map<Currency, BigDecimal> billed = byCode();
        private final Map<Currency, BigDecimal> cost = byCode();
        private long messages;
        private long segments;
        private long failed;
        private long ended;

        private static Map<Currency, BigDecimal> byCode() {
            return new TreeMap<>(Comparator.comparing(Currency::getCurrencyCode));
        }

        void add(ReportTally.Cell cell) {
            DeliveryStatus status = cell.status();
            messages += cell.messages();
            segments += cell.segments();
            states.merge(cell.state(), cell.messages(), Long::sum);
            if (status != null) {
                statuses.merge(status, cell.messages(), Long::sum);
                ended += status.isTerminal() ? cell.messages() : 0;
            }
            failed += isFailed(cell.state(), status) ? cell.messages() : 0;
            if (status == DeliveryStatus.DELIVERED && cell.latency() >= 0) {
                latencies[cell.latency()] += cell.messages();
            }
            Money expected = mayExist(cell.state()) ? cell.estimated() : null;
            add(estimated, expected);
            add(billed, cell.billed());
            add(cost, cell.billed() == null ? expected : cell.billed());
        }

        private static void add(Map<Currency, BigDecimal> to, @Nullable Money amount) {
            if (amount != null) {
                to.merge(amount.currency(), amount.amount(), BigDecimal::add);
            }
        }

        private static boolean mayExist(MessageState state) {
            return state == MessageState.ACCEPTED || state == MessageState.UNKNOWN || state == MessageState.SENDING;
        }

        private static boolean isFailed(MessageState state, @Nullable DeliveryStatus status) {
            return state == MessageState.REJECTED
                    || state == MessageState.EXPIRED
                    || status == DeliveryStatus.UNDELIVERED
                    || status == DeliveryStatus.EXPIRED
                    || status == DeliveryStatus.CANCELLED;
        }
    }
}
