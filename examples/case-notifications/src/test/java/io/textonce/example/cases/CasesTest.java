package io.textonce.example.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import io.textonce.example.cases.Notifications.Telling;
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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application over HTTP, with a gateway on a socket of this machine. Users 1 to 4: agent, manager, two customers. */
@Tag("once")
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

    private HttpResponse<String> answer(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + TOKEN)
                .method(method, BodyPublishers.ofString(body));
        return http.send((headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofString());
    }

    private JsonNode call(String method, String path, String body, String... headers) throws Exception {
        HttpResponse<String> answer = answer(method, path, body, headers);
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
        assertThat(answer.at("/notifications/reason").asText()).contains("isn't sent yet", "connect");
        assertThat(get("/api/cases").at("/0/assignee").asInt()).isEqualTo(1);
        assertThat(get("/api/sms?state=pending").at("/0/error").asText()).contains("connect");
        assertThat(get("/api/sms").at("/0/attempts")).hasSize(3);

        reopenWith("BASE_SMS_URL", gateway.url("/api/send?"));
        theTimeComes();
        gateway.awaitReceived(1);
        assertThat(sent(0).get("text")).startsWith("CASE-001 is yours now");
    }

    @Test
    void whatACrashKeptFromBeingSentAfterTheChangeGoesOutAfterTheRestartOnce() throws Exception {
        close();
        app = App.open(settings); // a process that dies before its outbox does anything
        Telling telling = app.notifications.new Telling(Texts.ASSIGNED, about -> app.cases.user(1));
        assertThat(app.cases.assign(1, 1, telling).status()).isEqualTo("assigned");
        assertThat(gateway.requests()).isEmpty();
        app.close();

        open();
        gateway.awaitReceived(1);
        assertThat(sent(0).get("text")).startsWith("CASE-001 is yours now");
        assertThat(assign().at("/notifications/reason").asText()).contains("nothing has changed");
        assertThat(get("/api/sms?kind=case_assigned")).hasSize(1);
        reopenWith();
        call("POST", "/api/cases/1/escalate", "{}");
        assertThat(gateway.requests()).as("once, and the escalation").hasSize(2);
    }

    @Test
    void aChangeThatIsNotCommittedTellsNobody() throws Exception {
        Telling telling = app.notifications.new Telling(Texts.ASSIGNED, about -> app.cases.user(1));
        assertThatThrownBy(() -> app.cases.assign(1, 1, (transaction, changed) -> {
                    telling.write(transaction, changed);
                    throw new IllegalStateException("the process dies here");
                }))
                .hasMessage("the process dies here");
        assertThat(get("/api/cases").at("/0/status").asText()).isEqualTo("open");
        assertThat(get("/api/sms")).isEmpty();
        call("POST", "/api/cases/1/escalate", "{}");
        assertThat(gateway.requests()).hasSize(1);
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
        call("PUT", "/api/templates/case_resolved", "{\"en\":\"{{ case }} is closed.\",\"am\":\"{{case}} ተዘግቷል።\"}");
        call("POST", "/api/cases/1/resolve", "{}");

        assertThat(sent(0)).containsEntry("text", "CASE-001 is closed.");
        assertThat(get("/api/templates").at("/case_resolved/am").asText()).isEqualTo("{{case}} ተዘግቷል።");
        HttpResponse<String> wrong =
                answer("PUT", "/api/templates/case_resolved", "{\"en\":\"{{number}} is closed.\"}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("uses variable number, which is not declared");
        assertThat(get("/api/templates").at("/case_resolved/en").asText()).isEqualTo("{{ case }} is closed.");
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
        call("POST", "/api/cases", "{\"title\":\"Scanner\",\"customer\":3}");
        call("POST", "/api/cases/2/assign", "{\"user\":1}");
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
        assertThat(answer.at("/failed/0/user").asInt()).isEqualTo(4);
        assertThat(answer.at("/failed/0/reason").asText()).contains("number");
        assertThat(gateway.requests()).hasSize(2);
        assertThat(sent(0)).containsEntry("text", "We are closed on Monday.");
    }

    @Test
    void oneNumberGetsNoMoreThanTwentyAnHour() throws Exception {
        for (int i = 0; i < 20; i++) {
            String body = "{\"user\":1,\"text\":\"" + i + "\"}";
            assertThat(call("POST", "/api/sms", body).at("/sms_sent").asBoolean())
                    .isTrue();
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
        assertThat(inThreeDays("See you.").statusCode()).isEqualTo(202);
        assertThat(get("/api/sms").at("/0/state").asText()).isEqualTo("PENDING");
        assertThat(gateway.requests()).isEmpty();

        theTimeComes();
        gateway.awaitReceived(1);
        assertThat(sent(0)).containsEntry("text", "See you.");
    }

    private HttpResponse<String> inThreeDays(String text) throws Exception {
        Instant at = Instant.now().plus(Duration.ofDays(3));
        return answer("POST", "/api/sms", "{\"user\":3,\"text\":\"" + text + "\",\"at\":\"" + at + "\"}");
    }

    /** What waits is due now. Sooner or later the outbox sees it, as it would see the time come. */
    private void theTimeComes() throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:h2:file:" + data.resolve("cases"), "", "");
                Statement update = c.createStatement()) {
            update.execute("update textonce_message set due_at = current_timestamp where state = 'PENDING'");
        }
    }

    @Test
    void whatIsRepeatedTellsNobodyTwice() throws Exception {
        assign();
        assertThat(assign().at("/notifications/reason").asText()).contains("nothing has changed");
        for (int i = 0; i < 2; i++) {
            call("POST", "/api/cases/1/escalate", "{}");
            call("POST", "/api/cases/1/responses", "{\"text\":\"Soon.\"}", "Idempotency-Key", "answer-1");
            call("POST", "/api/cases/1/resolve", "{}");
            JsonNode told = call("POST", "/api/sms", "{\"user\":3,\"text\":\"Hi.\"}", "Idempotency-Key", "single-1");
            assertThat(told.at("/sms_sent").asBoolean()).isTrue();
            JsonNode all = call(
                    "POST", "/api/sms/bulk", "{\"users\":[1,3,3],\"text\":\"Hi all.\"}", "Idempotency-Key", "bulk-1");
            assertThat(all.at("/sent").asInt()).isEqualTo(2);
            if (i == 0) {
                assertThat(gateway.requests()).hasSize(7);
            }
        }
        // Of the second round only the escalation of what was resolved meanwhile, and its resolution, are new.
        assertThat(gateway.requests()).hasSize(9);
    }

    @Test
    void whoWantsNoFreeTextsGetsNoneNowLaterOrWithOthers() throws Exception {
        call("PUT", "/api/users/3/preferences", "{\"off\":[\"message\"]}");

        assertThat(call("POST", "/api/sms", "{\"user\":3,\"text\":\"Hi.\"}")
                        .at("/reason")
                        .asText())
                .contains("chose not to have");
        assertThat(inThreeDays("Hi.").body()).contains("chose not to have");
        JsonNode all = call("POST", "/api/sms/bulk", "{\"users\":[1,3],\"text\":\"Hi all.\"}");
        assertThat(all.at("/sent").asInt()).isEqualTo(1);
        assertThat(all.at("/failed/0/user").asInt()).isEqualTo(3);
        assertThat(new Commands(app).run("test", "--user", "3")).contains("chose not to have");
        assertThat(get("/api/sms?state=pending")).isEmpty();
        assertThat(gateway.requests()).hasSize(1);
    }

    @Test
    void whatIsntMentionedInPreferencesStaysAndWhatIsUnknownIsRefused() throws Exception {
        call("PUT", "/api/users/3/preferences", "{\"languages\":[\"am\"]}");
        JsonNode chosen = call("PUT", "/api/users/3/preferences", "{\"off\":[\"case_response\"]}");
        assertThat(chosen.at("/languages/0").asText()).isEqualTo("am");
        for (String wrong : List.of(
                "{\"off\":[\"case_respons\"]}",
                "{\"off\":\"case_response\"}",
                "{\"languages\":[\"und\"]}",
                "{\"languages\":[\"am_!\"]}")) {
            assertThat(answer("PUT", "/api/users/3/preferences", wrong).statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
        call("POST", "/api/cases/1/resolve", "{}");
        assertThat(sent(0).get("text")).startsWith("ጉዳይዎ");
    }

    @Test
    void withoutAnAddressItIsOffIfThatIsWantedAndInsistsIfSmsAreWanted() throws Exception {
        Map<String, String> without = new HashMap<>(settings);
        without.put("DATA_DIR", data.resolve("without").toString());
        without.put("BASE_SMS_URL", "");
        assertThatThrownBy(() -> App.open(without)).hasMessageContaining("BASE_SMS_URL is missing");

        reopenWith("BASE_SMS_URL", "", "SMS_ENABLED", "False");
        JsonNode answer = assign();
        assertThat(answer.at("/case/status").asText()).isEqualTo("assigned");
        assertThat(answer.at("/notifications/sms_sent").asBoolean()).isFalse();
        assertThat(answer.at("/notifications/reason").asText()).contains("switched off");
    }

    @Test
    void withoutAManagerTheCaseIsEscalatedAllTheSame() throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:h2:file:" + data.resolve("cases"), "", "");
                Statement update = c.createStatement()) {
            update.execute("update crm_user set role = 'agent'");
        }
        JsonNode answer = call("POST", "/api/cases/1/escalate", "{}");
        assertThat(answer.at("/case/status").asText()).isEqualTo("escalated");
        assertThat(answer.at("/notifications/reason").asText()).contains("no manager");
    }

    @Test
    void whatCantBeUsedIsRefusedInWords() throws Exception {
        assertThat(answer("PUT", "/api/users/1/phone", "{\"phone\":\"" + "1".repeat(41) + "\"}")
                        .statusCode())
                .isEqualTo(400);
        for (String body : List.of("{\"phone\":", "", "null")) {
            HttpResponse<String> answer = answer("POST", "/api/cases/1/assign", body);
            assertThat(answer.statusCode()).as(body).isBetween(400, 404);
        }
        HttpResponse<String> answer = answer("GET", "/api/users", "");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }

    @Test
    void commandsDontStartTheOutbox() throws Exception {
        close();
        app = App.open(settings);
        app.notifications.start(); // an outbox starts once: nothing had started it
        app.close();
        open();
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
        assertThat(sent(0)).containsEntry("username", "tester").containsEntry("password", "very-secret");
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
        inThreeDays("Later.");
        reopenWith();

        assertThat(get("/api/cases").at("/0/status").asText()).isEqualTo("assigned");
        assertThat(get("/api/sms?kind=case_assigned").at("/0/state").asText()).isEqualTo("ACCEPTED");
        assertThat(get("/api/sms?state=pending")).hasSize(1);
        theTimeComes();
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
        settings.remove("SMS_ENABLED");
        settings.put("DATA_DIR", data.resolve("sandbox").toString());
        open();
        call("POST", "/api/cases", "{\"title\":\"Printer\",\"customer\":3}");

        assertThat(assign().at("/notifications/sms_sent").asBoolean()).isTrue();
        assertThat(gateway.requests()).isEmpty();
    }
}
