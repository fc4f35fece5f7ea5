package io.textonce.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.textonce.Origin;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.memory.InMemoryStore;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a receiver writes into the log for whoever sets it up. */
class WebhookLogTest {

    private final Logger log = Logger.getLogger(WebhookReceiver.class.getName());
    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    /** Refuses whatever comes, with the body as the reason. */
    private record Refusing(boolean signsUrl) implements WebhookParser {
        @Override
        public ParsedWebhook parse(WebhookRequest request, Origin origin) {
            return ParsedWebhook.refused(403, new String(request.body(), StandardCharsets.UTF_8));
        }

        @Override
        public WebhookReply acknowledgement() {
            return WebhookReply.of(200);
        }
    }

    @BeforeEach
    void listen() {
        log.addHandler(handler);
        log.setUseParentHandlers(false);
    }

    @AfterEach
    void stopListening() {
        log.removeHandler(handler);
        log.setUseParentHandlers(true);
    }

    private static WebhookReceiver.Builder builder(boolean signsUrl) {
        WebhookReceiver.Builder builder = WebhookReceiver.builder(new InMemoryStore());
        for (String name : List.of("twilio", "sns")) {
            builder.endpoint(name, new WebhookEndpoint(TenantId.DEFAULT, name, new Refusing(signsUrl)));
        }
        return builder;
    }

    private static void refuse(WebhookReceiver receiver, String endpoint, String reason) {
        receiver.receive(
                endpoint,
                WebhookRequest.builder("POST", "/h")
                        .body(reason.getBytes(StandardCharsets.UTF_8))
                        .build());
    }

    @Test
    void eachReasonOfEachEndpointShowsHoweverManyOthersThereWere() {
        WebhookReceiver receiver = builder(false).build();
        for (int i = 0; i < 100; i++) {
            refuse(receiver, "twilio", "Wrong token.");
        }
        assertThat(lines).as("1, 2, 4 ... 64").hasSize(7);
        refuse(receiver, "sns", "Wrong topic: add it.");
        refuse(receiver, "twilio", "No header.");
        assertThat(lines).hasSize(9);
        assertThat(lines.get(7)).contains("endpoint sns").endsWith("(number 1 of its kind): Wrong topic: add it.");
        assertThat(receiver.refused()).isEqualTo(102);
    }

    @Test
    void reasonsThatNeverEndDoNotFillTheLog() {
        WebhookReceiver receiver = builder(false).build();
        for (int i = 0; i < 1000; i++) {
            refuse(receiver, "sns", "Old by " + i + " s.");
        }
        assertThat(lines).hasSizeLessThan(20);
    }

    @Test
    void aVerifierOfThePublicUrlThatIsNotToldItIsWarnedOf() {
        builder(true).build();
        assertThat(lines)
                .hasSize(2)
                .anyMatch(line -> line.contains("endpoint sns") && line.contains("publicBaseUrl isn't set"));
        lines.clear();
        builder(true).publicBaseUrl("https://sms.example.org").build();
        builder(true).trustForwardedHeaders().build();
        builder(false).build();
        assertThat(lines).isEmpty();
    }
}
