package io.textonce.sns;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what AWS says about messages, once somebody has vouched for it: events of End User Messaging, plain or within an
 * event of EventBridge; inbound messages; records of SNS's delivery log, plain or as CloudWatch Logs hands them on.
 */
final class Events {

    /** Of all packed logs in one body, once unpacked. */
    static final int LARGEST_UNPACKED = 4 << 20;

    /** Records hold ids and numbers, which pack by about ten at best; what packs better than this is a bomb. */
    private static final int LARGEST_RATIO = 20;

    private static final int SMALL = 64 * 1024;

    private static final Currency DOLLARS = Currency.getInstance("USD");
    private static final DateTimeFormatter LOG_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final int LONGEST_ID = 100;
    private static final int MOST_NESTED = 4;

    private final Origin origin;
    private final List<SmsEvent> found = new ArrayList<>();
    private int mayUnpack = LARGEST_UNPACKED;

    private Events(Origin origin) {
        this.origin = origin;
    }

    /** More was packed into a body than anybody should unpack. */
    static final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** The message of a notification. What it isn't known for is kept as it is, under the notification's id. */
    static List<SmsEvent> ofNotification(String message, String notificationId, Origin origin)
            throws TooLargeException {
        Events events = new Events(origin);
        Object json = null;
        try {
            json = Json.read(message);
        } catch (IOException plainText) {
            // A topic may carry anything; it is kept below.
        }
        if (json == null || !events.add(json, 0)) {
            events.found.add(OtherEvent.of(origin, "sns:" + cut(notificationId), kind(json), message));
        }
        return events.found;
    }

    /** A body that was forwarded: JSON, a list or lines of it, or packed logs. */
    static List<SmsEvent> ofForwarded(byte[] body, Origin origin) throws TooLargeException {
        Events events = new Events(origin);
        byte[] packed = isPacked(body) ? body : decode(text(body));
        byte[] plain = packed == null ? body : events.unpack(packed);
        Object unknown = null;
        for (Object part : plain == null ? List.of(text(body)) : parts(plain)) {
            if (!events.add(part, 0) && unknown == null) {
                unknown = part;
            }
        }
        if (unknown != null) {
            // Once, however many parts of it are unknown: a body may have thousands.
            events.other(text(body), body, kind(unknown));
        }
        return events.found;
    }

    /** Everything that one body may be made of; texts are what isn't JSON. */
    private static List<Object> parts(byte[] body) {
        try {
            Object value = Json.read(body);
            if (value instanceof List<?> list) {
                return nonNull(list);
            }
            return value == null ? List.of("null") : List.of(value);
        } catch (IOException notOneValue) {
            return lines(text(body));
        }
    }

    private static List<Object> lines(String body) {
        List<Object> parts = new ArrayList<>();
        for (String line : body.split("\n", 10_000)) {
            try {
                Object value = line.isBlank() ? null : Json.read(line);
                if (value != null) {
                    parts.add(value);
                }
            } catch (IOException notLines) {
                return List.of(body);
            }
        }
        return parts.isEmpty() ? List.of(body) : parts;
    }

    private static List<Object> nonNull(List<?> list) {
        List<Object> parts = new ArrayList<>();
        for (Object each : list) {
            parts.add(each == null ? "null" : each);
        }
        return parts;
    }

    /** False if it is nothing that is known here. */
    private boolean add(@Nullable Object json, int depth) throws TooLargeException {
        Map<String, @Nullable Object> object = Json.asObject(json);
        if (object == null || depth > MOST_NESTED) {
            return false;
        }
        Map<String, @Nullable Object> logs = Json.asObject(object.get("awslogs"));
        if (logs != null) {
            byte[] packed = decode(Json.text(logs, "data"));
            byte[] plain = packed == null ? null : unpack(packed);
            return plain != null && add(parse(plain), depth + 1);
        }
        if (object.get("logEvents") instanceof List<?> records) {
            return addRecords(Json.text(object, "messageType"), records, depth);
        }
        if (object.containsKey("detail-type") && object.containsKey("detail")) {
            return add(object.get("detail"), depth + 1);
        }
        SmsEvent event = event(object);
        if (event != null) {
            found.add(event);
        }
        return event != null;
    }

    private boolean addRecords(String type, List<?> records, int depth) throws TooLargeException {
        if (type.equals("CONTROL_MESSAGE")) {
            return true; // CloudWatch tries out whether anybody listens
        }
        for (Object record : records) {
            String message = Json.text(Json.asObject(record), "message");
            if (!add(parse(message.getBytes(StandardCharsets.UTF_8)), depth + 1)) {
                other(message, message.getBytes(StandardCharsets.UTF_8), "unknown");
            }
        }
        return true;
    }

