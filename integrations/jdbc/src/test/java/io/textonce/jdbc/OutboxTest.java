package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.DeliveryStatus;
import io.textonce.MessageId;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.outbox.SmsOutbox;
import io.textonce.spi.Submission;
import io.textonce.store.EventJournal.Entry;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository;
import io.textonce.store.OutboxRow;
import io.textonce.testkit.FakeProvider;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The outbox on a real database: sending through it, others' messages, the host's transaction, and the cost of a claim. */
class OutboxTest {

    @TempDir
    Path folder;

    private interface Check {
        void on(HikariDataSource database) throws Exception;
    }

    private void onBoth(Check check) throws Exception {
        try (HikariDataSource postgres = Databases.migrated(Databases.postgres());
                HikariDataSource h2 = Databases.migrated(Databases.h2File(folder))) {
            check.on(postgres);
            check.on(h2);
        }
    }

    private static SmsMessage hello(int i) {
        return SmsMessage.to(Load.number(i)).text("See you at 10:30").build();
    }

    private static SmsClient client(FakeProvider provider, JdbcStore store) {
        return SmsClient.builder()
                .provider(provider)
                .messages(store)
                .suppressions(store)
                .build();
    }

    @Test
    void twoWorkersSubmitEachOfTwoThousandMessagesOnce() throws Exception {
        onBoth(database -> {
            JdbcStore store = JdbcStore.of(database);
            int messages = 2_000;
            CountDownLatch answered = new CountDownLatch(messages);
            try (FakeProvider provider = FakeProvider.named("first");
                    SmsClient client = SmsClient.builder()
                            .provider(provider)
                            .messages(store)
                            .suppressions(store)
                            .listener(new SmsListener() {
                                @Override
                                public void onResult(SmsMessage message, SendResult result) {
                                    answered.countDown();
                                }
                            })
                            .build();
                    SmsOutbox outbox =
                            SmsOutbox.builder(client, store).workers(2).build()) {
                outbox.start();
                for (int batch = 0; batch < 4; batch++) {
                    outbox.enqueueAll(IntStream.range(0, messages / 4)
                            .mapToObj(OutboxTest::hello)
                            .toList());
                }
                assertThat(answered.await(120, TimeUnit.SECONDS)).isTrue();
                Map<MessageId, Integer> times = new HashMap<>();
                for (Submission each : provider.submissions()) {
                    times.merge(each.messageId(), 1, Integer::sum);
                }
                assertThat(times).hasSize(messages);
                assertThat(times.values()).containsOnly(1);
                assertThat(provider.submissions()).hasSize(messages);
            }
            assertThat(count(database, "state = 'ACCEPTED' and due_at is null and provider_message_id is not null"))
                    .isEqualTo(messages);
        });
    }

    private static int count(HikariDataSource database, String condition) {
        return Integer.parseInt(Databases.query(database, "select count(*) from textonce_message where " + condition));
    }

    // ---- what others wrote

    @Test
    void sendsWhatAnotherApplicationWroteAndRefusesWhatIsNoMessage() throws Exception {
        onBoth(database -> {
            JdbcStore store = JdbcStore.of(database);
            Databases.run(
                    database,
                    "insert into textonce_message (to_number, text, reference) values ('+12025550123', 'Hello',"
                            + " 'a-1');insert into textonce_message (to_number, text, reference) values ('nobody',"
                            + " 'Hello', 'a-2');insert into textonce_message (to_number, text, category, reference) values"
                            + " ('+12025550124', 'Hello', 'LOUD', 'a-3');insert into textonce_message (id, to_number,"
                            + " text, reference) values ('UPPER', '+12025550125', 'Hello', 'a-4');insert into"
                            + " textonce_message (to_number, text, reference, due_at) values ('+12025550126', 'Hello',"
                            + " 'a-5', timestamp with time zone '2999-01-01 00:00:00+00')");
            assertThat(store.query(TenantId.DEFAULT, MessageQuery.all())).isEmpty();
            assertThat(store.claim("me", 10, Duration.ofMinutes(1))).isEmpty();
            try (FakeProvider provider = FakeProvider.named("first");
                    SmsClient client = client(provider, store);
                    SmsOutbox outbox = SmsOutbox.builder(client, store).build()) {
                for (int i = 0; i < 3; i++) {
                    outbox.pump();
                }
                assertThat(provider.submissions()).hasSize(1);
            }
            String state = "select state from textonce_message where reference = ";
            assertThat(Databases.query(database, state + "'a-1'")).isEqualTo("ACCEPTED");
            assertThat(Databases.query(database, state + "'a-5'")).isEqualTo("PENDING");
            for (String refused : List.of("a-2", "a-3", "a-4")) {
                assertThat(Databases.query(database, state + "'" + refused + "'"))
                        .isEqualTo("REJECTED");
                assertThat(Databases.query(
                                database,
                                "select reason || ' ' || explanation from textonce_message where reference = '"
                                        + refused + "'"))
                        .as(refused)
                        .hasSizeGreaterThan(20);
            }
            assertThat(store.written(10)).isEmpty();
            assertThat(store.query(TenantId.DEFAULT, MessageQuery.all())).hasSize(2);
            assertThat(store.purge(Instant.parse("2999-01-01T00:00:00Z"), 100)).isEqualTo(4);
        });
    }

