package io.textonce.example.platform;

import io.textonce.Origin;
import io.textonce.SmsMessage;
import io.textonce.TenantId;
import io.textonce.engagement.reporting.Alerts;
import io.textonce.example.platform.Caller.Role;
import io.textonce.example.platform.Composer.Wanted;
import io.textonce.jdbc.JdbcStore;
import io.textonce.outbox.SmsOutbox;
import io.textonce.spi.SmsProvider;
import io.textonce.spi.StatusLookup;
import io.textonce.spi.TimeSource;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
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
        JdbcStore store,
        Accounts accounts,
        TimeSource time,
        CampaignsApi campaigns,
        Alerts alerts) {

    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final Duration AHEAD = Duration.ofHours(24);
    private static final Duration LOOKED_UP_FOR = Duration.ofDays(3);

    /** A job says how many rows it did, and is run again at once unless that is 0. */
    record Job(String name, Duration every, IntSupplier work) {}

    private record Due(
            String tenant, String id, String userId, String trainer, String place, OffsetDateTime startsAt) {}

    List<Job> all() {
        return List.of(
                new Job("campaigns", Duration.ofSeconds(1), campaigns::pump),
                new Job("alerts", Duration.ofMinutes(1), alerts::check),
                new Job("reminders", Duration.ofMinutes(30), this::remind),
                new Job("delivery-states", Duration.ofHours(1), this::lookUp));
    }

    /** Reminds of the appointments of the next day: the message is in the outbox if, and only if, that is noted down. */
    int remind() {
        String sql = "select tenant, id, user_id, trainer, place, starts_at from appointment"
                + " where not reminded and starts_at > ? and starts_at < ? order by starts_at limit 100";
        OffsetDateTime now = time.now().atOffset(ZoneOffset.UTC);
        List<Due> due =
                database.sql(sql).params(now, now.plus(AHEAD)).query(Due.class).list();
        due.forEach(each -> transaction.executeWithoutResult(status -> remind(each)));
        return due.size();
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
        message.filter(composer::isWanted).ifPresent(outbox::enqueue);
    }

    private Optional<SmsMessage> reminder(TenantId tenant, Due due, Directory.Person person) {
        ZonedDateTime start =
                due.startsAt().atZoneSameInstant(ZoneId.of(person.timeZone() == null ? "UTC" : person.timeZone()));
        DateTimeFormatter date =
                DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG).localizedBy(person.locale());
        Map<String, String> variables = Map.of(
                "trainer_name", due.trainer(),
                "location", due.place(),
                "date", date.format(start),
                "time", DateTimeFormatter.ofPattern("HH:mm", person.locale()).format(start));
        Wanted wanted = Wanted.template(person, "appointment_reminder", variables, start.toInstant());
        Caller caller = new Caller(tenant, "reminders", Role.ADMIN);
        return Optional.ofNullable(composer.message(caller, wanted, null, "", new Check()));
    }

    /** Asks what became of messages of which no report came; each answer is recorded as a report would be. */
    int lookUp() {
        accounts.all().forEach((tenant, providers) -> {
            Instant since = time.now().minus(LOOKED_UP_FOR);
            MessageQuery open =
                    MessageQuery.all().state(MessageState.ACCEPTED).from(since).limit(10_000);
            for (SmsProvider provider : providers) {
                provider.role(StatusLookup.class)
                        .ifPresent(lookup -> store.query(tenant, open.provider(provider.name())).stream()
                                .filter(each -> each.status()
                                        .filter(status -> status.isTerminal())
                                        .isEmpty())
                                .forEach(each -> lookUp(lookup, each, provider.name())));
            }
        });
        return 0;
    }

    private void lookUp(StatusLookup lookup, MessageRecord message, String provider) {
        StatusLookup.Answer answer = lookup.find(StatusLookup.Query.of(
                message.id(),
                message.to(),
                message.createdAt(),
                message.text(),
                message.providerMessageId().orElse(null)));
        if (answer instanceof StatusLookup.Found found) {
            Origin origin = new Origin(message.tenant(), provider, "look-up", time.now());
            store.apply(message.tenant(), List.of(new EventJournal.Entry(found.report(origin, message.id()), null)));
        }
    }
}
