package io.textonce.example.clinic;

import io.textonce.PhoneNumber;
import io.textonce.SenderId;
import io.textonce.engagement.conversation.Contact;
import io.textonce.engagement.conversation.Conversation;
import io.textonce.engagement.conversation.ConversationQuery;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.Inbox;
import io.textonce.engagement.conversation.TimelineEntry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Conversations, their timelines, and the patients one can begin one with. */
@RestController
record ConversationApi(Conversations conversations, Patients patients, Pictures pictures, Shown shown, Clock clock) {

    private static final int PAGE = 50;
    private static final int ENTRIES = 25;

    record Page(long rev, int unread, List<Shown.Talk> threads) {}

    record Opened(Shown.Patient patient, Shown.@Nullable Talk thread) {}

    record Read(long seq) {}

    record Call(String number, int minutes, String note) {}

    private Inbox inbox(Authentication user) {
        return Access.view(conversations, user).inbox();
    }

    @GetMapping("/api/conversations")
    Page conversations(
            Authentication user,
            @RequestParam(defaultValue = "") String before,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(defaultValue = "false") boolean unread) {
        Inbox inbox = inbox(user);
        long rev = inbox.now();
        ConversationQuery query = ConversationQuery.all().limit(PAGE);
        query = before.isEmpty() ? query : query.before(before);
        query = unread ? query.unread(true) : query;
        List<Conversation> found = q.isBlank() ? inbox.conversations(query) : inbox.find(q.strip(), PAGE);
        return new Page(rev, inbox.unread(), found.stream().map(shown::thread).toList());
    }

    @GetMapping("/api/conversations/{id}")
    Shown.Talk conversation(Authentication user, @PathVariable long id) {
        return shown.thread(inbox(user).conversation(id).orElseThrow(ConversationApi::nothing));
    }

    /** A page of the timeline, newest first; the next one comes before the last one's position. */
    @GetMapping("/api/conversations/{id}/entries")
    List<Shown.Entry> entries(
            Authentication user,
            @PathVariable long id,
            @RequestParam(defaultValue = "") String before,
            @RequestParam(defaultValue = "") String kind) {
        EntryQuery query = EntryQuery.all().conversation(id).limit(ENTRIES);
        query = before.isEmpty() ? query : query.before(before);
        query = kind.isEmpty() ? query : query.kind(kind);
        return inbox(user).entries(query).stream().map(shown::entry).toList();
    }

    @PostMapping("/api/conversations/{id}/read")
    void read(Authentication user, @PathVariable long id, @RequestBody Read upTo) {
        inbox(user).markRead(id, upTo.seq());
    }

    /** A call that somebody had. A telephone system would add its own in the same way. */
    @PostMapping("/api/conversations/{id}/calls")
    void call(Authentication user, @PathVariable long id, @RequestBody Call call) {
        if (call.minutes() < 0 || call.minutes() > 600 || call.note().length() > 500) {
            throw new IllegalArgumentException("A call has 0 to 600 minutes, and a note of at most 500 characters");
        }
        if (!conversation(user, id).has(call.number())) {
            throw new IllegalArgumentException("The number isn't one of this conversation's");
        }
        String note = call.note().strip();
        inbox(user)
                .add(
                        id,
                        TimelineEntry.foreign(
                                        "call",
                                        UUID.randomUUID().toString(),
                                        clock.instant().minus(Duration.ofMinutes(call.minutes())))
                                .address(SenderId.of(PhoneNumber.of(call.number())))
                                .text(call.minutes() + " min" + (note.isEmpty() ? "" : ": " + note))
                                .build());
    }

    /** A picture, for whoever may see the conversation. What isn't surely a picture is never shown, only saved. */
    @GetMapping("/api/conversations/{id}/entries/{position}/media/{place}")
    ResponseEntity<byte[]> picture(
            Authentication user, @PathVariable long id, @PathVariable String position, @PathVariable int place) {
        TimelineEntry entry = inbox(user)
                .entry(id, position)
                .filter(each -> place >= 0 && place < each.media().size())
                .orElseThrow(ConversationApi::nothing);
        String type = entry.media().get(place).contentType();
        boolean safe = Pictures.SHOWN.contains(type);
        return ResponseEntity.ok()
                .contentType(safe ? MediaType.parseMediaType(type) : MediaType.APPLICATION_OCTET_STREAM)
                // Asked for each time: whether this user may see it. The bytes come once.
                .cacheControl(CacheControl.noCache().cachePrivate())
                .eTag(id + "-" + position + "-" + place)
                .header("Content-Security-Policy", "default-src 'none'; sandbox")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header(HttpHeaders.CONTENT_DISPOSITION, safe ? "inline" : "attachment; filename=\"attachment\"")
                .body(pictures.read(entry, place));
    }

    @GetMapping("/api/patients")
    List<Shown.Patient> patients(Authentication user) {
        return patients.of(Access.view(conversations, user)).stream()
                .map(shown::patient)
                .toList();
    }

    /** A patient with their numbers, and what was said with them, if anything was. */
    @GetMapping("/api/patients/{id}")
    Opened patient(Authentication user, @PathVariable String id) {
        Access.View view = Access.view(conversations, user);
        Contact patient = patients.find(view, id).orElseThrow(ConversationApi::nothing);
        Inbox carers = conversations.inbox(ClinicInbox.CLINIC, patients.carer(id));
        return new Opened(
                shown.patient(patient),
                carers.conversationWith(id).map(shown::thread).orElse(null));
    }

    static NoSuchElementException nothing() {
        return new NoSuchElementException("There is no such conversation, or it isn't yours.");
    }
}
