package io.textonce.client;

import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;

/** How a submission reaches its provider: by a request of its own, or together with others. */
@FunctionalInterface
interface Channel {

    /** A request of its own. */
    Channel ALONE = (slot, submission) -> slot.provider().submit(submission);

    /** Blocks until the request that carries the submission has its answer; says what that proves about this one. */
    SubmitReply submit(ProviderSlot slot, Submission submission);
}
