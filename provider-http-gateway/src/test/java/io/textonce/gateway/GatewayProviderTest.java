package io.textonce.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.spi.BatchSubmitter;
import io.textonce.spi.SelfCheck;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.WebhookParser;
import io.textonce.testkit.RawBehaviour;
import io.textonce.testkit.RawServer;
import io.textonce.testkit.SignedGatewayRequest;
import io.textonce.testkit.SignedSmsBroadcastRequest;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GatewayProviderTest {

    private static final PhoneNumber ANN = PhoneNumber.of("+12025550123");
    private static final PhoneNumber BOB = PhoneNumber.of("+12025550124");

    private static Submission.Builder message(PhoneNumber to, String text) {
        return Submission.builder(MessageId.next(), to, text);
    }

    private static GatewayProfile.Builder simple(String url) {
        return GatewayProfile.builder("simple").post(url).accepted("/id").messageId("/id");
    }

    private static RawBehaviour ok() {
        return RawBehaviour.reply(200, Map.of("Content-Type", "application/json"), "{\"id\":\"m1\"}");
    }

    @Test
    void aTextStaysInItsPlaceWhateverItHolds() throws Exception {
        String hostile = "a&to=1#?/../%0d%0aX: y\r\nEvil: 1\u0000\"}],\"x\":[{\"<b>&amp;]]>{to}{{";
        GatewayProfile profile = simple("{baseUrl}/send/{text}/end")
                .query("q", "{text}")
                .json("{\"text\": \"{text}\", \"to\": [\"{to}\"]}")
                .build();
        try (RawServer server = RawServer.start();
                GatewayProvider provider =
                        GatewayProvider.builder(profile).baseUrl(server.url("")).build()) {
            server.next(ok());
            assertThat(provider.submit(message(ANN, hostile).build()).outcome()).isEqualTo(Outcome.ACCEPTED);
            RawServer.Request sent = server.requests().get(0);
            String[] target = sent.target().split("\\?");
            assertThat(target).as("path and query").hasSize(2);
            String[] path = target[0].split("/");
            assertThat(path).hasSize(4).endsWith("end");
            assertThat(URLDecoder.decode(path[2].replace("+", "%2B"), StandardCharsets.UTF_8))
                    .isEqualTo(hostile);
            assertThat(target[1].split("&")).hasSize(1);
            assertThat(sent.header("Evil")).isEmpty();
            assertThat(Vectors.JSON.readTree(sent.text()))
                    .isEqualTo(Vectors.JSON
                            .createObjectNode()
                            .put("text", hostile)
                            .set("to", Vectors.JSON.createArrayNode().add(ANN.e164())));
        }
    }

    @Test
    void aLineBreakInAHeaderIsRefusedBeforeAnyRequest() {
        GatewayProfile profile = simple("{baseUrl}/").header("X-Text", "{text}").build();
        try (RawServer server = RawServer.start();
                GatewayProvider provider =
                        GatewayProvider.builder(profile).baseUrl(server.url("")).build()) {
            SubmitReply reply =
                    provider.submit(message(ANN, "Secret\r\nEvil: 1").build());
            assertThat(reply.proof()).contains(Proof.LOCAL_POLICY);
            assertThat(reply.explanation()).contains("X-Text").doesNotContain("Secret");
            assertThat(server.received()).isZero();
        }
    }

    @Test
    void xmlIsEscaped() {
        GatewayProfile profile = simple("{baseUrl}/")
                .set(
                        "send/body",
                        "{\"kind\":\"TEXT\",\"contentType\":\"text/xml\",\"template\":\"<m to='{to}'>{text}</m>\"}")
                .build();
        try (RawServer server = RawServer.start();
                GatewayProvider provider =
                        GatewayProvider.builder(profile).baseUrl(server.url("")).build()) {
            server.next(ok());
            provider.submit(message(ANN, "1 < 2 & <!DOCTYPE x>'\u0001").build());
            assertThat(server.requests().get(0).text())
                    .isEqualTo("<m to='+12025550123'>1 &lt; 2 &amp; &lt;!DOCTYPE x&gt;&apos;\uFFFD</m>");
        }
    }

    @Test
    void multipartPutAndUtf16OctetsGoOutAsDescribed() {
        GatewayProfile multipart = simple("{baseUrl}/m")
                .set("send/method", "\"PUT\"")
                .set("send/body", "{\"kind\":\"MULTIPART\",\"fields\":{\"to\":\"{to}\",\"text\":\"{text}\"}}")
                .build();
        GatewayProfile octets = GatewayProfile.builder("octets")
                .get("{baseUrl}/q")
                .query("text", "{text}")
                .accepted("/id")
                .set("send/encoding", "{\"ucs2\":{\"textAs\":\"PERCENT_UTF16BE\",\"params\":{\"coding\":\"2\"}}}")
                .build();
        try (RawServer server = RawServer.start();
                GatewayProvider first = GatewayProvider.builder(multipart)
                        .baseUrl(server.url(""))
                        .build();
                GatewayProvider second =
                        GatewayProvider.builder(octets).baseUrl(server.url("")).build()) {
            server.otherwise(ok());
            first.submit(message(ANN, "--textonce\r\n").build());
            second.submit(message(ANN, "ሰላም").build());
            RawServer.Request put = server.requests().get(0);
            assertThat(put.method()).isEqualTo("PUT");
            String boundary = put.header("Content-Type").orElseThrow().split("boundary=")[1];
            assertThat(put.text().split("--" + boundary)).hasSize(4);
            assertThat(server.requests().get(1).target()).isEqualTo("/q?text=%120%12%0B%12%1D&coding=2");
        }
    }

    @Test
    void everyOptionThatIsWrongIsNamedAtOnceAndNoSecretShown() {
        assertThatThrownBy(() -> GatewayProvider.builder(GatewayProfile.shipped("kannel"))
                        .name("Kannel 1")
                        .baseUrl("http://kannel.example.org:13013")
                        .secret("password", "hush-hush\n")
                        .secret("apiKey", "other-secret")
                        .setting("colour", "red")
                        .callback(URI.create("/relative"))
                        .webhookSecrets("brief")
                        .webhookNetworks("everywhere")
                        .from(SenderId.pool("p"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "- name is",
                        "- baseUrl starts with http://kannel.example.org",
                        "- secret username is missing",
                        "- secret \"password\" is (hidden",
                        "- secret \"apiKey\" isn't one",
                        "- setting \"colour\"",
                        "- callback isn't an absolute",
                        "- webhookSecrets is (hidden",
                        "- webhookNetworks has \"everywhere\"",
                        "- a sender is of kind POOL")
                .message()
                .doesNotContain("hush-hush", "other-secret", "brief");
    }

    @Test
    void aBatchIsOneRequestWithAVerdictForEach() {
        try (RawServer server = RawServer.start();
                GatewayProvider provider = GatewayProvider.builder(GatewayProfile.shipped("bulksms"))
                        .baseUrl(server.url(""))
                        .secret("username", "u")
                        .secret("password", "p")
                        .build()) {
            server.next(RawBehaviour.reply(
                    201,
                    Map.of("Content-Type", "application/json"),
                    "[{\"id\":\"1-1\",\"to\":\"12025550124\",\"status\":{\"type\":\"ACCEPTED\"}}]"));
            List<SubmitReply> replies = provider.role(BatchSubmitter.class)
                    .orElseThrow()
                    .submit(List.of(
                            message(ANN, "Hi").build(), message(BOB, "Hi").build()));
            assertThat(server.received()).isEqualTo(1);
            assertThat(server.requests().get(0).text())
                    .contains("\"+12025550123\",\"+12025550124\"")
                    .as("one id can't stand for two messages")
                    .doesNotContain("userSuppliedId");
            assertThat(replies).extracting(SubmitReply::outcome).containsExactly(Outcome.UNKNOWN, Outcome.ACCEPTED);
            assertThat(replies.get(1).providerMessageId()).contains("1-1");
        }
    }

    @Test
    void aProviderThatAnswersForABatchAsAWholeTakesNone() {
        for (String id : List.of("kannel", "sinch-engage", "smsgate", "jasmin", "base-url")) {
            Spec.Send send = GatewayProfile.shipped(id).spec().send();
            assertThat(send.maxRecipients() > 1 && send.response().recipient() != null)
                    .as(id)
                    .isFalse();
        }
    }

    @Test
    void aRefusedTokenIsRenewedForTheNextRequestAndNotSentAgain() {
        AtomicInteger number = new AtomicInteger();
        TokenSource source = new TokenSource() {
            @Override
            public String token() {
                return "token-" + number.get();
            }

            @Override
            public void refused(String token) {
                assertThat(token).isEqualTo("token-" + number.getAndIncrement());
            }
        };
        GatewayProfile profile = simple("{baseUrl}/")
                .header("Authorization", "Bearer {secret.token}")
                .build();
        try (RawServer server = RawServer.start();
                GatewayProvider provider = GatewayProvider.builder(profile)
                        .baseUrl(server.url(""))
                        .tokenSource(source)
                        .build()) {
            server.next(RawBehaviour.reply(401)).otherwise(ok());
            SubmitReply first = provider.submit(message(ANN, "Hi").build());
            assertThat(first.reason()).contains(Reason.UNAVAILABLE);
            assertThat(first.proof()).contains(Proof.PROVIDER_REFUSED);
            assertThat(server.received()).isEqualTo(1);
            assertThat(provider.submit(message(ANN, "Hi").build()).outcome()).isEqualTo(Outcome.ACCEPTED);
            assertThat(server.requests())
                    .extracting(request -> request.header("Authorization").orElseThrow())
                    .containsExactly("Bearer token-0", "Bearer token-1");
        }
    }

    @Test
    void hostsCodeThatThrowsTransmitsNothing() {
        GatewayProfile profile =
                simple("{baseUrl}/").form("key", "{secret.key}").build();
        try (RawServer server = RawServer.start();
                GatewayProvider broken = GatewayProvider.builder(profile)
                        .baseUrl(server.url(""))
                        .secret("key", () -> {
                            throw new IllegalStateException("vault at 10.0.0.1 is closed");
                        })
                        .build();
                GatewayProvider customized = GatewayProvider.builder(profile)
                        .baseUrl(server.url(""))
                        .secret("key", () -> "k")
                        .requestCustomizer(request -> {
                            throw new IllegalArgumentException(
                                    request.value("text").orElseThrow());
                        })
                        .build()) {
            for (GatewayProvider provider : List.of(broken, customized)) {
                SubmitReply reply = provider.submit(message(ANN, "Private").build());
                assertThat(reply.proof()).contains(Proof.NOT_TRANSMITTED);
                assertThat(reply.explanation()).doesNotContain("vault", "Private");
            }
            assertThat(server.received()).isZero();
        }
    }

    @Test
    void aCustomizerSignsWhatWillBeSent() {
        GatewayProfile profile = simple("{baseUrl}/send")
                .form("to", "{to}")
                .form("text", "{text}")
                .build();
        try (RawServer server = RawServer.start();
                GatewayProvider provider = GatewayProvider.builder(profile)
                        .baseUrl(server.url(""))
                        .requestCustomizer(request -> request.parameter(
                                        "sum", request.value("to").orElseThrow() + "|" + request.body().length)
                                .header("X-Line", request.method() + " " + request.target()))
                        .build()) {
            server.next(ok());
            provider.submit(message(ANN, "Hi").build());
            RawServer.Request sent = server.requests().get(0);
            assertThat(sent.text()).isEqualTo("to=%2B12025550123&text=Hi&sum=%2B12025550123%7C25");
            assertThat(sent.header("X-Line")).contains("POST /send");
        }
    }

    @Test
    void theSettingsOfTheExampleSystemAreEnough() {
        try (RawServer server = RawServer.start();
                GatewayProvider provider = GatewayProvider.fromEnvironment(Map.of(
                        "BASE_SMS_URL", server.url("/api/send?"),
                        "DEFAULT_SMS_FROM_NUMBER", "SYSTEM",
                        "SMS_ENABLED", "True"));
                GatewayProvider off = GatewayProvider.fromEnvironment(
                        Map.of("BASE_SMS_URL", server.url("/api/send?"), "SMS_ENABLED", "False"))) {
            server.next(RawBehaviour.reply(200, "OK"));
            Submission ethiopian =
                    message(PhoneNumber.of("+251911234567"), "Case #1").build();
            assertThat(provider.submit(ethiopian).outcome()).isEqualTo(Outcome.ACCEPTED);
            assertThat(server.requests().get(0).target())
                    .isEqualTo("/api/send?to=0911234567&from=SYSTEM&text=Case%20%231");
            assertThat(off.submit(ethiopian).reason()).contains(Reason.DISABLED);
            assertThat(server.received()).isEqualTo(1);
        }
        assertThatThrownBy(() -> GatewayProvider.fromEnvironment(Map.of("SMS_GATEWAY_PROFILE", "kannel")))
                .hasMessageContainingAll("SMS_GATEWAY_USERNAME", "SMS_GATEWAY_PASSWORD", "BASE_SMS_URL");
        assertThatThrownBy(() -> GatewayProvider.fromEnvironment(Map.of("SMS_GATEWAY_PROFILE", "pigeon")))
                .hasMessageContaining("kannel");
        assertThat(Environment.variable("shortcodeId")).isEqualTo("SMS_GATEWAY_SHORTCODE_ID");
    }

    @Test
    void optionsOfTheMessageAreThoseThatTheProfileNames() {
        try (RawServer server = RawServer.start();
                GatewayProvider provider = GatewayProvider.builder(GatewayProfile.shipped("bulksms"))
                        .baseUrl(server.url(""))
                        .secret("username", "u")
                        .secret("password", "p")
                        .build()) {
            assertThat(provider.submit(
                                    message(ANN, "Hi").extra(Map.of("x", "y")).build())
                            .reason())
                    .contains(Reason.REQUEST);
            server.next(RawBehaviour.reply(500));
            provider.submit(
                    message(ANN, "Hi").extra(Map.of("deduplicationId", "7")).build());
            assertThat(server.requests().get(0).target()).endsWith("?auto-unicode=true&deduplication-id=7");
        }
    }

    @Test
    void aReportSettlesOnlyWhereItBringsOurIdBack() {
        GatewayProvider.Builder builder = GatewayProvider.builder(GatewayProfile.shipped("kannel"))
                .baseUrl("https://kannel.example.org")
                .secret("username", "u")
                .secret("password", "p");
        try (GatewayProvider bare = builder.build()) {
            assertThat(bare.capabilities().settlement()).isEmpty();
            assertThat(bare.role(WebhookParser.class).orElseThrow().canVerify()).isFalse();
            assertThat(bare.role(SelfCheck.class).orElseThrow().check())
                    .extracting(SelfCheck.Finding::subject)
                    .contains("webhookSecrets", "callback");
        }
        try (GatewayProvider whole = builder.callback(URI.create("https://sms.example.org/k"))
                .webhookSecrets("a-hook-secret")
                .build()) {
            assertThat(whole.capabilities().settlement()).containsExactly(Settlement.DELIVERY_REPORT);
        }
    }

    @Test
    void theSecretGoesWithTheCallbackAndStaysOutOfWhatIsKept() {
        try (RawServer server = RawServer.start();
                GatewayProvider kannel = GatewayProvider.builder(GatewayProfile.shipped("kannel"))
                        .baseUrl(server.url(""))
                        .secret("username", "u")
                        .secret("password", "p")
                        .callback(URI.create("https://sms.example.org/k?x=1"))
                        .webhookSecrets("a-hook&secret")
                        .build()) {
            server.next(RawBehaviour.reply(202, "0: Accepted for delivery"));
            Submission message =
                    message(ANN, "Hi").validity(Duration.ofMinutes(5)).build();
            kannel.submit(message);
            assertThat(server.requests().get(0).target())
                    .endsWith(
                            "&dlr-url=https%3A%2F%2Fsms.example.org%2Fk%3Fx%3D1%26ref%3D" + message.messageId()
                                    + "%26status%3D%25d%26smsc-id%3D%25F%26reply%3D%25A%26secret%3Da-hook%2526secret&validity=5");
            WebhookParser parser = kannel.role(WebhookParser.class).orElseThrow();
            Origin origin = new Origin(TenantId.DEFAULT, "kannel", "k", Instant.EPOCH);
            WebhookRequest odd = SignedGatewayRequest.get("https://sms.example.org/k?hello=1")
                    .querySecret("secret", "a-hook&secret");
            OtherEvent other = (OtherEvent) parser.parse(odd, origin).events().get(0);
            assertThat(other.raw()).isEqualTo("hello=1");
        }
    }

    @Test
    void longRawGsmTextAndTheEscapesArrive() {
        GatewayProvider jasmin = GatewayProvider.builder(GatewayProfile.shipped("jasmin"))
                .baseUrl("https://jasmin.example.org")
                .secret("username", "u")
                .secret("password", "p")
                .webhookSecrets("a-hook-secret")
                .build();
        String body = "id=1&from=12025550123&to=24453&coding=0&content=" + "a".repeat(400) + "%1Be";
        InboundMessage message = (InboundMessage) jasmin.role(WebhookParser.class)
                .orElseThrow()
                .parse(
                        SignedGatewayRequest.form("https://x.example/j", body.getBytes(StandardCharsets.US_ASCII))
                                .querySecret("secret", "a-hook-secret"),
                        new Origin(TenantId.DEFAULT, "jasmin", "j", Instant.EPOCH))
                .events()
                .get(0);
        assertThat(message.text()).isEqualTo("a".repeat(400) + "€");
        assertThat(message.fromNumber()).contains(ANN);
        jasmin.close();
    }

    @Test
    void aRefusalOfTheWholeRequestThatAnIdContradictsProvesNothing() {
        GatewayProfile profile = GatewayProfile.builder("simple")
                .post("{baseUrl}/")
                .accepted("/id")
                .messageId("/id")
                .set("send/maxRecipients", "10")
                .set("send/response/items", "\"/all\"")
                .set("send/response/recipient", "\"/to\"")
                .set(
                        "send/response/requestFailure",
                        "[{\"root\":\"/failed\",\"in\":[true]},{\"field\":\"/fatal\",\"present\":true}]")
                .build();
        try (RawServer server = RawServer.start();
                GatewayProvider provider =
                        GatewayProvider.builder(profile).baseUrl(server.url("")).build()) {
            for (String answer : List.of(
                    "{\"failed\":true,\"all\":[{\"to\":\"12025550123\",\"id\":\"m1\"},{\"to\":\"12025550124\"}]}",
                    "{\"all\":[{\"to\":\"12025550123\",\"id\":\"m1\"},{\"to\":\"12025550124\",\"fatal\":1}]}")) {
                server.next(RawBehaviour.reply(200, Map.of("Content-Type", "application/json"), answer));
                assertThat(provider.role(BatchSubmitter.class)
                                .orElseThrow()
                                .submit(List.of(
                                        message(ANN, "Hi").build(),
                                        message(BOB, "Hi").build())))
                        .as(answer)
                        .extracting(SubmitReply::outcome)
                        .containsExactly(Outcome.UNKNOWN, Outcome.UNKNOWN);
            }
            server.next(RawBehaviour.reply(
                    200,
                    Map.of("Content-Type", "application/json"),
                    "{\"failed\":true,\"all\":[{\"to\":\"12025550123\"}]}"));
            assertThat(provider.submit(message(ANN, "Hi").build()).outcome()).isEqualTo(Outcome.REJECTED);
        }
    }

    @Test
    void aRefusalThatNamesAMessageProvesNothing() {
        try (RawServer server = RawServer.start();
                GatewayProvider provider = GatewayProvider.builder(
                                simple("{baseUrl}/").build())
                        .baseUrl(server.url(""))
                        .build()) {
            for (int status : new int[] {400, 401, 402, 404, 422}) {
                server.next(RawBehaviour.reply(status, Map.of("Content-Type", "application/json"), "{\"id\":\"m1\"}"));
                assertThat(provider.submit(message(ANN, "Hi").build()).outcome())
                        .as("%d", status)
                        .isEqualTo(Outcome.UNKNOWN);
                server.next(RawBehaviour.reply(status, Map.of("Content-Type", "application/json"), "{\"id\":null}"));
                assertThat(provider.submit(message(ANN, "Hi").build()).outcome())
                        .as("%d", status)
                        .isEqualTo(Outcome.REJECTED);
            }
        }
    }

    @Test
    void aRuleForAWholeClassOfStatusesDoesNotSayWhatEachProves() {
        GatewayProfile profile = simple("{baseUrl}/")
                .set("send/response/errors", "[{\"when\":{\"status\":\"4xx\"},\"class\":\"CREDIT\"}]")
                .build();
        GatewayProfile named = simple("{baseUrl}/")
                .set("send/response/errors", "[{\"when\":{\"status\":503},\"class\":\"THROTTLED\"}]")
                .build();
        try (RawServer server = RawServer.start();
                GatewayProvider classes =
                        GatewayProvider.builder(profile).baseUrl(server.url("")).build();
                GatewayProvider single =
                        GatewayProvider.builder(named).baseUrl(server.url("")).build()) {
            for (int status : new int[] {408, 409, 429, 499, 503}) {
                server.next(RawBehaviour.reply(status));
                assertThat(classes.submit(message(ANN, "Hi").build()).outcome())
                        .as("%d", status)
                        .isEqualTo(Outcome.UNKNOWN);
            }
            server.next(RawBehaviour.reply(400));
            assertThat(classes.submit(message(ANN, "Hi").build()).reason()).contains(Reason.ACCOUNT);
            server.next(RawBehaviour.reply(503));
            assertThat(single.submit(message(ANN, "Hi").build()).reason()).contains(Reason.THROTTLED);
        }
    }

    @Test
    void aReplyNamesTheMessageThatItAnswers() {
        MessageId ours = MessageId.next();
        GatewayProvider engage = GatewayProvider.builder(GatewayProfile.shipped("sinch-engage"))
                .secret("username", "u")
                .secret("password", "p")
                .webhookSecrets("a-hook-secret")
                .build();
        String body = "{\"reply_id\":\"r-1\",\"message_id\":\"m-1\",\"source_number\":\"+12025550123\","
                + "\"content\":\"Yes\",\"metadata\":{\"ref\":\"" + ours + "\"}}";
        InboundMessage reply = (InboundMessage) engage.role(WebhookParser.class)
                .orElseThrow()
                .parse(
                        SignedGatewayRequest.json("https://x.example/e", body.getBytes(StandardCharsets.UTF_8))
                                .headerSecret("X-Textonce-Secret", "a-hook-secret"),
                        new Origin(TenantId.DEFAULT, "sinch-engage", "e", Instant.EPOCH))
                .events()
                .get(0);
        assertThat(reply.inReplyTo()).contains(ours);
        assertThat(reply.inReplyToProviderId()).contains("m-1");
        engage.close();
    }

    @Test
    void anOldSignatureOfTheEngagePlatformIsAReplay() throws Exception {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
        keys.initialize(2048);
        KeyPair pair = keys.generateKeyPair();
        Instant then = Instant.parse("2026-04-01T06:33:52Z");
        byte[] body = "{\"reply_id\":\"r-1\",\"source_number\":\"+12025550123\",\"content\":\"STOP\"}"
                .getBytes(StandardCharsets.UTF_8);
        WebhookRequest signed = SignedSmsBroadcastRequest.json("https://sms.example.org/e", body)
                .sign(pair.getPrivate(), "key-1", "SHA-256", then);
        Origin origin = new Origin(TenantId.DEFAULT, "sinch-engage", "e", then);
        for (Duration late : List.of(Duration.ZERO, Duration.ofMinutes(4), Duration.ofMinutes(6), Duration.ofDays(9))) {
            try (GatewayProvider engage = GatewayProvider.builder(GatewayProfile.shipped("sinch-engage"))
                    .secret("username", "u")
                    .secret("password", "p")
                    .webhookKey("key-1", pair.getPublic())
                    .clock(Clock.fixed(then.plus(late), ZoneOffset.UTC))
                    .build()) {
                assertThat(engage.role(WebhookParser.class)
                                .orElseThrow()
                                .parse(signed, origin)
                                .refusal()
                                .isEmpty())
                        .as("%s late", late)
                        .isEqualTo(late.toMinutes() <= 5);
            }
        }
    }

    @Test
    void requestsThatDifferInTheirQueryAloneAreTwo() {
        GatewayProvider kannel = GatewayProvider.builder(GatewayProfile.shipped("kannel"))
                .baseUrl("https://kannel.example.org")
                .secret("username", "u")
                .secret("password", "p")
                .webhookSecrets("a-hook-secret")
                .build();
        WebhookParser parser = kannel.role(WebhookParser.class).orElseThrow();
        Origin origin = new Origin(TenantId.DEFAULT, "kannel", "k", Instant.EPOCH);
        assertThat(List.of("Yes", "No", "Yes"))
                .extracting(text -> parser.parse(
                                SignedGatewayRequest.form(
                                                "https://x.example/k?sender=%2B12025550123&to=24453&message=" + text,
                                                "x=1".getBytes(StandardCharsets.US_ASCII))
                                        .querySecret("secret", "a-hook-secret"),
                                origin)
                        .events()
                        .get(0)
                        .id())
                .satisfies(
                        ids -> assertThat(ids.get(0)).isNotEqualTo(ids.get(1)).isEqualTo(ids.get(2)));
        kannel.close();
    }

    @Test
    void oneBodyOfManyUnknownThingsIsOneEvent() {
        GatewayProvider bulksms = GatewayProvider.builder(GatewayProfile.shipped("bulksms"))
                .secret("username", "u")
                .secret("password", "p")
                .webhookSecrets("a-hook-secret")
                .build();
        String known = "{\"type\":\"SENT\",\"id\":\"1-1\",\"status\":{\"id\":\"SENT.null\"}}";
        WebhookParser parser = bulksms.role(WebhookParser.class).orElseThrow();
        Origin origin = new Origin(TenantId.DEFAULT, "bulksms", "b", Instant.EPOCH);
        for (int unknown : new int[] {1, 400, 20_000}) {
            byte[] body = ("[" + "1,".repeat(unknown) + known + "]").getBytes(StandardCharsets.UTF_8);
            List<SmsEvent> events = parser.parse(
                            SignedGatewayRequest.json("https://x.example/b", body)
                                    .querySecret("secret", "a-hook-secret"),
                            origin)
                    .events();
            // Of more items than any gateway sends, none is read, and all are kept.
            assertThat(events).hasSize(unknown > 500 ? 1 : 2);
            OtherEvent other = (OtherEvent) events.get(events.size() - 1);
            assertThat(other.raw()).hasSize(body.length);
        }
        bulksms.close();
    }

    @Test
    void aTokenInTheAddressIsNotShown() {
        for (String url : List.of(
                "https://sms.example.org?token=hush/hush",
                "https://sms.example.org/api?token=hush",
                "https://sms.example.org")) {
            try (GatewayProvider provider = GatewayProvider.builder(GatewayProfile.shipped("base-url"))
                    .baseUrl(url)
                    .build()) {
                List<SelfCheck.Finding> findings =
                        provider.role(SelfCheck.class).orElseThrow().check();
                assertThat(findings.toString() + provider)
                        .contains("at https://sms.example.org")
                        .doesNotContain("hush", "token");
            }
        }
    }

    @Test
    void anAddressThatIsNoneIsNotLookedUp() {
        for (String odd : List.of("1.2.3.999", "300.1.1.1", "1.2.3", "::1.2.3.999", "localhost")) {
            assertThat(Cidr.address(odd)).as(odd).isEmpty();
        }
        assertThat(Cidr.address("255.0.10.199")).isPresent();
    }

    @Test
    void anAnswerInAnotherFormSaysWhatItsAuthorOverlooked() {
        GatewayProfile json = simple("{baseUrl}/")
                .set(
                        "send/response/accepted",
                        "{\"status\":202,\"field\":\"/state\",\"in\":[\"ok\",\"queued\"],\"allOf\":[{\"field\":\"/id\",\"present\":true}]}")
                .set("send/response/okStatus", "[200, 202]")
                .build();
        GatewayProfile lines = GatewayProfile.builder("lines")
                .post("{baseUrl}/")
                .line("OK (?P<id>\\w+)")
                .accepted("id")
                .build();
        assertThat(explanation(json, 202, "Ann's private answer")).contains("(not JSON)");
        assertThat(explanation(json, 200, "{\"id\":\"m1\",\"state\":\"ok\"}")).contains("(the status isn't 202)");
        assertThat(explanation(json, 202, "{}")).contains("(/state is missing)");
        assertThat(explanation(json, 202, "{\"state\":\"private\"}"))
                .contains("(/state is none of ok, queued)")
                .doesNotContain("private");
        assertThat(explanation(json, 202, "{\"state\":\"ok\"}")).contains("(/id is missing)");
        assertThat(explanation(lines, 200, "Private: 1")).contains("(no line fits a pattern)");
    }

    @Test
    void aSuccessThatItsProfileDoesNotCountIsSaidAsSuch() {
        GatewayProfile profile = simple("{baseUrl}/")
                .set("send/response/okStatus", "[202, \"2xx\"]")
                .build();
        GatewayProfile narrow =
                simple("{baseUrl}/").set("send/response/okStatus", "202").build();
        assertThat(explanation(narrow, 200, "{\"id\":\"m1\"}"))
                .contains(
                        "answered 200, which its profile doesn't count as success (okStatus 202), with a body that does");
        assertThat(explanation(profile, 400, "{\"id\":\"m1\"}")).contains("(okStatus 2xx, 202)");
    }

    private static String explanation(GatewayProfile profile, int status, String body) {
        try (RawServer server = RawServer.start();
                GatewayProvider provider =
                        GatewayProvider.builder(profile).baseUrl(server.url("")).build()) {
            server.next(RawBehaviour.reply(status, Map.of("Content-Type", "application/json"), body));
            SubmitReply reply = provider.submit(message(ANN, "Hi").build());
            assertThat(reply.outcome()).isEqualTo(Outcome.UNKNOWN);
            return reply.explanation();
        }
    }

    @Test
    void aMissingAddressIsNamedOnce() {
        assertThatThrownBy(() -> GatewayProvider.builder(GatewayProfile.shipped("jasmin"))
                        .build())
                .message()
                .containsOnlyOnce("baseUrl is missing");
    }

    @Test
    void reportsThatNothingVouchesForAreNotAskedFor() {
        GatewayProvider.Builder kannel = GatewayProvider.builder(GatewayProfile.shipped("kannel"))
                .baseUrl("https://kannel.example.org")
                .secret("username", "u")
                .secret("password", "p")
                .callback(URI.create("https://sms.example.org/hooks/kannel"));
        assertThatThrownBy(kannel::build).hasMessageContaining("callback asks for reports that nothing vouches for");
        kannel.webhookVerifier(request -> true).build().close();
    }

    @Test
    void aProfileThatVouchesForNoWebhookIsFoundByTheCheck() {
        try (GatewayProvider provider = GatewayProvider.builder(simple("https://sms.example.org/")
                        .set(
                                "inbound",
                                "{\"source\":\"JSON\",\"fields\":{\"from\":\"/from\",\"to\":\"/to\",\"text\":\"/text\"}}")
                        .build())
                .build()) {
            assertThat(provider.role(SelfCheck.class).orElseThrow().check())
                    .anyMatch(finding -> finding.remedy().contains("no webhookAuth"));
        }
    }

    /** As printed: its request, its answer, and webhooks that its scheme vouches for. */
    @Test
    void theProfileInTheReadmeDoesWhatTheReadmeSays() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        int start = readme.indexOf("```json\n") + "```json\n".length();
        GatewayProfile profile = GatewayProfile.fromJson(readme.substring(start, readme.indexOf("```", start)));
        String key = "hmac-key-of-the-account";
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC);
        try (RawServer server = RawServer.start();
                GatewayProvider acme = GatewayProvider.builder(profile)
                        .baseUrl(server.url(""))
                        .secret("apiKey", "k")
                        .callback(URI.create("https://sms.example.org/hooks/acme"))
                        .webhookSecrets(key)
                        .clock(clock)
                        .build()) {
            server.next(RawBehaviour.reply(202, Map.of(), "{\"messages\":[{\"to\":\"12025550123\",\"id\":\"m1\"}]}"));
            Submission hi = message(ANN, "Hi").build();
            assertThat(acme.submit(hi).providerMessageId()).contains("m1");
            RawServer.Request sent = server.requests().get(0);
            assertThat(sent.header("Authorization")).contains("Bearer k");
            assertThat(Vectors.JSON.readTree(sent.text()))
                    .isEqualTo(Vectors.JSON.readTree("{\"text\":\"Hi\",\"to\":[{\"number\":\"12025550123\",\"ref\":\""
                            + hi.messageId()
                            + "\"}],\"report\":{\"url\":\"https://sms.example.org/hooks/acme?v=2\"}}"));
            server.next(RawBehaviour.reply(
                    202, Map.of(), "{\"messages\":[{\"to\":\"12025550123\",\"error\":\"no_credit\"}]}"));
            assertThat(acme.submit(hi).reason()).contains(Reason.ACCOUNT);
            server.next(RawBehaviour.reply(202, Map.of(), "{\"fault\":\"json\"}"));
            assertThat(acme.submit(hi).reason()).contains(Reason.OTHER);

            WebhookParser parser = acme.role(WebhookParser.class).orElseThrow();
            Origin origin = new Origin(TenantId.DEFAULT, "acme", "acme", clock.instant());
            String report = "{\"event\":\"report\",\"id\":\"m1\",\"ref\":\"" + hi.messageId()
                    + "\",\"to\":\"12025550123\",\"status\":\"delivered\",\"at\":1799999999}";
            String inbound = "{\"event\":\"inbound\",\"id\":\"i1\",\"from\":\"12025550123\",\"to\":\"12025550100\","
                    + "\"text\":\"Yes\"}";
            assertThat(parser.parse(signed(report, key, clock), origin).events())
                    .singleElement()
                    .isInstanceOfSatisfying(DeliveryReport.class, event -> {
                        assertThat(event.status()).isEqualTo(DeliveryStatus.DELIVERED);
                        assertThat(event.messageId()).contains(hi.messageId());
                    });
            assertThat(parser.parse(signed(inbound, key, clock), origin).events())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            InboundMessage.class,
                            event -> assertThat(event.text()).isEqualTo("Yes"));
            assertThat(parser.parse(signed(inbound, "another-key-altogether", clock), origin)
                            .refusal())
                    .isPresent();
        }
    }

    private static WebhookRequest signed(String body, String key, Clock clock) {
        return SignedGatewayRequest.json(
                        "https://sms.example.org/hooks/acme?v=2", body.getBytes(StandardCharsets.UTF_8))
                .hmac("X-Signature", "X-Timestamp", clock.instant().getEpochSecond(), key);
    }
}
