package io.textonce.engagement.reporting;

import io.textonce.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sums up messages where they are stored, and remembers which alerts were raised.
 *
 * <p>Contract: a row says what is true of the stored messages now, so a price or a report that comes late counts on the day
 * of its message. Amounts are exact, and amounts of several currencies are never added. An alert's methods are atomic over
 * all threads and processes that share the store, and durable when they return. A failure is thrown, never swallowed.
 *
 * <p>Implementations are thread-safe. Methods may block.
 */
public interface ReportRepository {

    /**
     * Sums up messages. {@link ReportTally} makes the rows.
     *
     * @param query which messages, and what to tell apart
     * @return the rows, ordered by their values; exactly one if nothing is told apart
     * @throws IllegalArgumentException if the query can't be answered, with the reason
     */
    List<ReportRow> aggregate(ReportQuery query);

    /**
     * Claims the right to raise an alert. Refused if the alert has been raised, or somebody else's claim still holds.
     *
     * @param alert which alert
     * @param now the present
     * @param until until when the claim holds, unless it is {@link #alertRaised raised} before
     * @return true for one of all callers
     */
    boolean claimAlert(AlertKey alert, Instant now, Instant until);

    /**
     * Notes that an alert was raised, for good.
     *
     * @param alert which alert
     */
    void alertRaised(AlertKey alert);

    /**
     * One threshold in one period.
     *
     * <p>Immutable and thread-safe.
     *
     * @param tenant whose messages; null for those of all tenants
     * @param name the rule and its threshold, 1 to 300 characters
     * @param period when the period begins
     */
    record AlertKey(@Nullable TenantId tenant, String name, Instant period) {
        /**
         * Checks the name.
         *
         * @throws IllegalArgumentException if it is empty or longer than 300 characters
         */
        public AlertKey {
            Objects.requireNonNull(period, "period");
            if (name.isEmpty() || name.length() > 300) {
                throw new IllegalArgumentException(
                        "alert: the name has " + name.length() + " characters, not 1 to 300");
            }
        }
    }
}
