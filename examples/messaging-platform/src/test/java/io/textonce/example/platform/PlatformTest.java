package io.textonce.example.platform;

import static io.textonce.example.platform.Platform.sentTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.WebhookRequest;
import io.textonce.engagement.reporting.Alerts;
import io.textonce.example.platform.Platform.Answer;
import io.textonce.outbox.SmsOutbox;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.SignedTwilioRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One process, asked over HTTP as its users and the providers ask it. Each test has numbers of its own. */
@Tag("once")
class PlatformTest {

    private static final String TWILIO_HOOK = "/textonce/webhooks/acme.twilio";
    private static final Pattern CODE = Pattern.compile("[0-9]{6}");

    private static final String DATABASE = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

    private static RawServer twilio;
    private static RawServer sns;
    private static Platform platform;

    @BeforeAll
    static void start() {
        twilio = Platform.twilio();
        sns = Platform.sns();
        // It is in these hours now on the eastern coast of the United States, and never in Britain.
        LocalTime there =
                LocalTime.now(ZoneId.of("America/New_York")).withSecond(0).withNano(0);
        platform = new Platform(
                twilio,
                sns,
                Map.of(
                        "DATABASE_URL", DATABASE,
                        "SMS_RATE_LIMIT", "5",
                        "SMS_COST_ALERT", "0.01",
                        "SMS_FAILURE_ALERT", "1",
                        "SMS_RETENTION_DAYS", "30",
                        "textonce.outbox.poll", "200ms",
                        "textonce.reconcile.unknown-after", "1ms",
                        "textonce.reconcile.accepted-after", "1ms",
                        "textonce.quiet-hours.from", there.minusHours(1).toString(),
                        "textonce.quiet-hours.to", there.plusHours(1).toString()));
    }

    @AfterAll
    static void stop() {
        platform.close();
        twilio.close();
        sns.close();
    }

    private static Answer send(String who, String number, String text) {
        return platform.post(who, "/api/sms/send", "{'phone_number': '" + number + "', 'message': '" + text + "'}");
    }

    private static Answer status(String who, String id) {
        return platform.get(who, "/api/sms/messages/" + id + "/status");
    }

    private static List<String> texts(RawServer server, String number) {
        return sentTo(server, number).stream()
                .map(form -> form.getOrDefault("Body", form.get("Message")))
                .toList();
    }

    private static List<String> problems(Answer answer) {
        return StreamSupport.stream(answer.json().path("problems").spliterator(), false)
                .map(each -> each.path("field").asText() + ": "
                        + each.path("problem").asText())
                .toList();
    }

    private static JdbcClient database() {
        return platform.app.getBean(JdbcClient.class);
    }

    private static int run(String job) {
        return platform.app.getBean(Jobs.class).all().stream()
                .filter(each -> each.name().equals(job))
                .findFirst()
                .orElseThrow()
                .work()
                .getAsInt();
    }

    // ---- who may ask

    @Test
    void refusesWhoeverHasNoToken() {
        for (Answer refused : List.of(
                platform.get("", "/api/sms/history"),
                platform.get("nobody", "/api/sms/history"),
                platform.get("", "/actuator/metrics"))) {
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.response().headers().firstValue("WWW-Authenticate"))
                    .hasValue("Bearer");
            assertThat(refused.response().headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/problem+json");
        }
        platform.get("ben", "/api/sms/history").expect(200);
    }

    @Test
    void opensNothingToPathsThatAreWrittenInOtherWays() {
        for (String path : List.of(
                "/%61pi/sms/history",
                "/api;x/sms/history",
                "/api/sms;x=y/history",
                "/textonce/webhooks/../../api/sms/history",
                "/textonce/webhooks/acme.twilio;x/../../../api/sms/history",
                "/actuator;x/metrics",
                "/actuator/%6detrics",
                "/actuator/health/textonce",
                "/actuator/health;x")) {
            assertThat(platform.get("", path).status()).as(path).isBetween(400, 404);
            assertThat(platform.get("nobody", path).status()).as(path).isBetween(400, 404);
        }
        for (String path : List.of("/%61pi/sms/validate-phone", "/api;x/sms/validate-phone")) {
            platform.post("", path, "{'phone_number': '202-555-0123'}").expect(401);
        }
        for (String path : List.of("/actuator/metrics", "/actuator;x/metrics", "/%61ctuator/metrics", "/actuator")) {
            platform.get("", path).expect(401);
            platform.get("ben", path).expect(403);
            platform.get("chief", path).expect(403);
        }
        platform.post("ben", "/api/sms/validate-phone", "{'phone_number': '" + "1".repeat(300_000) + "'}")
                .expect(413);
    }

