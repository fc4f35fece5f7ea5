package io.textonce.checks.snippets;

import io.textonce.InboundMessage;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.TenantId;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.EventRepository;
import io.textonce.twilio.TwilioProvider;
import io.textonce.webhook.WebhookReceiver;

/** The Java of docs/webhooks.md that isn't in examples/webhooks; DocumentSnippetsTest holds the two together. */
final class WebhookSnippets {

    private WebhookSnippets() {}

    interface Screen {
        void refresh(TenantId tenant);
    }

    static long read(InMemoryStore store, TwilioProvider twilio, Screen screen, long from) {
        long cursor = from;
        // spotless:off
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .suppressions(store) // YES is a START from who opted out; STOP needs nothing
                .endpoint("twilio", TenantId.DEFAULT, twilio)
                .publicBaseUrl("https://sms.example.org")
                .listener(new SmsListener() {
                    @Override
                    public void onEvent(SmsEvent event) {
                        screen.refresh(event.tenant());
                    }
                })
                .build();

        for (EventRepository.Stored stored : store.since(TenantId.DEFAULT, cursor, 100)) {
            if (stored.event() instanceof InboundMessage message) {
                System.out.println(message.from() + ": " + message.text());
            }
            cursor = stored.seq(); // keep it with what you did
        }
        // spotless:on
        System.out.println(receiver.refused());
        return cursor;
    }
}
