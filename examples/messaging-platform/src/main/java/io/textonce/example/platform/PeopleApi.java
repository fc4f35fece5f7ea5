package io.textonce.example.platform;

import io.textonce.PhoneNumber;
import io.textonce.SendResult;
import io.textonce.SenderId;
import io.textonce.engagement.conversation.Conversation;
import io.textonce.engagement.conversation.ConversationQuery;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.engagement.preference.Preferences;
import io.textonce.example.platform.Caller.Role;
import io.textonce.jdbc.JdbcEngagement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What people chose, what they answer, and the codes by which they prove a number to be theirs. */
@RestController
@RequestMapping("/api/sms")
record PeopleApi(JdbcEngagement engagement, Conversations conversations, Composer composer, Codes codes) {

    /** Languages by preference; by type of message whether it is wanted. */
    record Choices(
            @Nullable List<String> languages, @Nullable Map<String, Boolean> messageTypes) {}

    record CodeRequest(
            @Nullable String phoneNumber,
            @Nullable String purpose,
            @Nullable String language,
            @Nullable String code) {}

    record Reply(@Nullable String message) {}

    @GetMapping("/preferences/{user}")
    Choices preferences(@RequestAttribute Caller caller, @PathVariable String user) {
        Preferences own = engagement.preferences().find(caller.tenant(), user);
        return new Choices(own.languages().stream().map(Locale::toLanguageTag).toList(), own.choices());
    }

    @PutMapping("/preferences/{user}")
    Choices choose(@RequestAttribute Caller caller, @PathVariable String user, @RequestBody Choices choices) {
        Preferences own = Preferences.NONE;
        if (choices.languages() != null) {
            own = own.languages(
                    choices.languages().stream().map(Locale::forLanguageTag).toArray(Locale[]::new));
        }
        if (choices.messageTypes() != null) {
            for (Map.Entry<String, Boolean> each : choices.messageTypes().entrySet()) {
                own = each.getValue() ? own.optIn(each.getKey()) : own.optOut(each.getKey());
            }
        }
        engagement.preferences().put(caller.tenant(), user, own);
        return preferences(caller, user);
    }

    /** Says the same whatever happens: who asks mustn't learn whose number it is. */
    @PostMapping("/codes/request")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Shown request(@RequestAttribute Caller caller, @RequestBody CodeRequest wanted) {
        PhoneNumber number = number(wanted);
        Locale locale = Locale.forLanguageTag(wanted.language() == null ? "en" : wanted.language());
        codes.start(caller, wanted.purpose(), number, locale);
        return new Shown().with("detail", "If this number can receive texts, a code is on its way.");
    }

    @PostMapping("/codes/verify")
    Shown verify(@RequestAttribute Caller caller, @RequestBody CodeRequest entered) {
        String code = entered.code() == null ? "" : entered.code();
        return new Shown().with("verified", codes.check(caller, entered.purpose(), number(entered), code));
    }

    private PhoneNumber number(CodeRequest request) {
        Check check = new Check();
        if (!Codes.PURPOSES.containsKey(String.valueOf(request.purpose()))) {
            check.problem("purpose", "is none of " + Codes.PURPOSES.keySet());
        }
        var found = composer.number(request.phoneNumber(), null);
        found.problem().ifPresent(problem -> check.problem("phone_number", problem));
        check.done();
        return found.number().orElseThrow();
    }

    @GetMapping("/conversations")
    List<Shown> conversations(@RequestAttribute Caller caller) {
        caller.mustBe(Role.ADMIN);
        return conversations
                .inbox(caller.tenant())
                .conversations(ConversationQuery.all().limit(50))
                .stream()
                .map(PeopleApi::shown)
                .toList();
    }

    private static Shown shown(Conversation conversation) {
        return new Shown()
                .with("conversation_id", conversation.id())
                .with("phone_number", conversation.party().address().map(SenderId::value))
                .with("last", conversation.last().map(PeopleApi::shown))
                .with("unread", conversation.unread());
    }

    private static Shown shown(TimelineEntry entry) {
        return new Shown()
                .with("direction", entry.direction())
                .with("text", entry.text())
                .with("at", entry.at())
                .with("status", entry.status());
    }

    @GetMapping("/conversations/{id}")
    List<Shown> entries(@RequestAttribute Caller caller, @PathVariable("id") long conversation) {
        caller.mustBe(Role.ADMIN);
        return conversations
                .inbox(caller.tenant())
                .entries(EntryQuery.all().conversation(conversation).limit(100))
                .stream()
                .map(PeopleApi::shown)
                .toList();
    }

    @PostMapping("/conversations/{id}/reply")
    @ResponseStatus(HttpStatus.CREATED)
    Shown reply(@RequestAttribute Caller caller, @PathVariable("id") long conversation, @RequestBody Reply reply) {
        caller.mustBe(Role.ADMIN);
        Check check = new Check();
        String text = check.text("message", reply.message(), 1_600);
        check.done();
        SendResult result = composer.send(conversations
                .inbox(caller.tenant())
                .reply(conversation)
                .text(text)
                .label(Composer.BY, caller.user())
                .label(Composer.ROLE, "admin")
                .label(Composer.KIND, "reply")
                .build());
        return new Shown().with("message_id", result.orThrow().messageId().value());
    }
}
