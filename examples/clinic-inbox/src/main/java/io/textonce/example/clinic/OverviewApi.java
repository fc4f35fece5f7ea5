package io.textonce.example.clinic;

import io.textonce.DeliveryStatus;
import io.textonce.client.SmsClient;
import io.textonce.engagement.conversation.Conversation;
import io.textonce.engagement.conversation.Conversations;
import io.textonce.engagement.conversation.EntryQuery;
import io.textonce.engagement.conversation.Inbox;
import io.textonce.engagement.conversation.TimelineEntry;
import io.textonce.engagement.reporting.Dimension;
import io.textonce.engagement.reporting.ReportQuery;
import io.textonce.engagement.reporting.ReportRepository;
import io.textonce.engagement.reporting.ReportRow;
import io.textonce.sandbox.SandboxProvider;
import io.textonce.spi.SelfCheck;
import io.textonce.spi.SmsProvider;
import io.textonce.spring.SmsProviders;
import io.textonce.store.MessageQuery;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Looking back and looking after: history, statistics, settings. */
@RestController
record OverviewApi(
        SmsClient sms,
        Conversations conversations,
        ReportRepository reports,
        SmsProviders providers,
        Shown shown,
        Clock clock,
        @Value("${textonce.webhooks.public-base-url}") String base) {

    private static final int PAGE = 50;

    /** Of so many people what was said is put together; whoever means more says more of the name. */
    private static final int MOST_PEOPLE = 10;

    record Me(String user, boolean all, boolean sandbox, String zone) {}

    record Past(
            List<Shown.Entry> entries,
            Map<Long, String> names,
            @Nullable String next) {}

    record Sum(String name, long messages, long delivered, long failed, String cost) {}

    record Figures(
            Sum total, @Nullable String arrivesWithin, List<Sum> days, List<Sum> templates, List<Sum> providers) {}

    record Provider(String name, String kind, String senders, String webhook) {}

    record Settings(List<Provider> providers, boolean healthy, List<SelfCheck.Finding> findings) {}

    @GetMapping("/api/me")
    Me me(Authentication user) {
        boolean sandbox = providers.all().stream()
                .anyMatch(each -> each.role(SandboxProvider.class).isPresent());
        return new Me(
                user.getName(),
                Access.view(conversations, user).all(),
                sandbox,
                clock.getZone().getId());
    }

    @GetMapping("/api/history")
    Past history(
            Authentication user,
            @RequestParam(defaultValue = "") String who,
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "") String kind,
            @RequestParam(required = false) TimelineEntry.@Nullable Direction direction,
            @RequestParam(required = false) @Nullable DeliveryStatus status,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) @Nullable LocalDate from,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) @Nullable LocalDate until,
            @RequestParam(defaultValue = "") String before) {
        Inbox inbox = Access.view(conversations, user).inbox();
        EntryQuery query = EntryQuery.all().limit(PAGE);
        query = text.isBlank() ? query : query.text(text.strip());
        query = kind.isEmpty() ? query : query.kind(kind);
        query = direction == null ? query : query.direction(direction);
        query = status == null ? query : query.status(status);
        query = from == null
                ? query
                : query.from(from.atStartOfDay(clock.getZone()).toInstant());
        query = until == null
                ? query
                : query.until(until.plusDays(1).atStartOfDay(clock.getZone()).toInstant());
        query = before.isEmpty() ? query : query.before(before);
        List<TimelineEntry> found = who.isBlank() ? inbox.entries(query) : entriesWith(inbox, who.strip(), query);
        Map<Long, String> names = found.stream()
                .map(TimelineEntry::conversation)
                .distinct()
                .flatMap(id -> inbox.conversation(id).stream())
                .collect(Collectors.toMap(
                        Conversation::id, each -> shown.thread(each).name(), (one, same) -> one));
        return new Past(
                found.stream().map(shown::entry).toList(),
                names,
                found.size() < PAGE ? null : found.get(PAGE - 1).position());
    }

    private List<TimelineEntry> entriesWith(Inbox inbox, String who, EntryQuery query) {
        List<Long> theirs =
                inbox.find(who, MOST_PEOPLE).stream().map(Conversation::id).toList();
        return inbox.entries(query.conversations(theirs));
    }

    @GetMapping("/api/statistics")
    Figures statistics(Authentication user, @RequestParam(defaultValue = "14") int days) {
        Access.View view = Access.view(conversations, user);
        MessageQuery mine = view.all() ? MessageQuery.all() : MessageQuery.all().label(ClinicInbox.OWNER, view.user());
        LocalDate today = LocalDate.now(clock);
        LocalDate first = today.minusDays(Math.max(1, Math.min(days, 366)) - 1L);
        ReportQuery query = ReportQuery.of(ClinicInbox.CLINIC, mine).days(first, today, clock.getZone());
        ReportRow total = reports.aggregate(query).get(0);
        return new Figures(
                sum("", total),
                total.deliveredWithin(50).map(each -> each.toSeconds() + " s").orElse(null),
                sums(query, Dimension.DAY),
                sums(query, Dimension.TEMPLATE),
                sums(query, Dimension.PROVIDER));
    }

    private List<Sum> sums(ReportQuery query, Dimension dimension) {
        return reports.aggregate(query.by(dimension)).stream()
                .map(row -> sum(row.value(dimension).orElse(""), row))
                .toList();
    }

    private static Sum sum(String name, ReportRow row) {
        String cost = row.cost().stream()
                .map(each -> each.amount().setScale(2, RoundingMode.HALF_UP) + " " + each.currency())
                .collect(Collectors.joining(" + "));
        return new Sum(name, row.messages(), row.delivered(), row.failed(), cost);
    }

    /** What is configured, and whether it works. It may ask providers for a balance, which is free. */
    @GetMapping("/api/settings")
    Settings settings() {
        var diagnosis = sms.diagnose();
        return new Settings(
                providers.all().stream().map(this::provider).toList(), diagnosis.isHealthy(), diagnosis.findings());
    }

    private Provider provider(SmsProvider provider) {
        String senders = provider.capabilities().senders().stream()
                .map(each -> each.value())
                .sorted()
                .collect(Collectors.joining(", "));
        return new Provider(provider.name(), provider.kind(), senders, base + "/textonce/webhooks/" + provider.name());
    }
}
