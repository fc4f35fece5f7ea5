package io.textonce.client;

import io.textonce.Category;
import io.textonce.Label;
import io.textonce.Money;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.store.SpendRepository;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How much may be spent in a time: for everything, for each tenant, for one tenant, or for each value of a label. Several
 * caps hold together.
 *
 * <p>Guaranteed: before its first submit, a message reserves the estimate of the dearest provider that may be tried, and is
 * refused with {@link io.textonce.Reason#BUDGET} if that doesn't fit, so racing threads, failover and crashes never spend
 * more than the cap by the rate card. The outcome settles it: what was accepted counts by the provider's price if it names
 * one in the card's currency, else by the rate of the provider that took it; what was rejected is given back; what is
 * unknown stays reserved, until a lookup of the outbox settles it. A message without a rate is refused. Not guaranteed: that
 * a provider bills what the card says.
 *
 * <pre>{@code
 * SmsClient.builder()
 *         .rates(rates)
 *         .spendCap(SpendCap.daily(Money.of("50", "USD"), ZoneId.of("Australia/Sydney")))
 *         .spendCap(SpendCap.monthly(Money.of("20", "USD"), ZoneOffset.UTC).keyedByLabel("user"));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SpendCap {

    private enum Unit {
        DAY,
        MONTH,
        ROLLING
    }

    /** A rolling period is counted in so many steps: an amount stops counting up to one step late, never early. */
    private static final int STEPS = 1000;

    private static final Duration LONGEST = Duration.ofDays(366);

    private final Money limit;
    private final Unit unit;
    private final @Nullable ZoneId zone;
    private final Duration length;
    private final boolean byTenant;
    private final @Nullable TenantId tenant;
    private final @Nullable String label;
    private final Set<Category> categories;

    private SpendCap(
            Money limit,
            Unit unit,
            @Nullable ZoneId zone,
            Duration length,
            boolean byTenant,
            @Nullable TenantId tenant,
            @Nullable String label,
            Set<Category> categories) {
        this.limit = limit;
        this.unit = unit;
        this.zone = zone;
        this.length = length;
        this.byTenant = byTenant;
        this.tenant = tenant;
        this.label = label;
        this.categories = categories;
    }

    private static SpendCap of(Money limit, Unit unit, @Nullable ZoneId zone, Duration length) {
        if (limit.amount().signum() <= 0) {
            throw new IllegalArgumentException(
                    "spend cap: " + limit + " is not more than zero; to send nothing at all," + " use disabledWhen");
        }
        return new SpendCap(limit, unit, zone, length, false, null, null, Set.copyOf(EnumSet.allOf(Category.class)));
    }

    /**
     * So much a calendar day.
     *
     * @param limit more than zero, in the rate card's currency
     * @param zone whose midnight begins a new day
     * @return the cap, for everything
     * @throws IllegalArgumentException if the amount isn't more than zero
     */
    public static SpendCap daily(Money limit, ZoneId zone) {
        return of(limit, Unit.DAY, Objects.requireNonNull(zone, "zone"), Duration.ZERO);
    }

    /**
     * So much a calendar month.
     *
     * @param limit more than zero, in the rate card's currency
     * @param zone whose midnight begins a new month
     * @return the cap, for everything
     * @throws IllegalArgumentException if the amount isn't more than zero
     */
    public static SpendCap monthly(Money limit, ZoneId zone) {
        return of(limit, Unit.MONTH, Objects.requireNonNull(zone, "zone"), Duration.ZERO);
    }

    /**
     * So much in any period of a length, whenever it begins.
     *
     * @param limit more than zero, in the rate card's currency
     * @param length 1 s to 366 days; an amount counts for up to a thousandth longer
     * @return the cap, for everything
     * @throws IllegalArgumentException if a value is out of range
     */
    public static SpendCap rolling(Money limit, Duration length) {
        if (length.compareTo(Duration.ofSeconds(1)) < 0 || length.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("spend cap: rolling " + length + " is not 1 s to 366 days");
        }
        return of(limit, Unit.ROLLING, null, length);
    }

    /**
     * Counts apart for each tenant. Makes no difference to a cap that holds for one tenant only, or counts by label.
     *
     * @return a copy
     */
    public SpendCap keyedByTenant() {
        return new SpendCap(limit, unit, zone, length, true, tenant, label, categories);
    }

    /**
     * Counts apart for each value of a label of a tenant; messages without it share one count.
     *
     * @param name the label's name, such as {@code user}
     * @return a copy
     */
    public SpendCap keyedByLabel(String name) {
        return new SpendCap(limit, unit, zone, length, true, tenant, Objects.requireNonNull(name, "label"), categories);
    }

    /**
     * Holds for one tenant only.
     *
     * @param who the tenant
     * @return a copy
     */
    public SpendCap only(TenantId who) {
        return new SpendCap(limit, unit, zone, length, true, Objects.requireNonNull(who, "tenant"), label, categories);
    }

    /**
     * Holds for some categories only, and counts only their messages.
     *
     * @param first a category
     * @param more others
     * @return a copy
     */
    public SpendCap only(Category first, Category... more) {
        return new SpendCap(limit, unit, zone, length, byTenant, tenant, label, Set.copyOf(EnumSet.of(first, more)));
    }

    Money limit() {
        return limit;
    }

    boolean countsByLabel() {
        return label != null;
    }

    boolean holdsFor(TenantId who) {
        return tenant == null || tenant.equals(who);
    }

    boolean holdsFor(SmsMessage message) {
        return holdsFor(message.tenant()) && categories.contains(message.category());
    }

    /** Under whom it counts: all tenants together are one account. */
    TenantId account(TenantId who) {
        return byTenant ? who : TenantId.DEFAULT;
    }

    /** What it counts apart, for messages with these labels. The period is part of it, the amount isn't. */
    String key(SmsMessage message) {
        return key(label == null ? null : message.label(label).orElse(""));
    }

    String key(List<Label> labels) {
        String value = "";
        for (Label each : labels) {
            value = each.name().equals(label) ? each.value() : value;
        }
        return key(value);
    }

    private String key(@Nullable String value) {
        String period = unit == Unit.ROLLING ? length.toString() : unit + " " + zone;
        String what =
                label != null ? "label:" + label : tenant != null ? "tenant" : byTenant ? "tenants" : "everything";
        String some = categories.size() == Category.values().length ? "" : new TreeSet<>(categories).toString();
        return what + some + "/" + period + (label == null ? "" : "/" + value);
    }

    /** When what is reserved now stops counting. */
    Instant until(Instant now) {
        ZoneId where = zone;
        if (where == null) {
            long step = Math.max(1, length.toMillis() / STEPS);
            long end = now.plus(length).toEpochMilli() + 1;
            return Instant.ofEpochMilli(end + Math.floorMod(-end, step));
        }
        LocalDate today = LocalDate.ofInstant(now, where);
        LocalDate next =
                unit == Unit.DAY ? today.plusDays(1) : today.withDayOfMonth(1).plusMonths(1);
        return next.atStartOfDay(where).toInstant();
    }

    SpendRepository.Budget budget(String key, Instant now) {
        return new SpendRepository.Budget(key, limit, until(now));
    }

    boolean renewsAtOnce() {
        return zone != null;
    }

    /** For people. */
    String describe() {
        String who = label != null
                ? " by label " + label
                : tenant != null ? " for tenant " + tenant : byTenant ? " by tenant" : "";
        String period = switch (unit) {
            case DAY -> " a day";
            case MONTH -> " a month";
            case ROLLING -> " in any " + length;
        };
        return limit + period + who;
    }

    @Override
    public String toString() {
        return "SpendCap[" + describe() + (categories.size() == Category.values().length ? "" : ", only " + categories)
                + "]";
    }
}
