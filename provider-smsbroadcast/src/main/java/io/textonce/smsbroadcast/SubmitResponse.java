package io.textonce.smsbroadcast;

import io.textonce.Outcome;
import io.textonce.Reason;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpOutcome.NotTransmitted;
import io.textonce.spi.http.HttpOutcome.Reply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What SMS Broadcast's answer to a submit proves for each recipient: the HTTP status decides first, then the recipient's
 * own line, and nothing is guessed. A recipient without a line is in doubt, and only that one.
 */
final class SubmitResponse {

    private static final Pattern ID = Pattern.compile("[0-9]{1,20}");

    private final Settings settings;

    SubmitResponse(Settings settings) {
        this.settings = settings;
    }

    /** A verdict for each submission, in their order. */
    List<SubmitReply> read(HttpOutcome outcome, List<Submission> batch) {
        return outcome.<List<SubmitReply>>fold(
                reply -> verdicts(reply.status(), text(reply), batch),
                unsent -> all(notTransmitted(unsent), batch),
                doubtful -> all(
                        SubmitReply.unknown(
                                doubtful.status().isPresent()
                                        ? String.valueOf(doubtful.status().getAsInt())
                                        : null,
                                doubtful.explanation()),
                        batch));
    }

    /** Where the end of the reply isn't proven, a last line without an end may be half of one. */
    static String text(Reply reply) {
        String text = reply.text();
        if (reply.complete()) {
            return text;
        }
        return text.substring(0, Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1);
    }

    private static SubmitReply notTransmitted(NotTransmitted unsent) {
        return switch (unsent.kind()) {
            // Neither a certificate nor a proxy mends itself: another provider may be tried, this one not.
            case CERTIFICATE, PROXY -> SubmitReply.notTransmitted(Reason.CREDENTIAL, unsent.explanation());
            case LOCAL -> SubmitReply.notTransmitted(Reason.UNAVAILABLE, unsent.explanation());
            default -> SubmitReply.notTransmitted(unsent.explanation());
        };
    }

    List<SubmitReply> verdicts(int status, String text, List<Submission> batch) {
        return switch (status) {
            case 200 -> lines(Line.read(text), batch);
            case 421, 425 ->
                all(
                        SubmitReply.notTransmitted("SMS Broadcast answered " + status
                                + ", which says that it didn't process the request (RFC 9110, RFC 8470)."),
                        batch);
            case 401, 403 -> refused(status, text, Reason.CREDENTIAL, batch);
            case 402 -> refused(status, text, Reason.ACCOUNT, batch);
            case 400, 404, 405, 413, 414, 415, 422 -> refused(status, text, Reason.REQUEST, batch);
            default -> all(doubtful(status), batch);
        };
    }

    private SubmitReply doubtful(int status) {
        String what = status >= 300 && status < 400
                ? "SMS Broadcast's address answered with a redirect (" + status
                        + "), which is never followed: check baseUrl;"
                : "SMS Broadcast answered " + status + ", which proves neither success nor refusal;";
        return SubmitReply.unknown(String.valueOf(status), what + " a message may exist: " + tells());
    }

    /** A status that refuses the request (docs/reliability.md), unless the body contradicts it. */
    private List<SubmitReply> refused(int status, String text, Reason otherwise, List<Submission> batch) {
        List<Line> lines = Line.read(text);
        if (lines.stream().anyMatch(line -> line.verdict() == Line.Verdict.OK)) {
            return all(doubtful(status), batch);
        }
        if (lines.size() == 1 && lines.get(0).verdict() == Line.Verdict.ERROR) {
            return lines(lines, batch);
        }
        return all(
                SubmitReply.refused(
                        otherwise,
                        String.valueOf(status),
                        "SMS Broadcast answered " + status
                                + " and refused the request: check credentials, baseUrl and what stands between."),
                batch);
    }

