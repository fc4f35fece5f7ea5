package io.textonce.twilio;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options that a message may carry for Twilio alone, as Twilio's contract names them, each with the values that the
 * contract allows. Anything else is refused before a request: Twilio ignores keys that it doesn't know.
 */
enum Extra {
    ADDRESS_RETENTION("AddressRetention", "retain or obfuscate"),
    APPLICATION_SID("ApplicationSid", "AP and 32 hexadecimal digits", value -> Sid.is("AP", value)),
    ATTEMPT("Attempt", "a whole number", value -> Sid.digits(value) >= 0),
    CONTENT_RETENTION("ContentRetention", "retain or discard"),
    CONTENT_SID("ContentSid", "HX and 32 hexadecimal digits", value -> Sid.is("HX", value)),
    CONTENT_VARIABLES("ContentVariables", "a JSON object, together with ContentSid", Extra::looksLikeObject),
    FALLBACK_FROM("FallbackFrom", "a number or short code", value -> !value.isBlank()),
    FORCE_DELIVERY("ForceDelivery", "true or false"),
    MESSAGING_SERVICE_SID("MessagingServiceSid", "MG and 32 hexadecimal digits", value -> Sid.is("MG", value)),
    PERSISTENT_ACTION("PersistentAction", "one action", value -> !value.isBlank()),
    PROVIDE_FEEDBACK("ProvideFeedback", "true or false"),
    RISK_CHECK("RiskCheck", "enable or disable"),
    SEND_AS_MMS("SendAsMms", "true or false"),
    SHORTEN_URLS("ShortenUrls", "true or false"),
    SMART_ENCODED("SmartEncoded", "true or false"),
    TRAFFIC_TYPE("TrafficType", "free");

    /** Keys of the contract that are ours to set, or that we refuse; each with what to do instead. */
    private static final Map<String, String> NOT_HERE = Map.of(
            "To", "it is the message's recipient.",
            "From", "use SmsMessage.from.",
            "Body", "use SmsMessage.text.",
            "MediaUrl", "use SmsMessage.media.",
            "StatusCallback", "use TwilioProvider.builder().statusCallback.",
            "ValidityPeriod", "use SmsMessage.notAfter.",
            "ScheduleType", "schedule with SmsOutbox, which still checks opt-outs when the time comes.",
            "SendAt", "schedule with SmsOutbox, which still checks opt-outs when the time comes.",
            "MaxPrice", "it has had no effect at Twilio since 2024-06-03; use a spending cap of the client.");

    private static final Map<String, Extra> BY_KEY =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(extra -> extra.key, extra -> extra));

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z]{1,32}");

    private final String key;
    private final String allowed;
    private final Predicate<String> valid;

    Extra(String key, String oneOf) {
        this(key, oneOf, Arrays.asList(oneOf.split(" or "))::contains);
    }

    Extra(String key, String allowed, Predicate<String> valid) {
        this.key = key;
        this.allowed = allowed;
        this.valid = valid;
    }

    String key() {
        return key;
    }

    /** What is wrong with a pair, for people, without the value; null if nothing. */
    static @Nullable String problem(String key, String value) {
        Extra extra = BY_KEY.get(key);
        if (extra != null) {
            return extra.valid.test(value) ? null : "extra " + key + " must be " + extra.allowed + ".";
        }
        String instead = NOT_HERE.get(key);
        if (instead != null) {
            return "extra " + key + " isn't taken: " + instead;
        }
        return "extra " + (PLAIN.matcher(key).matches() ? key : "(an unprintable key)")
                + " isn't an option of Twilio's Messages resource; known are "
                + BY_KEY.keySet().stream().sorted().collect(Collectors.joining(", ")) + ".";
    }

    private static boolean looksLikeObject(String value) {
        return value.startsWith("{") && value.endsWith("}");
    }
}
