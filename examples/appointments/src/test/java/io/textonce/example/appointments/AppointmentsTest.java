package io.textonce.example.appointments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.testkit.SignedTwilioRequest;
import java.net.BindException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application over HTTP, as the clerk, other applications and Twilio see it. */
@Tag("once")
class AppointmentsTest {

    private static final String PHONE = "9876543210";

    private static final ZoneId INDIA = ZoneId.of("Asia/Kolkata");

    private final LocalDateTime now = LocalDateTime.now(INDIA);

    private final LocalDateTime later =
            now.plusDays(5).withHour(16).withMinute(45).withSecond(0).withNano(0);
    private final Twilio twilio = new Twilio();
    private final List<App> running = new ArrayList<>();

    @TempDir
    Path data;

    private App app;

    @AfterEach
    void close() {
        running.forEach(App::close);
        twilio.close();
    }

    private Clerk start(Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("DATA_DIR", data.toString());
        settings.put("PORT", "0");
        settings.put("CLINIC_PASSWORD", Clerk.PASSWORD);
        settings.put("API_TOKEN", Clerk.API_TOKEN);
        app = App.start(settings);
        running.add(app);
        return new Clerk(app, Clerk.PASSWORD);
    }

    private Clerk withTwilio() throws Exception {
        return start(twilio.settings());
    }

    private void stop() {
        running.remove(app);
        app.close();
    }

    @Test
    void aBookingSendsTheConfirmationWithDoctorDateAndTime() throws Exception {
        Clerk clerk = withTwilio();
        String path = clerk.book("Ada", PHONE, later);

        Map<String, String> sms = twilio.received(1).get(0);
        assertThat(sms).containsEntry("To", "+919876543210").containsEntry("From", "+12025550100");
        assertThat(sms.get("Body"))
                .startsWith("\uD83C\uDFE5 Your appointment is booked\n")
                .contains("Hello Ada,", "Dr. Asha, Cardiology", date(later), "16:45", "Booking APT-1001");
        assertThat(sms.get("StatusCallback")).startsWith(Twilio.PUBLIC + "/hooks/sms?");
        assertThat(path).isEqualTo("/appointments/APT-1001");
    }

    @Test
    void tenDigitsAndNumbersWithCountryCodeReachTheSameIndianNumber() throws Exception {
        Clerk clerk = withTwilio();
        clerk.book("Ada", "98765 43210", later);
        clerk.book("Ada", "919876543210", later);
        clerk.book("Ada", "+919876543210", later);

        assertThat(twilio.received(3)).extracting(sms -> sms.get("To")).containsOnly("+919876543210");
    }

    @Test
    void aMoveTellsOldAndNewTimeAndTakesTheReminderAlong() throws Exception {
        Clerk clerk = withTwilio();
        String path = clerk.book("Ada", PHONE, later);
        twilio.received(1);
        LocalDateTime other = later.plusDays(2).withMinute(15);
        clerk.post(path + "/move", Clerk.at(other));

        assertThat(twilio.received(2).get(1).get("Body"))
                .contains(date(later) + ", 16:45", date(other) + ", " + time(other));
        assertThat(clerk.read(path)).contains("reminder : " + date(other.minusDays(1)) + ", 16:15");
        clerk.post(path + "/move", Clerk.at(other));
        theDayBeforeComes();
        assertThat(clerk.read("/sms?type=reminder&status=cancelled")).contains("APT-1001");
        assertThat(twilio.received(3).get(2).get("Body"))
                .isEqualTo("Hello Ada, we expect you on " + date(other) + " at " + time(other)
                        + ": Dr. Asha, Cardiology. Booking APT-1001.");
        // Twilio has it a moment before the log says so.
        assertThat(clerk.readUntil(path, "SM00000000000000000000000000000003")).contains(" reminder :null");
        assertThat(twilio.received()).hasSize(3);
    }

    /** What says how it was, and hasn't gone yet, never goes. */
    @Test
    void aConfirmationThatStillWaitsIsCancelledWithTheAppointment() throws Exception {
        Clerk clerk = withTwilio();
        twilio.holdsBack();
        clerk.book("Bela", PHONE, later); // in order to one number: what follows waits for this one
        twilio.received(1);
        String path = clerk.book("Ada", PHONE, later);
        clerk.post(path + "/cancel", Map.of());
        assertThat(clerk.read("/sms?type=confirmation&status=cancelled")).contains("APT-1002");
        twilio.letsGo();

        assertThat(twilio.received(2).get(1).get("Body")).startsWith("Hello Ada, your appointment with Dr. Asha on");
    }

