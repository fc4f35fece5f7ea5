package io.textonce.smsbroadcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.Outcome;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.spi.BalanceQuery;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.SelfCheck;
import io.textonce.spi.SelfCheck.Level;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmsBroadcastProviderTest {

    @Test
    void makesOneRequestForABatchAndTakesEachVerdict() {
        try (RawServer server = RawServer.start();
                SmsBroadcastProvider provider =
                        Fixtures.provider().baseUrl(server.url("")).build()) {
            server.next(RawBehaviour.reply(200, "OK:61491570157:2\nBAD:0491570156:Invalid Number\n"));
            BatchSubmitter batch = provider.role(BatchSubmitter.class).orElseThrow();

            List<SubmitReply> replies =
                    batch.submit(Fixtures.batch("Hi", "+61491570156", "+61491570157", "+61491570158"));

            assertThat(server.received()).isEqualTo(1);
            assertThat(replies)
                    .extracting(SubmitReply::outcome)
                    .containsExactly(Outcome.REJECTED, Outcome.ACCEPTED, Outcome.UNKNOWN);
            assertThat(batch.maxRecipients()).isEqualTo(100);
            assertThat(batch.submit(List.of())).isEmpty();
        }
    }

    @Test
    void leavesEveryRecipientOfALostBatchInDoubtAndAsksOnce() {
        try (RawServer server = RawServer.start();
                SmsBroadcastProvider provider =
                        Fixtures.provider().baseUrl(server.url("")).build()) {
            server.next(RawBehaviour.drop(RawBehaviour.Ending.RST))
                    .otherwise(RawBehaviour.reply(200, "OK:61491570156:1"));

            List<SubmitReply> replies = provider.role(BatchSubmitter.class)
                    .orElseThrow()
                    .submit(Fixtures.batch("Hi", "+61491570156", "+61491570157"));

            server.settle();
            assertThat(server.received()).isEqualTo(1);
            assertThat(replies).hasSize(2).extracting(SubmitReply::outcome).containsOnly(Outcome.UNKNOWN);
        }
    }

    @Test
    void doesNotRetryACertificateThatIsNotTrusted() {
        try (RawServer server = RawServer.builder().tls().start();
                SmsBroadcastProvider provider =
                        Fixtures.provider().baseUrl(server.url("")).build()) {
            SubmitReply reply = provider.submit(Fixtures.submission("+61491570156", "Hi"));

            assertThat(reply.proof()).contains(Proof.NOT_TRANSMITTED);
            assertThat(reply.reason()).contains(Reason.CREDENTIAL);
            assertThat(server.received()).isZero();
        }
    }

    @Test
    void saysThatItIsClosed() {
        SmsBroadcastProvider provider = Fixtures.provider().build();
        provider.close();
        SubmitReply reply = provider.submit(Fixtures.submission("+61491570156", "Hi"));
        assertThat(reply.proof()).contains(Proof.NOT_TRANSMITTED);
        assertThat(reply.reason()).contains(Reason.UNAVAILABLE);
    }

    @Test
    void playsTheRolesThatItCan() {
        try (SmsBroadcastProvider provider =
                Fixtures.provider().webhookSecrets(Fixtures.SECRET).build()) {
            assertThat(provider.role(WebhookParser.class)).isPresent();
            assertThat(provider.role(BatchSubmitter.class)).isPresent();
            assertThat(provider.role(BalanceQuery.class)).isPresent();
            assertThat(provider.role(SelfCheck.class)).isPresent();
            assertThat(provider.role(StatusLookup.class)).isEmpty();
            assertThat(provider.capabilities().settlement()).containsOnly(Settlement.DELIVERY_REPORT);
            assertThat(provider.capabilities().maxMedia()).isZero();
        }
        try (SmsBroadcastProvider provider = Fixtures.provider().build()) {
            assertThat(provider.capabilities().settlement()).isEmpty();
        }
    }

    @Test
    void namesEveryWrongOptionAtOnceAndShowsNoSecret() {
        OkHttpClient intercepted = new OkHttpClient.Builder()
                .addInterceptor(chain -> chain.proceed(chain.request()))
                .build();
        assertThatThrownBy(() -> SmsBroadcastProvider.builder()
                        .name("SMS Broadcast")
                        .credentials("user\n", "geheim\u00e9")
                        .from(SenderId.of("My Clinic"))
                        .senders(List.of(SenderId.pool("shared")))
                        .maxSplit(11)
                        .maxRecipients(1)
                        .webhookSecrets("s3cr3t", "with blank and more than that")
                        .webhookHeader("X Secret")
                        .webhookKey("one two", "bm90IGEga2V5")
                        .webhookKey("b", "!")
                        .baseUrl("http://api.smsbroadcast.example")
                        .connectTimeout(Duration.ZERO)
                        .client(intercepted)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name is \"SMS Broadcast\"")
                .hasMessageContaining("(hidden, 5 characters)")
                .hasMessageContaining("(hidden, 7 characters)")
                .hasMessageContaining("a sender is \"My Clinic\": ")
                .hasMessageContaining("a sender is \"shared\": ")
                .hasMessageContaining("maxSplit is 11; allowed are 1 to 10")
                .hasMessageContaining("maxRecipients is 1; allowed are 2 to 1000")
                .hasMessageContaining("(hidden, 6 characters)")
                .hasMessageContaining("webhookHeader is \"X Secret\"")
                .hasMessageContaining("webhookKey's id is \"one two\"")
                .hasMessageContaining("webhookKey \"b\" isn't an RSA public key")
                .hasMessageContaining("allowed is https")
                .hasMessageContaining("connectTimeout is PT0S")
                .hasMessageContaining("1 interceptor(s)")
                .hasMessageNotContainingAny("geheim", "s3cr3t", "with blank", "bm90IGEga2V5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "api.smsbroadcast.com.au",
                "https://user@api.smsbroadcast.com.au",
                "https://api.smsbroadcast.com.au?x=1",
                "https://api.smsbroadcast.com.au/api-adv.php",
                "ftp://api.smsbroadcast.com.au",
                "http://192.0.2.1",
                "::"
            })
    void refusesABaseUrlThatWouldCarryCredentialsElsewhere(String url) {
        assertThatThrownBy(() -> Fixtures.provider().baseUrl(url).build()).hasMessageContaining("baseUrl");
    }

    @Test
    void refusesAKeyThatIsTooShort() throws Exception {
        java.security.KeyPairGenerator generator = java.security.KeyPairGenerator.getInstance("RSA");
        generator.initialize(512);
        String key = Fixtures.base64(generator.generateKeyPair());
        assertThatThrownBy(() -> Fixtures.provider().webhookKey("short", key).build())
                .hasMessageContaining("512 bits; allowed are 1024");
    }

    @Test
    void readsTheEnvironmentOfTheSeedSystem() {
        Map<String, String> environment = Map.of(
                "SMS_BROADCAST_USERNAME", "your_username",
                "SMS_BROADCAST_PASSWORD", " your_password ",
                "SMS_SENDER_ID", "WalkEasy");
        try (RawServer server = RawServer.start()) {
            Map<String, String> all = new java.util.HashMap<>(environment);
            all.put("SMS_BROADCAST_BASE_URL", server.url(""));
            try (SmsBroadcastProvider provider = SmsBroadcastProvider.fromEnvironment(all)) {
                server.next(RawBehaviour.reply(200, "OK: 61491570156: 1"));
                assertThat(provider.submit(Fixtures.submission("+61491570156", "Hi"))
                                .outcome())
                        .isEqualTo(Outcome.ACCEPTED);
                assertThat(server.requests().get(0).text())
                        .startsWith("username=your_username&password=your_password&to=61491570156&from=WalkEasy&");
                assertThat(provider.role(WebhookParser.class)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"61491570157", "0491570157", "+61491570157"})
    void readsASenderNumberInEverySpelling(String sender) {
        try (SmsBroadcastProvider provider = SmsBroadcastProvider.fromEnvironment(Map.of(
                "SMS_BROADCAST_USERNAME", "u",
                "SMS_BROADCAST_PASSWORD", "p",
                "SMS_SENDER_ID", sender))) {
            assertThat(provider.role(SelfCheck.class).orElseThrow().check())
                    .anySatisfy(finding -> assertThat(finding.detail()).isEqualTo("NUMBER ***157"));
        }
    }

    @Test
    void readsTheRestOfTheEnvironmentAndNamesWhatIsWrong() {
        try (SmsBroadcastProvider provider = SmsBroadcastProvider.fromEnvironment(Map.of(
                "SMS_BROADCAST_USERNAME", "u",
                "SMS_BROADCAST_PASSWORD", "p",
                "SMS_BROADCAST_MAXSPLIT", "7",
                "SMS_BROADCAST_WEBHOOK_SECRET", Fixtures.SECRET,
                "SMS_BROADCAST_WEBHOOK_SECRET_SECONDARY", Fixtures.OLD_SECRET,
                "SMS_BROADCAST_WEBHOOK_HEADER", "X-Clinic",
                "SMS_BROADCAST_WEBHOOK_KEYS",
                        "a=" + Fixtures.base64(Fixtures.KEY) + "\n b=" + Fixtures.base64(Fixtures.OLD_KEY)))) {
            assertThat(provider.capabilities().segments().maxSegments()).isEqualTo(7);
            assertThat(provider.role(SelfCheck.class).orElseThrow().check())
                    .anySatisfy(finding -> assertThat(finding.detail()).isEqualTo("2 secret(s) and 2 key(s) (hidden)"))
                    .anySatisfy(finding -> assertThat(finding.detail()).contains("key b has 1024 bits only"));
        }
        assertThatThrownBy(() -> SmsBroadcastProvider.fromEnvironment(Map.of("SMS_BROADCAST_PASSWORD", " ")))
                .hasMessageContaining("SMS_BROADCAST_USERNAME, SMS_BROADCAST_PASSWORD");
        assertThatThrownBy(() -> SmsBroadcastProvider.fromEnvironment(Map.of(
                        "SMS_BROADCAST_USERNAME", "u",
                        "SMS_BROADCAST_PASSWORD", "p",
                        "SMS_BROADCAST_MAXSPLIT", "many",
                        "SMS_BROADCAST_WEBHOOK_KEYS", "nokey",
                        "SMS_SENDER_ID", "Far too long a name")))
                .hasMessageContaining("SMS_BROADCAST_MAXSPLIT")
                .hasMessageContaining("webhookKey")
                .hasMessageContaining("SMS_SENDER_ID");
    }

    @Test
    void checksItselfByTheBalance() {
        try (RawServer server = RawServer.start();
                SmsBroadcastProvider provider = Fixtures.provider()
                        .from(SenderId.of("MyClinic"))
                        .baseUrl(server.url(""))
                        .build()) {
            server.next(
                    RawBehaviour.reply(200, "OK: 5000.5"),
                    RawBehaviour.reply(200, "OK: 0"),
                    RawBehaviour.reply(200, "ERROR: Username or password is incorrect"),
                    RawBehaviour.reply(200, "OK:"),
                    RawBehaviour.reply(500, "OK: 5000"),
                    RawBehaviour.drop(RawBehaviour.Ending.FIN));
            SelfCheck check = provider.role(SelfCheck.class).orElseThrow();
            assertThat(check.check())
                    .anySatisfy(finding -> {
                        assertThat(finding.detail()).isEqualTo("5000.5 credits left");
                        assertThat(finding.level()).isEqualTo(Level.OK);
                    })
                    .anySatisfy(finding -> assertThat(finding.remedy()).contains("Sender ID Register"))
                    .anySatisfy(finding -> assertThat(finding.remedy()).contains("SMS > Receive an SMS"));
            assertThat(check.check())
                    .anySatisfy(finding -> assertThat(finding.remedy()).contains("top up"));
            assertThat(check.check())
                    .anySatisfy(finding -> assertThat(finding.detail()).contains("Invalid credentials"))
                    .allSatisfy(finding ->
                            assertThat(finding.toString()).doesNotContain(Fixtures.USERNAME, Fixtures.PASSWORD));
            BalanceQuery balance = provider.role(BalanceQuery.class).orElseThrow();
            for (int i = 0; i < 3; i++) {
                assertThat(balance.balance().balance()).isNull();
            }
            assertThat(server.requests())
                    .allSatisfy(request -> assertThat(request.target()).isEqualTo("/api-adv.php"));
        }
    }

    @Test
    void keepsToItsSendersWhereTheHostListedThem() {
        try (SmsBroadcastProvider provider = Fixtures.provider()
                .from(SenderId.of("MyClinic"))
                .senders(List.of(SenderId.of("+61491570110")))
                .build()) {
            assertThat(provider.capabilities().owns(SenderId.of("MyClinic"))).isTrue();
            assertThat(provider.capabilities().owns(SenderId.of("+61491570110")))
                    .isTrue();
            assertThat(provider.capabilities().owns(SenderId.of("Other"))).isFalse();
        }
    }
}
