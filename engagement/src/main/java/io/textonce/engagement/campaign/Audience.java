package io.textonce.engagement.campaign;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whom a campaign is for: recipients that have one of the wanted values in each of the attributes asked for.
 *
 * <pre>{@code
 * Audience nurses = Audience.everybody().role("nurse", "midwife").where("city", "Perth");
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Audience {

    private static final String ROLE = "role";

    private final Map<String, Set<String>> wanted;

    private Audience(Map<String, Set<String>> wanted) {
        this.wanted = wanted;
    }

    /**
     * All that the source has of the tenant.
     *
     * @return an audience without conditions
     */
    public static Audience everybody() {
        return new Audience(Map.of());
    }

    /**
     * Only those whose attribute {@code role} is one of these.
     *
     * @param anyOf at least one
     * @return a copy
     * @throws IllegalArgumentException if there is none
     */
    public Audience role(String... anyOf) {
        return where(ROLE, anyOf);
    }

    /**
     * Only those whose attribute is one of these; asked for twice, the last counts.
     *
     * @param attribute its name
     * @param anyOf at least one value
     * @return a copy
     * @throws IllegalArgumentException if there is none
     */
    public Audience where(String attribute, String... anyOf) {
        if (anyOf.length == 0) {
            throw new IllegalArgumentException("audience: no value of " + attribute + "; name at least one");
        }
        Map<String, Set<String>> more = new TreeMap<>(wanted);
        more.put(attribute, Set.of(anyOf));
        return new Audience(Map.copyOf(more));
    }

    /**
     * The conditions, for sources that ask a database.
     *
     * @return the wanted values by attribute
     */
    public Map<String, Set<String>> conditions() {
        return wanted;
    }

    /**
     * Whether a recipient belongs to it.
     *
     * @param recipient somebody
     * @return true if every condition holds
     */
    public boolean includes(Recipient recipient) {
        return wanted.entrySet().stream().allMatch(each -> {
            String value = recipient.attributes().get(each.getKey());
            return value != null && each.getValue().contains(value);
        });
    }

    @Override
    public String toString() {
        return "Audience" + new TreeMap<>(wanted);
    }
}
