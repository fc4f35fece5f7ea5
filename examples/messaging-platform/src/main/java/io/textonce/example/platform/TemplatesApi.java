package io.textonce.example.platform;

import io.textonce.TenantId;
import io.textonce.jdbc.JdbcStore;
import io.textonce.spring.SmsProviders;
import io.textonce.template.Template;
import jakarta.annotation.PostConstruct;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Templates in English and Turkish. The SDK keeps their texts, the host what else is known of them. */
@RestController
@RequestMapping("/api/sms/templates")
record TemplatesApi(
        JdbcClient database,
        TransactionTemplate transaction,
        Json json,
        Settings settings,
        SmsProviders providers,
        JdbcStore store) {

    private static final Logger LOG = LoggerFactory.getLogger(TemplatesApi.class);

    static final Locale TURKISH = Locale.forLanguageTag("tr");

    /** As it is created and shown. */
    record Stored(
            @Nullable String templateId,
            @Nullable String name,
            @Nullable String messageType,
            @Nullable String contentEn,
            @Nullable String contentTr,
            @Nullable List<String> variables,
            @Nullable Boolean active) {

        Template compiled(TenantId tenant) {
            Template.Builder template = Template.builder(templateId == null ? "" : templateId)
                    .tenant(tenant)
                    .defaultLocale(Locale.ENGLISH)
                    .active(!Boolean.FALSE.equals(active))
                    .text(Locale.ENGLISH, contentEn == null ? "" : contentEn);
            if (contentTr != null) {
                template.text(TURKISH, contentTr);
            }
            (variables == null ? List.<String>of() : variables).forEach(template::variable);
            return template.build();
        }
    }

    private static final String MINE = " where tenant = ? and id = ?";

    /** The store is asked first: it made the tables. Another process may begin at the same time. */
    @PostConstruct
    void addDefaults() {
        for (TenantId tenant : providers.tenants()) {
            settings.templates().stream()
                    .filter(each -> store.templates()
                            .find(tenant, String.valueOf(each.templateId()))
                            .isEmpty())
                    .forEach(each -> addDefault(tenant, each));
        }
    }

    private void addDefault(TenantId tenant, Stored template) {
        try {
            put(tenant, template);
        } catch (DuplicateKeyException | PessimisticLockingFailureException another) {
            LOG.info("Another process added {} to {}", template.templateId(), tenant);
        }
    }

    @GetMapping
    List<Stored> list(@RequestAttribute Caller caller) {
        return database
                .sql("select definition from template_info where tenant = ? order by id")
                .param(caller.tenant().value())
                .query(String.class)
                .list()
                .stream()
                .map(each -> json.read(each, Stored.class))
                .toList();
    }

    /** Creates one, or replaces it. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Stored create(@RequestAttribute Caller caller, @RequestBody Stored template) {
        caller.mustBe(Caller.Role.ADMIN);
        Check check = new Check();
        check.attempt("template", () -> template.compiled(caller.tenant()));
        check.text("content_en", template.contentEn(), Composer.LONGEST_TEXT);
        if (template.contentTr() != null) {
            check.text("content_tr", template.contentTr(), Composer.LONGEST_TEXT);
        }
        check.text("name", template.name(), 100);
        check.text("message_type", template.messageType(), 64);
        check.atMost("template", json.write(template).length(), CampaignsApi.LONGEST);
        check.done();
        put(caller.tenant(), template);
        return template;
    }

    /** The type of the messages that a template makes. */
    Optional<String> messageType(TenantId tenant, String id) {
        return database.sql("select message_type from template_info" + MINE)
                .params(tenant.value(), id)
                .query(String.class)
                .optional();
    }

    /** Our part first: a text without a type would be one of no policy. Whoever repeats it mends what was left undone. */
    private void put(TenantId tenant, Stored template) {
        List<Object> key = List.of(tenant.value(), String.valueOf(template.templateId()));
        transaction.executeWithoutResult(status -> {
            database.sql("delete from template_info" + MINE).params(key).update();
            database.sql("insert into template_info (tenant, id, message_type, definition) values (?, ?, ?, ?)")
                    .params(key)
                    .params(template.messageType(), json.write(template))
                    .update();
        });
        store.templates().put(template.compiled(tenant));
    }
}
