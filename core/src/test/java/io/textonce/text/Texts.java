package io.textonce.text;

import java.util.Random;

/** Random texts that meet every rule often. */
final class Texts {
    private static final String GSM = "abc DEF 0123 @\u00E9\u00C7\u0394\n\r";
    private static final String EXTENSION = "[]{}~^|\\\u20AC\f";
    private static final String NATIONAL =
            "\u015F\u011F\u0131\u00E7\u00E1\u00ED\u00E3\u00F5\u0915\u094D\u0937\u093F\u0995";
    private static final String[] PIECES = {
        "\u2019",
        "\u0416",
        "\uD83D\uDE00",
        "\uD83C\uDDE6",
        "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
        "e\u0301",
        "\u0301",
        "\u200D",
        "\u1100\u1161\u11A8",
        "\uAC00",
        "\u0600",
        "\uD83D",
        "\uDE00",
        "\u0915\u094D\u0937\u093F",
        "1\uFE0F\u20E3",
        "\uD83C\uDFF4\uDB40\uDC67\uDB40\uDC7F",
    };

    private Texts() {}

    /** Mostly short of a few hundred units; some are one kind of character only. */
    static String next(Random random) {
        int kind = random.nextInt(6);
        int length = random.nextInt(random.nextInt(8) == 0 ? 900 : 200);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(piece(random, kind));
        }
        return text.toString();
    }

    static String piece(Random random, int kind) {
        int choice = random.nextInt(100);
        switch (kind) {
            case 0:
                return pick(random, GSM);
            case 1:
                return pick(random, choice < 30 ? EXTENSION : GSM);
            case 2:
                return choice < 40 ? PIECES[random.nextInt(PIECES.length)] : pick(random, GSM);
            case 3:
                return PIECES[random.nextInt(PIECES.length)];
            case 4:
                return pick(random, choice < 25 ? NATIONAL : choice < 35 ? EXTENSION : GSM);
            default:
                // Now and then a cluster that no segment holds.
                return choice < 3 ? "a" + "\u0301".repeat(random.nextInt(160)) : pick(random, GSM);
        }
    }

    private static String pick(Random random, String from) {
        int index = random.nextInt(from.length());
        return from.substring(index, index + 1);
    }
}
