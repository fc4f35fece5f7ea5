package io.textonce.testkit;

import static io.textonce.testkit.Samples.OTHER_TENANT;
import static io.textonce.testkit.Samples.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.textonce.TenantId;
import io.textonce.store.TemplateRepository;
import io.textonce.template.Template;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every {@link TemplateRepository} must do. Subclass it and give it one with some templates; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class TemplateRepositoryContract {

    /** For subclasses. */
    protected TemplateRepositoryContract() {}

    /**
     * Called once by each test.
     *
     * @param templates what is to be found, each under its own tenant and id
     * @return a repository with just these
     */
    protected abstract TemplateRepository repositoryWith(List<Template> templates);

    private static Template template(TenantId tenant, boolean active) {
        return Template.builder("reminder")
                .tenant(tenant)
                .active(active)
                .version(7)
                .text(Locale.ENGLISH, "See you, " + tenant)
                .build();
    }

    private static String text(TemplateRepository templates, TenantId tenant) {
        return templates
                .find(tenant, "reminder")
                .orElseThrow(() -> new AssertionError("the template isn't found"))
                .render(Locale.ENGLISH, Map.of())
                .text();
    }

    @Test
    public void findsATemplateByItsId() {
        TemplateRepository templates = repositoryWith(List.of(template(TENANT, true)));
        Template found = templates.find(TENANT, "reminder").orElseThrow(AssertionError::new);
        assertEquals("reminder", found.id());
        assertEquals(TENANT, found.tenant());
        assertEquals(7, found.version());
        assertTrue(found.active());
        assertEquals("See you, " + TENANT, text(templates, TENANT));
        assertEquals(Optional.empty(), templates.find(TENANT, "Reminder"));
        assertEquals(Optional.empty(), templates.find(TENANT, "other"));
    }

    @Test
    public void findsATemplateThatIsSwitchedOff() {
        TemplateRepository templates = repositoryWith(List.of(template(TENANT, false)));
        assertFalse(templates
                .find(TENANT, "reminder")
                .orElseThrow(AssertionError::new)
                .active());
    }

    @Test
    public void tenantsSeeNothingOfEachOther() {
        TemplateRepository templates = repositoryWith(List.of(template(TENANT, true)));
        assertEquals(Optional.empty(), templates.find(OTHER_TENANT, "reminder"));
        templates = repositoryWith(List.of(template(TENANT, true), template(OTHER_TENANT, true)));
        assertEquals("See you, " + TENANT, text(templates, TENANT));
        assertEquals("See you, " + OTHER_TENANT, text(templates, OTHER_TENANT));
    }
}
