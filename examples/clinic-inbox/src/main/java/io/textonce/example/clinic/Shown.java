package io.textonce.example.clinic;

import io.textonce.PhoneNumber;
import io.textonce.Reason;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.engagement.conversation.Contact;
import io.textonce.engagement.conversation.Conversation;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.phone.PhoneNumbers;
import io.textonce.store.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** What the page is told, in words and shapes for people. */
@Component
record Shown(
        PhoneNumbers numbers, @Value("${clinic.region}") String region) {

    record Line(String label, String number, String shown) {}

    record Picture(
            String type, @Nullable String name, @Nullable String url) {}

    record Entry(
            long conversation,
            long seq,
            String position,
            String kind,
            String direction,
            Instant at,
            String text,
            @Nullable String number,
            @Nullable String status,
            @Nullable String problem,
            List<Picture> pictures) {}

    record Talk(
            long id,
            String name,
            @Nullable String patient,
            String owner,
            boolean known,
            List<Line> lines,
            @Nullable Entry last,
            int unread,
            String position,
            boolean moved) {

        boolean has(String number) {
            return lines.stream().anyMatch(line -> line.number().equals(number));
        }
    }

    record Patient(String id, String name, List<Line> lines) {}

    record Sent(String outcome, String message, @Nullable Long conversation) {}

    private static final String IN_DOUBT =
            "It may have been sent: the provider's answer was lost. Don't send it again; a report will tell.";

    Talk thread(Conversation conversation) {
        Optional<SenderId> address = conversation.party().address();
        List<Contact.Line> lines = conversation
                .contact()
                .map(Contact::lines)
                .orElse(address.filter(each -> each.kind() == SenderId.Kind.NUMBER).stream()
                        .map(each -> new Contact.Line("number", PhoneNumber.of(each.value())))
                        .toList());
        return new Talk(
                conversation.id(),
                conversation
                        .contact()
                        .map(Contact::name)
                        .or(() -> address.map(this::address))
                        .orElse(""),
                conversation.party().contactId().orElse(null),
                conversation.party().owner(),
                conversation.contact().isPresent(),
                lines(lines),
                conversation.last().map(this::entry).orElse(null),
                conversation.unread(),
                conversation.position(),
                conversation.mergedInto().isPresent());
    }

    Patient patient(Contact contact) {
        return new Patient(contact.id(), contact.name(), lines(contact.lines()));
    }

    private List<Line> lines(List<Contact.Line> lines) {
        return lines.stream()
                .map(line -> new Line(line.label(), line.number().e164(), shown(line.number())))
                .toList();
    }

    Entry entry(TimelineEntry entry) {
        String place = "/api/conversations/" + entry.conversation() + "/entries/" + entry.position() + "/media/";
        List<Picture> pictures = new ArrayList<>();
        entry.media()
                .forEach(each -> pictures.add(
                        new Picture(each.contentType(), each.name().orElse(null), place + pictures.size())));
        return new Entry(
                entry.conversation(),
                entry.seq(),
                entry.position(),
                entry.kind(),
                entry.direction().name().toLowerCase(Locale.ROOT),
                entry.at(),
                entry.text(),
                entry.number().map(PhoneNumber::e164).orElse(null),
                entry.standing()
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .orElse(null),
                entry.standing().flatMap(each -> problem(each, entry)).orElse(null),
                pictures);
    }

    private static Optional<String> problem(Standing standing, TimelineEntry entry) {
        return switch (standing) {
            case UNSURE -> Optional.of(IN_DOUBT);
            case UNDELIVERED -> Optional.of("The phone network could not deliver it. Try another number, or call.");
            case FAILED -> Optional.of(advice(entry.reason().orElse(Reason.OTHER)));
            default -> Optional.empty();
        };
    }

    /** What became of a message that was just sent. */
    Sent sent(SendResult result, @Nullable Long conversation) {
        return result.fold(
                accepted -> new Sent("accepted", "Sent", conversation),
                rejected -> new Sent(
                        "rejected", advice(rejected.reason()) + " (" + rejected.explanation() + ")", conversation),
                unknown -> new Sent("unknown", IN_DOUBT, conversation));
    }

    static String advice(Reason reason) {
        return switch (reason) {
            case RECIPIENT -> "This number can't be texted. Check it, or choose another.";
            case OPTED_OUT -> "They asked for no more messages. Call them; they can text START.";
            case BLOCKED, CONTENT -> "The text was refused on its way. Reword it, without links.";
            case TEMPLATE -> "The template can't be filled. Write the text yourself.";
            case SENDER, ROUTE -> "Our sender can't reach that number. Ask who runs this inbox.";
            case CREDENTIAL, ACCOUNT, BUDGET -> "The SMS account needs attention. Ask who runs this inbox.";
            case DISABLED -> "Sending is switched off.";
            case DUPLICATE -> "It was sent already.";
            case THROTTLED, RATE_LIMITED, QUIET_HOURS -> "Not now. Try again later.";
            case UNAVAILABLE, TRANSPORT -> "The provider can't be reached; nothing was sent. Try again.";
            default -> "It wasn't sent.";
        };
    }

    private String address(SenderId address) {
        return address.kind() == SenderId.Kind.NUMBER ? shown(PhoneNumber.of(address.value())) : address.value();
    }

    /** As people here write it. */
    String shown(PhoneNumber number) {
        return numbers.regionOf(number).filter(region::equals).isPresent()
                ? numbers.national(number)
                : numbers.international(number);
    }
}
