package io.textonce.text;

/**
 * Finds web addresses in running text: a word with {@code ://} in it, that starts with {@code www.}, or that is a domain
 * name followed by a slash.
 */
final class WebAddresses {
    private WebAddresses() {}

    /** The end of the address that starts a word at an index, or the index when none does. */
    static int end(String text, int index) {
        if ((index > 0 && isWordCharacter(text.charAt(index - 1))) || !isWordCharacter(text.charAt(index))) {
            return index;
        }
        int end = index;
        while (end < text.length() && !isBlank(text.charAt(end))) {
            end++;
        }
        while (end > index && isClosing(text.charAt(end - 1))) {
            end--;
        }
        return isAddress(text, index, end) ? end : index;
    }

    private static boolean isAddress(String text, int start, int end) {
        int slash = start;
        while (slash < end && text.charAt(slash) != '/') {
            slash++;
        }
        if (slash < end && text.startsWith("://", slash - 1) && slash + 2 < end) {
            return true;
        }
        if (text.regionMatches(true, start, "www.", 0, 4) && end > start + 4) {
            return true;
        }
        int dot = slash == end ? -1 : text.lastIndexOf('.', slash);
        if (dot <= start || slash - dot < 3) {
            return false;
        }
        for (int i = start; i < slash; i++) {
            char c = text.charAt(i);
            if (i > dot ? !Character.isLetter(c) : !(isWordCharacter(c) || c == '.' || c == '-')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWordCharacter(char c) {
        return Character.isLetterOrDigit(c);
    }

    private static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** Punctuation that ends a sentence or a quotation rather than an address. */
    private static boolean isClosing(char c) {
        return ".,;:!?)]}'\"\u2019\u201D\u00BB\u203A\u2026".indexOf(c) >= 0;
    }
}
