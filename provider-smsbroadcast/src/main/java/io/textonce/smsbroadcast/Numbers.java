package io.textonce.smsbroadcast;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.spi.Submission;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Numbers as SMS Broadcast writes them: {@code 61491570156} in answers and older callbacks, {@code +61...} in portal
 * webhooks, {@code 0491570156} or {@code 491570156} where a person's spelling is echoed (EVIDENCE.md, section 3).
 */
final class Numbers {

    /** An Australian mobile number as it is dialled at home, with or without the leading zero. */
    private static final Pattern AT_HOME = Pattern.compile("0?4[0-9]{8}");

    private static final Pattern INTERNATIONAL = Pattern.compile("\\+?[1-9][0-9]{7,14}");

    private static final int LONGEST_PARTY = 64;

    private final Map<String, Integer> places = new HashMap<>();

    /** The recipients of one request, to be told apart by what an answer's line says. */
    Numbers(List<Submission> recipients) {
        for (int i = 0; i < recipients.size(); i++) {
            places.put(recipients.get(i).to().digits(), i);
        }
    }

    /**
     * Which recipient a line is about. A spelling that two of them share is about neither.
     *
     * @return its place in the request; -1 if it is none of them, or can't be told
     */
    int place(String echoed) {
        String digits = echoed.startsWith("+") ? echoed.substring(1) : echoed;
        Integer exact = places.get(digits);
        Integer atHome = AT_HOME.matcher(echoed).matches() ? places.get(abroad(echoed)) : null;
        if (exact != null && atHome != null) {
            return -1;
        }
        return exact != null ? exact : atHome != null ? atHome : -1;
    }

    /** A number of a callback in E.164; null for a name, a short code, or nothing. */
    static @Nullable PhoneNumber read(@Nullable String text) {
        if (text == null) {
            return null;
        }
        if (text.startsWith("0") && AT_HOME.matcher(text).matches()) {
            return PhoneNumber.of("+" + abroad(text));
        }
        if (!INTERNATIONAL.matcher(text).matches()) {
            return null;
        }
        return PhoneNumber.of(text.startsWith("+") ? text : "+" + text);
    }

    /** A callback's originator or destination, whatever it is. */
    static SenderId party(@Nullable String text) {
        PhoneNumber number = read(text);
        if (number != null) {
            return SenderId.of(number);
        }
        String shown = text == null ? "" : text;
        return SenderId.observed(shown.length() > LONGEST_PARTY ? shown.substring(0, LONGEST_PARTY) : shown);
    }

    private static String abroad(String atHome) {
        return "61" + (atHome.startsWith("0") ? atHome.substring(1) : atHome);
    }
}
