package io.textonce.engagement.conversation;

import io.textonce.PhoneNumber;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A person whom the host knows, with their numbers.
 *
 * <pre>{@code
 * new Contact("patient-17", "Case 17", List.of(new Contact.Line("mobile", mobile), new Contact.Line("emergency", sister)));
 * }</pre>
 *
 * <p>Immutable and thread-safe. {@link #toString()} shows neither name nor number.
 *
 * @param id the host's id, 1 to 128 characters; it may stand in logs
 * @param name what to show; personal data
 * @param lines the numbers; the first is the one to write to unless somebody chooses another
 */
public record Contact(String id, String name, List<Line> lines) {

    /**
     * A number and what it is.
     *
     * <p>Immutable and thread-safe.
     *
     * @param label such as mobile, phone, emergency contact
     * @param number the number
     */
    public record Line(String label, PhoneNumber number) {
        /** Checks for nulls. */
        public Line {
            Objects.requireNonNull(label, "label");
            Objects.requireNonNull(number, "number");
        }
    }

    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException if the id is empty or too long
     */
    public Contact {
        Objects.requireNonNull(name, "name");
        lines = List.copyOf(lines);
        if (id.isEmpty() || id.length() > 128) {
            throw new IllegalArgumentException("contact id: has " + id.length() + " characters; must have 1 to 128");
        }
    }

    /**
     * What one of the numbers is.
     *
     * @param number any number
     * @return its label, or empty if it isn't theirs
     */
    public Optional<String> labelOf(PhoneNumber number) {
        return lines.stream()
                .filter(line -> line.number().equals(number))
                .map(Line::label)
                .findFirst();
    }

    @Override
    public String toString() {
        return "Contact[" + id + ", " + lines.size() + " numbers]";
    }
}
