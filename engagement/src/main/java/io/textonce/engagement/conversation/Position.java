package io.textonce.engagement.conversation;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;

/**
 * A place in a list that is ordered by time: hosts hand it to their users as a text and get it back, stores compare it.
 *
 * <pre>{@code
 * Position last = Position.parse(request.parameter("before"));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param at the instant, in whole microseconds
 * @param number tells those of one instant apart
 */
public record Position(Instant at, long number) implements Comparable<Position> {

    private static final Comparator<Position> ORDER =
            Comparator.comparing(Position::at).thenComparingLong(Position::number);

    static String of(Instant at, long number) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at) + "-" + number;
    }

    /**
     * Reads a position.
     *
     * @param text what {@link TimelineEntry#position()} or {@link Conversation#position()} gave
     * @return the position
     * @throws IllegalArgumentException if it is anything else
     */
    public static Position parse(String text) {
        if (!text.matches("-?[0-9]{1,18}-[0-9]{1,18}")) {
            throw new IllegalArgumentException("position: not one that an entry or a conversation gave");
        }
        int hyphen = text.lastIndexOf('-');
        return new Position(
                Instant.EPOCH.plus(Long.parseLong(text.substring(0, hyphen)), ChronoUnit.MICROS),
                Long.parseLong(text.substring(hyphen + 1)));
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }
}
