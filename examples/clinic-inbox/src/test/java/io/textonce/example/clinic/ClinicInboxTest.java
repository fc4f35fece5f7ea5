package io.textonce.example.clinic;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.InboundMessage;
import io.textonce.Media;
import io.textonce.Origin;
import io.textonce.SenderId;
import io.textonce.TenantId;
import io.textonce.example.clinic.Clinic.News;
import io.textonce.example.clinic.Clinic.Visitor;
import io.textonce.jdbc.JdbcStore;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spring.SmsProviders;
import io.textonce.store.MessageQuery;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.SignedSmsBroadcastRequest;
import io.textonce.testkit.SignedTwilioRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The whole application over HTTP, as its page and its providers use it. */
@Tag("once")
class ClinicInboxTest {

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String SECRET = "a-long-random-secret";
    private static final String HOOKS = "/textonce/webhooks/";

    private static final RawServer TWILIO = RawServer.start();

    private static Clinic clinic;

    @BeforeAll
    static void open() {
        clinic = Clinic.open(
                "sandbox",
                "--textonce.routing.order=sandbox",
                "--textonce.providers.twilio.type=twilio",
                "--textonce.providers.twilio.account-sid=AC00000000000000000000000000000000",
                "--textonce.providers.twilio.auth-token=" + TOKEN,
                "--textonce.providers.twilio.from=+12025550199",
                "--textonce.providers.twilio.base-url=" + TWILIO.url(""),
                "--textonce.providers.smsbroadcast.type=smsbroadcast",
                "--textonce.providers.smsbroadcast.api-key=key",
                "--textonce.providers.smsbroadcast.api-secret=secret",
                "--textonce.providers.smsbroadcast.from=",
                "--textonce.providers.smsbroadcast.webhook-secrets=" + SECRET);
    }

    @AfterAll
    static void close() {
        clinic.close();
        TWILIO.close();
    }

