package io.textonce.example.clinic;

import io.textonce.jdbc.JdbcTemplateRepository;
import io.textonce.template.Template;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The clinic's templates. They stand in the SDK's tables, which the host writes; the SDK finds and fills them. */
@Component
final class Texts {

    private static final String NAME = "name";

    private final JdbcTemplateRepository templates;

    Texts(JdbcTemplateRepository templates) {
        this.templates = templates;
    }

    List<Template> all() {
        return templates.all(ClinicInbox.CLINIC).stream()
                .filter(Template::active)
                .toList();
    }

    Optional<Template> find(String id) {
        return templates.find(ClinicInbox.CLINIC, id);
    }

    void add(String id, String text) {
        templates.put(Template.builder(id)
                .tenant(ClinicInbox.CLINIC)
                .variable(NAME)
                .text(Locale.ENGLISH, text)
                .build());
    }

    static String fill(Template template, String patient) {
        return template.render(Locale.ENGLISH, variables(patient)).text();
    }

    static Map<String, String> variables(String patient) {
        return Map.of(NAME, patient);
    }
}
