package io.textonce.example.platform;

import io.textonce.template.TemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Collects what is wrong with a request, so that all of it is told at once. */
final class Check {

    /** One thing that is wrong. */
    record Problem(String field, String problem) {}

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

    void atMost(String field, int count, int most) {
        if (count > most) {
            problem(field, "has " + count + "; at most " + most + " fit");
        }
    }

    /** What is made of a value, unless that is refused. */
    <T> @Nullable T attempt(String field, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException
                | NullPointerException
                | java.time.DateTimeException
                | TemplateException refused) {
            problem(
                    field,
                    refused instanceof NullPointerException ? "is missing" : String.valueOf(refused.getMessage()));
            return null;
        }
    }

    /** Ends the request if anything is wrong. */
    void done() {
        if (!problems.isEmpty()) {
            ProblemDetail all = ProblemDetail.forStatusAndDetail(
                    HttpStatus.UNPROCESSABLE_ENTITY, "The request can't be carried out as it is; nothing was sent.");
            all.setProperty("problems", problems);
            throw new ErrorResponseException(HttpStatus.UNPROCESSABLE_ENTITY, all, null);
        }
    }

    /** The value, unless anything is wrong. */
    <T> T done(@Nullable T value) {
        done();
        return Objects.requireNonNull(value);
    }
}
