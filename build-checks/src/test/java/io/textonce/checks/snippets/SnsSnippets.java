package io.textonce.checks.snippets;

import io.textonce.OtherEvent;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.sns.SnsProvider;
import io.textonce.testkit.SignedSnsMessage;
import io.textonce.testkit.SnsCertificate;
import java.time.Instant;

/** The Java of provider-sns/README.md, so that it compiles; DocumentSnippetsTest holds the two together. */
final class SnsSnippets {

    private SnsSnippets() {}

    static void send(String keyId, String secret) {
        // spotless:off
        SnsProvider aws = SnsProvider.endUserMessaging() // or SnsProvider.builder() for SNS Publish
                .region("us-east-1")
                .credentials(
                        keyId, secret) // or any AwsCredentialsProvider of AWS's SDK; or none, for its default chain
                .from(SenderId.of("+12025550100"))
                .option("ConfigurationSetName", "texts")
                .topics("arn:aws:sns:us-east-1:123456789012:texts")
                .build();
        SmsClient sms = SmsClient.builder().provider(aws).build();
        sms.send(SmsMessage.to("+12025550123").text("See you at 10:30").build());
        // spotless:on
    }

    static void confirm(SnsProvider aws, SmsEvent event) {
        // spotless:off
        if (event instanceof OtherEvent other && other.kind().equals("SubscriptionConfirmation")) {
            System.out.println(aws.confirmSubscription(other));
        }
        // spotless:on
    }

    static Object test(String topic, String json, Instant now) {
        // spotless:off
        SnsCertificate certificate = SnsCertificate.named("sns.amazonaws.com");
        SnsProvider aws = SnsProvider.endUserMessaging()
                .region("us-east-1")
                .credentials("AKID", "secret")
                .topics(topic)
                .signingCertificate(certificate.address("us-east-1"), certificate.pem())
                .build();
        Object request = SignedSnsMessage.notification(topic, json)
                .target("/hooks/aws") // your path; the default is /hooks/sns
                .timestamp(now)
                .sign(certificate);
        // spotless:on
        return request.toString() + aws;
    }
}
