package io.textonce.proofs;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.textonce.Category;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.OnUnknown;
import io.textonce.outbox.SmsOutbox;
import io.textonce.outbox.WithoutFence;
import io.textonce.store.OutboxRepository;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A host's process that does nothing but send what is in the database. */
final class Worker {

    static final int THREADS = 2;
    static final int IN_FLIGHT = 8;
    static final Duration ATTEMPT_TIMEOUT = Duration.ofMillis(900);
    static final Duration LEASE = Duration.ofSeconds(2);

    /** How a worker differs from the usual one. */
    static final class Options {
        private final List<String> all = new ArrayList<>();

        /** Resends what is proven absent, the one policy under which only the fence stands before a second text. */
        Options reconciling() {
            all.add("reconcile");
            return this;
        }

        /** Also sets the attempt's timeout, to a third of it. */
        Options lease(Duration lease) {
            all.add("lease=" + lease);
            return this;
        }

        /** SIGSTOPs itself once, right after the step of this name brought it rows. */
        Options freezingAfter(String step) {
            all.add("freeze=" + step);
            return this;
        }

        Options withoutFence() {
            all.add("no-fence");
            return this;
        }

        Options withoutStateCondition() {
            all.add("no-state-condition");
            return this;
        }

        @Override
        public String toString() {
            return String.join(",", all);
        }
    }

    private Worker() {}

    /** Database, port of the gateway, callback, options. */
    public static void main(String[] args) {
        Logger.getLogger("com.zaxxer.hikari").setLevel(Level.SEVERE);
        List<String> options = List.of(args[3].split(","));
        HikariDataSource pool = pool(args[0], 2 * THREADS);
        DataSource database =
                options.contains("no-state-condition") ? RewritingDataSource.withoutStateCondition(pool) : pool;
        JdbcStore store = JdbcStore.of(database);
        Duration lease = LEASE;
        OutboxRepository repository = store;
        for (String option : options) {
            if (option.startsWith("lease=")) {
                lease = Duration.parse(option.substring(6));
            } else if (option.startsWith("freeze=")) {
                repository = freezingAfter(option.substring(7), store);
            }
        }
        Duration timeout = lease.equals(LEASE) ? ATTEMPT_TIMEOUT : lease.dividedBy(3);
        SmsClient client = client(store, Integer.parseInt(args[1]), URI.create(args[2]), timeout);
        SmsOutbox.Builder builder = SmsOutbox.builder(client, repository)
                .name("p" + ProcessHandle.current().pid())
                .workers(THREADS)
                .inFlight(IN_FLIGHT)
                .lease(lease)
                .poll(Duration.ofMillis(100))
                .retry(25, Duration.ofMillis(100), Duration.ofSeconds(1))
                .lookups(Duration.ofSeconds(1), Duration.ofDays(1));
        if (options.contains("reconcile")) {
            builder.onUnknown(Category.TRANSACTIONAL, OnUnknown.RECONCILE);
        }
        if (options.contains("no-fence")) {
            WithoutFence.of(builder);
        }
        SmsOutbox outbox = builder.build();
        outbox.start();
        System.out.println("READY");
        Child.dieWithParent(line -> {
            if (line.equals("stats")) {
                System.out.println("STATS " + outbox.stats());
            } else if (line.equals("close")) {
                outbox.close();
                client.close();
                System.out.println("CLOSED " + outbox.stats());
            }
        });
    }

    /** The thread that it happens in says so once it has done what it then had at hand, and asks for more. */
    private static OutboxRepository freezingAfter(String step, JdbcStore store) {
        AtomicReference<Thread> frozen = new AtomicReference<>();
        return Steps.around(
                store,
                name -> {
                    if (name.equals("claim") && frozen.get() == Thread.currentThread()) {
                        System.out.println("WENT-ON");
                    }
                },
                (name, rows) -> {
                    if (name.equals(step) && frozen.compareAndSet(null, Thread.currentThread())) {
                        System.out.println("FREEZING " + rows.size());
                        Child.signal("STOP", ProcessHandle.current().pid());
                    }
                });
    }

    static HikariDataSource pool(String url, int most) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(most);
        config.setConnectionTimeout(5_000);
        return new HikariDataSource(config);
    }

    static SmsClient client(JdbcStore store, int gatewayPort, URI callback, Duration timeout) {
        return SmsClient.builder()
                .provider(GatewayClient.on(gatewayPort, callback))
                .suppressions(store)
                .idempotency(store.idempotencyKeys(), Duration.ofDays(30))
                .attemptTimeout(timeout)
                .deadline(timeout.plusMillis(600))
                .build();
    }
}
