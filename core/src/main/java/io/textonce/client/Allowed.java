package io.textonce.client;

import io.textonce.Category;
import io.textonce.PhoneNumber;
import io.textonce.phone.PhoneNumbers;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the host allows of a message itself: where it may go, and how long it may be. By category; a missing one is free. */
record Allowed(Map<Category, Set<String>> regions, Map<Category, Integer> segments) {

    /** Why the destination isn't allowed; null if it is. */
    @Nullable
    String problem(Category category, PhoneNumber to, PhoneNumbers phones) {
        Set<String> allowed = regions.get(category);
        if (allowed == null) {
            return null;
        }
        String region = phones.regionOf(to).orElse("");
        if (allowed.contains(region)) {
            return null;
        }
        return (region.isEmpty() ? "the recipient's country isn't known" : "messages to " + region + " aren't allowed")
                + "; allowed are " + String.join(", ", new TreeSet<>(allowed));
    }

    int maxSegments(Category category) {
        return segments.getOrDefault(category, Integer.MAX_VALUE);
    }
}
