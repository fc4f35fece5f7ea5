package io.textonce.engagement.reporting;

import io.textonce.DeliveryStatus;
import io.textonce.Money;
import io.textonce.store.MessageState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the rows of a report from what a store has summed up: the one place that says what counts as delivered, as failed
 * and as cost. For those who implement {@link ReportRepository}.
 *
 * <pre>{@code
 * ReportTally tally = new ReportTally(query);
 * tally.add(new ReportTally.Cell(List.of("twilio"), MessageState.ACCEPTED, null, -1, null, null, 42, 50));
 * List<ReportRow> rows = tally.rows();
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class ReportTally {

    /** The bounds of how long messages took, ascending; one that took longer than all has the index after the last. */
    public static final List<Duration> LATENCIES = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(7),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofSeconds(45),
            Duration.ofSeconds(60),
            Duration.ofSeconds(90),
            Duration.ofMinutes(2),
            Duration.ofMinutes(3),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(20),
            Duration.ofMinutes(30),
            Duration.ofHours(1),
            Duration.ofHours(2),
            Duration.ofHours(4),
            Duration.ofHours(8),
            Duration.ofHours(24),
            Duration.ofHours(72));

    private static final Comparator<List<String>> BY_VALUES = (a, b) -> {
        Iterator<String> others = b.iterator();
        for (String each : a) {
            int order = each.compareTo(others.next());
            if (order != 0) {
                return order;
            }
        }
        return 0;
    };

    private final List<Dimension> dimensions;
    private final Map<List<String>, ReportRow.Sum> sums = new TreeMap<>(BY_VALUES);

    /**
     * A tally without any message.
     *
     * @param query what is told apart
     */
    public ReportTally(ReportQuery query) {
        this.dimensions = query.dimensions();
    }

    /**
     * The index of a latency among {@link #LATENCIES}.
     *
     * @param taken from the beginning of sending to the report that it was delivered
     * @return 0 or more, the first bound that isn't less
     */
    public static int latency(Duration taken) {
        int index = 0;
        while (index < LATENCIES.size() && LATENCIES.get(index).compareTo(taken) < 0) {
            index++;
        }
        return index;
    }

    /**
     * Adds messages that are alike.
     *
     * @param cell what they have in common, and their sums
     * @throws IllegalArgumentException if it has more or fewer values than the query has dimensions
     */
    public void add(Cell cell) {
        if (cell.values().size() != dimensions.size()) {
            throw new IllegalArgumentException("tally: " + cell.values().size() + " values for " + dimensions);
        }
        sums.computeIfAbsent(cell.values(), values -> new ReportRow.Sum()).add(cell);
    }

    /**
     * The report.
     *
     * @return the rows, ordered by their values; exactly one if nothing is told apart
     */
    public List<ReportRow> rows() {
        List<ReportRow> rows = new ArrayList<>();
        sums.forEach((values, sum) -> rows.add(new ReportRow(dimensions, values, sum)));
        if (rows.isEmpty() && dimensions.isEmpty()) {
            rows.add(new ReportRow(dimensions, List.of(), new ReportRow.Sum()));
        }
        return List.copyOf(rows);
    }

    /**
     * Messages that are alike in all that a report looks at, and their sums.
     *
     * <p>Immutable and thread-safe.
     *
     * @param values one for each dimension of the query, in order; empty where the messages have none
     * @param state where they stand
     * @param status how far they have come, or null before the first report
     * @param latency the index among {@link #LATENCIES} of those with status DELIVERED; -1 for others
     * @param estimated the sum of the estimates, or null if they have none
     * @param billed the sum of the prices, or null if they have none
     * @param messages how many, 1 or more
     * @param segments the sum of {@link io.textonce.store.MessageRecord#segments()}
     */
    public record Cell(
            List<String> values,
            MessageState state,
            @Nullable DeliveryStatus status,
            int latency,
            @Nullable Money estimated,
            @Nullable Money billed,
            long messages,
            long segments) {
        /** Copies the values. */
        public Cell {
            values = List.copyOf(values);
            Objects.requireNonNull(state, "state");
        }
    }
}
