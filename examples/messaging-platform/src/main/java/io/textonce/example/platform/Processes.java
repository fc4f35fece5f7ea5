package io.textonce.example.platform;

import io.textonce.cluster.ClusterLimits;
import io.textonce.cluster.ClusterPumps;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.FixedDelayTask;

/** Who runs the jobs: a timer in the one process there is, or, in a cluster, one process at a time. */
class Processes {

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    @Profile("!cluster")
    static class One {

        @Bean
        SchedulingConfigurer timer(Jobs jobs, Settings settings) {
            return tasks -> jobs.all()
                    .forEach(job -> tasks.addFixedDelayTask(
                            new FixedDelayTask(() -> untilNothingIsDue(job), job.every(), settings.jobsAfter())));
        }

        private static void untilNothingIsDue(Jobs.Job job) {
            int done = 1;
            while (done > 0 && !Thread.currentThread().isInterrupted()) {
                done = job.work().getAsInt();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Profile("cluster")
    static class Several {

        /** What each process would make up for itself, no other would know. */
        Several(Settings settings) {
            if (settings.codeKey().isBlank() || settings.tokens().isEmpty()) {
                throw new IllegalStateException(
                        "SMS_CODE_KEY and platform.tokens: set both, to the same in all processes of a cluster");
            }
        }

        /** In the starter's place: limits that all processes share. */
        @Bean
        ClusterLimits limits(DataSource dataSource, JdbcStore store, Settings settings) {
            return ClusterLimits.builder(dataSource, store)
                    .expectedNodes(settings.nodes())
                    .build();
        }

        /** Starts the outbox too, and is stopped before it. */
        @Bean(initMethod = "start", destroyMethod = "close")
        ClusterPumps pumps(DataSource dataSource, SmsOutbox outbox, Jobs jobs) {
            ClusterPumps.Builder pumps = ClusterPumps.builder(dataSource).outbox(outbox);
            jobs.all().forEach(job -> pumps.single(job.name(), job.every(), job.work()));
            return pumps.build();
        }
    }
}
