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
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.jdbc.JdbcStore;
import io.textonce.jdbc.JdbcTemplateRepository;
import io.textonce.store.EventJournal;
import io.textonce.store.MessageQuery;
import io.textonce.store.MessageRecord;
import io.textonce.store.MessageState;
import io.textonce.store.StatusFold;
import io.textonce.template.Template;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
record Demo(
        JdbcStore store,
        Conversations conversations,
        JdbcTemplateRepository texts,
        Pictures pictures,
        Clock clock,
        @Value("${textonce.providers.sandbox.from}") String ours)
        implements ApplicationRunner {

    private static final Resource DATA = new ClassPathResource("demo/data.txt");
    private static final Resource PICTURE = new ClassPathResource("demo/picture.png");

    @Override
    public void run(ApplicationArguments arguments) throws IOException {
        if (store.query(ClinicInbox.CLINIC, MessageQuery.all().limit(1)).isEmpty()) {
            DATA.getContentAsString(StandardCharsets.UTF_8).lines().forEach(line -> tell(line.split(" \\| ", -1)));
        }
    }

    private void tell(String[] words) {
        switch (words[0]) {
            case "template" ->
                texts.put(Template.builder(words[1])
                        .tenant(ClinicInbox.CLINIC)
                        .variable("name")
                        .text(Locale.ENGLISH, words[2])
                        .build());
            case "sent" -> sent(words);
            case "received" -> received(words);
            case "picture" -> received(words, Media.of("image/png", "picture.png", -1, null, PICTURE::getInputStream));
            case "call" -> call(words);
            default -> {} // a comment
        }
    }

    private Instant ago(String minutes) {
        return clock.instant().minus(Duration.ofMinutes(Integer.parseInt(minutes)));
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
                        .to(PhoneNumber.of(words[2]))
                        .from(SenderId.of(ours))
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
        InboundMessage message = InboundMessage.builder(origin, id, SenderId.of(words[1]), SenderId.of(ours), words[3])
                .media(List.of(media))
                .build();
        for (int place = 0; place < media.length; place++) {
            pictures.keep(message, place, media[place]);
        }
        store.apply(ClinicInbox.CLINIC, List.of(new EventJournal.Entry(message, null)));
    }

    private void call(String[] words) {
        TimelineEntry call = TimelineEntry.foreign("call", UUID.randomUUID().toString(), ago(words[3]))
                .address(SenderId.of(words[2]))
                .text(words[4])
                .build();
        conversations.inbox(ClinicInbox.CLINIC, words[1]).add(call);
    }
}
