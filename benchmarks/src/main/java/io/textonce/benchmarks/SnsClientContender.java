package io.textonce.benchmarks;

import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;

/** AWS's own client as people build it, with the HTTP client that it finds (Apache's). */
final class SnsClientContender implements Contender {
    private final SnsClient client;

    SnsClientContender(String base) {
        this.client = SnsClient.builder()
                .endpointOverride(URI.create(base))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(SnsBenches.KEY_ID, SnsBenches.SECRET_KEY)))
                .build();
    }

    @Override
    public String name() {
        return "AWS, SnsClient";
    }

    @Override
    public void send(int number) {
        String id = client.publish(publish -> publish.phoneNumber(Samples.repeated(number))
                        .message(Samples.TEXT)
                        .messageAttributes(Map.of(
                                "AWS.SNS.SMS.SMSType", text("Transactional"),
                                "AWS.MM.SMS.OriginationNumber", text(Samples.FROM))))
                .messageId();
        if (id == null) {
            throw new IllegalStateException("no id");
        }
    }

    private static MessageAttributeValue text(String value) {
        return MessageAttributeValue.builder()
                .dataType("String")
                .stringValue(value)
                .build();
    }

    @Override
    public void close() {
        client.close();
    }
}
