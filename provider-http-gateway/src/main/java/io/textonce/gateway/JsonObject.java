package io.textonce.gateway;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An object of a profile while it is read: every problem is noted with its JSON path, and reading goes on. */
final class JsonObject {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z$_][A-Za-z0-9_$]*");
    private static final Pattern REPEATED = Pattern.compile("\\{([0-9]{1,4})(?:,([0-9]{0,4}))?\\}");
    /** RE2 writes a counted repetition out, and one within another multiplies it. */
    private static final int LONGEST_PATTERN = 1000;

    private static final int MOST_STEPS = 20_000;

    private final Map<String, Object> members;
    private final String path;
    private final List<String> problems;

    private JsonObject(Map<String, Object> members, String path, List<String> problems) {
        this.members = members;
        this.path = path;
        this.problems = problems;
    }

    /** An object of a kind; whatever it isn't allowed to have is a problem. */
    static JsonObject of(@Nullable Object value, String kind, String path, List<String> problems) {
        JsonObject object = plain(value, path, problems);
        List<String> allowed = Objects.requireNonNull(Members.OF.get(kind), kind);
        for (String name : object.members.keySet()) {
            if (!allowed.contains(name)) {
                object.problem(name, "isn't known; known are " + String.join(", ", allowed) + ".");
            }
        }
        return object;
    }

    /** An object whose members the writer names. */
    static JsonObject plain(@Nullable Object value, String path, List<String> problems) {
        Map<String, Object> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> members.put(String.valueOf(name), member));
        } else if (value != null) {
            problems.add(path + ": is " + shown(value) + "; it must be an object.");
        }
        return new JsonObject(members, path, problems);
    }

    void problem(String name, String what) {
        problems.add(at(name) + ": " + what);
    }

    String at(String name) {
        return name.isEmpty() ? path : PLAIN.matches(name) ? path + "." + name : path + "['" + name + "']";
    }

    List<String> problems() {
        return problems;
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    @Nullable
    Object get(String name) {
        return members.get(name);
    }

    Iterable<String> names() {
        return members.keySet();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    @Nullable
    String text(String name) {
        Object value = members.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        problem(name, "is " + shown(value) + "; it must be a text.");
        return null;
    }

    String text(String name, String otherwise) {
        return Objects.requireNonNullElse(text(name), otherwise);
    }

    String required(String name, String remedy) {
        if (!has(name)) {
            problem(name, "is missing: " + remedy);
        }
        return text(name, "");
    }

    boolean flag(String name) {
        Object value = members.get(name);
        if (value != null && !(value instanceof Boolean)) {
            problem(name, "is " + shown(value) + "; it must be true or false.");
        }
        return Boolean.TRUE.equals(value);
    }

    int number(String name, int least, int most, int otherwise) {
        Object value = members.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Json.Num number && number.text().matches("[0-9]{1,9}")) {
            int found = Integer.parseInt(number.text());
            if (found >= least && found <= most) {
                return found;
            }
        }
        problem(name, "is " + shown(value) + "; allowed are whole numbers from " + least + " to " + most + ".");
        return otherwise;
    }

    <E extends Enum<E>> E word(String name, Class<E> type, @Nullable E otherwise) {
        String word = text(name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(word)) {
                return constant;
            }
        }
        if (word != null || (otherwise == null && !has(name))) {
            String allowed = Stream.of(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
            problem(name, (word == null ? "is missing" : "is " + shown(word)) + "; allowed are " + allowed + ".");
        }
        return otherwise == null ? type.getEnumConstants()[0] : otherwise;
    }

    String word(String name, List<String> allowed, String otherwise) {
        String word = text(name);
        if (word != null && !allowed.contains(word)) {
            problem(name, "is " + shown(word) + "; allowed are " + String.join(", ", allowed) + ".");
            return otherwise;
        }
        return word == null ? otherwise : word;
    }

    JsonObject object(String name, String kind) {
        return of(members.get(name), kind, at(name), problems);
    }

    JsonObject open(String name) {
        return plain(members.get(name), at(name), problems);
    }

    /** The elements of an array, each read with its path; a value that is no array is a problem. */
    <T> List<T> list(String name, BiFunction<Object, String, @Nullable T> read) {
        Object value = members.get(name);
        List<T> all = new ArrayList<>();
        if (value instanceof List<?> elements) {
            for (int i = 0; i < elements.size(); i++) {
                T one = read.apply(elements.get(i), at(name) + "[" + i + "]");
                if (one != null) {
                    all.add(one);
                }
            }
        } else if (value != null) {
            problem(name, "is " + shown(value) + "; it must be an array.");
        }
        return List.copyOf(all);
    }

    /** Texts, numbers and truth values as texts. */
    List<String> scalars(String name) {
        return list(name, (value, place) -> {
            String text = Json.scalar(value);
            if (text == null) {
                problems.add(place + ": is " + shown(value) + "; it must be a text, number or truth value.");
            }
            return text;
        });
    }

    @Nullable
    Pattern pattern(String name) {
        String text = text(name);
        return text == null ? null : pattern(text, at(name), problems);
    }

    static @Nullable Pattern pattern(String text, String place, List<String> problems) {
        if (text.length() > LONGEST_PATTERN || steps(text) > MOST_STEPS) {
            problems.add(place + ": is too large a pattern; allowed are " + LONGEST_PATTERN + " characters and "
                    + MOST_STEPS + " steps, all counted repetitions multiplied: use * or + instead of {n}.");
            return null;
        }
        try {
            return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException wrong) {
            problems.add(place + ": isn't a pattern of RE2's syntax (" + wrong.getDescription()
                    + "): look-around and back references aren't in it.");
            return null;
        }
    }

    /** At most this many, as if each repetition stood within all others. */
    private static long steps(String pattern) {
        long steps = Math.max(1, pattern.length());
        Matcher repeated = REPEATED.matcher(pattern);
        while (repeated.find() && steps <= MOST_STEPS) {
            String most =
                    repeated.group(2) == null || repeated.group(2).isEmpty() ? repeated.group(1) : repeated.group(2);
            steps *= Math.max(1, Integer.parseInt(most));
        }
        return steps;
    }

    @Nullable
    Path path(String name) {
        String text = text(name);
        return text == null ? null : Path.of(text);
    }

    static String shown(Object value) {
        if (value instanceof Map) {
            return "an object";
        }
        if (value instanceof List) {
            return "an array";
        }
        String text = value.toString();
        String visible = text.codePoints()
                .limit(60)
                .map(c -> c >= ' ' && c <= '~' ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return value instanceof String ? '"' + visible + '"' : visible.toLowerCase(Locale.ROOT);
    }
}
