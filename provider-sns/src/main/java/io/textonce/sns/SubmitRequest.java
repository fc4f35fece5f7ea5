package io.textonce.sns;

import com.fasterxml.jackson.core.JsonGenerator;
import io.textonce.Category;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.http.FormWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A submission in the words of one of the two APIs: either the bytes to send, or why AWS can't express it. */
final class SubmitRequest {

    /** The name under which our message id travels in the Context, which every event repeats. */
    static final String MESSAGE_ID = "textonce-id";

    private static final int LONGEST_TEXT = 1600;
    /** TimeToLive is 5 to 259,200 seconds. */
    private static final long SHORTEST_LIFE = 5;

    private static final long LONGEST_LIFE = 259_200;

    /** AWS.SNS.SMS.SenderID: 3 to 11 letters, digits and hyphens, at least one letter. */
    private static final Pattern PUBLISHED_NAME = Pattern.compile("(?=.*[A-Za-z])[A-Za-z0-9-]{3,11}");

    private static final Pattern PUBLISHED_NUMBER = Pattern.compile("\\+?[0-9]{5,14}");
    private static final Pattern IDENTITY = Pattern.compile("[A-Za-z0-9_:/+-]{1,256}");

    private final byte @Nullable [] body;
    private final @Nullable SubmitReply refusal;

    private SubmitRequest(byte @Nullable [] body, @Nullable SubmitReply refusal) {
        this.body = body;
        this.refusal = refusal;
    }

    static SubmitRequest of(Submission submission, Settings settings, boolean dryRun) {
        SenderId sender = submission
                .from()
                .orElseGet(() -> settings.senderFor(submission.to()).orElse(null));
        Map<String, String> options = settings.options();
        if (!submission.extra().isEmpty()) {
            options = new TreeMap<>(options);
            options.putAll(submission.extra());
        }
        SubmitReply refusal = refusal(submission, sender, settings.flavour());
        if (refusal != null) {
            return new SubmitRequest(null, refusal);
        }
        Map<String, String> all = options;
        return new SubmitRequest(
                settings.flavour() == Flavour.PUBLISH
                        ? publish(submission, sender, all)
                        : Json.write(json -> send(submission, sender, all, dryRun, json)),
                null);
    }

    /** Why nothing can be sent; null if {@link #body()} can. */
    @Nullable
    SubmitReply refusal() {
        return refusal;
    }

    byte[] body() {
        return Objects.requireNonNull(body, "refused");
    }

    private static byte[] publish(Submission submission, @Nullable SenderId sender, Map<String, String> options) {
        FormWriter form = FormWriter.body()
                .add("Action", "Publish")
                .add("Version", Query.VERSION)
                .add("PhoneNumber", submission.to().e164())
                .add("Message", submission.text());
        int entry = 0;
        if (!options.containsKey(Extra.SMS_TYPE.key())) {
            boolean promotional = submission.category() == Category.MARKETING;
            attribute(form, ++entry, Extra.SMS_TYPE.key(), promotional ? "Promotional" : "Transactional");
        }
        if (sender != null) {
            boolean name = sender.kind() == SenderId.Kind.ALPHANUMERIC;
            attribute(form, ++entry, name ? "AWS.SNS.SMS.SenderID" : "AWS.MM.SMS.OriginationNumber", sender.value());
        }
        for (Map.Entry<String, String> option : options.entrySet()) {
            attribute(form, ++entry, option.getKey(), option.getValue());
        }
        return form.toByteArray();
    }

    private static void attribute(FormWriter form, int entry, String name, String value) {
        String prefix = "MessageAttributes.entry." + entry;
        form.add(prefix + ".Name", name)
                .add(prefix + ".Value.DataType", name.equals(Extra.MAX_PRICE.key()) ? "Number" : "String")
                .add(prefix + ".Value.StringValue", value);
    }

