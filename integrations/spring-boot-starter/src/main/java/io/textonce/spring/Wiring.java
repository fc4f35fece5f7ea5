package io.textonce.spring;

import io.textonce.Category;
import io.textonce.Money;
import io.textonce.RateCard;
import io.textonce.TenantId;
import io.textonce.client.ProviderSource;
import io.textonce.client.RateLimit;
import io.textonce.client.Routing;
import io.textonce.client.SendingWindow;
import io.textonce.client.SmsClient;
import io.textonce.client.SpendCap;
import io.textonce.client.TenantProviders;
import io.textonce.phone.PhoneNumbers;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.WebhookParser;
import io.textonce.spring.TextonceProperties.Cap;
import io.textonce.spring.TextonceProperties.Limit;
import io.textonce.spring.TextonceProperties.Period;
import io.textonce.spring.TextonceProperties.Price;
import io.textonce.spring.TextonceProperties.ProviderSettings;
import io.textonce.spring.TextonceProperties.QuietHours;
import io.textonce.spring.TextonceProperties.Rates;
import io.textonce.spring.TextonceProperties.Tenant;
import io.textonce.webhook.WebhookReceiver;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ResourceLoader;

/** What the properties come to: made in one go, so that everything that is wrong is told at once. */
final class Wiring implements AutoCloseable {

    private final TextonceProperties given;
    private final ConfiguredProvider.Surroundings surroundings;
    private final Problems problems = new Problems();
    private final List<Consumer<SmsClient.Builder>> policies = new ArrayList<>();
    private final Map<TenantId, ConfiguredTenant> tenants = new LinkedHashMap<>();
    private final SmsProviders providers;

    /**
     * Reads the properties.
     *
     * @param beans the application's own providers
     * @param needsProvider whether the client has no other source of providers
     * @param ownSource whether the application finds the providers of tenants itself
     * @param storeProblem why the store that is asked for can't be had; null if it can
     * @throws TextonceConfigurationException if anything is wrong
     */
    Wiring(
            TextonceProperties given,
            List<SmsProvider> beans,
            boolean needsProvider,
            boolean ownSource,
            @Nullable String storeProblem,
            ResourceLoader resources) {
        this.given = given;
        this.surroundings = new ConfiguredProvider.Surroundings(
                given.webhooks(), resources, UUID.randomUUID().toString());
        Map<String, ProviderSettings> shared = withoutLeftOut(given.providers());
        List<SmsProvider> all = new ArrayList<>();
        if (given.enabled()) {
            shared.forEach((name, each) -> {
                SmsProvider made = new ConfiguredProvider("", name, name, each, surroundings, problems).make();
                if (made != null) {
                    all.add(made);
                }
            });
        }
        all.addAll(beans);
        if (given.enabled() && !ownSource) {
            given.tenants().forEach((id, each) -> tenant(id, each, shared));
        }
        Map<TenantId, List<SmsProvider>> ofTenants = new LinkedHashMap<>();
        tenants.forEach((id, tenant) -> ofTenants.put(id, tenant.make(problems)));
        this.providers = new SmsProviders(all, ofTenants);
        if (given.enabled()
                && needsProvider
                && all.isEmpty()
                && shared.isEmpty()
                && given.tenants().isEmpty()) {
            problems.add(
                    "providers",
                    "there is none: set textonce.providers.<name>.type, or define a bean of type SmsProvider;"
                            + " textonce.providers.sandbox.type=sandbox sends nothing to anybody");
        }
        clientPolicies();
        Routing order =
                routing("routing", given.routing(), given.providers().keySet(), new TreeSet<>(providers.names()));
        if (order != null) {
            policies.add(client -> client.routing(order));
        }
        webhooks();
        reconcile();
        if (storeProblem != null) {
            problems.add("store.type", storeProblem);
        }
        if (!problems.isEmpty()) {
            all.stream().filter(each -> !beans.contains(each)).forEach(SmsProvider::close);
            close();
        }
        problems.check();
    }

    private static Map<String, ProviderSettings> withoutLeftOut(Map<String, ProviderSettings> all) {
        Map<String, ProviderSettings> left = new LinkedHashMap<>(all);
        left.values().removeIf(ProviderSettings::isLeftOut);
        return left;
    }

