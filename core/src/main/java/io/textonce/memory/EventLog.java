package io.textonce.memory;

import io.textonce.SmsEvent;
import io.textonce.store.EventRepository.Stored;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** One tenant's last events, numbered without gaps, each once. */
final class EventLog {

    private record Key(String provider, String id) {
        static Key of(SmsEvent event) {
            return new Key(event.provider(), event.id());
        }
    }

    private final int most;
    private final NavigableMap<Long, Stored> bySeq = new TreeMap<>();
    private final Set<Key> known = new HashSet<>();
    private long lastSeq;

    EventLog(int most) {
        this.most = most;
    }

    /** False if the event is there already. */
    boolean add(SmsEvent event) {
        if (!known.add(Key.of(event))) {
            return false;
        }
        if (bySeq.size() >= most) {
            known.remove(Key.of(bySeq.pollFirstEntry().getValue().event()));
        }
        bySeq.put(++lastSeq, new Stored(lastSeq, event));
        return true;
    }

    List<Stored> since(long cursor, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " is not 1 or more");
        }
        List<Stored> found = new ArrayList<>();
        for (Stored stored : bySeq.tailMap(cursor, false).values()) {
            found.add(stored);
            if (found.size() == limit) {
                break;
            }
        }
        return List.copyOf(found);
    }
}
