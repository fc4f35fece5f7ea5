package io.textonce.text;

/**
 * Finds web addresses in running text: a word with {@code ://} in it, that starts with {@code www.}, or that is a domain
 * name followed by a slash.
 *
 * <p>Asked for ascending indexes. What it learns of a stretch without blanks it keeps, because a stretch may be all of a
 * long text and hold many words. Not thread-safe.
 */
final class WebAddresses {
    private final String text;

    /** The end of the stretch without blanks that was looked at last, and where its closing punctuation starts. */
    private int stretchEnd;

    private int wordsEnd;

    /** The first slash from there on, or {@code wordsEnd}, and the last dot before it, or -1. */
    private int slash = -1;

    private int dot;

    /** Whether letters alone stand between dot and slash, and the last unit before the dot that no domain name has. */
    private boolean topLevel;

    private int lastForeign;

    WebAddresses(String text) {
        this.text = text;
    }

    /** The end of the address that starts a word at an index, or the index when none does. */
    int end(int index) {
        if ((index > 0 && isWordCharacter(text.charAt(index - 1))) || !isWordCharacter(text.charAt(index))) {
            return index;
        }
        if (index >= stretchEnd) {
            stretchEnd = index;
            while (stretchEnd < text.length() && !isBlank(text.charAt(stretchEnd))) {
                stretchEnd++;
            }
            wordsEnd = stretchEnd;
            while (wordsEnd > index && isClosing(text.charAt(wordsEnd - 1))) {
                wordsEnd--;
            }
            slash = -1;
        }
        if (slash < index) {
            findSlash(index);
        }
        return isAddress(index) ? wordsEnd : index;
    }

    private void findSlash(int start) {
        slash = start;
        dot = -1;
        while (slash < wordsEnd && text.charAt(slash) != '/') {
            dot = text.charAt(slash) == '.' ? slash : dot;
            slash++;
        }
        topLevel = true;
        for (int i = Math.max(start, dot + 1); i < slash; i++) {
            topLevel &= Character.isLetter(text.charAt(i));
        }
        lastForeign = dot;
        while (lastForeign >= start && isOfDomain(text.charAt(lastForeign))) {
            lastForeign--;
        }
    }

    private boolean isAddress(int start) {
        if (slash < wordsEnd && text.startsWith("://", slash - 1) && slash + 2 < wordsEnd) {
            return true;
        }
        if (text.regionMatches(true, start, "www.", 0, 4) && wordsEnd > start + 4) {
            return true;
        }
        return slash < wordsEnd && dot > start && slash - dot >= 3 && topLevel && lastForeign < start;
    }

    private static boolean isOfDomain(char c) {
        return isWordCharacter(c) || c == '.' || c == '-';
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
