package io.textonce.spring;

import java.time.DateTimeException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that is wrong with the properties, each with the name of its own. */
final class Problems {

    /** Once each: what tenants inherit is read for each of them. */
    private final Set<String> found = new LinkedHashSet<>();

    void add(String property, String what) {
        found.add("textonce." + property + ": " + what);
    }

    /** What the SDK makes of it, or null with its complaint noted down. */
    <T> @Nullable T attempt(String property, Supplier<T> making) {
        try {
            return making.get();
        } catch (IllegalArgumentException | DateTimeException refused) {
            add(property, Objects.requireNonNullElse(refused.getMessage(), "isn't allowed"));
            return null;
        }
    }

    /** The value, or null with its absence noted down. */
    <T> @Nullable T required(String property, @Nullable T value, String how) {
        if (value == null) {
            add(property, "is missing: " + how);
        }
        return value;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    void check() {
        if (!found.isEmpty()) {
            throw new TextonceConfigurationException(List.copyOf(found));
        }
    }
}
