package io.textonce.example.platform;

import io.textonce.cluster.ClusterLimits;
import io.textonce.cluster.ClusterPumps;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
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
        SchedulingConfigurer timer(Jobs jobs) {
            return tasks -> jobs.all()
                    .forEach(job -> tasks.addFixedDelayTask(
                            new FixedDelayTask(() -> untilNothingIsDue(job), job.every(), Duration.ofSeconds(1))));
        }

        private static void untilNothingIsDue(Jobs.Job job) {
            while (!Thread.currentThread().isInterrupted() && job.work().getAsInt() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Profile("cluster")
    static class Several {

        /** In the starter's place: limits that all processes share. */
        @Bean
        ClusterLimits limits(DataSource dataSource, JdbcStore store, @Value("${platform.nodes:2}") int nodes) {
            return ClusterLimits.builder(dataSource, store).expectedNodes(nodes).build();
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
