package io.textonce.checks.snippets;

import io.textonce.Category;
import io.textonce.TenantId;
import io.textonce.client.Routing;
import io.textonce.client.SmsClient;
import io.textonce.client.TenantProviders;
import io.textonce.memory.InMemoryStore;
import io.textonce.spi.SmsProvider;
import io.textonce.twilio.TwilioProvider;
import io.textonce.webhook.WebhookEndpoint;
import io.textonce.webhook.WebhookReceiver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Java of docs/routing.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class RoutingSnippets {

    private RoutingSnippets() {}

    /** A host's table of accounts. */
    interface Accounts {
        Optional<Account> find(TenantId tenant);

        Optional<Account> findEndpoint(String name);

        void rotate(TenantId tenant);
    }

    /** A row of it. */
    interface Account {
        TenantId tenant();

        String version();

        SmsProvider twilio();

        SmsProvider sns();

        String oldToken();

        String newToken();
    }

    // spotless:off
    static void routings() {
        Routing inOrder = Routing.failover("twilio", "sns");
        Routing byWeight = Routing.weighted(Map.of("twilio", 70, "sns", 30, "backup", 0), Duration.ofSeconds(3));
        Routing narrowed = Routing.failover("twilio", "sns")
                .inCountry("AU", Routing.failover("smsbroadcast", "twilio"))
                .inCountry("CA", Routing.failover("sns"))
                .forCategory(Category.MARKETING, byWeight)
                .forTenant(TenantId.of("clinic-7"), Routing.failover("twilio-clinic-7"));
        System.out.println(inOrder + " " + narrowed);
    }

    static SmsClient tenants(Accounts accounts) {
        SmsClient sms = SmsClient.builder()
                .providers(tenant -> accounts.find(tenant)
                        .map(account -> TenantProviders.of(
                                        account.version(), () -> List.of(account.twilio(), account.sns()))
                                .routing(Routing.failover("twilio", "sns"))))
                .tenantCache(1_000, Duration.ofMinutes(1), Duration.ofMinutes(15))
                .build();
        return sms;
    }

    static void rotate(Accounts accounts, SmsClient sms, TenantId tenant) {
        accounts.rotate(tenant);
        sms.reload(tenant); // from here on, messages of this tenant use the new credentials
    }

    static WebhookReceiver endpoints(Accounts accounts, InMemoryStore store) {
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .endpoints(name -> accounts.findEndpoint(name)
                        .map(account -> new WebhookEndpoint(
                                account.tenant(),
                                "twilio",
                                TwilioProvider.webhooks(account.oldToken(), account.newToken()))))
                .publicBaseUrl("https://sms.example.org")
                .build();
        return receiver;
    }
    // spotless:on
}
