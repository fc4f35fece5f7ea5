package io.textonce.example.cases;

import io.textonce.TenantId;
import io.textonce.jdbc.JdbcTemplateRepository;
import io.textonce.template.Template;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What people read, in the SDK's template tables, where it can be changed while the application runs. */
final class Texts {

    static final String ASSIGNED = "case_assigned";
    static final String RESPONSE = "case_response";
    static final String ESCALATED = "case_escalated";
    static final String RESOLVED = "case_resolved";

    /** A text of the staff's own. */
    static final String MESSAGE = "message";

    static final List<String> KINDS = List.of(ASSIGNED, RESPONSE, ESCALATED, RESOLVED);

    private static final List<String> VARIABLES = List.of("case", "title");

    private final JdbcTemplateRepository templates;

    /** Writes the first texts where there are none. */
    Texts(JdbcTemplateRepository templates) {
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
        Map<String, String> values = new HashMap<>(Map.of("case", about.number(), "title", about.title()));
        templates
                .find(TenantId.DEFAULT, kind)
                .ifPresent(found -> values.keySet().retainAll(found.variables()));
        return values;
    }

    /** The texts of a kind, by language, as they were written. */
    Map<String, String> find(String kind) {
        Template template = templates
                .find(TenantId.DEFAULT, kind)
                .orElseThrow(() -> new Cases.NotFound("there is no text " + kind));
        Map<String, String> texts = new TreeMap<>();
        template.locales().forEach(locale -> texts.put(locale.toLanguageTag(), template.source(locale)));
        return texts;
    }

    /**
     * Changes the texts of a kind. English must be there: it stands in for languages that aren't.
     *
     * @throws IllegalArgumentException naming all that is wrong with them; then nothing is changed
     */
    void put(String kind, Map<String, String> byLanguage) {
        Template.Builder template = Template.builder(kind).defaultLocale(Locale.ENGLISH);
        byLanguage.forEach((language, text) -> template.text(Locale.forLanguageTag(language), text));
        String all = String.join(" ", byLanguage.values());
        VARIABLES.stream()
                .filter(name -> Pattern.compile("\\{\\{\\s*" + name + "\\s*}}")
                        .matcher(all)
                        .find())
                .forEach(template::variable);
        templates.put(template.build());
    }
}