    @Test
    void noSmsConfirmsWhatIsCancelled() throws Exception {
        Clerk clerk = withTwilio();
        String path = clerk.book("Ada", PHONE, later);
        twilio.received(1);
        clerk.post(path + "/cancel", Map.of());
        twilio.received(2);

        HttpResponse<String> answer =
                clerk.api("/send-confirmation", Clerk.API_TOKEN, Map.of("booking_id", "APT-1001"));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("cancelled");
        assertThat(twilio.received()).hasSize(2);
    }

    @Test
    void aRequestThatComesTwiceBooksAndSendsOnce() throws Exception {
        Clerk clerk = withTwilio();
        Map<String, String> form = Clerk.booking("Ada", PHONE, later);
        for (int i = 0; i < 2; i++) {
            assertThat(clerk.post("/appointments", form, "Idempotency-Key", "6").body())
                    .contains("APT-1001");
        }
        form.put("patient", "Bela");
        assertThat(clerk.post("/appointments", form, "Idempotency-Key", "6").statusCode())
                .isEqualTo(400);
        twilio.received(1);

        Map<String, String> booking = Clerk.booking("Cleo", "9876543211", later);
        for (int i = 0; i < 2; i++) {
            assertThat(clerk.api("/appointments", Clerk.API_TOKEN, booking, "Idempotency-Key", "7")
                            .body())
                    .contains("APT-1002");
        }
        twilio.received(2);
        for (int i = 0; i < 2; i++) {
            assertThat(clerk.api(
                                    "/send-confirmation",
                                    Clerk.API_TOKEN,
                                    Map.of("booking_id", "APT-1002"),
                                    "Idempotency-Key",
                                    "8")
                            .body())
                    .contains(Twilio.sid(3));
        }
        assertThat(twilio.received()).hasSize(3);
        assertThat(clerk.read("/appointments")).doesNotContain("APT-1003", "Bela");
    }

    @Test
    void theReminderComesAtTheSameTimeOfTheClockAndATimeThatClocksSkipIsRefused() throws Exception {
        ZoneId zone = ZoneId.of("America/New_York");
        ZoneOffsetTransition forward =
                zone.getRules().nextTransition(Instant.now().plus(Duration.ofDays(3)));
        while (!forward.isGap()) {
            forward = zone.getRules().nextTransition(forward.getInstant());
        }
        Clerk clerk = start(Map.of("CLINIC_ZONE", zone.getId()));
        LocalDateTime noon = forward.getDateTimeBefore().toLocalDate().atTime(12, 0);
        assertThat(clerk.read(clerk.book("Ada", "+1 202 555 0199", noon)))
                .contains(" reminder : " + date(noon.minusDays(1)) + ", 12:00");

        HttpResponse<String> skipped = clerk.post(
                "/appointments",
                Clerk.booking(
                        "Ada", "+1 202 555 0199", forward.getDateTimeBefore().plusMinutes(30)));
        assertThat(skipped.statusCode()).isEqualTo(400);
        assertThat(skipped.body()).contains("Clocks are put forward");
    }

    @Test
    void aCancellationIsToldAndCancelsTheReminder() throws Exception {
        Clerk clerk = withTwilio();
        String path = clerk.book("Ada", PHONE, later);
        twilio.received(1);
        HttpResponse<String> page = clerk.post(path + "/cancel", Map.of());

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(twilio.received(2).get(1).get("Body"))
                .isEqualTo("Hello Ada, your appointment with Dr. Asha on " + date(later) + " at 16:45 is cancelled."
                        + " Booking APT-1001.");
        assertThat(clerk.read("/sms?type=reminder&status=cancelled")).contains("APT-1001");
        assertThat(clerk.read("/sms?type=reminder&status=waiting")).isEqualTo("[]");
        assertThat(clerk.post(path + "/cancel", Map.of()).statusCode()).isEqualTo(400);
    }