    /** A tenant's accounts are its own or everybody's, never some of each. */
    private void tenant(String id, Tenant tenant, Map<String, ProviderSettings> shared) {
        String property = "tenants." + id;
        TenantId known = problems.attempt(property, () -> TenantId.of(id));
        if (known == null || !tenant.enabled()) {
            return;
        }
        if (given.webhooks().enabled() && !id.matches("[\\w.~-]+")) {
            problems.add(property, "can't be part of a webhook's address: use letters, digits, '-', '.', '_' and '~'");
        }
        Map<String, ProviderSettings> own = withoutLeftOut(tenant.providers());
        Map<String, ProviderSettings> all = own.isEmpty() ? shared : own;
        if (all.isEmpty()) {
            problems.add(property + ".providers", "there is none, and none of textonce.providers to inherit");
        }
        if (given.webhooks().enabled()) {
            all.keySet().stream()
                    .map(name -> ConfiguredTenant.endpoint(known, name))
                    .filter(endpoint -> endpoint.length() > 64)
                    .forEach(endpoint -> problems.add(
                            property, "the address of its webhooks, " + endpoint + ", is longer than 64 characters"));
        }
        Routing order = routing(
                property + ".routing",
                tenant.routing(),
                tenant.providers().isEmpty()
                        ? given.providers().keySet()
                        : tenant.providers().keySet(),
                all.keySet());
        if (order == null && own.isEmpty()) {
            order = routing("routing", given.routing(), given.providers().keySet(), all.keySet());
        }
        tenants.put(known, new ConfiguredTenant(known, own.isEmpty() ? "" : property + ".", all, order, surroundings));
    }

    /** Their instances for webhooks and roles; the client closes its own. */
    @Override
    public void close() {
        providers.ofTenants().values().forEach(each -> each.forEach(SmsProvider::close));
    }

    /** Asked by the client for the providers of each tenant; null if the properties name none, be it a disabled one. */
    @Nullable
    ProviderSource source(Supplier<@Nullable WebhookReceiver> receiver) {
        if (!given.enabled() || given.tenants().isEmpty()) {
            return null;
        }
        Set<String> off = switchedOff();
        boolean forDefault = !providers.all().isEmpty();
        return id -> {
            ConfiguredTenant tenant = tenants.get(id);
            return tenant != null
                    ? Optional.of(tenant.providers(receiver))
                    : off.contains(id.value())
                            ? Optional.of(TenantProviders.of("off", () -> List.of(nobody())))
                            : forDefault && id.equals(TenantId.DEFAULT)
                                    ? Optional.of(TenantProviders.shared())
                                    : Optional.empty();
        };
    }

    SmsProviders providers() {
        return providers;
    }

    /** A client's builder with everything that the properties say. */
    SmsClient.Builder client() {
        SmsClient.Builder client = SmsClient.builder();
        providers.all().forEach(client::provider);
        Set<String> off = switchedOff();
        if (given.enabled() && !off.isEmpty()) {
            client.disabledWhen(tenant -> off.contains(tenant.value()));
        }
        if (!given.enabled()) {
            client.disabledWhen(tenant -> true);
            if (providers.all().isEmpty()) {
                client.provider(nobody());
            }
        }
        policies.forEach(each -> each.accept(client));
        return client;
    }

