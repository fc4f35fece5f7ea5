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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Patients and two weeks of messages for an empty database, so that there is something to look at. */
@Component
@Order(1)
@ConditionalOnProperty("clinic.demo")
final class Demo implements ApplicationRunner {

    private static final SenderId OURS = SenderId.of(PhoneNumber.of("+61491570006"));

    private final JdbcStore store;
    private final Conversations conversations;
    private final Patients patients;
    private final Texts texts;
    private final Instant now;

    Demo(JdbcStore store, Conversations conversations, Patients patients, Texts texts, Clock clock) {
        this.store = store;
        this.conversations = conversations;
        this.patients = patients;
        this.texts = texts;
        this.now = clock.instant();
    }

    @Override
    public void run(ApplicationArguments arguments) {
        if (!patients.isEmpty()) {
            return;
        }
        texts.add("reminder", "Hi {{name}}, this is a reminder of your appointment. Reply YES to confirm.");
        texts.add("results", "Hi {{name}}, your results are in. Please call us to talk them through.");
        texts.add("running-late", "Hi {{name}}, we are running about 20 minutes late today. Sorry for the wait.");
        texts.add("vaccine", "Hi {{name}}, flu vaccines are here. Reply FLU and we will find you a time.");
        Contact mia = patient("ada", "Mia", "mobile", "+61491570156", "home phone", "+61255500142");
        Contact leo = patient("ada", "Leo", "mobile", "+61491570157", "emergency contact", "+61491570158");
        Contact yuki = patient("ada", "Yuki", "mobile", "+61491570159");
        Contact iris = patient("ada", "Iris", "mobile (filtered by its network)", "+12025550104");
        Contact elif = patient("grace", "Elif", "mobile", "+61491570110", "work phone", "+61255500177");
        Contact tomas = patient("grace", "Tomas", "mobile", "+61491570313");
        patient("grace", "Amara", "mobile", "+61491570737");
        patient("ada", "Noor", "mobile", "+61491571266", "phone", "+61255500163", "emergency contact", "+61491571491");

        for (int day = 14; day > 1; day--) {
            for (int i = 0; i <= (day * 7) % 5; i++) {
                Contact to = List.of(mia, leo, yuki, elif, tomas).get((day + i) % 5);
                boolean arrived = (day * 3 + i) % 9 != 0;
                sent(
                        to == elif || to == tomas ? "grace" : "ada",
                        to,
                        Duration.ofHours(day * 24L - i),
                        "Hi " + to.name() + ", this is a reminder of your appointment. Reply YES to confirm.",
                        arrived ? DeliveryStatus.DELIVERED : DeliveryStatus.UNDELIVERED,
                        "reminder");
            }
        }
        received(mia, Duration.ofHours(46), "YES");
        sent("ada", mia, Duration.ofHours(27), "Hi Mia, how is the wrist since Tuesday?", DeliveryStatus.DELIVERED, null);
        received(mia, Duration.ofHours(26), "Better, thanks! Still a bit sore in the morning.");
        call("ada", mia, Duration.ofHours(25), "4 min: showed the stretches again");
        sent("ada", mia, Duration.ofMinutes(190), "Great. Keep the brace on at night until Friday.", DeliveryStatus.DELIVERED, null);
        received(mia, Duration.ofMinutes(184), "Will do. Can I swim this weekend?");
        received(leo, Duration.ofHours(5), "Could we move Thursday to 3pm?");
        sent("ada", leo, Duration.ofHours(4), "Thursday 3:15 pm is free. Shall I book it?", DeliveryStatus.DELIVERED, null);
        received(leo, Duration.ofMinutes(52), "Yes please \uD83D\uDE42");
        sent("ada", yuki, Duration.ofHours(30), "Hi Yuki, your results are in. Please call us to talk them through.", DeliveryStatus.SENT, "results");
        sent("ada", iris, Duration.ofHours(50), "Hi Iris, your referral is ready at the desk.", DeliveryStatus.UNDELIVERED, null);
        sent("grace", elif, Duration.ofHours(8), "Hi Elif, please fast from 9 pm tonight.", DeliveryStatus.DELIVERED, null);
        received(elif, Duration.ofHours(7), "Is water ok?");
        inbound("+61491575254", Duration.ofMinutes(95), "Hello, are you taking new patients?");
    }

    private Contact patient(String carer, String name, String... lines) {
        List<Contact.Line> numbers = new java.util.ArrayList<>();
        for (int i = 0; i < lines.length; i += 2) {
            numbers.add(new Contact.Line(lines[i], PhoneNumber.of(lines[i + 1])));
        }
        Contact patient = new Contact(name.toLowerCase(java.util.Locale.ROOT), name, numbers);
        patients.add(patient, carer);
        return patient;
    }

    private void sent(
            String user, Contact to, Duration ago, String text, DeliveryStatus status, @Nullable String template) {
        Instant at = now.minus(ago);
        String id = UUID.randomUUID().toString();
        Origin origin = new Origin(ClinicInbox.CLINIC, "sandbox", "sandbox", at.plusSeconds(3));
        DeliveryReport report = DeliveryReport.builder(origin, "demo-" + id, status)
                .providerMessageId(id)
                .build();
        store.create(
                ClinicInbox.CLINIC,
                MessageRecord.sending(MessageId.next(), ClinicInbox.CLINIC, at)
                        .to(to.lines().get(0).number())
                        .from(OURS)
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

    private void received(Contact from, Duration ago, String text) {
        inbound(from.lines().get(0).number().e164(), ago, text);
    }

    private void inbound(String from, Duration ago, String text, Media... media) {
        Origin origin = new Origin(ClinicInbox.CLINIC, "sandbox", "sandbox", now.minus(ago));
        InboundMessage message = InboundMessage.builder(
                        origin, "demo-" + UUID.randomUUID(), SenderId.of(PhoneNumber.of(from)), OURS, text)
                .media(List.of(media))
                .build();
        store.apply(ClinicInbox.CLINIC, List.of(new EventJournal.Entry(message, null)));
    }

    private void call(String user, Contact with, Duration ago, String text) {
        conversations
                .inbox(ClinicInbox.CLINIC, user)
                .add(TimelineEntry.foreign("call", UUID.randomUUID().toString(), now.minus(ago))
                        .address(SenderId.of(with.lines().get(0).number()))
                        .text(text)
                        .build());
    }
}