    @Test
    void takesAWrittenMessageOverOnce() throws Exception {
        onBoth(database -> {
            JdbcStore store = JdbcStore.of(database);
            Databases.run(database, "insert into textonce_message (to_number, text) values ('+12025550123', 'Hello')");
            OutboxRepository.Written written = store.written(10).get(0);
            SmsMessage message = Objects.requireNonNull(written.message());
            OutboxRow row = OutboxRow.builder(
                            MessageRecord.sending(written.key().id(), TenantId.DEFAULT, Load.NOW)
                                    .state(MessageState.PENDING)
                                    .to(Load.number(23))
                                    .text("Hello")
                                    .build(),
                            message.rendered(Load.number(23), "Hello"),
                            written.due())
                    .build();
            assertThat(store.adopt(row)).isTrue();
            assertThat(store.adopt(row)).isFalse();
            assertThat(store.refuse(row.key(), Reason.REQUEST, "late")).isFalse();
            assertThat(store.row(TenantId.DEFAULT, row.id()).orElseThrow().state())
                    .isEqualTo(MessageState.PENDING);
        });
    }

    // ---- the host's transaction

    @Test
    void enqueuesInTheHostsTransactionOrNotAtAll() throws Exception {
        onBoth(database -> {
            JdbcStore store = JdbcStore.of(database);
            try (FakeProvider provider = FakeProvider.named("first");
                    SmsClient client = client(provider, store);
                    SmsOutbox outbox = SmsOutbox.builder(client, store).build();
                    Connection host = database.getConnection()) {
                host.setAutoCommit(false);
                outbox.in(store.in(host)).enqueue(hello(1));
                host.rollback();
                outbox.pump();
                assertThat(provider.submissions()).isEmpty();
                host.setSavepoint();
                outbox.in(store.in(host)).enqueueAll(List.of(hello(2), hello(3)));
                outbox.pump();
                assertThat(provider.submissions()).isEmpty();
                host.commit();
                outbox.pump();
                assertThat(provider.submissions()).hasSize(2);
            }
        });
    }

    @Test
    void aTakenIdInTheHostsTransactionLeavesTheRestOfItAlone() throws Exception {
        onBoth(database -> {
            JdbcStore store = JdbcStore.of(database);
            OutboxLoad.enqueue(store, 1, 1);
            try (Connection host = database.getConnection()) {
                host.setAutoCommit(false);
                OutboxRepository joined = store.in(host);
                joined.enqueue(Load.TENANT, List.of(OutboxLoad.row(2, Load.NOW)));
                assertThat(joined.enqueue(
                                Load.TENANT, List.of(OutboxLoad.row(3, Load.NOW), OutboxLoad.row(1, Load.NOW))))
                        .isEqualTo(Set.of(Load.id(1)));
                host.commit();
            }
            assertThat(store.row(Load.TENANT, Load.id(2))).isPresent();
            assertThat(store.row(Load.TENANT, Load.id(3))).isEmpty();
        });
    }

