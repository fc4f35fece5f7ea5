package io.textonce.engagement.reporting;

import io.textonce.Money;
import io.textonce.TenantId;
import io.textonce.store.MessageQuery;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A threshold on what a day or a month may cost, or on how many messages may fail in it. Several thresholds are several
 * rules.
 *
 * <pre>{@code
 * AlertRule.cost("spend", Money.of("50", "USD")).daily(ZoneId.of("Australia/Sydney")).of(tenant);
 * AlertRule.failed("failures", 100);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class AlertRule {

    private final String name;
    private final @Nullable Money cost;
    private final long failed;
    private final boolean monthly;
    private final ZoneId zone;
    private final @Nullable TenantId tenant;
    private final MessageQuery where;

    private AlertRule(
            String name,
            @Nullable Money cost,
            long failed,
            boolean monthly,
            ZoneId zone,
            @Nullable TenantId tenant,
            MessageQuery where) {
        this.name = name;
        this.cost = cost;
        this.failed = failed;
        this.monthly = monthly;
        this.zone = zone;
        this.tenant = tenant;
        this.where = where;
    }

    private static AlertRule of(String name, @Nullable Money cost, long failed) {
        if (name.isBlank() || name.length() > 100) {
            throw new IllegalArgumentException(
                    "alert rule: the name has " + name.length() + " characters, not 1 to 100");
        }
        return new AlertRule(name, cost, failed, false, ZoneOffset.UTC, null, MessageQuery.all());
    }

    /**
     * Messages of a day, by UTC, of all tenants cost that much or more: billed where the price is known, else estimated.
     * Only what is in the threshold's currency is counted; for others make other rules.
     *
     * @param name which rule, 1 to 100 characters
     * @param threshold more than zero
     * @return the rule to refine
     * @throws IllegalArgumentException if a value is out of range
     */
    public static AlertRule cost(String name, Money threshold) {
        if (threshold.amount().signum() <= 0) {
            throw new IllegalArgumentException("alert rule: " + threshold + " is not more than zero");
        }
        return of(name, threshold, 0);
    }

    /**
     * That many messages of a day, by UTC, of all tenants failed or more, as {@link ReportRow#failed()} counts them.
     *
     * @param name which rule, 1 to 100 characters
     * @param threshold 1 or more
     * @return the rule to refine
     * @throws IllegalArgumentException if a value is out of range
     */
    public static AlertRule failed(String name, long threshold) {
        if (threshold < 1) {
            throw new IllegalArgumentException("alert rule: " + threshold + " failed messages is not 1 or more");
        }
        return of(name, null, threshold);
    }

    /**
     * By the days of a zone.
     *
     * @param where the zone
     * @return the refined rule
     */
    public AlertRule daily(ZoneId where) {
        return new AlertRule(name, cost, failed, false, Objects.requireNonNull(where, "zone"), tenant, this.where);
    }

    /**
     * By the months of a zone.
     *
     * @param where the zone
     * @return the refined rule
     */
    public AlertRule monthly(ZoneId where) {
        return new AlertRule(name, cost, failed, true, Objects.requireNonNull(where, "zone"), tenant, this.where);
    }

    /**
     * Only one tenant's messages.
     *
     * @param who the tenant
     * @return the refined rule
     */
    public AlertRule of(TenantId who) {
        return new AlertRule(name, cost, failed, monthly, zone, Objects.requireNonNull(who, "tenant"), where);
    }

    /**
     * Only some messages, such as those of one provider.
     *
     * @param which the conditions; the rule sets beginning and end
     * @return the refined rule
     */
    public AlertRule only(MessageQuery which) {
        return new AlertRule(name, cost, failed, monthly, zone, tenant, Objects.requireNonNull(which, "which"));
    }

    /**
     * Which rule.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Whose messages.
     *
     * @return the tenant, or empty for all
     */
    public Optional<TenantId> tenant() {
        return Optional.ofNullable(tenant);
    }

    @Nullable
    TenantId tenantOrNull() {
        return tenant;
    }

    /** The day or month that an instant is in; its first day. */
    LocalDate period(Instant now) {
        LocalDate day = LocalDate.ofInstant(now, zone);
        return monthly ? day.withDayOfMonth(1) : day;
    }

    LocalDate before(LocalDate period) {
        return monthly ? period.minusMonths(1) : period.minusDays(1);
    }

    private LocalDate after(LocalDate period) {
        return monthly ? period.plusMonths(1) : period.plusDays(1);
    }

    Instant begin(LocalDate period) {
        return period.atStartOfDay(zone).toInstant();
    }

    ReportQuery query(LocalDate period) {
        ReportQuery all = tenant == null ? ReportQuery.ofAllTenants(where) : ReportQuery.of(tenant, where);
        return all.days(period, after(period).minusDays(1), zone);
    }

    boolean isReached(ReportRow row) {
        Money limit = cost;
        if (limit == null) {
            return row.failed() >= failed;
        }
        BigDecimal spent = row.cost(limit.currency()).amount();
        return spent.compareTo(limit.amount()) >= 0;
    }

    /** The rule and its threshold, so that another threshold is another alert. */
    String key() {
        return name + ": " + threshold() + (monthly ? " a month in " : " a day in ") + zone;
    }

    private String threshold() {
        return cost == null ? failed + " failed" : cost.toString();
    }

    @Override
    public String toString() {
        return "AlertRule[" + key() + (tenant == null ? "" : ", tenant " + tenant) + "]";
    }
}
