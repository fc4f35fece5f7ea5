package io.textonce.checks.snippets;

import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.Bulk;
import io.textonce.client.BulkCheck;
import io.textonce.client.BulkRun;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.webhook.WebhookReceiver;
import java.util.List;

/** The Java of docs/client.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class ClientSnippets {

    private ClientSnippets() {}

    static void many(SmsClient sms, List<SmsMessage> list) throws InterruptedException {
        // spotless:off
        Bulk bulk = sms.bulk().idempotencyPrefix("march").onProgress(System.out::println);
        BulkCheck check = bulk.check(list); // sends nothing
        System.out.println(check);
        BulkRun run = bulk.start(list, (message, result) -> {
            if (!result.isAccepted()) {
                System.out.println(message.reference().orElse("?") + ": " + result);
            }
        });
        System.out.println(run.await().orThrow());
        // spotless:on
    }

    static SmsClient withoutAnAccount() {
        // spotless:off
        InMemoryStore store = new InMemoryStore();
        SandboxProvider sandbox = SandboxProvider.create().live();
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .endpoint("sandbox", TenantId.DEFAULT, sandbox)
                .build();
        sandbox.connect(request -> receiver.receive("sandbox", request));
        SmsClient sms = SmsClient.builder()
                .provider(sandbox)
                .messages(store)
                .suppressions(store)
                .build();
        sms.send(SmsMessage.to("+12025550161").text("See you at 10:30").build()); // delivered, and answered STOP
        // spotless:on
        return sms;
    }
}
