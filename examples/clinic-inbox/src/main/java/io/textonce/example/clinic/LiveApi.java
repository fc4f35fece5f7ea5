package io.textonce.example.clinic;

import io.textonce.engagement.conversation.Changes;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.conversation.Inbox;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Tells an open page what is new, as it happens. */
@RestController
final class LiveApi {

    private static final Logger LOG = LoggerFactory.getLogger(LiveApi.class);
    private static final Duration BREATH = Duration.ofSeconds(15);

    /** More windows than anybody has open. */
    private static final int MOST_EACH = 20;

    record News(List<Shown.Entry> entries, List<Shown.Talk> threads, int unread) {}

    private final Conversations conversations;
    private final Shown shown;

    /** One thread for each open page: most of the time it waits. */
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private final Map<String, Integer> streams = new ConcurrentHashMap<>();

    LiveApi(Conversations conversations, Shown shown) {
        this.conversations = conversations;
        this.shown = shown;
    }

    /** Or the server would wait for pages that nobody closes. */
    @EventListener(ContextClosedEvent.class)
    void stop() {
        threads.shutdownNow();
    }

    /** The id of each event is the change it reaches to: after a break, the browser asks from there, and misses nothing. */
    @GetMapping(path = "/api/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter events(
            Authentication user,
            HttpSession session,
            HttpServletResponse response,
            @RequestParam long rev,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable Long last) {
        if (streams.merge(user.getName(), 1, Integer::sum) > MOST_EACH) {
            closed(user.getName());
            throw new ResponseStatusException(HttpStatus.TOO_MANY_REQUESTS);
        }
        response.setHeader("X-Accel-Buffering", "no");
        SseEmitter page = new SseEmitter(Duration.ofMinutes(30).toMillis());
        Inbox inbox = Access.view(conversations, user).inbox();
        threads.execute(() -> {
            try {
                tell(page, inbox, session, last == null ? rev : last);
            } finally {
                closed(user.getName());
            }
        });
        return page;
    }

    private void closed(String user) {
        streams.computeIfPresent(user, (name, count) -> count == 1 ? null : count - 1);
    }

    private void tell(SseEmitter page, Inbox inbox, HttpSession session, long from) {
        try {
            page.send(SseEmitter.event().comment("open"));
            long rev = from;
            while (true) {
                Changes changes = inbox.changesSince(rev, BREATH);
                rev = changes.rev();
                if (!isLoggedIn(session)) {
                    break;
                }
                page.send(changes.isEmpty() ? SseEmitter.event().comment("still here") : event(inbox, changes));
            }
            page.complete();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            page.complete();
        } catch (IOException | IllegalStateException gone) {
            page.completeWithError(gone);
        } catch (RuntimeException failure) {
            // The stream ends, so that the browser comes again and asks from where it was.
            LOG.warn("An open inbox can't be told what is new", failure);
            page.complete();
        }
    }

    private SseEmitter.SseEventBuilder event(Inbox inbox, Changes changes) {
        return SseEmitter.event()
                .id(Long.toString(changes.rev()))
                .data(
                        new News(
                                changes.entries().stream().map(shown::entry).toList(),
                                changes.conversations().stream()
                                        .map(shown::thread)
                                        .toList(),
                                inbox.unread()),
                        MediaType.APPLICATION_JSON);
    }

    /** A stream must not outlive the session that opened it. */
    private static boolean isLoggedIn(HttpSession session) {
        try {
            return session.getCreationTime() > 0;
        } catch (IllegalStateException loggedOut) {
            return false;
        }
    }
}
