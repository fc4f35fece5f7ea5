package io.textonce.spi;

import java.util.Optional;

/**
 * One way to hand messages to the outside world: a configured account at a provider.
 *
 * <p>Contract: {@link #submit} makes at most one request, never retries, follows no redirect, never throws for what the
 * provider or the network did, and blocks until the outcome or the submission's timeout. Everything else a provider can
 * do is a role: a small interface asked for by {@link #role(Class)}. {@code SmsProviderContract} in textonce-testkit
 * checks an implementation.
 *
 * <pre>{@code
 * Optional<BalanceQuery> balance = provider.role(BalanceQuery.class);
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
public interface SmsProvider extends AutoCloseable {

    /**
     * The instance's name, which hosts store and route by; two accounts at one provider have two names.
     *
     * @return 1 to 32 characters of {@code a-z 0-9 -}, such as {@code twilio} or {@code twilio-otp}
     */
    String name();

    /**
     * What sort of provider it is, the same for all its instances.
     *
     * @return such as {@code twilio}; the instance's name unless overridden
     */
    default String kind() {
        return name();
    }

    /**
     * What the provider can take. Data, constant for the instance's life.
     *
     * @return the limits
     */
    Capabilities capabilities();

    /**
     * Makes one request and says what it proved. Called by the engine on the sending thread, concurrently, at most once
     * for each attempt.
     *
     * @param submission what to submit
     * @return what the request proved; never null
     */
    SubmitReply submit(Submission submission);

    /**
     * A role that this provider, or a provider it decorates, plays beside submitting.
     *
     * @param role the role's interface, such as {@link StatusLookup}
     * @param <R> the role
     * @return the role, or empty if the provider doesn't play it
     */
    default <R> Optional<R> role(Class<R> role) {
        return role.isInstance(this) ? Optional.of(role.cast(this)) : Optional.empty();
    }

    /** Releases connections and threads. Idempotent. Submits after closing answer {@code notTransmitted}. */
    @Override
    default void close() {}
}