    @Test
    void ofCallersThatShareATransactionATakenIdConcernsOne() throws Exception {
        onBoth(database -> {
            JdbcStore store = JdbcStore.of(database);
            OutboxLoad.enqueue(store, 0, 1);
            Load.onThreads(16, 160, i -> {
                boolean wrong = i % 10 == 0;
                List<OutboxRow> rows = wrong
                        ? List.of(OutboxLoad.row(1_000 + i, Load.NOW), OutboxLoad.row(0, Load.NOW))
                        : List.of(OutboxLoad.row(1_000 + i, Load.NOW));
                assertThat(store.enqueue(Load.TENANT, rows)).isEqualTo(wrong ? Set.of(Load.id(0)) : Set.of());
            });
            assertThat(count(database, "1 = 1")).isEqualTo(1 + 160 - 16);
        });
    }

    @Test
    void aReportThatCameBeforeARowIsJoinedToIt() throws Exception {
        onBoth(database -> {
            JdbcStore store = JdbcStore.of(database);
            store.apply(
                    Load.TENANT,
                    List.of(new Entry(Load.report(1, DeliveryStatus.DELIVERED).build(), null)));
            OutboxLoad.enqueue(store, 1, 1);
            assertThat(store.row(Load.TENANT, Load.id(1)).orElseThrow().state()).isEqualTo(MessageState.ACCEPTED);
            assertThat(store.claim("me", 10, Duration.ofMinutes(1))).isEmpty();
        });
    }

    // ---- the cost of a claim, counted in what the database looks at: a busy machine doesn't blur that

    private static final int CLAIM = 64;
    private static final int TIMES = 15;

