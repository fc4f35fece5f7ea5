package io.textonce.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites a text so that it fits GSM-7, if that saves segments.
 *
 * <p>It is off unless a host turns it on. The rewritten text is taken only when the whole of it is in GSM-7 and needs
 * fewer segments; otherwise the text stays exactly as it was. Each replacement is reported with its place in the original.
 * Web addresses are never touched. A combining mark never becomes a character that takes space.
 *
 * <p>Apply it after the text is complete (template, opt-out line) and before it is counted and priced; keep the original
 * for the record.
 *
 * <pre>{@code
 * SmartEncoding.Report report =
 *         SmartEncoding.TYPOGRAPHIC.apply("It\u2019s time", Segmenter.of(SegmentPolicy.TWILIO));
 * report.text();            // what to send
 * report.substitutions();   // what was, or would have been, replaced
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SmartEncoding {
    /** Changes nothing. */
    public static final SmartEncoding NONE = new SmartEncoding(Level.NONE, Map.of(), false);

    /** Composes letters and accents, nothing else; no character is lost. */
    public static final SmartEncoding CANONICAL = new SmartEncoding(Level.CANONICAL, Map.of(), false);

    /** Also replaces what looks the same: quotes, dashes, blanks, ellipses, fullwidth forms, invisible characters. */
    public static final SmartEncoding TYPOGRAPHIC = new SmartEncoding(Level.TYPOGRAPHIC, Map.of(), false);

    /** Also takes accents off and replaces symbols by something near. */
    public static final SmartEncoding LOSSY = new SmartEncoding(Level.LOSSY, Map.of(), false);

    private static final int MOST_MARKS = 30;
    /** A carriage return that a line feed follows. */
    private static final Rewritten DROPPED_RETURN = new Rewritten("", Level.TYPOGRAPHIC);
    /** What {@link #shortKey} says of a stretch that has none. */
    private static final long LONG = -1;
    /** Below it, a character alone is its own NFC. */
    private static final char FIRST_COMPOSED = 0x300;

    private final Level level;
    private final Map<Integer, Own> own;
    private final boolean whenSmaller;

    private SmartEncoding(Level level, Map<Integer, Own> own, boolean whenSmaller) {
        this.level = level;
        this.own = own;
        this.whenSmaller = whenSmaller;
    }

    /**
     * The most that may be done to a text.
     *
     * @return the level
     */
    public Level level() {
        return level;
    }

    /**
     * A copy with a replacement of the host's, which wins over the built-in one.
     *
     * @param codePoint a character that GSM-7 lacks
     * @param replacement characters of the default GSM alphabet, or nothing
     * @param from the lowest level at which it is used, TYPOGRAPHIC or LOSSY
     * @return the copy
     * @throws IllegalArgumentException when the replacement is not in the default alphabet, when the character is, when a
     *     combining mark would become visible, or for another level
     */
    public SmartEncoding replacing(int codePoint, String replacement, Level from) {
        String character = String.format(Locale.ROOT, "U+%04X", codePoint);
        if (!Character.isValidCodePoint(codePoint)) {
            throw new IllegalArgumentException(character + " is no code point; allowed is U+0000 to U+10FFFF.");
        }
        if (GsmAlphabet.DEFAULT.septets(replacement) < 0) {
            throw new IllegalArgumentException("The replacement of " + character
                    + " has characters outside the default GSM alphabet; use characters of that alphabet, or none.");
        }
        if (codePoint <= Character.MAX_VALUE && GsmAlphabet.DEFAULT.septets((char) codePoint) > 0) {
            throw new IllegalArgumentException(character + " is in the default GSM alphabet and is never replaced.");
        }
        if (Replacements.isCombining(codePoint) && !replacement.isEmpty()) {
            throw new IllegalArgumentException(
                    character + " is a combining mark; it may only be left out (an empty replacement).");
        }
        if (from != Level.TYPOGRAPHIC && from != Level.LOSSY) {
            throw new IllegalArgumentException("The level is " + from + "; allowed is TYPOGRAPHIC or LOSSY.");
        }
        Map<Integer, Own> more = new HashMap<>(own);
        more.put(codePoint, new Own(replacement, from));
        return new SmartEncoding(level, Map.copyOf(more), whenSmaller);
    }

    /**
     * A copy that also takes a rewritten text which needs as many segments, but fewer bits (7 a septet, 16 a UCS-2 unit).
     *
     * @return the copy
     */
    public SmartEncoding alsoWhenSmaller() {
        return new SmartEncoding(level, own, true);
    }

    /**
     * Rewrites a text if that pays.
     *
     * @param text any text, also empty
     * @param segmenter counts before and after
     * @return what to send and why
     */
    public Report apply(String text, Segmenter segmenter) {
        Segmentation before = segmenter.segment(text);
        if (level == Level.NONE) {
            return new Report(Decision.OFF, text, text, List.of(), List.of(), before, before);
        }
        Draft draft = rewrite(text, segmenter::encodes);
        Segmentation after = segmenter.segment(draft.text());
        if (after.encoding() == Encoding.UCS_2 && segmenter.hasNationalLanguages()) {
            // No one pair of tables has all of it: aim at the default alphabet instead.
            Draft plain = rewrite(text, c -> GsmAlphabet.DEFAULT.septets((char) c) > 0);
            Segmentation afterPlain = segmenter.segment(plain.text());
            if (afterPlain.encoding() == Encoding.GSM_7) {
                draft = plain;
                after = afterPlain;
            }
        }
        Decision decision = decide(draft, before, after);
        String result = decision == Decision.ADOPTED ? draft.text() : text;
        return new Report(decision, text, result, draft.substitutions(), draft.addresses(), before, after);
    }

    private Decision decide(Draft draft, Segmentation before, Segmentation after) {
        if (after.encoding() == Encoding.UCS_2) {
            return Decision.STILL_UCS_2;
        }
        if (draft.substitutions().isEmpty()) {
            return Decision.NOTHING_TO_REPLACE;
        }
        boolean fewer = after.count() < before.count();
        boolean smaller = after.count() == before.count() && bits(after) < bits(before);
        return fewer || (whenSmaller && smaller) ? Decision.ADOPTED : Decision.NO_SAVING;
    }

    private static long bits(Segmentation segmentation) {
        return segmentation.units() * (segmentation.encoding() == Encoding.GSM_7 ? 7 : 16);
    }

    private Draft rewrite(String text, IntPredicate encodable) {
        StringBuilder result = new StringBuilder(text.length());
        List<Substitution> substitutions = new ArrayList<>();
        List<Span> addresses = new ArrayList<>();
        WebAddresses web = new WebAddresses(text);
        Map<Long, Rewritten> known = new HashMap<>();
        int index = 0;
        while (index < text.length()) {
            int addressEnd = web.end(index);
            if (addressEnd > index) {
                if (wouldChange(text, index, addressEnd, encodable)) {
                    addresses.add(new Span(index, addressEnd));
                }
                result.append(text, index, addressEnd);
                index = addressEnd;
                continue;
            }
            int end = afterMarks(text, index);
            if (end == index + 1 && text.charAt(index) < FIRST_COMPOSED && staysPlain(text.charAt(index), encodable)) {
                result.append(text.charAt(index));
                index = end;
                continue;
            }
            int first = text.codePointAt(index);
            long key = shortKey(text, index, end);
            Rewritten rewritten = key == LONG ? null : known.get(key);
            if (rewritten == null) {
                rewritten = rewritten(text.substring(index, end), afterJoining(text, index), encodable);
                if (key != LONG) {
                    known.put(key, rewritten);
                }
            }
            if (level.atLeast(Level.TYPOGRAPHIC) && first == '\r' && text.startsWith("\n", end)) {
                rewritten = DROPPED_RETURN;
            }
            if (!text.regionMatches(index, rewritten.text(), 0, end - index)
                    || rewritten.text().length() != end - index) {
                substitutions.add(new Substitution(index, end - index, first, rewritten.text(), rewritten.level()));
            }
            result.append(rewritten.text());
            index = end;
        }
        return new Draft(result.toString(), substitutions, addresses);
    }

    /** Whether a character below the first composed one is left alone: {@code \r} may stand before a line feed. */
    private static boolean staysPlain(char c, IntPredicate encodable) {
        return c != '\r' && encodable.test(c);
    }

    private boolean wouldChange(String text, int start, int end, IntPredicate encodable) {
        for (int from = start, to; from < end; from = to) {
            to = Math.min(end, afterMarks(text, from));
            if (to == from + 1 && text.charAt(from) < FIRST_COMPOSED && staysPlain(text.charAt(from), encodable)) {
                continue;
            }
            String original = text.substring(from, to);
            if (!rewritten(original, false, encodable).text().equals(original)) {
                return true;
            }
        }
        return false;
    }

    /**
     * A code point with the combining marks after it, at most as many as the Stream-Safe Text Format of Unicode Standard
     * Annex 15 allows: normalizing an endless run takes quadratic time.
     */
    private static int afterMarks(String text, int index) {
        int end = index + Character.charCount(text.codePointAt(index));
        for (int marks = 0;
                marks < MOST_MARKS && end < text.length() && Replacements.isCombining(text.codePointAt(end));
                marks++) {
            end += Character.charCount(text.codePointAt(end));
        }
        return end;
    }

    /** After a letter of another script or a pictograph, where a zero-width joiner has a meaning. */
    private static boolean afterJoining(String text, int index) {
        return index > 0 && text.charAt(index - 1) >= 0x300;
    }

    /**
     * A name for a stretch of one code point, or of one and a mark, whose fate doesn't depend on what stands before it.
     * Texts repeat few of these, and normalizing is dear.
     */
    private static long shortKey(String text, int start, int end) {
        int first = text.codePointAt(start);
        int mark = start + Character.charCount(first);
        if (isJoiner(first) || end > mark + 1) {
            return LONG;
        }
        return end == mark ? first : first | ((long) text.charAt(mark) << Integer.SIZE);
    }

    private static boolean isJoiner(int codePoint) {
        return codePoint == 0x200C || codePoint == 0x200D;
    }

    private Rewritten rewritten(String original, boolean joining, IntPredicate encodable) {
        String composed = Normalizer.normalize(original, Normalizer.Form.NFC);
        StringBuilder result = new StringBuilder();
        Level used = Level.CANONICAL;
        for (int i = 0; i < composed.length(); ) {
            int codePoint = composed.codePointAt(i);
            i += Character.charCount(codePoint);
            Own found = isEncodable(codePoint, encodable) ? null : find(codePoint, joining);
            if (found == null) {
                result.appendCodePoint(codePoint);
            } else {
                result.append(found.replacement());
                used = used.atLeast(found.level()) ? used : found.level();
            }
        }
        return new Rewritten(result.toString(), used);
    }

    private static boolean isEncodable(int codePoint, IntPredicate encodable) {
        return codePoint <= Character.MAX_VALUE && encodable.test(codePoint);
    }

    private @Nullable Own find(int codePoint, boolean joining) {
        Own host = own.get(codePoint);
        if (host != null && level.atLeast(host.level())) {
            return host;
        }
        String same = level.atLeast(Level.TYPOGRAPHIC) && !(isJoiner(codePoint) && joining)
                ? Replacements.typographic(codePoint)
                : null;
        if (same != null) {
            return new Own(same, Level.TYPOGRAPHIC);
        }
        String near = level.atLeast(Level.LOSSY) ? Replacements.lossy(codePoint) : null;
        return near == null ? null : new Own(near, Level.LOSSY);
    }

    /** What may be done to a text; each level includes those before it. */
    public enum Level {
        /** Nothing. */
        NONE,
        /** Letter and accent become the one character that Unicode holds equal (NFC). */
        CANONICAL,
        /** Characters that look the same, or are not seen. */
        TYPOGRAPHIC,
        /** Characters that say nearly the same. */
        LOSSY;

        private boolean atLeast(Level other) {
            return compareTo(other) >= 0;
        }
    }

    /** What became of a text. */
    public enum Decision {
        /** The rewritten text is to be sent. */
        ADOPTED,
        /** The level is NONE. */
        OFF,
        /** The text is in GSM-7 and nothing in it can be replaced. */
        NOTHING_TO_REPLACE,
        /** Characters remain that no replacement exists for, or that stand in a web address. */
        STILL_UCS_2,
        /** The rewritten text needs as many segments as the original. */
        NO_SAVING
    }

    /**
     * One replacement.
     *
     * @param index where it starts in the original, in UTF-16 units
     * @param length how many UTF-16 units of the original it covers: a character with its combining marks
     * @param codePoint the first character replaced
     * @param replacement what stands there instead, possibly empty
     * @param level the level that allowed it
     */
    public record Substitution(int index, int length, int codePoint, String replacement, Level level) {}

    /**
     * A stretch of the original.
     *
     * @param start in UTF-16 units
     * @param end in UTF-16 units, exclusive
     */
    public record Span(int start, int end) {}

    /** The outcome of {@link SmartEncoding#apply}. Immutable and thread-safe; {@code toString()} shows no text. */
    public static final class Report {
        private final Decision decision;
        private final String original;
        private final String text;
        private final List<Substitution> substitutions;
        private final List<Span> untouchedAddresses;
        private final Segmentation before;
        private final Segmentation after;

        private Report(
                Decision decision,
                String original,
                String text,
                List<Substitution> substitutions,
                List<Span> untouchedAddresses,
                Segmentation before,
                Segmentation after) {
            this.decision = decision;
            this.original = original;
            this.text = text;
            this.substitutions = Collections.unmodifiableList(substitutions);
            this.untouchedAddresses = Collections.unmodifiableList(untouchedAddresses);
            this.before = before;
            this.after = after;
        }

        /**
         * What became of the text, and if it was not rewritten, why.
         *
         * @return the decision
         */
        public Decision decision() {
            return decision;
        }

        /**
         * Whether the rewritten text is to be sent.
         *
         * @return true for {@link Decision#ADOPTED}
         */
        public boolean adopted() {
            return decision == Decision.ADOPTED;
        }

        /**
         * The text to send: rewritten when adopted, else the original.
         *
         * @return the text
         */
        public String text() {
            return text;
        }

        /**
         * The text as it came.
         *
         * @return the text
         */
        public String original() {
            return original;
        }

        /**
         * Every replacement, made when adopted and possible when not.
         *
         * @return an unmodifiable list in the order of the original
         */
        public List<Substitution> substitutions() {
            return substitutions;
        }

        /**
         * The web addresses that hold characters to replace; they are left alone, because another address is another
         * place.
         *
         * @return an unmodifiable list in the order of the original
         */
        public List<Span> untouchedAddresses() {
            return untouchedAddresses;
        }

        /**
         * The original, cut.
         *
         * @return its segments
         */
        public Segmentation before() {
            return before;
        }

        /**
         * The rewritten text, cut, adopted or not.
         *
         * @return its segments
         */
        public Segmentation after() {
            return after;
        }

        /** Decision and counts; nothing of the text. */
        @Override
        public String toString() {
            return "Report[" + decision + ", substitutions=" + substitutions.size() + ", segments=" + before.count()
                    + " to " + after.count() + "]";
        }
    }

    private record Own(String replacement, Level level) {}

    /** What becomes of a stretch, and the level that it takes. */
    private record Rewritten(String text, Level level) {}

    private record Draft(String text, List<Substitution> substitutions, List<Span> addresses) {}
}
