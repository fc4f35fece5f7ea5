package io.textonce.text;

/**
 * Septets into octets and back (3GPP TS 23.038, 6.1.2.1).
 *
 * <p>Packed octets do not tell how many septets they hold: 8n - 1 septets leave seven zero bits, which read as one
 * {@code @} more. So the count always travels with them; {@link UserData} carries it.
 *
 * <pre>{@code
 * byte[] octets = SeptetPacking.pack(septets, 0);
 * byte[] same = SeptetPacking.unpack(octets, 0, septets.length);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SeptetPacking {
    private SeptetPacking() {}

    /**
     * Packs septets, the first one into the lowest bits.
     *
     * @param septets values from 0 to 127
     * @param fillBits zero bits before the first septet, 0 to 6, so that it starts on a septet boundary after a header
     * @return as many octets as needed; spare bits of the last one are zero
     * @throws IllegalArgumentException when a value or the fill bits are out of range
     */
    public static byte[] pack(byte[] septets, int fillBits) {
        checkFillBits(fillBits);
        byte[] octets = new byte[(fillBits + septets.length * 7 + 7) / 8];
        int bits = 0;
        int waiting = fillBits;
        int position = 0;
        for (byte septet : septets) {
            if (septet < 0) {
                throw new IllegalArgumentException("A septet is " + (septet & 0xFF) + "; allowed is 0 to 127.");
            }
            bits |= septet << waiting;
            waiting += 7;
            if (waiting >= 8) {
                octets[position++] = (byte) bits;
                bits >>>= 8;
                waiting -= 8;
            }
        }
        if (waiting > 0 && position < octets.length) {
            octets[position] = (byte) bits;
        }
        return octets;
    }

    /**
     * Unpacks septets.
     *
     * @param octets the packed octets
     * @param fillBits zero bits before the first septet, 0 to 6
     * @param count how many septets there are
     * @return {@code count} values from 0 to 127
     * @throws IllegalArgumentException when the octets hold fewer, or the fill bits are out of range
     */
    public static byte[] unpack(byte[] octets, int fillBits, int count) {
        checkFillBits(fillBits);
        if (count < 0 || fillBits + (long) count * 7 > (long) octets.length * 8) {
            throw new IllegalArgumentException("The count of septets is " + count + "; " + octets.length
                    + " octets hold 0 to " + Math.max(0, (octets.length * 8L - fillBits) / 7) + ".");
        }
        byte[] septets = new byte[count];
        int bit = fillBits;
        for (int i = 0; i < count; i++, bit += 7) {
            int index = bit >>> 3;
            int value = (octets[index] & 0xFF) >>> (bit & 7);
            if ((bit & 7) > 1) {
                value |= (octets[index + 1] & 0xFF) << (8 - (bit & 7));
            }
            septets[i] = (byte) (value & 0x7F);
        }
        return septets;
    }

    private static void checkFillBits(int fillBits) {
        if (fillBits < 0 || fillBits > 6) {
            throw new IllegalArgumentException("fillBits is " + fillBits + "; allowed is 0 to 6.");
        }
    }
}
