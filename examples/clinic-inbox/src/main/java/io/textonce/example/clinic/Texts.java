package io.textonce.example.clinic;

import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The clinic's templates. They stand in the SDK's tables, which the host writes and lists; the SDK finds and fills them. */
@Component
final class Texts {

    private static final String NAME = "name";

    private final JdbcClient database;
    private final TemplateRepository templates;

    Texts(JdbcClient database, TemplateRepository templates) {
        this.database = database;
        this.templates = templates;
    }

    List<Template> all() {
        return database
                .sql("select id from textonce_template where tenant = ? and active order by id")
                .param(ClinicInbox.CLINIC.value())
                .query((row, number) -> row.getString("id"))
                .list()
                .stream()
                .flatMap(id -> find(id).stream())
                .toList();
    }

    Optional<Template> find(String id) {
        return templates.find(ClinicInbox.CLINIC, id);
    }

    void add(String id, String text) {
        database.sql("insert into textonce_template (tenant, id, variables) values (?, ?, ?)")
                .params(ClinicInbox.CLINIC.value(), id, NAME)
                .update();
        database.sql("insert into textonce_template_text (tenant, id, locale, text) values (?, ?, 'en', ?)")
                .params(ClinicInbox.CLINIC.value(), id, text)
                .update();
    }

    static String fill(Template template, String patient) {
        return template.render(Locale.ENGLISH, variables(patient)).text();
    }

    static Map<String, String> variables(String patient) {
        return Map.of(NAME, patient);
    }
}
