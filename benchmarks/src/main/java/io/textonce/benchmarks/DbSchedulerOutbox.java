package io.textonce.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** db-scheduler with a task a message, in the way that it says is its fastest. */
final class DbSchedulerOutbox implements OutboxContender {
    private static final int MESSAGES = 2_000;
    private static final int THREADS = 20;

    private final Jobs jobs = new Jobs();
    private final OneTimeTask<String> task;
    private final Scheduler scheduler;
    private boolean started;
    private long next;

    DbSchedulerOutbox(DataSource database, boolean postgres) throws SQLException {
        String binary = postgres ? "bytea" : "blob";
        OutboxBenches.execute(
                database,
                "create table scheduled_tasks (task_name varchar(100) not null,"
                        + " task_instance varchar(100) not null, task_data " + binary
                        + ", execution_time timestamp(6) with time zone not null,"
                        + " picked boolean not null, picked_by varchar(100), last_success timestamp(6) with time zone,"
                        + " last_failure timestamp(6) with time zone, consecutive_failures int,"
                        + " last_heartbeat timestamp(6) with time zone, version bigint not null, priority smallint,"
                        + " primary key (task_name, task_instance))");
        OutboxBenches.execute(database, "create index execution_time_idx on scheduled_tasks (execution_time)");
        OutboxBenches.execute(database, "create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)");
        this.task = Tasks.oneTime("send", String.class).execute((instance, context) -> jobs.run());
        SchedulerBuilder builder =
                Scheduler.create(database, task).threads(THREADS).pollingInterval(Duration.ofMillis(100));
        // Without SKIP LOCKED it has only the other way.
        this.scheduler = (postgres ? builder.pollUsingLockAndFetch(4, 20) : builder.pollUsingFetch(0.5, 20)).build();
    }

    @Override
    public String name() {
        return "db-scheduler 16.12.0";
    }

    @Override
    public int messages() {
        return MESSAGES;
    }

    @Override
    public void enqueue() {
        for (int done = 0; done < MESSAGES; done += OutboxBenches.BATCH) {
            List<TaskInstance<?>> batch = new ArrayList<>();
            for (int i = 0; i < OutboxBenches.BATCH; i++) {
                batch.add(task.instance(Long.toString(++next), Samples.distinct((int) next) + ' ' + Samples.TEXT));
            }
            scheduler.scheduleBatch(batch, Instant.now());
        }
    }

    @Override
    public long dispatch() throws InterruptedException {
        jobs.expect(MESSAGES);
        if (started) {
            scheduler.resume();
        } else {
            scheduler.start();
            started = true;
        }
        long took = jobs.await();
        scheduler.pause();
        return took;
    }

    @Override
    public void close() {
        scheduler.stop();
    }
}
