package io.textonce.twilio;

import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.http.FormWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A submission as Twilio's form: either the bytes to send, or why Twilio can't express it. */
final class SubmitRequest {

    static final int MOST_MEDIA = 10;
    /** ValidityPeriod is 1 to 36000 seconds. */
    private static final long LONGEST_VALIDITY = 36_000;

    private final @Nullable FormWriter form;
    private final @Nullable SubmitReply refusal;

    private SubmitRequest(@Nullable FormWriter form, @Nullable SubmitReply refusal) {
        this.form = form;
        this.refusal = refusal;
    }

    static SubmitRequest of(Submission submission, Settings settings) {
        SenderId sender = submission.from().orElse(null);
        if (sender == null) {
            sender = settings.senderFor(submission.to());
        }
        Map<String, String> extra = submission.extra();
        SubmitReply refusal = refusal(submission, sender, extra);
        if (refusal != null || sender == null) {
            return new SubmitRequest(null, refusal);
        }
        FormWriter form = FormWriter.body()
                .add("To", submission.to().e164())
                .add(sender.kind() == SenderId.Kind.POOL ? "MessagingServiceSid" : "From", sender.value());
        if (!submission.text().isEmpty()) {
            form.add("Body", submission.text());
        }
        for (URI medium : submission.media()) {
            form.add("MediaUrl", medium.toASCIIString());
        }
        String callback = settings.statusCallback(submission.messageId());
        if (callback != null) {
            form.add("StatusCallback", callback);
        }
        Duration validity = submission.validity().orElse(null);
        if (validity != null) {
            form.add("ValidityPeriod", Long.toString(Math.min(validity.toSeconds(), LONGEST_VALIDITY)));
        }
        if (settings.smartEncoded() && !extra.containsKey(Extra.SMART_ENCODED.key())) {
            form.add("SmartEncoded", "true");
        }
        if (!extra.isEmpty()) {
            extra.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(e -> form.add(e.getKey(), e.getValue()));
        }
        return new SubmitRequest(form, null);
    }

    /** Why nothing can be sent; null if {@link #form()} can. */
    @Nullable
    SubmitReply refusal() {
        return refusal;
    }

    FormWriter form() {
        return Objects.requireNonNull(form, "refused");
    }

    private static @Nullable SubmitReply refusal(
            Submission submission, @Nullable SenderId sender, Map<String, String> extra) {
        String problem = extra.isEmpty() ? null : extraProblem(extra);
        if (problem != null) {
            return SubmitReply.invalid(Reason.REQUEST, problem);
        }
        problem = senderProblem(sender, extra);
        if (problem != null) {
            return SubmitReply.invalid(Reason.SENDER, problem);
        }
        problem = contentProblem(submission, extra);
        if (problem != null) {
            return SubmitReply.invalid(Reason.CONTENT, problem);
        }
        Duration validity = submission.validity().orElse(null);
        return validity != null && validity.toSeconds() < 1
                ? SubmitReply.invalid(
                        Reason.EXPIRED, "less than one second of validity is left, and Twilio takes no shorter period.")
                : null;
    }

    private static @Nullable String extraProblem(Map<String, String> extra) {
        for (Map.Entry<String, String> option : extra.entrySet()) {
            String problem = Extra.problem(option.getKey(), option.getValue());
            if (problem != null) {
                return problem;
            }
        }
        return extra.containsKey(Extra.CONTENT_VARIABLES.key()) && !extra.containsKey(Extra.CONTENT_SID.key())
                ? "extra ContentVariables needs ContentSid."
                : null;
    }

    private static @Nullable String senderProblem(@Nullable SenderId sender, Map<String, String> extra) {
        if (sender == null) {
            return "neither the message nor TwilioProvider names a sender: use from on either.";
        }
        boolean service = extra.containsKey(Extra.MESSAGING_SERVICE_SID.key());
        return switch (sender.kind()) {
            case NUMBER, SHORT_CODE, ALPHANUMERIC ->
                extra.containsKey(Extra.SHORTEN_URLS.key()) && !service
                        ? "extra ShortenUrls needs a Messaging Service: send from SenderId.pool or add MessagingServiceSid."
                        : null;
            case POOL -> {
                if (!Sid.is("MG", sender.value())) {
                    yield "a pool at Twilio is a Messaging Service: MG and 32 hexadecimal digits.";
                }
                yield service ? "the sender is a Messaging Service already: drop extra MessagingServiceSid." : null;
            }
            default -> "a sender of kind " + sender.kind() + " can't be sent from.";
        };
    }

    private static @Nullable String contentProblem(Submission submission, Map<String, String> extra) {
        if (submission.text().isEmpty()
                && submission.media().isEmpty()
                && !extra.containsKey(Extra.CONTENT_SID.key())) {
            return "the message is empty: it needs a text, a medium or extra ContentSid.";
        }
        if (submission.media().size() > MOST_MEDIA) {
            return "the message has " + submission.media().size() + " media; Twilio takes " + MOST_MEDIA + ".";
        }
        for (URI medium : submission.media()) {
            boolean web = "https".equalsIgnoreCase(medium.getScheme()) || "http".equalsIgnoreCase(medium.getScheme());
            if (!web || medium.getHost() == null) {
                return "a medium's address isn't an absolute https or http URL, from which Twilio could fetch it.";
            }
        }
        return null;
    }
}
