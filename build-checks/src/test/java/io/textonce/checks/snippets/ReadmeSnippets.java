package io.textonce.checks.snippets;

import io.textonce.SendResult;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.client.RateLimit;
import io.textonce.client.Routing;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.spi.SmsProvider;
import io.textonce.twilio.TwilioProvider;
import io.textonce.webhook.WebhookReceiver;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The Java of README.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class ReadmeSnippets {

    private ReadmeSnippets() {}

    static void sendThroughTwilio() {
        // TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER
        SmsProvider twilio = TwilioProvider.fromEnvironment();
        try (SmsClient sms =
                SmsClient.builder().provider(twilio).defaultRegion("AU").build()) {
            SmsMessage message =
                    SmsMessage.to("0491 570 156").text("See you at 10:30").build();
            SendResult result = sms.send(message);
            String line = result.fold(
                    accepted -> "with " + accepted.provider(),
                    rejected -> "not sent, and that is certain: " + rejected.explanation(),
                    unknown -> "may have been sent; what settles it: " + unknown.settlement());
            System.out.println(line);
        }
    }

    static SmsClient twoProviders(SmsProvider primary, SmsProvider secondary, InMemoryStore store) {
        SmsClient sms = SmsClient.builder()
                .provider(primary)
                .provider(secondary)
                .routing(Routing.failover("twilio-eu", "twilio-us"))
                .rateLimit(RateLimit.of(100, Duration.ofHours(1)).keyedByLabel("user"))
                .messages(store)
                .suppressions(store)
                .build();
        return sms;
    }

    static WebhookReply hearBack(
            SmsProvider twilio,
            InMemoryStore store,
            SmsListener listener,
            String method,
            String rawTarget,
            Map<String, List<String>> headers,
            byte[] body) {
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .endpoint("twilio", TenantId.DEFAULT, twilio)
                .publicBaseUrl("https://sms.example.org")
                .listener(listener)
                .build();

        WebhookRequest request = WebhookRequest.builder(method, rawTarget)
                .headers(headers)
                .body(body)
                .build();
        WebhookReply reply = receiver.receive("twilio", request);
        return reply;
    }
}
