package io.textonce.example.clinic;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.example.clinic.Clinic.News;
import io.textonce.example.clinic.Clinic.Visitor;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.SignedTwilioRequest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The same inbox on PostgreSQL, and with a real provider: Twilio, of which a server in the test plays the part. */
class TwilioClinicTest {

    private static final String SID = "SM0123456789abcdef0123456789abcdef";
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @Test
    void sendsThroughTwilioAndShowsWhatItsSignedReportsSay() throws Exception {
        try (RawServer twilio = RawServer.start()
                        .otherwise(RawBehaviour.reply(
                                201,
                                Map.of("Content-Type", "application/json"),
                                "{\"sid\":\"" + SID + "\",\"status\":\"queued\",\"num_segments\":\"1\"}"));
                EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("fsync", "off")
                        .start();
                Clinic clinic = Clinic.open(
                        "twilio",
                        "--spring.datasource.url=" + postgres.getJdbcUrl("postgres", "postgres"),
                        "--TWILIO_ACCOUNT_SID=AC00000000000000000000000000000000",
                        "--TWILIO_AUTH_TOKEN=" + TOKEN,
                        "--TWILIO_PHONE_NUMBER=+12025550199",
                        "--textonce.providers.twilio.base-url=" + twilio.url(""))) {
            clinic.patient("ada", "7", "Mia", "+61491570156");
            Visitor ada = clinic.as("ada");
            assertThat(ada.get("/api/me").get("sandbox").asBoolean()).isFalse();
            assertThat(ada.load("/api/sandbox/reply").statusCode()).isEqualTo(404);
            News told = ada.news();

            JsonNode sent = ada.post("/api/messages", "{'to':'0491570156','text':'Hello','name':'','key':'1'}");

            Map<String, String> form = form(twilio.requests().get(0).text());
            assertThat(form)
                    .containsEntry("To", "+61491570156")
                    .containsEntry("From", "+12025550199")
                    .containsEntry("Body", "Hello");
            String callback = form.get("StatusCallback");
            assertThat(callback).startsWith(Clinic.PUBLIC + "/textonce/webhooks/twilio?");
            SignedTwilioRequest report = SignedTwilioRequest.post(callback)
                    .param("MessageSid", SID)
                    .param("MessageStatus", "undelivered")
                    .param("ErrorCode", "30003");
            assertThat(clinic.call(URI.create(callback).getPath(), report.sign("another-token")))
                    .isEqualTo(403);
            assertThat(clinic.call(URI.create(callback).getPath(), report.sign(TOKEN)))
                    .isEqualTo(200);

            JsonNode entry =
                    told.entry(each -> "undelivered".equals(each.get("status").asString()));
            assertThat(entry.get("conversation").asLong())
                    .isEqualTo(sent.get("conversation").asLong());
            assertThat(entry.get("problem").asString()).contains("could not deliver");
            assertThat(ada.get("/api/conversations?q=mi")
                            .get("threads")
                            .get(0)
                            .get("name")
                            .asString())
                    .isEqualTo("Mia");
            assertThat(ada.get("/api/history?text=hELLo&status=UNDELIVERED")
                            .get("entries")
                            .size())
                    .isEqualTo(1);
            assertThat(ada.get("/api/statistics").get("total").get("failed").asInt())
                    .isEqualTo(1);
        }
    }

    private static Map<String, String> form(String body) {
        return Arrays.stream(body.split("&"))
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(each -> each[0], each -> URLDecoder.decode(each[1], StandardCharsets.UTF_8)));
    }
}
