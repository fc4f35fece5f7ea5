package io.textonce;

/**
 * Sends one message and says what became of it: the one interface that business code depends on.
 *
 * <p>Guaranteed: a failure of a provider or a network is a {@link SendResult}, never an exception; no message is
 * submitted again without proof that the previous submit created nothing. Not guaranteed: delivery. An accepted message
 * is one that a provider took over.
 *
 * <pre>{@code
 * SmsSender sms = client;                       // SmsClient in production, a lambda in a test
 * SendResult result = sms.send(SmsMessage.to("+61491570156").text("See you at 10:30").build());
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface SmsSender {

    /**
     * Sends one message, waiting for the outcome.
     *
     * @param message what to send, never null
     * @return the outcome, never null
     * @throws NullPointerException if {@code message} is null
     * @throws IllegalStateException if the sender is closed
     * @throws SmsStoreException if a configured store failed <em>before</em> anything was submitted; nothing was sent
     */
    SendResult send(SmsMessage message);
}
