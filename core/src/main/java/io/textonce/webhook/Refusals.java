package io.textonce.webhook;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Counts what isn't believed, by endpoint and reason, so that each reason shows in the log however many others there are.
 * Whoever calls chooses some of the words, so that the kinds are bounded: what is over shares a count.
 */
final class Refusals {

    private static final int MOST_ENDPOINTS = 1000;
    private static final int MOST_REASONS = 8;
    private static final String OTHERS = "";

    private final Map<String, Map<String, AtomicLong>> byEndpoint = new ConcurrentHashMap<>();
    private final AtomicLong all = new AtomicLong();

    /** How many there were of this kind, this one included. */
    long count(String endpoint, String reason) {
        all.incrementAndGet();
        Map<String, AtomicLong> reasons =
                bounded(byEndpoint, endpoint, MOST_ENDPOINTS, name -> new ConcurrentHashMap<>());
        return bounded(reasons, reason, MOST_REASONS, each -> new AtomicLong()).incrementAndGet();
    }

    private static <V> V bounded(Map<String, V> kinds, String kind, int most, Function<String, V> make) {
        boolean known = kinds.size() < most || kinds.containsKey(kind);
        return kinds.computeIfAbsent(known ? kind : OTHERS, make);
    }

    /** Of every kind. */
    long all() {
        return all.get();
    }
}
