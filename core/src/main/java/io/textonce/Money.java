package io.textonce;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Objects;

/**
 * An amount in a currency: a price, an estimate, a balance. The amount keeps its scale, because prices of messages have
 * more decimals than their currency.
 *
 * <pre>{@code
 * Money.of("0.0079", "USD").times(3);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param amount the amount, which may be negative (a balance in debt)
 * @param currency ISO 4217
 */
public record Money(BigDecimal amount, Currency currency) {

    /** Checks for nulls. */
    public Money {
        Objects.requireNonNull(amount, "amount");
        Objects.requireNonNull(currency, "currency");
    }

    /**
     * Reads an amount.
     *
     * @param amount a decimal number such as {@code 0.0079}
     * @param currency an ISO 4217 code such as {@code USD}
     * @return the money
     * @throws IllegalArgumentException if the currency is unknown or the amount isn't a number
     */
    public static Money of(String amount, String currency) {
        return new Money(new BigDecimal(amount), Currency.getInstance(currency));
    }

    /**
     * Multiplies, for example a price a segment by the number of segments.
     *
     * @param factor any number
     * @return the product in the same currency
     */
    public Money times(int factor) {
        return new Money(amount.multiply(BigDecimal.valueOf(factor)), currency);
    }

    /**
     * Adds an amount of the same currency.
     *
     * @param other what to add
     * @return the sum
     * @throws IllegalArgumentException if the currencies differ
     */
    public Money plus(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("can't add " + other.currency + " to " + currency + "; convert first");
        }
        return new Money(amount.add(other.amount), currency);
    }

    /**
     * The amount and the currency's code.
     *
     * @return such as {@code 0.0079 USD}
     */
    @Override
    public String toString() {
        return amount.toPlainString() + " " + currency.getCurrencyCode();
    }
}
