package io.textonce.sns;

import io.textonce.SenderId;
import java.util.Map;
import java.util.Set;

/** The two APIs of AWS that send texts. What differs beside requests and answers stands here. */
enum Flavour {
    /** Amazon SNS, Publish to a phone number: the query protocol. */
    PUBLISH("sns", "sns", "application/x-www-form-urlencoded; charset=utf-8"),
    /** AWS End User Messaging SMS, SendTextMessage: JSON. */
    END_USER_MESSAGING("end-user-messaging", "sms-voice", "application/x-amz-json-1.0");

    private final String kind;
    private final String service;
    private final String contentType;

    Flavour(String kind, String service, String contentType) {
        this.kind = kind;
        this.service = service;
        this.contentType = contentType;
    }

    /** The provider's kind, and its name unless the host gives one. */
    String kind() {
        return kind;
    }

    /** The host's first label and the name that is signed. */
    String service() {
        return service;
    }

    String contentType() {
        return contentType;
    }

    /** What names the operation in the headers; the query protocol names it in the form. */
    Map<String, String> headers(String operation) {
        return this == PUBLISH ? Map.of() : Map.of("X-Amz-Target", "PinpointSMSVoiceV2." + operation);
    }

    Set<SenderId.Kind> senderKinds() {
        return this == PUBLISH
                ? Set.of(SenderId.Kind.NUMBER, SenderId.Kind.SHORT_CODE, SenderId.Kind.ALPHANUMERIC)
                : Set.of(
                        SenderId.Kind.NUMBER, SenderId.Kind.SHORT_CODE, SenderId.Kind.ALPHANUMERIC, SenderId.Kind.POOL);
    }
}
