package io.textonce.jdbc;

import io.textonce.Attempt;
import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Keyword;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.OtherEvent;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.Proof;
import io.textonce.Quote;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.Settlement;
import io.textonce.SmsEvent;
import io.textonce.SmsMessage;
import io.textonce.store.MessageRecord;
import io.textonce.text.Encoding;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values as one text each, where the database needs to look at none of their parts. */
final class Codec {

    private Codec() {}

    // A sender: kind and value.

    static @Nullable String sender(@Nullable SenderId sender) {
        return sender == null ? null : sender.kind() + " " + sender.value();
    }

    /** Another application may have written the value alone. */
    static @Nullable SenderId sender(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        int blank = text.indexOf(' ');
        for (SenderId.Kind kind : SenderId.Kind.values()) {
            if (blank > 0 && kind.name().contentEquals(text.subSequence(0, blank))) {
                return new SenderId(kind, text.substring(blank + 1));
            }
        }
        return SenderId.observed(text);
    }

    // What only sending needs: a record, then one for each medium and for each provider's options.

    private static final String MEDIUM = "media";
    private static final String OPTIONS = "extra";

    /** Null if there is nothing of the kind. */
    static @Nullable String extra(SmsMessage message) {
        boolean none = !message.senderRequired()
                && message.idempotencyKey().isEmpty()
                && message.zone().isEmpty()
                && message.media().isEmpty()
                && message.extras().isEmpty();
        if (none) {
            return null;
        }
        Fields.Writer out = new Fields.Writer()
                .add(message.senderRequired() ? "required" : null)
                .add(message.idempotencyKey().orElse(null))
                .add(message.zone().map(ZoneId::getId).orElse(null))
                .endRecord();
        message.media().forEach(medium -> out.add(MEDIUM).add(medium).endRecord());
        message.extras().forEach((provider, options) -> {
            out.add(OPTIONS).add(provider);
            options.forEach((name, value) -> out.add(name).add(value));
            out.endRecord();
        });
        return out.toString();
    }

    static void extra(String text, SmsMessage.Builder message) {
        List<Fields.Reader> records = Fields.read(text);
        Fields.Reader in = records.get(0);
        if (in.text() != null) {
            message.senderRequired();
        }
        String key = in.text();
        if (key != null) {
            message.idempotencyKey(key);
        }
        ZoneId zone = in.as(ZoneId::of);
        if (zone != null) {
            message.zone(zone);
        }
        List<URI> media = new ArrayList<>();
        for (Fields.Reader each : records.subList(1, records.size())) {
            if (each.required().equals(MEDIUM)) {
                media.add(URI.create(each.required()));
            } else {
                String provider = each.required();
                Map<String, String> options = new LinkedHashMap<>();
                for (String name = each.text(); name != null; name = each.text()) {
                    options.put(name, each.required());
                }
                message.extra(provider, options);
            }
        }
        if (!media.isEmpty()) {
            message.media(media.toArray(URI[]::new));
        }
    }

    // Money: amount and currency.

    private static @Nullable String money(Optional<Money> money) {
        return money.map(Money::toString).orElse(null);
    }

    private static Money money(String text) {
        int blank = text.indexOf(' ');
        return Money.of(text.substring(0, blank), text.substring(blank + 1));
    }

    // Attempts: one record each. What the row says as well is not written twice: a log counts each byte.

    private static final String SAME = "=";

    /** What the row itself says, in the order of an attempt's fields. */
    private static List<@Nullable String> said(MessageRecord row) {
        return Arrays.asList(
                row.provider().orElse(null),
                name(row.outcome()),
                row.providerMessageId().orElse(null),
                name(row.reason()),
                name(row.proof()),
                row.providerCode().orElse(null),
                row.explanation().orElse(null));
    }

    private static @Nullable String name(Optional<? extends Enum<?>> word) {
        return word.map(Enum::name).orElse(null);
    }

    static @Nullable String attempts(MessageRecord row) {
        return row.attempts().isEmpty() ? null : attempts(row.attempts(), said(row));
    }

