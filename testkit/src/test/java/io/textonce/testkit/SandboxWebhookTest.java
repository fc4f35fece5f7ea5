package io.textonce.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.WebhookRequest;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SandboxWebhookTest {

    private static final String TARGET = "/webhooks/sandbox?x=1";

    private final VirtualClock clock = new VirtualClock();
    private final WebhookParser parser = SandboxProvider.builder()
            .time(clock)
            .secret("s3cret")
            .build()
            .role(WebhookParser.class)
            .orElseThrow();

    private ParsedWebhook parse(WebhookRequest request) {
        return parser.parse(request, new Origin(TenantId.DEFAULT, "sandbox", "sms", clock.now()));
    }

    @Test
    void theSandboxBelievesAndReadsWhatIsBuilt() {
        MessageId id = MessageId.next();
        WebhookRequest request = SandboxWebhook.to(TARGET)
                .report(id, null, DeliveryStatus.DELIVERED)
                .report(null, "p 1&", DeliveryStatus.EXPIRED)
                .inbound("+12025550100", "12345", "Grüße & ☺")
                .event("type", "weather", "event", "w1", "gone", null)
                .sign("s3cret", clock.now());

        List<SmsEvent> events = parse(request).events();

        assertThat(events).hasSize(4).extracting(SmsEvent::id).doesNotHaveDuplicates();
        DeliveryReport delivered = (DeliveryReport) events.get(0);
        assertThat(delivered.messageId()).contains(id);
        assertThat(delivered.status()).isEqualTo(DeliveryStatus.DELIVERED);
        assertThat(((DeliveryReport) events.get(1)).providerMessageId()).contains("p 1&");
        assertThat(((InboundMessage) events.get(2)).text()).isEqualTo("Grüße & ☺");
        assertThat(((OtherEvent) events.get(3)).raw()).isEqualTo("type=weather&event=w1");
    }

    @Test
    void buildsForgedStaleAndUnsignedRequestsThatAreRefused() {
        SandboxWebhook webhook = SandboxWebhook.to(TARGET).inbound("+12025550100", "12345", "STOP");

        assertThat(parse(webhook.sign("s3cret", clock.now())).refusal()).isEmpty();
        assertThat(parse(webhook.sign("guess", clock.now())).refusal()).isPresent();
        assertThat(parse(webhook.sign("s3cret", clock.now().minus(Duration.ofSeconds(301))))
                        .refusal())
                .isPresent();
        assertThat(parse(webhook.sign("s3cret", clock.now().plus(Duration.ofSeconds(301))))
                        .refusal())
                .isPresent();
        assertThat(parse(webhook.unsigned()).refusal()).isPresent();
    }

    @Test
    void buildingTwiceTellsTheSameEventsAgain() {
        SandboxWebhook webhook = SandboxWebhook.to(TARGET).report(MessageId.next(), null, DeliveryStatus.SENT);

        assertThat(parse(webhook.sign("s3cret", clock.now())).events().get(0).id())
                .isEqualTo(parse(webhook.sign("s3cret", clock.now().plusSeconds(9)))
                        .events()
                        .get(0)
                        .id());
    }

    @Test
    void refusesANameWithoutAValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SandboxWebhook.to(TARGET).event("type", "report", "event"))
                .withMessageContaining("event");
    }
}
