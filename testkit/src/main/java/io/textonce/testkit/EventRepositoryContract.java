package io.textonce.testkit;

import static io.textonce.testkit.Samples.OTHER_TENANT;
import static io.textonce.testkit.Samples.PROVIDER;
import static io.textonce.testkit.Samples.TENANT;
import static io.textonce.testkit.Samples.at;
import static io.textonce.testkit.Samples.inbound;
import static io.textonce.testkit.Samples.plain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.textonce.InboundMessage;
import io.textonce.TenantId;
import io.textonce.store.EventRepository;
import io.textonce.store.EventRepository.Stored;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What every {@link EventRepository} must do. Subclass it and give it empty stores; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class EventRepositoryContract {

    /** For subclasses. */
    protected EventRepositoryContract() {}

    /**
     * Called once by each test.
     *
     * @return empty repositories on one storage
     */
    protected abstract Stores open();

    private static void store(Stores stores, TenantId tenant, String eventId) {
        stores.journal().apply(tenant, List.of(plain(inbound(tenant, PROVIDER, eventId, "Hello", at(1)))));
    }

    private static List<String> ids(List<Stored> stored) {
        return stored.stream().map(s -> s.event().id()).toList();
    }

    @Test
    public void thereIsNothingAtFirst() {
        assertEquals(List.of(), open().events().since(TENANT, 0, 10));
    }

    @Test
    public void readsEventsInTheOrderInWhichTheyWereStored() {
        Stores stores = open();
        for (int i = 0; i < 5; i++) {
            store(stores, TENANT, "e" + i);
        }
        List<Stored> read = stores.events().since(TENANT, 0, 100);
        assertEquals(List.of("e0", "e1", "e2", "e3", "e4"), ids(read));
        for (int i = 1; i < read.size(); i++) {
            assertTrue(read.get(i - 1).seq() < read.get(i).seq(), "the numbers ascend");
        }
        assertTrue(read.get(0).seq() > 0, "0 is the cursor before the first");
    }

    @Test
    public void readsAnEventAsItWas() {
        Stores stores = open();
        InboundMessage sent = inbound(TENANT, PROVIDER, "e1", "Grüße, 你好 \uD83D\uDE00", at(7));
        stores.journal().apply(TENANT, List.of(plain(sent)));
        InboundMessage read =
                (InboundMessage) stores.events().since(TENANT, 0, 1).get(0).event();
        assertEquals(sent.text(), read.text());
        assertEquals(sent.from(), read.from());
        assertEquals(sent.to(), read.to());
        assertEquals(sent.origin(), read.origin());
    }

    @Test
    public void goesOnAfterTheCursorAndNoFurtherThanTheLimit() {
        Stores stores = open();
        for (int i = 0; i < 7; i++) {
            store(stores, TENANT, "e" + i);
        }
        List<String> read = new ArrayList<>();
        long cursor = 0;
        List<Stored> page = stores.events().since(TENANT, cursor, 3);
        while (!page.isEmpty()) {
            assertTrue(page.size() <= 3);
            read.addAll(ids(page));
            cursor = page.get(page.size() - 1).seq();
            page = stores.events().since(TENANT, cursor, 3);
        }
        assertEquals(List.of("e0", "e1", "e2", "e3", "e4", "e5", "e6"), read);
    }

    @Test
    public void readingTwiceGivesTheSame() {
        Stores stores = open();
        store(stores, TENANT, "e1");
        assertEquals(
                ids(stores.events().since(TENANT, 0, 10)), ids(stores.events().since(TENANT, 0, 10)));
    }

    @Test
    public void tenantsSeeNothingOfEachOther() {
        Stores stores = open();
        store(stores, TENANT, "e1");
        store(stores, OTHER_TENANT, "e2");
        assertEquals(List.of("e1"), ids(stores.events().since(TENANT, 0, 10)));
        assertEquals(List.of("e2"), ids(stores.events().since(OTHER_TENANT, 0, 10)));
    }

    @Test
    public void noEventTurnsUpBehindACursor() {
        Stores stores = open();
        int writers = 4;
        int each = 100;
        AtomicInteger writing = new AtomicInteger(writers);
        Set<String> read = new HashSet<>();
        Race.of(writers + 1, runner -> () -> {
            if (runner < writers) {
                for (int i = 0; i < each; i++) {
                    store(stores, TENANT, runner + "-" + i);
                }
                return writing.decrementAndGet();
            }
            long cursor = 0;
            boolean more = true;
            while (more) {
                boolean last = writing.get() == 0;
                List<Stored> page = stores.events().since(TENANT, cursor, 50);
                for (Stored stored : page) {
                    assertTrue(read.add(stored.event().id()), "read twice");
                    cursor = stored.seq();
                }
                more = !last || !page.isEmpty();
            }
            return 0;
        });
        assertEquals(writers * each, read.size(), "events read by a cursor that only moves on");
    }
}
