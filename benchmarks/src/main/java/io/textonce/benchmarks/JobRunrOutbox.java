package io.textonce.benchmarks;

import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/** JobRunr with a job a message. */
final class JobRunrOutbox implements OutboxContender {
    private static final int MESSAGES = 1_000;
    private static final int WORKERS = 20;

    private final JobScheduler scheduler;
    private final BackgroundJobServer server;
    private final Job job = new Job();
    private boolean started;

    /** What it calls for each: it makes the object itself or asks for it. */
    public static final class Job {
        private final Jobs jobs = new Jobs();

        /** Sends one. */
        public void send(String to, String text) {
            if (to.isEmpty() || text.isEmpty()) {
                throw new IllegalArgumentException("nothing to send");
            }
            jobs.run();
        }
    }

    JobRunrOutbox(DataSource database) {
        JsonMapper json = new JacksonJsonMapper();
        StorageProvider storage = SqlStorageProviderFactory.using(database);
        storage.setJobMapper(new JobMapper(json));
        this.scheduler = new JobScheduler(storage);
        this.server = new BackgroundJobServer(
                storage,
                json,
                new org.jobrunr.server.JobActivator() {
                    @Override
                    public <T> T activateJob(Class<T> type) {
                        return type.cast(job);
                    }
                },
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andPollIntervalInSeconds(5)
                        .andWorkerCount(WORKERS));
    }

    @Override
    public String name() {
        return "JobRunr 8.7.0";
    }

    @Override
    public int messages() {
        return MESSAGES;
    }

    @Override
    public void enqueue() {
        String text = Samples.TEXT;
        scheduler.<Job, String>enqueue(
                IntStream.range(0, MESSAGES).mapToObj(Samples::distinct), (each, to) -> each.send(to, text));
    }

    @Override
    public long dispatch() throws InterruptedException {
        job.jobs.expect(MESSAGES);
        if (started) {
            server.resumeProcessing();
        } else {
            server.start();
            started = true;
        }
        long took = job.jobs.await();
        server.pauseProcessing();
        return took;
    }

    @Override
    public void close() {
        server.stop();
    }
}
