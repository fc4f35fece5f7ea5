package io.textonce.client;

import io.textonce.Category;
import io.textonce.TenantId;
import io.textonce.phone.PhoneNumbers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which providers are tried for a message, in which order: by a fixed order or by weights, with exceptions by country,
 * category and tenant.
 *
 * <p>Guaranteed: the next provider is tried only when it is proven that the one before created nothing, and never after
 * an opt-out or an unknown outcome. A provider that isn't named isn't tried. Exceptions are asked in the order in which
 * they were added; the first that fits decides alone, with exceptions of its own if it has some. A message that fits
 * none goes by the routing that they were added to, which is the default.
 *
 * <pre>{@code
 * Routing.failover("twilio", "sns")
 *         .inCountry("AU", Routing.failover("smsbroadcast", "twilio"))
 *         .forCategory(Category.MARKETING, Routing.weighted(Map.of("sns", 80, "twilio", 20)));
 * }</pre>
 *
 * <p>Names, weights and countries are checked by {@link SmsClient.Builder#build()}, which reports everything wrong at
 * once. Immutable and thread-safe.
 */
public final class Routing {

    private static final int HEAVIEST = 1000;
    private static final Duration SLOW = Duration.ofSeconds(5);

    /** A provider's name and its weight; the weight counts in weighted routings only. */
    record Share(String provider, int weight) {}

    /** The message that an exception is for: the one component that isn't null says it. */
    record Fits(
            @Nullable String region,
            @Nullable Category category,
            @Nullable TenantId tenant) {

        @Override
        public String toString() {
            return region != null
                    ? "in " + region
                    : tenant != null ? "for tenant " + tenant : "for " + Objects.requireNonNull(category);
        }
    }

    record Special(Fits fits, Routing then) {}

    private final List<Share> shares;
    private final @Nullable Duration slowAfter;
    private final List<Special> exceptions;

    private Routing(List<Share> shares, @Nullable Duration slowAfter, List<Special> exceptions) {
        this.shares = shares;
        this.slowAfter = slowAfter;
        this.exceptions = exceptions;
    }

    /**
     * In this order, each provider at most once.
     *
     * @param providers instance names, at least one
     * @return the routing
     */
    public static Routing failover(String... providers) {
        return failover(List.of(providers));
    }

    static Routing failover(List<String> providers) {
        return new Routing(providers.stream().map(name -> new Share(name, 1)).toList(), null, List.of());
    }

    /**
     * By weights, as {@link #weighted(Map, Duration)}; an answer is slow after 5 seconds.
     *
     * @param weights instance names to weights of 0 to 1,000, of which one at least isn't 0
     * @return the routing
     */
    public static Routing weighted(Map<String, Integer> weights) {
        return weighted(weights, SLOW);
    }

    /**
     * By weights: the provider to try first is drawn for each message, and the others follow as in a failover, drawn from
     * those that are left. A weight of 0 is for standing by: such a provider follows the others, by name.
     *
     * <p>Weights drift. A provider loses two percent of its weight for each percent of its latest answers that were
     * unknown, untransmitted, unavailable, refused credentials, or slow, down to a tenth: so it is still asked now and then,
     * and its recovery is seen. About its last ten answers count, and what was bad counts half after each minute. What a
     * recipient or a text caused never counts. {@link SmsClient#diagnose()} shows how much of its weight a provider keeps.
     * The drift belongs to the provider instance: every weighted routing of the client that names it sees the same.
     *
     * @param weights instance names to weights of 0 to 1,000, of which one at least isn't 0
     * @param slowAfter how long an answer may take before it counts as bad, 1 ms or longer; where several routings name a
     *     provider, the shortest counts
     * @return the routing
     */
    public static Routing weighted(Map<String, Integer> weights, Duration slowAfter) {
        List<Share> shares = new ArrayList<>();
        new TreeMap<>(weights).forEach((name, weight) -> shares.add(new Share(name, weight)));
        return new Routing(List.copyOf(shares), Objects.requireNonNull(slowAfter, "slowAfter"), List.of());
    }

    /**
     * Adds an exception for the numbers of a country or territory. Where several share a country code, such as +1, the
     * number itself decides; a number of which that isn't known fits no country.
     *
     * @param region two letters of ISO 3166-1, such as {@code AU}, in either case
     * @param then the way of messages to such numbers
     * @return a copy
     */
    public Routing inCountry(String region, Routing then) {
        return except(new Fits(region.toUpperCase(Locale.ROOT), null, null), then);
    }

    /**
     * Adds an exception for a category.
     *
     * @param category the category
     * @param then the way of its messages
     * @return a copy
     */
    public Routing forCategory(Category category, Routing then) {
        return except(new Fits(null, Objects.requireNonNull(category, "category"), null), then);
    }

    /**
     * Adds an exception for a tenant, for a few tenants that are known when the client is built. Tenants that come and go,
     * or have credentials of their own, are the business of a {@link ProviderSource}.
     *
     * @param tenant the tenant
     * @param then the way of its messages
     * @return a copy
     */
    public Routing forTenant(TenantId tenant, Routing then) {
        return except(new Fits(null, null, Objects.requireNonNull(tenant, "tenant")), then);
    }

    private Routing except(Fits fits, Routing then) {
        Special added = new Special(fits, Objects.requireNonNull(then, "then"));
        return new Routing(
                shares,
                slowAfter,
                Stream.concat(exceptions.stream(), Stream.of(added)).toList());
    }

    List<Share> shares() {
        return shares;
    }

    boolean isWeighted() {
        return slowAfter != null;
    }

    List<Special> exceptions() {
        return exceptions;
    }

    /** How long an answer of a provider may take: the least of the weighted routings that name it; null if none does. */
    @Nullable
    Duration slowAfter(String provider) {
        Duration least = shares.stream().anyMatch(share -> share.provider().equals(provider)) ? slowAfter : null;
        for (Special exception : exceptions) {
            Duration other = exception.then().slowAfter(provider);
            if (least == null || (other != null && other.compareTo(least) < 0)) {
                least = other;
            }
        }
        return least;
    }

    /** Adds everything that is wrong, here and in the exceptions. */
    void check(Set<String> known, List<String> problems) {
        check("routing", known, problems);
    }

    private void check(String where, Set<String> known, List<String> problems) {
        if (shares.isEmpty()) {
            problems.add(where + ": names no provider; name at least one");
        }
        Set<String> seen = new HashSet<>();
        for (Share share : shares) {
            if (!known.contains(share.provider())) {
                problems.add(where + ": names " + share.provider() + ", but the providers are " + known);
            }
            if (!seen.add(share.provider())) {
                problems.add(where + ": names " + share.provider() + " twice; name each once");
            }
            if (share.weight() < 0 || share.weight() > HEAVIEST) {
                problems.add(where + ": the weight " + share.weight() + " of " + share.provider() + " is not 0 to "
                        + HEAVIEST);
            }
        }
        if (!shares.isEmpty() && shares.stream().allMatch(share -> share.weight() == 0)) {
            problems.add(where + ": all weights are 0; give one at least 1");
        }
        if (slowAfter != null && slowAfter.compareTo(Duration.ofMillis(1)) < 0) {
            problems.add(where + ": slowAfter " + slowAfter + " is shorter than 1 ms");
        }
        Set<Fits> cases = new HashSet<>();
        for (Special exception : exceptions) {
            Fits fits = exception.fits();
            if (fits.region() != null && !PhoneNumbers.isRegion(fits.region())) {
                problems.add(where + ": inCountry(\"" + shown(fits.region())
                        + "\") is no region with telephone numbers; give two letters of ISO 3166-1, such as AU");
            }
            if (!cases.add(fits)) {
                problems.add(where + ": has two exceptions " + fits + "; the second is never reached");
            }
            exception.then().check(where + " " + fits, known, problems);
        }
    }

    private static String shown(String region) {
        return region.matches("[A-Z0-9]{1,8}") ? region : "?";
    }

    /** The providers and exceptions; no personal data. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("Routing[");
        for (int i = 0; i < shares.size(); i++) {
            out.append(i == 0 ? "" : ", ").append(shares.get(i).provider());
            if (isWeighted()) {
                out.append(' ').append(shares.get(i).weight());
            }
        }
        for (Special exception : exceptions) {
            out.append("; ").append(exception.fits()).append(": ").append(exception.then());
        }
        return out.append(']').toString();
    }
}
