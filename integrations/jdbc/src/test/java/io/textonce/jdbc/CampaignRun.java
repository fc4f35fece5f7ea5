package io.textonce.jdbc;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import com.zaxxer.hikari.HikariDataSource;
import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.engagement.campaign.Campaign;
import io.textonce.engagement.campaign.CampaignProgress;
import io.textonce.engagement.campaign.CampaignState;
import io.textonce.engagement.campaign.Campaigns;
import io.textonce.engagement.campaign.Recipient;
import io.textonce.engagement.campaign.RecipientSource;
import io.textonce.memory.InMemoryTemplateRepository;
import io.textonce.outbox.SmsOutbox;
import io.textonce.spi.Capabilities;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.template.Template;
import io.textonce.text.SegmentPolicy;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.IntStream;

/** A process that runs one campaign to its end, or until it is killed: arguments url, file of what arrived, size. */
final class CampaignRun {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private CampaignRun() {}

    /** Writes each message down before it answers: what a killed process wrote stays. */
    private static final class WritingProvider implements SmsProvider {
        private final OutputStream arrived;

        WritingProvider(OutputStream arrived) {
            this.arrived = arrived;
        }

        @Override
        public String name() {
            return "writing";
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.builder(SegmentPolicy.GENERIC).build();
        }

        @Override
        public SubmitReply submit(Submission submission) {
            try {
                arrived.write((submission.text() + '\n').getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return SubmitReply.accepted("W-" + submission.messageId());
        }
    }

    static Iterable<Recipient> recipients(int size) {
        return () -> {
            Iterator<Integer> numbers = IntStream.range(0, size).iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return numbers.hasNext();
                }

                @Override
                public Recipient next() {
                    int n = numbers.next();
                    return Recipient.to(Load.number(n))
                            .key("p" + n)
                            .variable("n", Integer.toString(n))
                            .build();
                }
            };
        };
    }

    public static void main(String[] args) throws Exception {
        int size = Integer.parseInt(args[2]);
        InMemoryTemplateRepository templates = new InMemoryTemplateRepository();
        templates.put(Template.builder("sale")
                .tenant(Load.TENANT)
                .variable("n")
                .text(Locale.ENGLISH, "{{n}}")
                .build());
        try (HikariDataSource database = Databases.pool(args[0], 8);
                OutputStream arrived = new FileOutputStream(args[1], true)) {
            JdbcStore store = JdbcStore.of(database);
            try (SmsClient client = SmsClient.builder()
                            .provider(new WritingProvider(arrived))
                            .suppressions(store)
                            .templates(templates)
                            .attemptTimeout(Duration.ofSeconds(1))
                            .build();
                    SmsOutbox outbox = SmsOutbox.builder(client, store)
                            .inFlight(64)
                            .lease(Duration.ofSeconds(5))
                            .poll(Duration.ofMillis(20))
                            .build();
                    Campaigns campaigns = Campaigns.builder(
                                    client, outbox, JdbcEngagement.on(store).campaigns())
                            .poll(Duration.ofMillis(20))
                            .build()) {
                outbox.start();
                campaigns.start();
                run(campaigns, size);
            }
        }
    }

    private static void run(Campaigns campaigns, int size) throws InterruptedException {
        String id = "run-" + size;
        long cpu = SYSTEM.getProcessCpuTime();
        long bytes = allocated();
        CampaignProgress progress = campaigns.launch(Campaign.builder(id, RecipientSource.of(recipients(size)))
                .tenant(Load.TENANT)
                .template("sale")
                .ahead(5_000)
                .build());
        long before = progress.settled();
        long tell = System.nanoTime();
        while (progress.state() != CampaignState.COMPLETED) {
            Thread.sleep(50);
            progress = progress(campaigns, id);
            if (System.nanoTime() - tell > 5_000_000_000L) {
                tell = System.nanoTime();
                System.out.println(progress);
            }
        }
        long messages = Math.max(1, progress.settled() - before);
        System.out.println(progress);
        System.out.printf(
                Locale.ROOT,
                "size=%d messages=%d cpuMicros=%d bytes=%d%n",
                size,
                messages,
                (SYSTEM.getProcessCpuTime() - cpu) / 1_000 / messages,
                (allocated() - bytes) / messages);
    }

    private static CampaignProgress progress(Campaigns campaigns, String id) {
        TenantId tenant = Load.TENANT;
        return campaigns.progress(tenant, id).orElseThrow();
    }

    /** By the threads that live; those that do the work live as long as the process. */
    private static long allocated() {
        long sum = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }
}
