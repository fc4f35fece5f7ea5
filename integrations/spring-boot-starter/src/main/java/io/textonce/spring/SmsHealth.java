package io.textonce.spring;

import io.textonce.Attempt;
import io.textonce.Outcome;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.spi.SmsProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What this process knows about its providers, and about those of its tenants. It asks nobody. */
final class SmsHealth implements SmsListener {

    private record Account(TenantId tenant, String provider) {}

    /** A provider as health details show it. */
    private record State(boolean open, Map<String, Object> details) {}

    /** Up unless nobody may be asked, for any tenant. */
    record Status(boolean up, Map<String, Object> details) {}

    private final SmsProviders providers;
    private final Map<Account, Instant> lastAccepted = new ConcurrentHashMap<>();

    SmsHealth(SmsProviders providers) {
        this.providers = providers;
    }

    /** Tenants that the properties don't name send through everybody's. */
    private TenantId owner(TenantId tenant) {
        return providers.tenants().contains(tenant) ? tenant : TenantId.DEFAULT;
    }

    @Override
    public void onResult(SmsMessage message, SendResult result) {
        for (Attempt each : result.attempts()) {
            if (each.outcome() == Outcome.ACCEPTED) {
                lastAccepted.put(
                        new Account(owner(message.tenant()), each.provider()),
                        each.startedAt().plus(each.duration()));
            }
        }
    }

    /** By name, in the order of the properties; those of tenants apart. */
    Status status(SmsClient client) {
        Map<String, State> own = states(TenantId.DEFAULT, client.openBreakers(), providers.all());
        Map<String, Map<String, State>> tenants = new LinkedHashMap<>();
        providers
                .ofTenants()
                .forEach(
                        (tenant, all) -> tenants.put(tenant.value(), states(tenant, client.openBreakers(tenant), all)));
        Map<String, Object> details = new LinkedHashMap<>(details(own));
        if (!tenants.isEmpty()) {
            Map<String, Object> shown = new LinkedHashMap<>();
            tenants.forEach((tenant, states) -> shown.put(tenant, details(states)));
            details.put("tenants", shown);
        }
        Collection<Map<String, State>> asked = tenants.isEmpty() ? List.of(own) : tenants.values();
        List<State> all = asked.stream().flatMap(each -> each.values().stream()).toList();
        return new Status(all.isEmpty() || all.stream().anyMatch(state -> !state.open()), details);
    }

    private Map<String, State> states(TenantId tenant, Map<String, Duration> open, List<SmsProvider> providers) {
        Map<String, State> states = new LinkedHashMap<>();
        for (SmsProvider provider : providers) {
            String name = provider.name();
            Map<String, Object> details = new LinkedHashMap<>();
            Duration left = open.get(name);
            details.put("breaker", left == null ? "closed" : "open for " + left.toSeconds() + " s");
            Instant last = lastAccepted.get(new Account(tenant, name));
            if (last != null) {
                details.put("lastAccepted", last.toString());
            }
            states.put(name, new State(left != null, details));
        }
        return states;
    }

    private static Map<String, Object> details(Map<String, State> states) {
        Map<String, Object> details = new LinkedHashMap<>();
        states.forEach((name, state) -> details.put(name, state.details()));
        return details;
    }
}
