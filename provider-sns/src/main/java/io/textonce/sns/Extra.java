package io.textonce.sns;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options that a message may carry for AWS alone, as AWS names them, each with the values that its contract allows.
 * Anything else is refused before a request.
 */
enum Extra {
    SMS_TYPE(Flavour.PUBLISH, "AWS.SNS.SMS.SMSType", "Promotional|Transactional", "Promotional or Transactional"),
    MAX_PRICE(Flavour.PUBLISH, "AWS.SNS.SMS.MaxPrice", "[0-9]{1,4}(\\.[0-9]{1,5})?", "US dollars such as 0.05"),
    ENTITY_ID(Flavour.PUBLISH, "AWS.MM.SMS.EntityId", "\\S{1,50}", "1 to 50 characters (India)"),
    TEMPLATE_ID(Flavour.PUBLISH, "AWS.MM.SMS.TemplateId", "\\S{1,50}", "1 to 50 characters (India)"),

    MESSAGE_TYPE(
            Flavour.END_USER_MESSAGING, "MessageType", "TRANSACTIONAL|PROMOTIONAL", "TRANSACTIONAL or PROMOTIONAL"),
    KEYWORD(Flavour.END_USER_MESSAGING, "Keyword", "[ \\S]{1,30}", "1 to 30 characters"),
    CONFIGURATION_SET(Flavour.END_USER_MESSAGING, "ConfigurationSetName", "[A-Za-z0-9_:/-]{1,256}", "a name or ARN"),
    SEND_MAX_PRICE(
            Flavour.END_USER_MESSAGING, "MaxPrice", "[0-9]{0,2}\\.[0-9]{1,5}", "US dollars with a point, such as 0.05"),
    PROTECT_CONFIGURATION(
            Flavour.END_USER_MESSAGING, "ProtectConfigurationId", "[A-Za-z0-9_:/-]{1,256}", "an id or ARN"),
    FEEDBACK(Flavour.END_USER_MESSAGING, "MessageFeedbackEnabled", "true|false", "true or false"),
    IN_ENTITY_ID(Flavour.END_USER_MESSAGING, "IN_ENTITY_ID", "\\S{1,64}", "1 to 64 characters (India)"),
    IN_TEMPLATE_ID(Flavour.END_USER_MESSAGING, "IN_TEMPLATE_ID", "\\S{1,64}", "1 to 64 characters (India)");

    /** Keys of the contracts that are ours to set; each with what to do instead. */
    private static final Map<String, String> NOT_HERE = Map.of(
            "PhoneNumber", "it is the message's recipient.",
            "DestinationPhoneNumber", "it is the message's recipient.",
            "Message", "use SmsMessage.text.",
            "MessageBody", "use SmsMessage.text.",
            "AWS.SNS.SMS.SenderID", "use SmsMessage.from.",
            "AWS.MM.SMS.OriginationNumber", "use SmsMessage.from.",
            "OriginationIdentity", "use SmsMessage.from.",
            "TimeToLive", "use SmsMessage.notAfter.",
            "Context", "it carries our message id.",
            "DryRun", "use the role Validator.");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z._]{1,40}");

    private final Flavour flavour;
    private final String key;
    private final Pattern valid;
    private final String allowed;

    Extra(Flavour flavour, String key, String valid, String allowed) {
        this.flavour = flavour;
        this.key = key;
        this.valid = Pattern.compile(valid);
        this.allowed = allowed;
    }

    String key() {
        return key;
    }

    boolean isOf(Flavour other) {
        return flavour == other;
    }

    /** What is wrong with a pair, for people, without the value; null if nothing. */
    static @Nullable String problem(Flavour flavour, String key, String value) {
        Optional<Extra> extra = Arrays.stream(values())
                .filter(each -> each.flavour == flavour && each.key.equals(key))
                .findFirst();
        if (extra.isPresent()) {
            return extra.get().valid.matcher(value).matches()
                    ? null
                    : "option " + key + " must be " + extra.get().allowed + ".";
        }
        String instead = NOT_HERE.get(key);
        if (instead != null) {
            return "option " + key + " isn't taken: " + instead;
        }
        return "option " + (PLAIN.matcher(key).matches() ? key : "(an unprintable key)") + " isn't known to "
                + flavour.kind() + "; known are "
                + Arrays.stream(values())
                        .filter(each -> each.flavour == flavour)
                        .map(Extra::key)
                        .sorted()
                        .collect(Collectors.joining(", "))
                + ".";
    }
}
