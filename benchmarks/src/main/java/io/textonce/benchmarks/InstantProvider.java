package io.textonce.benchmarks;

import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.text.SegmentPolicy;

/** Accepts everything at once, under one id each. */
final class InstantProvider implements SmsProvider {
    private final Capabilities capabilities =
            Capabilities.builder(SegmentPolicy.GENERIC).build();

    @Override
    public String name() {
        return "instant";
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public SubmitReply submit(Submission submission) {
        return SubmitReply.accepted(submission.messageId().value());
    }
}
