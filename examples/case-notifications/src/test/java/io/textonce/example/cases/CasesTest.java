package io.textonce.example.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application over HTTP, with a gateway on a socket of this machine. Users 1 to 4: agent, manager, two customers. */
class CasesTest {

    private static final String TOKEN = "the test's own";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final RawServer gateway = RawServer.start();
    private final Map<String, String> settings = new HashMap<>();

    @TempDir
    Path data;

    private App app;
    private Javalin server;

    @BeforeEach
    void start() throws Exception {
        gateway.otherwise(RawBehaviour.reply(200, "OK"));
        settings.put("DATA_DIR", data.toString());
        settings.put("BASE_SMS_URL", gateway.url("/api/send?"));
        settings.put("SMS_GATEWAY_ALLOW_INSECURE", "true");
        settings.put("DEFAULT_SMS_FROM_NUMBER", "SYSTEM");
        settings.put("SMS_ENABLED", "True");
        open();
        call("PUT", "/api/users/1/phone", "{\"phone\":\"251911234567\"}");
        call("PUT", "/api/users/2/phone", "{\"phone\":\"0911234568\"}");
        call("PUT", "/api/users/3/phone", "{\"phone\":\"+251911234569\"}");
        call("POST", "/api/cases", "{\"title\":\"Printer & paper\",\"customer\":3}");
    }

    private void open() {
        app = App.open(settings);
        server = app.serve(0, TOKEN);
    }

    private void reopenWith(String... more) {
        close();
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        open();
    }

    private void close() {
        server.stop();
        app.close();
    }

    @AfterEach
    void end() {
        close();
        gateway.close();
    }

