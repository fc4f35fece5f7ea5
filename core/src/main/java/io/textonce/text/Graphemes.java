package io.textonce.text;

import java.util.Arrays;

/**
 * Where grapheme clusters end, the same on every Java runtime.
 *
 * <p>Unicode Standard Annex 29, extended grapheme clusters, with the properties of Unicode 17.0
 * (GraphemeBreakProperty.txt and emoji-data.txt, Unicode License v3), and two exceptions that Twilio's segment calculator
 * makes: CR LF is two clusters, and rule GB9c (Indic conjuncts) is not applied. The runtime's own tables differ between
 * versions, which is why they are not used.
 */
final class Graphemes {
    private static final byte OTHER = 0;
    private static final byte CONTROL = 1;
    private static final byte EXTEND = 2;
    private static final byte ZWJ = 3;
    private static final byte REGIONAL = 4;
    private static final byte PREPEND = 5;
    private static final byte SPACING = 6;
    private static final byte L = 7;
    private static final byte V = 8;
    private static final byte T = 9;
    private static final byte PICTOGRAPHIC = 10;
    private static final byte LV = 11;
    private static final byte LVT = 12;

    /** The letters of the classes in {@link #RANGES}, by value. */
    private static final String LETTERS = "-CEZRPSLVTX";

    /** Below this, and without a class that joins forward, each character is a cluster of its own. */
    static final int FIRST_JOINING = 0x300;

