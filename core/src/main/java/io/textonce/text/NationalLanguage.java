package io.textonce.text;

/**
 * A language with tables of its own for GSM-7 (3GPP TS 23.038, annex A).
 *
 * <p>A <em>locking shift</em> replaces the default alphabet for a segment, a <em>single shift</em> replaces the
 * extension table; each costs three octets of header in every segment. A provider or operator has to support them, which
 * few document, so a {@link SegmentPolicy} allows none unless told. Immutable and thread-safe.
 */
public enum NationalLanguage {
    /** Turkish, identifier 1. */
    TURKISH(1, true),

    /** Spanish, identifier 2; it has a single shift table only. */
    SPANISH(2, false),

    /** Portuguese, identifier 3. */
    PORTUGUESE(3, true),

    /** Bengali, identifier 4. */
    BENGALI(4, true),

    /** Gujarati, identifier 5. */
    GUJARATI(5, true),

    /** Hindi, identifier 6. */
    HINDI(6, true),

    /** Kannada, identifier 7. */
    KANNADA(7, true),

    /** Malayalam, identifier 8. */
    MALAYALAM(8, true),

    /** Oriya, identifier 9. */
    ORIYA(9, true),

    /** Punjabi, identifier 10. */
    PUNJABI(10, true),

    /** Tamil, identifier 11. */
    TAMIL(11, true),

    /** Telugu, identifier 12. */
    TELUGU(12, true),

    /** Urdu, identifier 13. */
    URDU(13, true);

    private final int id;
    private final boolean locking;

    NationalLanguage(int id, boolean locking) {
        this.id = id;
        this.locking = locking;
    }

    /**
     * The national language identifier that goes into the segment header (3GPP TS 23.038, 6.2.1.2.4).
     *
     * @return 1 to 13
     */
    public int id() {
        return id;
    }

    /**
     * Whether the language has a locking shift table; all but Spanish do.
     *
     * @return true when it has one
     */
    public boolean hasLockingShift() {
        return locking;
    }
}