    @Test
    void keepsTenantsApart() {
        String id = platform.post(
                        "chief",
                        "/api/sms/schedule",
                        "{'phone_number': '+12025550170', 'message': 'Only ours', 'message_type': 'ours', 'scheduled_time': '"
                                + Instant.now().plus(Duration.ofDays(1)) + "'}")
                .expect(202)
                .text("message_id");
        String campaign = platform.post(
                        "chief",
                        "/api/sms/campaigns",
                        "{'name': 'Ours', 'template_id': 'assessment_notification',"
                                + " 'variables': {'assessment_name': 'x', 'due_date': 'y'}}")
                .expect(201)
                .text("campaign_id");

        status("boss", id).expect(404);
        platform.post("boss", "/api/sms/messages/" + id + "/cancel", "").expect(404);
        assertThat(platform.get("boss", "/api/sms/history?limit=1000")
                        .expect(200)
                        .response()
                        .body())
                .doesNotContain(id, "Only ours");
        int before = twilio.received() + sns.received();
        send("boss", "+12025550168", "By our own account").expect(201);
        assertThat(twilio.received() + sns.received()).isEqualTo(before);
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        String days = "?start_date=" + today + "&end_date=" + today + "&by=type";
        String month = "/api/sms/costs/" + YearMonth.now(ZoneOffset.UTC);
        for (String sums : List.of("/api/sms/stats" + days, month)) {
            assertThat(platform.get("chief", sums).expect(200).response().body())
                    .contains("\"ours\"");
            assertThat(platform.get("boss", sums).expect(200).response().body()).doesNotContain("ours", "acme");
        }
        for (String what : List.of("execute", "pause", "resume", "cancel")) {
            platform.post("boss", "/api/sms/campaigns/" + campaign + "/" + what, "")
                    .expect(404);
        }
        platform.get("boss", "/api/sms/campaigns/" + campaign + "/status").expect(404);
        assertThat(problems(platform.post(
                                "chief",
                                "/api/sms/campaigns",
                                "{'name': 'Theirs', 'template_id': 'assessment_notification',"
                                        + " 'recipient_filters': {'tenant_id': 'globex'}}")
                        .expect(422)))
                .containsExactly("recipient_filters.tenant_id: is another tenant's");

        status("chief", id).expect(200);
        assertThat(platform.post("chief", "/api/sms/messages/" + id + "/cancel", "")
                        .expect(200)
                        .text("status"))
                .isEqualTo("cancelled");
    }

    @Test
    void showsUsersWhatTheySentAndAdminsWhatTheirTenantSent() {
        String bens = send("mia", "+12025550171", "From Mia").expect(201).text("message_id");
        status("mia", bens).expect(200);
        status("chief", bens).expect(200);
        status("ben", bens).expect(404);
        platform.post("ben", "/api/sms/messages/" + bens + "/cancel", "").expect(404);
        assertThat(platform.get("ben", "/api/sms/history?limit=1000")
                        .expect(200)
                        .response()
                        .body())
                .doesNotContain("From Mia");
        platform.put("ben", "/api/sms/preferences/ben", "{'languages': ['tr']}").expect(200);
        platform.get("ben", "/api/sms/preferences/ben").expect(200);
        platform.get("ben", "/api/sms/preferences/88").expect(403);
        platform.put("ben", "/api/sms/preferences/88", "{'languages': ['tr']}").expect(403);
        platform.get("ben", "/api/sms/costs/2026-11").expect(403);
        platform.post("ben", "/api/sms/campaigns", "{'name': 'x'}").expect(403);
        platform.get("ben", "/api/sms/conversations").expect(403);
    }

    // ---- failover only on proof

    @Test
    void whatTwilioRefusesGoesToSnsOnce() {
        twilio.next(RawBehaviour.reply(400, "{\"code\":21408,\"message\":\"Permission not enabled\",\"status\":400}"));
        Answer sent = send("chief", "+12025550172", "By whom?").expect(201);

        assertThat(sent.text("provider")).isEqualTo("sns");
        assertThat(texts(twilio, "+12025550172")).containsExactly("By whom?");
        assertThat(texts(sns, "+12025550172")).containsExactly("By whom?");
        assertThat(status("chief", sent.text("message_id")).text("provider")).isEqualTo("sns");
    }

    @Test
    void whatTwilioDoesNotAnswerIsUnknownAndGoesNowhereElse() {
        twilio.next(RawBehaviour.drop(RawBehaviour.Ending.FIN));
        Answer sent = send("chief", "+12025550173", "Did it arrive?").expect(202);

        assertThat(sent.text("status")).isEqualTo("unknown");
        assertThat(sent.text("explanation")).contains("Don't send it again");
        assertThat(texts(twilio, "+12025550173")).hasSize(1);
        assertThat(texts(sns, "+12025550173")).isEmpty();
        assertThat(platform.get("chief", "/api/sms/history?status=unknown")
                        .response()
                        .body())
                .contains(sent.text("message_id"));
    }

