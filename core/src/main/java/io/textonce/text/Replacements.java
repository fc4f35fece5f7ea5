package io.textonce.text;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What may stand for a character that GSM-7 lacks. Every replacement is in the default alphabet. */
final class Replacements {
    private static final char FIRST_MARK = 0x300;
    private static final char LAST_MARK = 0x36F;

    /** Looks the same on a handset, or is not seen at all. */
    private static final Map<Integer, String> TYPOGRAPHIC = typographicMap();

    /** Says nearly the same. */
    private static final Map<Integer, String> LOSSY = lossyMap();

    private Replacements() {}

    static @Nullable String typographic(int codePoint) {
        if (codePoint >= 0xFF01 && codePoint <= 0xFF5E) {
            int ascii = codePoint - 0xFF01 + '!';
            return ascii == '`' ? "'" : Character.toString(ascii);
        }
        return TYPOGRAPHIC.get(codePoint);
    }

    static @Nullable String lossy(int codePoint) {
        String listed = LOSSY.get(codePoint);
        return listed != null ? listed : baseLetter(codePoint);
    }

    static boolean isCombining(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }

    /** The ASCII letter under the accents of a Latin letter; nothing for an accent that is left without its letter. */
    private static @Nullable String baseLetter(int codePoint) {
        if (codePoint >= FIRST_MARK && codePoint <= LAST_MARK) {
            return "";
        }
        if (codePoint > 0x1EFF) {
            return null;
        }
        String apart = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFD);
        char base = apart.charAt(0);
        boolean letter = (base >= 'A' && base <= 'Z') || (base >= 'a' && base <= 'z');
        return letter && apart.chars().skip(1).allMatch(c -> c >= FIRST_MARK && c <= LAST_MARK)
                ? apart.substring(0, 1)
                : null;
    }

    private static Map<Integer, String> typographicMap() {
        Map<Integer, String> map = new HashMap<>();
        each(map, "'", "`\u00B4\u2018\u2019\u201A\u201B\u2032\u02B9\u02BB\u02BC");
        each(map, "\"", "\u201C\u201D\u201E\u201F\u2033\u02BA");
        each(map, "-", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uFE58\uFE63");
        each(map, "<", "\u2039");
        each(map, ">", "\u203A");
        each(map, "/", "\u2044\u2215");
        each(map, "...", "\u2026");
        each(map, "..", "\u2025");
        each(
                map,
                " ",
                "\t\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F"
                        + "\u3000");
        each(map, "\n", "\u000B\u0085\u2028\u2029");
        // Not seen: soft hyphen, zero-width space and joiners, word joiner, byte order mark, direction and variation
        // marks.
        each(map, "", "\u00AD\u200B\u200C\u200D\u200E\u200F\u2060\uFEFF\uFE0E\uFE0F");
        map.put(0xFB00, "ff");
        map.put(0xFB01, "fi");
        map.put(0xFB02, "fl");
        map.put(0xFB03, "ffi");
        map.put(0xFB04, "ffl");
        return Map.copyOf(map);
    }

    private static Map<Integer, String> lossyMap() {
        Map<Integer, String> map = new HashMap<>();
        pairs(map, "\u0131i \u0130I \u0110D \u0111d \u00D0D \u00F0d \u0126H \u0127h \u0141L \u0142l \u0166T \u0167t");
        pairs(map, "\u0152OE \u0153oe \u00DETH \u00FEth \u1E9ESS \u0132IJ \u0133ij \u014ANG \u014Bng \u0192f");
        // Greek capitals that have a Latin shape; the others are in the default alphabet.
        pairs(map, "\u0391A \u0392B \u0395E \u0396Z \u0397H \u0399I \u039AK \u039CM \u039DN \u039FO \u03A1P \u03A4T");
        pairs(map, "\u03A5Y \u03A7X");
        pairs(map, "\u00AB\" \u00BB\" \u2022* \u00B7. \u00D7x \u00A9(c) \u00AE(R) \u2122TM \u2116No");
        pairs(map, "\u00BD1/2 \u00BC1/4 \u00BE3/4 \u20B9Rs \u20BATL \u2192-> \u2190<- \u2264<= \u2265>=");
        return Map.copyOf(map);
    }

    private static void each(Map<Integer, String> map, String replacement, String characters) {
        characters.chars().forEach(c -> map.put(c, replacement));
    }

    private static void pairs(Map<Integer, String> map, String pairs) {
        for (String pair : pairs.split(" ", -1)) {
            map.put((int) pair.charAt(0), pair.substring(1));
        }
    }
}
