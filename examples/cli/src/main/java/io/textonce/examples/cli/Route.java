package io.textonce.examples.cli;

import io.textonce.client.SmsClient;
import io.textonce.spi.SmsProvider;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which providers, in which order, and how numbers are read. Shared by the commands that build a client. */
final class Route {

    @Option(
            names = "--fallback",
            paramLabel = "P2",
            description = "Tried next, only when it is proven that the one before created nothing. Repeatable.")
    List<String> fallbacks = new ArrayList<>();

    @Option(
            names = "--base-url",
            paramLabel = "URL",
            description = "Talk to this server instead of the first provider's own.")
    @Nullable
    String baseUrl;

    @Option(
            names = "--region",
            paramLabel = "XX",
            description = "Where numbers without a country code are from, such as AU.")
    @Nullable
    String region;

    /**
     * The providers in order.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    List<Gateway> gateways(String first) {
        Set<Gateway> all = new LinkedHashSet<>();
        all.add(gateway("--provider", first));
        for (String fallback : fallbacks) {
            if (!all.add(gateway("--fallback", fallback))) {
                throw new IllegalArgumentException("--fallback: " + fallback + " is named already; name another one of "
                        + Gateway.names() + ", or none");
            }
        }
        if (baseUrl != null && !all.iterator().next().hasServer()) {
            throw new IllegalArgumentException(
                    "--base-url: provider " + first + " talks to no server; leave the option out");
        }
        return List.copyOf(all);
    }

    static Gateway gateway(String option, String name) {
        return Gateway.named(name)
                .orElseThrow(() ->
                        new IllegalArgumentException(option + ": \"" + name + "\" is none of " + Gateway.names()));
    }

    /**
     * Adds opened providers to a client, for the caller to complete; it closes them.
     *
     * @param client all options that may be wrong are set already, as nothing closes a provider of a client that fails
     * @param from the sender, for providers whose environment names none
     * @param as what to put in a provider's place, or the identity
     * @throws IllegalArgumentException if a variable is missing or wrong
     */
    SmsClient.Builder client(
            SmsClient.Builder client,
            List<Gateway> gateways,
            Map<String, String> environment,
            @Nullable String from,
            UnaryOperator<SmsProvider> as) {
        for (Gateway gateway : gateways) {
            String url = gateway == gateways.get(0) ? baseUrl : null;
            client.provider(as.apply(gateway.open(environment, url, from)));
        }
        return region == null ? client : client.defaultRegion(region);
    }
}