    @Test
    void settlesTheDoubtOfWhatWasSentAtOnce() {
        String number = "+12025550194";
        twilio.next(RawBehaviour.drop(RawBehaviour.Ending.FIN));
        String id = send("chief", number, "In doubt").expect(202).text("message_id");
        String listed = "{\"messages\":[{\"sid\":\"" + Platform.sid() + "\",\"status\":\"delivered\",\"to\":\"" + number
                + "\",\"body\":\"In doubt\",\"direction\":\"outbound-api\",\"num_segments\":\"1\",\"date_created\":\""
                + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC))
                + "\"}],\"next_page_uri\":null}";
        twilio.otherwise(RawBehaviour.answer(request -> Platform.http(
                "200 OK", "application/json", request.target().contains(number.substring(1)) ? listed : "{}")));
        try {
            while (run("delivery-states") > 0) {}
        } finally {
            twilio.otherwise(Platform.accepts());
        }
        assertThat(status("chief", id).text("status")).isEqualTo("accepted");
        assertThat(status("chief", id).text("delivery_status")).isEqualTo("delivered");
        assertThat(texts(twilio, number)).containsExactly("In doubt");
    }

    // ---- what providers report

    @Test
    void followsAMessageUntilItIsDeliveredAndBelievesNobodyElse() {
        String id = send("chief", "+12025550174", "Follow me").expect(201).text("message_id");
        Map<String, String> form = sentTo(twilio, "+12025550174").get(0);
        String callback = form.get("StatusCallback");
        assertThat(callback).startsWith(Platform.PUBLIC + TWILIO_HOOK);
        String sid = status("chief", id).text("provider_message_id");
        String path = callback.substring(Platform.PUBLIC.length());

        assertThat(platform.hook(path, report(callback, sid, "another token").build())
                        .status())
                .isEqualTo(403);
        WebhookRequest signed = report(callback, sid, Platform.TWILIO_TOKEN).build();
        assertThat(platform.hook(path.replace("acme.", "globex."), signed).status())
                .isEqualTo(404);
        assertThat(status("chief", id).json().has("delivery_status")).isFalse();

        assertThat(platform.hook(path, signed).status()).isBetween(200, 204);
        assertThat(status("chief", id).text("delivery_status")).isEqualTo("delivered");
        assertThat(platform.get("chief", "/api/sms/history?status=delivered&limit=1000")
                        .response()
                        .body())
                .contains(id);
    }

    private record Report(WebhookRequest build) {}

    private static Report report(String url, String sid, String token) {
        return new Report(SignedTwilioRequest.post(url)
                .param("MessageSid", sid)
                .param("MessageStatus", "delivered")
                .param("To", "+12025550174")
                .param("From", "+12025550199")
                .sign(token));
    }

    @Test
    void takesDeliveryLogsOfSns() {
        twilio.next(RawBehaviour.reply(400, "{\"code\":21408,\"message\":\"Permission not enabled\",\"status\":400}"));
        String id = send("chief", "+12025550175", "By SNS").expect(201).text("message_id");
        String log = "{\"notification\":{\"messageId\":\"" + status("chief", id).text("provider_message_id")
                + "\",\"timestamp\":\"2026-11-21 12:00:34.558\"},\"delivery\":{\"numberOfMessageParts\":1,"
                + "\"destination\":\"+12025550175\",\"priceInUSD\":0.00645,\"providerResponse\":\"Message has been"
                + " accepted by phone carrier\"},\"status\":\"SUCCESS\"}";
        WebhookRequest.Builder call = WebhookRequest.builder("POST", "/textonce/webhooks/acme.sns")
                .body(log.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(platform.hook("/textonce/webhooks/acme.sns", call.build()).status())
                .isBetween(400, 499);
        call.header("Authorization", "Bearer " + Platform.FORWARD_SECRET);
        assertThat(platform.hook("/textonce/webhooks/acme.sns", call.build()).status())
                .isBetween(200, 204);
        Answer status = status("chief", id);
        assertThat(status.text("delivery_status")).as("SNS knows no more").isEqualTo("sent");
        assertThat(status.text("cost")).as("what was billed").isEqualTo("0.00645 USD");
    }

    @Test
    void looksUpWhatNobodyReportedOf() {
        String id = send("chief", "+12025550176", "No report").expect(201).text("message_id");
        String sid = status("chief", id).text("provider_message_id");
        twilio.otherwise(RawBehaviour.answer(request -> Platform.http(
                "200 OK",
                "application/json",
                request.target().contains(sid)
                        ? "{\"sid\":\"" + sid + "\",\"status\":\"delivered\",\"to\":\"+12025550176\","
                                + "\"num_segments\":\"1\",\"price\":\"-0.00750\",\"price_unit\":\"USD\"}"
                        : "{}")));
        try {
            while (run("delivery-states") > 0) {}
        } finally {
            twilio.otherwise(Platform.accepts());
        }
        assertThat(status("chief", id).text("delivery_status")).isEqualTo("delivered");
        assertThat(status("chief", id).text("cost")).isEqualTo("0.0075 USD");
    }

    @Test
    void theSandboxDeliversWhatItsTenantSends() {
        String id = send("boss", "+12025550100", "Play").expect(201).text("message_id");
        platform.signals()
                .await(
                        DeliveryReport.class,
                        each -> each.messageId()
                                        .filter(known -> known.value().equals(id))
                                        .isPresent()
                                && each.status() == DeliveryStatus.DELIVERED);
        assertThat(status("boss", id).text("delivery_status")).isEqualTo("delivered");
    }

    // ---- messages

    @Test
    void tellsAllThatIsWrongAtOnceAndSendsNothing() {
        int before = twilio.received();
        assertThat(problems(platform.post(
                                "chief",
                                "/api/sms/send",
                                "{'phone_number': 'abc', 'message': ' ', 'media_urls': ['not a url'], 'user_id': ''}")
                        .expect(422)))
                .hasSizeGreaterThanOrEqualTo(4)
                .anyMatch(each -> each.startsWith("phone_number: "))
                .anyMatch(each -> each.startsWith("message: "))
                .anyMatch(each -> each.startsWith("media_urls: "))
                .anyMatch(each -> each.startsWith("user_id: "));
        assertThat(problems(platform.post(
                                "chief",
                                "/api/sms/schedule",
                                "{'phone_number': '', 'message': 'x', 'scheduled_time': '2020-01-01T00:00:00Z'}")
                        .expect(422)))
                .hasSize(2);
        platform.post("chief", "/api/sms/send", "{'phone': '+12025550100'}").expect(400);
        assertThat(twilio.received()).isEqualTo(before);
    }

    @Test
    void checksAllNumbersOfABulkAndThenSendsToAll() {
        String bad = "{'phone_numbers': ['+12025550177', 'x', '(202) 555-0178', ''], 'message': 'To all'}";
        assertThat(problems(platform.post("chief", "/api/sms/send-bulk", bad).expect(422)))
                .hasSize(2)
                .anyMatch(each -> each.startsWith("[1].phone_number: "))
                .anyMatch(each -> each.startsWith("[3].phone_number: "));
        assertThat(texts(twilio, "+12025550177")).isEmpty();

        String good = "{'phone_numbers': ['+12025550177', '(202) 555-0178'], 'message': 'To all'}";
        JsonNode receipts =
                platform.post("chief", "/api/sms/send-bulk", good).expect(202).json();
        receipts.forEach(
                each -> platform.signals().awaitSent(each.path("message_id").asText()));
        assertThat(texts(twilio, "+12025550177")).containsExactly("To all");
        assertThat(texts(twilio, "+12025550178")).containsExactly("To all");
    }

    @Test
    void sendsLaterWhatIsScheduledAndNeverWhatWasCancelled() {
        String later = "{'phone_number': '+12025550179', 'message': 'Later', 'scheduled_time': '%s'}";
        Instant soon = Instant.now().plusMillis(1500);
        String cancelled = platform.post(
                        "chief", "/api/sms/schedule", later.formatted(soon).replace("Later", "Never"))
                .expect(202)
                .text("message_id");
        String id = platform.post("chief", "/api/sms/schedule", later.formatted(soon))
                .expect(202)
                .text("message_id");
        platform.post("chief", "/api/sms/messages/" + cancelled + "/cancel", "").expect(200);
        assertThat(status("chief", id).text("status")).isEqualTo("pending");
        platform.signals().awaitSent(id);
        assertThat(texts(twilio, "+12025550179")).containsExactly("Later");
        assertThat(Instant.now()).isAfterOrEqualTo(soon);
        platform.post("chief", "/api/sms/messages/" + id + "/cancel", "").expect(409);
    }

    @Test
    void repeatsARequestWithAKeyWithoutASecondMessage() {
        String path = "/api/sms/send";
        String body = "{'phone_number': '+12025550180', 'message': 'Once'}";
        Answer first = platform.postWithKey("chief", path, body, "k-1").expect(201);
        Answer second = platform.postWithKey("chief", path, body, "k-1").expect(201);
        assertThat(second.text("message_id")).isEqualTo(first.text("message_id"));
        assertThat(texts(twilio, "+12025550180")).hasSize(1);
    }

    @Test
    void allowsUsersSoManyAnHourAndAdminsMore() {
        for (int i = 0; i < 5; i++) {
            send("ben", "+12025550181", "No. " + i).expect(201);
        }
        Answer refused = send("ben", "+12025550181", "One too many").expect(429);
        assertThat(refused.text("reason")).isEqualTo("RATE_LIMITED");
        assertThat(Long.parseLong(
                        refused.response().headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(3_500L, 3_602L);
        for (int i = 0; i < 6; i++) {
            send("chief", "+12025550181", "Admin " + i).expect(201);
        }
        assertThat(texts(twilio, "+12025550181")).hasSize(11);

        String typed = "{'phone_number': '+12025550181', 'message': 'Typed', 'message_type': '%s'}";
        platform.post("ben", "/api/sms/send", typed.formatted("welcome")).expect(429);
        for (String type : List.of("promotion", "2fa_code", "password_reset")) {
            assertThat(problems(platform.post("ben", "/api/sms/send", typed.formatted(type))
                            .expect(422)))
                    .singleElement()
                    .asString()
                    .startsWith("message_type: is that of ");
        }
        assertThat(texts(twilio, "+12025550181")).hasSize(11);
        send("mia", "+12025550181", "Of another").expect(201);
        send("namesake", "+12025550181", "Of another tenant").expect(201);
    }

    @Test
    void sendsCodesByNoOtherWay() {
        String code = "{'phone_number': '+12025550169', 'template_id': '2fa_code', 'variables': {'code': '123456'},"
                + " 'message_type': 'welcome'}";
        assertThat(problems(
                        platform.post("chief", "/api/sms/send-templated", code).expect(422)))
                .containsExactly("message_type: is that of codes, which are sent by /codes/request only");
        String campaign = "{'name': 'Codes', 'variables': {'code': '123456'}, ";
        for (String what : List.of(
                "'template_id': '2fa_code'}",
                "'template_id': 'assessment_notification', 'message_type': '2fa_code'}")) {
            assertThat(problems(platform.post("chief", "/api/sms/campaigns", campaign + what)
                            .expect(422)))
                    .containsExactly("campaign: is of a type for codes, which are sent by /codes/request only");
        }
        assertThat(texts(twilio, "+12025550169")).isEmpty();
    }

    @Test
    void sendsPicturesByWhoeverCan() {
        platform.post(
                        "chief",
                        "/api/sms/send",
                        "{'phone_number': '+12025550182', 'message': 'Look', 'media_urls': ['https://example.org/a.png']}")
                .expect(201);
        assertThat(sentTo(twilio, "+12025550182").get(0)).containsEntry("MediaUrl", "https://example.org/a.png");
    }

    @Test
    void saysWhetherANumberIsOne() {
        JsonNode good = platform.post(
                        "ben", "/api/sms/validate-phone", "{'phone_number': '07700 900123', 'country_code': 'GB'}")
                .expect(200)
                .json();
        assertThat(good.path("formatted").asText()).isEqualTo("+447700900123");
        Answer byDefault = platform.post("ben", "/api/sms/validate-phone", "{'phone_number': '202-555-0123'}");
        assertThat(byDefault.text("formatted")).isEqualTo("+12025550123");
        JsonNode bad = platform.post("ben", "/api/sms/validate-phone", "{'phone_number': '12'}")
                .expect(200)
                .json();
        assertThat(bad.path("valid").asBoolean()).isFalse();
        assertThat(bad.path("problem").asText()).isNotEmpty();
        platform.post("ben", "/api/sms/validate-phone", "{'phone_number': '12', 'country_code': 'XX'}")
                .expect(422);
    }

    @Test
    void findsMessagesByUserStatusAndType() {
        platform.post(
                        "chief",
                        "/api/sms/send",
                        "{'phone_number': '+12025550183', 'message': 'For 77', 'user_id': '77', 'message_type': 'news'}")
                .expect(201);
        send("chief", "+12025550183", "For nobody").expect(201);
        JsonNode found = platform.get("chief", "/api/sms/history?user_id=77&status=accepted&message_type=news&limit=5")
                .expect(200)
                .json();
        assertThat(found).hasSize(1);
        assertThat(found.get(0).path("message").asText()).isEqualTo("For 77");
        assertThat(found.get(0).path("sent_by").asText()).isEqualTo("chief");
        assertThat(platform.get("chief", "/api/sms/history?limit=1").json()).hasSize(1);
        assertThat(problems(platform.get("chief", "/api/sms/history?status=nice&limit=0")
                        .expect(422)))
                .hasSize(2);
    }

    // ---- templates, preferences, codes

    @Test
    void beginsWithFourTemplatesInTwoLanguages() {
        JsonNode all = platform.get("boss", "/api/sms/templates").expect(200).json();
        assertThat(all)
                .extracting(each -> each.path("template_id").asText())
                .contains("appointment_reminder", "assessment_notification", "password_reset", "2fa_code");
        assertThat(all).allSatisfy(each -> {
            assertThat(each.path("content_en").asText()).isNotEmpty();
            assertThat(each.path("content_tr").asText()).isNotEmpty();
            assertThat(each.path("variables")).isNotEmpty();
        });
    }

    @Test
    void sendsTemplatesInTheLanguageThatThePersonChose() {
        String wanted = "{'phone_number': '+12025550184', 'template_id': 'assessment_notification', 'user_id': '88',"
                + " 'variables': {'assessment_name': 'Java', 'due_date': '1 May'}, 'language': 'en'}";
        platform.post("chief", "/api/sms/send-templated", wanted).expect(201);
        platform.put("chief", "/api/sms/preferences/88", "{'languages': ['tr'], 'message_types': {}}")
                .expect(200);
        String id = platform.post("chief", "/api/sms/send-templated", wanted)
                .expect(201)
                .text("message_id");
        assertThat(texts(twilio, "+12025550184"))
                .containsExactly("Please hand in Java by 1 May.", "Java için son gün: 1 May.");
        assertThat(status("chief", id).text("message_type")).isEqualTo("assessment_notification");

        String later = platform.post(
                        "chief",
                        "/api/sms/schedule",
                        wanted.replace("'language'", "'scheduled_time': '2090-01-01T00:00:00Z', 'language'"))
                .expect(202)
                .text("message_id");
        assertThat(status("chief", later).text("message")).isEqualTo("Java için son gün: 1 May.");
        platform.post("chief", "/api/sms/messages/" + later + "/cancel", "").expect(200);
        for (String wrong : List.of("{'message_types': {'news': null}}", "{'languages': [null]}")) {
            platform.put("chief", "/api/sms/preferences/88", wrong).expect(422);
        }

        platform.put("chief", "/api/sms/preferences/88", "{'message_types': {'assessment_notification': false}}")
                .expect(200);
        Answer refused =
                platform.post("chief", "/api/sms/send-templated", wanted).expect(409);
        assertThat(refused.text("reason")).isEqualTo("OPTED_OUT");
        Answer notScheduled = platform.post(
                        "chief",
                        "/api/sms/schedule",
                        wanted.replace("'language'", "'scheduled_time': '2090-01-01T00:00:00Z', 'language'"))
                .expect(409);
        assertThat(notScheduled.text("reason")).isEqualTo("OPTED_OUT");
        assertThat(texts(twilio, "+12025550184")).hasSize(2);
    }

    @Test
    void saysWhyATemplateCanNotBeUsed() {
        String template = "{'template_id': 'welcome', 'name': 'Welcome', 'content_en': 'Welcome {{name}}!',"
                + " 'content_tr': 'Hoş geldiniz {{name}}!', 'message_type': 'welcome', 'variables': ['name'], 'active': %s}";
        platform.post("boss", "/api/sms/templates", template.formatted("true")).expect(201);
        String wanted = "{'phone_number': '+12025550185', 'template_id': 'welcome', 'variables': {'name': 'Ada'}}";

        // Theirs isn't ours, and that it exists is none of our business.
        assertThat(problems(platform.post("chief", "/api/sms/send-templated", wanted)
                        .expect(422)))
                .singleElement()
                .asString()
                .startsWith("template_id: NOT_FOUND");
        platform.post("boss", "/api/sms/send-templated", wanted).expect(201);
        assertThat(problems(platform.post("boss", "/api/sms/send-templated", wanted.replace("'name'", "'nam'"))
                        .expect(422)))
                .singleElement()
                .asString()
                .startsWith("template_id: VARIABLES")
                .contains("nam");

        platform.post("chief", "/api/sms/templates", template.formatted("false"))
                .expect(201);
        assertThat(problems(platform.post("chief", "/api/sms/send-templated", wanted)
                        .expect(422)))
                .singleElement()
                .asString()
                .startsWith("template_id: INACTIVE");
        assertThat(problems(platform.post("chief", "/api/sms/templates", "{'content_en': 'Hi {{name}}'}")
                        .expect(422)))
                .hasSizeGreaterThanOrEqualTo(3);
        platform.post("chief", "/api/sms/templates", template.formatted("true").replace("Hoş", "Hoş ".repeat(500)))
                .expect(422);
        platform.post("ben", "/api/sms/templates", template.formatted("true")).expect(403);
    }

    @Test
    void sendsCodesThatConfirmOnceAndExpire() {
        String number = "+12025550186";
        String request = "{'phone_number': '" + number + "', 'purpose': 'two-factor', 'language': 'tr',"
                + " 'client_address': '203.0.113.7'%s}";
        Answer asked = platform.post("chief", "/api/sms/codes/request", request.formatted(""))
                .expect(202);
        String text = texts(twilio, number).get(0);
        assertThat(text).startsWith("Giriş kodunuz: ");
        Matcher code = CODE.matcher(text);
        assertThat(code.find()).isTrue();
        assertThat(asked.response().body()).doesNotContain(code.group());
        String entered = request.formatted(", 'code': '" + code.group() + "'");
        assertThat(platform.post("chief", "/api/sms/codes/verify", entered.replace("two-factor", "password-reset"))
                        .text("verified"))
                .isEqualTo("false");
        assertThat(platform.post("boss", "/api/sms/codes/verify", entered).text("verified"))
                .as("another tenant")
                .isEqualTo("false");
        assertThat(platform.post("chief", "/api/sms/codes/verify", entered).text("verified"))
                .isEqualTo("true");
        assertThat(platform.post("chief", "/api/sms/codes/verify", entered).text("verified"))
                .isEqualTo("false");
        assertThat(platform.get("chief", "/api/sms/history?message_type=2fa_code")
                        .expect(200)
                        .response()
                        .body())
                .contains(number)
                .doesNotContain(code.group());

        // The second one within a minute isn't sent, and nobody is told.
        platform.post("chief", "/api/sms/codes/request", request.formatted("")).expect(202);
        assertThat(texts(twilio, number)).hasSize(1);

        String other = request.formatted("").replace(number, "+12025550187");
        platform.post("chief", "/api/sms/codes/request", other).expect(202);
        Matcher late = CODE.matcher(texts(twilio, "+12025550187").get(0));
        assertThat(late.find()).isTrue();
        database()
                .sql("update textonce_code set expires_at = current_timestamp - interval '1' second")
                .update();
        String tooLate = request.formatted(", 'code': '" + late.group() + "'").replace(number, "+12025550187");
        assertThat(platform.post("chief", "/api/sms/codes/verify", tooLate).text("verified"))
                .isEqualTo("false");

        String reset =
                request.formatted("").replace("two-factor", "password-reset").replace(number, "+12025550167");
        platform.post("chief", "/api/sms/codes/request", reset).expect(202);
        assertThat(texts(twilio, "+12025550167")).singleElement().asString().startsWith("Yeni parola kodunuz: ");
    }

    @Test
    void countsCodesByThePersonWhoAsks() {
        String request = "{'phone_number': '+4477009002%d', 'purpose': 'two-factor', 'client_address': '%s'}";
        for (int i = 10; i < 21; i++) {
            platform.post("chief", "/api/sms/codes/request", request.formatted(i, "203.0.113.8"))
                    .expect(202);
        }
        platform.post("chief", "/api/sms/codes/request", request.formatted(21, "203.0.113.9"))
                .expect(202);
        assertThat(texts(twilio, "+447700900219")).as("the tenth").hasSize(1);
        assertThat(texts(twilio, "+447700900220")).as("the eleventh").isEmpty();
        assertThat(texts(twilio, "+447700900221")).as("another's").hasSize(1);
        assertThat(problems(platform.post(
                                "chief",
                                "/api/sms/codes/request",
                                "{'phone_number': '+447700900222', 'purpose': 'two-factor'}")
                        .expect(422)))
                .containsExactly("client_address: is missing");
    }

    // ---- campaigns

    @Test
    void runsACampaignByRoleInTwoVariantsWithinTheHoursOfItsRecipients() {
        String person = "insert into app_user (tenant, id, name, user_role, phone, language, time_zone) values"
                + " ('acme', ?, 'Person', 'runner', ?, 'en', ?)";
        for (int i = 0; i < 20; i++) {
            String number = "+4477009009" + (10 + i);
            database()
                    .sql(person)
                    .params("r" + (10 + i), number, "Europe/London")
                    .update();
        }
        database().sql(person).params("r90", "+12025550188", "America/New_York").update();
        for (String id : List.of("news_a", "news_b")) {
            platform.post(
                            "chief",
                            "/api/sms/templates",
                            "{'template_id': '" + id + "', 'name': 'News', 'message_type': 'promotion',"
                                    + " 'content_en': '" + id + " for {{name}}', 'variables': ['name']}")
                    .expect(201);
        }
        Answer created = platform.post(
                        "chief",
                        "/api/sms/campaigns",
                        "{'name': 'News', 'variants': [{'name': 'a', 'weight': 1, 'template_id': 'news_a'},"
                                + " {'name': 'b', 'weight': 1, 'template_id': 'news_b'}],"
                                + " 'recipient_filters': {'roles': ['runner'], 'tenant_id': 'acme'},"
                                + " 'scheduled_for': '" + Instant.now() + "'}")
                .expect(201);
        assertThat(created.json().path("segments").asInt()).isEqualTo(21);
        assertThat(created.text("estimated_cost")).isEqualTo("0.8079 USD");
        String path = "/api/sms/campaigns/" + created.text("campaign_id");
        assertThat(platform.get("chief", path + "/status").text("state")).isEqualTo("created");

        platform.post("chief", path + "/execute", "").expect(202);
        run("campaigns");
        for (JsonNode each : platform.get("chief", "/api/sms/history?message_type=promotion&limit=100")
                .json()) {
            if (each.path("phone_number").asText().startsWith("+44")) {
                platform.signals().awaitSent(each.path("message_id").asText());
            }
        }
        Set<String> texts = twilio.requests().stream()
                .map(RawServer.Request::text)
                .filter(text -> text.contains("for+Person") || text.contains("for%20Person"))
                .map(text -> text.contains("news_a") ? "news_a" : "news_b")
                .collect(Collectors.toSet());
        assertThat(texts).containsExactlyInAnyOrder("news_a", "news_b");
        assertThat(texts(twilio, "+12025550188")).as("in quiet hours").isEmpty();
        JsonNode status = platform.get("chief", path + "/status").expect(200).json();
        assertThat(status.path("enqueued").asInt()).isEqualTo(21);
        assertThat(status.path("settled").asInt()).isEqualTo(20);
        assertThat(status.path("waiting").asInt()).isEqualTo(1);
        assertThat(status.path("outcomes").toString()).contains("\"a\"", "\"b\"");

        platform.post("chief", path + "/execute", "").expect(202);
        run("campaigns");
        platform.post("chief", path + "/pause", "").expect(200);
        assertThat(platform.post("chief", path + "/resume", "").expect(200).text("state"))
                .isEqualTo("running");
        assertThat(platform.post("chief", path + "/cancel", "").expect(200).text("state"))
                .isEqualTo("cancelled");
        platform.post("chief", path + "/resume", "").expect(409);
        assertThat(twilio.requests().stream()
                        .filter(each -> each.text().contains("news_"))
                        .count())
                .as("nobody gets a second message")
                .isEqualTo(20);
        assertThat(platform.get("chief", "/api/sms/history?user_id=r10").json()).hasSize(1);
    }

    // ---- answers

    @Test
    void keepsBothSidesOfAConversationAndHonoursStop() {
        send("chief", "+12025550189", "How are you?").expect(201);
        inbound("+12025550189", "Fine, thanks");
        JsonNode all =
                platform.get("chief", "/api/sms/conversations").expect(200).json();
        JsonNode ours = StreamSupport.stream(all.spliterator(), false)
                .filter(each -> each.path("phone_number").asText().equals("+12025550189"))
                .findFirst()
                .orElseThrow();
        assertThat(ours.at("/last/text").asText()).isEqualTo("Fine, thanks");
        String path = "/api/sms/conversations/" + ours.path("conversation_id").asText();
        platform.post("chief", path + "/reply", "{'message': 'Good'}").expect(201);
        assertThat(platform.get("chief", path).expect(200).json())
                .extracting(each -> each.path("text").asText())
                .containsExactlyInAnyOrder("How are you?", "Fine, thanks", "Good");
        assertThat(texts(twilio, "+12025550189")).containsExactly("How are you?", "Good");
        assertThat(platform.get("boss", "/api/sms/conversations").response().body())
                .doesNotContain("+12025550189");

        twilio.next(RawBehaviour.drop(RawBehaviour.Ending.FIN));
        Answer unknown =
                platform.post("chief", path + "/reply", "{'message': 'Better'}").expect(202);
        assertThat(unknown.text("status")).isEqualTo("unknown");

        inbound("+12025550189", "STOP");
        Answer refused = send("chief", "+12025550189", "One more").expect(409);
        assertThat(refused.text("reason")).isEqualTo("OPTED_OUT");
        assertThat(texts(twilio, "+12025550189")).hasSize(3);
    }

    private static void inbound(String from, String text) {
        WebhookRequest signed = SignedTwilioRequest.post(Platform.PUBLIC + TWILIO_HOOK)
                .param("MessageSid", Platform.sid())
                .param("From", from)
                .param("To", "+12025550199")
                .param("Body", text)
                .param("NumMedia", "0")
                .sign(Platform.TWILIO_TOKEN);
        assertThat(platform.hook(TWILIO_HOOK, signed).status()).isBetween(200, 204);
    }

    // ---- jobs, reports, health

    @Test
    void remindsOfTomorrowsAppointmentsOnceInTheLanguageOfEach() {
        database()
                .sql("insert into app_user (tenant, id, name, user_role, phone, language, time_zone) values"
                        + " ('acme', 'odd', 'Odd', 'odd', '+12025550195', 'en', 'Mars/Olympus')")
                .update();
        platform.put("chief", "/api/sms/preferences/odd", "{'languages': ['tr']}")
                .expect(200);
        // The first can't be read at all.
        database()
                .sql("insert into appointment (tenant, id, user_id, trainer, place, starts_at) values"
                        + " ('no tenant!', '1', '1', 'Alan', 'x', current_timestamp + interval '1' hour),"
                        + " ('acme', 'odd', 'odd', 'Alan', 'x', current_timestamp + interval '2' hour)")
                .update();
        run("reminders");
        run("reminders");
        JsonNode all = platform.get("chief", "/api/sms/history?message_type=appointment_reminder&limit=100")
                .json();
        assertThat(all).hasSize(3);
        all.forEach(each -> platform.signals().awaitSent(each.path("message_id").asText()));
        assertThat(texts(twilio, "+12025550100")).singleElement().asString().startsWith("Alan expects you on ");
        assertThat(texts(twilio, "+447700900101")).singleElement().asString().startsWith("Alan sizi ");
        assertThat(texts(twilio, "+12025550195")).singleElement().asString().startsWith("Alan sizi ");
    }

    @Test
    void sumsUpWhatWasSentAndWhatItCost() {
        platform.post(
                        "chief",
                        "/api/sms/send",
                        "{'phone_number': '+447700900190', 'message': 'Count me', 'message_type': 'counted'}")
                .expect(201);
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        String days = "?start_date=" + today.minusDays(1) + "&end_date=" + today.plusDays(1);
        JsonNode stats = platform.get("chief", "/api/sms/stats" + days + "&by=type,provider")
                .expect(200)
                .json();
        assertThat(stats).anySatisfy(row -> {
            assertThat(row.path("type").asText()).isEqualTo("counted");
            assertThat(row.path("provider").asText()).isEqualTo("twilio");
            assertThat(row.path("messages").asInt()).isEqualTo(1);
            assertThat(row.path("cost").toString()).isEqualTo("[\"0.04 USD\"]");
        });
        assertThat(problems(platform.get("chief", "/api/sms/stats" + days + "&by=moon")
                        .expect(422)))
                .hasSize(1);

        String month = "/api/sms/costs/" + YearMonth.from(today);
        JsonNode costs = platform.get("chief", month).expect(200).json();
        assertThat(costs.path("by_type"))
                .anySatisfy(row -> assertThat(row.path("type").asText()).isEqualTo("counted"));
        assertThat(costs.path("by_provider"))
                .anySatisfy(row -> assertThat(row.path("provider").asText()).isEqualTo("twilio"));
        assertThat(costs.path("by_tenant")).hasSize(1);
        assertThat(platform.get("chief", month + ".csv").expect(200).response().body())
                .contains("twilio");
        send("boss", "+12025550100", "Ours too").expect(201);
        assertThat(platform.get("ops", month).expect(200).json().path("by_tenant"))
                .extracting(row -> row.path("tenant").asText())
                .contains("acme", "globex");
    }

    @Test
    void tellsWhenAMonthCostsOrADayFailsMoreThanItShould() {
        send("chief", "+447700900191", "Dear").expect(201);
        twilio.next(RawBehaviour.reply(400, "{\"code\":21211,\"message\":\"Invalid\",\"status\":400}"));
        send("chief", "+447700900192", "Refused").expect(422);
        run("alerts");
        platform.signals()
                .await(
                        Alerts.Alert.class,
                        each -> each.rule().name().equals("failures")
                                && each.rule().tenant().orElseThrow().value().equals("acme"));
        Alerts.Alert alert = platform.signals()
                .await(
                        Alerts.Alert.class,
                        each -> each.rule().name().equals("spend")
                                && each.rule().tenant().orElseThrow().value().equals("acme"));
        assertThat(alert.sums().cost().get(0).amount()).isGreaterThan(new java.math.BigDecimal("0.01"));
        assertThat(run("alerts")).as("told once").isZero();
    }

    @Test
    void forgetsMessagesAfterTheirRetention() {
        String id = send("chief", "+12025550192", "Old").expect(201).text("message_id");
        database()
                .sql("update textonce_message set created_at = current_timestamp - interval '31' day,"
                        + " updated_at = current_timestamp - interval '31' day where id = ?")
                .param(id)
                .update();
        status("chief", id).expect(200);
        // What is old is deleted at the start, and each hour.
        Map<String, String> settings =
                Map.of("DATABASE_URL", DATABASE, "SMS_RETENTION_DAYS", "30", "textonce.outbox.auto-startup", "false");
        try (Platform again = new Platform(twilio, sns, settings)) {
            again.app.getBean(SmsOutbox.class).pump(Set.of(SmsOutbox.Duty.PURGE));
        }
        status("chief", id).expect(404);
    }

    @Test
    void showsHealthMetersAndItsDashboard() {
        for (String who : List.of("", "ben", "chief")) {
            JsonNode told = platform.get(who, "/actuator/health").expect(200).json();
            assertThat(told.fieldNames()).toIterable().as("shown to " + who).containsExactly("status");
        }
        JsonNode health = platform.get("ops", "/actuator/health").expect(200).json();
        assertThat(health.at("/components/textonce/details/tenants/acme/twilio/breaker")
                        .isTextual())
                .isTrue();
        send("chief", "+12025550193", "Measured").expect(201);
        JsonNode meter = platform.get("ops", "/actuator/metrics/textonce.messages")
                .expect(200)
                .json();
        assertThat(meter.at("/measurements/0/value").asInt()).isPositive();
        assertThat(platform.get("", "/").expect(200).response().body()).contains("/api/sms/stats");
    }
}
