package io.textonce.example.appointments;

import io.textonce.Money;
import io.textonce.Reason;
import io.textonce.TenantId;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.Standing;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The log is what the SDK keeps anyway: each SMS with its text, outcome, status, price and times. */
record SmsLog(MessageRepository messages, Texts texts, ZoneId zone) {

    /** A row as the page shows it. */
    record Row(
            String created,
            String changed,
            String booking,
            String type,
            String to,
            String text,
            @Nullable Integer segments,
            String status,
            String why,
            String sid,
            String cost) {}

    /** All SMS of one appointment, newest first. */
    List<MessageRecord> of(Appointment appointment) {
        return messages.query(TenantId.DEFAULT, MessageQuery.all().reference(appointment.booking()));
    }

    /** By type, status, and the days from and to, each of which may be missing. */
    List<MessageRecord> find(Map<String, String> filter) {
        MessageQuery query = MessageQuery.all().limit(200);
        for (Map.Entry<String, String> each : filter.entrySet()) {
            String value = each.getValue();
            query = value.isBlank()
                    ? query
                    : switch (each.getKey()) {
                        case "type" -> query.templateId(oneOf("type", Texts.TYPES, value, Function.identity()));
                        case "status" ->
                            query.standing(oneOf("status", List.of(Standing.values()), value, SmsLog::word));
                        case "from" ->
                            query.from(LocalDate.parse(value).atStartOfDay(zone).toInstant());
                        case "to" ->
                            query.until(LocalDate.parse(value)
                                    .plusDays(1)
                                    .atStartOfDay(zone)
                                    .toInstant());
                        default ->
                            throw new IllegalArgumentException(each.getKey() + ": filter by type, status, from or to.");
                    };
        }
        return messages.query(TenantId.DEFAULT, query);
    }

    private static <T> T oneOf(String name, List<T> all, String value, Function<T, String> word) {
        return all.stream()
                .filter(each -> word.apply(each).equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + ": give one of "
                        + String.join(", ", all.stream().map(word).toList()) + "."));
    }

    static String word(Standing standing) {
        return standing.name().toLowerCase(Locale.ROOT);
    }

    Row row(MessageRecord sms) {
        boolean free = sms.standing() == Standing.FAILED || sms.standing() == Standing.CANCELLED;
        return new Row(
                texts.dateAndTime(sms.createdAt()),
                texts.dateAndTime(sms.updatedAt()),
                sms.reference().orElse(""),
                sms.templateId().orElse("other"),
                sms.to().e164(),
                sms.text(),
                sms.segments().isPresent() ? sms.segments().getAsInt() : null,
                word(sms.standing()),
                sms.explanation()
                        .or(() -> sms.reports().providerCode().map(code -> why(sms, code)))
                        .orElse(""),
                sms.providerMessageId().orElse(""),
                sms.billed()
                        .or(() -> sms.estimated().filter(estimate -> !free))
                        .map(Money::toString)
                        .orElse(""));
    }

    /** Twilio's codes are numbers; the sandbox has words. */
    private static String why(MessageRecord sms, String code) {
        String reason = code + ": " + sms.reports().reason().map(Reason::name).orElse("OTHER");
        return code.matches("\\d+")
                ? "Twilio error " + reason + ". See https://www.twilio.com/docs/api/errors/" + code
                : "error " + reason;
    }
}
