package io.textonce.checks.snippets;

import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.gateway.GatewayProfile;
import io.textonce.gateway.GatewayProvider;
import io.textonce.sns.SnsProvider;
import io.textonce.twilio.TwilioProvider;
import java.net.URI;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;

/** The Java of docs/migrating.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class MigrationSnippets {

    private MigrationSnippets() {}

    static String fromTwilio(String accountSid, String authToken) {
        // spotless:off
        TwilioProvider twilio = TwilioProvider.builder()
                .accountSid(accountSid)
                .authToken(authToken)
                .from(SenderId.of("+12025550100"))
                .statusCallback(URI.create("https://sms.example.org/hooks/twilio"))
                .build();
        SmsClient sms = SmsClient.builder().provider(twilio).build();

        SendResult result =
                sms.send(SmsMessage.to("+12025550123").text("See you at 10:30").build());
        String sid = result.fold(
                accepted -> accepted.providerMessageId().orElse(""),
                rejected -> "",
                unknown -> unknown.providerMessageId().orElse(""));
        // spotless:on
        return sid;
    }

    static SendResult fromSns(IdentityProvider<? extends AwsCredentialsIdentity> credentials) {
        // spotless:off
        SnsProvider aws = SnsProvider.builder()
                .region("us-east-1")
                .credentials(credentials) // your SDK's AwsCredentialsProvider
                .option("AWS.SNS.SMS.SMSType", "Transactional")
                .build();
        SmsClient sms = SmsClient.builder().provider(aws).build();
        SendResult result =
                sms.send(SmsMessage.to("+12025550123").text("See you at 10:30").build());
        // spotless:on
        return result;
    }

    static SmsClient fromOurOwn(String apiKey) {
        // spotless:off
        GatewayProfile profile = GatewayProfile.builder("our-gateway")
                .get("{baseUrl}/send")
                .query("to", "{to}")
                .query("from", "{from}")
                .query("text", "{text}")
                .query("key", "{secret.apiKey}")
                .line("OK (?P<id>\\w+)")
                .line("ERR (?P<reason>.*)")
                .accepted("id")
                .messageId("id")
                .build();
        GatewayProvider gateway = GatewayProvider.builder(profile)
                .baseUrl("https://sms.example.org")
                .secret("apiKey", apiKey)
                .build();
        SmsClient sms =
                SmsClient.builder().provider(gateway).defaultRegion("ET").build();
        // spotless:on
        return sms;
    }
}