    private List<SubmitReply> lines(List<Line> lines, List<Submission> batch) {
        if (lines.size() == 1 && lines.get(0).verdict() == Line.Verdict.ERROR) {
            return all(refusal("ERROR", lines.get(0).rest(), batch.get(0)), batch);
        }
        Numbers numbers = new Numbers(batch);
        @Nullable SubmitReply[] found = new @Nullable SubmitReply[batch.size()];
        for (Line line : lines) {
            int place = line.number() == null ? -1 : numbers.place(line.number());
            SubmitReply verdict = place < 0 ? null : verdict(line, batch.get(place));
            if (verdict != null) {
                SubmitReply before = found[place];
                found[place] = before == null || same(before, verdict) ? verdict : contradictory();
            }
        }
        List<SubmitReply> replies = new ArrayList<>(batch.size());
        for (SubmitReply verdict : found) {
            replies.add(
                    verdict != null
                            ? verdict
                            : SubmitReply.unknown(
                                    "200",
                                    "SMS Broadcast's answer has no readable line for this recipient; a message may exist: "
                                            + tells()));
        }
        return List.copyOf(replies);
    }

    private @Nullable SubmitReply verdict(Line line, Submission submission) {
        if (line.verdict() == Line.Verdict.OK) {
            return ID.matcher(line.rest()).matches() ? SubmitReply.accepted(line.rest()) : null;
        }
        return line.verdict() == Line.Verdict.BAD ? refusal("BAD", line.rest(), submission) : null;
    }

    private SubmitReply refusal(String verdict, String sentence, Submission submission) {
        String said = "SMS Broadcast answered " + verdict + ", "
                + Remedies.shown(sentence, submission.text(), settings.username(), settings.password()) + ": ";
        Optional<Remedies.Meaning> meaning = Remedies.find(sentence);
        return meaning.isPresent()
                ? SubmitReply.refused(
                        meaning.get().reason(), verdict, said + meaning.get().hint())
                : SubmitReply.unknown(
                        verdict,
                        said
                                + "it failed inside, and nobody says how far it had come; a message may exist: "
                                + tells());
    }

    private static boolean same(SubmitReply one, SubmitReply other) {
        return one.outcome() == other.outcome()
                && one.outcome() != Outcome.UNKNOWN
                && one.providerMessageId().equals(other.providerMessageId());
    }

    private SubmitReply contradictory() {
        return SubmitReply.unknown(
                "200",
                "SMS Broadcast's answer has several lines for this recipient that contradict each other; a message may"
                        + " exist: " + tells());
    }

    /** No report can be believed without a secret or key. */
    private String tells() {
        return (settings.verifiesWebhooks() ? "a report or " : "") + "the dashboard will tell.";
    }

    private static List<SubmitReply> all(SubmitReply reply, List<Submission> batch) {
        return Collections.nCopies(batch.size(), reply);
    }

    /**
     * A line of the answer: {@code OK: number: id}, {@code BAD: number: reason} or {@code ERROR: reason}, with any
     * spacing, in any case (EVIDENCE.md, section 3).
     */
    record Line(Verdict verdict, @Nullable String number, String rest) {

        private static final Pattern LINES = Pattern.compile("[\\r\\n]+");

        enum Verdict {
            OK,
            BAD,
            ERROR,
            /** Nothing of the grammar. */
            NONE
        }

        static List<Line> read(String text) {
            return LINES.splitAsStream(text)
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .map(Line::of)
                    .toList();
        }

        private static Line of(String line) {
            int colon = line.indexOf(':');
            String word = colon < 0 ? "" : line.substring(0, colon).strip();
            String rest = line.substring(colon + 1).strip();
            if (word.equalsIgnoreCase("ERROR")) {
                return new Line(Verdict.ERROR, null, rest);
            }
            boolean ok = word.equalsIgnoreCase("OK");
            int second = rest.indexOf(':');
            if (second < 0 || !(ok || word.equalsIgnoreCase("BAD"))) {
                return new Line(Verdict.NONE, null, rest);
            }
            return new Line(
                    ok ? Verdict.OK : Verdict.BAD,
                    rest.substring(0, second).strip(),
                    rest.substring(second + 1).strip());
        }

        /** Numbers and sentences of the provider's aren't shown. */
        @Override
        public String toString() {
            return "Line[" + verdict + "]";
        }
    }
}
