package io.textonce.spring;

import io.textonce.spi.SmsProvider;
import java.util.List;
import java.util.Optional;

/**
 * The providers of the application, those of the properties first, then those that are beans: for their roles, such as a
 * balance. Their client closes them.
 *
 * <pre>{@code
 * providers.find("twilio").flatMap(twilio -> twilio.role(BalanceQuery.class)).map(BalanceQuery::balance);
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class SmsProviders {

    private final List<SmsProvider> all;

    SmsProviders(List<SmsProvider> all) {
        this.all = List.copyOf(all);
    }

    /**
     * All of them.
     *
     * @return the providers, in the order in which they are tried unless the routing says otherwise
     */
    public List<SmsProvider> all() {
        return all;
    }

    /**
     * One of them.
     *
     * @param name its name
     * @return the provider, or empty if there is none of that name
     */
    public Optional<SmsProvider> find(String name) {
        return all.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    List<String> names() {
        return all.stream().map(SmsProvider::name).toList();
    }

    @Override
    public String toString() {
        return "SmsProviders" + names();
    }
}
