package io.textonce.examples.cli;

import io.textonce.Money;
import io.textonce.RateCard;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a segment costs, as options say it. */
final class Prices {

    private static final Pattern PRICE =
            Pattern.compile("(?:(\\+[0-9]{1,8})=)?([0-9]{1,9}(?:\\.[0-9]{1,9})?) ?([A-Z]{3})");

    private Prices() {}

    /**
     * Everything that was given, as a card.
     *
     * @return empty if nothing was
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    static Optional<RateCard> card(List<String> prices) {
        if (prices.isEmpty()) {
            return Optional.empty();
        }
        String currency = parse(prices.get(0)).group(3);
        RateCard.Builder card = RateCard.in(currency);
        for (String price : prices) {
            Matcher parts = parse(price);
            if (!parts.group(3).equals(currency)) {
                throw new IllegalArgumentException(
                        "--price: " + price + " isn't in " + currency + " as the first one is");
            }
            card.rate(parts.group(1) == null ? "+" : parts.group(1), parts.group(2));
        }
        return Optional.of(card.build());
    }

    /**
     * A price wherever a message goes.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    static Money everywhere(String price) {
        Matcher parts = parse(price);
        if (parts.group(1) != null) {
            throw new IllegalArgumentException(
                    "--price: " + price + " is for some numbers; leave " + parts.group(1) + "= out");
        }
        return Money.of(parts.group(2), parts.group(3));
    }

    private static Matcher parse(String price) {
        Matcher parts = PRICE.matcher(price);
        if (parts.matches()) {
            try {
                Money.of("0", parts.group(3));
                return parts;
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--price: " + price + ": " + parts.group(3) + " is no currency", e);
            }
        }
        throw new IllegalArgumentException(
                "--price: \"" + price + "\" is not an amount and a currency, such as 0.0079USD or +61=0.0515USD");
    }
}
