package io.textonce.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.textonce.DeliveryReport;
import io.textonce.InboundMessage;
import io.textonce.Keyword;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.OtherEvent;
import io.textonce.PhoneNumber;
import io.textonce.SmsEvent;
import io.textonce.webhook.Keywords;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/** Events as JSON and for people. */
final class Events {

    private Events() {}

    /** The fields of one event; {@code type} is report, inbound or other. */
    static void write(SmsEvent event, JsonGenerator json) throws IOException {
        if (event instanceof DeliveryReport report) {
            json.writeStringField("type", "report");
            JsonLines.field(json, "id", report.id());
            JsonLines.field(json, "status", report.status());
            JsonLines.field(json, "providerStatus", report.providerStatus());
            JsonLines.field(
                    json, "providerMessageId", report.providerMessageId().orElse(null));
            JsonLines.field(
                    json, "messageId", report.messageId().map(MessageId::value).orElse(null));
            JsonLines.field(
                    json, "to", report.recipient().map(PhoneNumber::e164).orElse(null));
            JsonLines.field(json, "reason", report.reason().orElse(null));
            JsonLines.field(json, "providerCode", report.providerCode().orElse(null));
            number(json, "part", report.part());
            number(json, "segments", report.segments());
            JsonLines.field(json, "price", report.price().orElse(null));
            JsonLines.field(json, "occurredAt", report.occurredAt().orElse(null));
        } else if (event instanceof InboundMessage message) {
            json.writeStringField("type", "inbound");
            JsonLines.field(json, "id", message.id());
            JsonLines.field(json, "from", message.from().value());
            JsonLines.field(json, "to", message.to().value());
            JsonLines.field(json, "text", message.text());
            JsonLines.field(json, "keyword", keyword(message).orElse(null));
            json.writeArrayFieldStart("media");
            for (Media media : message.media()) {
                json.writeStartObject();
                JsonLines.field(json, "contentType", media.contentType());
                JsonLines.field(json, "name", media.name().orElse(null));
                JsonLines.field(
                        json, "size", media.size().isPresent() ? media.size().getAsLong() : null);
                json.writeEndObject();
            }
            json.writeEndArray();
        } else if (event instanceof OtherEvent other) {
            json.writeStringField("type", "other");
            JsonLines.field(json, "id", other.id());
            JsonLines.field(json, "kind", other.kind());
            JsonLines.field(json, "raw", other.raw());
        }
    }

    /** One event on one line. */
    static String line(SmsEvent event) {
        if (event instanceof DeliveryReport report) {
            return "report   " + report.status()
                    + report.recipient().map(to -> " to " + to.e164()).orElse("")
                    + report.providerMessageId().map(id -> " of " + id).orElse("")
                    + report.reason().map(reason -> ", " + reason).orElse("")
                    + report.providerCode().map(code -> ", code " + code).orElse("");
        }
        if (event instanceof InboundMessage message) {
            return "inbound  from " + message.from().value() + " to "
                    + message.to().value() + ": " + message.text()
                    + keyword(message).map(keyword -> " (" + keyword + ")").orElse("")
                    + (message.media().isEmpty()
                            ? ""
                            : ", media: " + message.media().size());
        }
        return event instanceof OtherEvent other ? "other    " + other.kind() : event.toString();
    }

    /** As a receiver that knows of no opt-outs would see it. */
    private static Optional<Keyword> keyword(InboundMessage message) {
        return message.keyword().or(() -> Keywords.standard().recognise(message.text(), () -> false));
    }

    static void number(JsonGenerator json, String name, OptionalInt value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, value.getAsInt());
        } else {
            json.writeNullField(name);
        }
    }
}
