package io.textonce.example.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.example.platform.Platform.Answer;
import io.textonce.outbox.SmsOutbox;
import io.textonce.testkit.RawServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two processes, as far as a test has them: two applications on one PostgreSQL, with nothing in common but that. */
class ClusterTest {

    @Test
    void whatIsScheduledGoesOutOnceAndAllProcessesShareTheHourlyLimit() throws IOException {
        List<String> reminded = List.of("+12025550100", "+447700900101");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("fsync", "off")
                        .start();
                RawServer twilio = Platform.twilio();
                RawServer sns = Platform.sns()) {
            Map<String, String> settings = Map.of(
                    "DATABASE_URL", postgres.getJdbcUrl("postgres", "postgres") + "&logServerErrorDetail=false",
                    "DATABASE_USER", "postgres",
                    "SMS_RATE_LIMIT", "5",
                    // With appointments of tomorrow.
                    "spring.flyway.locations", "classpath:db/migration,classpath:db/demo",
                    "textonce.outbox.poll", "100ms");
            try (Platform one = new Platform(twilio, sns, settings, "cluster");
                    Platform two = new Platform(twilio, sns, settings, "cluster")) {
                schedule(one, two);
                sharesTheLimit(one, two, twilio);
                twilio.awaitReceived(20 + 5 + reminded.size());
                one.app.getBean(SmsOutbox.class).pump();
                two.app.getBean(SmsOutbox.class).pump();
            }
            // Closed, each has recorded what it did.
            for (int i = 0; i < 20; i++) {
                assertThat(Platform.sentTo(twilio, "+120255501" + (50 + i))).hasSize(1);
            }
            for (String number : reminded) {
                assertThat(Platform.sentTo(twilio, number))
                        .as("reminded by one of them")
                        .hasSize(1);
            }
            assertThat(JdbcClient.create(postgres.getPostgresDatabase())
                            .sql("select count(*) from textonce_message where state = 'ACCEPTED'")
                            .query(Integer.class)
                            .single())
                    .isEqualTo(20 + 5 + reminded.size());
        }
    }

    private static void schedule(Platform one, Platform two) {
        Instant soon = Instant.now().plusSeconds(2);
        for (int i = 0; i < 20; i++) {
            Platform enqueues = i % 2 == 0 ? one : two;
            enqueues.post(
                            "chief",
                            "/api/sms/schedule",
                            "{'phone_number': '+120255501" + (50 + i) + "', 'message': 'Once', 'scheduled_time': '"
                                    + soon + "'}")
                    .expect(202);
        }
    }

    private static void sharesTheLimit(Platform one, Platform two, RawServer twilio) {
        for (int i = 0; i < 5; i++) {
            (i % 2 == 0 ? one : two)
                    .post("ben", "/api/sms/send", "{'phone_number': '+12025550149', 'message': 'No. " + i + "'}")
                    .expect(201);
        }
        for (Platform each : new Platform[] {one, two}) {
            Answer refused = each.post("ben", "/api/sms/send", "{'phone_number': '+12025550149', 'message': 'x'}");
            assertThat(refused.status()).isEqualTo(429);
        }
        assertThat(Platform.sentTo(twilio, "+12025550149")).hasSize(5);
    }
}