    private static String attempts(List<Attempt> attempts, List<@Nullable String> said) {
        Fields.Writer out = new Fields.Writer();
        for (Attempt attempt : attempts) {
            out.add(attempt.number()).add(micros(attempt.startedAt())).add(attempt.duration());
            List<@Nullable String> fields = Arrays.asList(
                    attempt.provider(),
                    attempt.outcome().name(),
                    attempt.providerMessageId().orElse(null),
                    name(attempt.reason()),
                    name(attempt.proof()),
                    attempt.providerCode().orElse(null),
                    attempt.explanation().orElse(null));
            // Of the last attempt, the row says it all: nothing is written.
            boolean told = !said.isEmpty() && fields.equals(said);
            for (int i = 0; i < fields.size() && !told; i++) {
                String field = fields.get(i);
                boolean same = !said.isEmpty() && Objects.equals(field, said.get(i));
                out.add(same ? SAME : SAME.equals(field) ? "==" : field);
            }
            out.endRecord();
        }
        return out.toString();
    }

    /** The row without its attempts, and the column that says them. */
    static MessageRecord withAttempts(MessageRecord row, @Nullable String text) {
        return text == null
                ? row
                : row.toBuilder().attempts(attempts(text, said(row))).build();
    }

    private static List<Attempt> attempts(String text, List<@Nullable String> said) {
        List<Attempt> attempts = new ArrayList<>();
        for (Fields.Reader in : Fields.read(text)) {
            attempts.add(attempt(in, said));
        }
        return attempts;
    }

    private static Attempt attempt(Fields.Reader in, List<@Nullable String> said) {
        int number = in.number(1);
        Instant started = instant(in.required());
        Duration duration = Duration.parse(in.required());
        List<@Nullable String> fields = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            String field = in.isAtEnd() ? SAME : in.text();
            fields.add(SAME.equals(field) && !said.isEmpty() ? said.get(i) : "==".equals(field) ? SAME : field);
        }
        String provider = Objects.requireNonNull(fields.get(0), "an attempt's provider");
        String outcome = Objects.requireNonNull(fields.get(1), "an attempt's outcome");
        Attempt.Builder attempt = Attempt.builder(number, provider, Outcome.valueOf(outcome))
                .at(started, duration)
                .providerMessageId(fields.get(2))
                .providerCode(fields.get(5))
                .explanation(fields.get(6));
        String reason = fields.get(3);
        String proof = fields.get(4);
        if (reason != null && proof != null) {
            attempt.rejected(Reason.valueOf(reason), Proof.valueOf(proof));
        }
        return attempt.build();
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static Instant instant(String micros) {
        return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
    }

    // Events: a record, and for a message one more for each of its media.

    static String kind(SmsEvent event) {
        return event instanceof DeliveryReport ? "REPORT" : event instanceof InboundMessage ? "INBOUND" : "OTHER";
    }

    static String event(SmsEvent event, String key) {
        Fields.Writer out = new Fields.Writer().add(event.id().equals(key) ? null : event.id());
        if (event instanceof DeliveryReport report) {
            out.add(report.status())
                    .add(report.providerStatus())
                    .add(report.messageId().orElse(null))
                    .add(report.providerMessageId().orElse(null))
                    .add(report.recipient().map(PhoneNumber::e164).orElse(null))
                    .add(report.reason().orElse(null))
                    .add(report.providerCode().orElse(null))
                    .add(report.part().orElse(-1))
                    .add(report.segments().orElse(-1))
                    .add(money(report.price()))
                    .add(report.occurredAt().orElse(null));
        } else if (event instanceof InboundMessage message) {
            out.add(message.providerMessageId().orElse(null))
                    .add(sender(message.from()))
                    .add(sender(message.to()))
                    .add(message.text())
                    .add(message.segments().orElse(-1))
                    .add(message.keyword().orElse(null));
            for (Media media : message.media()) {
                media(out.endRecord(), media);
            }
        } else if (event instanceof OtherEvent other) {
            out.add(other.kind()).add(other.raw());
        }
        return out.endRecord().toString();
    }

    static SmsEvent event(Origin origin, String key, String kind, String text) {
        List<Fields.Reader> records = Fields.read(text);
        Fields.Reader in = records.get(0);
        String own = in.text();
        String id = own == null ? key : own;
        return switch (kind) {
            case "REPORT" -> report(origin, id, in);
            case "INBOUND" -> inbound(origin, id, in, records.subList(1, records.size()));
            default -> OtherEvent.of(origin, id, in.required(), in.required());
        };
    }

    private static DeliveryReport report(Origin origin, String id, Fields.Reader in) {
        return DeliveryReport.builder(origin, id, DeliveryStatus.valueOf(in.required()))
                .providerStatus(in.required())
                .messageId(in.as(MessageId::of))
                .providerMessageId(in.text())
                .recipient(in.as(PhoneNumber::of))
                .reason(in.as(Reason::valueOf), in.text())
                .part(in.number(-1))
                .segments(in.number(-1))
                .price(in.as(Codec::money))
                .occurredAt(in.instant())
                .build();
    }

