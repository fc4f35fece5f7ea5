package io.textonce.sandbox;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.spi.MediaFetcher;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The webhooks' body: one event a line, each a list of form-encoded fields. */
final class Wire {

    static final int MAX_MEDIA = 10;

    private static final long MAX_MEDIA_BYTES = 16 * 1024 * 1024;

    private Wire() {}

    /** One line, from names and values in turn; a null value is left out. */
    static String line(@Nullable Object... namesAndValues) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value != null) {
                line.append(line.length() == 0 ? "" : "&")
                        .append(namesAndValues[i])
                        .append('=')
                        .append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8));
            }
        }
        return line.toString();
    }

    static String word(DeliveryStatus status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    static List<SmsEvent> events(byte[] body, Origin origin, MediaFetcher media) {
        List<SmsEvent> events = new ArrayList<>();
        for (String line : new String(body, StandardCharsets.UTF_8).split("\n", -1)) {
            if (!line.isBlank()) {
                events.add(event(line, origin, media));
            }
        }
        return events;
    }

    private static SmsEvent event(String line, Origin origin, MediaFetcher media) {
        Map<String, String> fields = fields(line);
        SmsEvent event = switch (fields.getOrDefault("type", "")) {
            case "report" -> report(fields, origin);
            case "inbound" -> inbound(fields, origin, media);
            default -> null;
        };
        return event != null ? event : other(line, fields, origin);
    }

    private static Map<String, String> fields(String line) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : line.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                String value =
                        reading(pair.substring(equals + 1), raw -> URLDecoder.decode(raw, StandardCharsets.UTF_8));
                if (value != null) {
                    fields.putIfAbsent(pair.substring(0, equals), value);
                }
            }
        }
        return fields;
    }

    private static @Nullable SmsEvent report(Map<String, String> fields, Origin origin) {
        String id = fields.get("event");
        String word = fields.get("status");
        String providerMessageId = fields.get("id");
        MessageId messageId = reading(fields.get("ref"), MessageId::of);
        if (id == null || word == null || (providerMessageId == null && messageId == null)) {
            return null;
        }
        DeliveryReport.Builder report = DeliveryReport.builder(origin, id, status(word))
                .providerStatus(word)
                .messageId(messageId)
                .providerMessageId(providerMessageId)
                .recipient(reading(fields.get("to"), PhoneNumber::of))
                .price(reading(fields.get("price"), amount -> Money.of(amount, fields.getOrDefault("currency", "USD"))))
                .occurredAt(reading(fields.get("at"), Instant::parse));
        String code = fields.get("code");
        if (code != null) {
            Reason reason = reading(fields.get("reason"), Reason::valueOf);
            report.reason(reason == null ? Reason.OTHER : reason, code);
        }
        Integer part = reading(fields.get("part"), Integer::valueOf);
        if (part != null && part > 0) {
            report.part(part);
        }
        Integer segments = reading(fields.get("segments"), Integer::valueOf);
        if (segments != null && segments >= 0) {
            report.segments(segments);
        }
        return report.build();
    }

    private static DeliveryStatus status(String word) {
        for (DeliveryStatus status : DeliveryStatus.values()) {
            if (word(status).equals(word) && status != DeliveryStatus.PARTIAL) {
                return status;
            }
        }
        return DeliveryStatus.OTHER;
    }

    private static @Nullable SmsEvent inbound(Map<String, String> fields, Origin origin, MediaFetcher fetcher) {
        String id = fields.get("event");
        String from = fields.get("from");
        String to = fields.get("to");
        if (id == null || from == null || to == null) {
            return null;
        }
        InboundMessage.Builder message = InboundMessage.builder(
                        origin, id, SenderId.observed(from), SenderId.observed(to), fields.getOrDefault("text", ""))
                .providerMessageId(fields.get("id"))
                .media(media(fields, fetcher));
        Integer segments = reading(fields.get("segments"), Integer::valueOf);
        if (segments != null && segments >= 0) {
            message.segments(segments);
        }
        return message.build();
    }

    private static List<Media> media(Map<String, String> fields, MediaFetcher fetcher) {
        List<Media> media = new ArrayList<>();
        for (int i = 1; i <= MAX_MEDIA; i++) {
            URI source = reading(fields.get("media" + i), URI::create);
            if (source != null) {
                Long size = reading(fields.get("media" + i + "size"), Long::valueOf);
                media.add(Media.of(
                        fields.getOrDefault("media" + i + "type", "application/octet-stream"),
                        fields.get("media" + i + "name"),
                        size == null ? -1 : size,
                        source,
                        () -> fetcher.fetch(source, MAX_MEDIA_BYTES)));
            }
        }
        return media;
    }

    private static SmsEvent other(String line, Map<String, String> fields, Origin origin) {
        String id = fields.get("event");
        return OtherEvent.of(origin, id == null ? hash(line) : id, fields.getOrDefault("type", "unknown"), line);
    }

    /** A field read by something that throws on what it can't read; null for that and for no field. */
    private static <T> @Nullable T reading(@Nullable String field, Function<String, T> reader) {
        try {
            return field == null ? null : reader.apply(field);
        } catch (IllegalArgumentException | DateTimeException unreadable) {
            return null;
        }
    }

    private static String hash(String line) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(line.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing, which every Java platform must have", e);
        }
    }
}
