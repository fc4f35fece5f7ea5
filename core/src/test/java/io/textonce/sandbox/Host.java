package io.textonce.sandbox;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Origin;
import io.textonce.SmsEvent;
import io.textonce.TenantId;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.TimeSource;
import io.textonce.spi.WebhookParser;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A host as the sandbox sees it: takes webhook requests, believes them or not, answers with a status. */
final class Host {

    final List<WebhookRequest> requests = Collections.synchronizedList(new ArrayList<>());
    final List<Instant> times = Collections.synchronizedList(new ArrayList<>());
    final List<List<SmsEvent>> batches = Collections.synchronizedList(new ArrayList<>());
    final List<ParsedWebhook.Refusal> refusals = Collections.synchronizedList(new ArrayList<>());
    volatile int failures;
    private final WebhookParser parser;
    private final TimeSource time;

    Host(SandboxProvider sandbox, TimeSource time) {
        this.parser = sandbox.role(WebhookParser.class).orElseThrow();
        this.time = time;
    }

    WebhookReply receive(WebhookRequest request) {
        requests.add(request);
        times.add(time.now());
        if (failures > 0) {
            failures--;
            return WebhookReply.of(503);
        }
        ParsedWebhook parsed = parser.parse(request, new Origin(TenantId.DEFAULT, "sandbox", "sms", time.now()));
        if (parsed.refusal().isPresent()) {
            refusals.add(parsed.refusal().orElseThrow());
            return WebhookReply.of(parsed.refusal().orElseThrow().status());
        }
        batches.add(parsed.events());
        return parser.acknowledgement();
    }

    List<SmsEvent> events() {
        List<SmsEvent> all = new ArrayList<>();
        batches.forEach(all::addAll);
        return all;
    }

    List<DeliveryReport> reports() {
        return events().stream()
                .filter(DeliveryReport.class::isInstance)
                .map(DeliveryReport.class::cast)
                .toList();
    }

    List<InboundMessage> inbound() {
        return events().stream()
                .filter(InboundMessage.class::isInstance)
                .map(InboundMessage.class::cast)
                .toList();
    }

    List<DeliveryStatus> statuses() {
        return reports().stream().map(DeliveryReport::status).toList();
    }

    /** A clock that moves only when somebody sleeps by it. */
    static final class Time implements TimeSource {
        static final Instant START = Instant.parse("2026-03-01T09:00:00Z");
        private final AtomicLong nanos = new AtomicLong();

        @Override
        public Instant now() {
            return START.plusNanos(nanos.get());
        }

        @Override
        public long nanoTime() {
            return nanos.get();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            nanos.addAndGet(duration.toNanos());
        }

        void advance(Duration duration) {
            nanos.addAndGet(duration.toNanos());
        }
    }
}
