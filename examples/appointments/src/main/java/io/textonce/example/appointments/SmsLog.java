package io.textonce.example.appointments;

import io.textonce.DeliveryStatus;
import io.textonce.TenantId;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageRepository;
import io.textonce.store.MessageState;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The log is what the SDK keeps anyway: each SMS with its text, outcome, status, price and times. */
final class SmsLog {

    private static final int PAGE = 200;

    /** What the clinic calls it. */
    enum Status {
        WAITING,
        SENT,
        DELIVERED,
        UNDELIVERED,
        FAILED,
        CANCELLED,
        UNSURE;

        static Status of(MessageRecord row) {
            DeliveryStatus reported = row.status().orElse(DeliveryStatus.OTHER);
            if (reported.isTerminal()) {
                return reported == DeliveryStatus.DELIVERED || reported == DeliveryStatus.PARTIAL
                        ? DELIVERED
                        : UNDELIVERED;
            }
            MessageState state = row.state();
            return switch (state) {
                case ACCEPTED -> SENT;
                case REJECTED, EXPIRED -> FAILED;
                case CANCELLED -> CANCELLED;
                case UNKNOWN -> UNSURE;
                default -> WAITING;
            };
        }
    }

    private final MessageRepository messages;

    SmsLog(MessageRepository messages) {
        this.messages = messages;
    }

    /** All SMS of one appointment, newest first. */
    List<MessageRecord> of(Appointment appointment) {
        return messages.query(TenantId.DEFAULT, MessageQuery.all().reference(appointment.booking()));
    }

    /** By type, status, and the days from and to, each of which may be blank. */
    List<MessageRecord> find(Map<String, String> filter, ZoneId zone) {
        MessageQuery query = MessageQuery.all().limit(PAGE);
        String type = filter.getOrDefault("type", "");
        if (!type.isBlank()) {
            query = query.templateId(type);
        }
        String from = filter.getOrDefault("from", "");
        if (!from.isBlank()) {
            query = query.from(LocalDate.parse(from).atStartOfDay(zone).toInstant());
        }
        String to = filter.getOrDefault("to", "");
        if (!to.isBlank()) {
            query = query.until(
                    LocalDate.parse(to).plusDays(1).atStartOfDay(zone).toInstant());
        }
        String status = filter.getOrDefault("status", "");
        List<MessageRecord> found = new ArrayList<>();
        List<MessageRecord> page;
        do {
            page = messages.query(TenantId.DEFAULT, query);
            page.stream()
                    .filter(row -> status.isBlank() || Status.of(row).name().equalsIgnoreCase(status))
                    .forEach(found::add);
            query = page.isEmpty()
                    ? query
                    : query.before(page.get(page.size() - 1).id());
        } while (page.size() == PAGE && found.size() < PAGE);
        return found;
    }
}
