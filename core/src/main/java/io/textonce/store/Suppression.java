package io.textonce.store;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's choice to have no more messages, or to have them again.
 *
 * <p>Immutable and thread-safe.
 *
 * @param number whose choice
 * @param scope the sender that it is about, or null for every sender of the tenant
 * @param choice out or in
 * @param at when it was made; the later choice wins, and out wins a tie
 * @param source how we learned of it, such as {@code keyword} or {@code twilio 21610}
 */
public record Suppression(PhoneNumber number, @Nullable SenderId scope, Choice choice, Instant at, String source) {

    /** Out or in. Frozen at two. */
    public enum Choice {
        /** No more messages. */
        OPT_OUT,
        /** Messages are welcome again. */
        OPT_IN
    }

    /** Checks for nulls. */
    public Suppression {
        Objects.requireNonNull(number, "number");
        Objects.requireNonNull(choice, "choice");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(source, "source");
    }
}
