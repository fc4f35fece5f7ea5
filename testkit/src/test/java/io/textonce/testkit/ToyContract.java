package io.textonce.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.textonce.Reason;
import io.textonce.WebhookRequest;
import io.textonce.spi.SmsProvider;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fixtures of the toy protocol; the fault is set by whoever runs it. Not run by itself. */
class ToyContract extends SmsProviderContract {

    static final ThreadLocal<ToyProvider.Fault> FAULT = ThreadLocal.withInitial(() -> ToyProvider.Fault.NONE);

    @Override
    protected SmsProvider provider(String baseUrl) {
        return new ToyProvider(baseUrl, FAULT.get());
    }

    @Override
    protected ScriptedReply accepted() {
        return ScriptedReply.json(201, "{\"id\":\"T000123\"}");
    }

    @Override
    protected String acceptedId() {
        return "T000123";
    }

    @Override
    protected void assertDocumented(RawServer.Request request) {
        assertEquals("/send", request.target());
        assertEquals(Optional.of("Bearer " + ToyProvider.KEY), request.header("Authorization"));
        assertEquals("to=%2B12025550123&text=Canary+7Qx%3A+your+table+is+ready", request.text());
    }

    @Override
    protected List<Refusal> refusals() {
        return List.of(new Refusal(
                "a bad number",
                ScriptedReply.json(400, "{\"error\":\"+12025550123\"}"),
                Reason.RECIPIENT,
                "bad-number"));
    }

    @Override
    protected Optional<ScriptedReply> throttled() {
        return Optional.of(new ScriptedReply(429, Map.of("Retry-After", "7"), ""));
    }

    @Override
    protected List<String> secrets() {
        return List.of(ToyProvider.KEY, "toy-secret-new", "toy-secret-old");
    }

    @Override
    protected Optional<WebhookFixtures> webhooks() {
        return Optional.of(new WebhookFixtures() {
            @Override
            public List<String> secrets() {
                return ToyProvider.SECRETS;
            }

            @Override
            public WebhookRequest sign(byte[] body, String secret) {
                return WebhookRequest.builder("POST", "https://h.example.org/toy")
                        .header("X-Toy-Signature", ToyProvider.sign(body, secret))
                        .body(body)
                        .build();
            }

            @Override
            public WebhookRequest unsigned(WebhookRequest signed) {
                return WebhookRequest.builder("POST", "https://h.example.org/toy")
                        .body(signed.body())
                        .build();
            }

            @Override
            public byte[] deliveryReport() {
                return bytes("report|T000123|delivered|" + MESSAGE_ID);
            }

            @Override
            public byte[] inbound() {
                return bytes("in|+12025550123|+12025550100|hello");
            }

            @Override
            public byte[] unknownKind() {
                return bytes("quake|7.1");
            }

            @Override
            public byte[] batch() {
                return bytes("report|T000123|delivered|" + MESSAGE_ID + "\nreport|T000124|delivered|");
            }

            @Override
            public int batchSize() {
                return 2;
            }
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
