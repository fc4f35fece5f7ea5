package io.textonce.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a value stands: a JSON pointer (RFC 6901), the name of a parameter or regex group, or {@code ?name}, a parameter
 * of the webhook's own URL.
 */
final class Path {

    enum Kind {
        POINTER,
        NAME,
        QUERY
    }

    private final Kind kind;
    private final String name;
    private final List<String> steps;

    private Path(Kind kind, String name, List<String> steps) {
        this.kind = kind;
        this.name = name;
        this.steps = steps;
    }

    static Path of(String text) {
        if (text.startsWith("?")) {
            return new Path(Kind.QUERY, text.substring(1), List.of());
        }
        if (!text.isEmpty() && !text.startsWith("/")) {
            return new Path(Kind.NAME, text, List.of(text));
        }
        List<String> steps = new ArrayList<>();
        String[] parts = text.split("/", -1);
        for (int i = 1; i < parts.length; i++) {
            steps.add(parts[i].replace("~1", "/").replace("~0", "~"));
        }
        return new Path(Kind.POINTER, text, List.copyOf(steps));
    }

    Kind kind() {
        return kind;
    }

    /** The parameter's name, or the pointer's text. */
    String name() {
        return name;
    }

    /** The value in a JSON tree; a plain name is a member of its root. */
    @Nullable
    Object in(Object root) {
        Object at = root;
        for (int i = 0; i < steps.size(); i++) {
            Object next = step(at, steps.get(i));
            if (next == null) {
                return null;
            }
            at = next;
        }
        return at;
    }

    private static @Nullable Object step(Object at, String step) {
        if (at instanceof Map<?, ?> members) {
            return members.get(step);
        }
        if (at instanceof List<?> elements && step.length() <= 6 && isNumber(step)) {
            int index = Integer.parseInt(step);
            return index < elements.size() ? elements.get(index) : null;
        }
        return null;
    }

    private static boolean isNumber(String step) {
        return !step.isEmpty() && step.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    @Override
    public String toString() {
        return kind == Kind.QUERY ? "?" + name : name;
    }
}
