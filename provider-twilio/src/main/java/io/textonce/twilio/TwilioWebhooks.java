package io.textonce.twilio;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Keyword;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.spi.MediaFetcher;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.WebhookParser;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Verifies a webhook of Twilio's and reads it: a status callback, an inbound message, or something else. */
final class TwilioWebhooks implements WebhookParser {

    private static final byte[] NOTHING = new byte[0];
    private static final String HEADER = "X-Twilio-Signature";
    private static final String BODY_HASH = "bodySHA256";
    private static final int MOST_MEDIA = 32;
    /** Twilio takes media of at most 5 MB; twice that is a cap, not a wish. */
    private static final long LARGEST_MEDIUM = 10L << 20;

    private static final WebhookReply ACKNOWLEDGEMENT =
            new WebhookReply(200, "text/xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>");

    private final Signature signature;
    private final MediaFetcher media;

    TwilioWebhooks(List<String> authTokens, MediaFetcher media) {
        this.signature = new Signature(authTokens);
        this.media = media;
    }

    @Override
    public boolean signsUrl() {
        return true;
    }

    @Override
    public ParsedWebhook parse(WebhookRequest request, Origin origin) {
        if (request.body().length > maxBodyBytes()) {
            return ParsedWebhook.refused(
                    413,
                    "The body has " + request.body().length + " bytes; Twilio's have at most " + maxBodyBytes() + ".");
        }
        boolean get = request.method().equals("GET");
        if (!get && !request.method().equals("POST")) {
            return ParsedWebhook.refused(405, "Twilio calls with POST or GET only.");
        }
        String header = request.header(HEADER).orElse("");
        if (header.isEmpty()) {
            return ParsedWebhook.refused(
                    403, "The header " + HEADER + " is missing: it isn't Twilio's, or a proxy removed the header.");
        }
        String url = withoutFragment(request.url());
        if (!url.startsWith("https://") && !url.startsWith("http://")) {
            return ParsedWebhook.refused(
                    403, "The public URL that Twilio signed isn't known: set the receiver's publicBaseUrl.");
        }
        String query = request.rawQuery();
        String hash = hashIn(query);
        boolean form = !get && hash == null;
        if (form && request.body().length > 0 && !isForm(request)) {
            return ParsedWebhook.refused(
                    403,
                    "The body isn't a form, and the URL has no " + BODY_HASH + ", so nothing vouches for the body.");
        }
        Form parameters = Form.parse(get ? query.getBytes(StandardCharsets.UTF_8) : form ? request.body() : NOTHING);
        boolean valid = signature.matches(url, form ? parameters : null, header)
                && (get || hash == null || Signature.bodyMatches(request.body(), hash));
        if (!valid) {
            return ParsedWebhook.refused(
                    403,
                    "The signature doesn't fit any configured auth token over " + withoutQuery(url)
                            + " (query not shown): is this, scheme included, the URL that Twilio calls, and is the token"
                            + " that of the account?");
        }
        return ParsedWebhook.verified(List.of(event(parameters, query, request, origin)));
    }

    @Override
    public WebhookReply acknowledgement() {
        return ACKNOWLEDGEMENT;
    }

    private SmsEvent event(Form parameters, String query, WebhookRequest request, Origin origin) {
        String status = either(parameters, "MessageStatus", "SmsStatus");
        String sid = either(parameters, "MessageSid", "SmsSid");
        SmsEvent event = null;
        if (status.equals("received") || (status.isEmpty() && parameters.get("Body") != null)) {
            event = inbound(parameters, sid, origin);
        } else if (!status.isEmpty() && !status.equals("receiving")) {
            event = report(parameters, sid, status, query, origin);
        }
        return event == null ? other(parameters, request, origin) : event;
    }

