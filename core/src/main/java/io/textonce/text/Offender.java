package io.textonce.text;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/**
 * A character that keeps a text from GSM-7.
 *
 * <p>A surrogate without its partner is an offender too; it is counted as one unit, and since it is no character it should
 * be replaced by U+FFFD before sending, which costs the same. Immutable and thread-safe.
 */
public final class Offender {
    private final int index;
    private final int position;
    private final int codePoint;

    Offender(int index, int position, int codePoint) {
        this.index = index;
        this.position = position;
        this.codePoint = codePoint;
    }

    /**
     * Where it stands, in UTF-16 units as Java and browsers count.
     *
     * @return 0 or more
     */
    public int index() {
        return index;
    }

    /**
     * How many UTF-16 units it takes.
     *
     * @return 1 or 2
     */
    public int length() {
        return Character.charCount(codePoint);
    }

    /**
     * Where it stands, in code points.
     *
     * @return 0 or more
     */
    public int position() {
        return position;
    }

    /**
     * The character itself.
     *
     * @return a Unicode code point, or a lone surrogate
     */
    public int codePoint() {
        return codePoint;
    }

    /**
     * Its name in the Unicode tables of the running Java, for example {@code RIGHT SINGLE QUOTATION MARK}.
     *
     * @return the name, or {@code U+} and the number where those tables have none
     */
    public String name() {
        String name = Character.getName(codePoint);
        return name != null ? name : String.format(Locale.ROOT, "U+%04X", codePoint);
    }

    /**
     * What could stand in its place: text in GSM-7 (empty to leave it out), or U+FFFD for a lone surrogate.
     *
     * @return the replacement, empty when there is no good one
     */
    public Optional<String> suggestion() {
        if (isSurrogate()) {
            return Optional.of("\uFFFD");
        }
        String composed = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFC);
        if (GsmAlphabet.DEFAULT.septets(composed) > 0) {
            return Optional.of(composed);
        }
        String same = Replacements.typographic(codePoint);
        return Optional.ofNullable(same != null ? same : Replacements.lossy(codePoint));
    }

    private boolean isSurrogate() {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Offender that
                && index == that.index
                && position == that.position
                && codePoint == that.codePoint;
    }

    @Override
    public int hashCode() {
        return (31 * index + position) * 31 + codePoint;
    }

    /** Index and number of the character; nothing else of the text. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "U+%04X at %d", codePoint, index);
    }
}
