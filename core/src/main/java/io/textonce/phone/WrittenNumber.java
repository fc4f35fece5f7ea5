package io.textonce.phone;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The digits of a number as people write it, or what keeps the text from being a number. Stricter than libphonenumber,
 * which would dial letters and drop what it doesn't know: a typing mistake must not become somebody else's number.
 */
final class WrittenNumber {

    static final int LONGEST = 64;

    private static final String SEPARATORS = "\t./()[]~\u00B7\u2212\u30FC\uFF0E\uFF0F\uFF08\uFF09\uFF3B\uFF3D\uFF5E";
    private static final Set<String> EXTENSION_MARKS = Set.of(
            "#",
            "\uFF03",
            ",",
            ",,",
            ";",
            "x",
            "ext",
            "extn",
            "extension",
            ";ext=",
            "int",
            "anexo",
            "\u0434\u043E\u0431");
    private static final char RIGHT_TO_LEFT_OVERRIDE = '\u202E';
    private static final int SHORTEST_BEFORE_EXTENSION = 5;
    private static final int LONGEST_EXTENSION = 9;

    /** ASCII digits, after a plus sign if one was written. */
    final String dialled;

    /** A clause for people, such as "has letters in it", or null when {@link #dialled} may be parsed. */
    final @Nullable String problem;

    private WrittenNumber(String dialled, @Nullable String problem) {
        this.dialled = dialled;
        this.problem = problem;
    }

    boolean hasPlus() {
        return dialled.startsWith("+");
    }

    static WrittenNumber read(@Nullable String raw) {
        if (raw == null || raw.isBlank()) {
            return refused("nothing is given");
        }
        if (raw.length() > LONGEST) {
            return refused("has " + raw.length() + " characters, at most " + LONGEST + " are read");
        }
        String text = raw.strip();
        StringBuilder dialled = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = Character.digit(c, 10);
            if (digit >= 0) {
                dialled.append((char) ('0' + digit));
            } else if (c == '+' || c == '\uFF0B') {
                if (!dialled.isEmpty()) {
                    return refused("has a plus sign that isn't the only one at its front");
                }
                dialled.append('+');
            } else if (!isSeparator(c)) {
                return refused(whyNot(text, i, dialled.length()));
            }
        }
        String result = dialled.toString();
        return result.isEmpty() || result.equals("+") ? refused("has no digits") : new WrittenNumber(result, null);
    }

    private static WrittenNumber refused(String problem) {
        return new WrittenNumber("", problem);
    }

    /** Invisible format characters come along when numbers are copied from address books and web pages. */
    private static boolean isSeparator(char c) {
        if (SEPARATORS.indexOf(c) >= 0) {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.SPACE_SEPARATOR, Character.DASH_PUNCTUATION -> true;
            case Character.FORMAT -> c != RIGHT_TO_LEFT_OVERRIDE;
            default -> false;
        };
    }

    private static String whyNot(String text, int index, int digitsBefore) {
        char c = text.charAt(index);
        if (c == RIGHT_TO_LEFT_OVERRIDE) {
            return "has a character that reverses how it looks (U+202E)";
        }
        if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
            return "has a line break or control character in it; give one number alone";
        }
        if (digitsBefore >= SHORTEST_BEFORE_EXTENSION && isExtension(text, index)) {
            return "has an extension, which a text message can't reach; leave it out";
        }
        return Character.isLetter(text.codePointAt(index))
                ? "has letters in it; dial words as digits"
                : "has a sign that isn't part of a number; digits, a plus sign, blanks and . - / ( ) are";
    }

    /** A word or sign such as "ext.", "x" or ";ext=", then a few digits, then nothing. */
    private static boolean isExtension(String text, int start) {
        int digits = text.length();
        while (digits > start && Character.digit(text.charAt(digits - 1), 10) >= 0) {
            digits--;
        }
        int count = text.length() - digits;
        if (count < 1 || count > LONGEST_EXTENSION) {
            return false;
        }
        String mark = text.substring(start, digits).strip().toLowerCase(Locale.ROOT);
        return EXTENSION_MARKS.contains(mark.replaceAll("[.:]", ""));
    }
}
