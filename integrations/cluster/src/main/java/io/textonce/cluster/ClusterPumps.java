package io.textonce.cluster;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.textonce.MessageId;
import io.textonce.SmsStoreException;
import io.textonce.outbox.SmsOutbox;
import io.textonce.outbox.SmsOutbox.Duty;
import io.textonce.spi.TimeSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the pumps of a node in a cluster: those that belong on every node, and, by db-scheduler, those of which one at a time
 * is enough for all nodes.
 *
 * <p>A pump looks after what is due, and says after how many rows it looked. One execution is a pump, run until it says 0, never a
 * message: when a node dies, another one runs the pump again, and no message is sent by that. Single pumps are run by one
 * node at a time as long as that is alive; one that stood still for longer than the takeover may come back while another
 * node runs the pump too, so a pump must bear that, as those of Textonce do.
 *
 * <pre>{@code
 * ClusterPumps pumps = ClusterPumps.builder(dataSource).outbox(outbox).single("campaigns", ofSeconds(2), campaigns::pump).build();
 * pumps.start();
 * }</pre>
 *
 * <p>Thread-safe. Close it before the outbox, and that before its client.
 */
public final class ClusterPumps implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.textonce.cluster");
    private static final String TABLE = "textonce_scheduled";
    private static final int MISSED_HEARTBEATS = 4;

    private record Pump(Duration every, IntSupplier work) {}

    private final String node;
    private final @Nullable SmsOutbox outbox;
    private final Map<String, Pump> everywhere;
    private final Scheduler scheduler;
    private final Duration drain;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private boolean started;
    private boolean stopped;

    private ClusterPumps(Builder b) throws SQLException {
        this.node = b.node + "-" + MessageId.next();
        this.outbox = b.outbox;
        this.everywhere = new LinkedHashMap<>(b.everywhere);
        this.drain = b.drain;
        this.scheduler = scheduler(b);
    }

    private Scheduler scheduler(Builder b) throws SQLException {
        Postgres.require(b.dataSource);
        DatabaseClock clock = new DatabaseClock(b.dataSource, TimeSource.system());
        Duration poll = Duration.ofSeconds(1);
        List<RecurringTask<Void>> tasks = new ArrayList<>();
        for (Map.Entry<String, Pump> each : b.single.entrySet()) {
            Pump pump = each.getValue();
            if (pump.every().compareTo(poll) < 0) {
                poll = pump.every();
            }
            tasks.add(Tasks.recurring(each.getKey(), FixedDelay.of(pump.every()))
                    .execute((instance, context) -> run(pump.work())));
        }
        return Scheduler.create(b.dataSource)
                .startTasks(tasks)
                .tableName(TABLE)
                .schedulerName(new SchedulerName.Fixed(node))
                .clock(clock::keptUp)
                .serializer(new NoData())
                .threads(Math.max(1, b.single.size()))
                .pollingInterval(poll)
                .pollUsingLockAndFetch(0.5, 1.0)
                .heartbeatInterval(b.takeover.dividedBy(MISSED_HEARTBEATS))
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .shutdownMaxWait(b.drain)
                .commitWhenAutocommitDisabled(true)
                .build();
    }

    /** Nothing is kept with a task, so nothing that stands in the table is ever turned into an object. */
    private static final class NoData implements Serializer {
        @Override
        public byte[] serialize(Object data) {
            return new byte[0];
        }

        @Override
        public <T> T deserialize(Class<T> type, byte[] serialized) {
            throw new IllegalStateException("textonce's pumps have no data; somebody wrote into " + TABLE);
        }
    }

    /**
     * Starts with a database.
     *
     * @param dataSource PostgreSQL, with the tables that {@code JdbcStore.migrate} makes
     * @return a builder
     */
    public static Builder builder(DataSource dataSource) {
        return new Builder(Objects.requireNonNull(dataSource, "dataSource"));
    }

    /**
     * Starts the pumps.
     *
     * @throws IllegalStateException if it was started or closed before
     * @throws SmsStoreException if the database failed
     */
    public void start() {
        lock.lock();
        try {
            if (started || stopped) {
                throw new IllegalStateException(
                        stopped ? "the pumps are closed; build others" : "the pumps are started already");
            }
            started = true;
            if (outbox != null) {
                outbox.start(Set.of(Duty.DISPATCH));
            }
            everywhere.forEach((name, pump) -> {
                Thread thread = new Thread(() -> loop(name, pump), "textonce-pump-" + name);
                thread.setDaemon(true);
                threads.add(thread);
                thread.start();
            });
            try {
                scheduler.start();
            } catch (RuntimeException e) {
                throw new SmsStoreException("ClusterPumps.start", e);
            }
        } finally {
            lock.unlock();
        }
    }

    /** One execution: until nothing is due, or the node stops. */
    private void run(IntSupplier work) {
        while (stopping.getCount() > 0 && work.getAsInt() > 0) {
            LOG.trace("more is due");
        }
    }

    private void loop(String name, Pump pump) {
        try {
            do {
                try {
                    run(pump.work());
                } catch (RuntimeException e) {
                    LOG.error(
                            "the pump {} failed; it goes on: {}",
                            name,
                            e.getClass().getName());
                }
            } while (!stopping.await(pump.every().toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops gracefully: starts no pump any more, and waits for those that run, at most the drain time. Idempotent. The outbox
     * stays open, and goes on sending until it is closed.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            if (stopped) {
                return;
            }
            stopped = true;
            stopping.countDown();
            long until = System.nanoTime() + drain.toNanos();
            if (started) {
                scheduler.stop();
            }
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "ClusterPumps[" + node + "]";
    }

    /**
     * Collects the pumps of a node. {@link #build()} reports every problem at once.
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {
        private final DataSource dataSource;
        private final Map<String, Pump> everywhere = new LinkedHashMap<>();
        private final Map<String, Pump> single = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();
        private @Nullable SmsOutbox outbox;
        private String node = "node";
        private Duration takeover = Duration.ofSeconds(40);
        private Duration drain = Duration.ofSeconds(30);

        private Builder(DataSource dataSource) {
            this.dataSource = dataSource;
        }

        /**
         * Takes on an outbox: it dispatches on every node by its own threads, which are woken by what the node enqueues; ending
         * leases, taking over what others wrote, settling doubts and deleting what is old is done by one node at a time.
         *
         * @param value an outbox that nobody has started
         * @return this builder
         */
        public Builder outbox(SmsOutbox value) {
            this.outbox = Objects.requireNonNull(value, "outbox");
            single("reconcile", Duration.ofSeconds(1), () -> value.pump(Set.of(Duty.RECONCILE)));
            return single("purge", Duration.ofHours(1), () -> value.pump(Set.of(Duty.PURGE)));
        }

        /**
         * Adds a pump that one node at a time runs.
         *
         * @param name the same on all nodes: 1 to 32 characters of {@code a-z 0-9 -}
         * @param every how long after its end it is run again, 100 ms or longer
         * @param pump answers after how many rows it looked; it is run again at once until that is 0
         * @return this builder
         */
        public Builder single(String name, Duration every, IntSupplier pump) {
            return add(single, name, every, pump);
        }

        /**
         * Adds a pump that each node runs, on a thread of its own.
         *
         * @param name 1 to 32 characters of {@code a-z 0-9 -}
         * @param every how long after its end it is run again, 100 ms or longer
         * @param pump answers after how many rows it looked; it is run again at once until that is 0
         * @return this builder
         */
        public Builder everywhere(String name, Duration every, IntSupplier pump) {
            return add(everywhere, name, every, pump);
        }

        private Builder add(Map<String, Pump> to, String name, Duration every, IntSupplier pump) {
            Objects.requireNonNull(pump, "pump");
            if (!name.matches("[a-z0-9-]{1,32}")) {
                problems.add("pump: \"" + name + "\" is not 1 to 32 characters of a-z 0-9 -");
            }
            if (every.compareTo(Duration.ofMillis(100)) < 0) {
                problems.add("pump " + name + ": every " + every + " is shorter than PT0.1S");
            }
            if (single.containsKey(name) || everywhere.containsKey(name)) {
                problems.add("pump " + name + " was added twice");
            }
            to.put(name, new Pump(every, pump));
            return this;
        }

        /**
         * Names the node in the table; something unique is added. Default {@code node}.
         *
         * @param value 1 to 32 characters of {@code a-z 0-9 . -}, such as the host's name
         * @return this builder
         */
        public Builder node(String value) {
            this.node = Objects.requireNonNull(value, "node");
            return this;
        }

        /**
         * Sets after how long without a sign of life another node takes over a pump. Default 40 s.
         *
         * @param value 2 s or longer
         * @return this builder
         */
        public Builder takeover(Duration value) {
            this.takeover = Objects.requireNonNull(value, "takeover");
            return this;
        }

        /**
         * Sets how long {@link ClusterPumps#close} waits for pumps that run. Default 30 s.
         *
         * @param value zero or longer
         * @return this builder
         */
        public Builder drain(Duration value) {
            this.drain = Objects.requireNonNull(value, "drain");
            return this;
        }

        /**
         * Asks the database for its time. Nothing is started.
         *
         * @return the pumps
         * @throws IllegalArgumentException naming every problem at once
         * @throws SmsStoreException if the database can't be reached
         */
        public ClusterPumps build() {
            List<String> all = new ArrayList<>(problems);
            if (!node.matches("[a-z0-9.-]{1,32}")) {
                all.add("node: \"" + node + "\" is not 1 to 32 characters of a-z 0-9 . -");
            }
            if (takeover.compareTo(Duration.ofSeconds(2)) < 0) {
                all.add("takeover: " + takeover + " is shorter than PT2S");
            }
            if (drain.isNegative()) {
                all.add("drain: " + drain + " is negative");
            }
            if (single.isEmpty() && everywhere.isEmpty()) {
                all.add("pumps: none; add outbox(outbox) or a pump");
            }
            if (!all.isEmpty()) {
                throw new IllegalArgumentException("ClusterPumps: " + String.join("; ", all));
            }
            try {
                return new ClusterPumps(this);
            } catch (SQLException e) {
                throw new SmsStoreException("ClusterPumps.build", e);
            }
        }
    }
}
