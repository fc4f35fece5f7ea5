package io.textonce.example.platform;

import io.textonce.Category;
import io.textonce.MessageId;
import io.textonce.Money;
import io.textonce.TenantId;
import io.textonce.engagement.campaign.Audience;
import io.textonce.engagement.campaign.Campaign;
import io.textonce.engagement.campaign.CampaignChange;
import io.textonce.engagement.campaign.CampaignPreview;
import io.textonce.engagement.campaign.CampaignProgress;
import io.textonce.engagement.campaign.Campaigns;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Campaigns. Their definitions are kept here, how far they are by the SDK: so any process can go on with any of them. */
@RestController
@RequestMapping("/api/sms/campaigns")
record CampaignsApi(
        Campaigns campaigns,
        TemplateRepository templates,
        TemplatesApi ofTemplates,
        Directory directory,
        Settings settings,
        JdbcClient database,
        Json json) {

    record Filters(@Nullable List<String> roles, @Nullable String tenantId) {}

    record Variant(
            @Nullable String name, int weight, @Nullable String templateId) {
        String template() {
            return templateId == null ? "" : templateId;
        }
    }

    record Definition(
            @Nullable String name,
            @Nullable String templateId,
            @Nullable List<Variant> variants,
            @Nullable Filters recipientFilters,
            @Nullable Map<String, String> variables,
            @Nullable String messageType,
            @Nullable Instant scheduledFor,
            @Nullable Integer messagesPerMinute,
            @Nullable String mostCost) {

        List<Variant> drawn() {
            return variants != null && !variants.isEmpty() ? variants : List.of(new Variant("all", 1, templateId));
        }
    }

    private record Row(String tenant, String id, String definition) {}

    private static final Logger LOG = LoggerFactory.getLogger(CampaignsApi.class);

    /** Characters of JSON that the column holds. */
    static final int LONGEST = 20_000;

    private static final String MINE = " where tenant = ? and id = ?";

    /** Says what it would come to; nothing is sent. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Shown create(@RequestAttribute Caller caller, @RequestBody Definition wanted) {
        caller.mustBe(Caller.Role.ADMIN);
        Check check = new Check();
        check.text("name", wanted.name(), 100);
        Filters filters = wanted.recipientFilters();
        if (filters != null
                && filters.tenantId() != null
                && !filters.tenantId().equals(caller.tenant().value())) {
            check.problem("recipient_filters.tenant_id", "is another tenant's");
        }
        wanted.drawn().stream()
                .filter(each -> find(caller.tenant(), each).isEmpty())
                .forEach(each -> check.problem("template_id", each.template() + " isn't a template, or isn't active"));
        String id = MessageId.next().value();
        Campaign campaign = check.attempt("campaign", () -> campaign(caller.tenant(), id, wanted));
        String definition = json.write(wanted);
        check.atMost("campaign", definition.length(), LONGEST);
        Campaign usable = check.done(campaign);
        CampaignPreview preview = check.done(check.attempt("campaign", () -> campaigns.preview(usable)));
        database.sql("insert into campaign (tenant, id, definition, state) values (?, ?, ?, 'CREATED')")
                .params(caller.tenant().value(), id, definition)
                .update();
        return new Shown()
                .with("campaign_id", id)
                .with("recipients", preview.recipients())
                .with("duplicates", preview.duplicates())
                .with("unwanted", preview.unwanted())
                .with("invalid", preview.check().invalid())
                .with("opted_out", preview.check().optedOut())
                .with("segments", preview.check().segments())
                .with("estimated_cost", preview.check().cost());
    }

    /** Now, or at the time that it is scheduled for. */
    @PostMapping("/{id}/execute")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Shown execute(@RequestAttribute Caller caller, @PathVariable String id) {
        Row row = find(caller, id);
        database.sql("update campaign set state = 'LAUNCHED'" + MINE + " and state = 'CREATED'")
                .params(row.tenant(), row.id())
                .update();
        campaigns.launch(campaign(row));
        return status(caller, id);
    }

    @PostMapping("/{id}/{action:pause|resume|cancel}")
    Shown change(@RequestAttribute Caller caller, @PathVariable String id, @PathVariable String action) {
        String known = find(caller, id).id();
        CampaignChange change = switch (action) {
            case "pause" -> campaigns.pause(caller.tenant(), known);
            case "resume" -> campaigns.resume(caller.tenant(), known);
            default -> campaigns.cancel(caller.tenant(), known);
        };
        if (!change.isDone()) {
            String state = change.state().map(Enum::name).orElse("not executed yet");
            throw new ResponseStatusException(
                    HttpStatus.CONFLICT, "That can't be done: the campaign is " + state + ".");
        }
        return status(caller, id);
    }

    @GetMapping("/{id}/status")
    Shown status(@RequestAttribute Caller caller, @PathVariable String id) {
        Row row = find(caller, id);
        Optional<CampaignProgress> found = campaigns.progress(caller.tenant(), row.id());
        if (found.isEmpty()) {
            return new Shown().with("campaign_id", row.id()).with("state", "created");
        }
        CampaignProgress progress = found.get();
        return new Shown()
                .with("campaign_id", row.id())
                .with("state", progress.state())
                .with("taken", progress.taken())
                .with("enqueued", progress.enqueued())
                .with("waiting", progress.waiting())
                .with("settled", progress.settled())
                .with("in_doubt", progress.inDoubt())
                .with("duplicates", progress.duplicates())
                .with("invalid", progress.invalid())
                .with("unwanted", progress.unwanted())
                .with("problem", progress.problem())
                .with(
                        "outcomes",
                        campaigns.report(caller.tenant(), row.id()).outcomes().stream()
                                .map(each -> new Shown()
                                        .with("variant", each.variant())
                                        .with("status", each.state())
                                        .with("messages", each.messages()))
                                .toList());
    }

    private Row find(Caller caller, String id) {
        caller.mustBe(Caller.Role.ADMIN);
        return database.sql("select tenant, id, definition from campaign" + MINE)
                .params(caller.tenant().value(), id)
                .query(Row.class)
                .optional()
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such campaign."));
    }

    /** Goes on with whatever was executed, here or elsewhere, before a restart or after it. */
    int pump() {
        database.sql("select tenant, id, definition from campaign where state = 'LAUNCHED'")
                .query(Row.class)
                .list()
                .forEach(this::goOn);
        return campaigns.pump();
    }

    private void goOn(Row row) {
        try {
            if (campaigns.launch(campaign(row)).state().isOver()) {
                database.sql("update campaign set state = 'OVER'" + MINE)
                        .params(row.tenant(), row.id())
                        .update();
            }
        } catch (RuntimeException unusable) {
            String what = unusable.getClass().getName();
            LOG.error("Campaign {} of {} can't go on now; the others do: {}", row.id(), row.tenant(), what);
        }
    }

    private Optional<Template> find(TenantId tenant, Variant variant) {
        return templates.find(tenant, variant.template()).filter(Template::active);
    }

    private Campaign campaign(Row row) {
        return campaign(TenantId.of(row.tenant()), row.id(), json.read(row.definition(), Definition.class));
    }

    private Campaign campaign(TenantId tenant, String id, Definition wanted) {
        String type = wanted.messageType() == null ? "promotion" : wanted.messageType();
        Stream<Optional<String>> types =
                wanted.drawn().stream().map(each -> ofTemplates.messageType(tenant, each.template()));
        if (Stream.concat(Stream.of(type), types.flatMap(Optional::stream))
                .anyMatch(each -> settings.category(each) == Category.OTP)) {
            throw new IllegalArgumentException("is of a type for codes, which are sent by /codes/request only");
        }
        Set<String> variables = new LinkedHashSet<>();
        wanted.drawn().forEach(each -> find(tenant, each).ifPresent(found -> variables.addAll(found.variables())));
        Map<String, String> values = wanted.variables() == null ? Map.of() : wanted.variables();
        Campaign.Builder campaign = Campaign.builder(
                        id,
                        (whose, audience, place, most) ->
                                directory.after(whose, audience, place, most, values, variables))
                .tenant(tenant)
                .kind(type)
                .label(Composer.KIND, type)
                .label(Composer.BY, "campaigns")
                .labelKey(Composer.USER);
        wanted.drawn().forEach(each -> campaign.variant(String.valueOf(each.name()), each.weight(), each.template()));
        Filters filters = wanted.recipientFilters();
        if (filters != null && filters.roles() != null && !filters.roles().isEmpty()) {
            campaign.audience(Audience.everybody().role(filters.roles().toArray(new String[0])));
        }
        if (wanted.scheduledFor() != null) {
            campaign.startAt(wanted.scheduledFor());
        }
        if (wanted.messagesPerMinute() != null) {
            campaign.throttle(wanted.messagesPerMinute(), Duration.ofMinutes(1));
        }
        if (wanted.mostCost() != null) {
            campaign.mostCost(Money.of(wanted.mostCost(), settings.currency()));
        }
        return campaign.build();
    }
}
