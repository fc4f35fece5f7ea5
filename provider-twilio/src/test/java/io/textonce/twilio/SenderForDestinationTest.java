package io.textonce.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From which sender a message leaves, by its destination: sent by a client, read off the wire. */
class SenderForDestinationTest {

    private static final String POOL = "MG0123456789abcdef0123456789abcdef";

    private final RawServer server = RawServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    private TwilioProvider.Builder provider() {
        return TwilioProvider.builder()
                .accountSid(Fixtures.ACCOUNT)
                .authToken(Fixtures.TOKEN)
                .baseUrl(server.url(""))
                .from(SenderId.of("+12025550100"))
                .senderFor("+44", SenderId.of("Clinic"))
                .senderFor("+4477009", SenderId.of("+447700900001"))
                .senderFor("+61", SenderId.pool(POOL))
                .senderFor("+1613", SenderId.of("+16135550100"));
    }

    private SendResult send(TwilioProvider twilio, SmsMessage message) {
        server.next(RawBehaviour.reply(201, "{\"sid\":\"" + Fixtures.SID + "\"}"));
        try (SmsClient sms = SmsClient.builder().provider(twilio).build()) {
            return sms.send(message);
        }
    }

    /** The parameter that names the sender, as it went over the wire. */
    private String sender() {
        List<String> senders = Arrays.stream(server.requests().get(0).text().split("&"))
                .map(pair -> URLDecoder.decode(pair, StandardCharsets.UTF_8))
                .filter(pair -> pair.startsWith("From=") || pair.startsWith("MessagingServiceSid="))
                .toList();
        assertThat(senders).hasSize(1);
        return senders.get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "+12025550123, From=+12025550100",
        "+16135550123, From=+16135550100",
        "+442079460123, From=Clinic",
        "+447700900123, From=+447700900001",
        "+61491570156, MessagingServiceSid=" + POOL
    })
    void theLongestPrefixOfTheDestinationDecidesElseTheDefault(String to, String expected) {
        assertThat(send(provider().build(), SmsMessage.to(to).text("Hello").build())
                        .isAccepted())
                .isTrue();
        assertThat(sender()).isEqualTo(expected);
    }

    @Test
    void aMessagesOwnSenderGoesBeforeTheDestinations() {
        send(
                provider().build(),
                SmsMessage.to("+447700900123")
                        .from(SenderId.of("Pharmacy"))
                        .text("Hello")
                        .build());
        assertThat(sender()).isEqualTo("From=Pharmacy");
    }

    @Test
    void aSenderOfAnotherProviderGivesWayToTheDestinations() {
        TwilioProvider twilio =
                provider().senders(List.of(SenderId.of("+12025550101"))).build();
        send(
                twilio,
                SmsMessage.to("+447700900123")
                        .from(SenderId.of("Pharmacy"))
                        .text("Hello")
                        .build());
        assertThat(sender()).isEqualTo("From=+447700900001");
    }

    @Test
    void aSenderOfADestinationIsOwnedToo() {
        TwilioProvider twilio =
                provider().senders(List.of(SenderId.of("+12025550101"))).build();
        send(
                twilio,
                SmsMessage.to("+12025550123")
                        .from(SenderId.of("Clinic"))
                        .senderRequired()
                        .text("Hello")
                        .build());
        assertThat(sender()).isEqualTo("From=Clinic");
    }

    @Test
    void aRequiredSenderIsNotReplacedByTheDestinations() {
        TwilioProvider twilio =
                provider().senders(List.of(SenderId.of("+12025550101"))).build();
        SendResult result = send(
                twilio,
                SmsMessage.to("+447700900123")
                        .from(SenderId.of("Pharmacy"))
                        .senderRequired()
                        .text("Hello")
                        .build());
        assertThat(result).isInstanceOfSatisfying(SendResult.Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(Reason.SENDER);
            assertThat(rejected.proof()).isEqualTo(Proof.LOCAL_POLICY);
        });
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aDestinationWithoutASenderIsRefusedBeforeAnyRequest() {
        TwilioProvider twilio = TwilioProvider.builder()
                .accountSid(Fixtures.ACCOUNT)
                .authToken(Fixtures.TOKEN)
                .baseUrl(server.url(""))
                .senders(List.of(SenderId.of("+447700900001")))
                .senderFor("+44", SenderId.of("+447700900001"))
                .build();
        SendResult result =
                send(twilio, SmsMessage.to("+61491570156").text("Hello").build());
        assertThat(result)
                .isInstanceOfSatisfying(
                        SendResult.Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(Reason.SENDER));
        assertThat(server.requests()).isEmpty();
    }
}
