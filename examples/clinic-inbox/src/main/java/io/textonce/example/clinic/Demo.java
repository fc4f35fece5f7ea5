package io.textonce.example.clinic;

import io.textonce.DeliveryReport;
import io.textonce.DeliveryStatus;
import io.textonce.InboundMessage;
import io.textonce.Label;
import io.textonce.Media;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.Origin;
import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.engagement.conversation.Contact;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.jdbc.JdbcStore;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.StatusFold;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.Resource;
import org.springframework.stereotype.Component;

/** Puts patients and two weeks of messages into an empty database, so that there is something to look at. */
@Component
@Order(1)
@ConditionalOnProperty("clinic.demo")
final class Demo implements ApplicationRunner {

    private static final long DAY = 24 * 60;

    private final JdbcStore store;
    private final Conversations conversations;
    private final Patients patients;
    private final Texts texts;
    private final Pictures pictures;
    private final Resource data;
    private final Resource picture;
    private final SenderId ours;
    private final Instant now;

    Demo(
            JdbcStore store,
            Conversations conversations,
            Patients patients,
            Texts texts,
            Pictures pictures,
            Clock clock,
            @Value("classpath:demo/data.txt") Resource data,
            @Value("classpath:demo/picture.png") Resource picture,
            @Value("${textonce.providers.sandbox.from}") String ours) {
        this.store = store;
        this.conversations = conversations;
        this.patients = patients;
        this.texts = texts;
        this.pictures = pictures;
        this.data = data;
        this.picture = picture;
        this.ours = SenderId.of(ours);
        this.now = clock.instant();
    }

    @Override
    public void run(ApplicationArguments arguments) throws IOException {
        if (patients.isEmpty()) {
            for (String line :
                    data.getContentAsString(StandardCharsets.UTF_8).lines().toList()) {
                String[] words = line.split(" \\| ", -1);
                switch (words[0]) {
                    case "template" -> texts.add(words[1], words[2]);
                    case "patient" -> patient(words);
                    case "reminders" ->
                        Arrays.stream(words[3].split(" ", -1)).forEach(day -> reminder(words[1], words[2], day));
                    case "sent" ->
                        sent(words[1], number(words[2]), ago(words[3]), words[5], DeliveryStatus.valueOf(words[4]), null);
                    case "received" -> received(words);
                    case "picture" ->
                        received(words, Media.of("image/png", "picture.png", -1, null, picture::getInputStream));
                    case "call" -> call(words);
                    default -> {} // a comment
                }
            }
        }
    }

    private Instant ago(String minutes) {
        return now.minusSeconds(60L * Integer.parseInt(minutes));
    }

    private PhoneNumber number(String who) {
        return who.startsWith("+")
                ? PhoneNumber.of(who)
                : patients.search(ClinicInbox.CLINIC, who, 1)
                        .get(0)
                        .lines()
                        .get(0)
                        .number();
    }

    private void patient(String[] words) {
        List<Contact.Line> lines = Arrays.stream(words)
                .skip(3)
                .map(each -> new Contact.Line(
                        each.substring(0, each.lastIndexOf(' ')),
                        PhoneNumber.of(each.substring(each.lastIndexOf(' ') + 1))))
                .toList();
        patients.add(new Contact(words[2].toLowerCase(Locale.ROOT), words[2], lines), words[1]);
    }

    private void reminder(String user, String name, String daysAgo) {
        int days = Integer.parseInt(daysAgo);
        String text = "Hi " + name + ", this is a reminder of your appointment. Reply YES to confirm.";
        DeliveryStatus status = days % 6 == name.length() ? DeliveryStatus.UNDELIVERED : DeliveryStatus.DELIVERED;
        sent(user, number(name), now.minusSeconds(60L * days * DAY + 420L * name.length()), text, status, "reminder");
    }

    private void sent(
            String user, PhoneNumber to, Instant at, String text, DeliveryStatus status, @Nullable String template) {
        String id = UUID.randomUUID().toString();
        Origin origin = new Origin(ClinicInbox.CLINIC, "sandbox", "sandbox", at.plusSeconds(3));
        DeliveryReport report =
                DeliveryReport.builder(origin, id, status).providerMessageId(id).build();
        store.create(
                ClinicInbox.CLINIC,
                MessageRecord.sending(MessageId.next(), ClinicInbox.CLINIC, at)
                        .to(to)
                        .from(ours)
                        .text(text)
                        .templateId(template)
                        .labels(List.of(new Label(ClinicInbox.OWNER, user)))
                        .provider("sandbox", id)
                        .state(MessageState.ACCEPTED)
                        .outcome(Outcome.ACCEPTED)
                        .segments(1)
                        .cost(Money.of("0.079", "AUD"), null)
                        .reports(StatusFold.EMPTY.with(report))
                        .updatedAt(at.plusSeconds(3))
                        .build());
    }

    private void received(String[] words, Media... media) {
        Origin origin = new Origin(ClinicInbox.CLINIC, "sandbox", "sandbox", ago(words[2]));
        String id = UUID.randomUUID().toString();
        InboundMessage message = InboundMessage.builder(origin, id, SenderId.of(number(words[1])), ours, words[3])
                .media(List.of(media))
                .build();
        store.apply(ClinicInbox.CLINIC, List.of(new EventJournal.Entry(message, null)));
        pictures.onEvent(message);
    }

    private void call(String[] words) {
        TimelineEntry call = TimelineEntry.foreign("call", UUID.randomUUID().toString(), ago(words[3]))
                .address(SenderId.of(number(words[2])))
                .text(words[4])
                .build();
        conversations.inbox(ClinicInbox.CLINIC, words[1]).add(call);
    }
}
