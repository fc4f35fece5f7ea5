package io.textonce.checks.snippets;

import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.twilio.TwilioProvider;
import java.net.URI;

/** The Java of provider-twilio/README.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class TwilioSnippets {

    private TwilioSnippets() {}

    static void send(String token) {
        // spotless:off
        TwilioProvider twilio = TwilioProvider.builder()
                .accountSid("AC...")
                .authToken(token) // or .apiKey("SK...", secret) for the requests
                .from(SenderId.of("+12025550100")) // or SenderId.pool("MG...") of a Messaging Service
                .statusCallback(URI.create("https://sms.example.org/hooks/twilio"))
                .build();
        SmsClient sms = SmsClient.builder().provider(twilio).build();
        SendResult result =
                sms.send(SmsMessage.to("+12025550123").text("See you at 10:30").build());
        // spotless:on
        System.out.println(result.isAccepted());
    }
}
