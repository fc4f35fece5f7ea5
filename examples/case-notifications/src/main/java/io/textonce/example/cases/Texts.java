package io.textonce.example.cases;

import io.textonce.TenantId;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/** What people read, in the SDK's template tables, where it can be changed while the application runs. */
final class Texts {

    static final String ASSIGNED = "case_assigned";
    static final String RESPONSE = "case_response";
    static final String ESCALATED = "case_escalated";
    static final String RESOLVED = "case_resolved";

    static final List<String> KINDS = List.of(ASSIGNED, RESPONSE, ESCALATED, RESOLVED);

    private static final List<String> VARIABLES = List.of("case", "title");

    private final DataSource database;
    private final TemplateRepository templates;

    /** Writes the first texts where there are none. */
    Texts(DataSource database, TemplateRepository templates) {
        this.database = database;
        this.templates = templates;
        first(
                ASSIGNED,
                "{{case}} is yours now: {{title}}. You find it in your account.",
                "{{case}} ለእርስዎ ተመድቧል፦ {{title}}።");
        first(
                RESPONSE,
                "We have answered your case {{case}}. Read the answer in your account.",
                "ለጉዳይዎ {{case}} ምላሽ ሰጥተናል።");
        first(
                ESCALATED,
                "{{case}} was escalated to you and needs a decision: {{title}}.",
                "{{case}} ውሳኔዎን ይጠብቃል፦ {{title}}።");
        first(
                RESOLVED,
                "Your case {{case}} is resolved. Thank you for your patience.",
                "ጉዳይዎ {{case}} ተፈትቷል። እናመሰግናለን።");
    }

    private void first(String kind, String english, String amharic) {
        if (templates.find(TenantId.DEFAULT, kind).isEmpty()) {
            put(kind, Map.of("en", english, "am", amharic));
        }
    }

    /** What the template of a kind needs, and no more. */
    Map<String, String> values(String kind, Cases.Case about) {
        Map<String, String> values = new LinkedHashMap<>(Map.of("case", about.number(), "title", about.title()));
        templates
                .find(TenantId.DEFAULT, kind)
                .ifPresent(found -> values.keySet().retainAll(found.variables()));
        return values;
    }

    /** The texts of a kind, by language, with the variables as they stand. */
    Map<String, String> find(String kind) {
        Template template = templates
                .find(TenantId.DEFAULT, kind)
                .orElseThrow(() -> new Cases.NotFound("there is no text " + kind));
        Map<String, String> itself = new LinkedHashMap<>();
        template.variables().forEach(name -> itself.put(name, "{{" + name + "}}"));
        Map<String, String> texts = new LinkedHashMap<>();
        template.locales()
                .forEach(locale -> texts.put(
                        locale.toLanguageTag(), template.render(locale, itself).text()));
        return texts;
    }

    /**
     * Changes the texts of a kind. English must be there: it stands in for languages that aren't.
     *
     * @throws IllegalArgumentException naming all that is wrong with them; then nothing is changed
     */
    void put(String kind, Map<String, String> byLanguage) {
        Template.Builder check = Template.builder(kind).defaultLocale(Locale.ENGLISH);
        byLanguage.forEach((language, text) -> check.text(Locale.forLanguageTag(language), text));
        List<String> used = VARIABLES.stream()
                .filter(name -> byLanguage.values().stream().anyMatch(text -> text.contains("{{" + name + "}}")))
                .toList();
        used.forEach(check::variable);
        check.build();
        try (Connection c = database.getConnection()) {
            c.setAutoCommit(false);
            try {
                run(c, "delete from textonce_template where id = ?", kind);
                run(
                        c,
                        "insert into textonce_template (id, default_locale, variables) values (?, 'en', ?)",
                        kind,
                        String.join("\n", used));
                for (Map.Entry<String, String> text : byLanguage.entrySet()) {
                    run(
                            c,
                            "insert into textonce_template_text (id, locale, text) values (?, ?, ?)",
                            kind,
                            text.getKey(),
                            text.getValue());
                }
                c.commit();
            } finally {
                c.rollback(); // of what wasn't committed
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the database failed", e);
        }
    }

    private static void run(Connection c, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = c.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
