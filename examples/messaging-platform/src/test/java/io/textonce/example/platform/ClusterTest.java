package io.textonce.example.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.textonce.example.platform.Platform.Answer;
import io.textonce.outbox.SmsOutbox;
import io.textonce.testkit.RawServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two processes, as far as a test has them: two applications on one PostgreSQL, with nothing in common but that. */
class ClusterTest {

    @Test
    void whatIsScheduledGoesOutOnceAndAllProcessesShareTheHourlyLimit() throws IOException {
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
                    "textonce.outbox.poll", "100ms");
            try (Platform one = new Platform(twilio, sns, settings, "cluster");
                    Platform two = new Platform(twilio, sns, settings, "cluster")) {
                sendsOnce(one, two, twilio);
                sharesTheLimit(one, two, twilio);
            }
        }
    }

    private static void sendsOnce(Platform one, Platform two, RawServer twilio) {
        Instant soon = Instant.now().plusSeconds(3);
        for (int i = 0; i < 20; i++) {
            Platform enqueues = i % 2 == 0 ? one : two;
            enqueues.post(
                            "chief",
                            "/api/sms/schedule",
                            "{'phone_number': '+120255501" + (50 + i) + "', 'message': 'Once', 'scheduled_time': '"
                                    + soon + "'}")
                    .expect(202);
        }
        twilio.awaitReceived(20);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            while (accepted(one) + accepted(two) < 20) {
                Thread.onSpinWait();
            }
        });
        one.app.getBean(SmsOutbox.class).pump();
        two.app.getBean(SmsOutbox.class).pump();
        for (int i = 0; i < 20; i++) {
            assertThat(Platform.sentTo(twilio, "+120255501" + (50 + i))).hasSize(1);
        }
        assertThat(accepted(one) + accepted(two)).isEqualTo(20);
        assertThat(one.get("chief", "/api/sms/history?status=accepted").json()).hasSize(20);
    }

    private static long accepted(Platform process) {
        return process.app.getBean(SmsOutbox.class).stats().accepted();
    }

    private static void sharesTheLimit(Platform one, Platform two, RawServer twilio) {
        int before = twilio.received();
        for (int i = 0; i < 5; i++) {
            (i % 2 == 0 ? one : two)
                    .post("ben", "/api/sms/send", "{'phone_number': '+12025550149', 'message': 'No. " + i + "'}")
                    .expect(201);
        }
        for (Platform each : new Platform[] {one, two}) {
            Answer refused = each.post("ben", "/api/sms/send", "{'phone_number': '+12025550149', 'message': 'x'}");
            assertThat(refused.status()).isEqualTo(429);
        }
        assertThat(twilio.received() - before).isEqualTo(5);
    }
}
