package io.textonce.client;

import io.textonce.Money;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a {@link SpendCap} at a moment.
 *
 * <pre>{@code
 * client.budgets(tenant).forEach(budget -> log.info("{} left of {}", budget.remaining(), budget.limit()));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Budget {

    private final String name;
    private final Money limit;
    private final Money committed;
    private final @Nullable Instant renewsAt;

    Budget(String name, Money limit, Money committed, @Nullable Instant renewsAt) {
        this.name = Objects.requireNonNull(name, "name");
        this.limit = Objects.requireNonNull(limit, "limit");
        this.committed = Objects.requireNonNull(committed, "committed");
        this.renewsAt = renewsAt;
    }

    /**
     * The cap, for people.
     *
     * @return such as {@code 50 USD a day by tenant}
     */
    public String name() {
        return name;
    }

    /**
     * How much may be spent in a period.
     *
     * @return the cap
     */
    public Money limit() {
        return limit;
    }

    /**
     * What was spent, and what is reserved for messages that are being sent or whose outcome is unknown.
     *
     * @return zero or more
     */
    public Money committed() {
        return committed;
    }

    /**
     * What may still be spent.
     *
     * @return the cap less what is committed; below zero if a provider charged more than its rate
     */
    public Money remaining() {
        return new Money(limit.amount().subtract(committed.amount()), limit.currency());
    }

    /**
     * When the period ends and the cap is whole again.
     *
     * @return the instant, or empty for a rolling period, which renews bit by bit
     */
    public Optional<Instant> renewsAt() {
        return Optional.ofNullable(renewsAt);
    }

    @Override
    public String toString() {
        return "Budget[" + remaining() + " left of " + name + "]";
    }
}