    private @Nullable SmsEvent event(Map<String, @Nullable Object> object) {
        if (!Json.text(object, "eventType").isEmpty()) {
            return report(object);
        }
        if (!Json.text(object, "inboundMessageId").isEmpty()) {
            return inbound(object);
        }
        return object.containsKey("notification") && object.containsKey("delivery") ? record(object) : null;
    }

    /** An event of End User Messaging. */
    private @Nullable SmsEvent report(Map<String, @Nullable Object> event) {
        String type = Json.text(event, "eventType");
        String id = Json.text(event, "messageId");
        String ours = Json.text(Json.asObject(event.get("context")), SubmitRequest.MESSAGE_ID);
        boolean known = !id.isEmpty() && id.length() <= LONGEST_ID;
        if (!type.startsWith("TEXT_") || (!known && !MessageId.isWellFormed(ours))) {
            return null;
        }
        boolean last = Json.isTrue(event, "isFinal");
        DeliveryStatus status = status(type, last);
        String recipient = Json.text(event, "destinationPhoneNumber");
        String word = Json.text(event, "messageStatus");
        DeliveryReport.Builder report = DeliveryReport.builder(
                        origin, (known ? id : ours) + ":" + cut(type) + (last ? ":final" : ""), status)
                .providerStatus(cut(type))
                .messageId(MessageId.isWellFormed(ours) ? MessageId.of(ours) : null)
                .providerMessageId(known ? id : null)
                .recipient(PhoneNumber.isE164(recipient) ? PhoneNumber.of(recipient) : null)
                .price(price(event))
                .occurredAt(millis(Json.number(event, "eventTimestamp")));
        Reason reason = reason(type, status);
        if (reason != null) {
            report.reason(reason, word.isEmpty() ? cut(type) : cut(word));
        }
        int parts = Json.whole(event, "totalMessageParts");
        return parts > 0 ? report.segments(parts).build() : report.build();
    }

    /** A failure that isn't final may still turn into a delivery: AWS goes on trying. */
    private static DeliveryStatus status(String type, boolean last) {
        return switch (type) {
            case "TEXT_QUEUED", "TEXT_PENDING" -> DeliveryStatus.QUEUED;
            case "TEXT_SENT", "TEXT_SUCCESSFUL" -> DeliveryStatus.SENT;
            case "TEXT_DELIVERED" -> DeliveryStatus.DELIVERED;
            case "TEXT_TTL_EXPIRED" -> last ? DeliveryStatus.EXPIRED : DeliveryStatus.QUEUED;
            case "TEXT_BLOCKED",
                    "TEXT_CARRIER_BLOCKED",
                    "TEXT_SPAM",
                    "TEXT_PROTECT_BLOCKED",
                    "TEXT_INVALID",
                    "TEXT_INVALID_MESSAGE",
                    "TEXT_UNREACHABLE",
                    "TEXT_CARRIER_UNREACHABLE" -> last ? DeliveryStatus.UNDELIVERED : DeliveryStatus.QUEUED;
            default -> DeliveryStatus.OTHER;
        };
    }

    private static @Nullable Reason reason(String type, DeliveryStatus status) {
        if (status == DeliveryStatus.EXPIRED) {
            return Reason.EXPIRED;
        }
        if (status != DeliveryStatus.UNDELIVERED) {
            return null;
        }
        return switch (type) {
            case "TEXT_BLOCKED", "TEXT_CARRIER_BLOCKED", "TEXT_SPAM", "TEXT_PROTECT_BLOCKED" -> Reason.BLOCKED;
            case "TEXT_INVALID" -> Reason.RECIPIENT;
            case "TEXT_INVALID_MESSAGE" -> Reason.CONTENT;
            case "TEXT_CARRIER_UNREACHABLE" -> Reason.UNAVAILABLE;
            default -> Reason.OTHER;
        };
    }

    /** What AWS and the carrier charge, in US dollars. */
    private static @Nullable Money price(Map<String, @Nullable Object> event) {
        BigDecimal price = Json.number(event, "totalMessagePrice");
        BigDecimal fee = Json.number(event, "totalCarrierFee");
        if (price == null || price.signum() < 0 || (fee != null && fee.signum() < 0)) {
            return null;
        }
        return new Money(fee == null ? price : price.add(fee), DOLLARS);
    }

