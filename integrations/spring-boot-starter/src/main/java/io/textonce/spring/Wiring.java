package io.textonce.spring;

import io.textonce.Category;
import io.textonce.Money;
import io.textonce.RateCard;
import io.textonce.client.RateLimit;
import io.textonce.client.Routing;
import io.textonce.client.SendingWindow;
import io.textonce.client.SmsClient;
import io.textonce.client.SpendCap;
import io.textonce.phone.PhoneNumbers;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.WebhookParser;
import io.textonce.spring.TextonceProperties.Cap;
import io.textonce.spring.TextonceProperties.Limit;
import io.textonce.spring.TextonceProperties.Period;
import io.textonce.spring.TextonceProperties.Price;
import io.textonce.spring.TextonceProperties.QuietHours;
import io.textonce.spring.TextonceProperties.Rates;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ResourceLoader;

/** What the properties come to: made in one go, so that everything that is wrong is told at once. */
final class Wiring {

    private final TextonceProperties given;
    private final Problems problems = new Problems();
    private final List<Consumer<SmsClient.Builder>> policies = new ArrayList<>();
    private final SmsProviders providers;

    /**
     * Reads the properties.
     *
     * @param beans the application's own providers
     * @param needsProvider whether the client has no other source of providers
     * @param storeProblem why the store that is asked for can't be had; null if it can
     * @throws TextonceConfigurationException if anything is wrong
     */
    Wiring(
            TextonceProperties given,
            List<SmsProvider> beans,
            boolean needsProvider,
            @Nullable String storeProblem,
            ResourceLoader resources) {
        this.given = given;
        List<SmsProvider> all = new ArrayList<>();
        if (given.enabled()) {
            given.providers().forEach((name, each) -> {
                SmsProvider made = new ConfiguredProvider(name, each, given.webhooks(), resources, problems).make();
                if (made != null) {
                    all.add(made);
                }
            });
        }
        all.addAll(beans);
        this.providers = new SmsProviders(all);
        if (given.enabled()
                && needsProvider
                && all.isEmpty()
                && given.providers().isEmpty()) {
            problems.add(
                    "providers",
                    "there is none: set textonce.providers.<name>.type, or define a bean of type SmsProvider;"
                            + " textonce.providers.sandbox.type=sandbox sends nothing to anybody");
        }
        clientPolicies();
        routing();
        webhooks();
        if (storeProblem != null) {
            problems.add("store.type", storeProblem);
        }
        if (!problems.isEmpty()) {
            all.stream().filter(each -> !beans.contains(each)).forEach(SmsProvider::close);
        }
        problems.check();
    }

    SmsProviders providers() {
        return providers;
    }

    /** A client's builder with everything that the properties say. */
    SmsClient.Builder client() {
        SmsClient.Builder client = SmsClient.builder();
        providers.all().forEach(client::provider);
        if (!given.enabled()) {
            client.disabledWhen(tenant -> true);
            if (providers.all().isEmpty()) {
                client.provider(SandboxProvider.builder().name("disabled").build());
            }
        }
        policies.forEach(each -> each.accept(client));
        return client;
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

    private void routing() {
        TextonceProperties.Routing routing = given.routing();
        if (routing.order().isEmpty() && routing.weights().isEmpty()) {
            if (routing.slowAfter() != null) {
                problems.add("routing.slow-after", "has no effect without weights");
            }
            return;
        }
        if (!routing.order().isEmpty() && !routing.weights().isEmpty()) {
            problems.add("routing", "set order or weights, not both");
            return;
        }
        String property = routing.weights().isEmpty() ? "routing.order" : "routing.weights";
        Set<String> named = new TreeSet<>(routing.order());
        named.addAll(routing.weights().keySet());
        Set<String> known = new TreeSet<>(given.providers().keySet());
        known.addAll(providers.names());
        named.stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> problems.add(property, "names " + name + ", but the providers are " + known));
        if (given.enabled()) {
            Routing made = routing.weights().isEmpty()
                    ? Routing.failover(routing.order().toArray(new String[0]))
                    : routing.slowAfter() == null
                            ? Routing.weighted(routing.weights())
                            : Routing.weighted(routing.weights(), routing.slowAfter());
            policies.add(client -> client.routing(made));
        }
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

    /** Who can be called back: has webhooks, and something to verify them with. */
    static boolean isVerified(SmsProvider provider) {
        return provider.role(WebhookParser.class)
                .filter(WebhookParser::canVerify)
                .isPresent();
    }
}
