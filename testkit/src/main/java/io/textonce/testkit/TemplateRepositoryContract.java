package io.textonce.testkit;

import static io.textonce.testkit.Samples.OTHER_TENANT;
import static io.textonce.testkit.Samples.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.textonce.TenantId;
import io.textonce.store.TemplateRepository;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every {@link TemplateRepository} must do. Subclass it and give it one with a template; its tests run as yours.
 *
 * <p>Not thread-safe.
 */
public abstract class TemplateRepositoryContract {

    /** For subclasses. */
    protected TemplateRepositoryContract() {}

    /**
     * Called once by each test.
     *
     * @param tenant who has the template
     * @param id its id
     * @return a repository with just that template
     */
    protected abstract TemplateRepository repositoryWith(TenantId tenant, String id);

    @Test
    public void findsATemplateByItsId() {
        TemplateRepository templates = repositoryWith(TENANT, "reminder");
        assertTrue(templates.find(TENANT, "reminder").isPresent());
        assertEquals(Optional.empty(), templates.find(TENANT, "Reminder"));
        assertEquals(Optional.empty(), templates.find(TENANT, "other"));
    }

    @Test
    public void tenantsSeeNothingOfEachOther() {
        assertEquals(Optional.empty(), repositoryWith(TENANT, "reminder").find(OTHER_TENANT, "reminder"));
    }
}
