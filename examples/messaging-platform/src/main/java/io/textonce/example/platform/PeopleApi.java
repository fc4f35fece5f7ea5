package io.textonce.example.platform;

import io.textonce.PhoneNumber;
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
import org.springframework.http.ResponseEntity;
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

    /** The address is that from which the person came to you: limits count by it. */
    record CodeRequest(
            @Nullable String phoneNumber,
            @Nullable String purpose,
            @Nullable String language,
            @Nullable String clientAddress,
            @Nullable String code) {

        /** Silent, as it has number and code. */
        @Override
        public String toString() {
            return "CodeRequest";
        }
    }

    record Reply(@Nullable String message) {

        /** Silent, as it is a text. */
        @Override
        public String toString() {
            return "Reply";
        }
    }

    @GetMapping("/preferences/{user}")
    Choices preferences(@RequestAttribute Caller caller, @PathVariable String user) {
        mustConcern(caller, user);
        Preferences own = engagement.preferences().find(caller.tenant(), user);
        return new Choices(own.languages().stream().map(Locale::toLanguageTag).toList(), own.choices());
    }

    @PutMapping("/preferences/{user}")
    Choices choose(@RequestAttribute Caller caller, @PathVariable String user, @RequestBody Choices choices) {
        mustConcern(caller, user);
        List<String> languages = choices.languages() == null ? List.of() : choices.languages();
        Map<String, Boolean> types = choices.messageTypes() == null ? Map.of() : choices.messageTypes();
        Check check = new Check();
        check.text("user", user, 64);
        check.atMost("languages", languages.size(), 10);
        check.atMost("message_types", types.size(), 50);
        Locale[] inOrder = languages.stream()
                .map(tag -> Locale.forLanguageTag(tag == null ? "" : tag))
                .toArray(Locale[]::new);
        if (List.of(inOrder).contains(Locale.ROOT)) {
            check.problem("languages", "has something that is no language tag, such as en or tr");
        }
        Preferences own = check.attempt("message_types", () -> chosen(Preferences.NONE.languages(inOrder), types));
        engagement.preferences().put(caller.tenant(), user, check.done(own));
        return preferences(caller, user);
    }

    private static Preferences chosen(Preferences before, Map<String, Boolean> types) {
        Preferences own = before;
        for (Map.Entry<String, Boolean> each : types.entrySet()) {
            own = each.getValue() ? own.optIn(each.getKey()) : own.optOut(each.getKey());
        }
        return own;
    }

    /** Users have their own only. */
    private static void mustConcern(Caller caller, String user) {
        if (!user.equals(caller.user())) {
            caller.mustBe(Role.ADMIN);
        }
    }

    /** Says the same whatever happens: who asks mustn't learn whose number it is. */
    @PostMapping("/codes/request")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Shown request(@RequestAttribute Caller caller, @RequestBody CodeRequest wanted) {
        Check check = new Check();
        String address = check.text("client_address", wanted.clientAddress(), 100);
        PhoneNumber number = number(wanted, check);
        Locale locale = Locale.forLanguageTag(wanted.language() == null ? "en" : wanted.language());
        codes.start(caller.tenant(), wanted.purpose(), number, locale, address);
        return new Shown().with("detail", "If this number can receive texts, a code is on its way.");
    }

    @PostMapping("/codes/verify")
    Shown verify(@RequestAttribute Caller caller, @RequestBody CodeRequest entered) {
        String code = entered.code() == null ? "" : entered.code();
        return new Shown()
                .with("verified", codes.check(caller.tenant(), entered.purpose(), number(entered, new Check()), code));
    }

    private PhoneNumber number(CodeRequest request, Check check) {
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
                .with("state", entry.state())
                .with("reason", entry.reason())
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
    ResponseEntity<Shown> reply(
            @RequestAttribute Caller caller, @PathVariable("id") long conversation, @RequestBody Reply reply) {
        caller.mustBe(Role.ADMIN);
        Check check = new Check();
        String text = check.text("message", reply.message(), Composer.LONGEST_TEXT);
        check.done();
        return MessagesApi.answer(composer.send(conversations
                .inbox(caller.tenant())
                .reply(conversation)
                .text(text)
                .label(Composer.BY, caller.user())
                .label(Composer.ROLE, "admin")
                .label(Composer.KIND, "reply")
                .build()));
    }
}
