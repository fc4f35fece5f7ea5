package io.textonce;

/**
 * A configured store failed before anything was submitted: nothing was sent, and nothing is claimed to be.
 *
 * <p>A store that fails <em>after</em> a submit doesn't throw: the true outcome is returned with
 * {@link SendResult#recorded()} false.
 */
public final class SmsStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Wraps a store's failure.
     *
     * @param operation what was asked of the store, such as {@code MessageRepository.create}
     * @param cause what the store threw
     */
    public SmsStoreException(String operation, Throwable cause) {
        super(
                operation + " failed before anything was submitted; nothing was sent. Cause: "
                        + cause.getClass().getName() + " (its message may hold personal data: see the cause)",
                cause);
    }
}
