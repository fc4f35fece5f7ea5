package io.textonce.example.clinic;

import io.textonce.Outcome;
import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SmsMessage;
import io.textonce.client.SmsClient;
import io.textonce.engagement.conversation.Contact;
import io.textonce.engagement.conversation.Conversation;
import io.textonce.engagement.conversation.ConversationQuery;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.conversation.Inbox;
import io.textonce.jdbc.JdbcTemplateRepository;
import io.textonce.phone.PhoneNumbers;
import io.textonce.spring.SmsProviders;
import io.textonce.template.Template;
import io.textonce.text.LiveCounter;
import io.textonce.text.Offender;
import io.textonce.text.SegmentPolicy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Writing: templates, the counter, one message, many. */
@RestController
record MessageApi(
        SmsClient sms,
        Conversations conversations,
        Patients patients,
        JdbcTemplateRepository texts,
        PhoneNumbers numbers,
        Shown shown,
        SmsProviders providers) {

    /** The key is the page's, one for each text that somebody wrote: a click that is repeated sends nothing twice. */
    record Draft(
            Optional<Long> conversation, String to, String text, Optional<String> template, String name, String key) {}

    record Broadcast(Set<String> patients, String template, String key) {}

    private static final String NAME = "name";

    record Tally(int accepted, int unknown, List<String> refused) {}

    record Text(String text) {}

    record Dear(int index, int length, String character, Optional<String> suggestion) {
        Dear(Offender one) {
            this(one.index(), one.length(), Character.toString(one.codePoint()), one.suggestion());
        }
    }

    record Count(String encoding, int segments, int left, boolean tooLong, int saved, List<Dear> offenders) {}

    record Filled(String id, String text) {}

    /** Segments as the provider counts them, and the characters that make a text dearer than it needs to be. */
    @PostMapping("/api/count")
    Count count(@RequestBody Text draft) {
        SegmentPolicy policy = providers.all().isEmpty()
                ? SegmentPolicy.GENERIC
                : providers.all().get(0).capabilities().segments();
        LiveCounter counter = LiveCounter.of(policy);
        counter.append(draft.text().substring(0, Math.min(draft.text().length(), 5_000)));
        return new Count(
                counter.encoding().label(),
                counter.segments(),
                counter.unitsLeft(),
                counter.tooLong(),
                counter.segmentsSavedByReplacing(),
                counter.offenders().stream().map(Dear::new).toList());
    }

    /** The clinic's templates, filled in for somebody. */
    @GetMapping("/api/templates")
    List<Filled> templates(@RequestParam(defaultValue = "") String name) {
        return texts.all(ClinicInbox.CLINIC).stream()
                .filter(Template::active)
                .map(template -> new Filled(template.id(), filled(template, name)))
                .toList();
    }

    private static String filled(Template template, String name) {
        return template.render(Locale.ENGLISH, Map.of(NAME, name)).text();
    }

    @PostMapping("/api/messages")
    Shown.Sent send(Authentication user, @RequestBody Draft draft) {
        Access.View view = Access.view(conversations, user);
        Optional<PhoneNumber> number = numbers.normalize(draft.to());
        if (number.isEmpty()) {
            return new Shown.Sent(
                    "rejected", "That is no phone number. Write it as 0491 570 156 or +61 491 570 156.", null);
        }
        SmsMessage.Builder message = draft.conversation()
                .map(id -> reply(view.inbox(), id, number.get()))
                .orElseGet(() -> SmsMessage.to(number.get()).label(ClinicInbox.OWNER, view.user()));
        Optional<String> carer = patients.owner(view, number.get());
        carer.ifPresent(each -> message.label(ClinicInbox.OWNER, each));
        draft.template()
                .flatMap(id -> texts.find(ClinicInbox.CLINIC, id))
                .filter(each -> filled(each, draft.name()).equals(draft.text()))
                .ifPresentOrElse(
                        each -> message.template(each.id(), Locale.ENGLISH, Map.of(NAME, draft.name())),
                        () -> message.text(draft.text()));
        SendResult result =
                sms.send(message.idempotencyKey(view.user() + ":" + draft.key()).build());
        return shown.sent(
                result,
                draft.conversation()
                        .or(() -> begun(carer.orElse(view.user()), number.get()))
                        .orElse(null));
    }

    private SmsMessage.Builder reply(Inbox inbox, long conversation, PhoneNumber to) {
        Shown.Talk thread = shown.thread(inbox.conversation(conversation).orElseThrow(ConversationApi::nothing));
        if (!thread.has(to.e164())) {
            throw new IllegalArgumentException("The number isn't one of this conversation's");
        }
        return inbox.reply(conversation, to);
    }

    private Optional<Long> begun(String owner, PhoneNumber number) {
        Inbox inbox = conversations.inbox(ClinicInbox.CLINIC, owner);
        return inbox.conversations(ConversationQuery.all().number(number).limit(1)).stream()
                .map(Conversation::id)
                .findFirst();
    }

    /** One template to many patients, each with their own name. */
    @PostMapping("/api/messages/bulk")
    Tally broadcast(Authentication user, @RequestBody Broadcast broadcast) throws InterruptedException {
        Access.View view = Access.view(conversations, user);
        Map<String, String> names = new ConcurrentHashMap<>();
        List<SmsMessage> messages = new ArrayList<>();
        for (Contact patient : patients.of(view)) {
            if (broadcast.patients().contains(patient.id())) {
                names.put(patient.id(), patient.name());
                messages.add(SmsMessage.to(patient.lines().get(0).number())
                        .label(ClinicInbox.OWNER, view.all() ? patients.carer(patient.id()) : view.user())
                        .reference(patient.id())
                        .template(broadcast.template(), Locale.ENGLISH, Map.of(NAME, patient.name()))
                        .build());
            }
        }
        List<String> refused = new ArrayList<>();
        Map<Outcome, Integer> tally = new EnumMap<>(Outcome.class);
        sms.bulk()
                .idempotencyKeys(message -> view.user() + ":" + broadcast.key() + ":"
                        + message.reference().orElseThrow())
                .start(messages, (message, result) -> {
                    tally.merge(result.outcome(), 1, Integer::sum);
                    if (result instanceof SendResult.Rejected rejected) {
                        refused.add(
                                names.get(message.reference().orElseThrow()) + ": " + Shown.advice(rejected.reason()));
                    }
                })
                .await()
                .orThrow();
        return new Tally(tally.getOrDefault(Outcome.ACCEPTED, 0), tally.getOrDefault(Outcome.UNKNOWN, 0), refused);
    }
}
