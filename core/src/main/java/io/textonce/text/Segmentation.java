package io.textonce.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A text cut into segments: what {@link Segmenter#segment} answers.
 *
 * <p>The texts of the segments joined give the text, each fits a short message of 140 octets with its header, and no
 * escape or surrogate pair is cut. When {@link #tooLong()} the count is still right, and the text must be refused rather
 * than shortened.
 *
 * <pre>{@code
 * Segmentation cut = Segmenter.of(SegmentPolicy.TWILIO).segment(text);
 * if (cut.tooLong()) {
 *     return cut.explanation();          // "256 segments, the limit is 255."
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe. {@code toString()} shows no text.
 */
public final class Segmentation {
    private final String text;
    private final Segmenter segmenter;
    private final Layout layout;
    private final long units;
    private final Set<Limit> exceeded;

    /** The end of each segment. */
    private final int[] ends;

    /** The units of each segment. */
    private final int[] fills;

    private Segmentation(
            String text, Segmenter segmenter, Layout layout, long units, Set<Limit> exceeded, int[] ends, int[] fills) {
        this.text = text;
        this.segmenter = segmenter;
        this.layout = layout;
        this.units = units;
        this.exceeded = exceeded;
        this.ends = ends;
        this.fills = fills;
    }

    /**
     * The encoding of all segments.
     *
     * @return the encoding
     */
    public Encoding encoding() {
        return layout.alphabet == null ? Encoding.UCS_2 : Encoding.GSM_7;
    }

    /**
     * The language whose locking shift table is used; empty for the default alphabet and for UCS-2.
     *
     * @return the language
     */
    public Optional<NationalLanguage> lockingShift() {
        return layout.alphabet == null ? Optional.empty() : Optional.ofNullable(layout.alphabet.locking);
    }

    /**
     * The language whose single shift table is used; empty for the default extension table and for UCS-2.
     *
     * @return the language
     */
    public Optional<NationalLanguage> singleShift() {
        return layout.alphabet == null ? Optional.empty() : Optional.ofNullable(layout.alphabet.single);
    }

    /**
     * The number of segments.
     *
     * @return 1 or more, also beyond what may be sent
     */
    public int count() {
        return ends.length;
    }

    /**
     * Whether the provider may use more segments than {@link #count()}, for example because it cuts at words.
     *
     * @return true when the count is the least possible
     */
    public boolean isLowerBound() {
        return segmenter.policy().countKind() == SegmentPolicy.CountKind.LOWER_BOUND;
    }

    /**
     * The units of the whole text: septets in GSM-7, UTF-16 units in UCS-2; headers and reserved units not counted.
     *
     * @return 0 or more
     */
    public long units() {
        return units;
    }

    /**
     * The units still free in the last segment, reserved units taken off. One free septet does not hold a character of an
     * extension table.
     *
     * @return 0 or more
     */
    public int unitsLeft() {
        int reserved = segmenter.policy().reservedUnits();
        int capacity = capacity();
        if (ends.length == 1) {
            return capacity - fills[0] - reserved;
        }
        // Reserved units that did not fit where the text ends opened the segments after it.
        int opened = 0;
        int last = ends.length - 1;
        while (last > 0 && ends[last - 1] == text.length()) {
            last--;
            opened++;
        }
        return (capacity - fills[last]) + opened * capacity - reserved;
    }

    /**
     * The units that each segment holds.
     *
     * @return 70 or 160 for a message of one segment, less for each of several and for tables of a language
     */
    public int capacity() {
        return ends.length == 1 ? layout.alone : layout.joined;
    }

    /**
     * The segments in order. Where reserved units need more room than the text leaves, the last ones are empty.
     *
     * @return an unmodifiable list of {@link #count()} segments
     */
    public List<Segment> segments() {
        List<Segment> segments = new ArrayList<>(ends.length);
        int start = 0;
        for (int i = 0; i < ends.length; i++) {
            segments.add(new Segment(text, start, ends[i], fills[i]));
            start = ends[i];
        }
        return Collections.unmodifiableList(segments);
    }

    /**
     * Whether a limit of the policy is exceeded; such a text must not be sent.
     *
     * @return true when too long
     */
    public boolean tooLong() {
        return !exceeded.isEmpty();
    }

    /**
     * The limits that are exceeded.
     *
     * @return an unmodifiable set, empty when the text may be sent
     */
    public Set<Limit> exceeded() {
        return exceeded;
    }

    /**
     * Why the text is too long, with counts and limits, for people.
     *
     * @return one sentence for each exceeded limit, or the empty string
     */
    public String explanation() {
        StringBuilder sentences = new StringBuilder();
        SegmentPolicy policy = segmenter.policy();
        if (exceeded.contains(Limit.SEGMENTS)) {
            sentences.append(ends.length + " segments, the limit is " + policy.maxSegments() + ".");
        }
        if (exceeded.contains(Limit.CHARACTERS)) {
            sentences.append(sentences.isEmpty() ? "" : " ");
            sentences.append(text.codePointCount(0, text.length()) + " characters, the limit is "
                    + policy.maxCharacters() + ".");
        }
        return sentences.toString();
    }

    /**
     * The characters that keep the text from GSM-7; where the policy allows languages, from the pair of tables that lacks
     * the fewest. Computed at each call.
     *
     * @return an unmodifiable list, in order; empty in GSM-7
     */
    public List<Offender> offenders() {
        if (layout.alphabet != null) {
            return List.of();
        }
        GsmAlphabet nearest = segmenter.nearest(text);
        List<Offender> offenders = new ArrayList<>();
        int position = 0;
        for (int i = 0; i < text.length(); position++) {
            int codePoint = text.codePointAt(i);
            int length = Character.charCount(codePoint);
            if (length == 2 || nearest.septets((char) codePoint) == 0) {
                offenders.add(new Offender(i, position, codePoint));
            }
            i += length;
        }
        return Collections.unmodifiableList(offenders);
    }

    /**
     * One segment as it goes into a short message. A surrogate without its partner becomes U+FFFD.
     *
     * @param index the segment, from 0 to {@link #count()} - 1
     * @param reference the number that all segments of this message share: 0 to 255 with an 8-bit header, to 65535 with a
     *     16-bit one; not used for a message of one segment and without a concatenation header
     * @return header, coded text and length
     * @throws IllegalStateException when {@link #tooLong()}
     * @throws IllegalArgumentException when the reference is out of range
     * @throws IndexOutOfBoundsException when there is no such segment
     */
    public UserData userData(int index, int reference) {
        if (tooLong()) {
            throw new IllegalStateException("The text is too long to be coded: " + explanation());
        }
        Objects.checkIndex(index, ends.length);
        SegmentPolicy.Header header = segmenter.policy().header();
        int most = header == SegmentPolicy.Header.REF16 ? 0xFFFF : 0xFF;
        if (reference < 0 || reference > most) {
            throw new IllegalArgumentException("reference is " + reference + "; allowed is 0 to " + most + ".");
        }
        String part = text.substring(index == 0 ? 0 : ends[index - 1], ends[index]);
        UserData.Concatenation place =
                ends.length == 1 ? null : new UserData.Concatenation(reference, ends.length, index + 1);
        return UserData.write(part, layout.alphabet, header, place);
    }

    /** Encoding and counts; nothing of the text. */
    @Override
    public String toString() {
        return "Segmentation[" + encoding() + ", segments=" + ends.length + ", units=" + units + ", exceeded="
                + exceeded + "]";
    }

    /** A limit of the policy. */
    public enum Limit {
        /** More segments than {@link SegmentPolicy#maxSegments()}, which is never above what concatenation can number. */
        SEGMENTS,
        /** More characters than {@link SegmentPolicy#maxCharacters()}. */
        CHARACTERS
    }

    /** One segment of a text. Immutable and thread-safe; {@code toString()} shows no text. */
    public static final class Segment {
        private final String whole;
        private final int start;
        private final int end;
        private final int units;

        private Segment(String whole, int start, int end, int units) {
            this.whole = whole;
            this.start = start;
            this.end = end;
            this.units = units;
        }

        /**
         * The part of the text in this segment.
         *
         * @return the part, possibly empty
         */
        public String text() {
            return whole.substring(start, end);
        }

        /**
         * Where it starts in the text, in UTF-16 units.
         *
         * @return 0 or more
         */
        public int start() {
            return start;
        }

        /**
         * Where it ends in the text, in UTF-16 units, exclusive.
         *
         * @return {@link #start()} or more
         */
        public int end() {
            return end;
        }

        /**
         * The units that the text takes here: septets in GSM-7, UTF-16 units in UCS-2; header not counted.
         *
         * @return 0 or more
         */
        public int units() {
            return units;
        }

        @Override
        public String toString() {
            return "Segment[start=" + start + ", end=" + end + ", units=" + units + "]";
        }
    }

    /** Collects the cuts. */
    static final class Builder implements Layout.Cuts {
        private int[] ends = new int[4];
        private int[] fills = new int[4];
        private int size;

        @Override
        public void add(int end, int units) {
            if (size == ends.length) {
                ends = Arrays.copyOf(ends, size * 2);
                fills = Arrays.copyOf(fills, size * 2);
            }
            ends[size] = end;
            fills[size] = units;
            size++;
        }

        Segmentation build(String text, Segmenter segmenter, Layout layout, long units, Set<Limit> exceeded) {
            return new Segmentation(
                    text,
                    segmenter,
                    layout,
                    units,
                    Collections.unmodifiableSet(exceeded),
                    Arrays.copyOf(ends, size),
                    Arrays.copyOf(fills, size));
        }
    }
}
