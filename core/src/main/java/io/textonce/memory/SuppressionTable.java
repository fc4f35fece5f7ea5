package io.textonce.memory;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.store.EventJournal;
import io.textonce.store.Suppression;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One tenant's choices. An opt-in stays as well, so that an older opt-out that comes late doesn't win. */
final class SuppressionTable {

    private record Key(PhoneNumber number, @Nullable SenderId scope) {}

    private record Made(boolean out, Instant at) {
        /** The later choice; at one instant the way out. */
        Made or(Made other) {
            int order = at.compareTo(other.at);
            return order > 0 || (order == 0 && out) ? this : other;
        }
    }

    private final TenantId tenant;
    private final int most;
    private final Map<Key, Made> choices = new ConcurrentHashMap<>();

    SuppressionTable(TenantId tenant, int most) {
        this.tenant = tenant;
        this.most = most;
    }

    /** Throws if the choices that these events cause might not fit. */
    void requireRoomFor(List<EventJournal.Entry> entries) {
        if (choices.size() + entries.size() > most) {
            requireRoom(entries.stream()
                    .map(EventJournal.Entry::suppression)
                    .filter(Objects::nonNull)
                    .map(SuppressionTable::key)
                    .filter(key -> !choices.containsKey(key))
                    .distinct()
                    .count());
        }
    }

    void requireRoomFor(Suppression suppression) {
        if (!choices.containsKey(key(suppression))) {
            requireRoom(1);
        }
    }

    private void requireRoom(long more) {
        if (more > 0 && choices.size() + more > most) {
            throw new IllegalStateException("in-memory store: tenant " + tenant + " has " + most
                    + " opt-outs, and none may be dropped; raise suppressions(), or use a database");
        }
    }

    void record(Suppression suppression) {
        Made made = new Made(suppression.choice() == Suppression.Choice.OPT_OUT, suppression.at());
        choices.merge(key(suppression), made, Made::or);
    }

    private static Key key(Suppression suppression) {
        return new Key(suppression.number(), suppression.scope());
    }

    boolean isSuppressed(PhoneNumber number, @Nullable SenderId sender) {
        Made ofTenant = choices.get(new Key(number, null));
        if (ofTenant != null && ofTenant.out) {
            return true;
        }
        Made ofSender = sender == null ? null : choices.get(new Key(number, sender));
        return ofSender != null && ofSender.out && (ofTenant == null || !ofTenant.at.isAfter(ofSender.at));
    }
}