    @Test
    void aPatientIsRemindedTheDayBefore() throws Exception {
        Clerk clerk = withTwilio();
        clerk.book("Ada", PHONE, later);
        assertThat(twilio.received(1)).hasSize(1);
        assertThat(clerk.read("/sms?type=reminder&status=waiting")).contains("APT-1001");

        theDayBeforeComes();
        assertThat(twilio.received(2).get(1).get("Body"))
                .contains("we expect you on " + date(later) + " at " + time(later));
    }

    @Test
    void anAppointmentWithinADayHasNoReminder() throws Exception {
        Clerk clerk = withTwilio();
        String path = clerk.book("Ada", PHONE, now.plusHours(20));

        assertThat(clerk.read(path)).contains(" reminder :null").doesNotContain(" type : reminder");
    }

    @Test
    void theLogShowsEachSmsAndFiltersByTypeStatusAndDate() throws Exception {
        Clerk clerk = withTwilio();
        clerk.book("Ada", PHONE, later);
        twilio.received(1);
        String second = clerk.book("Bela", "9876543211", later);
        twilio.received(2);
        report(clerk, 1, "delivered", "");

        assertThat(clerk.read("/sms")).contains("APT-1001", "APT-1002", "+919876543210", "confirmation", "reminder");
        assertThat(clerk.read("/sms?type=confirmation&status=delivered"))
                .contains(
                        "APT-1001",
                        Twilio.sid(1),
                        " segments :3",
                        "0.0225 USD",
                        "Hello Ada, we expect you",
                        " changed : ")
                .doesNotContain("APT-1002");
        String day = "/sms?from=" + now.toLocalDate().minusDays(1) + "&to=";
        assertThat(clerk.read(day + now.toLocalDate().plusDays(1))).contains("APT-1001", "APT-1002");
        assertThat(clerk.read(day + now.toLocalDate().minusDays(1))).isEqualTo("[]");
        assertThat(clerk.read("/sms?from=" + now.toLocalDate().plusDays(2))).isEqualTo("[]");
        assertThat(clerk.read(second))
                .contains("Bela", "confirmation", "reminder")
                .doesNotContain("Ada");
    }

    @Test
    void aReportOfTwilioChangesTheStatusAndAForgedOneDoesNot() throws Exception {
        Clerk clerk = withTwilio();
        String path = clerk.book("Ada", PHONE, later);
        twilio.received(1);

        assertThat(clerk.webhook(SignedTwilioRequest.post(callback(0))
                        .param("MessageSid", Twilio.sid(1))
                        .param("MessageStatus", "delivered")
                        .sign("ffffffffffffffffffffffffffffffff")))
                .isEqualTo(403);
        assertThat(clerk.read(path)).doesNotContain("undelivered", " delivered ");

        report(clerk, 1, "undelivered", "30007");
        assertThat(clerk.read(path)).contains("undelivered", "Twilio error 30007: BLOCKED.");
    }

    @Test
    void theTrialAccountsRefusalIsExplainedAndTheBookingStands() throws Exception {
        assertThat(explained(400, 21608)).contains("trial account", "verified numbers only", "Verified Caller IDs");
    }

    @Test
    void theRefusalOfACountryIsExplainedAndTheBookingStands() throws Exception {
        assertThat(explained(400, 21408)).contains("isn't permitted to send to this country", "Geo permissions");
    }

    @Test
    void wrongCredentialsAreExplainedAndTheBookingStands() throws Exception {
        assertThat(explained(401, 20003)).contains("Authenticate", "Check accountSid and authToken");
    }

    @Test
    void aNumberThatTwilioRefusesIsExplained() throws Exception {
        assertThat(explained(400, 21211)).contains("isn't valid", "+ and country code");
    }

    private String explained(int status, int code) throws Exception {
        Clerk clerk = withTwilio();
        twilio.refusesNext(status, code, "The 'To' number +919876543210 is quoted here");
        String path = clerk.book("Ada", PHONE, later);
        String page = clerk.readUntil(path, "Twilio error");
        assertThat(page)
                .contains(" cancelled :false", " failed ", "Twilio error " + code)
                .doesNotContain("is quoted here");
        assertThat(clerk.read("/sms?status=failed")).contains("APT-1001", "confirmation");
        assertThat(twilio.received()).hasSize(1);
        return page;
    }

