package io.textonce.checks.snippets;

import io.textonce.TenantId;
import io.textonce.client.SmsClient;
import io.textonce.jdbc.JdbcStore;
import io.textonce.jdbc.RowCipher;
import io.textonce.phone.PhoneHash;
import io.textonce.twilio.TwilioProvider;
import io.textonce.webhook.WebhookReceiver;
import java.time.Duration;
import javax.sql.DataSource;

/** The Java of integrations/jdbc/README.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class JdbcSnippets {

    private JdbcSnippets() {}

    static void open(DataSource dataSource, TwilioProvider twilio) {
        // spotless:off
        JdbcStore.migrate(dataSource); // creates or updates the tables; harmless where they are
        JdbcStore store = JdbcStore.of(dataSource);

        SmsClient sms = SmsClient.builder()
                .provider(twilio)
                .messages(store)
                .suppressions(store)
                .idempotency(store.idempotencyKeys(), Duration.ofDays(30))
                .limitStore(store.limits())
                .spend(store.spending())
                .templates(store.templates())
                .build();
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .suppressions(store) // YES is a START from who opted out; STOP needs nothing
                .endpoint("twilio", TenantId.DEFAULT, twilio)
                .publicBaseUrl("https://sms.example.org")
                .build();
        // spotless:on
        System.out.println(sms + " " + receiver);
    }

    static JdbcStore seal(DataSource dataSource, RowCipher cipher, byte[] key) {
        // spotless:off
        JdbcStore store = JdbcStore.builder(dataSource)
                .sealedBy(cipher, PhoneHash.withKey(key)) // your RowCipher, say AES-GCM by your key service
                .build();
        // spotless:on
        return store;
    }
}
