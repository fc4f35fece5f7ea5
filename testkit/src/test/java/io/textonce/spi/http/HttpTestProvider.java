package io.textonce.spi.http;

import io.textonce.Reason;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.text.SegmentPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The smallest real provider, POST or GET: one call, read by the matrix of docs/reliability.md. */
final class HttpTestProvider implements SmsProvider {
    private static final Pattern ID = Pattern.compile("\"id\":\"(\\w+)\"");

    private final String name;
    private final Function<Duration, HttpOutcome> call;

    HttpTestProvider(String name, Function<Duration, HttpOutcome> call) {
        this.name = name;
        this.call = call;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.builder(SegmentPolicy.GENERIC).build();
    }

    @Override
    public SubmitReply submit(Submission submission) {
        return call.apply(submission.timeout())
                .fold(
                        HttpTestProvider::read,
                        unsent -> unsent.kind().mayPass()
                                ? SubmitReply.notTransmitted(unsent.explanation())
                                : SubmitReply.notTransmitted(Reason.CREDENTIAL, unsent.explanation()),
                        doubt -> SubmitReply.unknown(null, doubt.explanation()));
    }

    private static SubmitReply read(HttpOutcome.Reply reply) {
        String code = Integer.toString(reply.status());
        Matcher id = ID.matcher(reply.text());
        if (reply.isSuccessful() && reply.complete() && id.find()) {
            return SubmitReply.accepted(id.group(1));
        }
        return switch (reply.status()) {
            case 400, 404, 405, 413, 414, 415, 422 -> SubmitReply.refused(Reason.REQUEST, code, "refused");
            case 401, 403 -> SubmitReply.refused(Reason.CREDENTIAL, code, "refused");
            case 429 ->
                SubmitReply.throttled(reply.retryAfter(Clock.systemUTC()).orElse(null), code, "slow down");
            default -> SubmitReply.unknown(code, "proves nothing");
        };
    }
}
