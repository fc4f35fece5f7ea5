package io.textonce.client;

import io.textonce.spi.SmsProvider;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The providers of one tenant, as a {@link ProviderSource} knows them: a version, the way to make the instances, and the
 * routing between them.
 *
 * <p>Guaranteed: the instances are made only when the client doesn't have this version already, and the client closes
 * each of them once.
 *
 * <pre>{@code
 * TenantProviders.of(account.version(), () -> List.of(twilio(account), sns(account)))
 *         .routing(Routing.weighted(Map.of("twilio", 70, "sns", 30)));
 * }</pre>
 *
 * <p>Immutable and thread-safe, if the supplier is.
 */
public final class TenantProviders {

    private static final TenantProviders SHARED = new TenantProviders(null, List::of, null);

    private final @Nullable String version;
    private final Supplier<? extends Collection<? extends SmsProvider>> create;
    private final @Nullable Routing routing;

    private TenantProviders(
            @Nullable String version,
            Supplier<? extends Collection<? extends SmsProvider>> create,
            @Nullable Routing routing) {
        this.version = version;
        this.create = create;
        this.routing = routing;
    }

    /**
     * Providers of the tenant's own, tried in the order given unless {@link #routing} says otherwise.
     *
     * @param version changes whenever anything of it does, credentials and routing included, such as a row's version or
     *     the time of its last change; no secret
     * @param create makes new instances, at least one, each of another name; called at most once, on a sending thread. It
     *     must not return an instance that it returned before: the client closes what it replaces
     * @return the providers
     */
    public static TenantProviders of(String version, Supplier<? extends Collection<? extends SmsProvider>> create) {
        return new TenantProviders(
                Objects.requireNonNull(version, "version"), Objects.requireNonNull(create, "create"), null);
    }

    /**
     * The client's own providers and routing, with their credentials, breakers and limits: for tenants that the host lets
     * send through its own accounts.
     *
     * @return the same value always
     */
    public static TenantProviders shared() {
        return SHARED;
    }

    /**
     * Sets the routing between the tenant's providers.
     *
     * @param value the routing, which names no others
     * @return a copy
     * @throws IllegalStateException for {@link #shared()}, which has the client's routing
     */
    public TenantProviders routing(Routing value) {
        if (isShared()) {
            throw new IllegalStateException(
                    "routing: shared providers have the client's routing; narrow that with Routing.forTenant");
        }
        return new TenantProviders(version, create, Objects.requireNonNull(value, "routing"));
    }

    boolean isShared() {
        return version == null;
    }

    @Nullable
    String version() {
        return version;
    }

    List<SmsProvider> create() {
        return List.copyOf(create.get());
    }

    @Nullable
    Routing routing() {
        return routing;
    }

    /** Whether they are the client's, and the version. */
    @Override
    public String toString() {
        return "TenantProviders[" + (version == null ? "shared" : "version " + version) + "]";
    }
}