    /**
     * Ranges of code points in ascending order: the letter of the class, the distance from the end of the last range, and
     * after a hyphen how many more code points follow; numbers in base 36.
     */
    private static final String RANGES =
            "C0-vC2n-wX9C3X0Egh-33E7n-6E7b-18E1E1-1E1-1E1P1k-5Ea-aC1E1a-kEgE2t-6P0E1-5E2-1E1-3PxE1Eu-qE2j-a"
                    + "E1m-8E9Eo-3E1-8E1-2E1-4E17-2P1g-1E5-8E16-nP0E0-vS0E1iS0E0S1-2E0-7S0-3E0S0-1E1-6Ea-1EtS0-1E1kE1"
                    + "S0-1E0-3S2-1S2-1E0E9Ea-1EqE2-1S0E1kS1-2E0-1E4-1E2-2E3Eu-1E3Eb-1S0E1kS1-2E0-4E1-1S0S1-1E0Ek-1"
                    + "Em-5E1S0-1E1kE1-1S0E0-3S2-1S2-1E0E7-2Ea-1EuE1nS0E0S0-1S3-2S1-2E0E9E14S0-2E0E1jE1-2S0-3E1-2E1-3"
                    + "E7-1Eb-1EtS0-1E1kS1E0-1S0E0S0-1E1-2E1-3E7-1Eb-1SfEc-1S0-1E1j-1E1S0-1E0-3S1-2S1-2E0P0E8Ea-1Et"
                    + "S0-1E1yE4S0-1E0-2E1S1-6E0Si-1E1pS1E0-6Ec-7E2qS1E0-8Eb-6E21-1ErE1E1S4-1E1d-dS0E0-4E1-1E5-aE1-zE9"
                    + "E2u-3S0E0-5E1-1S0-1E0-1Sn-1E0-1E4-2Eg-3EdS1E0-1E6EfL2q-2nV0-1zT0-2fE9p-2Eqa-3Es-2Et-1Eu-1E1s-1"
                    + "S0E0-6S0-7E0S0-1E0-aE9E19-2C0E0E39-1EyE3a-2S0-3E0-1S0-2S4-1E0S0-5E0-2E63-1S0-1E0S1lE0S0E0-6E1E1"
                    + "E2-7S0-5E0-9E2E1c-19E2-bEk-3S0E1b-9S0-3E0-2E12-8Ec-1S0SuE0-3S0-1E0-5E1kS0E0-1S0-2E0S0E0-4S1c-7"
                    + "E0-7S0-1E0-1E48-2E1-cS0E0-6E4E6S2E0-1E5i-1rCejE0Z0C0-1Co-6XdXcCm-fE2o-wX1dXmX2i-5Xf-1Xa7-1XcX4m"
                    + "Xp-aX4-2X5jX6f-1XaX9X1m-3X1-4X9X2X2-1X2X4X2X1-1X2X3X3-1X8-2X5X1X5-bXb-1X2X1-1X1XiX2-1Xi-5X1X1-1"
                    + "X3-1X5X2-1X4-1Xb-1X5-1X2X5-1X1X1-1Xk-1X5-5X1-3X2X4X2X2-5X1X2X1X1X6X3X6Xa-1XfX2X4X1X4-2X1Xb-1"
                    + "X1c-2X9XeXeXac-1Xcv-2Xj-1X1fX4Ebd-2E3xE2o-vEfe-5X0XcE2j-1Xe4X1Emvp-3E1-9Ew-1E28-1E7kE3E4Sn-1"
                    + "E0-1S0E4S2b-1S1e-fE0-1Eq-hEdE12-7Ep-aS0E0Lc-sE3-2S0E1bS0-1E0-3S0-1E0-1S0-1E0E10E1v-5S0-1E0-1"
                    + "S0-1E0-1EcE8S0E1aE1fE1-2E2-1E5-1E1S15E0-1S0-1S5E0S6k-1E0S0-1E0S0-1S1E0V8n6-mT4-1cE6xuEkh-fEg-f"
                    + "C5rE4e-1C28-bEe9E6aE45-4E1ae-2E1-1E5-3E14-2E4E4l-1Efx-3E1t-4E8t-1E25-5E1y-aE1d-3S3eE0S0E1h-eE15"
                    + "E2-1Ea-2S0S19-2E0-3S0-1E0-1P2E4PaE1e-2E10-4S0E0-7Sg-1E18Ec-1S0S1c-2E0-8S0E0P1-1E5-3S1E0S2k-2"
                    + "E0-2S0-1E0-3E6E2E4dS0-2E0-7El-1S0-1E1j-1E1S0E0S0-3S2-1S2-1E0E9Sa-1E2-6E3-4E1vS0-1E0-5E1E2E1-2S0"
                    + "S1-1E0-2P0E0Ee-1S2a-2E0-7S0-1E0-2S0E0EnE29S0-1E0-5S0E0S0-1E0S0E0-1S0E0-1E6jS0-1E0-3S2-3E0-1S0"
                    + "E0-1Er-1S2a-2E0-7S0-1E0S0E0-1E2yS0E0S0-1E0-7E2tS0E0E2-3S0E0-4S74-2E0-8S0E0-1E6tS0-4S1-1E2-3P0S0"
                    + "P0S0E0S3x-2E0-3E2-1S0-3E0S3Es-9E14-5S0E1-3E8E9-5S0-1E0-2P14-5E0-cS0E0-1E5iS0E0-2S0E0S0S5jE0-6"
                    + "E1-5S0E0E2a-lS1E0-6S0E0-1S0E0-1E3e-5E3E1-1E1-6P0E0S1u-4E1-1S1-1E0S0E0E9n-1S0-1E9-1P0S0S1c-1E0-4"
                    + "S3-1E0-2EnC445-fE0E6-eE8ug-bS0-2E0-2E1xc-4E1n-6VfgV3-3EdgS1-1iE7-3E29Eb-1Ef57-1C1-3E3mk-19E2-m"
                    + "Ef2-4E3-5C0-7E0-7E2-6Eu-3E44-2E1iz-1iE4-1dE8EeEm-4E1-eE11s-6E1-gE2-6E1-1E1-4E2sE4g-6EafE1p-3"
                    + "Ee4-3E72-1E6rE2E7-1E5Ed6-6E31-6X1btX13-3X2s-bXf-1XfXe-1X11-9X34-1Xc-1XeX2-9Xj-1jR0-pX1-eXaXk"
                    + "X2-8X1-3X9-mX6-57X2-33X2-1X1-2X2-2aX2-2X1-3E0-4X0-71X1-1qXb-5X1-nX7-1X2-7XcX2-3X2X4-1Xd-1X2X8-1"
                    + "X9X5-2Xc-2X8-2X2X1X4X6X3X6-2dX1c-1xX5-7X2-gX3X1-5X2-cX62-11Xc-3X1k-7Xa-5X14-7Xu-1Xc-3X2-dX9-12"
                    + "Xc-1aX1-9X1-54X2g-7Xe-41X74-sdCgute-vE0-2nC0-3jE0-6nC0-2rz";

    /** No class is assigned from here on. */
    private static final int END = 0xE1000;

    private static final byte[][] PAGES = pages();

    private Graphemes() {}