    private @Nullable SmsEvent inbound(Map<String, @Nullable Object> message) {
        String id = Json.text(message, "inboundMessageId");
        String from = Json.text(message, "originationNumber");
        String to = Json.text(message, "destinationNumber");
        if (id.length() > LONGEST_ID || from.isEmpty() || to.isEmpty()) {
            return null;
        }
        return InboundMessage.builder(
                        origin, id, SenderId.observed(from), SenderId.observed(to), Json.text(message, "messageBody"))
                .providerMessageId(id)
                .build();
    }

    /** A record of SNS's delivery log. Success means that the carrier took it; only a handset's answer is a delivery. */
    private @Nullable SmsEvent record(Map<String, @Nullable Object> record) {
        Map<String, @Nullable Object> notification = Json.asObject(record.get("notification"));
        Map<String, @Nullable Object> delivery = Json.asObject(record.get("delivery"));
        String id = Json.text(notification, "messageId");
        if (delivery == null || id.isEmpty() || id.length() > LONGEST_ID) {
            return null;
        }
        String word = Json.text(record, "status");
        boolean acknowledged = Json.number(delivery, "dwellTimeMsUntilDeviceAck") != null;
        DeliveryStatus status = switch (word) {
            case "SUCCESS" -> acknowledged ? DeliveryStatus.DELIVERED : DeliveryStatus.SENT;
            case "FAILURE" -> DeliveryStatus.UNDELIVERED;
            default -> DeliveryStatus.OTHER;
        };
        String recipient = Json.text(delivery, "destination");
        BigDecimal price = Json.number(delivery, "priceInUSD");
        DeliveryReport.Builder report = DeliveryReport.builder(origin, id + ":" + cut(word), status)
                .providerStatus(cut(word))
                .providerMessageId(id)
                .recipient(PhoneNumber.isE164(recipient) ? PhoneNumber.of(recipient) : null)
                .price(price == null || price.signum() < 0 ? null : new Money(price, DOLLARS))
                .occurredAt(logTime(Json.text(notification, "timestamp")));
        if (status == DeliveryStatus.UNDELIVERED) {
            DeliveryLog.Cause cause =
                    DeliveryLog.cause(Json.text(delivery, "providerResponse")).orElse(null);
            report.reason(cause == null ? Reason.OTHER : cause.reason(), cause == null ? null : cause.stem());
        }
        int parts = Json.whole(delivery, "numberOfMessageParts");
        return parts > 0 ? report.segments(parts).build() : report.build();
    }

    private void other(String raw, byte[] content, String kind) {
        found.add(OtherEvent.of(origin, "other:" + hash(content), kind, raw));
    }

    private static String kind(@Nullable Object json) {
        Map<String, @Nullable Object> object = Json.asObject(json);
        for (String name : List.of("detail-type", "eventType", "messageType")) {
            String kind = Json.text(object, name);
            if (!kind.isEmpty()) {
                return cut(kind);
            }
        }
        return "unknown";
    }

    private static @Nullable Object parse(byte[] bytes) {
        try {
            return Json.read(bytes);
        } catch (IOException notJson) {
            return null;
        }
    }

    private static boolean isPacked(byte[] body) {
        return body.length > 2 && body[0] == 0x1f && body[1] == (byte) 0x8b;
    }

    /** Null unless it is base64 of something packed. */
    private static byte @Nullable [] decode(String text) {
        String packed = text.strip();
        if (!packed.startsWith("H4sI")) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(packed);
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    /** Null if it isn't gzip to its end. Counts what comes out, not what goes in. */
    private byte @Nullable [] unpack(byte[] packed) throws TooLargeException {
        int most = Math.min(mayUnpack, SMALL + LARGEST_RATIO * packed.length);
        try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            byte[] bytes = plain.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new TooLargeException();
            }
            mayUnpack -= bytes.length;
            return bytes;
        } catch (IOException damaged) {
            return null;
        }
    }

    private static @Nullable Instant millis(@Nullable BigDecimal epoch) {
        try {
            return epoch == null ? null : Instant.ofEpochMilli(epoch.longValueExact());
        } catch (ArithmeticException notAnInstant) {
            return null;
        }
    }

    private static @Nullable Instant logTime(String text) {
        try {
            return text.isEmpty() ? null : LocalDateTime.parse(text, LOG_TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static String cut(String word) {
        return word.length() <= 64 ? word : word.substring(0, 64);
    }

    static String hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 18));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("this JDK has no SHA-256", absent);
        }
    }
}
