package io.textonce.text;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Counts the segments of a text while a person writes it.
 *
 * <p>Appending and deleting at the end cost the same however long the text is, unless it ends in a cluster that no segment
 * holds; an edit in the middle costs as much as the text from the segment before it. The answers always equal those of {@link Segmenter#segment} for the same text.
 *
 * <pre>{@code
 * LiveCounter counter = LiveCounter.of(SegmentPolicy.TWILIO);
 * counter.append("See you at 10:30");
 * counter.unitsLeft();        // 144
 * counter.append("\u263A");   // now UCS-2
 * counter.unitsLeft();        // 53
 * counter.deleteLast();       // and back
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class LiveCounter {
    /** More than that at once is counted as one edit: one by one, units of an endless cluster would take quadratic time. */
    private static final int MOST_TYPED = 64;

    private final Segmenter segmenter;
    private final StringBuilder text = new StringBuilder();
    private final Track[] gsm;
    private final Track ucs2;

    private LiveCounter(Segmenter segmenter) {
        this.segmenter = segmenter;
        this.gsm = segmenter.gsmLayouts().stream().map(Track::new).toArray(Track[]::new);
        this.ucs2 = new Track(segmenter.ucs2Layout());
    }

    /**
     * A counter for an empty text.
     *
     * @param policy the rules of the segments
     * @return a new counter
     */
    public static LiveCounter of(SegmentPolicy policy) {
        return new LiveCounter(Segmenter.of(policy));
    }

    /**
     * Adds to the end.
     *
     * @param more any text, also empty
     */
    public void append(String more) {
        if (more.length() > MOST_TYPED) {
            replace(text.length(), text.length(), more);
            return;
        }
        for (int i = 0; i < more.length(); i++) {
            char c = more.charAt(i);
            text.append(c);
            for (Track track : gsm) {
                track.appended(c);
            }
            ucs2.appended(c);
        }
    }

    /** Takes the last code point off; nothing happens to an empty text. */
    public void deleteLast() {
        if (!text.isEmpty()) {
            truncate(text.length() - Character.charCount(text.codePointBefore(text.length())));
        }
    }

    /**
     * Puts another text in place of a stretch.
     *
     * @param start in UTF-16 units
     * @param end in UTF-16 units, exclusive; equal to start to insert
     * @param replacement any text, empty to delete
     * @throws IndexOutOfBoundsException when there is no such stretch
     */
    public void replace(int start, int end, String replacement) {
        Objects.checkFromToIndex(start, end, text.length());
        Objects.requireNonNull(replacement, "replacement");
        for (Track track : gsm) {
            track.missing -= track.missing(text.substring(start, end));
            track.missing += track.missing(replacement);
        }
        text.replace(start, end, replacement);
        for (Track track : gsm) {
            track.recount(start);
        }
        ucs2.recount(start);
    }

    private void truncate(int length) {
        while (text.length() > length) {
            char c = text.charAt(text.length() - 1);
            text.setLength(text.length() - 1);
            for (Track track : gsm) {
                track.deleted(c);
            }
            ucs2.deleted(c);
        }
    }

    /**
     * The text so far.
     *
     * @return a copy
     */
    public String text() {
        return text.toString();
    }

    /**
     * The encoding of the text so far.
     *
     * @return the encoding
     */
    public Encoding encoding() {
        return best() == ucs2 ? Encoding.UCS_2 : Encoding.GSM_7;
    }

    /**
     * The segments of the text so far, too long or not.
     *
     * @return 1 or more
     */
    public int segments() {
        return best().segments();
    }

    /**
     * The units of the text so far: septets in GSM-7, UTF-16 units in UCS-2.
     *
     * @return 0 or more
     */
    public long units() {
        return best().units;
    }

    /**
     * The units of each segment as things stand.
     *
     * @return 160 or 70 for one segment, less for each of several
     */
    public int capacity() {
        Track best = best();
        return best.segments() == 1 ? best.layout.alone : best.layout.joined;
    }

    /**
     * The units left in the last segment, reserved units taken off. A character may need two: see {@link #fits}.
     *
     * @return 0 or more
     */
    public int unitsLeft() {
        return best().unitsLeft();
    }

    /**
     * The number of units at which one more segment begins, in the encoding as it stands and with characters of one unit.
     *
     * @return more than {@link #units()}
     */
    public long nextSegmentAt() {
        Track best = best();
        return best.units + best.unitsLeft() + 1;
    }

    /**
     * Whether a character can be appended without one more segment. It may change the encoding and then count as more than
     * one unit in more than one way; all of it is considered.
     *
     * @param codePoint a Unicode code point
     * @return true when the number of segments stays
     * @throws IllegalArgumentException when it is not a code point
     */
    public boolean fits(int codePoint) {
        String more = Character.toString(codePoint);
        int length = text.length();
        int segments = segments();
        append(more);
        boolean fits = segments() <= segments;
        truncate(length);
        return fits;
    }

    /**
     * Whether a limit of the policy is exceeded.
     *
     * @return true when the text must not be sent
     */
    public boolean tooLong() {
        SegmentPolicy policy = segmenter.policy();
        return segments() > policy.maxSegments()
                || (text.length() > policy.maxCharacters() && text.codePoints().count() > policy.maxCharacters());
    }

    /**
     * The characters that keep the text from GSM-7. Costs one pass over the text.
     *
     * @return an unmodifiable list, empty in GSM-7
     */
    public List<Offender> offenders() {
        return best() == ucs2 ? segmenter.segment(text()).offenders() : List.of();
    }

    /**
     * The segments that would be saved if each offender gave way to its suggestion, or to one plain character where there
     * is none. Costs one pass over the text.
     *
     * @return 0 or more
     */
    public int segmentsSavedByReplacing() {
        List<Offender> offenders = offenders();
        if (offenders.isEmpty()) {
            return 0;
        }
        StringBuilder replaced = new StringBuilder();
        int index = 0;
        for (Offender offender : offenders) {
            String suggestion = offender.suggestion().orElse("x");
            replaced.append(text, index, offender.index());
            replaced.append(suggestion.equals("\uFFFD") ? "x" : suggestion);
            index = offender.index() + offender.length();
        }
        replaced.append(text, index, text.length());
        return Math.max(0, segments() - segmenter.count(replaced.toString()));
    }

    private Track best() {
        Track best = ucs2;
        for (Track track : gsm) {
            if (track.missing == 0 && (best == ucs2 || track.isBetterThan(best))) {
                best = track;
            }
        }
        return best;
    }

    /** Sizes only. */
    @Override
    public String toString() {
        return "LiveCounter[" + encoding() + ", segments=" + segments() + ", units=" + units() + "]";
    }

    /** The segments of the text in one alphabet, kept whether or not the alphabet has all of it. */
    private final class Track {
        final Layout layout;

        /** The UTF-16 units that the alphabet lacks. They count as one each, so that segments stay short. */
        int missing;

        long units;

        /** Where each segment starts and what it holds. */
        private int[] starts = new int[4];

        private int[] fills = new int[4];

        /** Whether a segment starts inside of a cluster that no segment holds. */
        private boolean[] inside = new boolean[4];

        private int size = 1;

        Track(Layout layout) {
            this.layout = layout;
        }

        int missing(String stretch) {
            return layout.alphabet == null ? 0 : layout.alphabet.missing(stretch);
        }

        private int cost(char c) {
            return layout.alphabet == null ? 1 : Math.max(1, layout.alphabet.septets(c));
        }

        private int missing(char c) {
            return layout.alphabet == null || layout.alphabet.septets(c) > 0 ? 0 : 1;
        }

        void appended(char c) {
            int cost = cost(c);
            missing += missing(c);
            if (standsAlone(c)) {
                add(text.length() - 1, cost, false);
            } else {
                recount(text.length() - 1);
            }
        }

        void deleted(char c) {
            int cost = cost(c);
            missing -= missing(c);
            if (!standsAlone(c)) {
                recount(text.length());
                return;
            }
            fills[size - 1] -= cost;
            units -= cost;
            if (size > 1 && starts[size - 1] == text.length()) {
                size--;
            }
        }

        /** Whether the unit at the end of the text, as it is or was, belongs to no pair and no cluster. */
        private boolean standsAlone(char c) {
            if (!layout.clusters) {
                return !Character.isSurrogate(c);
            }
            return c < Graphemes.FIRST_JOINING && (text.length() < 2 || isPlain(text.length() - 1));
        }

        private boolean isPlain(int index) {
            return text.charAt(index) < Graphemes.FIRST_JOINING && text.charAt(index - 1) < Graphemes.FIRST_JOINING;
        }

        /** Fills again from the last segment start that an edit at an index cannot have moved. */
        void recount(int edited) {
            while (size > 1 && !holds(starts[size - 1], edited)) {
                size--;
                units -= fills[size];
            }
            int from = starts[size - 1];
            units -= fills[size - 1];
            fills[size - 1] = 0;
            fill(from);
        }

        /**
         * Whether what made a segment start here ends before the edit. The unit before the edit does not count: it may have
         * been half of a pair.
         */
        private boolean holds(int start, int edited) {
            return start + 1 < edited
                    && !(layout.clusters && (inside[size - 1] || Graphemes.end(text, start) + 1 >= edited));
        }

        private void fill(int from) {
            int index = from;
            while (index < text.length()) {
                int end = layout.clusters ? Graphemes.end(text, index) : afterScalar(index);
                int width = width(index, end);
                if (width <= layout.joined) {
                    add(index, width, false);
                    index = end;
                    continue;
                }
                for (int clusterEnd = end; index < clusterEnd; index = end) {
                    end = afterScalar(index);
                    add(index, width(index, end), true);
                }
            }
        }

        private int afterScalar(int index) {
            return index + Character.charCount(Character.codePointAt(text, index));
        }

        private int width(int start, int end) {
            int width = 0;
            for (int i = start; i < end; i++) {
                width += cost(text.charAt(i));
            }
            return width;
        }

        private void add(int index, int width, boolean inCluster) {
            if (fills[size - 1] + width > layout.joined) {
                if (size == starts.length) {
                    starts = Arrays.copyOf(starts, size * 2);
                    fills = Arrays.copyOf(fills, size * 2);
                    inside = Arrays.copyOf(inside, size * 2);
                }
                starts[size] = index;
                fills[size] = 0;
                inside[size] = inCluster;
                size++;
            }
            fills[size - 1] += width;
            units += width;
        }

        int segments() {
            return isAlone() ? 1 : size + layout.segmentsForReserved(fills[size - 1]);
        }

        int unitsLeft() {
            return isAlone()
                    ? layout.alone - layout.reserved - (int) units
                    : (1 + layout.segmentsForReserved(fills[size - 1])) * layout.joined
                            - fills[size - 1]
                            - layout.reserved;
        }

        private boolean isAlone() {
            return units + layout.reserved <= layout.alone;
        }

        /** The order in which a {@link Segmenter} chooses; tracks are sorted by the tables they name. */
        boolean isBetterThan(Track other) {
            int mine = segments();
            int theirs = other.segments();
            return mine < theirs || (mine == theirs && layout.shifts == other.layout.shifts && units < other.units);
        }
    }
}
