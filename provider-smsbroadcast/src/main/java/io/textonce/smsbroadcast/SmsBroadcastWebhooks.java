package io.textonce.smsbroadcast;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Keyword;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.SmsEvent;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a webhook of SMS Broadcast's and reads it: the older callbacks with fixed names, and the portal's, which look
 * as their account's owner wants. A status makes a report, a text or a picture an inbound message.
 */
final class SmsBroadcastWebhooks implements WebhookParser {

    /** A carrier's picture of 2 MB is 2.7 MB in Base64. */
    static final int LARGEST_BODY = 4 << 20;

    private static final int LONGEST_TARGET = 64 * 1024;
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH");
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7E]{1,64}");
    /** Ours: an older inbound callback has neither an id nor a time, and a person may well say the same again. */
    private static final Duration SAME = Duration.ofMinutes(10);

    private static final WebhookReply ACKNOWLEDGEMENT = new WebhookReply(200, "text/plain", "OK");

    private final Verifier verifier;

    SmsBroadcastWebhooks(Settings settings, Clock clock) {
        this.verifier = new Verifier(settings, clock);
    }

    @Override
    public int maxBodyBytes() {
        return LARGEST_BODY;
    }

    @Override
    public ParsedWebhook parse(WebhookRequest request, Origin origin) {
        if (request.body().length > LARGEST_BODY || request.rawTarget().length() > LONGEST_TARGET) {
            return ParsedWebhook.refused(
                    413,
                    "The request has " + request.body().length + " bytes and a URL of "
                            + request.rawTarget().length() + " characters; allowed are " + LARGEST_BODY + " and "
                            + LONGEST_TARGET + ".");
        }
        if (!METHODS.contains(request.method())) {
            return ParsedWebhook.refused(405, "Only GET, POST, PUT and PATCH are read: set one in the portal.");
        }
        String problem = verifier.problem(request);
        return problem != null
                ? ParsedWebhook.refused(403, problem)
                : ParsedWebhook.verified(List.of(event(request, origin)));
    }

    /** What the older callbacks expect, as far as anybody knows. */
    @Override
    public WebhookReply acknowledgement() {
        return ACKNOWLEDGEMENT;
    }

    private static SmsEvent event(WebhookRequest request, Origin origin) {
        Fields fields = Fields.read(request);
        SmsEvent event = null;
        String status = fields.get("status");
        if (status != null) {
            event = report(fields, cut(status), origin);
        } else {
            event = inbound(fields, origin);
        }
        return event == null ? other(fields, request, origin) : event;
    }

    private static @Nullable SmsEvent report(Fields fields, String word, Origin origin) {
        String ref = fields.reference("ref", "apiClientRef");
        String smsRef = visible(fields.reference("msgref", "smsref", "apiSmsRef", "messageId", "message_id"));
        MessageId messageId = ref != null && MessageId.isWellFormed(ref) ? MessageId.of(ref) : null;
        if (messageId == null && smsRef == null) {
            return null;
        }
        String code = visible(fields.get("statusCode", "status_code", "error_code"));
        DeliveryStatus status = Statuses.of(word, code);
        // In a report the platform's source is the handset (EVIDENCE.md, section 7).
        String to = fields.get("to", "sourceAddress", "source_number", "from");
        String own = visible(fields.get("reportId", "drId", "delivery_report_id"));
        String id = own != null ? own : hash(smsRef, messageId == null ? ref : messageId.value(), to, word, code);
        return DeliveryReport.builder(origin, "report:" + id, status)
                .providerStatus(word)
                .messageId(messageId)
                .providerMessageId(smsRef)
                .recipient(Numbers.read(to))
                .reason(Statuses.reason(status, code), code)
                .occurredAt(instant(fields))
                .build();
    }

    private static @Nullable SmsEvent inbound(Fields fields, Origin origin) {
        String from = fields.get("from", "sourceAddress", "source_number");
        String text = fields.text("message", "content", "moContent", "replyContent");
        boolean optOut = isOptOut(fields.get("event"));
        if (from == null || (text == null && fields.attachments().isEmpty() && !optOut)) {
            return null;
        }
        String to = fields.get("to", "destinationAddress", "destination_number");
        String ref = fields.reference("ref", "apiClientRef");
        String smsRef = visible(fields.reference("msgref", "smsref", "apiSmsRef", "messageId", "message_id"));
        String own = visible(fields.get("replyId", "moId", "reply_id", "notificationId", "notification_id"));
        InboundMessage.Builder message = InboundMessage.builder(
                        origin,
                        "inbound:" + (own != null ? own : inboundId(fields, from, to, text, ref, smsRef, origin)),
                        Numbers.party(from),
                        Numbers.party(to),
                        text == null ? "" : text)
                .providerMessageId(own)
                .inReplyTo(ref != null && MessageId.isWellFormed(ref) ? MessageId.of(ref) : null, smsRef)
                .media(fields.attachments().stream()
                        .map(Fields.Attachment::media)
                        .toList());
        return (optOut ? message.keyword(Keyword.STOP) : message).build();
    }

    /** The event that says that somebody opted out, by the name that our template gives it or the platform's own. */
    private static boolean isOptOut(@Nullable String event) {
        return event != null && (event.equalsIgnoreCase("opt-out") || event.equalsIgnoreCase("OPT_OUT_SMS"));
    }

    /** Without an id of the platform's: its words, and its time or the ten minutes in which it came. */
    private static String inboundId(
            Fields fields,
            String from,
            @Nullable String to,
            @Nullable String text,
            @Nullable String ref,
            @Nullable String smsRef,
            Origin origin) {
        Instant at = instant(fields);
        long when = at != null ? at.toEpochMilli() : origin.receivedAt().getEpochSecond() / SAME.toSeconds();
        String pictures =
                fields.attachments().stream().map(each -> hash(each.base64())).collect(Collectors.joining());
        return hash(from, to, text, ref, smsRef, pictures, Long.toString(when));
    }

    private static SmsEvent other(Fields fields, WebhookRequest request, Origin origin) {
        String query = withoutSecret(request.rawQuery());
        String body = request.method().equals("GET") ? "" : new String(request.body(), StandardCharsets.UTF_8);
        String raw = query.isEmpty() || body.isEmpty() ? query + body : query + '\n' + body;
        String kind = fields.get("event", "type");
        return OtherEvent.of(
                origin,
                "other:" + hash(raw),
                !fields.readable() ? "malformed" : kind == null ? "unknown" : cut(kind),
                raw);
    }

    private static String withoutSecret(String query) {
        return Arrays.stream(query.split("&", -1))
                .filter(pair -> !pair.startsWith(Verifier.PARAMETER + "="))
                .collect(Collectors.joining("&"));
    }

    private static @Nullable Instant instant(Fields fields) {
        String text = fields.get(
                "at", "submittedTimestamp", "receivedTimestamp", "submitted_date", "date_received", "timestamp");
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    private static @Nullable String visible(@Nullable String id) {
        return id != null && VISIBLE.matcher(id).matches() ? id : null;
    }

    private static String cut(String word) {
        return word.length() <= 64 ? word : word.substring(0, 64);
    }

    /** A short digest of several texts, each with its length, so that no two lists of texts look alike. */
    private static String hash(@Nullable String... parts) {
        StringBuilder all = new StringBuilder();
        for (String part : parts) {
            all.append(part == null ? -1 : part.length()).append(':').append(part == null ? "" : part);
        }
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOf(Verifier.digest(all.toString()), 18));
    }
}
