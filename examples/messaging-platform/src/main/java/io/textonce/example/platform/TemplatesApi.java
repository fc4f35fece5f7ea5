package io.textonce.example.platform;

import io.textonce.TenantId;
import io.textonce.jdbc.JdbcStore;
import io.textonce.template.Template;
import jakarta.annotation.PostConstruct;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

/** Templates in English and Turkish. They are the host's to write, into two tables that the SDK reads. */
@RestController
@RequestMapping("/api/sms/templates")
record TemplatesApi(
        JdbcClient database, TransactionTemplate transaction, Json json, Settings settings, JdbcStore store) {

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
                    .text(Locale.ENGLISH, contentEn == null ? "" : contentEn);
            if (contentTr != null) {
                template.text(TURKISH, contentTr);
            }
            (variables == null ? List.<String>of() : variables).forEach(template::variable);
            return template.build();
        }
    }

    /** What each tenant begins with. */
    static final List<Stored> DEFAULTS = List.of(
            new Stored(
                    "appointment_reminder",
                    "Appointment reminder",
                    "appointment_reminder",
                    "{{trainer_name}} expects you on {{date}} at {{time}}, {{location}}.",
                    "{{trainer_name}} sizi {{date}} saat {{time}} için bekliyor: {{location}}.",
                    List.of("date", "time", "trainer_name", "location"),
                    true),
            new Stored(
                    "assessment_notification",
                    "Assessment notification",
                    "assessment_notification",
                    "Please hand in {{assessment_name}} by {{due_date}}.",
                    "{{assessment_name}} için son gün: {{due_date}}.",
                    List.of("assessment_name", "due_date"),
                    true),
            new Stored(
                    "password_reset",
                    "Password reset",
                    "password_reset",
                    "{{code}} sets a new password. If you didn't ask for it, do nothing.",
                    "Yeni parola kodunuz: {{code}}. Siz istemediyseniz bir şey yapmayın.",
                    List.of("code"),
                    true),
            new Stored(
                    "2fa_code",
                    "Two-factor code",
                    "2fa_code",
                    "{{code}} is your code to sign in. Nobody of us will ask you for it.",
                    "Giriş kodunuz: {{code}}. Bu kodu sizden kimse istemez.",
                    List.of("code"),
                    true));

    static Stored standard(String id) {
        return DEFAULTS.stream()
                .filter(each -> id.equals(each.templateId()))
                .findFirst()
                .orElseThrow();
    }

    private static final String MINE = " where tenant = ? and id = ?";

    /** The store is asked first: it made the tables. */
    @PostConstruct
    void addDefaults() {
        for (TenantId tenant : settings.tenantIds()) {
            DEFAULTS.stream()
                    .filter(each -> store.templates()
                            .find(tenant, String.valueOf(each.templateId()))
                            .isEmpty())
                    .forEach(each -> put(tenant, each));
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
        check.text("content_en", template.contentEn(), 1_600);
        check.text("name", template.name(), 100);
        check.text("message_type", template.messageType(), 64);
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

    private void put(TenantId tenant, Stored template) {
        List<Object> key = List.of(tenant.value(), String.valueOf(template.templateId()));
        String variables = String.join("\n", template.variables() == null ? List.of() : template.variables());
        boolean active = !Boolean.FALSE.equals(template.active());
        transaction.executeWithoutResult(status -> {
            database.sql("delete from textonce_template" + MINE).params(key).update();
            database.sql("delete from template_info" + MINE).params(key).update();
            insert(
                    "template_info (tenant, id, message_type, definition)",
                    key,
                    template.messageType(),
                    json.write(template));
            insert("textonce_template (tenant, id, default_locale, variables, active)", key, "en", variables, active);
            insert("textonce_template_text (tenant, id, locale, text)", key, "en", template.contentEn());
            if (template.contentTr() != null) {
                insert("textonce_template_text (tenant, id, locale, text)", key, "tr", template.contentTr());
            }
        });
    }

    private void insert(String into, List<Object> key, @Nullable Object... more) {
        List<@Nullable Object> values = new ArrayList<>(key);
        Collections.addAll(values, more);
        String marks = String.join(", ", Collections.nCopies(values.size(), "?"));
        database.sql("insert into " + into + " values (" + marks + ")")
                .params(values)
                .update();
    }
}
