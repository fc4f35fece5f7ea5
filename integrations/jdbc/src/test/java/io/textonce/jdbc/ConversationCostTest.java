package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.engagement.conversation.Changes;
import io.textonce.engagement.conversation.ConversationRepository;
import io.textonce.engagement.conversation.ConversationRepository.Filed;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.Party;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.engagement.conversation.TimelineEntry.Direction;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a reader of a long conversation pays beside one of a short one. */
@Tag("once")
class ConversationCostTest {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    private static final PhoneNumber SHORT = PhoneNumber.of("+61491570156");
    private static final PhoneNumber LONG = PhoneNumber.of("+61491570157");
    private static final int PAGE = 50;
    private static final int FEW = 100;
    /** Ten thousand with {@code -Dproof=long}: filing them takes the most time. */
    private static final int MANY = "long".equals(System.getProperty("proof")) ? 10_000 : 2_000;

    private DataSource database;
    private int number;

    @Test
    void aPageOfThousandsOfEntriesCostsWhatOneOfAHundredDoes() {
        HikariDataSource migrated = Databases.migrated(Databases.postgres());
        try (migrated;
                HikariDataSource one = Databases.pool(migrated.getJdbcUrl(), 1)) {
            database = one;
            ConversationRepository all =
                    JdbcEngagement.on(JdbcStore.of(database)).conversations();
            // Others' conversations, so that no scan is short by luck.
            for (int i = 0; i < 40; i++) {
                fill(all, PhoneNumber.of("+614915" + (71000 + i)), FEW);
            }
            fill(all, SHORT, FEW);
            fill(all, LONG, MANY);
            Databases.run(database, "analyze");

            long few = id(all, SHORT);
            long many = id(all, LONG);
            compare("newest page", i -> page(all, few, 0), i -> page(all, many, 0));
            compare("a page from the middle", i -> page(all, few, FEW / 2), i -> page(all, many, MANY / 2));
            compare("one change", i -> change(all, SHORT), i -> change(all, LONG));
            compare("marking one as read", i -> read(all, SHORT, few), i -> read(all, LONG, many));
        }
    }

    private static long id(ConversationRepository all, PhoneNumber number) {
        return all.find(TENANT, Party.address("", SenderId.of(number)))
                .orElseThrow()
                .id();
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

    /** Rows that the database read are the same on a busy machine; the times are for whoever looks. */
    private void compare(String what, IntConsumer few, IntConsumer many) {
        long[] times = new long[2];
        List<IntConsumer> both = List.of(few, many);
        long[][] nanos = new long[2][20];
        for (int i = 0; i < nanos[0].length; i++) {
            for (int which = 0; which < 2; which++) {
                long start = System.nanoTime();
                both.get(which).accept(i);
                nanos[which][i] = System.nanoTime() - start;
            }
        }
        for (int which = 0; which < 2; which++) {
            Arrays.sort(nanos[which]);
            times[which] = nanos[which][nanos[which].length / 2];
        }
        long rowsOfFew = rowsRead(few);
        long rowsOfMany = rowsRead(many);
        System.out.printf(
                Locale.ROOT,
                "conversations, PostgreSQL: %s of %d entries %.2f ms, %d rows read, of %d %.2f ms, %d rows read%n",
                what,
                FEW,
                times[0] / 1e6,
                rowsOfFew,
                MANY,
                times[1] / 1e6,
                rowsOfMany);
        assertThat(rowsOfMany).as(what).isLessThan(rowsOfFew + PAGE);
    }

    /** Once the plans are settled: the pool has one connection, so that what it did is in its own figures. */
    private long rowsRead(IntConsumer work) {
        long before = rowsRead();
        work.accept(0);
        return rowsRead() - before;
    }

    private long rowsRead() {
        String sql = "select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) from pg_stat_user_tables"
                + " where relname in ('textonce_entry', 'textonce_conversation')";
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_stat_force_next_flush()");
            statement.execute("select pg_stat_clear_snapshot()");
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
