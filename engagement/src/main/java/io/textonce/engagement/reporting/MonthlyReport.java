package io.textonce.engagement.reporting;

import java.io.IOException;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A month's messages: the total, and the same told apart in several ways.
 *
 * <p>Not guaranteed: that the sections agree to the message while the month's messages still change; each is summed up by
 * itself.
 *
 * <pre>{@code
 * MonthlyReport march = MonthlyReport.of(reports, ReportQuery.of(tenant, MessageQuery.all()),
 *         YearMonth.of(2026, 3), ZoneId.of("Australia/Sydney"), Dimension.PROVIDER, Dimension.label("type"));
 * march.writeCsv(writer);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class MonthlyReport {

    private final YearMonth month;
    private final ReportRow total;
    private final Map<Dimension, List<ReportRow>> sections;

    private MonthlyReport(YearMonth month, ReportRow total, Map<Dimension, List<ReportRow>> sections) {
        this.month = month;
        this.total = total;
        this.sections = sections;
    }

    /**
     * Sums up a month.
     *
     * @param reports where the messages are
     * @param which which messages; its beginning, end, zone and dimensions don't count
     * @param month the month
     * @param zone by whose clocks
     * @param sections what to tell apart, a section for each
     * @return the report
     * @throws IllegalArgumentException if the store can't tell one of them
     */
    public static MonthlyReport of(
            ReportRepository reports, ReportQuery which, YearMonth month, ZoneId zone, Dimension... sections) {
        ReportQuery query = which.month(month, zone);
        ReportRow total = reports.aggregate(query.by()).get(0);
        Map<Dimension, List<ReportRow>> all = new LinkedHashMap<>();
        for (Dimension section : sections) {
            all.put(section, reports.aggregate(query.by(section)));
        }
        return new MonthlyReport(month, total, all);
    }

    /**
     * Which month.
     *
     * @return the month
     */
    public YearMonth month() {
        return month;
    }

    /**
     * All of it.
     *
     * @return one row
     */
    public ReportRow total() {
        return total;
    }

    /**
     * The same, told apart.
     *
     * @param section one of the report's
     * @return the rows, ordered by their value
     * @throws IllegalArgumentException if the report has no such section
     */
    public List<ReportRow> by(Dimension section) {
        List<ReportRow> rows = sections.get(Objects.requireNonNull(section, "section"));
        if (rows == null) {
            throw new IllegalArgumentException("monthly report: " + section + " isn't among " + sections.keySet());
        }
        return rows;
    }

    /**
     * Writes the total and the sections one after the other, an empty line between them.
     *
     * @param out where to, by UTF-8 if it is a file; it isn't closed
     * @throws IOException if it can't be written
     */
    public void writeCsv(Appendable out) throws IOException {
        CsvExport.rows(List.of(total), out);
        for (List<ReportRow> rows : sections.values()) {
            if (!rows.isEmpty()) {
                out.append("\r\n");
                CsvExport.rows(rows, out);
            }
        }
    }

    @Override
    public String toString() {
        return "MonthlyReport[" + month + ", " + total + "]";
    }
}
