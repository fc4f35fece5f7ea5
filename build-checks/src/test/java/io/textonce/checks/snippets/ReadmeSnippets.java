package io.textonce.checks.snippets;

import static io.textonce.testkit.SmsAssertions.assertThatSms;

import com.sun.net.httpserver.HttpServer;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.client.RateLimit;
import io.textonce.client.Routing;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.sandbox.Behaviour;
import io.textonce.spi.SmsProvider;
import io.textonce.testkit.FakeProvider;
import io.textonce.testkit.VirtualClock;
import io.textonce.twilio.TwilioProvider;
import io.textonce.webhook.WebhookReceiver;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

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

    static SmsClient twoProviders(TwilioProvider.Builder eu, TwilioProvider.Builder us, InMemoryStore store) {
        // spotless:off
        SmsProvider primary = eu.name("twilio-eu").build(); // TwilioProvider.builder()... of either account
        SmsProvider secondary = us.name("twilio-us").build();
        SmsClient sms = SmsClient.builder()
                .provider(primary)
                .provider(secondary)
                .routing(Routing.failover("twilio-eu", "twilio-us"))
                .rateLimit(RateLimit.of(100, Duration.ofHours(1)).keyedByLabel("user"))
                .messages(store)
                .suppressions(store)
                .build();
        sms.send(SmsMessage.to("+61491570156")
                .text("See you at 10:30")
                .label("user", "456")
                .build());
        // spotless:on
        return sms;
    }

    static void hearBack(SmsProvider twilio, HttpServer server) {
        InMemoryStore store = new InMemoryStore(); // lost on exit: repositories on your database in production
        SmsClient sms = SmsClient.builder()
                .provider(twilio)
                .messages(store)
                .suppressions(store)
                .build();

        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .suppressions(store) // YES is a START from who opted out; STOP needs nothing
                .endpoint("twilio", TenantId.DEFAULT, twilio)
                .publicBaseUrl("https://sms.example.org")
                .build();
        serve(server, receiver);
        sms.close();
    }

    static void serve(HttpServer server, WebhookReceiver receiver) {
        server.createContext("/hooks/twilio", exchange -> {
            WebhookRequest request = WebhookRequest.builder(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString())
                    .headers(exchange.getRequestHeaders())
                    .body(exchange.getRequestBody().readNBytes(receiver.maxBodyBytes("twilio") + 1))
                    .build();
            WebhookReply reply = receiver.receive("twilio", request);
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            if (!reply.contentType().isEmpty()) {
                exchange.getResponseHeaders().set("Content-Type", reply.contentType());
            }
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
    }

    static void testWithoutAProvider() {
        FakeProvider fake = FakeProvider.named("fake");
        fake.script().then(Behaviour.loseResponse());
        SmsClient sms =
                SmsClient.builder().provider(fake).time(new VirtualClock()).build();
        SendResult result =
                sms.send(SmsMessage.to("+61491570156").text("See you at 10:30").build());
        assertThatSms(result).isUnknown();
    }
}
