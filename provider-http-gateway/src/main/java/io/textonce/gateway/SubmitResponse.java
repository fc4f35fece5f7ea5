package io.textonce.gateway;

import io.textonce.Outcome;
import io.textonce.Reason;
import io.textonce.gateway.Condition.Facts;
import io.textonce.gateway.Spec.Response;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpOutcome.NotTransmitted;
import io.textonce.spi.http.HttpOutcome.Reply;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway's answer proves, recipient by recipient. The profile says how success and refusals look; what proves
 * nothing (reliability, the matrix) stays unknown whatever a profile says, unless it names that very status.
 */
final class SubmitResponse {

    private static final int LONGEST_ID = 200;
    private static final int LONGEST_CODE = 32;
    private static final int DIGITS_OF_A_NUMBER = 7;

    private final String gateway;
    private final Response response;
    private final Numbers numbers;
    private final Clock clock;

    SubmitResponse(String gateway, Response response, Numbers numbers, Clock clock) {
        this.gateway = gateway;
        this.response = response;
        this.numbers = numbers;
        this.clock = clock;
    }

    /** One reply for each recipient, in their order. */
    List<SubmitReply> read(HttpOutcome outcome, List<String> recipients) {
        if (outcome instanceof Reply reply) {
            return read(
                    reply.status(),
                    ReadReply.of(reply, response.layout()),
                    reply.retryAfter(clock).orElse(null),
                    recipients);
        }
        SubmitReply all = outcome.fold(
                reply -> doubtful(reply.status()),
                unsent -> notTransmitted(unsent),
                lost -> SubmitReply.unknown(
                        lost.status().isPresent() ? String.valueOf(lost.status().getAsInt()) : null,
                        lost.explanation()));
        return Collections.nCopies(recipients.size(), all);
    }

    private static SubmitReply notTransmitted(NotTransmitted unsent) {
        return switch (unsent.kind()) {
            // Neither a certificate nor a proxy mends itself: another provider may be tried, this one not.
            case CERTIFICATE, PROXY -> SubmitReply.notTransmitted(Reason.CREDENTIAL, unsent.explanation());
            case LOCAL -> SubmitReply.notTransmitted(Reason.UNAVAILABLE, unsent.explanation());
            default -> SubmitReply.notTransmitted(unsent.explanation());
        };
    }

    List<SubmitReply> read(int status, ReadReply answer, @Nullable Duration retryAfter, List<String> recipients) {
        if (!response.okStatus().contains(status)) {
            return Collections.nCopies(recipients.size(), failure(status, answer, retryAfter));
        }
        if (!answer.readable()) {
            return Collections.nCopies(recipients.size(), unreadable(status, noForm()));
        }
        List<SubmitReply> verdicts = new ArrayList<>();
        SubmitReply condemned = null;
        boolean taken = false;
        for (Item item : answer.items()) {
            SubmitReply verdict = verdict(status, answer, item, retryAfter);
            boolean condemns = condemns(answer.facts(item));
            condemned = condemns && condemned == null ? refusal(status, answer, item, retryAfter) : condemned;
            // An id is proof of a message, whatever else is said; without one, the refusal is believed for its own
            // item.
            taken |= verdict.outcome() == Outcome.ACCEPTED
                    && (!condemns || verdict.providerMessageId().isPresent());
            verdicts.add(verdict);
        }
        if (condemned != null) {
            return Collections.nCopies(recipients.size(), taken ? contradictory(status) : condemned);
        }
        if (answer.items().isEmpty()) {
            ErrorClass known = answer.classOf(response.errors(), answer.first(), false);
            SubmitReply all = known != null || condemns(answer.facts(answer.first()))
                    ? refusal(status, answer, answer.first(), retryAfter)
                    : unreadable(status, "no verdict stands where items says");
            return Collections.nCopies(recipients.size(), all);
        }
        List<SubmitReply> replies = new ArrayList<>(recipients.size());
        for (String recipient : recipients) {
            replies.add(verdictFor(recipient, recipients.size() == 1, status, answer, verdicts));
        }
        return replies;
    }

    private boolean condemns(Facts facts) {
        return Condition.any(response.requestFailure(), facts);
    }

    /** The verdict of the item about a recipient; of several the one that a message may have come of. */
    private SubmitReply verdictFor(
            String recipient, boolean alone, int status, ReadReply answer, List<SubmitReply> verdicts) {
        List<Item> items = answer.items();
        SubmitReply found = null;
        for (int i = 0; i < items.size(); i++) {
            if (isAbout(items.get(i), recipient, alone, items.size() == 1)) {
                SubmitReply verdict = verdicts.get(i);
                found = found == null || weight(verdict) > weight(found) ? verdict : found;
            }
        }
        return found == null
                ? SubmitReply.unknown(
                        String.valueOf(status),
                        gateway + " answered " + status
                                + " and said nothing of this recipient; a message may exist: look there.")
                : found;
    }

    private boolean isAbout(Item item, String recipient, boolean alone, boolean single) {
        String named =
                response.recipient() == null ? null : response.recipient().in(item);
        if (named == null) {
            return single && (alone || response.fanOut());
        }
        String e164 = numbers.e164(named);
        return e164.equals(recipient) || (alone && single && !e164.startsWith("+"));
    }