    @Test
    void onPostgresNothingCostsMoreAtAHundredTimesTheBacklog() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            // It would be counted along. Statistics that know nothing of the backlog are the worst case besides.
            Databases.run(database, "alter table textonce_message set (autovacuum_enabled = off)");
            OutboxLoad.enqueue(JdbcStore.of(database), 0, 1_000);
            Pages few = Pages.of(database);
            OutboxLoad.enqueue(JdbcStore.of(database), 1_000, 99_000);
            Pages many = Pages.of(database);
            System.out.printf(
                    Locale.ROOT,
                    "PostgreSQL, at 1,000 and 100,000 due rows: a claim of 64 touches %.0f and %.0f pages; ending"
                            + " leases and looking for doubts %.0f and %.0f%n",
                    few.claim,
                    many.claim,
                    few.housekeeping,
                    many.housekeeping);
            assertThat(many.claim).isLessThanOrEqualTo(1.5 * few.claim);
            assertThat(many.housekeeping).isLessThanOrEqualTo(1.5 * few.housekeeping);
        }
    }

    /** A young table, of which PostgreSQL knows nothing yet, tempts it to compare each row with each key. */
    @Test
    void onPostgresManyRowsAtOnceCostNoMoreEachThanFew() {
        try (HikariDataSource database = Databases.migrated(Databases.postgres())) {
            Databases.run(database, "alter table textonce_message set (autovacuum_enabled = off)");
            OutboxLoad.enqueue(JdbcStore.of(database), 0, 8_000);
            double few = Pages.count(database, ROWS, own -> send(own, 16)) / 16;
            double many = Pages.count(database, ROWS, own -> send(own, 256)) / 256;
            System.out.printf(
                    Locale.ROOT,
                    "PostgreSQL, 8,000 due rows, no statistics: from claim to outcome, for each of 16 %.1f rows are"
                            + " read, for each of 256 %.1f%n",
                    few,
                    many);
            assertThat(many).isLessThanOrEqualTo(1.5 * few);
        }
    }

    private static void send(JdbcStore store, int rows) {
        List<OutboxRow> claimed = store.claim(OutboxLoad.OWNER, rows, OutboxLoad.LEASE);
        assertThat(store.begin(OutboxLoad.OWNER, OutboxLoad.starts(claimed), OutboxLoad.LEASE))
                .hasSize(rows);
        assertThat(store.complete(OutboxLoad.accepted(claimed))).hasSize(rows);
    }

    private static final String PAGES =
            "select sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read, 0) + coalesce(idx_blks_hit, 0))"
                    + " from pg_statio_user_tables";
    private static final String ROWS = "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_user_tables";

    /** How many pages of tables and indexes a step touches, as the server counts them. */
    private record Pages(double claim, double housekeeping) {
        static Pages of(HikariDataSource database) {
            JdbcStore store = JdbcStore.of(database);
            List<OutboxRow> claimed = new ArrayList<>();
            double claim =
                    count(database, PAGES, own -> claimed.addAll(own.claim(OutboxLoad.OWNER, CLAIM, OutboxLoad.LEASE)));
            assertThat(claimed).hasSize(CLAIM * TIMES);
            store.giveBack(
                    OutboxLoad.OWNER, claimed.stream().map(OutboxRow::key).toList());
            return new Pages(claim, count(database, PAGES, own -> {
                assertThat(own.claim(OutboxLoad.OWNER, 1, Duration.ZERO)).hasSize(1);
                assertThat(own.expire(Duration.ofMinutes(1)).freed()).isOne();
                assertThat(own.doubts(CLAIM, Duration.ofMinutes(1))).isEmpty();
            }));
        }

        private static double count(HikariDataSource database, String what, Consumer<JdbcStore> step) {
            long before = touched(database, what);
            try (HikariDataSource one = Databases.pool(database.getJdbcUrl(), 1)) {
                JdbcStore own = JdbcStore.of(one);
                for (int i = 0; i < TIMES; i++) {
                    step.accept(own);
                }
            }
            return (double) (touched(database, what) - before) / TIMES;
        }
    }

    private static long touched(HikariDataSource database, String what) {
        // A connection tells what it did at the latest before it is gone.
        database.getHikariPoolMXBean().softEvictConnections();
        while (!Databases.query(
                        database,
                        "select count(*) from pg_stat_activity where datname = current_database()"
                                + " and pid <> pg_backend_pid()")
                .equals("0")) {
            Thread.onSpinWait();
        }
        return Long.parseLong(Databases.query(database, what));
    }

    @Test
    void onH2AClaimReadsNoMoreAtAHundredTimesTheBacklog() {
        try (HikariDataSource database = Databases.migrated(Databases.h2File(folder))) {
            JdbcStore store = JdbcStore.of(database);
            OutboxLoad.enqueue(store, 0, 1_000);
            List<Integer> few = scans(database);
            OutboxLoad.enqueue(store, 1_000, 99_000);
            List<Integer> many = scans(database);
            System.out.println("H2, at 1,000 and 100,000 due rows: a claim of 64, expired leases and doubts visit "
                    + few + " and " + many + " rows");
            assertThat(many).isEqualTo(few);
            assertThat(many.get(0)).isLessThanOrEqualTo(2 * CLAIM);
        }
    }

    @Test
    void whatIsSettledOfAGroupIsNotVisitedWhenTheRestIsCounted() throws Exception {
        onBoth(database -> {
            JdbcStore store = JdbcStore.of(database);
            OutboxLoad.enqueue(store, 0, 400);
            String first = " (select id from textonce_message order by id fetch first 10 rows only)";
            Databases.run(
                    database,
                    "update textonce_message set grp = 'spring';"
                            + "update textonce_message set state = 'UNKNOWN', due_at = null, lookup_at ="
                            + " current_timestamp where id in" + first
                            + ";update textonce_message set state = 'ACCEPTED', due_at = null where id not in" + first);
            assertThat(store.unsettled(Load.TENANT, "spring")).isEqualTo(Map.of(MessageState.UNKNOWN, 10));
            boolean h2 = !Databases.keepsLeases(database);
            String plan = Databases.query(
                    database,
                    (h2 ? "explain analyze" : "explain (format json)")
                            + " select count(*) from textonce_message m where m.tenant = '" + Load.TENANT.value()
                            + "' and m.grp = 'spring' and " + (h2 ? Dialect.H2 : Dialect.POSTGRESQL).isUnsettled());
            assertThat(plan.toLowerCase(Locale.ROOT)).contains(h2 ? "scancount: 11" : "textonce_message_group");
        });
    }

    /** How many rows H2 visits for the statements that look for due, leased and doubtful rows. */
    private static List<Integer> scans(HikariDataSource database) {
        OutboxTable table = new OutboxTable(
                Dialect.H2, new MessageTable(Dialect.H2, new Content(null, null)), new Content(null, null));
        return Stream.of(
                        table.due("PENDING", "due_at", "", CLAIM),
                        table.due("UNKNOWN", "lookup_at", "", CLAIM),
                        "select 1 from textonce_message m where m.state = 'CLAIMED' and m.lease_until <="
                                + " current_timestamp")
                .map(query -> Pattern.compile("scanCount: ([0-9]+)")
                        .matcher(Databases.query(database, "explain analyze " + query))
                        .results()
                        .mapToInt(found -> Integer.parseInt(found.group(1)))
                        .sum())
                .toList();
    }
}
