package io.textonce.spring;

import io.textonce.Attempt;
import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.SmsListener;
import io.textonce.client.SmsClient;
import io.textonce.spi.SmsProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What this process knows about its providers. It asks nobody. */
final class SmsHealth implements SmsListener {

    /** A provider as health details show it. */
    record State(boolean open, Map<String, Object> details) {}

    private final Map<String, Instant> lastAccepted = new ConcurrentHashMap<>();

    @Override
    public void onAttempt(MessageId messageId, Attempt attempt) {
        if (attempt.outcome() == Outcome.ACCEPTED) {
            lastAccepted.put(attempt.provider(), attempt.startedAt().plus(attempt.duration()));
        }
    }

    /** By name, in the order of the providers. */
    Map<String, State> states(SmsClient client, SmsProviders providers) {
        Map<String, Duration> open = client.openBreakers();
        Map<String, State> states = new LinkedHashMap<>();
        for (SmsProvider provider : providers.all()) {
            String name = provider.name();
            Map<String, Object> details = new LinkedHashMap<>();
            Duration left = open.get(name);
            details.put("breaker", left == null ? "closed" : "open for " + left.toSeconds() + " s");
            Instant last = lastAccepted.get(name);
            if (last != null) {
                details.put("lastAccepted", last.toString());
            }
            states.put(name, new State(left != null, details));
        }
        return states;
    }

    /** Down if nobody may be asked. */
    static boolean isUp(Map<String, State> states) {
        return states.isEmpty() || states.values().stream().anyMatch(state -> !state.open());
    }
}
