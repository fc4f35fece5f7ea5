package io.textonce.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.OutboxRepository.RowKey;
import io.textonce.store.OutboxRepository.Start;
import io.textonce.store.OutboxRow;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Groups are stopped while three workers claim and begin their messages. */
@Tag("once")
class GroupRaceTest {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final PhoneNumber ANN = PhoneNumber.of("+12025550100");
    private static final Duration LEASE = Duration.ofMinutes(10);
    private static final int ROUNDS = 25;
    private static final int ROWS = 150;

    @Test
    void C3_whoStopsAGroupWhileItsMessagesBeginLeavesEachInARightState() throws Exception {
        HikariDataSource database = Databases.migrated(Databases.postgres());
        ExecutorService threads = Executors.newFixedThreadPool(3);
        String name;
        try (database) {
            JdbcStore store = JdbcStore.of(database);
            for (int round = 0; round < ROUNDS; round++) {
                race(store, "group-" + round, threads);
            }
            name = single(database.getConnection(), "select current_database()");
        } finally {
            threads.shutdownNow();
        }
        // The database would break up what deadlocks, after a second, and the step would be taken again: nothing else
        // tells.
        assertThat(single(
                        Databases.server().getPostgresDatabase().getConnection(),
                        "select deadlocks from pg_stat_database where datname = '" + name + "'"))
                .as("deadlocks")
                .isEqualTo("0");
    }

    private static void race(JdbcStore store, String group, ExecutorService threads) throws Exception {
        Instant now = Instant.parse("2026-03-01T09:00:00Z");
        List<OutboxRow> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            // Due in the opposite order of how they lie in the table.
            rows.add(row(group, now.minusSeconds(i)));
        }
        assertThat(store.enqueue(TENANT, rows)).isEmpty();
        Set<RowKey> begun = ConcurrentHashMap.newKeySet();
        CountDownLatch first = new CountDownLatch(1);
        List<Future<?>> workers = new ArrayList<>();
        for (int worker = 0; worker < 3; worker++) {
            String owner = "w" + worker;
            workers.add(threads.submit(() -> {
                List<OutboxRow> claimed = store.claim(owner, 25, LEASE);
                while (!claimed.isEmpty()) {
                    first.countDown();
                    begun.addAll(store.begin(
                            owner,
                            claimed.stream()
                                    .map(row -> new Start(row.key(), row.attempt(), "twilio"))
                                    .toList(),
                            LEASE));
                    claimed = store.claim(owner, 25, LEASE);
                }
            }));
        }
        first.await();
        store.holdGroup(TENANT, group);
        store.releaseGroup(TENANT, group);
        store.cancelGroup(TENANT, group);
        for (Future<?> worker : workers) {
            worker.get();
        }
        for (OutboxRow row : rows) {
            assertThat(store.row(TENANT, row.id()).orElseThrow().state())
                    .isEqualTo(begun.contains(row.key()) ? MessageState.SENDING : MessageState.CANCELLED);
        }
    }

    private static OutboxRow row(String group, Instant due) {
        SmsMessage content =
                SmsMessage.to(ANN).tenant(TENANT).text("See you in spring").build();
        MessageRecord record = MessageRecord.sending(MessageId.next(), TENANT, due)
                .state(MessageState.PENDING)
                .to(ANN)
                .text("See you in spring")
                .segments(1)
                .build();
        return OutboxRow.builder(record, content, due).group(group).build();
    }

    private static String single(Connection connection, String query) throws Exception {
        try (connection;
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
