package io.textonce.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Outcome;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.SmsListener;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.client.SmsClient;
import io.textonce.memory.InMemoryStore;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.webhook.WebhookReceiver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shipped profile against a real Kannel: {@code mvn verify -Pkannel}. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KannelIT {

    private static final String SECRET = "0123456789abcdef";

    @TempDir
    private Path directory;

    private final InMemoryStore store = new InMemoryStore();
    private final BlockingQueue<SmsEvent> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    private HttpServer server;
    private Kannel kannel;
    private GatewayProvider provider;
    private SmsClient sms;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String hooks = "http://127.0.0.1:" + server.getAddress().getPort();
        kannel = new Kannel(
                directory,
                hooks + "/hooks/kannel?secret=" + SECRET
                        + "&id=%I&sender=%p&to=%P&message=%b&coding=%c&charset=%C&ts=%T");
        provider = GatewayProvider.builder(GatewayProfile.shipped("kannel"))
                .baseUrl(kannel.baseUrl())
                .allowInsecure()
                .secret("username", Kannel.USER)
                .secret("password", Kannel.PASSWORD)
                .from(SenderId.of("+12025550199"))
                .callback(URI.create(hooks + "/hooks/kannel"))
                .webhookSecrets(SECRET)
                .build();
        sms = SmsClient.builder()
                .provider(provider)
                .messages(store)
                .suppressions(store)
                .build();
        WebhookReceiver receiver = WebhookReceiver.builder(store)
                .suppressions(store)
                .publicBaseUrl(hooks)
                .endpoint("kannel", TenantId.DEFAULT, provider)
                .listener(new SmsListener() {
                    @Override
                    public void onEvent(SmsEvent event) {
                        events.add(event);
                    }
                })
                .build();
        server.createContext("/hooks/kannel", call -> answer(call, receiver));
        server.start();
    }

    private void answer(HttpExchange call, WebhookReceiver receiver) throws IOException {
        try (call) {
            WebhookReply reply = receiver.receive(
                    "kannel",
                    WebhookRequest.builder(
                                    call.getRequestMethod(),
                                    call.getRequestURI().toString())
                            .headers(call.getRequestHeaders())
                            .body(call.getRequestBody().readAllBytes())
                            .build());
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            call.getResponseBody().write(body);
            answers.add(reply.status());
        }
    }

    @AfterEach
    void stop() {
        sms.close();
        kannel.close();
        server.stop(0);
    }

    private SendResult send(String text) {
        return sms.send(SmsMessage.to("+12025550100").text(text).build());
    }

    @Test
    void theGsmAlphabetReachesTheCarrierAndTheReportComesBack() throws Exception {
        Kannel.Tool carrier = kannel.carrier();
        SendResult result = send("Hello \u20ac [\u00e9] & 50% + more");

        assertThat(result.outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(carrier.await("Got message")).contains("+12025550100 text Hello \u20ac [\u00e9] & 50% + more>");
        DeliveryReport report;
        do {
            report = (DeliveryReport) events.take();
            assertThat(report.messageId()).hasValue(result.messageId());
        } while (report.status() != DeliveryStatus.DELIVERED);
        MessageRecord row = store.find(TenantId.DEFAULT, result.messageId()).orElseThrow();
        assertThat(row.state()).isEqualTo(MessageState.ACCEPTED);
        assertThat(row.status()).hasValue(DeliveryStatus.DELIVERED);
        assertThat(answers).containsOnly(200);
    }

    @Test
    void otherAlphabetsReachTheCarrierInUtf16() throws Exception {
        Kannel.Tool carrier = kannel.carrier();
        assertThat(send("\u4f60\u597d\ud83d\ude00").outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(carrier.await("Got message")).contains("ucs-2 O%60Y%7D%D8%3D%DE%00>");
    }

    @Test
    void aLongTextArrivesInAsManyPartsAsWereCounted() throws Exception {
        Kannel.Tool carrier = kannel.carrier();
        String text = "A long text. ".repeat(30).strip();
        SendResult result = send(text);
        int parts = result.quote().orElseThrow().segments();
        assertThat(parts).isEqualTo(3);
        StringBuilder whole = new StringBuilder();
        for (int part = 1; part <= parts; part++) {
            String line = carrier.await("Got message");
            assertThat(line).contains(String.format(java.util.Locale.ROOT, "%%%02d%%%02d data ", parts, part));
            whole.append(line, line.indexOf(" data ") + 6, line.length() - 1);
        }
        assertThat(whole.toString().replace('+', ' ')).isEqualTo(text);
    }

    @Test
    void anInboundTextIsReadInBothAlphabetsAndNothingIsSentBack() throws Exception {
        kannel.handsetSends("+12025550100 +12025550199 text Yes, see you & thanks");
        InboundMessage latin = (InboundMessage) events.take();
        assertThat(latin.text()).isEqualTo("Yes, see you & thanks");
        assertThat(latin.fromNumber().orElseThrow().e164()).isEqualTo("+12025550100");
        assertThat(answers.take()).isEqualTo(200);
    }

    @Test
    void anInboundTextInUtf16IsRead() throws Exception {
        kannel.handsetSends("+12025550100 +12025550199 ucs2 %4F%60%D8%3D%DE%00");
        assertThat(((InboundMessage) events.take()).text()).isEqualTo("\u4f60\ud83d\ude00");
    }

    @Test
    void aWrongPasswordIsARefusal() {
        try (GatewayProvider wrong = GatewayProvider.builder(GatewayProfile.shipped("kannel"))
                        .baseUrl(kannel.baseUrl())
                        .allowInsecure()
                        .secret("username", Kannel.USER)
                        .secret("password", "wrong")
                        .from(SenderId.of("+12025550199"))
                        .build();
                SmsClient client = SmsClient.builder().provider(wrong).build()) {
            SendResult result =
                    client.send(SmsMessage.to("+12025550100").text("Hello").build());
            assertThat(result).isInstanceOf(SendResult.Rejected.class);
            assertThat(((SendResult.Rejected) result).reason()).isEqualTo(Reason.CREDENTIAL);
        }
    }
}
