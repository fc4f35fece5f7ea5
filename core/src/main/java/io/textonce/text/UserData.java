package io.textonce.text;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The user data of one short message: header, coded text and the length that tells where the text ends (3GPP TS 23.040,
 * 9.2.3.24).
 *
 * <p>Written by {@link Segmentation#userData}, read by {@link #of}. Reading is lenient where a handset is: an escape before
 * a code that the extension table lacks shows the character of the main table, two escapes show a space, an empty cell of
 * a locking shift table shows U+FFFD, unknown header elements are skipped.
 *
 * <pre>{@code
 * UserData first = Segmenter.of(SegmentPolicy.GENERIC).segment(text).userData(0, 42);
 * UserData same = UserData.of(first.encoding(), first.hasHeader(), first.length(), first.octets());
 * same.text();
 * }</pre>
 *
 * <p>Immutable and thread-safe. {@code toString()} shows no text.
 */
public final class UserData {
    private static final int CONCATENATION_8 = 0x00;
    private static final int CONCATENATION_16 = 0x08;
    private static final int SINGLE_SHIFT = 0x24;
    private static final int LOCKING_SHIFT = 0x25;

    private final Encoding encoding;
    private final int length;
    private final byte[] octets;

    /** Octets of the header, its length octet included; 0 for none. */
    private final int header;

    private final GsmAlphabet alphabet;
    private final @Nullable Concatenation concatenation;

    private UserData(Encoding encoding, boolean hasHeader, int length, byte[] octets) {
        this.encoding = encoding;
        this.length = length;
        this.octets = octets;
        this.header = hasHeader ? checkedHeader(octets) : 0;
        NationalLanguage locking = null;
        NationalLanguage single = null;
        Concatenation parts = null;
        for (int i = 1; i + 1 < header; ) {
            int kind = octets[i] & 0xFF;
            int size = octets[i + 1] & 0xFF;
            int value = i + 2;
            i = value + size;
            if (i > header) {
                throw new IllegalArgumentException("Header element 0x" + Integer.toHexString(kind) + " says " + size
                        + " octets and passes the end of the header.");
            }
            if (kind == CONCATENATION_8 && size == 3) {
                parts = new Concatenation(octets[value] & 0xFF, octets[value + 1] & 0xFF, octets[value + 2] & 0xFF);
            } else if (kind == CONCATENATION_16 && size == 4) {
                int reference = ((octets[value] & 0xFF) << 8) | (octets[value + 1] & 0xFF);
                parts = new Concatenation(reference, octets[value + 2] & 0xFF, octets[value + 3] & 0xFF);
            } else if (kind == SINGLE_SHIFT && size == 1) {
                single = language(octets[value]);
            } else if (kind == LOCKING_SHIFT && size == 1) {
                locking = language(octets[value]);
            }
        }
        this.concatenation = parts;
        this.alphabet = GsmAlphabet.of(locking, single);
        int needed = encoding == Encoding.GSM_7 ? (length * 7 + 7) / 8 : length;
        int least = encoding == Encoding.GSM_7 ? (header * 8 + 6) / 7 : header;
        if (octets.length < needed || length < least) {
            throw new IllegalArgumentException(
                    "The length is " + length + (encoding == Encoding.GSM_7 ? " septets" : "")
                            + " with " + octets.length + " octets of which the header takes " + header
                            + "; the octets must hold the length, and the length the header.");
        }
    }

    /**
     * User data as received.
     *
     * @param encoding how the text is coded
     * @param hasHeader whether a header precedes the text (TP-UDHI)
     * @param length the length that came with the octets (TP-UDL): septets in GSM-7, octets in UCS-2, header included
     * @param octets header and text; copied
     * @return the user data
     * @throws IllegalArgumentException when header, length and octets contradict each other
     */
    public static UserData of(Encoding encoding, boolean hasHeader, int length, byte[] octets) {
        return new UserData(Objects.requireNonNull(encoding, "encoding"), hasHeader, length, octets.clone());
    }

    /** Writes one segment; a null alphabet is UCS-2, null concatenation a message of one segment. */
    static UserData write(
            String text,
            @Nullable GsmAlphabet alphabet,
            SegmentPolicy.Header kind,
            @Nullable Concatenation concatenation) {
        byte[] header = header(alphabet, kind, concatenation);
        if (alphabet == null) {
            byte[] octets = Arrays.copyOf(header, header.length + text.length() * 2);
            for (int i = 0; i < text.length(); i++) {
                char c = wellFormed(text, i);
                octets[header.length + 2 * i] = (byte) (c >>> 8);
                octets[header.length + 2 * i + 1] = (byte) c;
            }
            return new UserData(Encoding.UCS_2, header.length > 0, octets.length, octets);
        }
        byte[] septets = alphabet.encode(text);
        byte[] packed = SeptetPacking.pack(septets, fillBits(header.length));
        byte[] octets = Arrays.copyOf(header, header.length + packed.length);
        System.arraycopy(packed, 0, octets, header.length, packed.length);
        int length = (header.length * 8 + 6) / 7 + septets.length;
        return new UserData(Encoding.GSM_7, header.length > 0, length, octets);
    }

    private static byte[] header(
            @Nullable GsmAlphabet alphabet, SegmentPolicy.Header kind, @Nullable Concatenation concatenation) {
        byte[] header = new byte[1 + 6 + 3 + 3];
        int size = 1;
        if (concatenation != null && kind != SegmentPolicy.Header.NONE) {
            boolean wide = kind == SegmentPolicy.Header.REF16;
            header[size++] = (byte) (wide ? CONCATENATION_16 : CONCATENATION_8);
            header[size++] = (byte) (wide ? 4 : 3);
            if (wide) {
                header[size++] = (byte) (concatenation.reference() >>> 8);
            }
            header[size++] = (byte) concatenation.reference();
            header[size++] = (byte) concatenation.total();
            header[size++] = (byte) concatenation.index();
        }
        if (alphabet != null && alphabet.single != null) {
            header[size++] = SINGLE_SHIFT;
            header[size++] = 1;
            header[size++] = (byte) alphabet.single.id();
        }
        if (alphabet != null && alphabet.locking != null) {
            header[size++] = LOCKING_SHIFT;
            header[size++] = 1;
            header[size++] = (byte) alphabet.locking.id();
        }
        header[0] = (byte) (size - 1);
        return Arrays.copyOf(header, size == 1 ? 0 : size);
    }

    /** The unit at an index, U+FFFD for a surrogate without its partner. */
    private static char wellFormed(String text, int index) {
        char c = text.charAt(index);
        boolean lone = Character.isSurrogate(c)
                && !(index + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(index + 1)))
                && !(index > 0 && Character.isSurrogatePair(text.charAt(index - 1), c));
        return lone ? '\uFFFD' : c;
    }

    private static int checkedHeader(byte[] octets) {
        int header = octets.length == 0 ? 1 : (octets[0] & 0xFF) + 1;
        if (header > octets.length) {
            throw new IllegalArgumentException(
                    "The header says " + header + " octets, and there are " + octets.length + ".");
        }
        return header;
    }

    private static @Nullable NationalLanguage language(byte id) {
        for (NationalLanguage language : NationalLanguage.values()) {
            if (language.id() == id) {
                return language;
            }
        }
        return null;
    }

    private static int fillBits(int header) {
        return (7 - header * 8 % 7) % 7;
    }

    /**
     * How the text is coded.
     *
     * @return the encoding
     */
    public Encoding encoding() {
        return encoding;
    }

    /**
     * Whether a header precedes the text (TP-UDHI).
     *
     * @return true when there is one
     */
    public boolean hasHeader() {
        return header > 0;
    }

    /**
     * The length that goes with the octets (TP-UDL).
     *
     * @return septets in GSM-7, octets in UCS-2, header included
     */
    public int length() {
        return length;
    }

    /**
     * Header and text (TP-UD).
     *
     * @return a copy, at most 140 octets when written by a {@link Segmentation}
     */
    public byte[] octets() {
        return octets.clone();
    }

    /**
     * Which segment of which message this is.
     *
     * @return empty when the header does not say
     */
    public Optional<Concatenation> concatenation() {
        return Optional.ofNullable(concatenation);
    }

    /**
     * The language of the locking shift table.
     *
     * @return empty for the default alphabet, for an identifier that is not assigned, and for UCS-2
     */
    public Optional<NationalLanguage> lockingShift() {
        return Optional.ofNullable(alphabet.locking);
    }

    /**
     * The language of the single shift table.
     *
     * @return empty for the default extension table, for an identifier that is not assigned, and for UCS-2
     */
    public Optional<NationalLanguage> singleShift() {
        return Optional.ofNullable(alphabet.single);
    }

    /**
     * The text as a handset shows it.
     *
     * @return the decoded text
     */
    public String text() {
        byte[] body = Arrays.copyOfRange(octets, header, octets.length);
        if (encoding == Encoding.GSM_7) {
            return alphabet.decode(SeptetPacking.unpack(body, fillBits(header), length - (header * 8 + 6) / 7));
        }
        char[] units = new char[(length - header) / 2];
        for (int i = 0; i < units.length; i++) {
            units[i] = (char) (((body[2 * i] & 0xFF) << 8) | (body[2 * i + 1] & 0xFF));
        }
        return new String(units);
    }

    /** Sizes only. */
    @Override
    public String toString() {
        return "UserData[" + encoding + ", header=" + header + ", length=" + length + "]";
    }

    /**
     * The place of a segment in its message.
     *
     * @param reference the number that all segments of the message share, 0 to 255 or to 65535
     * @param total the number of segments, 1 to 255
     * @param index the place, from 1
     */
    public record Concatenation(int reference, int total, int index) {}
}
