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

    private final boolean clusters;
    private final int reserved;

    Layout(SegmentPolicy policy, @Nullable GsmAlphabet alphabet) {
        this.alphabet = alphabet;
        this.shifts = alphabet == null ? 0 : alphabet.shifts();
        this.alone = capacity(0);
        this.joined = capacity(policy.header().elementOctets);
        this.clusters = policy.keepWhole() == SegmentPolicy.KeepWhole.GRAPHEME
                // No two characters of the default alphabet and its extensions form a cluster.
                && (alphabet == null || shifts > 0);
        this.reserved = policy.reservedUnits();
    }

    private int capacity(int concatenationOctets) {
        int elements = concatenationOctets + 3 * shifts;
        int header = elements == 0 ? 0 : elements + 1;
        return alphabet == null ? (OCTETS - header) / 2 : (OCTETS - header) * 8 / 7;
    }

    /** The units of the whole text, or -1 when the alphabet lacks a character. */
    long units(String text) {
        int length = text.length();
        if (alphabet == null) {
            return length;
        }
        long units = 0;
        for (int i = 0; i < length; i++) {
            int septets = alphabet.septets(text.charAt(i));
            if (septets == 0) {
                return -1;
            }
            units += septets;
        }
        return units;
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
            return (int) ((units + reserved + joined - 1) / joined);
        }
        if (alphabet == null && !clusters) {
            return pairs(text, cuts);
        }
        int segments = 0;
        int fill = 0;
        int index = 0;
        while (index < length) {
            int end = clusters ? Graphemes.end(text, index) : afterScalar(text, index);
            int width = width(text, index, end);
            if (width > joined) {
                // A cluster that no segment holds: cut between its code points.
                for (int clusterEnd = end; index < clusterEnd; index = end) {
                    end = afterScalar(text, index);
                    width = width(text, index, end);
                    if (fill + width > joined) {
                        segments = close(segments, index, fill, cuts);
                        fill = 0;
                    }
                    fill += width;
                }
                continue;
            }
            if (fill + width > joined) {
                segments = close(segments, index, fill, cuts);
                fill = 0;
            }
            fill += width;
            index = end;
        }
        return last(segments, length, fill, cuts);
    }

    /** UCS-2 with nothing but surrogate pairs to keep whole: no need to look between the cuts. */
    private int pairs(String text, @Nullable Cuts cuts) {
        int length = text.length();
        int segments = 0;
        int index = 0;
        while (length - index > joined) {
            int end = index + joined;
            if (Character.isSurrogatePair(text.charAt(end - 1), text.charAt(end))) {
                end--;
            }
            segments = close(segments, end, end - index, cuts);
            index = end;
        }
        return last(segments, length, length - index, cuts);
    }

    private int last(int segments, int length, int fill, @Nullable Cuts cuts) {
        int closed = close(segments, length, fill, cuts);
        for (int left = reserved - (joined - fill); left > 0; left -= joined) {
            closed = close(closed, length, 0, cuts);
        }
        return closed;
    }

    private static int close(int segments, int end, int fill, @Nullable Cuts cuts) {
        if (cuts != null) {
            cuts.add(end, fill);
        }
        return segments + 1;
    }

    private static int afterScalar(String text, int index) {
        boolean pair =
                index + 1 < text.length() && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
        return pair ? index + 2 : index + 1;
    }

    private int width(String text, int start, int end) {
        if (alphabet == null) {
            return end - start;
        }
        int width = 0;
        for (int i = start; i < end; i++) {
            width += alphabet.septets(text.charAt(i));
        }
        return width;
    }

    /** Receives the end (UTF-16 index) and the units of each segment. */
    interface Cuts {
        void add(int end, int units);
    }
}
