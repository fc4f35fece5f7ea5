package io.textonce.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.SmsSender;
import java.util.Objects;

/**
 * Sends through another sender, within an observation {@code textonce.send}: a timer for meters, a span for tracers.
 *
 * <p>Low cardinality: {@code category}, {@code outcome}, {@code reason}, {@code provider}. High cardinality:
 * {@code message.id}. Never a number or text. A rejected or unknown send isn't an error of the observation; an exception
 * is, and goes on to the caller.
 *
 * <pre>{@code
 * SmsSender sender = new ObservedSmsSender(sms, observations);
 * SendResult result = sender.send(SmsMessage.to("+61491570156").text("See you at 10:30").build());
 * }</pre>
 *
 * <p>Thread-safe if the sender is.
 */
public final class ObservedSmsSender implements SmsSender {

    private final SmsSender sender;
    private final ObservationRegistry registry;

    /**
     * Decorates a sender.
     *
     * @param sender who sends; an {@code SmsClient}
     * @param registry the host's registry
     */
    public ObservedSmsSender(SmsSender sender, ObservationRegistry registry) {
        this.sender = Objects.requireNonNull(sender, "sender");
        this.registry = Objects.requireNonNull(registry, "registry");
    }

    @Override
    public SendResult send(SmsMessage message) {
        Observation observation = Observation.createNotStarted("textonce.send", registry)
                .contextualName("sms send")
                .lowCardinalityKeyValue("category", Words.of(message.category()));
        return observation.observe(() -> {
            SendResult result = sender.send(message);
            observation
                    .lowCardinalityKeyValue("outcome", Words.of(result.outcome()))
                    .lowCardinalityKeyValue("reason", Words.of(SmsMetrics.reason(result)))
                    .lowCardinalityKeyValue("provider", SmsMetrics.provider(result))
                    .highCardinalityKeyValue("message.id", result.messageId().value());
            return result;
        });
    }
}
