package io.textonce.twilio;

import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options that a message may carry for Twilio alone, as Twilio's contract names them, each with the values that the
 * contract allows. Anything else is refused before a request: Twilio ignores keys that it doesn't know.
 */
enum Extra {
    ADDRESS_RETENTION("AddressRetention", "retain|obfuscate", "retain or obfuscate"),
    APPLICATION_SID("ApplicationSid", "AP[0-9a-fA-F]{32}", "AP and 32 hexadecimal digits"),
    ATTEMPT("Attempt", "[0-9]{1,9}", "a whole number"),
    CONTENT_RETENTION("ContentRetention", "retain|discard", "retain or discard"),
    CONTENT_SID("ContentSid", "HX[0-9a-fA-F]{32}", "HX and 32 hexadecimal digits"),
    CONTENT_VARIABLES("ContentVariables", "(?s)\\{.*\\}", "a JSON object, together with ContentSid"),
    FALLBACK_FROM("FallbackFrom", "\\S+", "a number or short code"),
    FORCE_DELIVERY("ForceDelivery", "true|false", "true or false"),
    MESSAGING_SERVICE_SID("MessagingServiceSid", "MG[0-9a-fA-F]{32}", "MG and 32 hexadecimal digits"),
    PERSISTENT_ACTION("PersistentAction", "(?s).*\\S.*", "one action"),
    PROVIDE_FEEDBACK("ProvideFeedback", "true|false", "true or false"),
    RISK_CHECK("RiskCheck", "enable|disable", "enable or disable"),
    SEND_AS_MMS("SendAsMms", "true|false", "true or false"),
    SHORTEN_URLS("ShortenUrls", "true|false", "true or false"),
    SMART_ENCODED("SmartEncoded", "true|false", "true or false"),
    TRAFFIC_TYPE("TrafficType", "free", "free");

    private static final String SCHEDULE = "send at the time you want instead, so that opt-outs are checked then.";

    /** Keys of the contract that are ours to set, or that we refuse; each with what to do instead. */
    private static final Map<String, String> NOT_HERE = Map.of(
            "To", "it is the message's recipient.",
            "From", "use SmsMessage.from.",
            "Body", "use SmsMessage.text.",
            "MediaUrl", "use SmsMessage.media.",
            "StatusCallback", "use TwilioProvider.builder().statusCallback.",
            "ValidityPeriod", "use SmsMessage.notAfter.",
            "ScheduleType", SCHEDULE,
            "SendAt", SCHEDULE,
            "MaxPrice", "it has had no effect at Twilio since 2024-06-03; use a spending cap of the client.");

    private static final Map<String, Extra> BY_KEY =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(extra -> extra.key, extra -> extra));

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z]{1,32}");

    private final String key;
    private final Pattern valid;
    private final String allowed;

    Extra(String key, String valid, String allowed) {
        this.key = key;
        this.valid = Pattern.compile(valid);
        this.allowed = allowed;
    }

    String key() {
        return key;
    }

    /** What is wrong with a pair, for people, without the value; null if nothing. */
    static @Nullable String problem(String key, String value) {
        Extra extra = BY_KEY.get(key);
        if (extra != null) {
            return extra.valid.matcher(value).matches() ? null : "extra " + key + " must be " + extra.allowed + ".";
        }
        String instead = NOT_HERE.get(key);
        if (instead != null) {
            return "extra " + key + " isn't taken: " + instead;
        }
        return "extra " + (PLAIN.matcher(key).matches() ? key : "(an unprintable key)")
                + " isn't an option of Twilio's Messages resource; known are "
                + BY_KEY.keySet().stream().sorted().collect(Collectors.joining(", ")) + ".";
    }
}
