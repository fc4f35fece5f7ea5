package io.textonce.text;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * The rules by which a provider cuts a text into segments, as far as they are known.
 *
 * <p>Start from a preset and change what differs:
 *
 * <pre>{@code
 * SegmentPolicy policy = SegmentPolicy.TWILIO.withMaxSegments(3);
 * }</pre>
 *
 * <p>What a policy says is what the provider documents or was seen to do, not a promise of the provider. Immutable and
 * thread-safe.
 */
public final class SegmentPolicy {
    /** The most segments that concatenation can number: total and index are one octet (3GPP TS 23.040, 9.2.3.24.1). */
    public static final int MAX_SEGMENTS = 255;

    /** What the standard says and nothing else: 8-bit reference, code points kept whole, up to 255 segments. */
    public static final SegmentPolicy GENERIC = new SegmentPolicy(
            Header.REF8, KeepWhole.SCALAR, Collections.emptySet(), 0, MAX_SEGMENTS, Integer.MAX_VALUE, CountKind.EXACT);

    /**
     * Twilio: grapheme clusters are kept whole and a request takes 1600 characters (Twilio error 21617; its own segment
     * calculator).
     */
    public static final SegmentPolicy TWILIO =
            GENERIC.withKeepWhole(KeepWhole.GRAPHEME).withMaxCharacters(1600);

    /** Twilio from toll-free numbers in the United States and Canada: 152 and 66 units a segment, the 16-bit reference. */
    public static final SegmentPolicy TWILIO_TOLL_FREE = TWILIO.withHeader(Header.REF16);

    /**
     * Amazon SNS: 1600 characters, cut at word boundaries by AWS, so that a count is the least that can be billed (SNS
     * API reference, Publish).
     */
    public static final SegmentPolicy SNS = GENERIC.withMaxCharacters(1600).withCountKind(CountKind.LOWER_BOUND);

    /** SMS Broadcast: at most five segments, which are 765 characters (Advanced HTTP API, {@code maxsplit}). */
    public static final SegmentPolicy SMS_BROADCAST = GENERIC.withMaxSegments(5).withMaxCharacters(765);

    private final Header header;
    private final KeepWhole keepWhole;
    private final Set<NationalLanguage> nationalLanguages;
    private final int reservedUnits;
    private final int maxSegments;
    private final int maxCharacters;
    private final CountKind countKind;

    private SegmentPolicy(
            Header header,
            KeepWhole keepWhole,
            Set<NationalLanguage> nationalLanguages,
            int reservedUnits,
            int maxSegments,
            int maxCharacters,
            CountKind countKind) {
        this.header = header;
        this.keepWhole = keepWhole;
        this.nationalLanguages = nationalLanguages;
        this.reservedUnits = reservedUnits;
        this.maxSegments = maxSegments;
        this.maxCharacters = maxCharacters;
        this.countKind = countKind;
    }

    /**
     * The concatenation header of each segment when there are several.
     *
     * @return the header
     */
    public Header header() {
        return header;
    }

    /**
     * What is never cut in two.
     *
     * @return the unit kept whole
     */
    public KeepWhole keepWhole() {
        return keepWhole;
    }

    /**
     * The languages whose tables may be used, as locking and as single shift; none by default.
     *
     * @return an unmodifiable set
     */
    public Set<NationalLanguage> nationalLanguages() {
        return nationalLanguages;
    }

    /**
     * The units (septets or UTF-16 units) that the provider or operator appends to the end of the message.
     *
     * @return 0 or more
     */
    public int reservedUnits() {
        return reservedUnits;
    }

    /**
     * The most segments a message may have; a longer text is counted but reported as too long.
     *
     * @return 1 to 255
     */
    public int maxSegments() {
        return maxSegments;
    }

    /**
     * The most characters (Unicode code points) a message may have; a longer text is counted but reported as too long.
     *
     * @return 1 or more, {@link Integer#MAX_VALUE} for no limit
     */
    public int maxCharacters() {
        return maxCharacters;
    }

    /**
     * How far a count can be trusted.
     *
     * @return the kind
     */
    public CountKind countKind() {
        return countKind;
    }

    /**
     * A copy with another header.
     *
     * @param header the header
     * @return the copy
     */
    public SegmentPolicy withHeader(Header header) {
        Objects.requireNonNull(header, "header");
        return new SegmentPolicy(
                header, keepWhole, nationalLanguages, reservedUnits, maxSegments, maxCharacters, countKind);
    }

    /**
     * A copy that keeps something else whole.
     *
     * @param keepWhole the unit kept whole
     * @return the copy
     */
    public SegmentPolicy withKeepWhole(KeepWhole keepWhole) {
        Objects.requireNonNull(keepWhole, "keepWhole");
        return new SegmentPolicy(
                header, keepWhole, nationalLanguages, reservedUnits, maxSegments, maxCharacters, countKind);
    }