    private static int weight(SubmitReply reply) {
        return reply.outcome() == Outcome.ACCEPTED ? 2 : reply.outcome() == Outcome.UNKNOWN ? 1 : 0;
    }

    private SubmitReply verdict(int status, ReadReply answer, Item item, @Nullable Duration retryAfter) {
        if (!response.accepted().holds(answer.facts(item))) {
            return answer.classOf(response.errors(), item, false) == null
                    ? unreadable(status, response.accepted().failing(answer.facts(item)))
                    : refusal(status, answer, item, retryAfter);
        }
        if (response.messageId() == null) {
            return SubmitReply.accepted(null);
        }
        String id = response.messageId().in(item);
        return id == null || !isId(id)
                ? SubmitReply.unknown(
                        String.valueOf(status),
                        gateway + " answered " + status
                                + " without a well-formed message id; a message may exist: look there.")
                : SubmitReply.accepted(id);
    }

    private static boolean isId(String id) {
        if (id.length() > LONGEST_ID) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            if (id.charAt(i) <= ' ' || id.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** A refusal on a status of success, by the first rule that fits; OTHER if the profile says no more. */
    private SubmitReply refusal(int status, ReadReply answer, Item item, @Nullable Duration retryAfter) {
        ErrorClass known = answer.classOf(response.errors(), item, false);
        return reply(known == null ? ErrorClass.REJECTED : known, status, code(item, status), retryAfter);
    }

    /** A status that isn't success: the profile's rules, then the matrix, unless the body names a message. */
    private SubmitReply failure(int status, ReadReply answer, @Nullable Duration retryAfter) {
        for (Item each : answer.readable() ? answer.items() : List.<Item>of()) {
            SubmitReply verdict = verdict(status, answer, each, retryAfter);
            if (verdict.outcome() == Outcome.ACCEPTED
                    && verdict.providerMessageId().isPresent()) {
                return notCounted(status);
            }
        }
        Item item = answer.first();
        String code = code(item, status);
        ErrorClass known = answer.classOf(response.errors(), item, provesNothing(status));
        if (known != null) {
            return reply(known, status, code, retryAfter);
        }
        return switch (status) {
            case 401, 403 -> reply(ErrorClass.AUTH, status, code, retryAfter);
            case 402 -> reply(ErrorClass.CREDIT, status, code, retryAfter);
            case 400, 404, 405, 413, 414, 415, 422 -> reply(ErrorClass.INVALID_REQUEST, status, code, retryAfter);
            case 421, 425 ->
                SubmitReply.notTransmitted(gateway + " answered " + status
                        + ", which says that it didn't process the request (RFC 9110, RFC 8470).");
            default -> doubtful(status);
        };
    }

    /** Only a rule that names one of these may make it a proof. */
    private static boolean provesNothing(int status) {
        return switch (status) {
            case 400, 401, 402, 403, 404, 405, 413, 414, 415, 422 -> false;
            default -> true;
        };
    }

    private SubmitReply reply(ErrorClass known, int status, String code, @Nullable Duration retryAfter) {
        Reason reason = known.reason();
        String hint = gateway + " answered " + status + ": " + known.hint();
        if (reason == null) {
            return SubmitReply.unknown(
                    code, gateway + " answered " + status + ", which proves nothing: a message may exist; look there.");
        }
        return reason == Reason.THROTTLED
                ? SubmitReply.throttled(retryAfter, code, hint)
                : SubmitReply.refused(reason, code, hint);
    }

    /** @param why in the profile's words, for its author */
    private SubmitReply unreadable(int status, @Nullable String why) {
        return SubmitReply.unknown(
                String.valueOf(status),
                gateway + " answered " + status + " in a form that its profile doesn't know (" + why
                        + "); a message may exist: look there.");
    }

    private String noForm() {
        return switch (response.layout().format()) {
            case JSON -> "not JSON";
            case LINES -> "no line fits a pattern";
            default -> "not a whole " + response.layout().format();
        };
    }

    private SubmitReply notCounted(int status) {
        return SubmitReply.unknown(
                String.valueOf(status),
                gateway + " answered " + status + ", which its profile doesn't count as success (okStatus "
                        + response.okStatus() + "), with a body that does; a message may exist: look there.");
    }

    private SubmitReply contradictory(int status) {
        return SubmitReply.unknown(
                String.valueOf(status),
                gateway + " answered " + status
                        + ", refused the request and accepted a message in the same answer; a message may exist: look there.");
    }

    private SubmitReply doubtful(int status) {
        String what = status >= 300 && status < 400
                ? gateway + " answered with a redirect (" + status + "), which is never followed: check the address;"
                : gateway + " answered " + status + ", which proves neither success nor refusal;";
        return SubmitReply.unknown(String.valueOf(status), what + " a message may exist: look there.");
    }

    /** The gateway's own code if it is one and no text or number of a person; the status otherwise. */
    private String code(Item item, int status) {
        String code = response.code() == null ? null : response.code().in(item);
        return code == null || !isCode(code) ? String.valueOf(status) : code;
    }

    static boolean isCode(String code) {
        if (code.length() > LONGEST_CODE) {
            return false;
        }
        int digits = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            digits = digit ? digits + 1 : 0;
            if (digits >= DIGITS_OF_A_NUMBER || !(digit || letter || "_.:/#-".indexOf(c) >= 0)) {
                return false;
            }
        }
        return !code.isEmpty();
    }
}
