package io.textonce.testkit;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.MessageId;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.Reason;
import io.textonce.SenderId;
import io.textonce.SmsEvent;
import io.textonce.WebhookReply;
import io.textonce.WebhookRequest;
import io.textonce.spi.Capabilities;
import io.textonce.spi.ParsedWebhook;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.Submission;
import io.textonce.spi.SubmitReply;
import io.textonce.spi.WebhookParser;
import io.textonce.spi.http.FormWriter;
import io.textonce.spi.http.HttpOutcome;
import io.textonce.spi.http.HttpTarget;
import io.textonce.spi.http.HttpTransport;
import io.textonce.text.SegmentPolicy;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A right provider of a made-up protocol, and, with a fault, a wrong one. */
final class ToyProvider implements SmsProvider, WebhookParser {

    static final String KEY = "toy-key-5a77";
    static final List<String> SECRETS = List.of("toy-secret-new", "toy-secret-old");

    private static final Pattern ACCEPTED = Pattern.compile("\\{\"id\":\"(T[0-9]{6})\"\\}");

    /** What a careless author may do. */
    enum Fault {
        NONE,
        RETRIES_ON_5XX,
        RETRIES_AFTER_A_CUT,
        RETRIES_AFTER_A_TIMEOUT,
        FOLLOWS_REDIRECTS,
        TAKES_408_FOR_A_REFUSAL,
        TAKES_5XX_FOR_A_REFUSAL,
        TAKES_A_TIMEOUT_FOR_NOT_TRANSMITTED,
        TAKES_A_REFUSED_CONNECTION_FOR_UNKNOWN,
        ACCEPTS_WITHOUT_ID,
        ACCEPTS_ANY_STATUS_WITH_AN_ID,
        ACCEPTS_HALF_A_REPLY,
        INVENTS_AN_ID,
        SENDS_ANOTHER_FORM,
        SENDS_NO_CREDENTIALS,
        MAPS_EVERY_REFUSAL_TO_OTHER,
        FORGETS_RETRY_AFTER,
        THROWS_ON_A_REFUSAL,
        RETURNS_NULL_ON_A_DOUBT,
        LEAKS_THE_NUMBER_IN_THE_EXPLANATION,
        QUOTES_THE_REPLY,
        LEAKS_THE_KEY_IN_TO_STRING,
        LOGS_THE_TEXT,
        VERIFIES_NOTHING,
        BELIEVES_A_MISSING_SIGNATURE,
        KNOWS_ONE_SECRET_ONLY,
        MAKES_UP_EVENT_IDS,
        DROPS_UNKNOWN_KINDS,
        THROWS_ON_GARBAGE,
        TAKES_ANY_SIZE,
        LOSES_OUR_ID,
        READS_THE_FIRST_OF_A_BATCH,
        GIVES_A_BATCH_ONE_ID,
        REFUSES_WITH_SUCCESS,
        ACKNOWLEDGES_WITH_AN_ERROR
    }

    private final Fault fault;
    private final HttpTransport transport = HttpTransport.builder().build();
    private final HttpTarget target;
    private final String baseUrl;

    ToyProvider(String baseUrl, Fault fault) {
        this.fault = fault;
        this.baseUrl = baseUrl;
        this.target = transport.post(
                baseUrl + "/send",
                fault == Fault.SENDS_NO_CREDENTIALS ? Map.of() : Map.of("Authorization", "Bearer " + KEY),
                "application/x-www-form-urlencoded");
    }

    @Override
    public String name() {
        return "toy";
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.builder(SegmentPolicy.GENERIC).build();
    }

    @Override
    public SubmitReply submit(Submission submission) {
        if (fault == Fault.LOGS_THE_TEXT) {
            System.getLogger("toy").log(System.Logger.Level.INFO, "sending {0}", submission.text());
        }
        FormWriter form = FormWriter.body().add("to", submission.to().e164()).add("text", submission.text());
        if (fault == Fault.SENDS_ANOTHER_FORM) {
            form.add("priority", "1");
        }
        byte[] body = form.toByteArray();
        HttpOutcome outcome = target.call(body, submission.timeout());
        if (again(outcome)) {
            outcome = target.call(body, submission.timeout());
        }
        if (fault == Fault.FOLLOWS_REDIRECTS
                && outcome instanceof HttpOutcome.Reply reply
                && reply.header("Location").isPresent()) {
            outcome = transport
                    .post(baseUrl + "/elsewhere", Map.of(), "text/plain")
                    .call(body, submission.timeout());
        }
        SubmitReply result = outcome.fold(
                reply -> read(reply, submission),
                unsent -> fault == Fault.TAKES_A_REFUSED_CONNECTION_FOR_UNKNOWN
                        ? SubmitReply.unknown(null, "no connection")
                        : SubmitReply.notTransmitted(unsent.explanation()),
                doubtful -> fault == Fault.TAKES_A_TIMEOUT_FOR_NOT_TRANSMITTED
                        ? SubmitReply.notTransmitted("timeout")
                        : SubmitReply.unknown(null, doubtful.explanation()));
        return fault == Fault.RETURNS_NULL_ON_A_DOUBT
                        && result.reason().isEmpty()
                        && result.providerMessageId().isEmpty()
                ? null
                : result;
    }

    private boolean again(HttpOutcome outcome) {
        return switch (fault) {
            case RETRIES_ON_5XX -> outcome instanceof HttpOutcome.Reply reply && reply.status() >= 500;
            case RETRIES_AFTER_A_CUT -> outcome instanceof HttpOutcome.Unanswered cut && !cut.timedOut();
            case RETRIES_AFTER_A_TIMEOUT -> outcome instanceof HttpOutcome.Unanswered late && late.timedOut();
            default -> false;
        };
    }

