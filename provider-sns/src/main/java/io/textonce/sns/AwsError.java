package io.textonce.sns;

import io.textonce.Reason;
import io.textonce.spi.http.HttpOutcome.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * AWS's error object, in XML or JSON: code, reason, and which parameter it is about. Its text is looked at here and never
 * kept, because it quotes the recipient's number.
 *
 * @param code such as {@code InvalidParameter}; empty if there is no error object
 * @param reason End User Messaging's detail, such as {@code DESTINATION_PHONE_NUMBER_OPTED_OUT}, or empty
 * @param parameter the one that isn't accepted, such as {@code PhoneNumber}, or the sort of resource that isn't found,
 *     such as {@code opted-out-number}; or empty
 */
record AwsError(String code, String reason, String parameter) {

    static final AwsError NONE = new AwsError("", "", "");

    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._]{1,80}");
    private static final Pattern RESOURCE = Pattern.compile("[A-Za-z0-9._-]{1,80}");
    /** How SNS names the parameter (not confirmed by its documentation; any other text leaves the general reason). */
    private static final Pattern PARAMETER = Pattern.compile("(?i)^invalid parameter: ?([A-Za-z]{1,40})\\b.*");

    static AwsError of(Flavour flavour, Reply reply) {
        try {
            return flavour == Flavour.PUBLISH ? xml(reply.body()) : json(reply);
        } catch (IOException notAws) {
            return NONE;
        }
    }

    boolean isPresent() {
        return !code.isEmpty();
    }

    /** Code and reason as they are shown and listed. */
    String shown() {
        return reason.isEmpty() ? code : code + "/" + reason;
    }

    Optional<ErrorCodes.Meaning> meaning() {
        Optional<ErrorCodes.Meaning> listed = ErrorCodes.find(code, reason);
        Reason narrower = byParameter();
        return listed.map(meaning -> meaning.reason() == Reason.REQUEST && narrower != null
                ? new ErrorCodes.Meaning(narrower, "AWS doesn't accept " + parameter + ": correct it.")
                : meaning);
    }

    private @Nullable Reason byParameter() {
        return switch (parameter) {
            case "PhoneNumber", "DestinationPhoneNumber" -> Reason.RECIPIENT;
            case "Message", "MessageBody" -> Reason.CONTENT;
            case "OriginationIdentity", "SenderID", "OriginationNumber" -> Reason.SENDER;
            default -> null;
        };
    }

    private static AwsError xml(byte[] body) throws IOException {
        String[] found = {"", ""};
        Xml.read(body, (path, text) -> {
            if (path.equals("/ErrorResponse/Error/Code")) {
                found[0] = text.strip();
            } else if (path.equals("/ErrorResponse/Error/Message")) {
                found[1] = text.strip();
            }
        });
        if (!CODE.matcher(found[0]).matches()) {
            return NONE;
        }
        String lower = found[1].toLowerCase(Locale.ROOT);
        if (lower.startsWith("signature expired") || lower.startsWith("signature not yet current")) {
            return new AwsError("RequestTimeTooSkewed", "", "");
        }
        Matcher parameter = PARAMETER.matcher(found[1].replaceAll("\\s", " "));
        return new AwsError(found[0], "", parameter.matches() ? parameter.group(1) : "");
    }

    private static AwsError json(Reply reply) throws IOException {
        Map<String, @Nullable Object> error = Json.object(reply.body());
        String type = Json.text(error, "__type");
        if (type.isEmpty()) {
            type = reply.header("x-amzn-ErrorType").orElse("");
        }
        int address = type.indexOf(':');
        String name = address < 0 ? type : type.substring(0, address);
        String code = name.substring(name.indexOf('#') + 1);
        if (!CODE.matcher(code).matches()) {
            return NONE;
        }
        String message = (Json.text(error, "Message") + Json.text(error, "message")).toLowerCase(Locale.ROOT);
        if (message.startsWith("signature expired") || message.startsWith("signature not yet current")) {
            return new AwsError("RequestTimeTooSkewed", "", "");
        }
        String reason = Json.text(error, "Reason");
        List<?> fields = Json.asList(error.get("Fields"));
        String parameter =
                fields.isEmpty() ? Json.text(error, "ResourceType") : Json.text(Json.asObject(fields.get(0)), "Name");
        return new AwsError(
                code,
                CODE.matcher(reason).matches() ? reason : "",
                RESOURCE.matcher(parameter).matches() ? parameter : "");
    }
}
