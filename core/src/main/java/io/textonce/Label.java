package io.textonce;

import java.util.Objects;

/**
 * A name and a value that the host hangs on a message: stored, queryable, a key for limits and statistics, never sent.
 *
 * <pre>{@code
 * SmsMessage.to(number).label("user", "456").label("type", "reminder").text("Tomorrow at 9").build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param name 1 to 32 characters of {@code a-z 0-9 _ . -}
 * @param value 1 to 128 characters without control characters
 */
public record Label(String name, String value) {

    /**
     * Checks name and value.
     *
     * @throws IllegalArgumentException if either is out of its range
     */
    public Label {
        Objects.requireNonNull(name, "label name");
        Objects.requireNonNull(value, "label value");
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "label name: \"" + Printable.of(name) + "\" is not 1 to 32 characters of a-z 0-9 _ . -");
        }
        if (value.isEmpty() || value.length() > 128 || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("label " + name + ": \"" + Printable.of(value)
                    + "\" is not 1 to 128 characters without control characters");
        }
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-') {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= 32;
    }
}
