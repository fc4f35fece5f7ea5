package io.textonce.smsbroadcast;

import io.textonce.MessageId;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.http.FormWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One or many submissions as one form: either the bytes to send, or why SMS Broadcast can't express them. */
final class SubmitRequest {

    static final int LONGEST_REF = 20;
    /** Before the id of a batch's first message: one character more than a message id has, so nobody reads it as one. */
    static final char BATCH = 'b';

    private static final String REF = "ref";

    /** Parameters of the API that are ours to set, or that we refuse; each with what to do instead. */
    private static final Map<String, String> NOT_HERE = Map.of(
            "username", "use SmsBroadcastProvider.builder().credentials.",
            "password", "use SmsBroadcastProvider.builder().credentials.",
            "to", "it is the message's recipient.",
            "from", "use SmsMessage.from.",
            "message", "use SmsMessage.text.",
            "maxsplit", "it is computed from the text; SmsBroadcastProvider.builder().maxSplit limits it.",
            "delay", "send at the time you want instead, so that opt-outs are checked then.",
            "action", "it would make another request of this one.");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]{1,11}");
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7E]+");
    private static final Pattern WORD = Pattern.compile("[A-Za-z]{1,32}");

    private final byte @Nullable [] form;
    private final @Nullable SubmitReply refusal;

    private SubmitRequest(byte @Nullable [] form, @Nullable SubmitReply refusal) {
        this.form = form;
        this.refusal = refusal;
    }

    /**
     * The form.
     *
     * @param batch one or more submissions that differ in id and recipient only
     */
    static SubmitRequest of(List<Submission> batch, Settings settings) {
        Submission first = batch.get(0);
        SenderId sender = first.from().orElse(settings.from());
        SubmitReply refusal = refusal(batch, sender, settings);
        if (refusal != null) {
            return new SubmitRequest(null, refusal);
        }
        FormWriter form = FormWriter.body()
                .add("username", settings.username())
                .add("password", settings.password())
                .add(
                        "to",
                        batch.size() == 1
                                ? first.to().digits()
                                : batch.stream().map(each -> each.to().digits()).collect(Collectors.joining(",")));
        if (sender != null) {
            form.add(
                    "from",
                    sender.kind() == SenderId.Kind.NUMBER ? sender.value().substring(1) : sender.value());
        }
        form.add("message", first.text()).add(REF, ref(batch));
        if (first.segments() > 1) {
            form.add("maxsplit", Integer.toString(first.segments()));
        }
        return new SubmitRequest(form.toByteArray(), null);
    }

    /** What comes back with every report: the host's own, else the message's id, else a name of the whole batch. */
    private static String ref(List<Submission> batch) {
        Submission first = batch.get(0);
        String own = first.extra().get(REF);
        String id = first.messageId().value();
        return own != null ? own : batch.size() == 1 ? id : BATCH + id;
    }

    /** Why nothing can be sent; null if {@link #form()} can. */
    @Nullable
    SubmitReply refusal() {
        return refusal;
    }

    byte[] form() {
        return Objects.requireNonNull(form, "refused");
    }

    private static @Nullable SubmitReply refusal(List<Submission> batch, @Nullable SenderId sender, Settings settings) {
        Submission first = batch.get(0);
        String problem = extraProblem(first.extra());
        if (problem == null) {
            problem = batchProblem(batch, settings);
        }
        if (problem != null) {
            return SubmitReply.invalid(Reason.REQUEST, problem);
        }
        problem = sender == null ? null : senderProblem(sender);
        if (problem != null) {
            return SubmitReply.invalid(Reason.SENDER, problem);
        }
        problem = contentProblem(first, settings);
        return problem == null ? null : SubmitReply.invalid(Reason.CONTENT, problem);
    }

    private static @Nullable String extraProblem(Map<String, String> extra) {
        for (Map.Entry<String, String> option : extra.entrySet()) {
            String key = option.getKey();
            if (!key.equals(REF)) {
                String instead = NOT_HERE.get(key);
                return instead != null
                        ? "extra " + key + " isn't taken: " + instead
                        : "extra " + (WORD.matcher(key).matches() ? key : "(an unprintable key)")
                                + " isn't an option of SMS Broadcast; known is ref.";
            }
            String ref = option.getValue();
            if (ref.length() > LONGEST_REF || !VISIBLE.matcher(ref).matches()) {
                return "extra ref has " + ref.length() + " characters; SMS Broadcast takes 1 to " + LONGEST_REF
                        + " visible ones without blanks. It isn't cut, because a cut one matches no reply: leave it out,"
                        + " and the message's id is sent, or shorten it.";
            }
            if (MessageId.isWellFormed(ref) || isBatch(ref)) {
                return "extra ref has the form of our own ids, and a report of it would be taken for another message's:"
                        + " leave it out or add a character such as a dash.";
            }
        }
        return null;
    }

    /** Whether a reference names a whole batch of ours. */
    static boolean isBatch(String ref) {
        return !ref.isEmpty() && ref.charAt(0) == BATCH && MessageId.isWellFormed(ref.substring(1));
    }

    private static @Nullable String batchProblem(List<Submission> batch, Settings settings) {
        if (batch.size() == 1) {
            return null;
        }
        if (batch.size() > settings.maxRecipients()) {
            return "the batch has " + batch.size() + " recipients; allowed are " + settings.maxRecipients() + ".";
        }
        Submission first = batch.get(0);
        Set<String> seen = new HashSet<>();
        for (Submission each : batch) {
            if (!each.text().equals(first.text())
                    || !each.from().equals(first.from())
                    || !each.extra().equals(first.extra())
                    || !each.media().equals(first.media())) {
                return "the messages of a batch may differ in id and recipient only.";
            }
            if (!seen.add(each.to().digits())) {
                return "a recipient is in the batch twice, so its verdicts couldn't be told apart.";
            }
        }
        return null;
    }

    /** Why a sender can't be sent from; null if it can. */
    static @Nullable String senderProblem(SenderId sender) {
        return switch (sender.kind()) {
            case NUMBER -> null;
            case ALPHANUMERIC ->
                NAME.matcher(sender.value()).matches()
                        ? null
                        : "Invalid sender ID: a name has at most 11 letters and digits at SMS Broadcast, without blanks and"
                                + " special characters: simplify it.";
            default ->
                "Invalid sender ID: SMS Broadcast sends from a number with its country code, or a name of at most 11 letters"
                        + " and digits; without any it picks a number of its pool.";
        };
    }

    private static @Nullable String contentProblem(Submission submission, Settings settings) {
        if (!submission.media().isEmpty()) {
            return "SMS Broadcast's API sends no pictures: send a link, or use a provider that does.";
        }
        if (submission.text().isEmpty()) {
            return "the message is empty: it needs a text.";
        }
        // The API cuts what is over the limit, or refuses it; neither is documented.
        return submission.segments() > settings.maxSplit()
                ? "the text has " + submission.segments() + " parts; allowed are " + settings.maxSplit()
                        + ": shorten it or raise maxSplit."
                : null;
    }
}