    private static @Nullable SmsEvent report(Form parameters, String sid, String word, String query, Origin origin) {
        String ours = Form.parse(query.getBytes(StandardCharsets.UTF_8)).text(Settings.MESSAGE_ID);
        MessageId messageId = MessageId.isWellFormed(ours) ? MessageId.of(ours) : null;
        if (!Sid.isMessage(sid) && messageId == null) {
            return null;
        }
        int code = Sid.digits(parameters.get("ErrorCode"));
        DeliveryStatus status = Statuses.of(word, code);
        String to = parameters.text("To");
        // There is no event id, and a repeat repeats these (EVIDENCE.md, section 6).
        String id = (Sid.isMessage(sid) ? sid : ours) + ':' + cut(word) + (code > 0 ? ":" + code : "");
        DeliveryReport.Builder report = DeliveryReport.builder(origin, id, status)
                .providerStatus(cut(word))
                .messageId(messageId)
                .providerMessageId(Sid.isMessage(sid) ? sid : null)
                .recipient(PhoneNumber.isE164(to) ? PhoneNumber.of(to) : null)
                .reason(Statuses.reason(status, code), code > 0 ? Integer.toString(code) : null);
        int segments = Sid.digits(parameters.get("NumSegments"));
        return segments > 0 ? report.segments(segments).build() : report.build();
    }

    private @Nullable SmsEvent inbound(Form parameters, String sid, Origin origin) {
        String from = parameters.text("From");
        String to = parameters.text("To");
        if (!Sid.isMessage(sid) || from.isEmpty() || to.isEmpty()) {
            return null;
        }
        InboundMessage.Builder message = InboundMessage.builder(
                        origin, sid, SenderId.observed(from), SenderId.observed(to), parameters.text("Body"))
                .providerMessageId(sid)
                .media(media(parameters))
                .keyword(keyword(parameters.text("OptOutType")));
        int segments = Sid.digits(parameters.get("NumSegments"));
        return segments > 0 ? message.segments(segments).build() : message.build();
    }

    private List<Media> media(Form parameters) {
        int count = Math.min(Sid.digits(parameters.get("NumMedia")), MOST_MEDIA);
        List<Media> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String address = parameters.get("MediaUrl" + i);
            if (address != null) {
                URI source = uri(address);
                found.add(Media.of(parameters.text("MediaContentType" + i), null, -1, source, () -> {
                    if (source == null) {
                        throw new IOException("the medium's address isn't a URL");
                    }
                    return media.fetch(source, LARGEST_MEDIUM);
                }));
            }
        }
        return found;
    }

    private static SmsEvent other(Form parameters, WebhookRequest request, Origin origin) {
        String type = parameters.text("EventType");
        // Nothing vouches for a body that comes along with GET: the signature covers the URL alone.
        boolean inQuery = request.method().equals("GET") || request.body().length == 0;
        byte[] content = inQuery ? request.rawQuery().getBytes(StandardCharsets.UTF_8) : request.body();
        return OtherEvent.of(
                origin,
                "other:" + hash(content),
                type.isEmpty() ? "unknown" : cut(type),
                new String(content, StandardCharsets.UTF_8));
    }

    /** Advanced Opt-Out's tag: Twilio has recorded and answered the keyword already. */
    private static @Nullable Keyword keyword(String optOutType) {
        return switch (optOutType) {
            case "STOP" -> Keyword.STOP;
            case "START" -> Keyword.START;
            case "HELP" -> Keyword.HELP;
            default -> null;
        };
    }

    private static String either(Form parameters, String name, String olderName) {
        String value = parameters.text(name);
        return value.isEmpty() ? parameters.text(olderName) : value;
    }

    private static String cut(String word) {
        return word.length() <= 64 ? word : word.substring(0, 64);
    }

    private static @Nullable URI uri(String address) {
        try {
            return URI.create(address);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static boolean isForm(WebhookRequest request) {
        String type = request.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        return type.startsWith("application/x-www-form-urlencoded");
    }

    /** The value of bodySHA256 in a query; null if there is none. */
    private static @Nullable String hashIn(String query) {
        return query.contains(BODY_HASH)
                ? Form.parse(query.getBytes(StandardCharsets.UTF_8)).get(BODY_HASH)
                : null;
    }

    private static String hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 18));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("this JDK has no SHA-256", absent);
        }
    }

    private static String withoutFragment(String url) {
        int fragment = url.indexOf('#');
        return fragment < 0 ? url : url.substring(0, fragment);
    }

    /** For an error text: without the query, and without what a URL should not hold in a log. */
    private static String withoutQuery(String url) {
        int query = url.indexOf('?');
        String path = query < 0 ? url : url.substring(0, query);
        int user = path.indexOf('@');
        String shown = user < 0 ? path : path.substring(0, path.indexOf("://") + 3) + path.substring(user + 1);
        return shown.codePoints()
                .limit(200)
                .map(c -> c > ' ' && c <= '~' ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
