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
import io.textonce.spring.SmsProviders;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.ArrayList;
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
        JdbcStore store,
        SmsProviders providers,
        TimeSource time,
        CampaignsApi campaigns,
        Alerts alerts,
        Settings settings) {

    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final Duration AHEAD = Duration.ofHours(24);
    private static final String REMINDER = "appointment_reminder";
    private static final Duration LOOKED_UP_FOR = Duration.ofDays(3);
    private static final int PAGE = 500;

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

    /**
     * Asks what became of messages of which no report came, or of which nobody knows whether they exist: the outbox asks for
     * its own, but nobody for those that were sent at once. Each answer is recorded as a report would be.
     */
    int lookUp() {
        MessageQuery lately = MessageQuery.all().from(time.now().minus(LOOKED_UP_FOR));
        providers.tenants().forEach(tenant -> {
            for (SmsProvider provider : providers.all(tenant)) {
                provider.role(StatusLookup.class).ifPresent(lookup -> {
                    MessageQuery theirs = lately.provider(provider.name());
                    lookUpAll(lookup, tenant, provider.name(), theirs.state(MessageState.ACCEPTED));
                    lookUpAll(lookup, tenant, provider.name(), theirs.state(MessageState.UNKNOWN));
                });
            }
        });
        return 0;
    }

    /** Pages are read before anything changes: the next one begins behind a row that must still be there. */
    private void lookUpAll(StatusLookup lookup, TenantId tenant, String provider, MessageQuery which) {
        List<MessageRecord> all = new ArrayList<>(store.query(tenant, which.limit(PAGE)));
        int before = 0;
        while (all.size() == before + PAGE) {
            before = all.size();
            all.addAll(store.query(
                    tenant, which.limit(PAGE).before(all.get(before - 1).id())));
        }
        all.stream()
                .filter(each ->
                        each.status().filter(status -> status.isTerminal()).isEmpty())
                .forEach(each -> lookUp(lookup, each, provider));
    }

    private void lookUp(StatusLookup lookup, MessageRecord message, String provider) {
        StatusLookup.Query query = StatusLookup.Query.of(
                message.id(),
                message.to(),
                message.createdAt(),
                message.text(),
                message.providerMessageId().orElse(null));
        if (message.providerMessageId().isEmpty()) {
            query = query.besides(besides(message));
        }
        StatusLookup.Answer answer = lookup.find(query);
        if (answer instanceof StatusLookup.Found found) {
            Origin origin = new Origin(message.tenant(), provider, "look-up", time.now());
            store.apply(message.tenant(), List.of(new EventJournal.Entry(found.report(origin, message.id()), null)));
        }
    }

    /** Ids of others to the same number on the same day, so that none of them is taken for it. */
    private List<String> besides(MessageRecord message) {
        MessageQuery near = MessageQuery.all()
                .to(message.to())
                .from(message.createdAt().minus(AHEAD))
                .until(message.createdAt().plus(AHEAD))
                .limit(10_000);
        return store.query(message.tenant(), near).stream()
                .flatMap(each -> each.providerMessageId().stream())
                .toList();
    }
}
