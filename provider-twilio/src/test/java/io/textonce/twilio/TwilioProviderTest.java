package io.textonce.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.MessageId;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class TwilioProviderTest {

    private static final String ACCOUNT = "AC00000000000000000000000000000001";
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @Test
    void sendsOneFormAndTakesTheSid() {
        try (RawServer server = RawServer.start();
                TwilioProvider twilio = provider().baseUrl(server.url("")).build()) {
            server.next(RawBehaviour.reply(201, "{\"sid\":\"SM0123456789abcdef0123456789abcdef\"}"));

            SubmitReply reply = twilio.submit(submission().build());

            assertThat(reply.outcome()).isEqualTo(Outcome.ACCEPTED);
            assertThat(reply.providerMessageId()).hasValue("SM0123456789abcdef0123456789abcdef");
            RawServer.Request request = server.requests().get(0);
            assertThat(request.target()).isEqualTo("/2010-04-01/Accounts/" + ACCOUNT + "/Messages.json");
            assertThat(request.text()).isEqualTo("To=%2B12025550123&From=%2B12025550100&Body=Hello");
        }
    }

    @Test
    void doesNotRetryACertificateThatIsNotTrusted() {
        try (RawServer server = RawServer.builder().tls().start();
                TwilioProvider twilio = provider().baseUrl(server.url("")).build()) {
            SubmitReply reply = twilio.submit(submission().build());

            assertThat(reply.proof()).hasValue(Proof.NOT_TRANSMITTED);
            assertThat(reply.reason()).hasValue(Reason.CREDENTIAL);
            assertThat(server.received()).isZero();
        }
    }

    @Test
    void saysThatItIsClosed() {
        TwilioProvider twilio = provider().build();
        twilio.close();

        SubmitReply reply = twilio.submit(submission().build());

        assertThat(reply.proof()).hasValue(Proof.NOT_TRANSMITTED);
        assertThat(reply.reason()).hasValue(Reason.UNAVAILABLE);
    }

    @Test
    void namesEveryWrongOptionAtOnceAndShowsNoSecret() {
        OkHttpClient intercepted = new OkHttpClient.Builder()
                .addInterceptor(chain -> chain.proceed(chain.request()))
                .build();
        assertThatThrownBy(() -> TwilioProvider.builder()
                        .name("Twilio One")
                        .accountSid("your-account-sid-here")
                        .authToken("geheim")
                        .apiKey("SK12", "short")
                        .webhookAuthTokens("with blank")
                        .from(SenderId.pool("MG12"))
                        .senderFor("44", SenderId.of("Clinic"))
                        .statusCallback(URI.create("https://my_host.example.org/x"))
                        .region("IE 1")
                        .baseUrl("http://api.twilio.example")
                        .connectTimeout(Duration.ZERO)
                        .client(intercepted)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name is \"Twilio One\"; allowed are 1 to 32 of a-z, 0-9 and -")
                .hasMessageContaining(
                        "accountSid is \"your-account-sid-here\"; allowed is AC and 32 hexadecimal digits")
                .hasMessageContaining("authToken is (hidden, 6 characters)")
                .hasMessageContaining("apiKey sid is \"SK12\"")
                .hasMessageContaining("apiKey secret is (hidden, 5 characters)")
                .hasMessageContaining("webhookAuthTokens is (hidden, 10 characters)")
                .hasMessageContaining("a sender pool is \"MG12\"")
                .hasMessageContaining("senderFor prefix is \"44\"")
                .hasMessageContaining("my_host.example.org")
                .hasMessageContaining("region is \"IE 1\"")
                .hasMessageContaining("baseUrl is set beside region or edge")
                .hasMessageContaining("allowed is https")
                .hasMessageContaining("connectTimeout is PT0S")
                .hasMessageContaining("1 interceptor(s)")
                .hasMessageNotContainingAny("geheim", "short", "with blank");
    }

    @Test
    void asksForCredentialsAndASender() {
        assertThatThrownBy(() -> TwilioProvider.builder().build())
                .hasMessageContaining("accountSid is missing")
                .hasMessageContaining("authToken and apiKey are both missing")
                .hasMessageContaining("from is missing");
    }

    @Test
    void readsTheEnvironmentOfTheSeedSystems() {
        Map<String, String> environment = Map.of(
                "TWILIO_ACCOUNT_SID",
                ACCOUNT,
                "TWILIO_AUTH_TOKEN",
                TOKEN,
                "TWILIO_PHONE_NUMBER",
                "+12025550100",
                "BACKEND_URL",
                "https://sms.example.org/");
        try (TwilioProvider twilio = TwilioProvider.fromEnvironment(environment)) {
            assertThat(twilio.name()).isEqualTo("twilio");
            assertThat(twilio.capabilities().settlement())
                    .isEqualTo(Set.of(Settlement.LOOKUP, Settlement.DELIVERY_REPORT));
            assertThat(twilio.toString()).contains(ACCOUNT).doesNotContain(TOKEN);
        }
        Settings settings = new Settings(Environment.read(environment), List.of());
        assertThat(settings.statusCallback(MessageId.of("0123456789abc")))
                .isEqualTo("https://sms.example.org/api/v1/twilio/sms/status-callback?textonce-id=0123456789abc");
    }

    @Test
    void namesEveryMissingVariableAtOnce() {
        assertThatThrownBy(() -> TwilioProvider.fromEnvironment(Map.of("TWILIO_AUTH_TOKEN", "  ")))
                .hasMessageContaining(
                        "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and TWILIO_API_SECRET), TWILIO_PHONE_NUMBER");
        assertThatThrownBy(() -> TwilioProvider.fromEnvironment(Map.of("TWILIO_API_KEY", "SK")))
                .hasMessageContaining("TWILIO_API_SECRET");
    }

    @Test
    void namesAnEnvironmentNumberThatIsNotE164WithoutShowingIt() {
        assertThatThrownBy(() -> TwilioProvider.fromEnvironment(Map.of(
                        "TWILIO_ACCOUNT_SID", ACCOUNT,
                        "TWILIO_AUTH_TOKEN", TOKEN,
                        "TWILIO_PHONE_NUMBER", "12025550100")))
                .hasMessageContaining("TWILIO_PHONE_NUMBER")
                .hasMessageContaining("E.164");
    }

    @Test
    void takesServiceKeyRegionAndSecondTokenFromTheEnvironment() {
        Settings settings = new Settings(
                Environment.read(Map.of(
                        "TWILIO_ACCOUNT_SID", ACCOUNT,
                        "TWILIO_API_KEY", "SK00000000000000000000000000000001",
                        "TWILIO_API_SECRET", "abcdefghij",
                        "TWILIO_AUTH_TOKEN", TOKEN,
                        "TWILIO_AUTH_TOKEN_SECONDARY", "fedcba9876543210fedcba9876543210",
                        "TWILIO_MESSAGING_SERVICE_SID", "MG00000000000000000000000000000001",
                        "TWILIO_REGION", "ie1",
                        "TWILIO_EDGE", "dublin",
                        "TWILIO_STATUS_CALLBACK_URL", "https://sms.example.org/hook?a=1#rc=3")),
                List.of());
        assertThat(settings.baseUrl()).isEqualTo("https://api.dublin.ie1.twilio.com");
        assertThat(settings.from()).isEqualTo(SenderId.pool("MG00000000000000000000000000000001"));
        assertThat(settings.usesApiKey()).isTrue();
        assertThat(settings.webhookTokens()).containsExactly(TOKEN, "fedcba9876543210fedcba9876543210");
        assertThat(settings.statusCallback(MessageId.of("0123456789abc")))
                .isEqualTo("https://sms.example.org/hook?a=1&textonce-id=0123456789abc#rc=3");
    }

    @Test
    void derivesHostsFromRegionAndEdgeAsTwilioDoes() {
        assertThat(new Settings(provider(), List.of()).baseUrl()).isEqualTo("https://api.twilio.com");
        assertThat(new Settings(provider().edge("sydney"), List.of()).baseUrl())
                .isEqualTo("https://api.sydney.us1.twilio.com");
        assertThat(new Settings(provider().region("au1"), List.of()).baseUrl()).isEqualTo("https://api.au1.twilio.com");
    }

    @Test
    void claimsNoDeliveryReportsWithoutAStatusCallback() {
        try (TwilioProvider twilio = provider().build()) {
            assertThat(twilio.capabilities().settlement()).isEqualTo(Set.of(Settlement.LOOKUP));
            assertThat(twilio.capabilities().maxMedia()).isEqualTo(10);
            assertThat(twilio.capabilities().owns(SenderId.pool("MG1"))).isTrue();
        }
    }

    @Test
    void ownsTheListedSendersAndItsDefaults() {
        try (TwilioProvider twilio = provider()
                .senders(Set.of(SenderId.of("12345")))
                .senderFor("+44", SenderId.of("Clinic"))
                .build()) {
            assertThat(twilio.capabilities().senders())
                    .containsExactlyInAnyOrder(
                            SenderId.of("12345"), SenderId.of("Clinic"), SenderId.of("+12025550100"));
            assertThat(twilio.capabilities().owns(SenderId.of("Other"))).isFalse();
        }
    }

    static TwilioProvider.Builder provider() {
        return TwilioProvider.builder().accountSid(ACCOUNT).authToken(TOKEN).from(SenderId.of("+12025550100"));
    }

    static Submission.Builder submission() {
        return Submission.builder(MessageId.of("0123456789abc"), PhoneNumber.of("+12025550123"), "Hello");
    }
}
