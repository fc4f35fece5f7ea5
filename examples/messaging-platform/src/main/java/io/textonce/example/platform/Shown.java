package io.textonce.example.platform;

import io.textonce.Money;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** An object of an answer, as JSON has it: without what there isn't. */
final class Shown extends LinkedHashMap<String, Object> {

    private static final long serialVersionUID = 1L;

    Shown with(String name, @Nullable Object value) {
        if (value instanceof Optional<?> optional) {
            optional.ifPresent(present -> with(name, present));
        } else if (value instanceof OptionalInt number) {
            number.ifPresent(present -> put(name, present));
        } else if (value instanceof OptionalDouble number) {
            number.ifPresent(present -> put(name, present));
        } else if (value instanceof Enum<?> word) {
            put(name, word.name().toLowerCase(Locale.ROOT));
        } else if (value instanceof Money money) {
            put(name, text(money));
        } else if (value != null) {
            put(name, value);
        }
        return this;
    }

    static String text(Money money) {
        return money.amount().stripTrailingZeros().toPlainString() + " " + money.currency();
    }
}