    private static List<JsonNode> all(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static String text(JsonNode node, String name) {
        return node.get(name).asString();
    }

    private static boolean says(JsonNode entry, String words) {
        return text(entry, "text").equals(words);
    }

    private static JsonNode send(Visitor user, long thread, String to, String words, String key)
            throws IOException, InterruptedException {
        return user.post(
                "/api/messages",
                "{'conversation':" + thread + ",'to':'" + to + "','text':'" + words + "','name':'','key':'" + key
                        + "'}");
    }

    // Who may.

    @Test
    void nothingIsToldWithoutLoggingIn() throws Exception {
        Visitor stranger = clinic.visitor();
        assertThat(stranger.load("/api/conversations").statusCode()).isEqualTo(401);
        assertThat(stranger.load("/api/events?rev=0").statusCode()).isEqualTo(401);
        assertThat(stranger.logIn("ada", "wrong")).isEqualTo(401);
        assertThat(stranger.load("/api/me").statusCode()).isEqualTo(401);
    }

    @Test
    void aWrongPasswordCostsTime() throws Exception {
        Visitor stranger = clinic.visitor();
        long begin = System.nanoTime();
        assertThat(stranger.logIn("ada", "wrong")).isEqualTo(401);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
    }

    @Test
    void aRequestWithoutTheCsrfTokenChangesNothing() throws Exception {
        Visitor ada = clinic.as("ada");
        HttpResponse<String> forged = ada.send(
                "/api/messages",
                "application/json",
                "{\"to\":\"0491570156\",\"text\":\"forged\",\"name\":\"\",\"key\":\"f\"}",
                false);
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(all(ada.get("/api/history?text=forged").get("entries"))).isEmpty();
    }

    @Test
    void eachUserSeesOnlyTheirOwn() throws Exception {
        Visitor ada = clinic.as("ada");
        Visitor grace = clinic.as("grace");
        long mia = ada.threadWith("Mia");
        News told = grace.news();

        send(ada, mia, "0491570156", "for your eyes only", "own-1");

        String entries = "/api/conversations/" + mia + "/entries";
        assertThat(text(ada.get(entries).get(0), "text")).isEqualTo("for your eyes only");
        assertThat(grace.load("/api/conversations/" + mia).statusCode()).isEqualTo(404);
        assertThat(all(grace.get(entries))).isEmpty();
        assertThat(all(grace.get("/api/history?text=your eyes".replace(" ", "%20"))
                        .get("entries")))
                .isEmpty();
        assertThat(all(grace.get("/api/conversations?q=Mia").get("threads"))).isEmpty();
        assertThat(all(grace.get("/api/patients")))
                .noneMatch(each -> text(each, "name").equals("Mia"));
        assertThat(grace.load("/api/patients/mia").statusCode()).isEqualTo(404);
        HttpResponse<String> intruding = grace.send(
                "/api/messages",
                "application/json",
                "{\"conversation\":" + mia + ",\"to\":\"0491570156\",\"text\":\"hi\",\"name\":\"\",\"key\":\"x\"}",
                true);
        assertThat(intruding.statusCode()).isEqualTo(404);
        long elif = grace.threadWith("Elif");
        send(grace, elif, "0491570110", "mine", "own-2");
        List<String> toGrace = new ArrayList<>();
        told.entry(entry -> toGrace.add(text(entry, "text")) && says(entry, "mine"));
        assertThat(toGrace).doesNotContain("for your eyes only");
        assertThat(all(clinic.as("desk").get("/api/conversations").get("threads")))
                .extracting(each -> text(each, "name"))
                .contains("Mia", "Elif");
    }

    @Test
    void nobodyWritesToSomebodyElsesPatientOrIntoTheirConversation() throws Exception {
        Visitor ada = clinic.as("ada");
        Visitor grace = clinic.as("grace");
        long elif = grace.threadWith("Elif");
        long mia = ada.threadWith("Mia");
        for (String draft : List.of(
                "{'to':'0491570110','text':'prying','name':'','key':'o-1'}",
                "{'conversation':" + mia + ",'to':'0491570110','text':'prying','name':'','key':'o-2'}")) {
            assertThat(status(ada, "/api/messages", draft)).isEqualTo(400);
        }
        String call = "{'number':'+61491570110','minutes':1,'note':'prying'}";
        assertThat(status(ada, "/api/conversations/" + elif + "/calls", call)).isEqualTo(404);
        assertThat(status(ada, "/api/conversations/" + mia + "/calls", call)).isEqualTo(400);
        assertThat(all(ada.get("/api/conversations").get("threads")))
                .noneMatch(each -> text(each, "name").equals("Elif"));
        assertThat(all(clinic.as("desk").get("/api/history?text=prying").get("entries")))
                .isEmpty();

        News told = grace.news();
        ada.post("/api/sandbox/reply", "{'from':'0491570110','text':'Still unread','picture':false}");
        JsonNode reply = told.entry(each -> says(each, "Still unread"));
        status(ada, "/api/conversations/" + elif + "/read", "{'seq':" + reply.get("seq") + "}");
        assertThat(grace.get("/api/conversations/" + elif).get("unread").asInt())
                .isPositive();
    }

    @Test
    void aSearchFindsTheCarersOwnAmongManyOfTheSameName() throws Exception {
        JdbcClient database = clinic.bean(JdbcClient.class);
        database.sql(
                        "insert into patient (id, name, carer) select 'kim-' || x, 'Kim', 'grace' from system_range(1, 600)")
                .update();
        database.sql("insert into patient_number (patient, place, label, number)"
                        + " select 'kim-' || x, 0, 'mobile', '+61491575789' from system_range(1, 600)")
                .update();
        clinic.patient("ada", "kim-own", "Kim", "+61491572549");
        Visitor ada = clinic.as("ada");
        ada.post("/api/messages", "{'to':'0491572549','text':'Hello Kim','name':'','key':'k-1'}");
        assertThat(all(ada.get("/api/conversations?q=kim").get("threads")))
                .extracting(each -> text(each, "patient"))
                .containsExactly("kim-own");
    }

    @Test
    void whatTheDeskWritesIsTheCarersAndSoIsTheAnswer() throws Exception {
        Visitor ada = clinic.as("ada");
        Visitor desk = clinic.as("desk");
        long yuki = ada.threadWith("Yuki");
        News told = ada.news();
        assertThat(desk.get("/api/patients/yuki").get("thread").get("id").asLong())
                .isEqualTo(yuki);
        JsonNode sent = desk.post("/api/messages", "{'to':'0491570159','text':'The desk says','name':'','key':'d-1'}");
        assertThat(sent.get("conversation").asLong()).isEqualTo(yuki);
        assertThat(told.entry(each -> says(each, "The desk says"))
                        .get("conversation")
                        .asLong())
                .isEqualTo(yuki);
        desk.post("/api/sandbox/reply", "{'from':'0491570159','text':'To the desk','picture':false}");
        assertThat(told.entry(each -> says(each, "To the desk"))
                        .get("conversation")
                        .asLong())
                .isEqualTo(yuki);
    }

    @Test
    void whatIsMissingIsRefusedAndWhatIsNotThereIsNotServed() throws Exception {
        Visitor ada = clinic.as("ada");
        assertThat(status(ada, "/api/messages", "{'to':'0491570156'}")).isEqualTo(400);
        assertThat(status(ada, "/api/messages/bulk", "{}")).isEqualTo(400);
        assertThat(ada.load("/elsewhere").statusCode()).isEqualTo(403);
        assertThat(clinic.visitor().load("/elsewhere").statusCode()).isEqualTo(401);
    }

    private static int status(Visitor user, String path, String json) throws IOException, InterruptedException {
        return user.send(path, "application/json", json.replace('\'', '"'), true)
                .statusCode();
    }

    // The stream.

    @Test
    void theStreamEndsAtLogoutAndTellsNothingAfter() throws Exception {
        Visitor desk = clinic.as("desk");
        Visitor ada = clinic.as("ada");
        News told = ada.news();
        assertThat(ada.send("/api/logout", "application/json", "{}", true).statusCode())
                .isEqualTo(204);
        desk.post("/api/sandbox/reply", "{'from':'0491570156','text':'After the logout','picture':false}");
        assertThat(told.end().get(20, TimeUnit.SECONDS)).isEqualTo("ended");
        assertThat(told.told().toString()).doesNotContain("After the logout");
    }

    @Test
    void aStreamThatTheStoreFailsEndsAndTheNextOneMissesNothing() throws Exception {
        Visitor ada = clinic.as("ada");
        News told = ada.news();
        send(ada, ada.threadWith("Mia"), "0491570156", "Before the break", "l-1");
        told.entry(each -> says(each, "Before the break"));
        JdbcClient database = clinic.bean(JdbcClient.class);
        database.sql("alter table textonce_conversation rename to away").update();
        try {
            assertThat(told.end().get(20, TimeUnit.SECONDS)).isEqualTo("ended");
        } finally {
            database.sql("alter table away rename to textonce_conversation").update();
        }
        send(ada, ada.threadWith("Mia"), "0491570156", "During the break", "l-2");
        assertThat(told.id().get()).isNotEmpty();
        List<String> later = new ArrayList<>();
        ada.newsSince(told.id().get()).entry(each -> later.add(text(each, "text")) && says(each, "During the break"));
        assertThat(later).as("from where it was, not from the beginning").hasSizeLessThan(10);
    }

    @Test
    void nobodyHoldsStreamsWithoutEnd() throws Exception {
        Visitor grace = clinic.as("grace");
        List<HttpResponse<InputStream>> streams = new ArrayList<>();
        for (int i = 0; i < 22; i++) {
            streams.add(grace.open("/api/events?rev=0"));
        }
        assertThat(streams).extracting(HttpResponse::statusCode).contains(200, 429);
        // So that the other tests may open theirs.
        grace.send("/api/logout", "application/json", "{}", true);
        clinic.as("desk").post("/api/sandbox/reply", "{'from':'0491570110','text':'Wake up','picture':false}");
        for (HttpResponse<InputStream> stream : streams) {
            stream.body().readAllBytes();
        }
    }

    @Test
    void webhooksAreBelievedBySignatureAlone() throws Exception {
        String path = HOOKS + "twilio";
        SignedTwilioRequest forged = SignedTwilioRequest.post(Clinic.PUBLIC + path)
                .param("MessageSid", "SM00000000000000000000000000000001")
                .param("From", "+61491570159")
                .param("To", "+12025550199")
                .param("Body", "pay here");
        assertThat(clinic.call(path, forged.sign("another-token-another-token-0000")))
                .isEqualTo(403);
        String other = HOOKS + "smsbroadcast";
        byte[] body = "{\"from\":\"+61491570313\",\"to\":\"+61491570006\",\"message\":\"pay here\",\"replyId\":\"r-9\"}"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(clinic.call(
                        other,
                        SignedSmsBroadcastRequest.json(Clinic.PUBLIC + other, body)
                                .withHeader("X-Webhook-Secret", "another-long-random-secret")))
                .isEqualTo(403);
        assertThat(all(clinic.as("desk").get("/api/history?text=pay").get("entries")))
                .isEmpty();
    }

    // Writing and reading.

    @Test
    void aMessageIsShownAndItsStatusChangesWithoutAsking() throws Exception {
        Visitor ada = clinic.as("ada");
        long leo = ada.threadWith("Leo");
        News told = ada.news();

        JsonNode sent = send(ada, leo, "0491570157", "See you at 10:30", "s-1");

        assertThat(text(sent, "outcome")).isEqualTo("accepted");
        told.entry(entry ->
                says(entry, "See you at 10:30") && !text(entry, "status").equals("delivered"));
        told.entry(entry ->
                says(entry, "See you at 10:30") && text(entry, "status").equals("delivered"));
    }

    @Test
    void aRefusalAndAFailureSayWhatToDo() throws Exception {
        Visitor ada = clinic.as("ada");
        JsonNode wrong = ada.post("/api/messages", "{'to':'12','text':'Hi','name':'','key':'w-1'}");
        assertThat(text(wrong, "outcome")).isEqualTo("rejected");
        assertThat(text(wrong, "message")).contains("no phone number");
        News told = ada.news();
        send(ada, ada.threadWith("Iris"), "+12025550104", "Call us", "w-2");
        JsonNode failed = told.entry(
                entry -> says(entry, "Call us") && text(entry, "status").equals("undelivered"));
        assertThat(text(failed, "problem")).contains("could not deliver");
        JsonNode lost = ada.post("/api/messages", "{'to':'+12025550140','text':'Lost','name':'','key':'w-3'}");
        assertThat(text(lost, "outcome")).isEqualTo("unknown");
        assertThat(text(lost, "message")).contains("Don't send it again");
    }

    @Test
    void aClickThatIsRepeatedSendsOnce() throws Exception {
        Visitor ada = clinic.as("ada");
        long leo = ada.threadWith("Leo");
        send(ada, leo, "0491570157", "Only once", "same-key");
        send(ada, leo, "0491570157", "Only once", "same-key");
        assertThat(all(ada.get("/api/history?text=Only%20once").get("entries"))).hasSize(1);
    }

    @Test
    void aReplyByTwilioIsInTheOpenInboxWithinTwoSeconds() throws Exception {
        Visitor ada = clinic.as("ada");
        long yuki = ada.threadWith("Yuki");
        int before = ada.get("/api/conversations/" + yuki).get("unread").asInt();
        News told = ada.news();
        String path = HOOKS + "twilio";

        int status = clinic.call(
                path,
                SignedTwilioRequest.post(Clinic.PUBLIC + path)
                        .param("MessageSid", "SM00000000000000000000000000000002")
                        .param("From", "+61491570159")
                        .param("To", "+61491570006")
                        .param("Body", "I will call today")
                        .sign(TOKEN));

        assertThat(status).isEqualTo(200);
        JsonNode entry = told.entry(Duration.ofSeconds(2), each -> says(each, "I will call today"));
        assertThat(entry.get("conversation").asLong()).isEqualTo(yuki);
        assertThat(text(entry, "direction")).isEqualTo("inbound");
        JsonNode thread = ada.get("/api/conversations/" + yuki);
        assertThat(thread.get("unread").asInt()).isEqualTo(before + 1);
        ada.post(
                "/api/conversations/" + yuki + "/read",
                "{'seq':" + entry.get("seq").asLong() + "}");
        assertThat(ada.get("/api/conversations/" + yuki).get("unread").asInt()).isZero();
    }

    @Test
    void aReplyByTheSandboxMayHaveAPictureThatIsServedSafely() throws Exception {
        Visitor ada = clinic.as("ada");
        long mia = ada.threadWith("Mia");
        News told = ada.news();

        ada.post("/api/sandbox/reply", "{'from':'0491570156','text':'Like this?','picture':true}");

        JsonNode entry = told.entry(Duration.ofSeconds(2), each -> says(each, "Like this?"));
        assertThat(entry.get("conversation").asLong()).isEqualTo(mia);
        String address = text(entry.get("pictures").get(0), "url");
        HttpResponse<byte[]> picture = ada.load(address);
        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.body()).isEqualTo(picture());
        assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/png");
        assertThat(picture.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(picture.headers().firstValue("Content-Security-Policy")).hasValue("default-src 'none'; sandbox");
        assertThat(clinic.as("grace").load(address).statusCode()).isEqualTo(404);
        assertThat(clinic.visitor().load(address).statusCode()).isEqualTo(401);
    }

    @Test
    void aPictureAtTwilioIsFetchedOnceWithItsCredentialsAndNothingFromElsewhere() throws Exception {
        Visitor ada = clinic.as("ada");
        News told = ada.news();
        byte[] picture = picture();
        TWILIO.next(
                RawBehaviour.answer(request -> RawBehaviour.bytes(200, Map.of("Content-Type", "image/png"), picture)));
        String path = HOOKS + "twilio";
        try (RawServer elsewhere = RawServer.start()) {
            int status = clinic.call(
                    path,
                    SignedTwilioRequest.post(Clinic.PUBLIC + path)
                            .param("MessageSid", "MM00000000000000000000000000000003")
                            .param("From", "+61491570159")
                            .param("To", "+61491570006")
                            .param("Body", "Two pictures")
                            .param("NumMedia", "2")
                            .param("MediaUrl0", TWILIO.url("/2010-04-01/Media/ME1"))
                            .param("MediaContentType0", "image/png")
                            .param("MediaUrl1", elsewhere.url("/2010-04-01/Media/ME2"))
                            .param("MediaContentType1", "image/png")
                            .sign(TOKEN));
            assertThat(status).isEqualTo(200);
            JsonNode pictures = told.entry(each -> says(each, "Two pictures")).get("pictures");
            String first = text(pictures.get(0), "url");
            assertThat(ada.load(first).body()).isEqualTo(picture);
            assertThat(ada.load(first).body()).as("kept").isEqualTo(picture);
            assertThat(TWILIO.requests())
                    .filteredOn(each -> each.target().contains("Media/"))
                    .singleElement()
                    .satisfies(request -> {
                        assertThat(request.target()).isEqualTo("/2010-04-01/Media/ME1");
                        assertThat(request.header("Authorization"))
                                .hasValueSatisfying(each -> assertThat(each)
                                        .isEqualTo("Basic "
                                                + base64(("AC00000000000000000000000000000000:" + TOKEN)
                                                        .getBytes(StandardCharsets.UTF_8))));
                    });
            assertThat(ada.load(text(pictures.get(1), "url")).statusCode()).isEqualTo(502);
            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    @Test
    void aPictureThatIsTooLargeIsLeftOutAndItsMessageIsNot() throws Exception {
        Visitor ada = clinic.as("ada");
        News told = ada.news();
        byte[] large = new byte[Pictures.MOST_BYTES + 1];
        Media media = Media.of("image/png", "large.png", large.length, null, () -> new ByteArrayInputStream(large));
        clinic.bean(SmsProviders.class)
                .find("sandbox")
                .flatMap(each -> each.role(SandboxProvider.class))
                .orElseThrow()
                .receive("+61491570159", "+61491570006", "A large picture", media);
        JsonNode pictures = told.entry(each -> says(each, "A large picture")).get("pictures");
        HttpResponse<byte[]> refused = ada.load(text(pictures.get(0), "url"));
        assertThat(refused.statusCode()).isEqualTo(502);
        assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("can't be had");

        InboundMessage inside = InboundMessage.builder(
                        new Origin(ClinicInbox.CLINIC, "smsbroadcast", "smsbroadcast", Instant.now()),
                        "too-large",
                        SenderId.of("+61491570159"),
                        SenderId.of("+61491570006"),
                        "Larger than any webhook")
                .media(List.of(media))
                .build();
        clinic.bean(Pictures.class).keep(inside, 0, media);
        assertThat(clinic.bean(JdbcClient.class)
                        .sql("select count(*) from picture where entry like '%too-large%'")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    private static byte[] picture() throws IOException {
        try (InputStream in = ClinicInboxTest.class.getResourceAsStream("/demo/picture.png")) {
            return in.readAllBytes();
        }
    }

    @Test
    void aReplyBySmsBroadcastKeepsThePictureThatCameInsideAndNothingElseIsShownAsOne() throws Exception {
        Visitor grace = clinic.as("grace");
        News told = grace.news();
        String path = HOOKS + "smsbroadcast";
        byte[] picture = picture();
        byte[] script = "<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8);
        String body = "{\"from\":\"+61491570313\",\"to\":\"+61491570006\",\"message\":\"My card\",\"ref\":\"no-uuid\","
                + "\"msgref\":\"7\",\"replyId\":\"r-1\",\"attachments\":["
                + "{\"contentType\":\"image/png\",\"originalName\":\"card.png\",\"base64\":\"" + base64(picture)
                + "\"},"
                + "{\"contentType\":\"image/svg+xml\",\"originalName\":\"x.svg\",\"base64\":\"" + base64(script)
                + "\"}]}";

        int status = clinic.call(
                path,
                SignedSmsBroadcastRequest.json(Clinic.PUBLIC + path, body.getBytes(StandardCharsets.UTF_8))
                        .withHeader("X-Webhook-Secret", SECRET));

        assertThat(status).isEqualTo(200);
        JsonNode pictures = told.entry(each -> says(each, "My card")).get("pictures");
        assertThat(grace.load(text(pictures.get(0), "url")).body()).isEqualTo(picture);
        HttpResponse<byte[]> drawing = grace.load(text(pictures.get(1), "url"));
        assertThat(drawing.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
        assertThat(drawing.headers().firstValue("Content-Disposition").orElseThrow())
                .startsWith("attachment");
    }

    @Test
    void aMessageWhosePictureCantBeKeptIsTakenWhenItComesAgainWithIt() throws Exception {
        Visitor grace = clinic.as("grace");
        News told = grace.news();
        byte[] picture = picture();
        JdbcClient database = clinic.bean(JdbcClient.class);

        database.sql("alter table picture rename to away").update();
        try {
            assertThat(reply("r-2", "My scan", picture)).isEqualTo(503);
            assertThat(all(grace.get("/api/history?text=scan").get("entries"))).isEmpty();
        } finally {
            database.sql("alter table away rename to picture").update();
        }
        assertThat(reply("r-2", "My scan", picture)).isEqualTo(200);
        assertThat(reply("r-2", "My scan", picture)).as("once more").isEqualTo(200);

        JsonNode pictures = told.entry(each -> says(each, "My scan")).get("pictures");
        assertThat(grace.load(text(pictures.get(0), "url")).body()).isEqualTo(picture);
        assertThat(all(grace.get("/api/history?text=scan").get("entries"))).hasSize(1);
    }

    private static int reply(String id, String words, byte[] picture) throws IOException, InterruptedException {
        String path = HOOKS + "smsbroadcast";
        String body =
                "{\"from\":\"+61491570313\",\"to\":\"+61491570006\",\"message\":\"" + words + "\",\"replyId\":\"" + id
                        + "\",\"attachments\":[{\"contentType\":\"image/png\",\"originalName\":\"p.png\",\"base64\":\""
                        + base64(picture) + "\"}]}";
        return clinic.call(
                path,
                SignedSmsBroadcastRequest.json(Clinic.PUBLIC + path, body.getBytes(StandardCharsets.UTF_8))
                        .withHeader("X-Webhook-Secret", SECRET));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    void anUnknownNumberIsKeptForTheDesk() throws Exception {
        Visitor desk = clinic.as("desk");
        News told = desk.news();
        desk.post("/api/sandbox/reply", "{'from':'0491571804','text':'Do you do vaccines?','picture':false}");
        long id = told.entry(each -> says(each, "Do you do vaccines?"))
                .get("conversation")
                .asLong();
        JsonNode thread = desk.get("/api/conversations/" + id);
        assertThat(text(thread, "name")).isEqualTo("0491 571 804");
        assertThat(thread.get("known").asBoolean()).isFalse();
        assertThat(clinic.as("ada").load("/api/conversations/" + id).statusCode())
                .isEqualTo(404);
        assertThat(text(send(desk, id, "0491571804", "Yes", "u-1"), "outcome")).isEqualTo("accepted");
        told.entry(each -> says(each, "Yes") && each.get("conversation").asLong() == id);
    }

    @Test
    void allNumbersOfAPatientShareAConversationAndTheMobileComesFirst() throws Exception {
        Visitor ada = clinic.as("ada");
        News told = ada.news();
        long leo = ada.threadWith("Leo");
        List<JsonNode> lines = all(ada.get("/api/conversations/" + leo).get("lines"));
        assertThat(lines).extracting(each -> text(each, "label")).containsExactly("mobile", "emergency contact");
        assertThat(text(lines.get(0), "shown")).isEqualTo("0491 570 157");

        send(ada, leo, "0491 570 158", "Is Leo with you?", "n-1");

        JsonNode entry = told.entry(each -> says(each, "Is Leo with you?"));
        assertThat(entry.get("conversation").asLong()).isEqualTo(leo);
        assertThat(text(entry, "number")).isEqualTo("+61491570158");
    }

    @Test
    void whoeverWritesFromAnEmergencyContactsNumberIsFoundWithThePatient() throws Exception {
        Visitor ada = clinic.as("ada");
        News told = ada.news();
        ada.post("/api/sandbox/reply", "{'from':'0491571491','text':'Noor is asleep','picture':false}");
        JsonNode entry = told.entry(each -> says(each, "Noor is asleep"));
        JsonNode thread =
                ada.get("/api/conversations/" + entry.get("conversation").asLong());
        assertThat(text(thread, "name")).isEqualTo("Noor");
        assertThat(thread.get("unread").asInt()).isPositive();
    }

    @Test
    void aConversationBeginsWithAPatientOrWithAnyNumber() throws Exception {
        Visitor grace = clinic.as("grace");
        assertThat(grace.get("/api/patients/amara").get("thread").isNull()).isTrue();
        JsonNode first = grace.post("/api/messages", "{'to':'0491570737','text':'Welcome','name':'Amara','key':'b-1'}");
        assertThat(grace.get("/api/patients/amara").get("thread").get("id").asLong())
                .isEqualTo(first.get("conversation").asLong());
        JsonNode other = grace.post("/api/messages", "{'to':'+447700900123','text':'Hello','name':'','key':'b-2'}");
        assertThat(text(
                        grace.get("/api/conversations/"
                                + other.get("conversation").asLong()),
                        "name"))
                .isEqualTo("+44 7700 900123");
    }

    @Test
    void callsStandBesideMessagesAndCanBeToldApart() throws Exception {
        Visitor ada = clinic.as("ada");
        long mia = ada.threadWith("Mia");
        ada.post("/api/conversations/" + mia + "/calls", "{'number':'+61491570156','minutes':3,'note':'ice it'}");
        String entries = "/api/conversations/" + mia + "/entries";
        assertThat(all(ada.get(entries + "?kind=call")))
                .allMatch(each -> text(each, "kind").equals("call"));
        assertThat(text(ada.get(entries + "?kind=call").get(0), "text")).isEqualTo("3 min: ice it");
        assertThat(all(ada.get(entries))).extracting(each -> text(each, "kind")).contains("sms", "call");
    }

    @Test
    void pagesFollowEachOtherWithoutGapOrRepeat() throws Exception {
        Visitor ada = clinic.as("ada");
        for (int i = 0; i < 60; i++) {
            ada.post("/api/messages", "{'to':'0491571266','text':'Page " + i + "','name':'','key':'p-" + i + "'}");
        }
        String entries = "/api/conversations/" + ada.threadWith("Noor") + "/entries";
        List<String> read = new ArrayList<>();
        String before = "";
        for (List<JsonNode> page = all(ada.get(entries)); !page.isEmpty(); page = all(ada.get(entries + before))) {
            assertThat(page).hasSizeLessThanOrEqualTo(25);
            page.forEach(each -> read.add(text(each, "text")));
            before = "?before=" + text(page.get(page.size() - 1), "position");
        }
        assertThat(read.stream().filter(each -> each.startsWith("Page")))
                .containsExactlyElementsOf(
                        IntStream.range(0, 60).mapToObj(i -> "Page " + (59 - i)).toList());
    }

    // Composing.

    @Test
    void theCounterNamesWhatMakesATextDearAndWhatToWriteInstead() throws Exception {
        Visitor ada = clinic.as("ada");
        JsonNode cheap = ada.post("/api/count", "{'text':'See you at 10:30'}");
        assertThat(text(cheap, "encoding")).isEqualTo("GSM-7");
        assertThat(cheap.get("left").asInt()).isEqualTo(144);
        JsonNode dear = ada.post("/api/count", "{'text':'See you \u2014 " + "at the desk ".repeat(8) + "'}");
        assertThat(dear.get("segments").asInt()).isEqualTo(2);
        assertThat(dear.get("saved").asInt()).isEqualTo(1);
        JsonNode offender = dear.get("offenders").get(0);
        assertThat(offender.get("index").asInt()).isEqualTo(8);
        assertThat(text(offender, "character")).isEqualTo("\u2014");
        assertThat(text(offender, "suggestion")).isEqualTo("-");
    }

    @Test
    void templatesCarryThePatientsNameAndAreCountedAsTemplates() throws Exception {
        Visitor ada = clinic.as("ada");
        JsonNode reminder = all(ada.get("/api/templates?name=Mia")).stream()
                .filter(each -> text(each, "id").equals("vaccine"))
                .findFirst()
                .orElseThrow();
        assertThat(text(reminder, "text")).startsWith("Hi Mia, flu vaccines");
        ada.post(
                "/api/messages",
                "{'conversation':" + ada.threadWith("Mia") + ",'to':'0491570156','text':'" + text(reminder, "text")
                        + "','template':'vaccine','name':'Mia','key':'t-1'}");
        assertThat(clinic.app
                        .getBean(JdbcStore.class)
                        .query(TenantId.DEFAULT, MessageQuery.all().templateId("vaccine")))
                .singleElement()
                .matches(row -> row.text().startsWith("Hi Mia"));
    }

    @Test
    void aBroadcastReachesEachChosenPatientOnceWithTheirName() throws Exception {
        Visitor grace = clinic.as("grace");
        String body = "{'patients':['elif','tomas','mia'],'template':'running-late','key':'late-1'}";
        assertThat(grace.post("/api/messages/bulk", body).get("accepted").asInt())
                .isEqualTo(2);
        grace.post("/api/messages/bulk", body);
        assertThat(all(grace.get("/api/history?text=20%20minutes").get("entries")))
                .extracting(each -> text(each, "text").substring(0, 8))
                .containsExactlyInAnyOrder("Hi Elif,", "Hi Tomas");
    }

    // Looking back, looking after.

    @Test
    void theHistoryIsFilteredAndSearched() throws Exception {
        Visitor ada = clinic.as("ada");
        JsonNode wrist = ada.get("/api/history?text=WRIST");
        assertThat(all(wrist.get("entries"))).hasSize(1);
        assertThat(wrist.get("names")
                        .get(wrist.get("entries").get(0).get("conversation").asString())
                        .asString())
                .isEqualTo("Mia");
        assertThat(all(ada.get("/api/history?who=mia&direction=INBOUND").get("entries")))
                .isNotEmpty()
                .allMatch(each -> text(each, "direction").equals("inbound"));
        assertThat(all(ada.get("/api/history?status=UNDELIVERED").get("entries")))
                .isNotEmpty()
                .allMatch(each -> text(each, "status").equals("undelivered"));
        assertThat(all(ada.get("/api/history?until=2001-01-01").get("entries"))).isEmpty();
        assertThat(all(ada.get("/api/history?who=0491570157&kind=sms").get("entries")))
                .isNotEmpty();
    }

    @Test
    void theStatisticsAddUp() throws Exception {
        Visitor desk = clinic.as("desk");
        JsonNode figures = desk.get("/api/statistics?days=30");
        long byDay = all(figures.get("days")).stream()
                .mapToLong(each -> each.get("messages").asLong())
                .sum();
        JsonNode total = figures.get("total");
        assertThat(byDay).isEqualTo(total.get("messages").asLong()).isGreaterThan(30);
        assertThat(figures.get("days").size()).isBetween(5, 30);
        assertThat(total.get("delivered").asLong()).isPositive();
        assertThat(total.get("failed").asLong()).isPositive();
        assertThat(text(total, "cost")).contains("AUD");
        assertThat(clinic.as("grace")
                        .get("/api/statistics?days=30")
                        .get("total")
                        .get("messages")
                        .asLong())
                .isLessThan(total.get("messages").asLong());
    }

    @Test
    void theSettingsShowWhatIsConfiguredAndSendATest() throws Exception {
        Visitor ada = clinic.as("ada");
        JsonNode settings = ada.get("/api/settings");
        assertThat(all(settings.get("providers")))
                .extracting(each -> text(each, "webhook"))
                .contains(Clinic.PUBLIC + HOOKS + "twilio");
        assertThat(all(settings.get("findings"))).isNotEmpty();
        assertThat(settings.toString()).doesNotContain(TOKEN).doesNotContain(SECRET);
        String test = ",'text':'This is a test','name':'','key':'test-";
        JsonNode sent = ada.post("/api/messages", "{'to':'0491570156'" + test + "1'}");
        assertThat(text(sent, "outcome")).isEqualTo("accepted");
        assertThat(text(ada.post("/api/messages", "{'to':'+12025550115'" + test + "2'}"), "message"))
                .contains("account needs attention");
    }

    @Test
    void thePageIsSmallAndLoadsNothingFromElsewhere() throws Exception {
        Visitor stranger = clinic.visitor();
        HttpResponse<byte[]> page = stranger.load("/");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe");
        int weight = page.body().length;
        for (String each : List.of(
                "app.css", "app.js", "dom.js", "inbox.js", "timeline.js", "composer.js", "pages.js", "icon.svg")) {
            HttpResponse<byte[]> part = stranger.load("/" + each);
            assertThat(part.statusCode()).as(each).isEqualTo(200);
            assertThat(new String(part.body(), StandardCharsets.UTF_8).replace("http://www.w3.org/2000/svg", ""))
                    .as(each)
                    .doesNotContain("http:", "https:", "innerHTML");
            weight += part.body().length;
        }
        assertThat(weight).isLessThan(150_000);
    }
}
