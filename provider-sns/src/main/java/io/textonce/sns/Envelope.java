package io.textonce.sns;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What SNS posts: fields as they stood, nothing verified yet. Every field is a text; MessageAttributes, which no signature
 * covers, is not kept at all.
 */
final class Envelope {

    static final String NOTIFICATION = "Notification";

    private static final List<String> SIGNED_NOTIFICATION =
            List.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type");
    private static final List<String> SIGNED_CONFIRMATION =
            List.of("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type");

    private final Map<String, String> fields;
    private final List<String> signed;

    private Envelope(Map<String, String> fields, List<String> signed) {
        this.fields = fields;
        this.signed = signed;
    }

    /** Reads an envelope that has everything it needs; the error says what is wrong and shows no content. */
    static Envelope read(byte[] body) throws IOException {
        Map<String, @Nullable Object> raw;
        try {
            raw = Json.object(body);
        } catch (IOException malformed) {
            throw new IOException("the body isn't one strict JSON object", malformed);
        }
        Map<String, String> fields = new HashMap<>(32);
        for (Map.Entry<String, @Nullable Object> field : raw.entrySet()) {
            String name = spelledByLambda(field.getKey());
            Object value = field.getValue();
            if (name.equals("MessageAttributes") || (name.equals("Subject") && value == null)) {
                continue;
            }
            if (!(value instanceof String text)) {
                throw new IOException("a field of the envelope isn't a text");
            }
            if (fields.put(name, text) != null) {
                throw new IOException("a field of the envelope stands twice");
            }
        }
        String type = fields.getOrDefault("Type", "");
        List<String> signed = switch (type) {
            case NOTIFICATION -> SIGNED_NOTIFICATION;
            case "SubscriptionConfirmation", "UnsubscribeConfirmation" -> SIGNED_CONFIRMATION;
            default -> throw new IOException("it isn't an SNS envelope: its Type is missing or unknown");
        };
        for (String name : signed) {
            String value = fields.get(name);
            if (value == null && !name.equals("Subject")) {
                throw new IOException("the envelope has no " + name);
            }
            // The signed text puts each name and value on a line: a line break in a value could move the border between
            // two fields. A message may have them, because it comes first.
            if (value != null && !name.equals("Message") && holdsLineBreak(value)) {
                throw new IOException("a field of the envelope holds a line break");
            }
        }
        for (String name : List.of("SignatureVersion", "Signature", "SigningCertURL")) {
            if (!fields.containsKey(name)) {
                throw new IOException("the envelope has no " + name);
            }
        }
        return new Envelope(fields, signed);
    }

    /** A field that {@link #read} has seen; empty for an absent one. */
    String get(String name) {
        return fields.getOrDefault(name, "");
    }

    boolean isNotification() {
        return get("Type").equals(NOTIFICATION);
    }

    /** What SNS signs: name and value of each present field, a line each, in an order of its own. */
    String stringToSign() {
        int length = 0;
        for (String name : signed) {
            length += name.length() + get(name).length() + 2;
        }
        StringBuilder text = new StringBuilder(length);
        for (String name : signed) {
            String value = fields.get(name);
            if (value != null) {
                text.append(name).append('\n').append(value).append('\n');
            }
        }
        return text.toString();
    }

    private static boolean holdsLineBreak(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ') {
                return true;
            }
        }
        return false;
    }

    private static String spelledByLambda(String name) {
        return switch (name) {
            case "SigningCertUrl" -> "SigningCertURL";
            case "UnsubscribeUrl" -> "UnsubscribeURL";
            case "SubscribeUrl" -> "SubscribeURL";
            default -> name;
        };
    }
}
