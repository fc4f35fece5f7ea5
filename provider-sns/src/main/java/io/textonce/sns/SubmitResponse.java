package io.textonce.sns;

import io.textonce.Reason;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpOutcome.NotTransmitted;
import io.textonce.spi.http.HttpOutcome.Reply;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What AWS's answer to a submit proves: the HTTP status decides first, AWS's code second, and nothing is guessed. */
final class SubmitResponse {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{7,99}");

    private final Flavour flavour;
    private final Clock clock;

    SubmitResponse(Flavour flavour, Clock clock) {
        this.flavour = flavour;
        this.clock = clock;
    }

    SubmitReply read(HttpOutcome outcome) {
        return outcome.fold(
                reply -> reply.isSuccessful() ? success(reply) : failure(reply),
                SubmitResponse::notTransmitted,
                doubtful -> SubmitReply.unknown(
                        doubtful.status().isPresent()
                                ? String.valueOf(doubtful.status().getAsInt())
                                : null,
                        doubtful.explanation()));
    }

    private static SubmitReply notTransmitted(NotTransmitted unsent) {
        return switch (unsent.kind()) {
            // Neither a certificate nor a proxy mends itself: another provider may be tried, this one not.
            case CERTIFICATE, PROXY -> SubmitReply.notTransmitted(Reason.CREDENTIAL, unsent.explanation());
            case LOCAL -> SubmitReply.notTransmitted(Reason.UNAVAILABLE, unsent.explanation());
            default -> SubmitReply.notTransmitted(unsent.explanation());
        };
    }

    /** A 200 is the documented success; it is accepted if, and only if, it is whole and has a well-formed id. */
    private SubmitReply success(Reply reply) {
        String id;
        try {
            id = flavour == Flavour.PUBLISH
                    ? Query.text(reply.body(), "/PublishResponse/PublishResult/MessageId")
                    : Json.text(Json.object(reply.body()), "MessageId");
        } catch (IOException unreadable) {
            return doubtful(reply, "with a body that isn't one whole document");
        }
        return ID.matcher(id).matches()
                ? SubmitReply.accepted(id)
                : doubtful(reply, "without a well-formed message id");
    }

    private SubmitReply failure(Reply reply) {
        int status = reply.status();
        AwsError error = AwsError.of(flavour, reply);
        return switch (status) {
            case 429 ->
                SubmitReply.throttled(
                        reply.retryAfter(clock).orElse(null),
                        shown(error, status),
                        "AWS answered 429, too many requests; nothing was processed. Send slower.");
            case 421, 425 ->
                SubmitReply.notTransmitted("AWS answered " + status
                        + ", which says that it didn't process the request (RFC 9110, RFC 8470).");
            case 401, 402, 403 ->
                refused(
                        reply,
                        error,
                        status == 402 ? Reason.ACCOUNT : Reason.CREDENTIAL,
                        "check the credentials, their IAM policy, and the region.");
            case 400, 404, 405, 413, 414, 415, 422 ->
                refused(reply, error, Reason.REQUEST, "check region, base URL and options.");
            default ->
                // Other statuses of 4xx prove a refusal only along with an error object of AWS's that is listed.
                status > 400 && status < 500 && error.meaning().isPresent()
                        ? refused(reply, error, Reason.REQUEST, "")
                        : doubtful(
                                reply,
                                status >= 300 && status < 400
                                        ? "with a redirect, which is never followed (check the base URL)"
                                        : "which proves neither success nor refusal");
        };
    }

    private SubmitReply refused(Reply reply, AwsError error, Reason otherwise, String advice) {
        String code = shown(error, reply.status());
        if (ErrorCodes.isAmbiguous(error.code())) {
            return doubtful(reply, "with " + error.code() + ", which proves neither success nor refusal");
        }
        ErrorCodes.Meaning meaning = error.meaning()
                .orElseGet(() -> new ErrorCodes.Meaning(otherwise, "AWS refused the request: " + advice));
        String hint = (error.isPresent() ? "AWS error " : "AWS answered ") + code + ": " + meaning.hint()
                + (error.code().equals("RequestTimeTooSkewed") || error.code().equals("RequestExpired")
                        ? skew(reply)
                        : "");
        Duration wait = reply.retryAfter(clock).orElse(null);
        return meaning.reason() == Reason.THROTTLED
                ? SubmitReply.throttled(wait, code, hint)
                : SubmitReply.refused(meaning.reason(), code, hint);
    }

    private SubmitReply doubtful(Reply reply, String how) {
        return SubmitReply.unknown(
                shown(AwsError.of(flavour, reply), reply.status()),
                "AWS answered " + reply.status() + " " + how
                        + "; a message may exist, and AWS has no way to ask for it.");
    }

    private static String shown(AwsError error, int status) {
        return error.isPresent() ? error.shown() : Integer.toString(status);
    }

    private String skew(Reply reply) {
        Duration ahead = ahead(reply.header("Date").orElse(""));
        return ahead == null
                ? ""
                : " By AWS's clock it is " + ahead.abs().toSeconds() + " s "
                        + (ahead.isNegative() ? "later" : "earlier") + " than here.";
    }

    private @Nullable Duration ahead(String date) {
        try {
            return Duration.between(
                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant(),
                    clock.instant());
        } catch (DateTimeException unreadable) {
            return null;
        }
    }
}
