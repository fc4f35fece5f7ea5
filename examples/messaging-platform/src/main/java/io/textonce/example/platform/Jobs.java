package io.textonce.example.platform;

import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.client.Reconciliation;
import io.textonce.engagement.reporting.Alerts;
import io.textonce.example.platform.Caller.Role;
import io.textonce.example.platform.Composer.Wanted;
import io.textonce.outbox.SmsOutbox;
import io.textonce.spi.TimeSource;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What is done by the clock. In one process a timer runs it, in several the pumps of the cluster, on one of them. */
@Component
record Jobs(
        JdbcClient database,
        TransactionTemplate transaction,
        Directory directory,
        Composer composer,
        SmsOutbox outbox,
        Reconciliation reconciliation,
        TimeSource time,
        CampaignsApi campaigns,
        Alerts alerts,
        Settings settings) {

    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final Duration AHEAD = Duration.ofHours(24);
    private static final String REMINDER = "appointment_reminder";

    /** A job says how many rows it did, and is run again at once unless that is 0. */
    record Job(String name, Duration every, IntSupplier work) {}

    private record Due(
            String tenant, String id, String userId, String trainer, String place, OffsetDateTime startsAt) {}

    List<Job> all() {
        return List.of(
                new Job("campaigns", Duration.ofSeconds(1), campaigns::pump),
                new Job("alerts", Duration.ofMinutes(1), alerts::check),
                new Job("reminders", Duration.ofMinutes(30), this::remind),
                new Job(
                        "delivery-states",
                        Duration.ofMinutes(1),
                        () -> reconciliation.run().more() ? 1 : 0));
    }

    /**
     * Reminds of the appointments of the next day: the message is in the outbox if, and only if, that is noted down. One that
     * fails is tried again the next time; it stands in nobody's way.
     */
    int remind() {
        String sql = "select tenant, id, user_id, trainer, place, starts_at from appointment where not reminded"
                + " and starts_at > ? and starts_at < ? order by starts_at, tenant, id limit 100 offset ?";
        OffsetDateTime now = time.now().atOffset(ZoneOffset.UTC);
        int failed = 0;
        for (List<Due> due = List.of(); ; ) {
            due = database.sql(sql)
                    .params(now, now.plus(AHEAD), failed)
                    .query(Due.class)
                    .list();
            if (due.isEmpty()) {
                return 0;
            }
            for (Due each : due) {
                try {
                    transaction.executeWithoutResult(status -> remind(each));
                } catch (RuntimeException e) {
                    failed++;
                    LOG.error(
                            "Appointment {} of {}: no reminder yet, {}",
                            each.id(),
                            each.tenant(),
                            e.getClass().getName());
                }
            }
        }
    }

    private void remind(Due due) {
        String sql = "update appointment set reminded = true where tenant = ? and id = ? and not reminded";
        TenantId tenant = TenantId.of(due.tenant());
        if (database.sql(sql).params(due.tenant(), due.id()).update() == 0) {
            return;
        }
        Optional<SmsMessage> message =
                directory.find(tenant, due.userId()).flatMap(person -> reminder(tenant, due, person));
        if (message.isEmpty()) {
            LOG.warn(
                    "Appointment {} of {}: no reminder, because person, number or template is missing",
                    due.id(),
                    tenant);
        }
        message.ifPresent(outbox::enqueue);
    }

    private Optional<SmsMessage> reminder(TenantId tenant, Due due, Directory.Person person) {
        ZonedDateTime start = due.startsAt().atZoneSameInstant(person.zone().orElse(settings.zone()));
        Locale locale = composer.language(tenant, person.id(), REMINDER).orElse(person.locale());
        DateTimeFormatter date =
                DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG).localizedBy(locale);
        Map<String, String> variables = Map.of(
                "trainer_name", due.trainer(),
                "location", due.place(),
                "date", date.format(start),
                "time", DateTimeFormatter.ofPattern("HH:mm", locale).format(start));
        Wanted wanted = Wanted.template(person, locale, REMINDER, variables, start.toInstant());
        Caller caller = new Caller(tenant, "reminders", Role.ADMIN);
        return Optional.ofNullable(composer.message(caller, wanted, null, "", new Check()));
    }
}