    /**
     * A copy that allows the tables of these languages only. Each language multiplies the combinations that are compared;
     * allow those that the provider supports and the texts need.
     *
     * @param languages the languages, empty for none
     * @return the copy
     */
    public SegmentPolicy withNationalLanguages(Set<NationalLanguage> languages) {
        EnumSet<NationalLanguage> copy = EnumSet.noneOf(NationalLanguage.class);
        copy.addAll(languages);
        return new SegmentPolicy(
                header,
                keepWhole,
                Collections.unmodifiableSet(copy),
                reservedUnits,
                maxSegments,
                maxCharacters,
                countKind);
    }

    /**
     * A copy that leaves room at the end of the message, for example 4 where an operator appends a sender code.
     *
     * @param units septets or UTF-16 units, 0 to 60
     * @return the copy
     * @throws IllegalArgumentException when outside that range
     */
    public SegmentPolicy withReservedUnits(int units) {
        checkRange("reservedUnits", units, 0, 60);
        return new SegmentPolicy(header, keepWhole, nationalLanguages, units, maxSegments, maxCharacters, countKind);
    }

    /**
     * A copy with another limit of segments.
     *
     * @param segments 1 to 255
     * @return the copy
     * @throws IllegalArgumentException when outside that range
     */
    public SegmentPolicy withMaxSegments(int segments) {
        checkRange("maxSegments", segments, 1, MAX_SEGMENTS);
        return new SegmentPolicy(
                header, keepWhole, nationalLanguages, reservedUnits, segments, maxCharacters, countKind);
    }

    /**
     * A copy with another limit of characters.
     *
     * @param characters Unicode code points, 1 or more; {@link Integer#MAX_VALUE} for no limit
     * @return the copy
     * @throws IllegalArgumentException when less than 1
     */
    public SegmentPolicy withMaxCharacters(int characters) {
        checkRange("maxCharacters", characters, 1, Integer.MAX_VALUE);
        return new SegmentPolicy(
                header, keepWhole, nationalLanguages, reservedUnits, maxSegments, characters, countKind);
    }

    /**
     * A copy whose counts are of another kind.
     *
     * @param countKind the kind
     * @return the copy
     */
    public SegmentPolicy withCountKind(CountKind countKind) {
        Objects.requireNonNull(countKind, "countKind");
        return new SegmentPolicy(
                header, keepWhole, nationalLanguages, reservedUnits, maxSegments, maxCharacters, countKind);
    }

    private static void checkRange(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(option + " is " + value + "; allowed is " + least + " to " + most + ".");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SegmentPolicy that
                && header == that.header
                && keepWhole == that.keepWhole
                && nationalLanguages.equals(that.nationalLanguages)
                && reservedUnits == that.reservedUnits
                && maxSegments == that.maxSegments
                && maxCharacters == that.maxCharacters
                && countKind == that.countKind;
    }

    @Override
    public int hashCode() {
        return Objects.hash(header, keepWhole, nationalLanguages, reservedUnits, maxSegments, maxCharacters, countKind);
    }

    @Override
    public String toString() {
        return "SegmentPolicy[header=" + header + ", keepWhole=" + keepWhole + ", nationalLanguages="
                + nationalLanguages + ", reservedUnits=" + reservedUnits + ", maxSegments=" + maxSegments
                + ", maxCharacters=" + maxCharacters + ", countKind=" + countKind + "]";
    }

    /** The element that joins the segments of one message (3GPP TS 23.040, 9.2.3.24). */
    public enum Header {
        /** No concatenation: each segment is a message of its own with its full capacity. */
        NONE(0),
        /** An 8-bit reference, 6 octets of header: 153 septets or 67 units a segment. */
        REF8(5),
        /** A 16-bit reference, 7 octets of header: 152 septets or 66 units a segment. */
        REF16(6);

        final int elementOctets;

        Header(int elementOctets) {
            this.elementOctets = elementOctets;
        }
    }

    /** What stays in one segment. Escape pairs and surrogate pairs always do. */
    public enum KeepWhole {
        /** A Unicode code point. */
        SCALAR,
        /**
         * A grapheme cluster, as Twilio's calculator does: Unicode Standard Annex 29 with the data of Unicode 17, but
         * CR LF counts as two and rule GB9c is not used. A cluster that no segment can hold is cut between code points.
         */
        GRAPHEME
    }

    /** How a count relates to what is billed. */
    public enum CountKind {
        /** The provider fills segments as we do. */
        EXACT,
        /** The provider may use more segments, for example because it cuts at words. */
        LOWER_BOUND
    }
}