    private static void send(
            Submission submission,
            @Nullable SenderId sender,
            Map<String, String> options,
            boolean dryRun,
            JsonGenerator json)
            throws IOException {
        json.writeStringField("DestinationPhoneNumber", submission.to().e164());
        if (sender != null) {
            json.writeStringField("OriginationIdentity", sender.value());
        }
        json.writeStringField("MessageBody", wellFormed(submission.text()));
        if (!options.containsKey(Extra.MESSAGE_TYPE.key())) {
            boolean promotional = submission.category() == Category.MARKETING;
            json.writeStringField(Extra.MESSAGE_TYPE.key(), promotional ? "PROMOTIONAL" : "TRANSACTIONAL");
        }
        Duration validity = submission.validity().orElse(null);
        if (validity != null) {
            json.writeNumberField("TimeToLive", Math.min(validity.toSeconds(), LONGEST_LIFE));
        }
        json.writeObjectFieldStart("Context");
        json.writeStringField(MESSAGE_ID, submission.messageId().value());
        json.writeEndObject();
        boolean india = false;
        for (Map.Entry<String, String> option : options.entrySet()) {
            if (option.getKey().startsWith("IN_")) {
                india = true;
            } else if (option.getKey().equals(Extra.FEEDBACK.key())) {
                json.writeBooleanField(option.getKey(), option.getValue().equals("true"));
            } else {
                json.writeStringField(option.getKey(), option.getValue());
            }
        }
        if (india) {
            json.writeObjectFieldStart("DestinationCountryParameters");
            for (Map.Entry<String, String> option : options.entrySet()) {
                if (option.getKey().startsWith("IN_")) {
                    json.writeStringField(option.getKey(), option.getValue());
                }
            }
            json.writeEndObject();
        }
        if (dryRun) {
            json.writeBooleanField("DryRun", true);
        }
    }

    /** An unpaired surrogate has no UTF-8; it becomes U+FFFD, as in a form. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints()
                        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }

    private static @Nullable SubmitReply refusal(Submission submission, @Nullable SenderId sender, Flavour flavour) {
        for (Map.Entry<String, String> option : submission.extra().entrySet()) {
            String problem = Extra.problem(flavour, option.getKey(), option.getValue());
            if (problem != null) {
                return SubmitReply.invalid(Reason.REQUEST, problem);
            }
        }
        String problem = sender == null ? null : senderProblem(sender, flavour);
        if (problem != null) {
            return SubmitReply.invalid(Reason.SENDER, problem);
        }
        if (!submission.media().isEmpty()) {
            return SubmitReply.invalid(Reason.CONTENT, "the message has media, which this API doesn't take.");
        }
        String text = submission.text();
        if (text.isBlank()) {
            return SubmitReply.invalid(Reason.CONTENT, "the message has no text.");
        }
        int length = text.codePointCount(0, text.length());
        if (length > LONGEST_TEXT) {
            return SubmitReply.invalid(
                    Reason.CONTENT, "the text has " + length + " characters; AWS takes " + LONGEST_TEXT + ".");
        }
        Duration validity = submission.validity().orElse(null);
        return flavour == Flavour.END_USER_MESSAGING && validity != null && validity.toSeconds() < SHORTEST_LIFE
                ? SubmitReply.invalid(
                        Reason.EXPIRED, "less than five seconds of validity are left, and AWS takes no shorter life.")
                : null;
    }

    /** What is wrong with a sender at one of the APIs; null if nothing. */
    static @Nullable String senderProblem(SenderId sender, Flavour flavour) {
        if (!flavour.senderKinds().contains(sender.kind())) {
            return "a sender of kind " + sender.kind() + " can't be sent from with " + flavour.kind() + ".";
        }
        if (flavour == Flavour.END_USER_MESSAGING) {
            return IDENTITY.matcher(sender.value()).matches()
                    ? null
                    : "a sender at AWS consists of letters, digits and _ : / + - only.";
        }
        if (sender.kind() == SenderId.Kind.ALPHANUMERIC) {
            return PUBLISHED_NAME.matcher(sender.value()).matches()
                    ? null
                    : "a sender name at SNS has 3 to 11 letters, digits and hyphens, and at least one letter.";
        }
        return PUBLISHED_NUMBER.matcher(sender.value()).matches() ? null : "a sender number at SNS has 5 to 14 digits.";
    }
}
