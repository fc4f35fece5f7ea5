package io.textonce.spring;

import io.textonce.TenantId;
import io.textonce.spi.SmsProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The providers of the application, those of the properties first, then those that are beans; and those of each tenant of the
 * properties: for their roles, such as a balance. Whoever made them closes them.
 *
 * <pre>{@code
 * providers.find("twilio").flatMap(twilio -> twilio.role(BalanceQuery.class)).map(BalanceQuery::balance);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SmsProviders {

    private final List<SmsProvider> all;
    private final Map<TenantId, List<SmsProvider>> ofTenants = new LinkedHashMap<>();

    SmsProviders(List<SmsProvider> all, Map<TenantId, List<SmsProvider>> ofTenants) {
        this.all = List.copyOf(all);
        ofTenants.forEach((tenant, own) -> this.ofTenants.put(tenant, List.copyOf(own)));
    }

    /**
     * Those of {@code textonce.providers} and those that are beans.
     *
     * @return the providers, in the order in which they are tried unless the routing says otherwise
     */
    public List<SmsProvider> all() {
        return all;
    }

    /**
     * One of {@link #all()}.
     *
     * @param name its name
     * @return the provider, or empty if there is none of that name
     */
    public Optional<SmsProvider> find(String name) {
        return find(all, name);
    }

    /**
     * The tenants of {@code textonce.tenants} that are enabled.
     *
     * @return their ids, in the order of the properties; empty if there are none
     */
    public Set<TenantId> tenants() {
        return Collections.unmodifiableSet(ofTenants.keySet());
    }

    /**
     * A tenant's providers. The client has other instances of them.
     *
     * @param tenant whose
     * @return the providers, in the order in which they are tried unless the routing says otherwise; {@link #all()} for the
     *     default tenant if it isn't among {@link #tenants()}; else empty for a tenant that isn't
     */
    public List<SmsProvider> all(TenantId tenant) {
        return ofTenants.getOrDefault(tenant, tenant.equals(TenantId.DEFAULT) ? all : List.of());
    }

    /**
     * One of {@link #all(TenantId)}.
     *
     * @param tenant whose
     * @param name its name
     * @return the provider, or empty if the tenant has none of that name
     */
    public Optional<SmsProvider> find(TenantId tenant, String name) {
        return find(all(tenant), name);
    }

    private static Optional<SmsProvider> find(List<SmsProvider> some, String name) {
        return some.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    Map<TenantId, List<SmsProvider>> ofTenants() {
        return ofTenants;
    }

    List<String> names() {
        return names(all);
    }

    private static List<String> names(List<SmsProvider> some) {
        return some.stream().map(SmsProvider::name).toList();
    }

    /** The names of all, and of each tenant's. */
    @Override
    public String toString() {
        List<String> shown = new ArrayList<>();
        if (!all.isEmpty() || ofTenants.isEmpty()) {
            shown.add(String.join(", ", names()));
        }
        ofTenants.forEach((tenant, own) -> shown.add(tenant + ": " + String.join(", ", names(own))));
        return "SmsProviders[" + String.join("; ", shown) + "]";
    }
}