    @Test
    void aNumberThatCantBeOneIsToldAtOnceAndTheBookingStands() throws Exception {
        Clerk clerk = withTwilio();
        String path = clerk.book("Ada", "12", later);

        assertThat(clerk.read(path)).contains(" cancelled :false", " problem : phone number ***: ");
        assertThat(twilio.received()).isEmpty();
    }

    @Test
    void anAnswerThatProvesNothingIsUnsureAndNeverSentAgain() throws Exception {
        Clerk clerk = withTwilio();
        twilio.isOut();
        String path = clerk.book("Ada", PHONE, later);

        assertThat(clerk.readUntil(path, " unsure "))
                .contains(" cancelled :false", "proves neither success nor refusal");
        clerk.book("Bela", "9876543211", later);
        assertThat(twilio.received(2)).hasSize(2);
    }

    @Test
    void withoutAllKeysItSaysWhichAreMissingAndBooksAllTheSame() throws Exception {
        Clerk clerk = start(Map.of("TWILIO_ACCOUNT_SID", Twilio.ACCOUNT, "SMS_ENABLED", "true"));
        String path = clerk.book("Ada", PHONE, later);

        assertThat(clerk.read("/appointments")).contains("APT-1001");
        assertThat(clerk.read("/options")).contains("SMS are off", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER");
        assertThat(clerk.readUntil(path, " failed ")).contains("not set are TWILIO_AUTH_TOKEN");
        assertThat(clerk.post(path + "/cancel", Map.of()).statusCode()).isEqualTo(200);
        assertThat(clerk.read(path)).contains(" cancelled :true");
        assertThat(twilio.received()).isEmpty();
        assertThat(app.sms().mode).doesNotContain("TWILIO_ACCOUNT_SID");
    }

    @Test
    void smsAreSwitchedOffByASetting() throws Exception {
        Map<String, String> settings = new HashMap<>(twilio.settings());
        settings.put("SMS_ENABLED", "false");
        Clerk clerk = start(settings);
        String path = clerk.book("Ada", PHONE, later);

        clerk.readUntil(path, "SMS are off: SMS_ENABLED is not true. ");
        assertThat(twilio.received()).isEmpty();
    }

    @Test
    void aRestartLosesNeitherAppointmentNorLogNorReminder() throws Exception {
        Clerk before = withTwilio();
        String path = before.book("Ada", PHONE, later);
        twilio.received(1);
        stop();
        Clerk after = withTwilio();
        assertThat(after.read("/sms?type=reminder&status=waiting")).contains("APT-1001");
        theDayBeforeComes();

        assertThat(twilio.received(2).get(1).get("Body")).contains("we expect you on " + date(later));
        assertThat(after.read(path)).contains("Ada", "confirmation", Twilio.sid(1));
        assertThat(twilio.received()).hasSize(2);
    }

    @Test
    void whatAnotherApplicationWritesIntoTheDatabaseIsSent() throws Exception {
        int port = freePort();
        Map<String, String> settings = new HashMap<>(twilio.settings());
        settings.put("DB_PORT", Integer.toString(port));
        settings.put("DB_PASSWORD", "the owner's");
        settings.put("DB_WRITER_PASSWORD", "the writer's");
        start(settings);
        String url = "jdbc:h2:tcp://localhost:" + port + "/./appointments";
        try (Connection other = DriverManager.getConnection(url, "writer", "the writer's");
                Statement insert = other.createStatement()) {
            insert.execute("insert into appointment (patient, phone, doctor, department, starts_at) values"
                    + " ('Cleo', '9876543210', 'Dr. Ravi', 'General medicine', current_timestamp + interval '5' hour)");
            assertThat(twilio.received(1).get(0).get("Body")).contains("Hello Cleo", "Dr. Ravi", "APT-1001");
            insert.execute("insert into textonce_message (to_number, text, reference) values"
                    + " ('9876543211', 'The pharmacy has your order.', 'order-7')");
            assertThat(twilio.received(2).get(1))
                    .containsEntry("To", "+919876543211")
                    .containsEntry("Body", "The pharmacy has your order.");
            for (String forbidden : List.of(
                    "update appointment set cancelled = true",
                    "select phone from appointment",
                    "create alias run for 'java.lang.System.exit'")) {
                assertThatThrownBy(() -> insert.execute(forbidden)).isInstanceOf(SQLException.class);
            }
        }
    }

    @Test
    void theDatabaseIsntOpenedWithoutPasswords() {
        Map<String, String> settings = Map.of("DB_PORT", "1", "PORT", "0", "DATA_DIR", data.toString());
        assertThatThrownBy(() -> App.start(settings)).hasMessageContaining("set DB_PASSWORD, and DB_WRITER_PASSWORD");
        Map<String, String> owner = new HashMap<>(settings);
        owner.put("DB_PASSWORD", " ");
        owner.put("DB_WRITER_PASSWORD", "the writer's");
        assertThatThrownBy(() -> App.start(owner)).hasMessageContaining("set DB_PASSWORD, and DB_WRITER_PASSWORD");
    }

    @Test
    void withItsPortTakenItDoesNothingAtAll() throws Exception {
        start(Map.of());
        Path elsewhere = data.resolve("elsewhere");
        assertThatThrownBy(
                        () -> App.start(Map.of("PORT", Integer.toString(app.port()), "DATA_DIR", elsewhere.toString())))
                .isInstanceOf(BindException.class);
        assertThat(elsewhere).doesNotExist();
    }

    @Test
    void anotherApplicationBooksAndSendsThroughTheApi() throws Exception {
        Clerk other = withTwilio();
        Map<String, String> form = Clerk.booking("Ada", PHONE, later);
        assertThat(other.api("/appointments", "guessed", form).statusCode()).isEqualTo(401);
        HttpResponse<String> booked = other.api("/appointments", Clerk.API_TOKEN, form);
        assertThat(booked.statusCode()).isEqualTo(200);
        assertThat(booked.body()).isEqualTo("{\"booking_id\":\"APT-1001\",\"error\":null}");
        twilio.received(1);

        Map<String, String> booking = Map.of("booking_id", "APT-1001");
        assertThat(other.api("/send-confirmation", Clerk.API_TOKEN, booking).body())
                .isEqualTo("{\"success\":true,\"message_sid\":\"" + Twilio.sid(2) + "\",\"error\":null}");
        twilio.refusesNext(400, 21608, "trial");
        assertThat(other.api("/send-confirmation", Clerk.API_TOKEN, booking).body())
                .startsWith("{\"success\":false,\"message_sid\":null,\"error\":\"Twilio error 21608: a trial account");
    }

    @Test
    void theTextsPageTellsWhatTheEmojiCost() throws Exception {
        Clerk clerk = withTwilio();

        assertThat(clerk.read("/texts?perDay=100"))
                .contains("3 segment(s) in UCS-2, 0.0225 USD each, 2.2500 USD for 100 a day.")
                .contains("1 segment(s) in GSM-7, 0.0075 USD each, 0.7500 USD for 100 a day.")
                .contains("Emoji and other letters outside GSM-7 cost 1 more segment(s)");
    }

    @Test
    void theStatusPageChecksConfigurationAndCredentialsWithoutShowingThem() throws Exception {
        Clerk clerk = withTwilio();

        assertThat(clerk.read("/status"))
                .contains("the balance is 12.50 USD", "auth token (hidden)")
                .doesNotContain(Twilio.AUTH_TOKEN);
    }

    @Test
    void nobodyGetsInWithoutThePasswordAndNoFormOfAnotherSiteWorksWithIt() throws Exception {
        Clerk clerk = withTwilio();
        Clerk stranger = new Clerk(app, "guessed");
        Map<String, String> form = Clerk.booking("Ada", PHONE, later);
        for (String each : List.of("/", "/api/appointments")) {
            assertThat(stranger.get(each).statusCode()).isEqualTo(401);
        }
        assertThat(stranger.post("/appointments", form).statusCode()).isEqualTo(401);

        String json = "{\"patient\":\"Ada\",\"phone\":\"" + PHONE + "\",\"doctor\":\"Dr. Asha\",\"date\":\""
                + later.toLocalDate() + "\",\"time\":\"16:45\"}";
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")) {
            assertThat(clerk.forge("/appointments", type, json).statusCode()).isEqualTo(400);
        }
        assertThat(clerk.read("/appointments")).isEqualTo("[]");
    }

