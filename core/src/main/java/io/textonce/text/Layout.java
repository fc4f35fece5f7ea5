package io.textonce.text;

import org.jspecify.annotations.Nullable;

/**
 * How a text fills segments in one alphabet under one policy: greedily, which is also the least number of segments as
 * long as nothing may be reordered.
 */
final class Layout {
    /** The user data of one short message (3GPP TS 23.040, 9.2.3.24). */
    static final int OCTETS = 140;

    /** Null for UCS-2. */
    final @Nullable GsmAlphabet alphabet;

    /** The tables of a language that the header names, 0 to 2. */
    final int shifts;

    /** The units that fit a message of one segment. */
    final int alone;

    /** The units that fit each segment of a message of several. */
    final int joined;

    final boolean clusters;
    final int reserved;

    Layout(SegmentPolicy policy, @Nullable GsmAlphabet alphabet) {
        this(
                alphabet,
                capacity(alphabet, 0),
                capacity(alphabet, policy.header().elementOctets),
                policy.keepWhole() == SegmentPolicy.KeepWhole.GRAPHEME,
                policy.reservedUnits());
    }

    Layout(@Nullable GsmAlphabet alphabet, int alone, int joined, boolean clusters, int reserved) {
        this.alphabet = alphabet;
        this.shifts = alphabet == null ? 0 : alphabet.shifts();
        this.alone = alone;
        this.joined = joined;
        // No two characters of the default alphabet and its extensions form a cluster.
        this.clusters = clusters && alphabet != GsmAlphabet.DEFAULT;
        this.reserved = reserved;
    }

    private static int capacity(@Nullable GsmAlphabet alphabet, int concatenationOctets) {
        int elements = concatenationOctets + (alphabet == null ? 0 : 3 * alphabet.shifts());
        int header = elements == 0 ? 0 : elements + 1;
        return alphabet == null ? (OCTETS - header) / 2 : (OCTETS - header) * 8 / 7;
    }

    /** The units of the whole text, or -1 when the alphabet lacks a character. */
    long units(String text) {
        return alphabet == null ? text.length() : alphabet.septets(text);
    }

    /**
     * The number of segments; the alphabet must have every character.
     *
     * @param units what {@link #units} gave
     * @param cuts takes the end of each segment when not null
     */
    int segments(String text, long units, @Nullable Cuts cuts) {
        int length = text.length();
        if (units + reserved <= alone) {
            if (cuts != null) {
                cuts.add(length, (int) units);
            }
            return 1;
        }
        if (cuts == null && units == length && alphabet != null && !clusters) {
            return leastSegments(units);
        }
        if (alphabet == null) {
            return clusters ? ucs2Clusters(text, cuts) : ucs2Scalars(text, cuts);
        }
        return clusters ? gsmClusters(alphabet, text, cuts) : gsmScalars(alphabet, text, cuts);
    }

    /** The segments if nothing had to be kept whole. */
    int leastSegments(long units) {
        return units + reserved <= alone ? 1 : (int) ((units + reserved + joined - 1) / joined);
    }

    private int gsmScalars(GsmAlphabet gsm, String text, @Nullable Cuts cuts) {
        int length = text.length();
        int segments = 0;
        int fill = 0;
        for (int i = 0; i < length; i++) {
            int cost = gsm.septets(text.charAt(i));
            if (fill + cost > joined) {
                segments = close(segments, i, fill, cuts);
                fill = 0;
            }
            fill += cost;
        }
        return last(segments, length, fill, cuts);
    }

    private int gsmClusters(GsmAlphabet gsm, String text, @Nullable Cuts cuts) {
        int length = text.length();
        int segments = 0;
        int fill = 0;
        int index = 0;
        while (index < length) {
            int clusterEnd = Graphemes.end(text, index);
            int width = 0;
            for (int i = index; i < clusterEnd; i++) {
                width += gsm.septets(text.charAt(i));
            }
            // A cluster that no segment holds is cut between its code points.
            int step = width > joined ? 1 : clusterEnd - index;
            for (; index < clusterEnd; index += step) {
                int cost = step == 1 ? gsm.septets(text.charAt(index)) : width;
                if (fill + cost > joined) {
                    segments = close(segments, index, fill, cuts);
                    fill = 0;
                }
                fill += cost;
            }
        }
        return last(segments, length, fill, cuts);
    }

    /** Only the cuts are looked at. */
    private int ucs2Scalars(String text, @Nullable Cuts cuts) {
        int length = text.length();
        int segments = 0;
        int index = 0;
        while (length - index > joined) {
            int cut = scalarCut(text, index + joined);
            segments = close(segments, cut, cut - index, cuts);
            index = cut;
        }
        return last(segments, length, length - index, cuts);
    }

    private int ucs2Clusters(String text, @Nullable Cuts cuts) {
        int length = text.length();
        int segments = 0;
        int index = 0;
        // The last index known to be between clusters; beyond the cut only in a cluster that no segment holds.
        int between = 0;
        while (length - index > joined) {
            int cut = index + joined;
            if (between < cut) {
                int start = Graphemes.start(text, between, cut);
                int end = start < cut ? Graphemes.end(text, start) : cut;
                between = end - start > joined ? end : start;
                cut = Math.min(cut, between);
            }
            cut = scalarCut(text, cut);
            segments = close(segments, cut, cut - index, cuts);
            index = cut;
        }
        return last(segments, length, length - index, cuts);
    }

    private static int scalarCut(String text, int cut) {
        return Character.isSurrogatePair(text.charAt(cut - 1), text.charAt(cut)) ? cut - 1 : cut;
    }

    private int last(int segments, int length, int fill, @Nullable Cuts cuts) {
        int closed = close(segments, length, fill, cuts);
        for (int more = segmentsForReserved(fill); more > 0; more--) {
            closed = close(closed, length, 0, cuts);
        }
        return closed;
    }

    /** The segments that reserved units open when the last one of several holds so much. */
    int segmentsForReserved(int fill) {
        int over = reserved - (joined - fill);
        return over <= 0 ? 0 : (over + joined - 1) / joined;
    }

    private static int close(int segments, int end, int fill, @Nullable Cuts cuts) {
        if (cuts != null) {
            cuts.add(end, fill);
        }
        return segments + 1;
    }

    /** Receives the end (UTF-16 index) and the units of each segment. */
    interface Cuts {
        void add(int end, int units);
    }
}
