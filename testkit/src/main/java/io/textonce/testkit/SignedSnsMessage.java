package io.textonce.testkit;

import io.textonce.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * Builds the requests that Amazon SNS posts to an HTTPS subscription, signed as SNS signs them, for tests of a host's
 * endpoint without an account.
 *
 * <p>It follows the description of SNS and shares no code with the verifier in textonce-sns, so that each checks the other.
 *
 * <pre>{@code
 * WebhookRequest report = SignedSnsMessage.notification("arn:aws:sns:us-east-1:123456789012:texts", json)
 *         .timestamp(clock.instant())
 *         .sign(certificate);
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class SignedSnsMessage {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final List<String> SIGNED_NOTIFICATION =
            List.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type");
    private static final List<String> SIGNED_CONFIRMATION =
            List.of("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type");

    private final Map<String, String> fields = new LinkedHashMap<>();
    private String version = "1";
    private String target = "/hooks/sns";

    private SignedSnsMessage(String type, String topicArn, String message) {
        fields.put("Type", type);
        fields.put(
                "MessageId",
                UUID.nameUUIDFromBytes(message.getBytes(StandardCharsets.UTF_8)).toString());
        fields.put("TopicArn", Objects.requireNonNull(topicArn, "topicArn"));
        fields.put("Message", Objects.requireNonNull(message, "message"));
        fields.put("Timestamp", TIME.format(Instant.EPOCH));
    }

    /**
     * Starts a notification.
     *
     * @param topicArn the topic, such as {@code arn:aws:sns:us-east-1:123456789012:texts}
     * @param message what was published; the message's id is made of it unless {@link #messageId} sets one
     * @return a builder, with the epoch for its time and signature version 1
     */
    public static SignedSnsMessage notification(String topicArn, String message) {
        SignedSnsMessage started = new SignedSnsMessage("Notification", topicArn, message);
        started.fields.put("UnsubscribeURL", "https://sns." + region(topicArn) + ".amazonaws.com/?Action=Unsubscribe");
        return started;
    }

    /**
     * Starts what SNS posts when an endpoint is subscribed.
     *
     * @param topicArn the topic
     * @param token what confirms the subscription
     * @return a builder
     */
    public static SignedSnsMessage subscriptionConfirmation(String topicArn, String token) {
        return confirmation("SubscriptionConfirmation", topicArn, token);
    }

    /**
     * Starts what SNS posts when a subscription has ended.
     *
     * @param topicArn the topic
     * @param token what would subscribe again
     * @return a builder
     */
    public static SignedSnsMessage unsubscribeConfirmation(String topicArn, String token) {
        return confirmation("UnsubscribeConfirmation", topicArn, token);
    }

    private static SignedSnsMessage confirmation(String type, String topicArn, String token) {
        SignedSnsMessage started = new SignedSnsMessage(type, topicArn, "You have chosen to change a subscription.");
        started.fields.put("Token", Objects.requireNonNull(token, "token"));
        started.fields.put(
                "SubscribeURL",
                "https://sns." + region(topicArn) + ".amazonaws.com/?Action=ConfirmSubscription&TopicArn=" + topicArn
                        + "&Token=" + token);
        return started;
    }

    /**
     * Sets the message's id.
     *
     * @param id such as a UUID
     * @return this builder
     */
    public SignedSnsMessage messageId(String id) {
        fields.put("MessageId", Objects.requireNonNull(id, "id"));
        return this;
    }

    /**
     * Sets the subject, which is signed too.
     *
     * @param text the subject
     * @return this builder
     */
    public SignedSnsMessage subject(String text) {
        fields.put("Subject", Objects.requireNonNull(text, "subject"));
        return this;
    }

    /**
     * Sets when it was sent.
     *
     * @param sent the instant, told in milliseconds
     * @return this builder
     */
    public SignedSnsMessage timestamp(Instant sent) {
        fields.put("Timestamp", TIME.format(sent));
        return this;
    }

    /**
     * Sets how it is signed.
     *
     * @param number {@code 1} for SHA-1, {@code 2} for SHA-256
     * @return this builder
     */
    public SignedSnsMessage signatureVersion(String number) {
        this.version = Objects.requireNonNull(number, "version");
        return this;
    }

    /**
     * Sets where it is posted to.
     *
     * @param rawTarget path and query
     * @return this builder
     */
    public SignedSnsMessage target(String rawTarget) {
        this.target = Objects.requireNonNull(rawTarget, "target");
        return this;
    }

    /**
     * Signs and builds the request.
     *
     * @param certificate what signs
     * @return the request
     */
    public WebhookRequest sign(SnsCertificate certificate) {
        String topic = fields.getOrDefault("TopicArn", "");
        return WebhookRequest.builder("POST", target)
                .header("Content-Type", "text/plain; charset=UTF-8")
                .header("User-Agent", "Amazon Simple Notification Service Agent")
                .header("x-amz-sns-message-type", fields.get("Type"))
                .header("x-amz-sns-message-id", fields.get("MessageId"))
                .header("x-amz-sns-topic-arn", topic)
                .body(json(certificate).getBytes(StandardCharsets.UTF_8))
                .build();
    }

    /**
     * Signs and builds the body alone.
     *
     * @param certificate what signs
     * @return the envelope as JSON
     */
    public String json(SnsCertificate certificate) {
        Map<String, String> all = new LinkedHashMap<>(fields);
        all.put("SignatureVersion", version);
        all.put("Signature", certificate.sign(stringToSign(), version));
        all.put(
                "SigningCertURL",
                certificate.address(region(fields.getOrDefault("TopicArn", ""))).toString());
        StringBuilder json = new StringBuilder("{");
        all.forEach((name, value) -> {
            json.append(json.length() == 1 ? "\n  " : ",\n  ");
            quote(json, name);
            json.append(" : ");
            quote(json, value);
        });
        return json.append("\n}").toString();
    }

    /**
     * What SNS signs: name and value of each field, a line each.
     *
     * @return the text
     */
    public String stringToSign() {
        boolean notification = "Notification".equals(fields.get("Type"));
        StringBuilder text = new StringBuilder();
        for (String name : notification ? SIGNED_NOTIFICATION : SIGNED_CONFIRMATION) {
            if (fields.containsKey(name)) {
                text.append(name).append('\n').append(fields.get(name)).append('\n');
            }
        }
        return text.toString();
    }

    private static String region(String topicArn) {
        String[] parts = topicArn.split(":", 5);
        return parts.length > 3 ? parts[3] : "";
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
