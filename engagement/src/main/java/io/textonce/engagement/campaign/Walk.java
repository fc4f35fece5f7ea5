package io.textonce.engagement.campaign;

import io.textonce.TenantId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Keeps the iterator, and the last page, of which not all may have been taken. */
final class Walk implements RecipientSource {

    private final Iterable<Recipient> all;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Iterator<Recipient> iterator;
    private long position;
    private long pageFrom = -1;
    private List<Placed> page = List.of();

    Walk(Iterable<Recipient> all) {
        this.all = all;
    }

    @Override
    public List<Placed> after(TenantId tenant, Audience audience, @Nullable String place, int most) {
        lock.lock();
        try {
            long from = place == null ? 0 : Long.parseLong(place);
            List<Placed> rest = restOfPage(from, place);
            if (rest.isEmpty()) {
                rest = read(audience, from, most);
                pageFrom = from;
                page = rest;
            }
            return List.copyOf(rest.subList(0, Math.min(most, rest.size())));
        } finally {
            lock.unlock();
        }
    }

    private List<Placed> restOfPage(long from, @Nullable String place) {
        if (from == pageFrom) {
            return page;
        }
        for (int i = 0; i < page.size(); i++) {
            if (page.get(i).place().equals(place)) {
                return page.subList(i + 1, page.size());
            }
        }
        return List.of();
    }

    private List<Placed> read(Audience audience, long from, int most) {
        Iterator<Recipient> next = at(from);
        List<Placed> read = new ArrayList<>();
        while (read.size() < most && next.hasNext()) {
            Recipient recipient = next.next();
            position++;
            if (audience.includes(recipient)) {
                read.add(new Placed(recipient, Long.toString(position)));
            }
        }
        return read;
    }

    private Iterator<Recipient> at(long wanted) {
        Iterator<Recipient> known = iterator;
        if (known == null || position > wanted) {
            known = all.iterator();
            position = 0;
            iterator = known;
        }
        // What another process took meanwhile.
        while (position < wanted && known.hasNext()) {
            known.next();
            position++;
        }
        return known;
    }

    @Override
    public OptionalLong size(TenantId tenant, Audience audience) {
        return all instanceof Collection<?> known && audience.conditions().isEmpty()
                ? OptionalLong.of(known.size())
                : OptionalLong.empty();
    }
}