    private Set<String> switchedOff() {
        return given.tenants().entrySet().stream()
                .filter(each -> !each.getValue().enabled())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** In the place of providers that need no credentials, as nothing is sent. */
    private static SmsProvider nobody() {
        return SandboxProvider.builder().name("disabled").build();
    }

    private void clientPolicies() {
        String region = given.defaultRegion();
        if (region != null) {
            problems.attempt("default-region", () -> PhoneNumbers.region(region));
            policies.add(client -> client.defaultRegion(region));
        }
        if (given.mobileOnly()) {
            policies.add(SmsClient.Builder::mobileOnly);
        }
        duration("attempt-timeout", given.attemptTimeout(), SmsClient.Builder::attemptTimeout);
        duration("deadline", given.deadline(), SmsClient.Builder::deadline);
        each("rate-limits", given.rateLimits(), Wiring::limit, SmsClient.Builder::rateLimit);
        if (given.quietHours() != null) {
            quietHours(given.quietHours());
        }
        for (String country : given.allowedCountries()) {
            problems.attempt("allowed-countries", () -> PhoneNumbers.region(country));
        }
        if (!given.allowedCountries().isEmpty()) {
            String[] all = given.allowedCountries().toArray(new String[0]);
            policies.add(client -> client.allowCountries(all));
        }
        Integer most = given.maxSegments();
        if (most != null) {
            if (most < 1) {
                problems.add("max-segments", most + " is not 1 or more");
            }
            policies.add(client -> client.maxSegments(most));
        }
        spending();
    }

    private void duration(String property, @Nullable Duration value, BiConsumer<SmsClient.Builder, Duration> setting) {
        if (value != null) {
            if (value.toMillis() < 100) {
                problems.add(property, value.toMillis() + " ms is shorter than 100 ms");
            }
            policies.add(client -> setting.accept(client, value));
        }
    }

    private <P, V> void each(
            String property, List<P> all, Function<P, V> reading, BiConsumer<SmsClient.Builder, V> setting) {
        for (int i = 0; i < all.size(); i++) {
            P one = all.get(i);
            V value = problems.attempt(property + "[" + i + "]", () -> reading.apply(one));
            if (value != null) {
                policies.add(client -> setting.accept(client, value));
            }
        }
    }

    private static RateLimit limit(Limit given) {
        boolean window = given.permits() != null && given.window() != null;
        if (window == (given.perSecond() != null) || (!window && given.permits() != null)) {
            throw new IllegalArgumentException("set either permits and window, or per-second");
        }
        RateLimit limit = given.perSecond() == null
                ? RateLimit.of(Objects.requireNonNull(given.permits()), Objects.requireNonNull(given.window()))
                : RateLimit.perSecond(given.perSecond(), given.burst() == null ? given.perSecond() : given.burst());
        if (given.label() != null) {
            limit = limit.keyedByLabel(given.label());
        } else if (given.prefixDigits() != null) {
            limit = limit.keyedByPrefix(given.prefixDigits());
        } else if (given.per() == RateLimit.Key.LABEL || given.per() == RateLimit.Key.PREFIX) {
            throw new IllegalArgumentException("set label, or prefix-digits, instead of per");
        } else {
            limit = limit.keyedBy(given.per());
        }
        if (!given.categories().isEmpty()) {
            limit = only(given.categories(), limit::only);
        }
        return given.waitUpTo() == null ? limit : limit.waitUpTo(given.waitUpTo());
    }

    private static <V> V only(Set<Category> some, BiFunction<Category, Category[], V> narrowing) {
        Category[] all = new TreeSet<>(some).toArray(new Category[0]);
        return narrowing.apply(all[0], all);
    }

    private void quietHours(QuietHours hours) {
        LocalTime from = hours.from();
        LocalTime to = hours.to();
        if (from == null || to == null) {
            problems.add("quiet-hours", "set both, from and to, such as 21:00 and 08:00");
            return;
        }
        SendingWindow open = problems.attempt("quiet-hours", () -> SendingWindow.exceptQuietHours(from, to));
        if (open != null) {
            SendingWindow window = hours.categories().isEmpty() ? open : only(hours.categories(), open::only);
            policies.add(client -> client.sendingWindow(window));
        }
    }

    private void spending() {
        Rates rates = given.rates();
        if (rates == null) {
            if (!given.spendCaps().isEmpty()) {
                problems.add("spend-caps", "need to know what segments cost: set textonce.rates");
            }
            return;
        }
        String currency = problems.required("rates.currency", rates.currency(), "set it to three letters, such as AUD");
        if (currency == null) {
            return;
        }
        RateCard.Builder card = problems.attempt("rates.currency", () -> inCurrency(currency));
        if (card == null) {
            return;
        }
        for (int i = 0; i < rates.prices().size(); i++) {
            Price price = rates.prices().get(i);
            problems.attempt("rates.prices[" + i + "]", () -> price(card, price));
        }
        policies.add(client -> client.rates(card.build()));
        each("spend-caps", given.spendCaps(), cap -> cap(cap, currency), SmsClient.Builder::spendCap);
    }

    private static RateCard.Builder inCurrency(String currency) {
        try {
            return RateCard.in(currency);
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("\"" + currency + "\" is no currency of ISO 4217", unknown);
        }
    }

    private static RateCard.Builder price(RateCard.Builder card, Price price) {
        if (price.prefix() == null || price.perSegment() == null) {
            throw new IllegalArgumentException("set both, prefix and per-segment");
        }
        String amount = price.perSegment().toPlainString();
        return price.provider() == null
                ? card.rate(price.prefix(), amount)
                : card.rate(price.provider(), price.prefix(), amount);
    }

    private static SpendCap cap(Cap given, String currency) {
        if (given.amount() == null) {
            throw new IllegalArgumentException("set amount");
        }
        Money limit = Money.of(given.amount().toPlainString(), currency);
        SpendCap cap = given.rolling() != null
                ? SpendCap.rolling(limit, given.rolling())
                : given.period() == Period.DAILY
                        ? SpendCap.daily(limit, given.zone())
                        : SpendCap.monthly(limit, given.zone());
        if (given.label() != null) {
            cap = cap.keyedByLabel(given.label());
        } else if (given.perTenant()) {
            cap = cap.keyedByTenant();
        }
        return given.categories().isEmpty() ? cap : only(given.categories(), cap::only);
    }

    /**
     * The routing, or null if there is none to speak of.
     *
     * @param named which providers the properties name
     * @param there which of them there are, and beans; the others are passed over if they are left out
     */
    private @Nullable Routing routing(
            String property, TextonceProperties.Routing routing, Set<String> named, Set<String> there) {
        if (routing.order().isEmpty() && routing.weights().isEmpty()) {
            if (routing.slowAfter() != null) {
                problems.add(property + ".slow-after", "has no effect without weights");
            }
            return null;
        }
        if (!routing.order().isEmpty() && !routing.weights().isEmpty()) {
            problems.add(property, "set order or weights, not both");
            return null;
        }
        Set<String> known = new TreeSet<>(named);
        known.addAll(there);
        Set<String> wanted = new TreeSet<>(routing.order());
        wanted.addAll(routing.weights().keySet());
        String setting = property + (routing.weights().isEmpty() ? ".order" : ".weights");
        wanted.stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> problems.add(setting, "names " + name + ", but the providers are " + known));
        List<String> order = routing.order().stream().filter(there::contains).toList();
        Map<String, Integer> weights = new LinkedHashMap<>(routing.weights());
        weights.keySet().retainAll(there);
        if (!given.enabled() || (order.isEmpty() && weights.isEmpty())) {
            return null;
        }
        return weights.isEmpty()
                ? Routing.failover(order.toArray(new String[0]))
                : routing.slowAfter() == null
                        ? Routing.weighted(weights)
                        : Routing.weighted(weights, routing.slowAfter());
    }

