package io.textonce.example.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a request, so that all of it is told at once. */
final class Check {

    /** One thing that is wrong. */
    record Problem(String field, String problem) {}

    /** Everything that is wrong. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // never written anywhere
        private final List<Problem> problems;

        Failed(List<Problem> problems) {
            super(problems.size() + " problems");
            this.problems = List.copyOf(problems);
        }

        List<Problem> problems() {
            return problems;
        }
    }

    private final List<Problem> problems = new ArrayList<>();

    void problem(String field, String problem) {
        problems.add(new Problem(field, problem));
    }

    /** The text, or something harmless in its place. */
    String text(String field, @Nullable String value, int most) {
        String text = value == null ? "" : value;
        if (text.isBlank()) {
            problem(field, "is missing");
        } else if (text.length() > most) {
            problem(field, "has " + text.length() + " characters; at most " + most + " fit");
        }
        return text;
    }

    /** What is made of a value, unless that is refused. */
    <T> @Nullable T attempt(String field, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException | NullPointerException | java.time.DateTimeException refused) {
            problem(
                    field,
                    refused instanceof NullPointerException ? "is missing" : String.valueOf(refused.getMessage()));
            return null;
        }
    }

    /** Ends the request if anything is wrong. */
    void done() {
        if (!problems.isEmpty()) {
            throw new Failed(problems);
        }
    }
}
