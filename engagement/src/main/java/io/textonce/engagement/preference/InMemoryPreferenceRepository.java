package io.textonce.engagement.preference;

import io.textonce.TenantId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Choices in this process's memory: for one JVM, and lost on exit.
 *
 * <pre>{@code
 * PreferenceRepository preferences = new InMemoryPreferenceRepository();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class InMemoryPreferenceRepository implements PreferenceRepository {

    private record Key(TenantId tenant, String user) {}

    private final Map<Key, Preferences> all = new ConcurrentHashMap<>();

    /** An empty repository. */
    public InMemoryPreferenceRepository() {}

    @Override
    public Map<String, Preferences> find(TenantId tenant, Collection<String> users) {
        Map<String, Preferences> found = new HashMap<>();
        for (String user : users) {
            Preferences known = all.get(new Key(tenant, user));
            if (known != null) {
                found.put(user, known);
            }
        }
        return found;
    }

    @Override
    public void put(TenantId tenant, String user, Preferences preferences) {
        if (preferences.equals(Preferences.NONE)) {
            all.remove(new Key(tenant, user));
        } else {
            all.put(new Key(tenant, user), preferences);
        }
    }
}
