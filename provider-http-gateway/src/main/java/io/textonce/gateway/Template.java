package io.textonce.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Text with variables in braces; a brace itself is written twice. Nothing in it is evaluated: a variable's value is put in, escaped
 * by whoever knows where it goes.
 */
final class Template {

    /** Text as it stands, or a variable's name. */
    private record Part(String text, boolean variable) {}

    private final List<Part> parts;

    private Template(List<Part> parts) {
        this.parts = parts;
    }

    static Template literal(String text) {
        return new Template(text.isEmpty() ? List.of() : List.of(new Part(text, false)));
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException saying what is wrong with the braces
     */
    static Template parse(String text) {
        List<Part> parts = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean doubled = i + 1 < text.length() && text.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                plain.append(c);
                i++;
            } else if (c == '{') {
                int end = text.indexOf('}', i);
                if (end < 0) {
                    throw new IllegalArgumentException("a brace is not closed; write {{ for a brace itself");
                }
                add(parts, plain);
                parts.add(new Part(text.substring(i + 1, end), true));
                i = end;
            } else if (c == '}') {
                throw new IllegalArgumentException("a brace closes nothing; write }} for a brace itself");
            } else {
                plain.append(c);
            }
        }
        add(parts, plain);
        return new Template(List.copyOf(parts));
    }

    private static void add(List<Part> parts, StringBuilder plain) {
        if (plain.length() > 0) {
            parts.add(new Part(plain.toString(), false));
            plain.setLength(0);
        }
    }

    List<String> variables() {
        return parts.stream().filter(Part::variable).map(Part::text).toList();
    }

    /** Whether it is one variable and nothing else. */
    boolean is(String variable) {
        return parts.size() == 1
                && parts.get(0).variable()
                && parts.get(0).text().equals(variable);
    }

    /** With the values put in that are known already; the others stay variables. */
    Template bind(Function<String, @Nullable String> known) {
        List<Part> bound = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        for (Part part : parts) {
            String value = part.variable() ? known.apply(part.text()) : part.text();
            if (value == null) {
                add(bound, plain);
                bound.add(part);
            } else {
                plain.append(value);
            }
        }
        add(bound, plain);
        return new Template(List.copyOf(bound));
    }

    boolean isConstant() {
        return parts.isEmpty() || (parts.size() == 1 && !parts.get(0).variable());
    }

    /** The text; null if a variable has no value. */
    @Nullable
    String render(Values values) {
        return render(values, UnaryOperator.identity());
    }

    @Nullable
    String render(Values values, UnaryOperator<String> escape) {
        if (parts.size() == 1) {
            return one(parts.get(0), values, escape);
        }
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            String value = one(part, values, escape);
            if (value == null) {
                return null;
            }
            text.append(value);
        }
        return text.toString();
    }

    private static @Nullable String one(Part part, Values values, UnaryOperator<String> escape) {
        if (!part.variable()) {
            return part.text();
        }
        String value = values.get(part.text());
        return value == null ? null : escape.apply(value);
    }

    /** As it was written. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            text.append(
                    part.variable()
                            ? '{' + part.text() + '}'
                            : part.text().replace("{", "{{").replace("}", "}}"));
        }
        return text.toString();
    }

    /** The text of a constant one. */
    String constant() {
        return Objects.requireNonNull(render(Values.NONE), "constant");
    }
}
