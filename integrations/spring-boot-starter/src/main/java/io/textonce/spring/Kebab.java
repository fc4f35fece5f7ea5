package io.textonce.spring;

import java.util.Locale;

/** Names as they stand in properties. */
final class Kebab {

    private Kebab() {}

    /** {@code baseUrl} and {@code BASE_URL} to {@code base-url}. */
    static String of(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
    }
}
