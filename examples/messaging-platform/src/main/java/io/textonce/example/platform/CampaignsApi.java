package io.textonce.example.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
final class CampaignsApi {

    record Filters(@Nullable List<String> roles, @Nullable String tenantId) {}

    record Variant(String name, int weight, String templateId) {}

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
            return variants != null && !variants.isEmpty()
                    ? variants
                    : List.of(new Variant("all", 1, templateId == null ? "" : templateId));
        }
    }

    private record Row(String tenant, String id, String definition) {}

    private static final String MINE = " where tenant = ? and id = ?";

    private final Campaigns campaigns;
    private final TemplateRepository templates;
    private final Directory directory;
    private final JdbcClient database;
    private final ObjectMapper json;

    CampaignsApi(
            Campaigns campaigns,
            TemplateRepository templates,
            Directory directory,
            JdbcClient database,
            ObjectMapper json) {
        this.campaigns = campaigns;
        this.templates = templates;
        this.directory = directory;
        this.database = database;
        this.json = json;
    }

    /** Says what it would come to; nothing is sent. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Map<String, Object> create(@RequestAttribute(Caller.ATTRIBUTE) Caller caller, @RequestBody Definition wanted) {
        caller.mustBe(Caller.Role.ADMIN);
        Check check = new Check();
        check.text("name", wanted.name(), 100);
        Filters filters = wanted.recipientFilters();
        if (filters != null && filters.tenantId() != null && !filters.tenantId().equals(caller.tenant().value())) {
            check.problem("recipient_filters.tenant_id", "is another tenant's");
        }
        wanted.drawn().stream()
                .filter(each -> find(caller.tenant(), each).isEmpty())
                .forEach(each -> check.problem("template_id", each.templateId() + " isn't a template, or isn't active"));
        String id = MessageId.next().value();
        Campaign campaign = check.attempt("campaign", () -> campaign(caller.tenant(), id, wanted));
        check.done();
        CampaignPreview preview = campaigns.preview(Objects.requireNonNull(campaign));
        database.sql("insert into campaign (tenant, id, definition, state) values (?, ?, ?, 'CREATED')")
                .params(caller.tenant().value(), id, write(wanted))
                .update();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("campaign_id", id);
        answer.put("recipients", preview.recipients());
        answer.put("duplicates", preview.duplicates());
        answer.put("unwanted", preview.unwanted());
        answer.put("invalid", preview.check().invalid());
        answer.put("opted_out", preview.check().optedOut());
        answer.put("segments", preview.check().segments());
        preview.check().cost().map(MessagesApi::money).ifPresent(cost -> answer.put("estimated_cost", cost));
        return answer;
    }

    /** Now, or at the time that it is scheduled for. */
    @PostMapping("/{id}/execute")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Map<String, Object> execute(@RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("id") String id) {
        Row row = find(caller, id);
        database.sql("update campaign set state = 'LAUNCHED'" + MINE + " and state = 'CREATED'")
                .params(row.tenant(), row.id())
                .update();
        campaigns.launch(campaign(row));
        return status(caller, id);
    }

    @PostMapping("/{id}/pause")
    Map<String, Object> pause(@RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("id") String id) {
        return changed(caller, id, campaigns.pause(caller.tenant(), find(caller, id).id()));
    }

    @PostMapping("/{id}/resume")
    Map<String, Object> resume(@RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("id") String id) {
        return changed(caller, id, campaigns.resume(caller.tenant(), find(caller, id).id()));
    }

    @PostMapping("/{id}/cancel")
    Map<String, Object> cancel(@RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("id") String id) {
        return changed(caller, id, campaigns.cancel(caller.tenant(), find(caller, id).id()));
    }

    private Map<String, Object> changed(Caller caller, String id, CampaignChange change) {
        if (!change.isDone()) {
            String state = change.state().map(Enum::name).orElse("not executed yet");
            throw new ResponseStatusException(HttpStatus.CONFLICT, "That can't be done: the campaign is " + state + ".");
        }
        return status(caller, id);
    }

    @GetMapping("/{id}/status")
    Map<String, Object> status(@RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("id") String id) {
        Row row = find(caller, id);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("campaign_id", row.id());
        Optional<CampaignProgress> progress = campaigns.progress(caller.tenant(), row.id());
        answer.put("state", progress.map(known -> known.state().name()).orElse("CREATED"));
        progress.ifPresent(known -> {
            answer.put("taken", known.taken());
            answer.put("enqueued", known.enqueued());
            answer.put("waiting", known.waiting());
            answer.put("settled", known.settled());
            answer.put("in_doubt", known.inDoubt());
            answer.put("duplicates", known.duplicates());
            answer.put("invalid", known.invalid());
            answer.put("unwanted", known.unwanted());
            known.problem().ifPresent(problem -> answer.put("problem", problem));
            answer.put("outcomes", campaigns.report(caller.tenant(), row.id()).outcomes().stream()
                    .map(each -> Map.of("variant", each.variant(), "state", each.state(), "messages", each.messages()))
                    .toList());
        });
        return answer;
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
        for (Row row : database.sql("select tenant, id, definition from campaign where state = 'LAUNCHED'")
                .query(Row.class)
                .list()) {
            if (campaigns.launch(campaign(row)).state().isOver()) {
                database.sql("update campaign set state = 'OVER'" + MINE)
                        .params(row.tenant(), row.id())
                        .update();
            }
        }
        return campaigns.pump();
    }

    private Optional<Template> find(TenantId tenant, Variant variant) {
        return templates.find(tenant, variant.templateId()).filter(Template::active);
    }

    private Campaign campaign(Row row) {
        try {
            Definition definition = json.readValue(row.definition(), Definition.class);
            return campaign(TenantId.of(row.tenant()), row.id(), definition);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("campaign " + row.id() + " isn't what was written", e);
        }
    }

    private String write(Definition definition) {
        try {
            return json.writeValueAsString(definition);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record that can't be written", e);
        }
    }

    private Campaign campaign(TenantId tenant, String id, Definition wanted) {
        String type = wanted.messageType() == null ? "promotion" : wanted.messageType();
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
        wanted.drawn().forEach(each -> campaign.variant(each.name(), each.weight(), each.templateId()));
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
            campaign.mostCost(Money.of(wanted.mostCost(), "USD"));
        }
        return campaign.build();
    }
}
