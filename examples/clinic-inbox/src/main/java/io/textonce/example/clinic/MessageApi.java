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
import io.textonce.phone.PhoneNumbers;
import io.textonce.spring.SmsProviders;
import io.textonce.template.Template;
import io.textonce.text.LiveCounter;
import io.textonce.text.SegmentPolicy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Writing: templates, the counter, one message, many. */
@RestController
final class MessageApi {

    /** The key is the page's, one for each text that somebody wrote: a click that is repeated sends nothing twice. */
    record Draft(
            @Nullable Long conversation,
            String to,
            String text,
            @Nullable String template,
            String name,
            String key) {
        Draft {
            Objects.requireNonNull(to, "to");
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(key, "key");
        }
    }

    record Broadcast(Set<String> patients, String template, String key) {
        Broadcast {
            Objects.requireNonNull(patients, "patients");
            Objects.requireNonNull(template, "template");
            Objects.requireNonNull(key, "key");
        }
    }

    record Tally(int accepted, int unknown, List<String> refused) {}

    record Text(String text) {
        Text {
            Objects.requireNonNull(text, "text");
        }
    }

    record Offender(
            int index,
            int length,
            String character,
            String name,
            @Nullable String suggestion) {}

    record Count(
            String encoding,
            int segments,
            long units,
            int left,
            boolean tooLong,
            int saved,
            List<Offender> offenders) {}

    record Filled(String id, String text) {}

    private final SmsClient sms;
    private final Conversations conversations;
    private final Patients patients;
    private final Texts texts;
    private final PhoneNumbers numbers;
    private final Shown shown;
    private final SegmentPolicy policy;

    MessageApi(
            SmsClient sms,
            Conversations conversations,
            Patients patients,
            Texts texts,
            PhoneNumbers numbers,
            Shown shown,
            SmsProviders providers) {
        this.sms = sms;
        this.conversations = conversations;
        this.patients = patients;
        this.texts = texts;
        this.numbers = numbers;
        this.shown = shown;
        this.policy = providers.all().isEmpty()
                ? SegmentPolicy.GENERIC
                : providers.all().get(0).capabilities().segments();
    }

    /** Segments as the provider counts them, and the characters that make a text dearer than it needs to be. */
    @PostMapping("/api/count")
    Count count(@RequestBody Text draft) {
        LiveCounter counter = LiveCounter.of(policy);
        counter.append(draft.text().substring(0, Math.min(draft.text().length(), 5_000)));
        return new Count(
                counter.encoding().label(),
                counter.segments(),
                counter.units(),
                counter.unitsLeft(),
                counter.tooLong(),
                counter.segmentsSavedByReplacing(),
                counter.offenders().stream()
                        .map(each -> new Offender(
                                each.index(),
                                each.length(),
                                Character.toString(each.codePoint()),
                                each.name(),
                                each.suggestion().orElse(null)))
                        .toList());
    }

    /** The clinic's templates, filled in for somebody. */
    @GetMapping("/api/templates")
    List<Filled> templates(@RequestParam(defaultValue = "") String name) {
        return texts.all().stream()
                .map(template -> new Filled(template.id(), Texts.fill(template, name)))
                .toList();
    }

    @PostMapping("/api/messages")
    Shown.Sent send(Authentication user, @RequestBody Draft draft) {
        Access.View view = Access.view(conversations, user);
        Optional<PhoneNumber> number = numbers.normalize(draft.to());
        if (number.isEmpty()) {
            return new Shown.Sent(
                    "rejected", "That is no phone number. Write it as 0491 570 156 or +61 491 570 156.", null);
        }
        SmsMessage.Builder message = draft.conversation() == null
                ? SmsMessage.to(number.get()).label(ClinicInbox.OWNER, view.user())
                : reply(view.inbox(), draft.conversation(), number.get());
        Optional<String> carer = patients.owner(view, number.get());
        carer.ifPresent(each -> message.label(ClinicInbox.OWNER, each));
        Optional<Template> template = Optional.ofNullable(draft.template())
                .flatMap(texts::find)
                .filter(each -> Texts.fill(each, draft.name()).equals(draft.text()));
        template.ifPresentOrElse(
                each -> message.template(each.id(), Locale.ENGLISH, Texts.variables(draft.name())),
                () -> message.text(draft.text()));
        SendResult result =
                sms.send(message.idempotencyKey(view.user() + ":" + draft.key()).build());
        return shown.sent(
                result,
                draft.conversation() == null ? begun(carer.orElse(view.user()), number.get()) : draft.conversation());
    }

    private SmsMessage.Builder reply(Inbox inbox, long conversation, PhoneNumber to) {
        Shown.Talk thread = shown.thread(inbox.conversation(conversation).orElseThrow(ConversationApi::nothing));
        if (!thread.has(to.e164())) {
            throw new IllegalArgumentException("The number isn't one of this conversation's");
        }
        return inbox.reply(conversation, to);
    }

    private @Nullable Long begun(String owner, PhoneNumber number) {
        Inbox inbox = conversations.inbox(ClinicInbox.CLINIC, owner);
        return inbox.conversations(ConversationQuery.all().number(number).limit(1)).stream()
                .map(Conversation::id)
                .findFirst()
                .orElse(null);
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
                        .template(broadcast.template(), Locale.ENGLISH, Texts.variables(patient.name()))
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
