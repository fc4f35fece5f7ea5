package io.textonce;

import java.util.Objects;

/**
 * A telephone number in E.164: a plus sign, then at most 15 digits of which the first isn't zero.
 *
 * <p>Guaranteed: the form. Not guaranteed: that the number exists or can take a message; {@code io.textonce.phone} judges
 * that. {@link #toString()} masks the number, so it may stand in a log; {@link #e164()} doesn't.
 *
 * <pre>{@code
 * PhoneNumber patient = PhoneNumber.of("+61491570156");
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 *
 * @param e164 the number, such as {@code +61491570156} (ITU-T E.164, section 6: at most 15 digits)
 */
public record PhoneNumber(String e164) {

    private static final int SHORTEST = 4;
    private static final int LONGEST = 16;

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException unless the value is a plus sign and 3 to 15 digits not starting with zero
     */
    public PhoneNumber {
        Objects.requireNonNull(e164, "phone number");
        if (!isE164(e164)) {
            throw new IllegalArgumentException("phone number: " + mask(e164)
                    + " is not E.164 (a plus sign, then 3 to 15 digits, the first not 0);"
                    + " use SmsMessage.to(String) or io.textonce.phone for a number as people write it");
        }
    }

    /**
     * Takes a number that is E.164 already.
     *
     * @param e164 such as {@code +61491570156}
     * @return the number
     * @throws IllegalArgumentException unless it is E.164
     */
    public static PhoneNumber of(String e164) {
        return new PhoneNumber(e164);
    }

    /**
     * Tells whether a text has the form of E.164.
     *
     * @param text any text
     * @return true for a plus sign and 3 to 15 digits, the first not zero
     */
    public static boolean isE164(String text) {
        int length = text.length();
        if (length < SHORTEST || length > LONGEST || text.charAt(0) != '+' || text.charAt(1) == '0') {
            return false;
        }
        for (int i = 1; i < length; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
        }
        return true;
    }

    /**
     * Masks any text that may hold a number, for logs and errors: only its last three digits stay, and those only of a
     * text of seven characters or more that ends in them.
     *
     * @param text a number in any form
     * @return such as {@code ***156}, or {@code ***} for anything else
     */
    public static String mask(String text) {
        int shown = text.length() - 3;
        boolean digits = shown >= 4 && text.chars().skip(shown).allMatch(c -> c >= '0' && c <= '9');
        return digits ? "***" + text.substring(shown) : "***";
    }

    /**
     * The digits without the plus sign, which some gateways call MSISDN.
     *
     * @return 3 to 15 digits
     */
    public String digits() {
        return e164.substring(1);
    }

    /**
     * The masked number, safe for logs.
     *
     * @return such as {@code ***156}
     */
    @Override
    public String toString() {
        return mask(e164);
    }
}