    /** The index after the cluster that starts at an index; the text is not empty there. */
    static int end(CharSequence text, int start) {
        int length = text.length();
        char first = text.charAt(start);
        if (first < FIRST_JOINING && (start + 1 == length || text.charAt(start + 1) < FIRST_JOINING)) {
            return start + 1;
        }
        int codePoint = Character.codePointAt(text, start);
        int index = start + Character.charCount(codePoint);
        int last = classOf(codePoint);
        // GB11 and GB12/13 look further back than one code point: whether the last ones are a pictograph with its
        // extensions (and at most one joiner), and whether they are an odd number of regional indicators.
        boolean pictographic = last == PICTOGRAPHIC;
        boolean oddRegional = last == REGIONAL;
        while (index < length) {
            codePoint = Character.codePointAt(text, index);
            int next = classOf(codePoint);
            if (!joins(last, next)
                    && !(pictographic && last == ZWJ && next == PICTOGRAPHIC)
                    && !(oddRegional && next == REGIONAL)) {
                return index;
            }
            pictographic = next == PICTOGRAPHIC || (pictographic && last != ZWJ && (next == EXTEND || next == ZWJ));
            oddRegional = next == REGIONAL && !oddRegional;
            last = next;
            index += Character.charCount(codePoint);
        }
        return index;
    }

    /**
     * The start of the cluster that holds the code point at an index, or the index itself when a cluster starts there.
     *
     * @param from the start of a cluster at or before the index
     */
    static int start(String text, int from, int index) {
        int start = index;
        while (start > from && !isCertainBoundary(text, start)) {
            start--;
        }
        while (start < index) {
            int end = end(text, start);
            if (end > index) {
                return start;
            }
            start = end;
        }
        return start;
    }

    /** Whether a cluster ends before an index, seen from the two code points around it alone. */
    private static boolean isCertainBoundary(String text, int index) {
        char next = text.charAt(index);
        char last = text.charAt(index - 1);
        if (next < FIRST_JOINING && last < FIRST_JOINING) {
            return true;
        }
        if (Character.isSurrogatePair(last, next)) {
            return false;
        }
        int lastClass = classOf(text.codePointBefore(index));
        int nextClass = classOf(Character.codePointAt(text, index));
        return !joins(lastClass, nextClass)
                && !(lastClass == ZWJ && nextClass == PICTOGRAPHIC)
                && !(lastClass == REGIONAL && nextClass == REGIONAL);
    }

    /** The rules that need one code point on each side. */
    private static boolean joins(int last, int next) {
        if (last == CONTROL || next == CONTROL) {
            return false;
        }
        if (next == EXTEND || next == ZWJ || next == SPACING || last == PREPEND) {
            return true;
        }
        return switch (last) {
            case L -> next == L || next == V || next == LV || next == LVT;
            case V, LV -> next == V || next == T;
            case T, LVT -> next == T;
            default -> false;
        };
    }

    private static int classOf(int codePoint) {
        if (codePoint >= 0xAC00 && codePoint <= 0xD7A3) {
            return (codePoint - 0xAC00) % 28 == 0 ? LV : LVT;
        }
        return codePoint >= END ? OTHER : PAGES[codePoint >>> 8][codePoint & 0xFF];
    }

    private static byte[][] pages() {
        byte[][] pages = new byte[END >>> 8][];
        byte[] none = new byte[256];
        Arrays.fill(pages, none);
        fill(pages, none, Character.MIN_SURROGATE, Character.MAX_SURROGATE, CONTROL);
        int position = 0;
        int from = 0;
        while (position < RANGES.length()) {
            byte value = (byte) LETTERS.indexOf(RANGES.charAt(position));
            int hyphen = 0;
            int end = position + 1;
            while (end < RANGES.length() && LETTERS.indexOf(RANGES.charAt(end)) <= 0) {
                if (RANGES.charAt(end) == '-') {
                    hyphen = end;
                }
                end++;
            }
            from += Integer.parseInt(RANGES, position + 1, hyphen == 0 ? end : hyphen, 36);
            int more = hyphen == 0 ? 0 : Integer.parseInt(RANGES, hyphen + 1, end, 36);
            fill(pages, none, from, from + more, value);
            from += more + 1;
            position = end;
        }
        return pages;
    }

    private static void fill(byte[][] pages, byte[] none, int from, int to, byte value) {
        for (int codePoint = from; codePoint <= to; codePoint++) {
            int page = codePoint >>> 8;
            if (pages[page] == none) {
                pages[page] = new byte[256];
            }
            pages[page][codePoint & 0xFF] = value;
        }
    }
}
