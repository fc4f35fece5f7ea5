package io.textonce.spring;

/**
 * Adds to what the properties say, for everything that has no property. Beans of this type are applied in their order,
 * after the properties, and so have the last word.
 *
 * <pre>{@code
 * @Bean
 * TextonceCustomizer<SmsClient.Builder> sendingThreads(Executor executor) {
 *     return client -> client.executor(executor);
 * }
 * }</pre>
 *
 * <p>Called once, at the start.
 *
 * @param <B> what it adds to: {@code SmsClient.Builder}, {@code SmsOutbox.Builder} or {@code WebhookReceiver.Builder}
 */
@FunctionalInterface
public interface TextonceCustomizer<B> {

    /**
     * Adds to a builder.
     *
     * @param builder the builder, with everything that the properties say
     */
    void customize(B builder);
}
