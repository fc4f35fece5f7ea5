package io.textonce.checks;

import io.textonce.SenderId;
import io.textonce.gateway.GatewayProfile;
import io.textonce.gateway.GatewayProvider;
import io.textonce.smsbroadcast.SmsBroadcastProvider;
import io.textonce.sns.SnsProvider;
import io.textonce.spi.SmsProvider;
import io.textonce.twilio.TwilioProvider;
import java.time.Duration;
import java.util.function.Function;

/** The providers of the layout, each made for a server that stands in for its own, and what that server says to accept. */
@SuppressWarnings("ImmutableEnumChecker") // the functions hold no state
enum AllProviders {
    TWILIO(
            url -> TwilioProvider.builder()
                    .accountSid("AC00000000000000000000000000000001")
                    .authToken("0123456789abcdef0123456789abcdef")
                    .from(SenderId.of("+12025550100"))
                    .baseUrl(url)
                    .build(),
            201,
            "{\"sid\": \"SM0123456789abcdef0123456789abcdef\", \"status\": \"queued\", \"num_segments\": \"1\"}"),
    SMS_BROADCAST(
            url -> SmsBroadcastProvider.builder()
                    .credentials("user", "secret")
                    .from(SenderId.of("ClinicSMS"))
                    .baseUrl(url)
                    .build(),
            200,
            "OK: 61491570156:2942263\n"),
    SNS(
            url -> SnsProvider.builder()
                    .region("us-east-1")
                    .credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
                    .baseUrl(url)
                    .build(),
            200,
            "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>"
                    + "94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult><ResponseMetadata><RequestId>"
                    + "f187a3c1-376f-11df-8963-01868b7c937a</RequestId></ResponseMetadata></PublishResponse>"),
    HTTP_GATEWAY(
            url -> GatewayProvider.builder(GatewayProfile.shipped("kannel"))
                    .baseUrl(url)
                    .allowInsecure()
                    .secret("username", "tester")
                    .secret("password", "foobar")
                    .build(),
            202,
            "0: Accepted for delivery");

    private final Function<String, SmsProvider> provider;
    private final int status;
    private final String body;

    AllProviders(Function<String, SmsProvider> provider, int status, String body) {
        this.provider = provider;
        this.status = status;
        this.body = body;
    }

    /** With a connect timeout of half a second. */
    static SmsProvider quickTwilio(String url) {
        return TwilioProvider.builder()
                .accountSid("AC00000000000000000000000000000001")
                .authToken("0123456789abcdef0123456789abcdef")
                .from(SenderId.of("+12025550100"))
                .baseUrl(url)
                .connectTimeout(Duration.ofMillis(500))
                .build();
    }

    SmsProvider at(String url) {
        return provider.apply(url);
    }

    int acceptedStatus() {
        return status;
    }

    String acceptedBody() {
        return body;
    }
}
