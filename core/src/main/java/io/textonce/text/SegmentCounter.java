package io.textonce.text;

/**
 * Counts segments of one text after another without allocating.
 *
 * <p>The answers are those of {@link Segmenter#measure}; it is faster because it copies each text into a buffer that it
 * keeps (as large as the longest text so far).
 *
 * <pre>{@code
 * SegmentCounter counter = Segmenter.of(SegmentPolicy.GENERIC).newCounter();
 * for (String text : texts) {
 *     total += counter.count(text);
 * }
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class SegmentCounter {
    private final Segmenter segmenter;
    private char[] buffer = new char[512];
    private long measured;

    SegmentCounter(Segmenter segmenter) {
        this.segmenter = segmenter;
        this.measured = segmenter.measure("");
    }

    /**
     * Counts a text and remembers the answer until the next one.
     *
     * @param text any text, also empty
     * @return the segments, 1 or more
     */
    public int count(String text) {
        int length = text.length();
        if (length > buffer.length) {
            buffer = new char[Math.max(length, Math.min(buffer.length, Integer.MAX_VALUE / 4) * 2)];
        }
        text.getChars(0, length, buffer, 0);
        measured = segmenter.measure(text, buffer);
        return segments();
    }

    /**
     * The segments of the last text; of an empty one before the first.
     *
     * @return 1 or more
     */
    public int segments() {
        return Segmenter.segments(measured);
    }

    /**
     * The encoding of the last text.
     *
     * @return the encoding
     */
    public Encoding encoding() {
        return Segmenter.encoding(measured);
    }

    /**
     * The units of the last text: septets in GSM-7, UTF-16 units in UCS-2, headers not counted.
     *
     * @return 0 or more
     */
    public long units() {
        return Segmenter.units(measured);
    }

    /**
     * Whether the last text exceeds a limit of the policy.
     *
     * @return true when it must not be sent
     */
    public boolean tooLong() {
        return Segmenter.tooLong(measured);
    }
}
