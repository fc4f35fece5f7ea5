package io.textonce.engagement.reporting;

import io.textonce.engagement.reporting.ReportRepository.AlertKey;
import io.textonce.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when a day or a month reaches a threshold of cost or of failed messages. It looks when the host calls
 * {@link #check()}, from any number of processes.
 *
 * <p>Guaranteed: each threshold is told once for each period, whichever process finds out, and again only if the process that
 * told it died, or its listener threw, before that was noted: then up to five minutes later. A day or month that is over is
 * looked at for another day, because reports and prices come late. Not guaranteed: that nothing is sent beyond the
 * threshold; for that there are caps on spending.
 *
 * <pre>{@code
 * Alerts alerts = Alerts.on(reports, List.of(AlertRule.cost("spend", Money.of("50", "USD"))), pager::page);
 * scheduler.scheduleWithFixedDelay(alerts::check, 1, 1, TimeUnit.MINUTES);
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Alerts {

    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);
    private static final Duration CLAIM = Duration.ofMinutes(5);
    private static final Duration LATE = Duration.ofDays(1);

    private final ReportRepository reports;
    private final List<AlertRule> rules;
    private final Consumer<Alert> listener;
    private final TimeSource time;

    private Alerts(ReportRepository reports, List<AlertRule> rules, Consumer<Alert> listener, TimeSource time) {
        this.reports = Objects.requireNonNull(reports, "reports");
        this.rules = List.copyOf(rules);
        this.listener = Objects.requireNonNull(listener, "listener");
        this.time = Objects.requireNonNull(time, "time");
    }

    /**
     * Watches thresholds by the system's clock.
     *
     * @param reports sums up, and remembers what was told
     * @param rules the thresholds
     * @param listener is told, on the thread that checks
     * @return what checks them
     * @throws IllegalArgumentException if two rules have the same name and threshold for the same tenant and period
     */
    public static Alerts on(ReportRepository reports, List<AlertRule> rules, Consumer<Alert> listener) {
        return on(reports, rules, listener, TimeSource.system());
    }

    /**
     * Watches thresholds by another clock, for tests.
     *
     * @param reports sums up, and remembers what was told
     * @param rules the thresholds
     * @param listener is told, on the thread that checks
     * @param time the clock
     * @return what checks them
     * @throws IllegalArgumentException if two rules have the same name and threshold for the same tenant and period
     */
    public static Alerts on(
            ReportRepository reports, List<AlertRule> rules, Consumer<Alert> listener, TimeSource time) {
        Set<String> known = new HashSet<>();
        for (AlertRule rule : rules) {
            if (!known.add(rule.toString())) {
                throw new IllegalArgumentException("alerts: there are two of " + rule + "; give them different names");
            }
        }
        return new Alerts(reports, rules, listener, time);
    }

    /**
     * Looks at each rule's current period, and at the one before if it hasn't been over for long. What the listener or the
     * store throws is logged, and tried again later.
     *
     * @return how many alerts the listener was told now
     */
    public int check() {
        Instant now = time.now();
        int told = 0;
        for (AlertRule rule : rules) {
            try {
                for (LocalDate period : periods(rule, now)) {
                    told += check(rule, period, now) ? 1 : 0;
                }
            } catch (RuntimeException e) {
                // Thrown on, it would end the host's timer, and with it every later alert.
                LOG.warn("{} couldn't be checked; the next check tries again", rule, e);
            }
        }
        return told;
    }

    private static List<LocalDate> periods(AlertRule rule, Instant now) {
        List<LocalDate> periods = new ArrayList<>();
        LocalDate current = rule.period(now);
        if (Duration.between(rule.begin(current), now).compareTo(LATE) < 0) {
            periods.add(rule.before(current));
        }
        periods.add(current);
        return periods;
    }

    private boolean check(AlertRule rule, LocalDate period, Instant now) {
        ReportRow row = reports.aggregate(rule.query(period)).get(0);
        AlertKey key = new AlertKey(rule.tenantOrNull(), rule.key(), rule.begin(period));
        if (!rule.isReached(row) || !reports.claimAlert(key, now, now.plus(CLAIM))) {
            return false;
        }
        try {
            listener.accept(new Alert(rule, period, row));
        } catch (RuntimeException e) {
            LOG.warn("the listener of {} threw; the alert is told again in {} or later", rule, CLAIM, e);
            return false;
        }
        reports.alertRaised(key);
        return true;
    }

    /**
     * A threshold that was reached.
     *
     * <p>Immutable and thread-safe.
     *
     * @param rule which rule
     * @param period the day, or the first day of the month, that reached it
     * @param sums that day or month so far, as the rule counts it
     */
    public record Alert(AlertRule rule, LocalDate period, ReportRow sums) {
        /** Checks for nulls. */
        public Alert {
            Objects.requireNonNull(rule, "rule");
            Objects.requireNonNull(period, "period");
            Objects.requireNonNull(sums, "sums");
        }
    }
}
