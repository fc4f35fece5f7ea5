package io.textonce.checks.snippets;

import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.textonce.client.RateLimit;
import io.textonce.client.SmsClient;
import io.textonce.cluster.ClusterLimits;
import io.textonce.cluster.ClusterPumps;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.twilio.TwilioProvider;
import java.time.Duration;
import java.util.function.IntSupplier;
import javax.sql.DataSource;

/** The Java of integrations/cluster/README.md and docs/scale.md, so that it compiles. */
final class ClusterSnippets {

    private ClusterSnippets() {}

    /** Two nodes, here in one process; each with a pool of its own. */
    static void twoNodes(DataSource first, DataSource second, TwilioProvider twilio, IntSupplier campaigns) {
        node("node-1", first, twilio, campaigns);
        node("node-2", second, twilio, campaigns);
    }

    static void node(String node, DataSource dataSource, TwilioProvider twilio, IntSupplier campaigns) {
        // spotless:off
        JdbcStore.migrate(dataSource);
        JdbcStore store = JdbcStore.of(dataSource);
        ClusterLimits limits =
                ClusterLimits.builder(dataSource, store).expectedNodes(2).build();

        SmsClient sms = SmsClient.builder()
                .provider(twilio)
                .messages(store)
                .suppressions(store)
                .limitStore(limits)
                .rateLimit(RateLimit.perSecond(100, 20).keyedBy(RateLimit.Key.PROVIDER))
                .build();
        SmsOutbox outbox = SmsOutbox.builder(sms, store).name(node).build();

        ClusterPumps pumps = ClusterPumps.builder(dataSource)
                .node(node)
                .outbox(outbox) // dispatches on every node; reconciles and purges on one
                .single("campaigns", Duration.ofSeconds(2), campaigns) // your pump, on one node at a time
                .build();
        pumps.start();

        pumps.close();
        outbox.close();
        sms.close();
        limits.close();
        // spotless:on
    }

    static ClusterLimits elsewhere(DataSource dataSource, JdbcStore store, ProxyManager<String> manager) {
        // spotless:off
        ClusterLimits limits = ClusterLimits.builder(dataSource, store)
                .expectedNodes(8)
                .buckets(manager) // your ProxyManager<String>
                .build();
        // spotless:on
        return limits;
    }
}
