package io.textonce.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.textonce.MessageId;
import io.textonce.PhoneNumber;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.store.MessageState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class ClusterPumpsTest {

    private static void await(String what, BooleanSupplier reached) {
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(until);
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void aSinglePumpRunsOnOneNodeAtATimeAndTheOthersOnAll() {
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 12)) {
            AtomicInteger running = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            AtomicInteger singles = new AtomicInteger();
            List<AtomicInteger> everywhere = new ArrayList<>();
            List<ClusterPumps> nodes = new ArrayList<>();
            for (int node = 0; node < 3; node++) {
                AtomicInteger mine = new AtomicInteger();
                everywhere.add(mine);
                nodes.add(ClusterPumps.builder(pool)
                        .node("node-" + node)
                        .single("campaigns", Duration.ofMillis(100), () -> {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            singles.incrementAndGet();
                            LockSupport.parkNanos(20_000_000);
                            running.decrementAndGet();
                            return 0;
                        })
                        .everywhere("look", Duration.ofMillis(100), () -> {
                            mine.incrementAndGet();
                            return 0;
                        })
                        .build());
            }
            nodes.forEach(ClusterPumps::start);
            await("ten runs", () -> singles.get() >= 10 && everywhere.stream().allMatch(each -> each.get() >= 10));
            nodes.forEach(ClusterPumps::close);
            assertThat(most).hasValue(1);
            int after = singles.get();
            LockSupport.parkNanos(300_000_000);
            assertThat(singles).as("nothing runs after close").hasValue(after);
        }
    }

    @Test
    void aPumpRunsUntilNothingIsDueAndAFailureDoesNotEndIt() {
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 4)) {
            AtomicInteger left = new AtomicInteger(50);
            AtomicInteger failures = new AtomicInteger();
            try (ClusterPumps pumps = ClusterPumps.builder(pool)
                    .single("expansion", Duration.ofMillis(100), () -> {
                        if (left.get() == 25 && failures.getAndIncrement() == 0) {
                            throw new IllegalStateException("once");
                        }
                        return Math.max(0, left.getAndDecrement());
                    })
                    .build()) {
                pumps.start();
                await("all fifty", () -> left.get() < 0);
            }
            assertThat(failures).hasValueGreaterThan(0);
        }
    }

    @Test
    void anotherNodeTakesOverThePumpOfOneThatStandsStill() {
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 8)) {
            Databases.run(
                    pool,
                    "insert into textonce_scheduled (task_name, task_instance, execution_time, picked, picked_by,"
                            + " last_heartbeat, version) values ('campaigns', 'recurring', now() - interval '1 minute',"
                            + " true, 'dead', now() - interval '1 minute', 3)");
            AtomicInteger runs = new AtomicInteger();
            try (ClusterPumps pumps = ClusterPumps.builder(pool)
                    .takeover(Duration.ofSeconds(2))
                    .single("campaigns", Duration.ofMillis(200), () -> {
                        runs.incrementAndGet();
                        return 0;
                    })
                    .build()) {
                pumps.start();
                await("a takeover", () -> runs.get() > 0);
            }
        }
    }

    @Test
    void closingWaitsForThePumpThatRuns() throws InterruptedException {
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 4)) {
            CountDownLatch begun = new CountDownLatch(1);
            AtomicInteger finished = new AtomicInteger();
            ClusterPumps pumps = ClusterPumps.builder(pool)
                    .single("slow", Duration.ofMillis(100), () -> {
                        begun.countDown();
                        LockSupport.parkNanos(500_000_000);
                        finished.incrementAndGet();
                        return 1;
                    })
                    .build();
            pumps.start();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            pumps.close();
            pumps.close();
            assertThat(finished).hasValue(1);
            assertThatThrownBy(pumps::start).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anOutboxIsDispatchedOnEveryNodeAndReconciledOnOne() {
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 12)) {
            List<AutoCloseable> open = new ArrayList<>();
            List<SmsOutbox> outboxes = new ArrayList<>();
            List<ClusterPumps> nodes = new ArrayList<>();
            for (int node = 0; node < 2; node++) {
                JdbcStore store = JdbcStore.of(pool);
                SmsClient client = SmsClient.builder()
                        .provider(SandboxProvider.builder().build())
                        .messages(store)
                        .build();
                SmsOutbox outbox = SmsOutbox.builder(client, store)
                        .poll(Duration.ofMillis(100))
                        .build();
                outboxes.add(outbox);
                nodes.add(ClusterPumps.builder(pool).outbox(outbox).build());
                open.add(client);
            }
            nodes.forEach(ClusterPumps::start);
            List<MessageId> ids = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                ids.add(outboxes.get(i % 2)
                        .enqueue(SmsMessage.to(PhoneNumber.of("+12025550123"))
                                .text("Hello " + i)
                                .build())
                        .orThrow()
                        .messageId());
            }
            // Written by another application: taken over by whichever node reconciles.
            Databases.run(pool, "insert into textonce_message (to_number, text) values ('+12025550124', 'Hi')");
            JdbcStore store = JdbcStore.of(pool);
            await(
                    "all sent",
                    () -> ids.stream()
                            .allMatch(id -> store.find(TenantId.DEFAULT, id)
                                            .orElseThrow()
                                            .state()
                                    == MessageState.ACCEPTED));
            await(
                    "the foreign row",
                    () -> Databases.number(
                                    pool,
                                    "select count(*) from textonce_message where to_number = '+12025550124' and state ="
                                            + " 'ACCEPTED'")
                            == 1);
            nodes.forEach(ClusterPumps::close);
            outboxes.forEach(SmsOutbox::close);
            open.forEach(ClusterPumpsTest::close);
        }
    }

    private static void close(AutoCloseable each) {
        try {
            each.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        try (HikariDataSource pool = Databases.pool(Databases.migrated(), 2)) {
            assertThatThrownBy(() -> ClusterPumps.builder(pool)
                            .node("NODE 1")
                            .takeover(Duration.ofMillis(5))
                            .single("a", Duration.ofMillis(1), () -> 0)
                            .everywhere("a", Duration.ofSeconds(1), () -> 0)
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("NODE 1")
                    .hasMessageContaining("takeover")
                    .hasMessageContaining("shorter than PT0.1S")
                    .hasMessageContaining("added twice");
            assertThatThrownBy(() -> ClusterPumps.builder(pool).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("none");
        }
    }
}
