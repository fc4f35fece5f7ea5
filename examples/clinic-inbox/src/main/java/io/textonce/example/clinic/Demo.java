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
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.stereotype.Component;

/** Puts patients and two weeks of messages into an empty database, so that there is something to look at. */
@Component
@Order(1)
@ConditionalOnProperty("clinic.demo")
final class Demo implements ApplicationRunner {

    private static final Resource DATA = new ClassPathResource("demo/data.txt");
    private static final Resource PICTURE = new ClassPathResource("demo/picture.png");

    private final JdbcStore store;
    private final Conversations conversations;
    private final Patients patients;
    private final Texts texts;
    private final Pictures pictures;
    private final SenderId ours;
    private final Instant now;

    Demo(
            JdbcStore store,
            Conversations conversations,
            Patients patients,
            Texts texts,
            Pictures pictures,
            Clock clock,
            @Value("${textonce.providers.sandbox.from}") String ours) {
        this.store = store;
        this.conversations = conversations;
        this.patients = patients;
        this.texts = texts;
        this.pictures = pictures;
        this.ours = SenderId.of(ours);
        this.now = clock.instant();
    }

    @Override
    public void run(ApplicationArguments arguments) throws IOException {
        if (patients.isEmpty()) {
            DATA.getContentAsString(StandardCharsets.UTF_8).lines().forEach(line -> tell(line.split(" \\| ", -1)));
        }
    }

    private void tell(String[] words) {
        switch (words[0]) {
            case "template" -> texts.add(words[1], words[2]);
            case "patient" -> patient(words);
            case "sent" -> sent(words);
            case "received" -> received(words);
            case "picture" -> received(words, Media.of("image/png", "picture.png", -1, null, PICTURE::getInputStream));
            case "call" -> call(words);
            default -> {} // a comment
        }
    }

    private Instant ago(String minutes) {
        return now.minus(Duration.ofMinutes(Integer.parseInt(minutes)));
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
                .map(each -> each.split(" (?=\\+)", 2))
                .map(each -> new Contact.Line(each[0], PhoneNumber.of(each[1])))
                .toList();
        patients.add(new Contact(words[2].toLowerCase(Locale.ROOT), words[2], lines), words[1]);
    }

    private void sent(String[] words) {
        Instant at = ago(words[3]);
        String id = UUID.randomUUID().toString();
        Origin origin = new Origin(ClinicInbox.CLINIC, "sandbox", "sandbox", at.plusSeconds(3));
        DeliveryReport report = DeliveryReport.builder(origin, id, DeliveryStatus.valueOf(words[4]))
                .providerMessageId(id)
                .build();
        store.create(
                ClinicInbox.CLINIC,
                MessageRecord.sending(MessageId.next(), ClinicInbox.CLINIC, at)
                        .to(number(words[2]))
                        .from(ours)
                        .text(words[5])
                        .templateId(words.length > 6 ? words[6] : null)
                        .labels(List.of(new Label(ClinicInbox.OWNER, words[1])))
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
