package io.textonce.twilio;

import org.jspecify.annotations.Nullable;

/** Twilio's identifiers: two letters for the kind, then 32 hexadecimal digits. */
final class Sid {

    private static final int LENGTH = 34;
    private static final int MOST_DIGITS = 9;

    private Sid() {}

    /** Whether it is an SMS or MMS: {@code ^(SM|MM)[0-9a-fA-F]{32}$} in the contract. */
    static boolean isMessage(@Nullable String value) {
        return is("SM", value) || is("MM", value);
    }

    static boolean is(String prefix, @Nullable String value) {
        if (value == null || value.length() != LENGTH || !value.startsWith(prefix)) {
            return false;
        }
        for (int i = prefix.length(); i < LENGTH; i++) {
            if (Character.digit(value.charAt(i), 16) < 0 || value.charAt(i) > 'f') {
                return false;
            }
        }
        return true;
    }

    /** Up to nine decimal digits as a number; -1 for anything else. */
    static int digits(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > MOST_DIGITS) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }
}
