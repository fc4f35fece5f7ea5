package io.textonce.outbox;

/** Opens the outbox's switch to the proofs: an outbox that doesn't ask its clock before a submit. */
public final class WithoutFence {
    private WithoutFence() {}

    public static SmsOutbox.Builder of(SmsOutbox.Builder builder) {
        return builder.reverted(Setup.Line.FENCE);
    }
}
