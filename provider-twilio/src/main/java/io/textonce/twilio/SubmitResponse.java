package io.textonce.twilio;

import com.fasterxml.jackson.core.JsonParser;
import io.textonce.Money;
import io.textonce.Reason;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpOutcome.NotTransmitted;
import io.textonce.spi.http.HttpOutcome.Reply;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What Twilio's answer to a submit proves: the HTTP status decides first, Twilio's code second, and nothing is guessed.
 */
final class SubmitResponse {

    private final Clock clock;

    SubmitResponse(Clock clock) {
        this.clock = clock;
    }

    SubmitReply read(HttpOutcome outcome) {
        return outcome.fold(
                this::reply,
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

    private SubmitReply reply(Reply reply) {
        return reply.isSuccessful()
                ? success(reply.status(), reply.body())
                : failure(reply.status(), reply.body(), reply.retryAfter(clock).orElse(null));
    }

    /** A 2xx: accepted if, and only if, it is one whole object with a well-formed sid. */
    static SubmitReply success(int status, byte[] body) {
        MessageJson message;
        try {
            message = MessageJson.readAnswer(body);
        } catch (IOException unreadable) {
            return SubmitReply.unknown(
                    String.valueOf(status),
                    "Twilio answered " + status
                            + " with a body that isn't one whole JSON object; a message may exist: look it up.");
        }
        if (!Sid.isMessage(message.sid)) {
            return SubmitReply.unknown(
                    String.valueOf(status),
                    "Twilio answered " + status
                            + " without a well-formed message sid; a message may exist: look it up.");
        }
        SubmitReply accepted = SubmitReply.accepted(message.sid);
        // 0 until a Messaging Service has picked the sender, which is not a count.
        if (message.segments > 0) {
            accepted = accepted.segments(message.segments);
        }
        Money price = message.price();
        return price == null ? accepted : accepted.price(price);
    }

    static SubmitReply failure(int status, byte[] body, @Nullable Duration retryAfter) {
        int code = errorCode(body);
        String shown = String.valueOf(code < 0 ? status : code);
        return switch (status) {
            // Documented as never processed, whatever the body: it may be HTML or empty (EVIDENCE.md, section 3).
            case 429 ->
                SubmitReply.throttled(
                        retryAfter,
                        shown,
                        explain(code, "Twilio answered 429, too many requests; nothing was processed. Send slower."));
            case 421, 425 ->
                SubmitReply.notTransmitted("Twilio answered " + status
                        + ", which says that it didn't process the request (RFC 9110, RFC 8470).");
            case 401, 402, 403 ->
                refused(
                        code,
                        status == 402 ? Reason.ACCOUNT : Reason.CREDENTIAL,
                        shown,
                        retryAfter,
                        "Twilio answered " + status + ": check the credentials, the account's status and the region.");
            case 400, 404, 405, 413, 414, 415, 422 ->
                refused(code, Reason.REQUEST, shown, retryAfter, refusing(status));
            case 408, 409, 499 -> doubtful(shown, status);
            default ->
                status >= 400 && status < 500 && code >= 0
                        ? refused(code, Reason.REQUEST, shown, retryAfter, refusing(status))
                        : doubtful(shown, status);
        };
    }

    private static String refusing(int status) {
        return "Twilio answered " + status + " and refused the request.";
    }

    private static SubmitReply refused(
            int code, Reason otherwise, String shown, @Nullable Duration retryAfter, String hint) {
        if (ErrorCodes.isAmbiguous(code)) {
            return SubmitReply.unknown(shown, explain(code, hint));
        }
        Reason reason = ErrorCodes.find(code).map(ErrorCodes.Meaning::reason).orElse(otherwise);
        return reason == Reason.THROTTLED
                ? SubmitReply.throttled(retryAfter, shown, explain(code, hint))
                : SubmitReply.refused(reason, shown, explain(code, hint));
    }

    private static SubmitReply doubtful(String shown, int status) {
        String what = status >= 300 && status < 400
                ? "Twilio's address answered with a redirect (" + status
                        + "), which is never followed: check the base URL;"
                : "Twilio answered " + status + ", which proves neither success nor refusal;";
        return SubmitReply.unknown(shown, what + " a message may exist: look it up.");
    }

    private static String explain(int code, String otherwise) {
        if (code < 0) {
            return otherwise;
        }
        return ErrorCodes.explain(
                code, ErrorCodes.find(code).map(ErrorCodes.Meaning::hint).orElse("this code isn't known here."));
    }

    /** The code of Twilio's error object; -1 for HTML, an empty body or anything else. */
    static int errorCode(byte[] body) {
        int[] code = {-1};
        try {
            Json.read(body, (String name, JsonParser value) -> {
                if (name.equals("code")) {
                    code[0] = Json.number(value);
                }
            });
            return code[0];
        } catch (IOException notTwilios) {
            return -1;
        }
    }
}