    @Test
    void aWrongPasswordCostsTime() throws Exception {
        start(Map.of());
        long begin = System.nanoTime();
        assertThat(new Clerk(app, "guessed").get("/").statusCode()).isEqualTo(401);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
    }

    @Test
    void nothingIsChargedForWhatWasRefusedOrCancelled() throws Exception {
        Clerk clerk = withTwilio();
        twilio.refusesNext(400, 21211, "no such number");
        String path = clerk.book("Ada", PHONE, later);
        clerk.readUntil(path, " failed ");
        clerk.post(path + "/cancel", Map.of());
        clerk.readUntil(path, " sent ");

        assertThat(clerk.read("/sms?status=failed"))
                .contains("confirmation", " cost :  }")
                .doesNotContain("USD");
        assertThat(clerk.read("/sms?status=cancelled"))
                .contains("reminder", " cost :  }")
                .doesNotContain("USD");
        assertThat(clerk.read("/sms?status=sent")).contains("cancellation", "0.0075 USD");
    }

    @Test
    void aFilterThatIsNoneNamesThoseThatAre() throws Exception {
        Clerk clerk = start(Map.of());
        assertThat(refused(clerk, "/sms?type=nope"))
                .contains("type: give one of confirmation, reminder, reschedule, cancellation");
        assertThat(refused(clerk, "/sms?status=nope"))
                .contains("status: give one of waiting, sending, sent, delivered");
        assertThat(refused(clerk, "/sms?kind=nope")).contains("kind: filter by type, status, from or to");
        assertThat(refused(clerk, "/sms?from=yesterday")).contains("yesterday");
        assertThat(refused(clerk, "/texts?perDay=many")).contains("perDay: give a whole number");
    }

