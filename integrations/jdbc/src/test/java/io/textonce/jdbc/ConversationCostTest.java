package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.Changes;
import io.textonce.engagement.conversation.ConversationQuery;
import io.textonce.engagement.conversation.ConversationRepository;
import io.textonce.engagement.conversation.ConversationRepository.Filed;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.Party;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.engagement.conversation.TimelineEntry.Direction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** What a reader of a long conversation pays beside one of a short one. */
class ConversationCostTest {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    private static final PhoneNumber SHORT = PhoneNumber.of("+61491570156");
    private static final PhoneNumber LONG = PhoneNumber.of("+61491570157");
    private static final int PAGE = 50;
    private static final int MOST_TIMES = 5;

    private int number;

    @Test
    void aPageOfTenThousandEntriesCostsWhatOneOfAHundredDoes() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            ConversationRepository all = JdbcStore.of(database).conversations();
            // Others' conversations, so that no scan is short by luck.
            for (int i = 0; i < 40; i++) {
                fill(all, PhoneNumber.of("+614915" + (71000 + i)), 100);
            }
            fill(all, SHORT, 100);
            fill(all, LONG, 10_000);
            Databases.run(database, "analyze");

            long few = id(all, SHORT);
            long many = id(all, LONG);
            compare("newest page", i -> page(all, few, 0), i -> page(all, many, 0));
            compare("a page from the middle", i -> page(all, few, 50), i -> page(all, many, 5000));
            compare("one change", i -> change(all, SHORT), i -> change(all, LONG));
            compare("marking one as read", i -> read(all, SHORT, few), i -> read(all, LONG, many));
            long[] list = {
                median(i -> assertThat(all.conversations(TENANT, ConversationQuery.all().limit(20)))
                        .hasSize(20))
            };
            System.out.printf(Locale.ROOT, "conversations, PostgreSQL: 20 of 42 in a list %.2f ms%n", list[0] / 1e6);
        }
    }

    private static long id(ConversationRepository all, PhoneNumber number) {
        return all.find(TENANT, Party.address("", SenderId.of(number))).orElseThrow().id();
    }

    private void fill(ConversationRepository all, PhoneNumber number, int entries) {
        List<Filed> some = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            some.add(entry(number, i));
            if (some.size() == 1000) {
                all.file(TENANT, some, null);
                some.clear();
            }
        }
        all.file(TENANT, some, null);
        all.markRead(TENANT, id(all, number), Long.MAX_VALUE);
    }

    private Filed entry(PhoneNumber number, int second) {
        TimelineEntry entry = TimelineEntry.foreign("call", "c" + ++this.number, START.plusSeconds(second))
                .direction(Direction.INBOUND)
                .address(SenderId.of(number))
                .text("What people say to each other in a message of the usual length, now and then.")
                .build();
        return new Filed(Party.address("", SenderId.of(number)), entry);
    }

    private static void page(ConversationRepository all, long id, int newer) {
        // A place in the timeline as a user's page has it.
        String place = TimelineEntry.foreign("call", "x", START.plusSeconds(newer))
                .build()
                .position();
        EntryQuery query = EntryQuery.all().conversation(id).limit(PAGE);
        assertThat(all.entries(TENANT, newer == 0 ? query : query.before(place)))
                .hasSize(PAGE);
    }

    private void change(ConversationRepository all, PhoneNumber number) {
        long rev = all.lastRev(TENANT);
        all.file(TENANT, List.of(entry(number, 20_000)), null);
        Changes changes = all.changesSince(TENANT, null, rev, 500);
        assertThat(changes.entries()).hasSize(1);
        assertThat(changes.conversations()).hasSize(1);
    }

    private void read(ConversationRepository all, PhoneNumber number, long id) {
        all.file(TENANT, List.of(entry(number, 20_000)), null);
        all.markRead(TENANT, id, Long.MAX_VALUE);
    }

    private static void compare(String what, IntConsumer few, IntConsumer many) {
        long short1 = median(few);
        long long1 = median(many);
        System.out.printf(
                Locale.ROOT,
                "conversations, PostgreSQL: %s of 100 entries %.2f ms, of 10,000 %.2f ms%n",
                what,
                short1 / 1e6,
                long1 / 1e6);
        assertThat(long1).as(what).isLessThan(MOST_TIMES * short1);
    }

    private static long median(IntConsumer work) {
        long[] nanos = new long[60];
        for (int i = -20; i < nanos.length; i++) {
            long start = System.nanoTime();
            work.accept(i);
            if (i >= 0) {
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return nanos[nanos.length / 2];
    }
}