    private HttpResponse<String> answer(String method, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                        .timeout(Duration.ofSeconds(30))
                        .header("Authorization", "Bearer " + TOKEN)
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private JsonNode call(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = answer(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return JSON.readTree(answer.body());
    }

    private JsonNode get(String path) throws Exception {
        return call("GET", path, "");
    }

    private JsonNode assign() throws Exception {
        return call("POST", "/api/cases/1/assign", "{\"user\":1}");
    }

    /** What the gateway was asked for, read from the bytes it received. */
    private Map<String, String> sent(int index) {
        return form(gateway.requests().get(index).target().replaceFirst("^[^?]*\\?", ""));
    }

    private static Map<String, String> form(String query) {
        Map<String, String> values = new HashMap<>();
        for (String pair : query.split("&")) {
            String[] parts = pair.split("=", 2);
            values.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return values;
    }

    @Test
    void anAssignmentIsToldThroughTheGatewayInItsOwnForm() throws Exception {
        JsonNode answer = assign();

        assertThat(answer.at("/notifications/sms_sent").asBoolean()).isTrue();
        assertThat(answer.at("/case/status").asText()).isEqualTo("assigned");
        assertThat(gateway.requests()).hasSize(1);
        assertThat(gateway.requests().get(0).method()).isEqualTo("GET");
        assertThat(gateway.requests().get(0).target()).startsWith("/api/send?").contains("Printer%20%26%20paper");
        assertThat(sent(0))
                .containsEntry("to", "0911234567")
                .containsEntry("from", "SYSTEM")
                .containsEntry("text", "CASE-001 is yours now: Printer & paper. You find it in your account.");
    }

    @Test
    void aResponseIsToldToTheCustomer() throws Exception {
        call("POST", "/api/cases/1/responses", "{\"text\":\"We have ordered paper.\"}");

        assertThat(sent(0))
                .containsEntry("to", "0911234569")
                .containsEntry("text", "We have answered your case CASE-001. Read the answer in your account.");
    }

    @Test
    void anEscalationIsToldToTheManager() throws Exception {
        JsonNode answer = call("POST", "/api/cases/1/escalate", "{}");

        assertThat(answer.at("/case/status").asText()).isEqualTo("escalated");
        assertThat(sent(0))
                .containsEntry("to", "0911234568")
                .containsEntry("text", "CASE-001 was escalated to you and needs a decision: Printer & paper.");
    }

    @Test
    void aResolutionIsToldToTheCustomer() throws Exception {
        call("POST", "/api/cases/1/resolve", "{}");

        assertThat(sent(0))
                .containsEntry("to", "0911234569")
                .containsEntry("text", "Your case CASE-001 is resolved. Thank you for your patience.");
    }

    @Test
    void aGatewayThatIsDownDoesNotBreakTheCase() throws Exception {
        reopenWith("BASE_SMS_URL", "http://127.0.0.1:1/api/send?"); // nobody listens there
        JsonNode answer = assign();

        assertThat(answer.at("/notifications/sms_sent").asBoolean()).isFalse();
        assertThat(answer.at("/notifications/reason").asText()).contains("connect");
        assertThat(get("/api/cases").at("/0/assignee").asInt()).isEqualTo(1);
        assertThat(get("/api/sms?state=rejected").at("/0/error").asText()).contains("connect");
        assertThat(get("/api/sms").at("/0/attempts")).hasSize(3);
    }

    @Test
    void aGatewayThatAnswersNonsenseDoesNotBreakTheCaseAndIsAskedOnce() throws Exception {
        gateway.otherwise(RawBehaviour.reply(200, "<!doctype html><html>Please log in</html>"));
        JsonNode answer = assign();

        assertThat(answer.at("/notifications/sms_sent").asBoolean()).isFalse();
        assertThat(answer.at("/notifications/reason").asText()).startsWith("it may have been sent all the same");
        assertThat(get("/api/cases").at("/0/status").asText()).isEqualTo("assigned");
        assertThat(gateway.requests()).hasSize(1);
    }

    @Test
    void aMissingNumberDoesNotBreakTheCase() throws Exception {
        JsonNode answer = call("POST", "/api/cases/1/assign", "{\"user\":4}");

        assertThat(answer.at("/case/assignee").asInt()).isEqualTo(4);
        assertThat(answer.at("/notifications/sms_sent").asBoolean()).isFalse();
        assertThat(answer.at("/notifications/reason").asText()).contains("number");
        assertThat(gateway.requests()).isEmpty();
    }

    @Test
    void aWrongNumberIsRefusedBeforeTheGatewayIsAsked() throws Exception {
        call("PUT", "/api/users/1/phone", "{\"phone\":\"12\"}");

        assertThat(assign().at("/notifications/reason").asText()).contains("too few digits");
        assertThat(gateway.requests()).isEmpty();
    }

    @Test
    void switchedOffNothingIsSentAndTheCaseGoesOn() throws Exception {
        reopenWith("SMS_ENABLED", "False");
        JsonNode answer = assign();

        assertThat(answer.at("/case/status").asText()).isEqualTo("assigned");
        assertThat(answer.at("/notifications/reason").asText()).contains("switched off");
        assertThat(gateway.requests()).isEmpty();
    }

    @Test
    void peopleReadTheLanguageTheyChose() throws Exception {
        call("PUT", "/api/users/3/preferences", "{\"languages\":[\"am\",\"en\"]}");
        call("POST", "/api/cases/1/resolve", "{}");

        assertThat(sent(0)).containsEntry("text", "ጉዳይዎ CASE-001 ተፈትቷል። እናመሰግናለን።");
    }

    @Test
    void whoWantsNoneOfAKindGetsNoneOfItAndTheRestAllTheSame() throws Exception {
        call("PUT", "/api/users/3/preferences", "{\"off\":[\"case_response\"]}");

        JsonNode answer = call("POST", "/api/cases/1/responses", "{\"text\":\"Done.\"}");
        assertThat(answer.at("/notifications/reason").asText()).contains("chose not to have");
        assertThat(gateway.requests()).isEmpty();
        call("POST", "/api/cases/1/resolve", "{}");
        assertThat(gateway.requests()).hasSize(1);
    }

    @Test
    void textsAreChangedWhileItRuns() throws Exception {
        call("PUT", "/api/templates/case_resolved", "{\"en\":\"{{case}} is closed.\",\"am\":\"{{case}} ተዘግቷል።\"}");
        call("POST", "/api/cases/1/resolve", "{}");

        assertThat(sent(0)).containsEntry("text", "CASE-001 is closed.");
        assertThat(get("/api/templates").at("/case_resolved/am").asText()).isEqualTo("{{case}} ተዘግቷል።");
        HttpResponse<String> wrong =
                answer("PUT", "/api/templates/case_resolved", "{\"en\":\"{{number}} is closed.\"}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("uses variable number, which is not declared");
        assertThat(get("/api/templates").at("/case_resolved/en").asText()).isEqualTo("{{case}} is closed.");
    }

    @Test
    void theLogKeepsTextOutcomeAndErrorAndFilters() throws Exception {
        assign();
        gateway.next(RawBehaviour.reply(403, "no such account"));
        call("POST", "/api/cases/1/resolve", "{}");

        JsonNode all = get("/api/sms");
        assertThat(all).hasSize(2);
        assertThat(all.at("/0/kind").asText()).isEqualTo("case_resolved");
        assertThat(all.at("/0/state").asText()).isEqualTo("REJECTED");
        assertThat(all.at("/0/error").asText()).isNotBlank();
        assertThat(all.at("/1/text").asText()).contains("CASE-001 is yours now");
        assertThat(all.toString()).doesNotContain("251911234567").contains("***");
        assertThat(get("/api/sms?kind=case_assigned")).hasSize(1);
        assertThat(get("/api/sms?user=3")).hasSize(1);
        assertThat(get("/api/sms?state=accepted&user=3")).isEmpty();
        assertThat(get("/api/sms?from=" + Instant.now().plusSeconds(3600))).isEmpty();
    }

    @Test
    void statisticsSumUpByTypeStatusAndUser() throws Exception {
        assign();
        assign();
        gateway.next(RawBehaviour.reply(403, "no"));
        call("POST", "/api/cases/1/escalate", "{}");

        JsonNode statistics = get("/api/statistics");
        assertThat(statistics.at("/total/messages").asInt()).isEqualTo(3);
        assertThat(statistics.at("/total/sent").asInt()).isEqualTo(2);
        assertThat(statistics.at("/total/failed").asInt()).isEqualTo(1);
        assertThat(statistics.at("/total/success_rate").asDouble()).isBetween(0.66, 0.67);
        assertThat(statistics.at("/by_type/case_assigned/sent").asInt()).isEqualTo(2);
        assertThat(statistics.at("/by_state/REJECTED/messages").asInt()).isEqualTo(1);
        assertThat(statistics.at("/by_user/1/messages").asInt()).isEqualTo(2);
    }

    @Test
    void bulkGoesOnPastWhoHasNoNumber() throws Exception {
        JsonNode answer = call("POST", "/api/sms/bulk", "{\"users\":[1,4,3],\"text\":\"We are closed on Monday.\"}");

        assertThat(answer.at("/sent").asInt()).isEqualTo(2);
        assertThat(answer.at("/failed")).hasSize(1);
        assertThat(gateway.requests()).hasSize(2);
        assertThat(sent(0)).containsEntry("text", "We are closed on Monday.");
    }

    @Test
    void oneNumberGetsNoMoreThanTwentyAnHour() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(assign().at("/notifications/sms_sent").asBoolean()).isTrue();
        }

        assertThat(assign().at("/notifications/reason").asText()).contains("limit");
        assertThat(gateway.requests()).hasSize(20);
    }

    @Test
    void aGatewayWithoutHttpsIsRefusedUnlessItIsAllowed() {
        Map<String, String> insecure = new HashMap<>(settings);
        insecure.remove("SMS_GATEWAY_ALLOW_INSECURE");
        insecure.put("BASE_SMS_URL", "http://sms.example.org/api/send?");
        insecure.put("DATA_DIR", data.resolve("insecure").toString());

        assertThatThrownBy(() -> App.open(insecure)).hasMessageContaining("https");
    }

    @Test
    void anSmsGoesOutAtItsTime() throws Exception {
        Instant at = Instant.now().plusSeconds(1);
        HttpResponse<String> answer =
                answer("POST", "/api/sms", "{\"user\":3,\"text\":\"See you.\",\"at\":\"" + at + "\"}");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(get("/api/sms").at("/0/state").asText()).isEqualTo("PENDING");

        gateway.awaitReceived(1);
        assertThat(Instant.now()).isAfterOrEqualTo(at);
        assertThat(sent(0)).containsEntry("text", "See you.");
    }

    @Test
    void theTestCommandSendsToANumberAUserACaseAndAll() throws Exception {
        assign();
        Commands commands = new Commands(app);

        assertThat(commands.run("test", "--phone", "0911234567", "--message", "Hello"))
                .isEqualTo("sent");
        assertThat(sent(1)).containsEntry("to", "0911234567").containsEntry("text", "Hello");
        assertThat(commands.run("test", "--user", "3")).isEqualTo("sent");
        assertThat(sent(2)).containsEntry("to", "0911234569");
        assertThat(commands.run("test", "--case", "1")).isEqualTo("sent");
        assertThat(sent(3).get("text")).contains("CASE-001 is yours now");
        assertThat(commands.run("test")).isEqualTo("sent\nsent\nsent");
        assertThat(commands.run("test", "--phone", "12"))
                .startsWith("not sent: ")
                .contains("too few digits");
        assertThat(gateway.requests()).hasSize(7);
    }

    @Test
    void configurationAndUsersArePrintedWithoutSecretsAndNumbers() throws Exception {
        reopenWith(
                "SMS_GATEWAY_PROFILE", "jasmin",
                "BASE_SMS_URL", gateway.url(""),
                "SMS_GATEWAY_USERNAME", "tester",
                "SMS_GATEWAY_PASSWORD", "very-secret");

        assertThat(new Commands(app).run("config")).contains("jasmin").doesNotContain("very-secret");
        assertThat(new Commands(app).run("users"))
                .contains("1  Abel, agent", "4  Dawit, customer  no phone")
                .doesNotContain("251911234567");
        assertThat(get("/api/users").toString()).doesNotContain("251911234567");
        assertThat(get("/api/config").toString()).contains("jasmin").doesNotContain("very-secret");
    }

    @Test
    void aProfileWithReportsTellsWhatArrivedAndBelievesNobodyElse() throws Exception {
        reopenWith(
                "SMS_GATEWAY_PROFILE", "jasmin",
                "BASE_SMS_URL", gateway.url(""),
                "SMS_GATEWAY_USERNAME", "tester",
                "SMS_GATEWAY_PASSWORD", "very-secret",
                "SMS_GATEWAY_CALLBACK_URL", "https://cases.example.org/hooks/sms",
                "SMS_GATEWAY_WEBHOOK_SECRET", "known-to-the-gateway");
        gateway.otherwise(RawBehaviour.reply(200, "Success \"job-1\""));
        assertThat(assign().at("/notifications/sms_sent").asBoolean()).isTrue();
        String query = URI.create(sent(0).get("dlr-url")).getRawQuery();

        assertThat(report(query.replace("known-to-the-gateway", "guessed"))).isEqualTo(403);
        assertThat(get("/api/sms").at("/0/status").isMissingNode()).isTrue();
        assertThat(report(query)).isEqualTo(200);
        assertThat(get("/api/sms").at("/0/status").asText()).isEqualTo("DELIVERED");
        assertThat(get("/api/statistics").at("/by_status/DELIVERED/messages").asInt())
                .isEqualTo(1);
    }

    private int report(String query) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/hooks/sms?" + query))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString("id=job-1&message_status=DELIVRD&level=3"))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void aRestartLosesNothing() throws Exception {
        assign();
        call("PUT", "/api/users/3/preferences", "{\"languages\":[\"am\"]}");
        call("PUT", "/api/templates/case_resolved", "{\"en\":\"Closed: {{case}}\",\"am\":\"ተዘግቷል፦ {{case}}\"}");
        answer(
                "POST",
                "/api/sms",
                "{\"user\":1,\"text\":\"Later.\",\"at\":\"" + Instant.now().plusSeconds(1) + "\"}");
        reopenWith();

        assertThat(get("/api/cases").at("/0/status").asText()).isEqualTo("assigned");
        assertThat(get("/api/sms?kind=case_assigned").at("/0/state").asText()).isEqualTo("ACCEPTED");
        gateway.awaitReceived(2);
        assertThat(sent(1)).containsEntry("text", "Later.");
        call("POST", "/api/cases/1/resolve", "{}");
        assertThat(sent(2)).containsEntry("text", "ተዘግቷል፦ CASE-001");
    }

    @Test
    void nothingIsAnsweredWithoutTheToken() throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/api/users"))
                        .header("Authorization", "Bearer guessed")
                        .build(),
                BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).doesNotContain("Abel");
        assertThat(answer("GET", "/api/cases/99/none", "").statusCode()).isEqualTo(404);
        assertThat(answer("POST", "/api/cases/99/resolve", "{}").statusCode()).isEqualTo(404);
        assertThat(answer("POST", "/api/cases", "{\"title\":\"\"}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void thePageHasTheFourScreensAndNoSecrets() throws Exception {
        for (String file : List.of("/", "/app.js", "/style.css")) {
            HttpResponse<String> page = answer("GET", file, "");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).doesNotContain(TOKEN);
        }
        assertThat(answer("GET", "/", "").body()).contains("Inbox", "Templates", "Configuration", "Statistics");
    }

    @Test
    void onTheSandboxNoAccountIsNeeded() throws Exception {
        close();
        settings.remove("BASE_SMS_URL");
        settings.put("DATA_DIR", data.resolve("sandbox").toString());
        open();
        call("POST", "/api/cases", "{\"title\":\"Printer\",\"customer\":3}");

        assertThat(assign().at("/notifications/sms_sent").asBoolean()).isTrue();
        assertThat(gateway.requests()).isEmpty();
    }
}
