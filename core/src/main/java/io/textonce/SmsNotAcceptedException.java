package io.textonce;

/**
 * Thrown by {@link SendResult#orThrow()} for people who prefer exceptions: the message was rejected, or its outcome is
 * unknown. It carries the result; treat the two differently, because an unknown message may have been sent.
 */
public final class SmsNotAcceptedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // results are not serializable; a deserialized exception keeps its message only
    private final transient SendResult result;

    SmsNotAcceptedException(SendResult result) {
        super(result.toString());
        this.result = result;
    }

    /**
     * The result that wasn't accepted.
     *
     * @return a rejected or unknown result
     */
    public SendResult result() {
        return result;
    }
}
