package io.textonce.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts texts into SMS segments by the rules of one {@link SegmentPolicy}.
 *
 * <p>Escape pairs and surrogate pairs are never split, and the cut is greedy, which is the least number of segments. A
 * text that exceeds a limit of the policy is counted to its end and reported as too long, never shortened. An empty text
 * is one empty segment in GSM-7, as Twilio counts it: a message without text is still one message. GSM-7 is chosen
 * whenever the whole text can be said in it; with national languages, by the pair of tables that needs the fewest
 * segments, of those the fewest tables of a language (the default alphabet needs none), of those the fewest units.
 *
 * <p>A count is what the policy says, not what a provider bills: compare with the provider's own number where it gives
 * one.
 *
 * <pre>{@code
 * Segmenter segmenter = Segmenter.of(SegmentPolicy.TWILIO);
 * int segments = segmenter.count("See you at 10:30");      // 1
 * Segmentation all = segmenter.segment("See you at 10:30 \u263A");
 * all.encoding();                                          // UCS-2
 * all.offenders();                                         // U+263A at index 17
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Segmenter {
    private static final int SEGMENTS_SHIFT = 32;
    private static final long SEGMENTS_MASK = 0xFFF_FFFF;
    private static final long TOO_LONG = 1L << 60;
    private static final long UCS_2 = 1L << 61;

    private final SegmentPolicy policy;

    /** The default alphabet first, then pairs with one table of a language, then with two. */
    private final Layout[] gsm;

    private final Layout ucs2;

    private Segmenter(SegmentPolicy policy) {
        this.policy = policy;
        this.ucs2 = new Layout(policy, null);
        List<Layout> layouts = new ArrayList<>();
        List<@Nullable NationalLanguage> languages = new ArrayList<>();
        languages.add(null);
        languages.addAll(policy.nationalLanguages());
        for (NationalLanguage locking : languages) {
            if (locking != null && !locking.hasLockingShift()) {
                continue;
            }
            for (NationalLanguage single : languages) {
                layouts.add(new Layout(policy, GsmAlphabet.of(locking, single)));
            }
        }
        layouts.sort(Comparator.comparingInt(layout -> layout.shifts));
        this.gsm = layouts.toArray(Layout[]::new);
    }

    /**
     * A segmenter for a policy. With many national languages it builds tables for every pair: keep it.
     *
     * @param policy the rules
     * @return the segmenter
     */
    public static Segmenter of(SegmentPolicy policy) {
        return new Segmenter(Objects.requireNonNull(policy, "policy"));
    }

    /**
     * The rules by which this segmenter cuts.
     *
     * @return the policy
     */
    public SegmentPolicy policy() {
        return policy;
    }

    /**
     * The number of segments of a text, too long or not. Allocates nothing.
     *
     * @param text any text, also empty
     * @return 1 or more
     */
    public int count(String text) {
        return segments(measure(text));
    }

    /**
     * Encoding, segments and units of a text in one number, for hot paths: it allocates nothing. Read it with
     * {@link #encoding(long)}, {@link #segments(long)}, {@link #units(long)} and {@link #tooLong(long)}.
     *
     * @param text any text, also empty
     * @return the packed answer; its layout is private to this class
     */
    public long measure(String text) {
        Layout layout = gsm.length > 1 ? choose(text) : gsm[0];
        long units = layout.units(text);
        if (units < 0) {
            layout = ucs2;
            units = text.length();
        }
        return pack(text, layout, units, layout.segments(text, units, null));
    }

    /** {@link #measure} for a text whose characters are also in an array. */
    long measure(String text, char[] characters) {
        if (gsm.length > 1) {
            return measure(text);
        }
        int length = text.length();
        int septets = GsmAlphabet.defaultSeptets(characters, length);
        Layout layout = septets < 0 ? ucs2 : gsm[0];
        int units = septets < 0 ? length : septets;
        return pack(text, layout, units, layout.segments(text, units, null));
    }

    private long pack(String text, Layout layout, long units, int segments) {
        return (layout.alphabet == null ? UCS_2 : 0)
                | (exceedsSegments(segments) || exceedsCharacters(text) ? TOO_LONG : 0)
                | (long) segments << SEGMENTS_SHIFT
                | units;
    }

    /**
     * The encoding in an answer of {@link #measure}.
     *
     * @param measured the answer
     * @return the encoding
     */
    public static Encoding encoding(long measured) {
        return (measured & UCS_2) == 0 ? Encoding.GSM_7 : Encoding.UCS_2;
    }

    /**
     * The segments in an answer of {@link #measure}.
     *
     * @param measured the answer
     * @return 1 or more
     */
    public static int segments(long measured) {
        return (int) (measured >>> SEGMENTS_SHIFT & SEGMENTS_MASK);
    }

    /**
     * The units of the whole text in an answer of {@link #measure}: septets in GSM-7, UTF-16 units in UCS-2, headers not
     * counted.
     *
     * @param measured the answer
     * @return 0 or more
     */
    public static long units(long measured) {
        return measured & 0xFFFF_FFFFL;
    }

    /**
     * Whether the text of an answer of {@link #measure} exceeds a limit of the policy.
     *
     * @param measured the answer
     * @return true when it must not be sent
     */
    public static boolean tooLong(long measured) {
        return (measured & TOO_LONG) != 0;
    }

    /**
     * A counter that is faster than {@link #measure} by keeping a buffer.
     *
     * @return a new counter, for one thread at a time
     */
    public SegmentCounter newCounter() {
        return new SegmentCounter(this);
    }

    /**
     * Cuts a text.
     *
     * @param text any text, also empty
     * @return encoding, segments and what stands in the way of sending it
     */
    public Segmentation segment(String text) {
        Layout layout = choose(text);
        long units = layout.units(text);
        Segmentation.Builder cuts = new Segmentation.Builder();
        int segments = layout.segments(text, units, cuts);
        Set<Segmentation.Limit> exceeded = EnumSet.noneOf(Segmentation.Limit.class);
        if (exceedsSegments(segments)) {
            exceeded.add(Segmentation.Limit.SEGMENTS);
        }
        if (exceedsCharacters(text)) {
            exceeded.add(Segmentation.Limit.CHARACTERS);
        }
        return cuts.build(text, this, layout, units, exceeded);
    }

    /** In the order of preference. */
    List<Layout> gsmLayouts() {
        return List.of(gsm);
    }

    Layout ucs2Layout() {
        return ucs2;
    }

    boolean hasNationalLanguages() {
        return gsm.length > 1;
    }

    /** Whether any allowed table has a character. */
    boolean encodes(int c) {
        for (Layout layout : gsm) {
            if (layout.alphabet != null && layout.alphabet.septets((char) c) > 0) {
                return true;
            }
        }
        return false;
    }

    /** The GSM-7 alphabet that lacks the fewest characters of a text. */
    GsmAlphabet nearest(String text) {
        GsmAlphabet nearest = GsmAlphabet.DEFAULT;
        int least = Integer.MAX_VALUE;
        for (Layout layout : gsm) {
            GsmAlphabet alphabet = layout.alphabet;
            int missing = alphabet == null ? least : alphabet.missing(text);
            if (alphabet != null && missing < least) {
                least = missing;
                nearest = alphabet;
            }
        }
        return nearest;
    }

    private boolean exceedsSegments(int segments) {
        return segments > policy.maxSegments();
    }

    private boolean exceedsCharacters(String text) {
        return text.length() > policy.maxCharacters() && text.codePointCount(0, text.length()) > policy.maxCharacters();
    }

    /** Fewest segments, then fewest tables named in the header, then fewest units, then the order of the languages. */
    private Layout choose(String text) {
        Layout best = ucs2;
        long bestUnits = 0;
        int bestSegments = 0;
        for (Layout layout : gsm) {
            boolean dearer = best != ucs2 && layout.shifts > best.shifts;
            // Each unit of text takes one septet at least, and no cut makes less of the segments than their capacity.
            long least = text.length();
            if (best != ucs2 && isWorse(layout.leastSegments(least), bestSegments, dearer || least >= bestUnits)) {
                continue;
            }
            long units = layout.units(text);
            if (units < 0
                    || (best != ucs2
                            && isWorse(layout.leastSegments(units), bestSegments, dearer || units >= bestUnits))) {
                continue;
            }
            int segments = layout.segments(text, units, null);
            if (best == ucs2 || !isWorse(segments, bestSegments, dearer || units >= bestUnits)) {
                best = layout;
                bestUnits = units;
                bestSegments = segments;
            }
        }
        return best;
    }

    private static boolean isWorse(int segments, int bestSegments, boolean noBetterAtEqualCount) {
        return segments > bestSegments || (segments == bestSegments && noBetterAtEqualCount);
    }
}