    private static InboundMessage inbound(Origin origin, String id, Fields.Reader in, List<Fields.Reader> attached) {
        String providerMessageId = in.text();
        SenderId from = senderOf(in.required());
        SenderId to = senderOf(in.required());
        List<Media> media = new ArrayList<>();
        InboundMessage.Builder message = InboundMessage.builder(origin, id, from, to, in.required())
                .providerMessageId(providerMessageId)
                .segments(in.number(-1))
                .keyword(in.as(Keyword::valueOf));
        for (Fields.Reader each : attached) {
            media.add(media(each));
        }
        return message.media(media).build();
    }

    // Media: what describes them.

    static void media(Fields.Writer out, Media media) {
        out.add(media.contentType())
                .add(media.name().orElse(null))
                .add(media.size().orElse(-1))
                .add(media.source().orElse(null));
    }

    static Media media(Fields.Reader in) {
        String type = in.required();
        String name = in.text();
        String size = in.text();
        return Media.of(type, name, size == null ? -1 : Long.parseLong(size), in.as(URI::create), () -> {
            throw new IOException("media: only its description is stored; fetch it from source() with the"
                    + " provider's MediaFetcher");
        });
    }

    private static SenderId senderOf(String text) {
        int blank = text.indexOf(' ');
        return new SenderId(SenderId.Kind.valueOf(text.substring(0, blank)), text.substring(blank + 1));
    }

    // Outcomes that an idempotency key stands for: a record, one for the quote, and one for each attempt.

    static String result(SendResult result) {
        Fields.Writer out = new Fields.Writer()
                .add(result.outcome())
                .add(result.messageId())
                .add(result.to().map(PhoneNumber::e164).orElse(null));
        result.<Fields.Writer>fold(
                accepted -> out.add(accepted.provider())
                        .add(accepted.providerMessageId().orElse(null))
                        .add(accepted.segments().orElse(-1))
                        .add(money(accepted.price())),
                rejected -> {
                    throw new IllegalArgumentException("a rejected outcome isn't kept");
                },
                unknown -> out.add(unknown.provider())
                        .add(unknown.providerMessageId().orElse(null))
                        .add(unknown.settlement().stream()
                                .map(Settlement::name)
                                .sorted()
                                .collect(Collectors.joining(",")))
                        .add(unknown.explanation()));
        out.endRecord();
        result.quote()
                .ifPresentOrElse(
                        quote -> {
                            out.add(quote.encoding().name())
                                    .add(quote.segments())
                                    .add(quote.units())
                                    .add(money(quote.cost()))
                                    .add(quote.refusal().orElse(null));
                            quote.warnings().forEach(out::add);
                        },
                        () -> out.add(null));
        return out.endRecord() + attempts(result.attempts(), List.of());
    }

    static SendResult result(String text) {
        List<Fields.Reader> records = Fields.read(text);
        Fields.Reader in = records.get(0);
        Outcome outcome = Outcome.valueOf(in.required());
        MessageId id = MessageId.of(in.required());
        PhoneNumber to = in.as(PhoneNumber::of);
        List<Attempt> attempts = new ArrayList<>();
        records.subList(2, records.size()).forEach(each -> attempts.add(attempt(each, List.of())));
        SendResult.Details details = SendResult.Details.of(id, to, attempts, quote(records.get(1)));
        String provider = in.required();
        String providerMessageId = in.text();
        if (outcome == Outcome.ACCEPTED) {
            return new SendResult.Accepted(details, provider, providerMessageId, in.number(-1), in.as(Codec::money));
        }
        Set<Settlement> settlement = new TreeSet<>();
        for (String each : in.required().split(",", -1)) {
            if (!each.isEmpty()) {
                settlement.add(Settlement.valueOf(each));
            }
        }
        return new SendResult.Unknown(details, provider, settlement, in.required(), providerMessageId);
    }

    private static @Nullable Quote quote(Fields.Reader in) {
        Encoding encoding = in.as(Encoding::valueOf);
        if (encoding == null) {
            return null;
        }
        int segments = in.number(0);
        int units = in.number(0);
        Money cost = in.as(Codec::money);
        String refusal = in.text();
        List<String> warnings = new ArrayList<>();
        for (String warning = in.text(); warning != null; warning = in.text()) {
            warnings.add(warning);
        }
        Quote quote = Quote.of(encoding, segments, units, cost, warnings);
        return refusal == null ? quote : quote.refused(refusal);
    }
}