    private void webhooks() {
        TextonceProperties.Webhooks hooks = given.webhooks();
        if (!hooks.enabled()) {
            return;
        }
        if (!hooks.path().startsWith("/")) {
            problems.add("webhooks.path", "\"" + hooks.path() + "\" doesn't begin with a slash");
        }
        if (hooks.publicBaseUrl() == null && !hooks.trustForwardedHeaders()) {
            problems.add(
                    "webhooks.public-base-url",
                    "is missing: set it to the address by which providers reach this application, such as"
                            + " https://sms.example.org; they sign it");
        }
    }

    /** As its builder, which would name its own options, and only once everything else is right. */
    private void reconcile() {
        TextonceProperties.Reconcile asked = given.reconcile();
        Duration first = Collections.max(List.of(asked.unknownAfter(), asked.acceptedAfter()));
        atLeast("reconcile.every", asked.every(), Duration.ofMillis(10));
        atLeast("reconcile.unknown-after", asked.unknownAfter(), Duration.ofMillis(1));
        atLeast("reconcile.accepted-after", asked.acceptedAfter(), Duration.ofMillis(1));
        atLeast("reconcile.horizon", asked.horizon(), first);
        if (asked.most() < 1) {
            problems.add("reconcile.most", asked.most() + " is not 1 or more");
        }
    }

    private void atLeast(String property, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            problems.add(property, value + " is shorter than " + least);
        }
    }

    /** Who can be called back: has webhooks, and something to verify them with. */
    static boolean isVerified(SmsProvider provider) {
        return provider.role(WebhookParser.class)
                .filter(WebhookParser::canVerify)
                .isPresent();
    }
}
