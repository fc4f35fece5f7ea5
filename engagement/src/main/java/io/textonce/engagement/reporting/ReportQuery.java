package io.textonce.engagement.reporting;

import io.textonce.TenantId;
import io.textonce.engagement.reporting.Dimension.Kind;
import io.textonce.store.MessageQuery;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which messages to sum up, and what to tell apart. The messages are those that a {@link MessageQuery} finds, whatever its
 * limit and page: the same query shows them one by one.
 *
 * <pre>{@code
 * ReportQuery query = ReportQuery.of(tenant, MessageQuery.all().label("type", "reminder"))
 *         .month(YearMonth.of(2026, 3), ZoneId.of("Australia/Sydney"))
 *         .by(Dimension.DAY, Dimension.PROVIDER);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class ReportQuery {

    /** Three years of days. */
    private static final int MOST_SLICES = 1_100;

    private final @Nullable TenantId tenant;
    private final MessageQuery where;
    private final ZoneId zone;
    private final List<Dimension> dimensions;

    private ReportQuery(@Nullable TenantId tenant, MessageQuery where, ZoneId zone, List<Dimension> dimensions) {
        this.tenant = tenant;
        this.where = Objects.requireNonNull(where, "where");
        this.zone = Objects.requireNonNull(zone, "zone");
        this.dimensions = dimensions;
    }

    /**
     * The messages of a tenant, in one row, with days by UTC.
     *
     * @param tenant whose messages
     * @param where which of them
     * @return the query to refine
     */
    public static ReportQuery of(TenantId tenant, MessageQuery where) {
        return new ReportQuery(Objects.requireNonNull(tenant, "tenant"), where, ZoneOffset.UTC, List.of());
    }

    /**
     * The messages of all tenants, in one row, with days by UTC: for whoever runs the system, never for a tenant's eyes.
     *
     * @param where which messages
     * @return the query to refine
     */
    public static ReportQuery ofAllTenants(MessageQuery where) {
        return new ReportQuery(null, where, ZoneOffset.UTC, List.of());
    }

    /**
     * Only messages created on some days, by the clocks of a zone.
     *
     * @param first the first day
     * @param last the last day, which counts too
     * @param where the zone, by which days are told apart as well
     * @return the refined query
     * @throws IllegalArgumentException if the last day is before the first
     */
    public ReportQuery days(LocalDate first, LocalDate last, ZoneId where) {
        if (last.isBefore(first)) {
            throw new IllegalArgumentException("days: " + last + " is before " + first);
        }
        return between(start(first, where), start(last.plusDays(1), where), where);
    }

    /**
     * Only messages created in a month, by the clocks of a zone.
     *
     * @param month the month
     * @param where the zone, by which days are told apart as well
     * @return the refined query
     */
    public ReportQuery month(YearMonth month, ZoneId where) {
        return days(month.atDay(1), month.atEndOfMonth(), where);
    }

    private ReportQuery between(Instant from, Instant until, ZoneId there) {
        return new ReportQuery(tenant, where.from(from).until(until), there, dimensions);
    }

    private static Instant start(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant();
    }

    /**
     * Tells days and months apart by the clocks of a zone.
     *
     * @param where the zone
     * @return the refined query
     */
    public ReportQuery in(ZoneId where) {
        return new ReportQuery(tenant, this.where, where, dimensions);
    }

    /**
     * Gives each combination of values a row.
     *
     * @param all what to tell apart, in the order of columns; none for one row
     * @return the refined query
     * @throws IllegalArgumentException if one occurs twice, or there are days and months, which days include
     */
    public ReportQuery by(Dimension... all) {
        List<Dimension> next = List.of(all);
        if (new HashSet<>(next).size() < next.size()) {
            throw new IllegalArgumentException("by: " + next + " has a dimension twice");
        }
        if (next.contains(Dimension.DAY) && next.contains(Dimension.MONTH)) {
            throw new IllegalArgumentException("by: " + next + " has days and months; take one");
        }
        return new ReportQuery(tenant, where, zone, next);
    }

    /**
     * Whose messages.
     *
     * @return the tenant, or empty for all
     */
    public Optional<TenantId> tenant() {
        return Optional.ofNullable(tenant);
    }

    /**
     * Which messages.
     *
     * @return the conditions; limit and page don't count
     */
    public MessageQuery where() {
        return where;
    }

    /**
     * By whose clocks days and months are told apart.
     *
     * @return the zone
     */
    public ZoneId zone() {
        return zone;
    }

    /**
     * What is told apart.
     *
     * @return the columns in order, possibly none
     */
    public List<Dimension> dimensions() {
        return dimensions;
    }

    /**
     * The days or months that the query tells apart, for stores: a message belongs to the last one that begins at or before
     * its creation. Stores needn't know zones, and agree with each other and with Java about summer time.
     *
     * @return the days or months in order, without gaps; empty if neither is told apart
     * @throws IllegalArgumentException if the query has no beginning or no end, or there would be more than 1,100
     */
    public List<Slice> slices() {
        boolean months = dimensions.contains(Dimension.MONTH);
        if (!months && !dimensions.contains(Dimension.DAY)) {
            return List.of();
        }
        Instant from = where.from().orElse(null);
        Instant until = where.until().orElse(null);
        if (from == null || until == null) {
            throw new IllegalArgumentException("by " + (months ? Kind.MONTH : Kind.DAY)
                    + ": the query needs a beginning and an end; use days(..), month(..), or from and until");
        }
        List<Slice> slices = new ArrayList<>();
        LocalDate day = LocalDate.ofInstant(from, zone);
        day = months ? day.withDayOfMonth(1) : day;
        for (Instant start = from; start.isBefore(until); ) {
            LocalDate next = months ? day.plusMonths(1) : day.plusDays(1);
            Instant end = start(next, zone);
            // A zone that moved across the date line has days that never were.
            if (end.isAfter(start)) {
                slices.add(new Slice(months ? YearMonth.from(day).toString() : day.toString(), start));
                start = end;
            }
            day = next;
            if (slices.size() > MOST_SLICES) {
                throw new IllegalArgumentException("by " + (months ? Kind.MONTH : Kind.DAY) + ": " + from + " to "
                        + until + " is more than " + MOST_SLICES + " of them; ask for less, or by month");
            }
        }
        return slices;
    }

    /**
     * A day or a month.
     *
     * <p>Immutable and thread-safe.
     *
     * @param name such as {@code 2026-03-01} or {@code 2026-03}
     * @param from when it begins; the first one where the query begins, if that is later
     */
    public record Slice(String name, Instant from) {
        /** Checks for nulls. */
        public Slice {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(from, "from");
        }
    }
}
