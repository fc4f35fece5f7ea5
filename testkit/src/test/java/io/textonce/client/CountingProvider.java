package io.textonce.client;

import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.text.SegmentPolicy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Answers at once, keeps nothing, and counts: for runs of many messages. */
final class CountingProvider implements SmsProvider {

    final AtomicLong submitted = new AtomicLong();
    final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final Function<Submission, SubmitReply> answer;

    CountingProvider() {
        this(submission -> SubmitReply.accepted("id"));
    }

    CountingProvider(Function<Submission, SubmitReply> answer) {
        this.answer = answer;
    }

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.builder(SegmentPolicy.GENERIC).build();
    }

    @Override
    public SubmitReply submit(Submission submission) {
        submitted.incrementAndGet();
        int now = atOnce.incrementAndGet();
        most.accumulateAndGet(now, Math::max);
        try {
            return answer.apply(submission);
        } finally {
            atOnce.decrementAndGet();
        }
    }

    /** Fictitious numbers: +1 202 555 0100 to 0199. */
    static String number(long i) {
        return "+120255501" + (char) ('0' + i / 10 % 10) + (char) ('0' + i % 10);
    }
}
