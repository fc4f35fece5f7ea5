package io.textonce;

/**
 * Observes sends and events, for logs, meters and user interfaces. It can't change or repeat anything.
 *
 * <p>Guaranteed: called on the thread that sends or receives, after the fact, attempts before their result. Not
 * guaranteed: delivery of the call; what it throws is logged and dropped, and a crash loses it. Business reactions read
 * the event repository instead. Listeners must return quickly.
 *
 * <pre>{@code
 * SmsClient.builder().listener(new SmsListener() {
 *     public void onResult(SmsMessage message, SendResult result) { meter.increment(result.outcome()); }
 * });
 * }</pre>
 *
 * <p>Implementations must be thread-safe.
 */
public interface SmsListener {

    /**
     * A provider was tried, successfully or not, also if the message is accepted in the end. {@link Attempt#proof()} is
     * {@link Proof#NOT_TRANSMITTED} if no request was made.
     *
     * @param messageId whose attempt it was
     * @param attempt what it proved
     */
    default void onAttempt(MessageId messageId, Attempt attempt) {}

    /**
     * A send has its outcome.
     *
     * @param message what was sent; it holds personal data
     * @param result what became of it
     */
    default void onResult(SmsMessage message, SendResult result) {}

    /**
     * A new event was verified and stored; repeats aren't told.
     *
     * @param event the event; it may hold personal data
     */
    default void onEvent(SmsEvent event) {}
}
