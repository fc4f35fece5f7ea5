package io.textonce.client;

import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.internal.Trace;
import io.textonce.phone.PhoneNumbers;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.TimeSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Providers that belong together, and the route between them. Whoever created them counts as a user; they are closed when
 * the last user has left, and nobody can enter them any more.
 */
final class ProviderSlots {

    /** What slots are made with, the same for all of a client. */
    record Settings(@Nullable BreakerPolicy breaker, TimeSource time, PhoneNumbers phones, DoubleSupplier random) {}

    private static final Logger log = LoggerFactory.getLogger(SmsClient.class);

    private final Map<String, ProviderSlot> byName = new LinkedHashMap<>();
    private final @Nullable Route route;
    private final String nobody;
    private final AtomicInteger users = new AtomicInteger(1);

    private ProviderSlots(
            List<SmsProvider> providers,
            @Nullable Routing routing,
            @Nullable TenantId owner,
            String nobody,
            Settings with) {
        for (SmsProvider provider : providers) {
            byName.put(
                    provider.name(),
                    new ProviderSlot(
                            provider,
                            owner,
                            with.breaker(),
                            routing == null ? null : routing.slowAfter(provider.name()),
                            with.time()));
        }
        this.route = routing == null ? null : Route.of(routing, byName, with.phones(), with.random());
        this.nobody = nobody;
    }

    /**
     * Takes providers in that {@link #check} found nothing wrong with.
     *
     * @param owner the tenant whose they are; null for the client's own
     */
    static ProviderSlots of(
            List<SmsProvider> providers, @Nullable Routing routing, @Nullable TenantId owner, Settings with) {
        Routing used = routing != null || providers.isEmpty() ? routing : inOrder(providers);
        return new ProviderSlots(providers, used, owner, "no provider is configured", with);
    }

    /** Nothing to send through. */
    static ProviderSlots none(TenantId tenant, Settings with) {
        return new ProviderSlots(
                List.of(),
                null,
                tenant,
                "tenant " + tenant
                        + " has no providers; add it where they are configured, to the ProviderSource or, with"
                        + " Spring Boot, to textonce.tenants",
                with);
    }

    private static Routing inOrder(List<SmsProvider> providers) {
        return Routing.failover(providers.stream().map(SmsProvider::name).toList());
    }

    /** Adds everything that is wrong with providers and the routing between them. */
    static void check(List<SmsProvider> providers, @Nullable Routing routing, List<String> problems) {
        Set<String> names = new HashSet<>();
        for (SmsProvider provider : providers) {
            String name = provider.name();
            if (!name.matches("[a-z0-9-]{1,32}")) {
                problems.add("provider: name \"" + name + "\" is not 1 to 32 characters of a-z 0-9 -");
            }
            if (!names.add(name)) {
                problems.add("provider: two instances are named " + name + "; name one of them with .name(...)");
            }
        }
        if (routing != null) {
            routing.check(names, problems);
        }
    }

    /** The providers to try for a message, in order. */
    List<ProviderSlot> order(SmsMessage message, PhoneNumber to) {
        return route == null ? List.of() : route.order(message, to);
    }

    /** What to say to a message for which there is no provider at all. */
    String nobody() {
        return nobody;
    }

    Collection<ProviderSlot> all() {
        return byName.values();
    }

    Set<String> names() {
        return byName.keySet();
    }

    /** Takes part; {@link #leave} must follow. False if they are closed. */
    boolean enter() {
        int present = users.get();
        while (present > 0) {
            if (users.compareAndSet(present, present + 1)) {
                return true;
            }
            present = users.get();
        }
        return false;
    }

    /** Ends what {@link #enter} or the creation began. */
    void leave() {
        if (users.decrementAndGet() == 0) {
            for (ProviderSlot slot : byName.values()) {
                close(slot.provider());
            }
        }
    }

    /** Throws nothing: it runs after a message, whose outcome must not be lost over it. */
    static void close(SmsProvider provider) {
        try {
            provider.close();
        } catch (Throwable e) {
            log.warn(
                    "a provider of {} threw from close; the others are closed all the same. {}",
                    provider.getClass().getName(),
                    Trace.of(e));
        }
    }
}
