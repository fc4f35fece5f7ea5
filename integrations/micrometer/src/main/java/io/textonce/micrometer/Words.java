package io.textonce.micrometer;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Our words as values of tags. */
final class Words {

    private Words() {}

    static String of(@Nullable Enum<?> word) {
        return word == null ? "none" : word.name().toLowerCase(Locale.ROOT);
    }
}
