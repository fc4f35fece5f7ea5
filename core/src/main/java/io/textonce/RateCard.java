package io.textonce;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a segment costs, by provider and by destination: the longest E.164 prefix wins, and a rate for a named provider
 * beats one for any.
 *
 * <p>Guaranteed: no rate means no estimate, never a price of zero. Not guaranteed: that it is what the provider bills;
 * reports bring the true price.
 *
 * <pre>{@code
 * RateCard rates = RateCard.in("USD").rate("+61", "0.0515").rate("twilio", "+1", "0.0079").build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class RateCard {

    private static final String ANY = "";

    private final Currency currency;
    private final Map<String, Map<String, BigDecimal>> rates;

    private RateCard(Builder b) {
        this.currency = b.currency;
        Map<String, Map<String, BigDecimal>> copy = new HashMap<>();
        b.rates.forEach((provider, prefixes) -> copy.put(provider, Map.copyOf(prefixes)));
        this.rates = Map.copyOf(copy);
    }

    /**
     * Starts a rate card.
     *
     * @param currency ISO 4217, such as {@code USD}
     * @return a builder
     * @throws IllegalArgumentException if the currency is unknown
     */
    public static Builder in(String currency) {
        return new Builder(Currency.getInstance(currency));
    }

    /**
     * The currency of all rates.
     *
     * @return the currency
     */
    public Currency currency() {
        return currency;
    }

    /**
     * What one segment costs.
     *
     * @param provider the provider's instance name
     * @param to the destination
     * @return the price, or empty where the card has none
     */
    public Optional<Money> perSegment(String provider, PhoneNumber to) {
        BigDecimal own = longest(rates.get(provider), to.e164());
        BigDecimal rate = own != null ? own : longest(rates.get(ANY), to.e164());
        return rate == null ? Optional.empty() : Optional.of(new Money(rate, currency));
    }

    private static @Nullable BigDecimal longest(@Nullable Map<String, BigDecimal> prefixes, String e164) {
        if (prefixes == null) {
            return null;
        }
        for (int end = Math.min(e164.length(), 9); end > 0; end--) {
            BigDecimal rate = prefixes.get(e164.substring(0, end));
            if (rate != null) {
                return rate;
            }
        }
        return null;
    }

    /**
     * Collects rates.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final Currency currency;
        private final Map<String, Map<String, BigDecimal>> rates = new HashMap<>();

        private Builder(Currency currency) {
            this.currency = currency;
        }

        /**
         * A rate for any provider.
         *
         * @param prefix {@code +} for everywhere, or up to 8 digits after the plus sign, such as {@code +61}
         * @param perSegment a decimal number, zero or more
         * @return this builder
         * @throws IllegalArgumentException if either is malformed
         */
        public Builder rate(String prefix, String perSegment) {
            return put(ANY, prefix, perSegment);
        }

        /**
         * A rate for one provider.
         *
         * @param provider the provider's instance name
         * @param prefix {@code +} for everywhere, or up to 8 digits after the plus sign
         * @param perSegment a decimal number, zero or more
         * @return this builder
         * @throws IllegalArgumentException if any is malformed
         */
        public Builder rate(String provider, String prefix, String perSegment) {
            if (provider.isEmpty()) {
                throw new IllegalArgumentException("rate: the provider's name is empty; leave it out for any provider");
            }
            return put(provider, prefix, perSegment);
        }

        private Builder put(String provider, String prefix, String perSegment) {
            Objects.requireNonNull(provider, "provider");
            if (!prefix.matches("\\+[0-9]{0,8}")) {
                throw new IllegalArgumentException("rate: prefix \"" + Printable.of(prefix)
                        + "\" is not a plus sign and at most 8 digits, such as +61");
            }
            BigDecimal amount = new BigDecimal(perSegment);
            if (amount.signum() < 0) {
                throw new IllegalArgumentException("rate: " + perSegment + " is negative; a price is zero or more");
            }
            rates.computeIfAbsent(provider, p -> new HashMap<>()).put(prefix, amount);
            return this;
        }

        /**
         * Builds the card.
         *
         * @return the card
         */
        public RateCard build() {
            return new RateCard(this);
        }
    }
}
