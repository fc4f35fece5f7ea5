package io.textonce.text;

/**
 * How the characters of a message are coded on the air interface.
 *
 * <p>The whole message has one encoding: a single character outside the GSM alphabets makes all of it {@link #UCS_2}.
 * Immutable and thread-safe.
 */
public enum Encoding {
    /**
     * Seven-bit septets, 160 in a segment that stands alone; a character of an extension table costs two
     * (3GPP TS 23.038, 6.2.1).
     */
    GSM_7("GSM-7"),

    /**
     * Sixteen-bit units, 70 in a segment that stands alone; sent as UTF-16BE, so a character beyond U+FFFF costs two
     * (3GPP TS 23.038, 6.2.3).
     */
    UCS_2("UCS-2");

    private final String label;

    Encoding(String label) {
        this.label = label;
    }

    /**
     * The name that people and providers use, {@code GSM-7} or {@code UCS-2}.
     *
     * @return the name
     */
    public String label() {
        return label;
    }

    /** The same as {@link #label()}. */
    @Override
    public String toString() {
        return label;
    }
}
