package io.textonce.checks.snippets;

import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.smsbroadcast.SmsBroadcastProvider;

/** The Java of provider-smsbroadcast/README.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class SmsBroadcastSnippets {

    private SmsBroadcastSnippets() {}

    static void send(String apiKey, String apiSecret, String secret) {
        // spotless:off
        SmsBroadcastProvider clinic = SmsBroadcastProvider.builder()
                .credentials(apiKey, apiSecret) // made in the portal; an account login no longer works
                .from(SenderId.of("MyClinic")) // or a number; without any, one of SMS Broadcast's pool
                .webhookSecrets(secret) // a long random one, which the portal sends back to you
                .build();
        SmsClient sms = SmsClient.builder().provider(clinic).defaultRegion("AU").build();
        SendResult result =
                sms.send(SmsMessage.to("0491 570 156").text("See you at 10:30").build());
        // spotless:on
        System.out.println(result.isAccepted());
    }
}