    private SubmitReply read(HttpOutcome.Reply reply, Submission submission) {
        Matcher id = ACCEPTED.matcher(reply.text());
        boolean success = reply.status() == 201 || fault == Fault.ACCEPTS_ANY_STATUS_WITH_AN_ID;
        if (success && id.matches()) {
            return SubmitReply.accepted(fault == Fault.INVENTS_AN_ID ? "T000000" : id.group(1));
        }
        if (success && fault == Fault.ACCEPTS_HALF_A_REPLY && reply.text().startsWith("{\"id\":\"T")) {
            return SubmitReply.accepted("T");
        }
        if (reply.status() < 300 && fault == Fault.ACCEPTS_WITHOUT_ID) {
            return SubmitReply.accepted(null);
        }
        if (reply.status() == 429) {
            return SubmitReply.throttled(
                    fault == Fault.FORGETS_RETRY_AFTER
                            ? null
                            : reply.retryAfter(Clock.systemUTC()).orElse(null),
                    "429",
                    "slower");
        }
        if (reply.status() == 400) {
            if (fault == Fault.THROWS_ON_A_REFUSAL) {
                throw new IllegalStateException("refused");
            }
            Reason reason = fault == Fault.MAPS_EVERY_REFUSAL_TO_OTHER ? Reason.OTHER : Reason.RECIPIENT;
            String hint = fault == Fault.LEAKS_THE_NUMBER_IN_THE_EXPLANATION
                    ? "the number " + submission.to().digits() + " is wrong"
                    : "the number is wrong";
            return SubmitReply.refused(reason, "bad-number", hint);
        }
        if ((reply.status() == 408 && fault == Fault.TAKES_408_FOR_A_REFUSAL)
                || (reply.status() >= 500 && fault == Fault.TAKES_5XX_FOR_A_REFUSAL)) {
            return SubmitReply.refused(Reason.UNAVAILABLE, null, "down");
        }
        return SubmitReply.unknown(
                Integer.toString(reply.status()),
                fault == Fault.QUOTES_THE_REPLY ? "doubtful: " + reply.text() : "doubtful: " + reply.status());
    }

    @Override
    public ParsedWebhook parse(WebhookRequest request, Origin origin) {
        int refusal = fault == Fault.REFUSES_WITH_SUCCESS ? 200 : 403;
        if (request.body().length > maxBodyBytes() && fault != Fault.TAKES_ANY_SIZE) {
            return ParsedWebhook.refused(fault == Fault.REFUSES_WITH_SUCCESS ? 200 : 413, "too large");
        }
        if (!genuine(request)) {
            return ParsedWebhook.refused(refusal, "the signature is missing or wrong");
        }
        List<SmsEvent> events = new String(request.body(), StandardCharsets.UTF_8)
                .lines()
                .map(line -> event(line, origin))
                .flatMap(Optional::stream)
                .toList();
        return ParsedWebhook.verified(
                fault == Fault.READS_THE_FIRST_OF_A_BATCH && !events.isEmpty() ? events.subList(0, 1) : events);
    }

    private boolean genuine(WebhookRequest request) {
        Optional<String> header = request.header("X-Toy-Signature");
        if (fault == Fault.VERIFIES_NOTHING || (header.isEmpty() && fault == Fault.BELIEVES_A_MISSING_SIGNATURE)) {
            return true;
        }
        boolean genuine = false;
        for (String secret : fault == Fault.KNOWS_ONE_SECRET_ONLY ? SECRETS.subList(0, 1) : SECRETS) {
            genuine |= MessageDigest.isEqual(
                    sign(request.body(), secret).getBytes(StandardCharsets.UTF_8),
                    header.orElse("").getBytes(StandardCharsets.UTF_8));
        }
        return genuine;
    }

    private Optional<SmsEvent> event(String line, Origin origin) {
        String[] words = line.split("\\|", -1);
        String id = fault == Fault.MAKES_UP_EVENT_IDS
                ? Long.toString(System.nanoTime())
                : fault == Fault.GIVES_A_BATCH_ONE_ID && words[0].equals("report") ? "same" : "toy:" + line.hashCode();
        if (fault == Fault.THROWS_ON_GARBAGE && words.length == 1) {
            throw new IllegalStateException("garbage");
        }
        if (words.length == 4 && words[0].equals("report") && !words[1].isEmpty()) {
            boolean ours = MessageId.isWellFormed(words[3]) && fault != Fault.LOSES_OUR_ID;
            return Optional.of(DeliveryReport.builder(
                            origin, id, words[2].equals("delivered") ? DeliveryStatus.DELIVERED : DeliveryStatus.OTHER)
                    .providerMessageId(words[1])
                    .messageId(ours ? MessageId.of(words[3]) : null)
                    .build());
        }
        if (words.length == 4 && words[0].equals("in")) {
            return Optional.of(InboundMessage.builder(
                            origin, id, SenderId.observed(words[1]), SenderId.observed(words[2]), words[3])
                    .build());
        }
        return fault == Fault.DROPS_UNKNOWN_KINDS
                ? Optional.empty()
                : Optional.of(OtherEvent.of(origin, id, "unknown", line));
    }

    @Override
    public WebhookReply acknowledgement() {
        return WebhookReply.of(fault == Fault.ACKNOWLEDGES_WITH_AN_ERROR ? 500 : 204);
    }

    @Override
    public void close() {
        transport.close();
    }

    @Override
    public String toString() {
        return "ToyProvider[" + (fault == Fault.LEAKS_THE_KEY_IN_TO_STRING ? KEY : "") + "]";
    }

    static String sign(byte[] body, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException(absent);
        }
    }
}
