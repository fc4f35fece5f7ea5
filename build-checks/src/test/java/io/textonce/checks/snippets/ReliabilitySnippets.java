package io.textonce.checks.snippets;

import io.textonce.TenantId;
import io.textonce.client.Reconciliation;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The Java of docs/reliability.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class ReliabilitySnippets {

    private ReliabilitySnippets() {}

    static void doubts(SmsClient sms, JdbcStore store, Set<TenantId> tenants, ScheduledExecutorService scheduler) {
        Reconciliation doubts =
                Reconciliation.builder(sms, store, store).tenants(() -> tenants).build();
        scheduler.scheduleWithFixedDelay(doubts::run, 1, 1, TimeUnit.MINUTES);
    }
}
