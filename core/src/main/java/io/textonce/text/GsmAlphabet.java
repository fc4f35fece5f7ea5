package io.textonce.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A main table with an extension table: what one segment in GSM-7 can say. */
final class GsmAlphabet {
    static final GsmAlphabet DEFAULT = new GsmAlphabet(null, null);

    /** The septets of each character in the default alphabet; flat, because this is the hot path. */
    private static final byte[] DEFAULT_SEPTETS = new byte[1 << Character.SIZE];

    static {
        for (int c = 0; c < DEFAULT_SEPTETS.length; c++) {
            DEFAULT_SEPTETS[c] = (byte) DEFAULT.septets((char) c);
        }
    }

    final @Nullable NationalLanguage locking;
    final @Nullable NationalLanguage single;
    private final GsmTable main;
    private final GsmTable extension;

    /** Septets by character in two levels; most pages are one shared page of zeros. */
    private final byte[][] septets = new byte[256][];

    static GsmAlphabet of(@Nullable NationalLanguage locking, @Nullable NationalLanguage single) {
        return locking == null && single == null ? DEFAULT : new GsmAlphabet(locking, single);
    }

    private GsmAlphabet(@Nullable NationalLanguage locking, @Nullable NationalLanguage single) {
        this.locking = locking;
        this.single = single;
        this.main = GsmTable.main(locking);
        this.extension = GsmTable.extension(single);
        byte[] none = new byte[256];
        Arrays.fill(septets, none);
        for (int code = 127; code >= 0; code--) {
            put(extension.character(code), 2, none);
        }
        for (int code = 127; code >= 0; code--) {
            put(code == GsmTable.ESCAPE ? GsmTable.EMPTY : main.character(code), 1, none);
        }
    }

    private void put(char c, int cost, byte[] none) {
        if (c == GsmTable.EMPTY) {
            return;
        }
        if (septets[c >>> 8] == none) {
            septets[c >>> 8] = new byte[256];
        }
        septets[c >>> 8][c & 0xFF] = (byte) cost;
    }

    /** The septets that a UTF-16 unit costs: 1, 2 (escape and code), or 0 when it cannot be said. */
    int septets(char c) {
        return septets[c >>> 8][c & 0xFF];
    }

    /** The septets of a text in the default alphabet, or -1 when one of its characters cannot be said. */
    static int defaultSeptets(char[] text, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int cost = DEFAULT_SEPTETS[text[i]];
            if (cost == 0) {
                return -1;
            }
            sum += cost;
        }
        return sum;
    }

    /** The septets of a text, or -1 when one of its characters cannot be said. */
    long septets(String text) {
        return this == DEFAULT ? defaultSeptets(text) : nationalSeptets(text);
    }

    private static long defaultSeptets(String text) {
        int length = text.length();
        long sum = 0;
        for (int i = 0; i < length; i++) {
            int cost = DEFAULT_SEPTETS[text.charAt(i)];
            if (cost == 0) {
                return -1;
            }
            sum += cost;
        }
        return sum;
    }

    private long nationalSeptets(String text) {
        int length = text.length();
        long sum = 0;
        for (int i = 0; i < length; i++) {
            int cost = septets(text.charAt(i));
            if (cost == 0) {
                return -1;
            }
            sum += cost;
        }
        return sum;
    }

    /** The UTF-16 units of a text that cannot be said. */
    int missing(String text) {
        int missing = 0;
        for (int i = 0; i < text.length(); i++) {
            missing += septets(text.charAt(i)) == 0 ? 1 : 0;
        }
        return missing;
    }

    /** The septets of a text whose characters can all be said. */
    byte[] encode(String text) {
        byte[] codes = new byte[text.length() * 2];
        int size = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int code = main.code(c);
            if (code < 0) {
                codes[size++] = GsmTable.ESCAPE;
                code = extension.code(c);
            }
            codes[size++] = (byte) code;
        }
        return Arrays.copyOf(codes, size);
    }

    /** What a handset shows for septets (3GPP TS 23.038, 6.2.1 and 6.2.1.1). */
    String decode(byte[] codes) {
        StringBuilder text = new StringBuilder(codes.length);
        for (int i = 0; i < codes.length; i++) {
            if (codes[i] != GsmTable.ESCAPE) {
                text.append(shown(main.character(codes[i])));
            } else if (i + 1 == codes.length || codes[i + 1] == GsmTable.ESCAPE) {
                // Reserved for another table: a space.
                text.append(' ');
                i++;
            } else {
                i++;
                char c = extension.character(codes[i]);
                text.append(c == GsmTable.EMPTY ? shown(main.character(codes[i])) : c);
            }
        }
        return text.toString();
    }

    private static char shown(char cell) {
        return cell == GsmTable.EMPTY ? '\uFFFD' : cell;
    }

    /** The number of header elements that name the tables, 0 to 2. */
    int shifts() {
        return (locking == null ? 0 : 1) + (single == null ? 0 : 1);
    }
}
