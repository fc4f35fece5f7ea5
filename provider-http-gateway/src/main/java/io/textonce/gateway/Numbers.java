package io.textonce.gateway;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Numbers as gateways give them back: with or without plus sign, with a leading zero, or no numbers at all. */
final class Numbers {

    /** Shorter ones are short codes. */
    private static final int SHORTEST = 9;

    private static final int LONGEST_TEXT = 64;

    private final @Nullable String countryCode;

    /** Numbers with a leading zero belong to the country, if there is one. */
    Numbers(@Nullable String countryCode) {
        this.countryCode = countryCode;
    }

    Optional<PhoneNumber> number(String text) {
        String e164 = e164(text);
        return PhoneNumber.isE164(e164) ? Optional.of(PhoneNumber.of(e164)) : Optional.empty();
    }

    SenderId party(String text) {
        String e164 = e164(text);
        return PhoneNumber.isE164(e164) ? SenderId.of(PhoneNumber.of(e164)) : SenderId.observed(text.strip());
    }

    /** In E.164 if it can be; otherwise as it came. */
    String e164(String text) {
        String trimmed = text.length() > LONGEST_TEXT ? text : text.strip();
        if (trimmed.startsWith("+") || trimmed.length() > LONGEST_TEXT) {
            return trimmed;
        }
        if (trimmed.isEmpty() || !isDigits(trimmed)) {
            return trimmed;
        }
        if (trimmed.startsWith("00")) {
            return "+" + trimmed.substring(2);
        }
        if (trimmed.startsWith("0")) {
            return countryCode == null ? trimmed : "+" + countryCode + trimmed.substring(1);
        }
        return trimmed.length() < SHORTEST ? trimmed : "+" + trimmed;
    }

    private static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