    private static String refused(Clerk clerk, String path) throws Exception {
        HttpResponse<String> answer = clerk.get("/api" + path);
        assertThat(answer.statusCode()).isEqualTo(400);
        return answer.body();
    }

    @Test
    void thePageSetsNothingAsHtmlAndLoadsNothingFromElsewhere() throws Exception {
        Clerk clerk = start(Map.of());
        HttpResponse<String> page = clerk.get("/");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; script-src 'self'");
        assertThat(page.body() + clerk.get("/style.css").body()).doesNotContain("http:", "https:");
        assertThat(clerk.get("/app.js").body()).doesNotContain("innerHTML", "insertAdjacentHTML", "http:", "https:");
    }

    @Test
    void onTheSandboxAnSmsIsDeliveredWithoutAnyAccount() throws Exception {
        Clerk clerk = start(Map.of());
        assertThat(clerk.read("/options")).contains("Sandbox");
        String path = clerk.book("Ada", PHONE, later);
        assertThat(clerk.readUntil(path, " delivered ")).contains("confirmation");
    }

    /** Reminders are due now. Sooner or later the outbox sees it, as it would see the time come. */
    private void theDayBeforeComes() throws SQLException {
        try (Connection c = DriverManager.getConnection("jdbc:h2:file:" + data.resolve("appointments"), "clinic", "");
                Statement update = c.createStatement()) {
            update.execute("update textonce_message set due_at = current_timestamp"
                    + " where template_id = 'reminder' and state = 'PENDING'");
        }
    }

    private static String date(LocalDateTime at) {
        return DateTimeFormatter.ofPattern("EEE d MMM uuuu", Locale.ENGLISH).format(at);
    }

    private static String time(LocalDateTime at) {
        return DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH).format(at);
    }

    private void report(Clerk clerk, int sms, String status, String code) throws Exception {
        SignedTwilioRequest report = SignedTwilioRequest.post(callback(sms - 1))
                .param("MessageSid", Twilio.sid(sms))
                .param("MessageStatus", status);
        assertThat(clerk.webhook((code.isEmpty() ? report : report.param("ErrorCode", code)).sign(Twilio.AUTH_TOKEN)))
                .isLessThan(300);
    }

    /** The address that the application gave Twilio with its message. */
    private String callback(int index) {
        return twilio.received().get(index).get("StatusCallback");
    }

    private static int freePort() throws Exception {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
