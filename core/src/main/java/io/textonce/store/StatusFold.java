package io.textonce.store;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All reports on one message, folded into one status: commutative, associative and idempotent, so order, grouping and
 * repetition never matter.
 *
 * <p>For each part the highest {@link DeliveryStatus} wins. Parts that end differently make
 * {@link DeliveryStatus#PARTIAL}. Not guaranteed: that a part nobody reported on arrived; it can't be counted.
 *
 * <pre>{@code
 * StatusFold.EMPTY.with(sent).with(delivered).status();   // DELIVERED, in either order
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class StatusFold {

    /** No report yet. */
    public static final StatusFold EMPTY = new StatusFold(new TreeMap<>());

    /** Key of reports about the message as a whole; parts count from 1. */
    private static final int WHOLE = 0;

    /** 3GPP TS 23.040, 9.2.3.24.1: the number of parts is one octet. Anything above isn't a part, and mustn't cost memory. */
    private static final int LAST_PART = 255;

    private final SortedMap<Integer, DeliveryStatus> highest;

    private StatusFold(SortedMap<Integer, DeliveryStatus> highest) {
        this.highest = highest;
    }

    /**
     * The fold with one more report.
     *
     * @param report a report on the same message
     * @return the new fold, or this one if the report changes nothing
     */
    public StatusFold with(DeliveryReport report) {
        int part = report.part().orElse(WHOLE);
        return with(part > LAST_PART ? WHOLE : part, report.status());
    }

    private StatusFold with(int part, DeliveryStatus status) {
        DeliveryStatus known = highest.get(part);
        if (known != null && known.compareTo(status) >= 0) {
            return this;
        }
        SortedMap<Integer, DeliveryStatus> next = new TreeMap<>(highest);
        next.put(part, Objects.requireNonNull(status, "status"));
        return new StatusFold(next);
    }

    /**
     * What the reports amount to. While any part is still on its way, the part that lags most decides.
     *
     * @return the status, or empty before the first report
     */
    public Optional<DeliveryStatus> status() {
        if (highest.isEmpty()) {
            return Optional.empty();
        }
        DeliveryStatus whole = highest.get(WHOLE);
        DeliveryStatus parts = null;
        for (Map.Entry<Integer, DeliveryStatus> part : highest.entrySet()) {
            if (part.getKey() != WHOLE) {
                parts = parts == null ? part.getValue() : sideBySide(parts, part.getValue());
            }
        }
        if (whole == null || parts == null) {
            return Optional.ofNullable(whole == null ? parts : whole);
        }
        boolean settled = whole.isTerminal() && parts.isTerminal();
        return Optional.of(settled ? sideBySide(whole, parts) : whole.compareTo(parts) > 0 ? whole : parts);
    }

    /** Two parts of one message. Associative: all failures are alike, and PARTIAL absorbs what is terminal. */
    private static DeliveryStatus sideBySide(DeliveryStatus a, DeliveryStatus b) {
        DeliveryStatus lower = a.compareTo(b) < 0 ? a : b;
        DeliveryStatus higher = a.compareTo(b) < 0 ? b : a;
        if (!lower.isTerminal()) {
            return lower;
        }
        boolean arrived = higher == DeliveryStatus.DELIVERED || higher == DeliveryStatus.PARTIAL;
        return arrived && lower != higher ? DeliveryStatus.PARTIAL : higher;
    }

    /**
     * The fold as text, for a store's column.
     *
     * @return such as {@code 0=SENT} or {@code 1=DELIVERED,2=UNDELIVERED}; empty for no report
     */
    public String encoded() {
        StringBuilder out = new StringBuilder();
        highest.forEach((part, status) -> out.append(out.length() == 0 ? "" : ",")
                .append(part)
                .append('=')
                .append(status));
        return out.toString();
    }

    /**
     * Reads a fold back.
     *
     * @param text what {@link #encoded()} wrote
     * @return the fold
     * @throws IllegalArgumentException if the text is anything else
     */
    public static StatusFold decode(String text) {
        StatusFold fold = EMPTY;
        if (!text.isEmpty()) {
            for (String entry : text.split(",", -1)) {
                int equals = entry.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("status fold: an entry isn't part=STATUS");
                }
                fold = fold.with(
                        Integer.parseInt(entry.substring(0, equals)),
                        DeliveryStatus.valueOf(entry.substring(equals + 1)));
            }
        }
        return fold;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StatusFold fold && highest.equals(fold.highest);
    }

    @Override
    public int hashCode() {
        return highest.hashCode();
    }

    @Override
    public String toString() {
        return "StatusFold[" + encoded() + "]";
    }
}
