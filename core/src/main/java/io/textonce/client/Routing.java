package io.textonce.client;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which providers are tried, in which order.
 *
 * <p>Guaranteed: the next provider is tried only when it is proven that the one before created nothing, and never after
 * an opt-out or an unknown outcome.
 *
 * <pre>{@code
 * SmsClient.builder().provider(twilio).provider(sns).routing(Routing.failover("twilio", "sns"));
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Routing {

    private final List<String> order;

    private Routing(List<String> order) {
        this.order = order;
    }

    /**
     * In this order, each provider at most once.
     *
     * @param providers instance names, at least one
     * @return the routing
     * @throws IllegalArgumentException if there is none, or one twice
     */
    public static Routing failover(String... providers) {
        List<String> order = List.of(providers);
        Set<String> distinct = new HashSet<>(order);
        if (order.isEmpty() || distinct.size() < order.size()) {
            throw new IllegalArgumentException("routing: " + order + " must name at least one provider, each once");
        }
        return new Routing(order);
    }

    List<String> order() {
        return order;
    }

    @Override
    public String toString() {
        return "Routing" + order;
    }
}
